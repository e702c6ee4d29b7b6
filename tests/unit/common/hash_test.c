#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/hash.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Fixture {
    char folder[64], path[96];
    Error error;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/closedloop_hash_XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/closedloop.secret", fixture->folder);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    unlink(fixture->path);
    /* Nothing else may have been left there. */
    assert_int_equal(rmdir(fixture->folder), 0);
    test_free(fixture);
    return 0;
}

static void assert_key(Key key, const char *expected)
{
    char hex[KEY_HEX_SIZE];
    key_to_hex(&key, hex);
    assert_string_equal(hex, expected);
}

/* Vectors published for XXH3. */
static void hashes_as_xxh3_does(void **state)
{
    (void)state;
    assert_key(hash_bytes(TEXT("")), "99aa06d3014798d86001c324468d497f");
    assert_key(hash_bytes(TEXT_NULL), "99aa06d3014798d86001c324468d497f");
    assert_key(hash_bytes(TEXT("abc")), "06b05ab6733a618578af5f94892f3950");
    assert_int_equal(hash_bytes_64(TEXT("")), 0x2d06800538d394c2);
    assert_int_equal(hash_bytes_64(TEXT("abc")), 0x78af5f94892f3950);
}

/* The parts laid out by hand: each behind its length, all ones for an absent one. */
static void a_key_is_its_parts_behind_their_lengths(void **state)
{
    (void)state;
    Text laid_out = TEXT("\4\0\0\0deal"
                         "\3\0\0\0crm"
                         "\0\0\0\0"
                         "\xFF\xFF\xFF\xFF"
                         "\2\0\0\0"
                         "42");
    Key expected = hash_bytes(laid_out);
    Key key = key_of(TEXT("deal"), (Text[]){TEXT("crm"), TEXT(""), TEXT_NULL, TEXT("42")}, 4);
    assert_memory_equal(&key, &expected, sizeof key);
    key = key_of(TEXT("x"), NULL, 0);
    expected = hash_bytes(TEXT("\1\0\0\0x"));
    assert_memory_equal(&key, &expected, sizeof key);
}

/* Keys that are too long to be laid out at once are the same function of their parts. */
static void long_keys_are_no_other_keys(void **state)
{
    (void)state;
    static char laid_out[2048], bytes[1500];
    memset(bytes, 'b', sizeof bytes);
    for (size_t size = 490; size < 530; size++) {
        size_t total = 0;
        Text name = TEXT("\4\0\0\0name");
        memcpy(laid_out, name.data, name.size);
        total += name.size;
        laid_out[total++] = (char)size;
        laid_out[total++] = (char)(size >> 8);
        laid_out[total++] = 0;
        laid_out[total++] = 0;
        memcpy(laid_out + total, bytes, size);
        total += size;
        Key expected = hash_bytes((Text){laid_out, total});
        Key key = key_of(TEXT("name"), &(Text){bytes, size}, 1);
        assert_memory_equal(&key, &expected, sizeof key);
    }
}

static void keys_tell_their_parts_apart(void **state)
{
    (void)state;
    Key keys[] = {
        key_of(TEXT("a"), (Text[]){TEXT("ab"), TEXT("c")}, 2),
        key_of(TEXT("a"), (Text[]){TEXT("a"), TEXT("bc")}, 2),
        key_of(TEXT("b"), (Text[]){TEXT("ab"), TEXT("c")}, 2),
        key_of(TEXT("a"), (Text[]){TEXT("ab"), TEXT("C")}, 2),
        key_of(TEXT("a"), (Text[]){TEXT("abc")}, 1),
        key_of(TEXT("a"), (Text[]){TEXT("abc"), TEXT("")}, 2),
        key_of(TEXT("a"), (Text[]){TEXT("abc"), TEXT_NULL}, 2),
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(key_equal(&keys[i], &keys[j]));
}

/* Expected by another BLAKE2b: Python's hashlib.blake2b(digest_size=16, key=bytes(range(32))). */
static void secret_keys_are_blake2b(void **state)
{
    (void)state;
    Secret secret;
    char bytes[600];
    for (size_t i = 0; i < sizeof secret.bytes; i++)
        secret.bytes[i] = (uint8_t)i;
    memset(bytes, 'a', sizeof bytes);
    Text address = TEXT("ada@example.com");
    assert_key(key_of_secret(&secret, TEXT("email"), &address, 1), "9fc8995bb69ed256ab2eb1919a02b5dc");
    assert_key(key_of_secret(&secret, TEXT("email"), (Text[]){{bytes, sizeof bytes}, TEXT_NULL}, 2),
               "9c17d744e3f92aa324f894c71c997db3");
    assert_key(secret_fingerprint(&secret), "2b0cfc7f983c49e3fb4856f2293ead0c");
    secret.bytes[31] ^= 1;
    Key other = key_of_secret(&secret, TEXT("email"), &address, 1);
    char hex[KEY_HEX_SIZE];
    key_to_hex(&other, hex);
    assert_string_not_equal(hex, "9fc8995bb69ed256ab2eb1919a02b5dc");
}

static void hexadecimal_and_back(void **state)
{
    (void)state;
    Key key = {{0x00, 0x01, 0x7F, 0x80, 0xFF, 0xAB}}, read = {{9}};
    assert_key(key, "00017f80ffab00000000000000000000");
    assert_true(key_from_hex(TEXT("00017f80ffab00000000000000000000"), &read));
    assert_true(key_equal(&read, &key));
    Key before = read;
    assert_false(key_from_hex(TEXT("00017f80ffab0000000000000000000"), &read));
    assert_false(key_from_hex(TEXT("00017f80ffab000000000000000000000"), &read));
    assert_false(key_from_hex(TEXT("00017f80ffab0000000000000000000g"), &read));
    assert_false(key_from_hex(TEXT("00017f80 ffab000000000000000000 "), &read));
    assert_false(key_from_hex(TEXT_NULL, &read));
    assert_true(key_equal(&read, &before));
}

static void put_file(const char *path, const char *content, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void the_secret_is_made_once(void **state)
{
    Fixture *fixture = *state;
    Secret first, second;
    struct stat status;
    assert_int_equal(secret_load(fixture->path, &first, &fixture->error), STATUS_OK);
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(status.st_size, 65);
    assert_int_equal(secret_load(fixture->path, &second, &fixture->error), STATUS_OK);
    assert_memory_equal(&first, &second, sizeof first);
    unlink(fixture->path);
    assert_int_equal(secret_load(fixture->path, &second, &fixture->error), STATUS_OK);
    assert_memory_not_equal(&first, &second, sizeof first);
}

static void the_secret_is_read_from_its_file(void **state)
{
    Fixture *fixture = *state;
    Secret secret, expected;
    for (size_t i = 0; i < sizeof expected.bytes; i++)
        expected.bytes[i] = (uint8_t)i;
    put_file(fixture->path, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600);
    assert_int_equal(secret_load(fixture->path, &secret, &fixture->error), STATUS_OK);
    assert_memory_equal(&secret, &expected, sizeof secret);
}

static void a_file_that_is_no_secret_is_refused(void **state)
{
    Fixture *fixture = *state;
    static const char *const contents[] = {
        "",
        "secret\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1x\n",
    };
    Secret secret, before;
    memset(&secret, 7, sizeof secret);
    before = secret;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        put_file(fixture->path, contents[i], 0600);
        assert_int_equal(secret_load(fixture->path, &secret, &fixture->error), STATUS_ERROR);
        assert_int_equal(fixture->error.code, ERROR_DATA);
    }
    put_file(fixture->path, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0640);
    assert_int_equal(secret_load(fixture->path, &secret, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_PERMISSION);
    assert_memory_equal(&secret, &before, sizeof secret);
}

static void a_secret_needs_its_folder(void **state)
{
    Fixture *fixture = *state;
    Secret secret;
    assert_int_equal(secret_load("/nowhere/closedloop.secret", &secret, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_CANNOT_CREATE);
    assert_string_equal(fixture->error.message,
                        "cannot make the secret /nowhere/closedloop.secret: No such file or directory");
}

/* Eight programs that make it at once end with the same one. */
static void many_programs_make_one_secret(void **state)
{
    Fixture *fixture = *state;
    enum { PROGRAMS = 8 };
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    for (int i = 0; i < PROGRAMS; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            Secret secret;
            Error error;
            bool is_made = secret_load(fixture->path, &secret, &error) == STATUS_OK &&
                           write(pipes[1], &secret, sizeof secret) == sizeof secret;
            _exit(is_made ? 0 : 1);
        }
    }
    close(pipes[1]);
    Secret first, next;
    assert_int_equal(read(pipes[0], &first, sizeof first), sizeof first);
    for (int i = 1; i < PROGRAMS; i++) {
        assert_int_equal(read(pipes[0], &next, sizeof next), sizeof next);
        assert_memory_equal(&first, &next, sizeof first);
    }
    close(pipes[0]);
    for (int i = 0; i < PROGRAMS; i++) {
        int status = 1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_xxh3_does),
        cmocka_unit_test(a_key_is_its_parts_behind_their_lengths),
        cmocka_unit_test(long_keys_are_no_other_keys),
        cmocka_unit_test(keys_tell_their_parts_apart),
        cmocka_unit_test(secret_keys_are_blake2b),
        cmocka_unit_test(hexadecimal_and_back),
        TEST(the_secret_is_made_once),
        TEST(the_secret_is_read_from_its_file),
        TEST(a_file_that_is_no_secret_is_refused),
        TEST(a_secret_needs_its_folder),
        TEST(many_programs_make_one_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
