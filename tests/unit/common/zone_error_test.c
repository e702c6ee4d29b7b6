// wrap: calloc read
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/zone.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
ssize_t __real_read(int descriptor, void *buffer, size_t size);
ssize_t __wrap_read(int descriptor, void *buffer, size_t size);

static bool calloc_fails;
static enum { READ_WHOLE, READ_FAILS, READ_ENDS, READ_INTERRUPTED, READ_IN_PIECES } read_mode;

void *__wrap_calloc(size_t count, size_t size)
{
    return calloc_fails ? NULL : __real_calloc(count, size);
}

ssize_t __wrap_read(int descriptor, void *buffer, size_t size)
{
    switch (read_mode) {
    case READ_FAILS:
        errno = EIO;
        return -1;
    case READ_ENDS:
        return 0;
    case READ_INTERRUPTED:
        read_mode = READ_IN_PIECES;
        errno = EINTR;
        return -1;
    case READ_IN_PIECES:
        return __real_read(descriptor, buffer, size < 100 ? size : 100);
    case READ_WHOLE:
        break;
    }
    return __real_read(descriptor, buffer, size);
}

static void assert_fails(ErrorCode code)
{
    Zone *zone = NULL;
    Error error = ERROR_INIT;
    assert_int_equal(zone_load(TEXT("Europe/Berlin"), NULL, &zone, &error), STATUS_ERROR);
    assert_int_equal(error.code, code);
    assert_null(zone);
}

static void test_no_memory(void **state)
{
    (void)state;
    calloc_fails = true;
    assert_fails(ERROR_INTERNAL);
    calloc_fails = false;
}

static void test_read_errors(void **state)
{
    (void)state;
    read_mode = READ_FAILS;
    assert_fails(ERROR_IO);
    read_mode = READ_ENDS;
    assert_fails(ERROR_DATA);
    read_mode = READ_WHOLE;
}

static void test_interrupted_and_short_reads_are_continued(void **state)
{
    (void)state;
    Zone *zone = NULL;
    Error error = ERROR_INIT;
    read_mode = READ_INTERRUPTED;
    assert_int_equal(zone_load(TEXT("Europe/Berlin"), NULL, &zone, &error), STATUS_OK);
    assert_int_equal(zone_offset_at(zone, INT64_C(1772366400000000)), 3600);
    zone_free(zone);
    read_mode = READ_WHOLE;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_read_errors),
        cmocka_unit_test(test_interrupted_and_short_reads_are_continued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
