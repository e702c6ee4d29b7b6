#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/progress.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void expect(const char *label, uint64_t done, uint64_t total, double seconds, size_t columns,
                   const char *expected)
{
    char line[PROGRESS_LINE_MAX];
    progress_format(label, done, total, seconds, columns, line);
    assert_string_equal(expected, line);
}

static void formats_lines(void **state)
{
    (void)state;
    expect("web", 50000000, 200000000, 2, 80, "web  50.0 of 200.0 MB  25 %  25.0 MB/s  0:06 left");
    expect("web", 1000000, 7300000000, 1, 80, "web  1.0 of 7300.0 MB  0 %  1.0 MB/s  2:01:39 left");
    expect("web", 100, 100, 0, 80, "web  0.0 of 0.0 MB  100 %  0.0 MB/s");
    expect("web", 0, 1000000, 1, 80, "web  0.0 of 1.0 MB  0 %  0.0 MB/s");
    expect("web", 5000000, 0, 2, 80, "web  5.0 MB  2.5 MB/s");
    expect("web", 5000000, 4000000, 2, 80, "web  5.0 MB  2.5 MB/s");
    expect("web", 5000000, 0, 2, 9, "web  5.0 ");
    expect("中\x1B[2J", 0, 0, 0, 80, "中?[2J  0.0 MB  0.0 MB/s");
    expect("中中中中", 0, 0, 0, 5, "中中");
    expect("0123456789012345678901234567890123456789xyz", 0, 0, 0, 80,
           "0123456789012345678901234567890123456789  0.0 MB  0.0 MB/s");
}

static void is_silent_without_a_terminal(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    Progress progress = progress_make(stream, "web", 100, false);
    progress.started_at -= 1000000000;
    progress.shown_at -= 1000000000;
    progress_update(&progress, 50);
    progress_done(&progress);
    fclose(stream);
    assert_int_equal(0, size);
    free(bytes);
}

static size_t read_available(int descriptor, char *bytes, size_t capacity)
{
    ssize_t size = read(descriptor, bytes, capacity - 1);
    bytes[size > 0 ? size : 0] = '\0';
    return size > 0 ? (size_t)size : 0;
}

static void draws_at_most_ten_times_a_second(void **state)
{
    (void)state;
    int master, terminal;
    struct winsize window = {.ws_row = 24, .ws_col = 20};
    if (openpty(&master, &terminal, NULL, NULL, &window) != 0)
        skip();
    fcntl(master, F_SETFL, O_NONBLOCK);
    setenv("TERM", "xterm", 1);
    FILE *stream = fdopen(terminal, "w");
    char bytes[4096];

    Progress progress = progress_make(stream, "web", 100, true);
    progress.shown_at -= 1000000000;
    progress_update(&progress, 50);
    progress_done(&progress);
    assert_int_equal(0, read_available(master, bytes, sizeof bytes));

    progress = progress_make(stream, "web", 1000000, false);
    /* A minute ahead, so that a slow machine cannot be in time for another line. */
    progress.shown_at += 60000000000;
    progress_update(&progress, 0);
    assert_int_equal(0, read_available(master, bytes, sizeof bytes));
    progress.shown_at -= 60100000000;
    progress_update(&progress, 500000);
    progress.shown_at += 60000000000;
    for (uint64_t i = 0; i < 1000; i++)
        progress_update(&progress, 500000);
    read_available(master, bytes, sizeof bytes);
    assert_string_equal("\rweb  0.5 of 1.0 MB \033[K", bytes);
    progress_done(&progress);
    progress_done(&progress);
    read_available(master, bytes, sizeof bytes);
    assert_string_equal("\r\033[K", bytes);
    fclose(stream);
    close(master);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_lines),
        cmocka_unit_test(is_silent_without_a_terminal),
        cmocka_unit_test(draws_at_most_ten_times_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
