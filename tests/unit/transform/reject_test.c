#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/reject.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the reject's raw text becomes. */
static void put(Text raw, Buffer *ret_row)
{
    char folder[] = "/tmp/closedloop-reject-XXXXXX", path[64];
    Error error = ERROR_INIT;
    Arena arena = arena_make(4 << 20);
    CopyWriter writer = COPY_WRITER_INIT;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/reject.copy", folder);
    assert_int_equal(copy_writer_open(path, 7, NULL, &writer, &error), STATUS_OK);
    Reject reject = {
        .file = TEXT("a.csv"), .line = 1, .kind = TEXT("lead"), .code = TEXT("x"), .reason = TEXT("y"), .raw = raw};
    assert_int_equal(reject_put(&writer, &reject, &arena, &error), STATUS_OK);
    assert_int_equal(copy_row_end(&writer, &error), STATUS_OK);
    assert_int_equal(buffer_append(ret_row, buffer_text(&writer.row), &error), STATUS_OK);
    copy_writer_done(&writer);
    arena_done(&arena);
    assert_int_equal(rmdir(folder), 0);
}

/* The last value of the row. */
static void check_raw(Text raw, Text expected)
{
    Buffer row = buffer_make(1 << 20);
    put(raw, &row);
    /* Everything before it: 2 + (4+5) + (4+8) + (4+4) + 4 + (4+1) + (4+1) bytes, and its length. */
    enum { BEFORE = 2 + 9 + 12 + 8 + 4 + 5 + 5 + 4 };
    assert_int_equal(row.size, BEFORE + expected.size);
    assert_memory_equal(row.data + BEFORE, expected.data, expected.size);
    buffer_done(&row);
}

static void test_raw_can_be_shown(void **state)
{
    (void)state;
    check_raw(TEXT("plain"), TEXT("plain"));
    check_raw(TEXT("to ann.lee@example.com now"), TEXT("to a***@example.com now"));
    check_raw(TEXT("203.0.113.9 - ann.lee@example.com [2001:db8::1]"), TEXT("*** - a***@example.com [***]"));
    check_raw(TEXT("a\0b\xFFz"), TEXT("a\xEF\xBF\xBD"
                                      "b\xEF\xBF\xBDz"));
}

/* Cut behind the masking, at a character's boundary: an address that the cut would have gone through is masked. */
static void test_raw_is_cut(void **state)
{
    char text[2100], expected[2100];
    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text + 1980, " annabella.lee@example.com ", 27);
    memset(expected, 'x', sizeof expected);
    memcpy(expected + 1980, " a***@example.com ", 18);
    check_raw((Text){text, sizeof text}, (Text){expected, 2000});
    memset(text, 'x', sizeof text);
    memcpy(text + 1999, "\xC3\xA4", 2);
    check_raw((Text){text, sizeof text}, (Text){text, 1999});
}

static void test_very_long_raw(void **state)
{
    size_t size = 10 << 20;
    char *text = malloc(size);
    (void)state;
    assert_non_null(text);
    memset(text, '\xFF', size);
    char expected[1998];
    for (size_t i = 0; i < sizeof expected; i += 3)
        memcpy(expected + i, "\xEF\xBF\xBD", 3);
    check_raw((Text){text, size}, (Text){expected, sizeof expected});
    free(text);
}

static void test_record_as_text(void **state)
{
    Error error = ERROR_INIT;
    Buffer buffer = buffer_make(1 << 20);
    Record record = {.line = 1};
    (void)state;
    record.values[VIEW_EVENT_ID] = TEXT("e1");
    record.values[VIEW_VISITOR] = TEXT("cookie");
    record.values[VIEW_URL] = TEXT("https://example.com/");
    record.values[VIEW_TITLE] = TEXT("  ");
    assert_int_equal(reject_write_record(RECORD_VIEW, &record, &buffer, &error), STATUS_OK);
    assert_string_equal(buffer.data, "event_id=e1, url=https://example.com/");
    buffer_done(&buffer);
}

static void test_large_record_as_text(void **state)
{
    Error error = ERROR_INIT;
    Buffer buffer = buffer_make(1 << 20);
    Record record = {.line = 1};
    size_t size = 20 << 20;
    char *large = calloc(size, 1);
    (void)state;
    assert_non_null(large);
    memset(large, 'a', size);
    for (size_t i = 0; i < LEAD_FIELD_COUNT; i++)
        record.values[i] = (Text){large, size};
    assert_int_equal(reject_write_record(RECORD_LEAD, &record, &buffer, &error), STATUS_OK);
    assert_true(buffer.size >= REJECT_TEXT_MAX && buffer.size <= 3 * REJECT_RAW_READ);
    buffer_done(&buffer);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_raw_can_be_shown),     cmocka_unit_test(test_raw_is_cut),
        cmocka_unit_test(test_very_long_raw),        cmocka_unit_test(test_record_as_text),
        cmocka_unit_test(test_large_record_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
