#include "common/progress.h"
#include "common/display.h"
#include "common/utf8.h"

#include <sys/ioctl.h>
#include <time.h>

enum { NANOSECONDS = 1000 * 1000 * 1000, LABEL_COLUMNS = 40, DEFAULT_COLUMNS = 80 };

static int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

Progress progress_make(FILE *stream, const char *label, uint64_t total, bool is_quiet)
{
    int64_t now = clock_now();
    return (Progress){
        .stream = !is_quiet && display_is_terminal(stream) ? stream : NULL,
        .label = label,
        .total = total,
        .started_at = now,
        .shown_at = now,
    };
}

/* Safe characters of the text up to a number of columns, NUL-terminated; returns the bytes. */
static size_t fit(const char *string, size_t columns, char *line, size_t capacity)
{
    Text text = text_from(string);
    size_t size = 0, width = 0;
    for (size_t at = 0; at < text.size && size + 4 < capacity;) {
        uint32_t character = display_safe(display_next(text, &at));
        width += display_width(character);
        if (width > columns)
            break;
        size += utf8_encode(character, line + size);
    }
    line[size] = '\0';
    return size;
}

static void format_left(uint64_t seconds, char *text, size_t capacity)
{
    unsigned long long hours = seconds / 3600, minutes = seconds / 60 % 60, rest = seconds % 60;
    if (hours)
        snprintf(text, capacity, "%llu:%02llu:%02llu", hours, minutes, rest);
    else
        snprintf(text, capacity, "%llu:%02llu", minutes, rest);
}

void progress_format(const char *label, uint64_t done, uint64_t total, double seconds, size_t columns,
                     char ret_line[PROGRESS_LINE_MAX])
{
    char name[LABEL_COLUMNS * 4 + 1], line[PROGRESS_LINE_MAX], left[32];
    fit(label, LABEL_COLUMNS, name, sizeof name);
    double rate = seconds > 0 ? (double)done / seconds : 0;
    /* A file may grow while it is read. */
    if (total < done || total == 0) {
        snprintf(line, sizeof line, "%s  %.1f MB  %.1f MB/s", name, (double)done / 1e6, rate / 1e6);
    } else {
        double share = (double)done / (double)total;
        int size = snprintf(line, sizeof line, "%s  %.1f of %.1f MB  %d %%  %.1f MB/s", name, (double)done / 1e6,
                            (double)total / 1e6, (int)(share * 100), rate / 1e6);
        double seconds_left = rate > 0 ? (double)(total - done) / rate : 1e18;
        if (seconds_left < 360000 && size > 0 && (size_t)size < sizeof line) {
            format_left((uint64_t)(seconds_left + 0.5), left, sizeof left);
            snprintf(line + size, sizeof line - (size_t)size, "  %s left", left);
        }
    }
    fit(line, columns, ret_line, PROGRESS_LINE_MAX);
}

static size_t columns_of(FILE *stream)
{
    struct winsize size;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : DEFAULT_COLUMNS;
}

void progress_update(Progress *progress, uint64_t done)
{
    if (!progress->stream)
        return;
    int64_t now = clock_now();
    if (now - progress->shown_at < NANOSECONDS / PROGRESS_UPDATES_PER_SECOND)
        return;
    progress->shown_at = now;
    char line[PROGRESS_LINE_MAX];
    double seconds = (double)(now - progress->started_at) / NANOSECONDS;
    /* The last column stays free: a terminal may wrap behind it. */
    progress_format(progress->label, done, progress->total, seconds, columns_of(progress->stream) - 1, line);
    fprintf(progress->stream, "\r%s\033[K", line);
    fflush(progress->stream);
    progress->has_line = true;
}

void progress_done(Progress *progress)
{
    if (!progress->has_line)
        return;
    fputs("\r\033[K", progress->stream);
    fflush(progress->stream);
    progress->has_line = false;
}
