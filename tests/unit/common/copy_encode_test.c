/* Every expected byte is written down from the PostgreSQL documentation (COPY, "Binary Format") and, for what stands
 * inside a field, from the types' send functions: int4send, timestamptz_send, date_send, uuid_send, array_send. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "common/copy_encode.h"

enum { CEILING = 1 << 20 };

typedef struct State {
    Buffer buffer;
    Error error;
} State;

static int set_up(void **state)
{
    static State instance;
    instance = (State){.buffer = buffer_make(CEILING), .error = ERROR_INIT};
    *state = &instance;
    return 0;
}

static int tear_down(void **state)
{
    State *test = *state;
    buffer_done(&test->buffer);
    return 0;
}

#define assert_bytes(test, literal)                                                                                    \
    do {                                                                                                               \
        assert_int_equal((test)->buffer.size, sizeof(literal) - 1);                                                    \
        assert_memory_equal((test)->buffer.data, literal, sizeof(literal) - 1);                                        \
    } while (0)

static const Key counting = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}};

/* "PGCOPY\n\377\r\n\0", 32 bits of flags, 32 bits of the extension's length. */
static void header_is_signature_flags_and_empty_extension(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_header(&test->buffer, &test->error), STATUS_OK);
    assert_bytes(test, "PGCOPY\n\xff\r\n\0"
                       "\0\0\0\0"
                       "\0\0\0\0");
}

/* A 16-bit word with -1, where a row would have its number of fields. */
static void trailer_is_minus_one(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_trailer(&test->buffer, &test->error), STATUS_OK);
    assert_bytes(test, "\xff\xff");
}

static void row_begins_with_16_bits_of_field_count_in_network_order(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_begin(&test->buffer, 3, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_begin(&test->buffer, 258, &test->error), STATUS_OK);
    assert_bytes(test, "\0\x03"
                       "\x01\x02");
}

/* Null is the length -1 and nothing behind it. */
static void null_is_length_minus_one(void **state)
{
    State *test = *state;
    Buffer *buffer = &test->buffer;
    assert_int_equal(copy_encode_uuid(buffer, NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_text(buffer, TEXT_NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_bool(buffer, NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_int32(buffer, NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_int64(buffer, NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_time(buffer, NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_date(buffer, NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_bytes(buffer, NULL, 7, &test->error), STATUS_OK);
    assert_int_equal(buffer->size, 8 * 4);
    for (size_t i = 0; i < buffer->size; i++)
        assert_int_equal((unsigned char)buffer->data[i], 0xff);
}

static void text_is_its_bytes_and_the_empty_text_is_not_null(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_text(&test->buffer, TEXT("Kr\xc3\xbcger\t\\N"), &test->error), STATUS_OK);
    assert_int_equal(copy_encode_text(&test->buffer, TEXT(""), &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x0a"
                       "Kr\xc3\xbcger\t\\N"
                       "\0\0\0\0");
}

static void uuid_is_16_bytes_in_order(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_uuid(&test->buffer, &counting, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x10"
                       "\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\xff");
}

static void bool_is_one_byte(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_bool(&test->buffer, &(bool){true}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_bool(&test->buffer, &(bool){false}, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x01\x01"
                       "\0\0\0\x01\0");
}

static void integers_are_twos_complement_in_network_order(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_int32(&test->buffer, &(int32_t){66051}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_int32(&test->buffer, &(int32_t){-2}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_int64(&test->buffer, &(int64_t){INT64_C(1) << 32}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_int64(&test->buffer, &(int64_t){INT64_MIN}, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x04\0\x01\x02\x03"
                       "\0\0\0\x04\xff\xff\xff\xfe"
                       "\0\0\0\x08\0\0\0\x01\0\0\0\0"
                       "\0\0\0\x08\x80\0\0\0\0\0\0\0");
}

/* Microseconds since 2000-01-01 00:00 UTC, which is 946,684,800 s after 1970. */
static void time_counts_from_the_year_2000(void **state)
{
    State *test = *state;
    const int64_t year_2000 = INT64_C(946684800000000);
    assert_int_equal(copy_encode_time(&test->buffer, &(int64_t){year_2000}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_time(&test->buffer, &(int64_t){year_2000 + 256}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_time(&test->buffer, &(int64_t){year_2000 - 1}, &test->error), STATUS_OK);
    /* 1970 itself: -946684800000000 is -0x35d013b37e000 */
    assert_int_equal(copy_encode_time(&test->buffer, &(int64_t){0}, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x08\0\0\0\0\0\0\0\0"
                       "\0\0\0\x08\0\0\0\0\0\0\x01\0"
                       "\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xff"
                       "\0\0\0\x08\xff\xfc\xa2\xfe\xc4\xc8\x20\0");
}

/* Days since 2000-01-01, which is day 10,957 since 1970. */
static void date_counts_days_from_the_year_2000(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_date(&test->buffer, &(int32_t){10957}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_date(&test->buffer, &(int32_t){10958}, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_date(&test->buffer, &(int32_t){10956}, &test->error), STATUS_OK);
    /* 1970-01-01: -10957 is -0x2acd */
    assert_int_equal(copy_encode_date(&test->buffer, &(int32_t){0}, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x04\0\0\0\0"
                       "\0\0\0\x04\0\0\0\x01"
                       "\0\0\0\x04\xff\xff\xff\xff"
                       "\0\0\0\x04\xff\xff\xd5\x33");
}

static void bytes_go_in_as_they_are(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_bytes(&test->buffer, "a\0b", 3, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_bytes(&test->buffer, "", 0, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x03"
                       "a\0b"
                       "\0\0\0\0");
}

/* Dimensions, whether there are nulls, the element type's oid (2950 is uuid), then for the one dimension its length and
 * lower bound, then the elements, each with its length. */
static void uuid_array_has_one_dimension_from_1(void **state)
{
    State *test = *state;
    const Key two[] = {counting, {{0xee}}};
    assert_int_equal(copy_encode_uuid_array(&test->buffer, two, 2, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x3c"
                       "\0\0\0\x01\0\0\0\0\0\0\x0b\x86\0\0\0\x02\0\0\0\x01"
                       "\0\0\0\x10\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\xff"
                       "\0\0\0\x10\xee\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
}

/* 20 is int8. */
static void int64_array(void **state)
{
    State *test = *state;
    const int64_t values[] = {1, -1};
    assert_int_equal(copy_encode_int64_array(&test->buffer, values, NULL, 2, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x2c"
                       "\0\0\0\x01\0\0\0\0\0\0\0\x14\0\0\0\x02\0\0\0\x01"
                       "\0\0\0\x08\0\0\0\0\0\0\0\x01"
                       "\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xff");
}

static void int64_array_with_nulls(void **state)
{
    State *test = *state;
    const int64_t values[] = {1, 0, 2};
    const bool are_null[] = {false, true, false};
    assert_int_equal(copy_encode_int64_array(&test->buffer, values, are_null, 3, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x30"
                       "\0\0\0\x01\0\0\0\0\0\0\0\x14\0\0\0\x03\0\0\0\x01"
                       "\0\0\0\x08\0\0\0\0\0\0\0\x01"
                       "\xff\xff\xff\xff"
                       "\0\0\0\x08\0\0\0\0\0\0\0\x02");
}

/* 25 is text. */
static void text_array(void **state)
{
    State *test = *state;
    const Text values[] = {TEXT("ab"), TEXT(""), TEXT("c")};
    assert_int_equal(copy_encode_text_array(&test->buffer, values, 3, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x23"
                       "\0\0\0\x01\0\0\0\0\0\0\0\x19\0\0\0\x03\0\0\0\x01"
                       "\0\0\0\x02"
                       "ab"
                       "\0\0\0\0"
                       "\0\0\0\x01"
                       "c");
}

/* array_send() gives an empty array no dimension at all. */
static void empty_array_has_no_dimension(void **state)
{
    State *test = *state;
    assert_int_equal(copy_encode_uuid_array(&test->buffer, NULL, 0, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_int64_array(&test->buffer, NULL, NULL, 0, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_text_array(&test->buffer, NULL, 0, &test->error), STATUS_OK);
    assert_bytes(test, "\0\0\0\x0c\0\0\0\0\0\0\0\0\0\0\x0b\x86"
                       "\0\0\0\x0c\0\0\0\0\0\0\0\0\0\0\0\x14"
                       "\0\0\0\x0c\0\0\0\0\0\0\0\0\0\0\0\x19");
}

static void whole_file_of_one_row(void **state)
{
    State *test = *state;
    Buffer *buffer = &test->buffer;
    assert_int_equal(copy_encode_header(buffer, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_begin(buffer, 2, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_text(buffer, TEXT("x"), &test->error), STATUS_OK);
    assert_int_equal(copy_encode_int32(buffer, NULL, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_trailer(buffer, &test->error), STATUS_OK);
    assert_bytes(test, "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0"
                       "\0\x02"
                       "\0\0\0\x01"
                       "x"
                       "\xff\xff\xff\xff"
                       "\xff\xff");
}

/* What does not fit leaves the buffer as it was: a row that was begun can be taken back by its size. */
static void field_past_the_ceiling_is_an_error_and_leaves_nothing(void **state)
{
    State *test = *state;
    Buffer small = buffer_make(64);
    static const char bytes[61];
    static const Key keys[4];
    assert_int_equal(copy_encode_begin(&small, 1, &test->error), STATUS_OK);
    assert_int_equal(copy_encode_bytes(&small, bytes, sizeof bytes, &test->error), STATUS_ERROR);
    assert_int_equal(small.size, 2);
    assert_int_equal(copy_encode_uuid_array(&small, keys, 4, &test->error), STATUS_ERROR);
    assert_int_equal(small.size, 2);
    assert_int_equal(copy_encode_bytes(&small, bytes, 58, &test->error), STATUS_OK);
    assert_int_equal(small.size, 64);
    assert_int_equal(copy_encode_text(&small, TEXT_NULL, &test->error), STATUS_ERROR);
    assert_int_equal(copy_encode_begin(&small, 1, &test->error), STATUS_ERROR);
    assert_int_equal(copy_encode_trailer(&small, &test->error), STATUS_ERROR);
    assert_int_equal(small.size, 64);
    buffer_done(&small);
}

static void value_that_no_length_can_say_is_an_error(void **state)
{
    State *test = *state;
    /* Refused by its size alone: no byte of it is looked at. */
    assert_int_equal(copy_encode_bytes(&test->buffer, "", (size_t)INT32_MAX + 1, &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_DATA);
    assert_int_equal(copy_encode_uuid_array(&test->buffer, &counting, (size_t)INT32_MAX, &test->error), STATUS_ERROR);
    assert_int_equal(copy_encode_int64_array(&test->buffer, &(int64_t){1}, NULL, (size_t)INT32_MAX, &test->error),
                     STATUS_ERROR);
    assert_int_equal(test->buffer.size, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(header_is_signature_flags_and_empty_extension),
        CASE(trailer_is_minus_one),
        CASE(row_begins_with_16_bits_of_field_count_in_network_order),
        CASE(null_is_length_minus_one),
        CASE(text_is_its_bytes_and_the_empty_text_is_not_null),
        CASE(uuid_is_16_bytes_in_order),
        CASE(bool_is_one_byte),
        CASE(integers_are_twos_complement_in_network_order),
        CASE(time_counts_from_the_year_2000),
        CASE(date_counts_days_from_the_year_2000),
        CASE(bytes_go_in_as_they_are),
        CASE(uuid_array_has_one_dimension_from_1),
        CASE(int64_array),
        CASE(int64_array_with_nulls),
        CASE(text_array),
        CASE(empty_array_has_no_dimension),
        CASE(whole_file_of_one_row),
        CASE(field_past_the_ceiling_is_an_error_and_leaves_nothing),
        CASE(value_that_no_length_can_say_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
