#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/stream.h"
#include "tests/unit/common/gzip_check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A folder of its own for each test, as *state; what is in it is named "input". */
static int make_folder(void **state)
{
    char *folder = strdup("/tmp/closedloop-stream-XXXXXX");
    *state = folder;
    return folder && mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char path[256];
    snprintf(path, sizeof path, "%s/input", (const char *)*state);
    remove(path);
    rmdir(*state);
    free(*state);
    return 0;
}

static const char *path_in(void **state, char path[256])
{
    snprintf(path, 256, "%s/input", (const char *)*state);
    return path;
}

static void write_file(const char *path, Text bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
}

static Status read_to_end(Stream *stream, Buffer *output, Error *error)
{
    Text block;
    Status status;
    while ((status = stream_read(stream, &block, error)) == STATUS_OK) {
        assert_true(block.size > 0 && block.size <= STREAM_BLOCK_SIZE);
        assert_int_equal(buffer_append(output, block, error), STATUS_OK);
    }
    if (status == STATUS_END)
        assert_int_equal(stream_read(stream, &block, error), STATUS_END);
    return status;
}

static void expect_refused(const char *path, ErrorCode code, const char *message)
{
    Stream *stream = NULL;
    Error error = ERROR_INIT;
    assert_int_equal(stream_open(path, &stream, &error), STATUS_ERROR);
    assert_null(stream);
    assert_int_equal(error.code, code);
    assert_non_null(strstr(error.message, message));
    assert_ptr_equal(strstr(error.message, path), error.message);
}

static void plain_file_is_read_as_it_is(void **state)
{
    char path[256];
    write_file(path_in(state, path), TEXT("hello\n"));
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    cleanup(buffer_done) Buffer output = buffer_make(1000);
    assert_int_equal(stream_open(path, &stream, &error), STATUS_OK);
    assert_int_equal(read_to_end(stream, &output, &error), STATUS_END);
    assert_string_equal(output.data, "hello\n");
    assert_false(stream_is_gzip(stream));
    assert_int_equal(stream_raw_bytes(stream), 6);
    assert_int_equal(stream_decoded_bytes(stream), 6);
    assert_string_equal(stream_name(stream), path);
}

static void gzip_is_found_by_its_first_bytes(void **state)
{
    char path[256];
    cleanup(buffer_done) Buffer input = buffer_make(1000), output = buffer_make(1000);
    gzip_append(&input, TEXT("hello\n"));
    gzip_append(&input, TEXT("world\n"));
    write_file(path_in(state, path), buffer_text(&input));
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    assert_int_equal(stream_open(path, &stream, &error), STATUS_OK);
    assert_int_equal(read_to_end(stream, &output, &error), STATUS_END);
    assert_string_equal(output.data, "hello\nworld\n");
    assert_true(stream_is_gzip(stream));
    assert_int_equal(stream_raw_bytes(stream), input.size);
    assert_int_equal(stream_decoded_bytes(stream), 12);
}

static void digest_is_of_the_raw_bytes(void **state)
{
    char path[256], hex[KEY_HEX_SIZE];
    write_file(path_in(state, path), TEXT("hello\n"));
    Error error = ERROR_INIT;
    cleanup(stream_freep) Stream *stream = NULL;
    cleanup(buffer_done) Buffer output = buffer_make(1000);
    assert_int_equal(stream_open(path, &stream, &error), STATUS_OK);
    assert_int_equal(read_to_end(stream, &output, &error), STATUS_END);
    Key digest = stream_digest(stream);
    key_to_hex(&digest, hex);
    /* XXH3_128bits() of libxxhash 0.8.1, in canonical order. */
    assert_string_equal(hex, "6bba86c7e069f56d5a10b435f1c8e49c");
}

static void digest_of_gzip_is_of_the_file(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(buffer_done) Buffer input = buffer_make(1000);
    gzip_append(&input, TEXT("hello\n"));
    Key expected = hash_bytes(buffer_text(&input));
    for (size_t step = 0; step <= input.size; step++) {
        cleanup(stream_freep) Stream *stream = NULL;
        cleanup(buffer_done) Buffer output = buffer_make(1000);
        assert_int_equal(stream_from_memory(buffer_text(&input), step, "memory", &stream, &error), STATUS_OK);
        assert_int_equal(read_to_end(stream, &output, &error), STATUS_END);
        assert_string_equal(output.data, "hello\n");
        Key digest = stream_digest(stream);
        assert_true(key_equal(&digest, &expected));
    }
}

static void small_files_end(void **state)
{
    char path[256];
    static const Text inputs[] = {{"", 0}, {"a", 1}, {"\x1f", 1}, {"ab", 2}, {"\x1fx", 2}, {"abc", 3}};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        Error error = ERROR_INIT;
        cleanup(stream_freep) Stream *stream = NULL;
        cleanup(buffer_done) Buffer output = buffer_make(1000);
        write_file(path_in(state, path), inputs[i]);
        assert_int_equal(stream_open(path, &stream, &error), STATUS_OK);
        assert_int_equal(read_to_end(stream, &output, &error), STATUS_END);
        assert_true(text_equal(buffer_text(&output), inputs[i]));
        Key digest = stream_digest(stream), expected = hash_bytes(inputs[i]);
        assert_true(key_equal(&digest, &expected));
    }
}

static void long_input_comes_in_blocks(void **state)
{
    char path[256];
    cleanup(buffer_done) Buffer text = buffer_make(1 << 22), gzip = buffer_make(1 << 22);
    Error error = ERROR_INIT;
    for (int i = 0; i < 200000; i++)
        assert_int_equal(buffer_printf(&text, &error, "%d\n", i * 7919 % 100003), STATUS_OK);
    gzip_append(&gzip, buffer_text(&text));
    const Buffer *inputs[] = {&text, &gzip};
    for (size_t i = 0; i < 2; i++) {
        cleanup(stream_freep) Stream *stream = NULL;
        cleanup(buffer_done) Buffer output = buffer_make(1 << 22);
        write_file(path_in(state, path), buffer_text(inputs[i]));
        assert_int_equal(stream_open(path, &stream, &error), STATUS_OK);
        assert_int_equal(read_to_end(stream, &output, &error), STATUS_END);
        assert_true(text_equal(buffer_text(&output), buffer_text(&text)));
        assert_int_equal(stream_raw_bytes(stream), inputs[i]->size);
        assert_int_equal(stream_decoded_bytes(stream), text.size);
    }
}

static void damaged_gzip_names_the_file(void **state)
{
    char path[256];
    cleanup(buffer_done) Buffer input = buffer_make(1000), output = buffer_make(1000);
    gzip_append(&input, TEXT("hello\n"));
    write_file(path_in(state, path), (Text){input.data, input.size - 1});
    Error error = ERROR_INIT;
    Stream *stream = NULL;
    assert_int_equal(stream_open(path, &stream, &error), STATUS_OK);
    assert_int_equal(read_to_end(stream, &output, &error), STATUS_ERROR);
    stream_free(stream);
    assert_int_equal(error.code, ERROR_DATA);
    assert_ptr_equal(strstr(error.message, path), error.message);
    assert_non_null(strstr(error.message, ": unexpected end of compressed data"));

    assert_int_equal(buffer_append(&input, TEXT("junk"), &error), STATUS_OK);
    write_file(path, buffer_text(&input));
    assert_int_equal(stream_open(path, &stream, &error), STATUS_OK);
    assert_int_equal(read_to_end(stream, &output, &error), STATUS_ERROR);
    stream_free(stream);
    assert_non_null(strstr(error.message, ": trailing junk after byte 26"));
}

/* Somebody who gives "abcdefgh", a byte at a time, then ends or fails. */
typedef struct Giver {
    size_t given;
    bool is_broken;
    int finished;
} Giver;

static Status give(void *context, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    Giver *giver = context;
    assert_true(capacity > 0);
    if (giver->given == 8 && giver->is_broken)
        return error_set(error, ERROR_UNAVAILABLE, "gone");
    *ret_size = giver->given < 8;
    if (*ret_size)
        bytes[0] = "abcdefgh"[giver->given++];
    return STATUS_OK;
}

static void finish(void *context)
{
    ((Giver *)context)->finished++;
}

static void takes_what_somebody_gives(void **state)
{
    (void)state;
    for (int is_broken = 0; is_broken < 2; is_broken++) {
        Giver giver = {.is_broken = is_broken};
        cleanup(buffer_done) Buffer output = buffer_make(1000);
        Error error = ERROR_INIT;
        Stream *stream = NULL;
        assert_int_equal(stream_from_giver(give, finish, &giver, "query", &stream, &error), STATUS_OK);
        assert_int_equal(read_to_end(stream, &output, &error), is_broken ? STATUS_ERROR : STATUS_END);
        assert_true(text_is(buffer_text(&output), "abcdefgh"));
        Key expected = hash_bytes(TEXT("abcdefgh")), digest = stream_digest(stream);
        assert_true(key_equal(&digest, &expected));
        assert_string_equal(error.message, is_broken ? "query: gone" : "");
        assert_int_equal(giver.finished, 0);
        stream_free(stream);
        assert_int_equal(giver.finished, 1);
    }
}

static void missing_file_is_no_input(void **state)
{
    char path[256];
    expect_refused(path_in(state, path), ERROR_NO_INPUT, "No such file");
    write_file(path, TEXT("x"));
    char below[300];
    snprintf(below, sizeof below, "%s/below", path);
    expect_refused(below, ERROR_NO_INPUT, "Not a directory");
}

static void folder_is_no_input(void **state)
{
    expect_refused(*state, ERROR_NO_INPUT, "is a folder, not a file");
}

static void pipe_is_refused_and_not_waited_for(void **state)
{
    char path[256];
    assert_int_equal(mkfifo(path_in(state, path), 0600), 0);
    expect_refused(path, ERROR_NO_INPUT, "is a pipe, not a file");
}

static void device_and_socket_are_refused(void **state)
{
    expect_refused("/dev/null", ERROR_NO_INPUT, "is a device, not a file");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/input", (const char *)*state);
    int socket_descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(socket_descriptor, (const struct sockaddr *)&address, sizeof address), 0);
    expect_refused(address.sun_path, ERROR_NO_INPUT, "No such device");
    close(socket_descriptor);
}

static void descriptor_may_be_a_pipe(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    Error error = ERROR_INIT;
    Stream *stream = NULL;
    cleanup(buffer_done) Buffer output = buffer_make(1000);
    assert_int_equal(stream_from_descriptor(ends[0], "standard input", &stream, &error), STATUS_OK);
    assert_int_equal(read_to_end(stream, &output, &error), STATUS_END);
    assert_string_equal(output.data, "piped");
    stream_free(stream);
    assert_int_equal(fcntl(ends[0], F_GETFD), -1);
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    stream_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_somebody_gives),
        cmocka_unit_test_setup_teardown(plain_file_is_read_as_it_is, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(gzip_is_found_by_its_first_bytes, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(digest_is_of_the_raw_bytes, make_folder, remove_folder),
        cmocka_unit_test(digest_of_gzip_is_of_the_file),
        cmocka_unit_test_setup_teardown(small_files_end, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(long_input_comes_in_blocks, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(damaged_gzip_names_the_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(missing_file_is_no_input, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(folder_is_no_input, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(pipe_is_refused_and_not_waited_for, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(device_and_socket_are_refused, make_folder, remove_folder),
        cmocka_unit_test(descriptor_may_be_a_pipe),
        cmocka_unit_test(freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
