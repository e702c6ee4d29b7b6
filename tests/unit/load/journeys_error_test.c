/* Journeys in their file: all come back as they went in, as often as asked, and a full disk is said. */
// wrap: tmpfile
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/journeys.h"

#include <errno.h>
#include <string.h>

enum { LONGEST = 3000 };

FILE *__real_tmpfile(void);
FILE *__wrap_tmpfile(void);

static enum { FILE_REAL, FILE_NONE, FILE_FULL } wanted;

FILE *__wrap_tmpfile(void)
{
    if (wanted == FILE_NONE) {
        errno = EMFILE;
        return NULL;
    }
    return wanted == FILE_FULL ? fopen("/dev/full", "w+") : __real_tmpfile();
}

static Touch touches[LONGEST];
static JourneyTouch ordered[LONGEST];

static int make_touches(void **state)
{
    (void)state;
    for (int i = 0; i < LONGEST; i++) {
        memset(&touches[i], i % 251, sizeof touches[i]);
        memset(&ordered[i], 0, sizeof ordered[i]);
        ordered[i].touched_at = i * INT64_C(1000003);
        ordered[i].role_weight = LONGEST - i;
    }
    wanted = FILE_REAL;
    return 0;
}

/* A deal's journey: the first touches, so many of them. */
static Status add(Journeys *journeys, int number, uint32_t count, Error *error)
{
    JourneyHead head = {.amount = number, .count = count, .outcome = "won", .is_changed = number % 2};
    return journeys_add(journeys, &head, touches, ordered, error);
}

typedef struct Seen {
    int count;
    int stops_at;
} Seen;

static const uint32_t counts[] = {1, 0, LONGEST, 2, 0};

static Status take(void *context, const JourneyHead *head, const Touch *given, const JourneyTouch *given_ordered,
                   Error *error)
{
    Seen *seen = context;
    if (seen->count == seen->stops_at)
        return error_set(error, ERROR_DATA, "enough");
    assert_int_equal(head->amount, seen->count);
    assert_int_equal(head->is_changed, seen->count % 2);
    assert_string_equal(head->outcome, "won");
    assert_int_equal(head->count, counts[seen->count++]);
    assert_memory_equal(given, touches, head->count * sizeof *touches);
    assert_memory_equal(given_ordered, ordered, head->count * sizeof *ordered);
    return STATUS_OK;
}

static void test_all_come_back_as_often_as_asked(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(journeys_done) Journeys journeys = JOURNEYS_EMPTY;
    assert_int_equal(journeys_begin(&journeys, &error), STATUS_OK);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(add(&journeys, i, counts[i], &error), STATUS_OK);
        for (int again = 0; again < 2; again++) {
            Seen seen = {.stops_at = -1};
            assert_int_equal(journeys_each(&journeys, take, &seen, &error), STATUS_OK);
            assert_int_equal(seen.count, i + 1);
        }
    }
}

static void test_who_takes_may_stop(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(journeys_done) Journeys journeys = JOURNEYS_EMPTY;
    assert_int_equal(journeys_begin(&journeys, &error), STATUS_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(add(&journeys, i, counts[i], &error), STATUS_OK);
    Seen seen = {.stops_at = 3};
    assert_int_equal(journeys_each(&journeys, take, &seen, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_DATA);
    assert_int_equal(seen.count, 3);
}

static void test_no_file_is_said(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(journeys_done) Journeys journeys = JOURNEYS_EMPTY;
    wanted = FILE_NONE;
    assert_int_equal(journeys_begin(&journeys, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_CANNOT_CREATE);
}

static void test_a_full_disk_is_said(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(journeys_done) Journeys journeys = JOURNEYS_EMPTY;
    wanted = FILE_FULL;
    assert_int_equal(journeys_begin(&journeys, &error), STATUS_OK);
    /* what fits into memory is written when it is to be read, the rest at once */
    assert_int_equal(add(&journeys, 0, 1, &error), STATUS_OK);
    Seen seen = {.stops_at = -1};
    assert_int_equal(journeys_each(&journeys, take, &seen, &error), STATUS_ERROR);
    assert_int_equal(error.code, ERROR_IO);
    Status status = STATUS_OK;
    for (int i = 0; i < 100 && status == STATUS_OK; i++)
        status = add(&journeys, i, LONGEST, &error);
    assert_int_equal(status, STATUS_ERROR);
    assert_int_equal(error.code, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_all_come_back_as_often_as_asked, make_touches),
        cmocka_unit_test_setup(test_who_takes_may_stop, make_touches),
        cmocka_unit_test_setup(test_no_file_is_said, make_touches),
        cmocka_unit_test_setup(test_a_full_disk_is_said, make_touches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
