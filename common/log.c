#include "common/log.h"
#include "common/display.h"
#include "common/utf8.h"

#include <time.h>

enum { MESSAGE_MAX = 4096, LINE_MAX_BYTES = 32 * 1024 };

/* Of fixed size: what went wrong may be the memory. What does not fit is cut. */
typedef struct Line {
    size_t size;
    char bytes[LINE_MAX_BYTES];
} Line;

static const char *const level_names[] = {"error", "warning", "info"};

Log log_make(FILE *stream, const char *program, LogLevel level, LogFormat format)
{
    return (Log){
        .stream = stream,
        .program = program,
        .level = level,
        .format = format,
        .is_terminal = display_is_terminal(stream),
    };
}

/* Room is always kept for what ends a line. */
static void put(Line *line, const char *bytes, size_t size)
{
    if (size > LINE_MAX_BYTES - 16 - line->size)
        return;
    memcpy(line->bytes + line->size, bytes, size);
    line->size += size;
}

static void put_string(Line *line, const char *string)
{
    put(line, string, strlen(string));
}

static void put_text(Line *line, const char *string)
{
    Text text = text_from(string);
    for (size_t at = 0; at < text.size;) {
        char bytes[4];
        put(line, bytes, utf8_encode(display_safe(display_next(text, &at)), bytes));
    }
}

static void put_json_character(Line *line, uint32_t character)
{
    char bytes[8];
    if (character == '"' || character == '\\') {
        put(line, (char[]){'\\', (char)character}, 2);
    } else if (character == '\n') {
        put(line, "\\n", 2);
    } else if (character == '\t') {
        put(line, "\\t", 2);
    } else if (display_is_unsafe(character)) {
        int size = snprintf(bytes, sizeof bytes, "\\u%04x", (unsigned)(character & 0xFFFF));
        put(line, bytes, (size_t)size);
    } else {
        put(line, bytes, utf8_encode(character, bytes));
    }
}

static void put_json(Line *line, const char *name, const char *string)
{
    put_string(line, line->size ? ",\"" : "{\"");
    put_string(line, name);
    put_string(line, "\":\"");
    Text text = text_from(string);
    for (size_t at = 0; at < text.size;)
        put_json_character(line, display_next(text, &at));
    put_string(line, "\"");
}

/* Written whatever was cut before it. */
static void end_line(Line *line, const char *end)
{
    size_t size = strlen(end);
    memcpy(line->bytes + line->size, end, size);
    line->size += size;
}

static void format_now(char ret_time[32])
{
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    strftime(ret_time, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void put_text_line(Line *line, const Log *log, const char *now, const char *mark, const char *message)
{
    /* A line of progress may stand there. */
    if (log->is_terminal) {
        put_string(line, "\r\033[K");
    } else {
        put_string(line, now);
        put_string(line, " ");
    }
    put_text(line, log->program);
    put_string(line, ": ");
    put_string(line, mark);
    put_text(line, message);
    end_line(line, "\n");
}

static void write_line(const Log *log, LogLevel level, const char *message, const Error *failure)
{
    if (level > log->level)
        return;
    static const char *const marks[] = {"error: ", "warning: ", ""};
    char now[32];
    format_now(now);
    Line line;
    line.size = 0;
    if (log->format == LOG_TEXT) {
        put_text_line(&line, log, now, marks[level], message);
        if (failure && failure->hint[0])
            put_text_line(&line, log, now, "hint: ", failure->hint);
    } else {
        put_json(&line, "time", now);
        put_json(&line, "level", level_names[level]);
        put_json(&line, "program", log->program);
        if (failure) {
            char code[16];
            snprintf(code, sizeof code, ",\"code\":%d", (int)failure->code);
            put_string(&line, code);
            if (failure->hint[0])
                put_json(&line, "hint", failure->hint);
        }
        put_json(&line, "message", message);
        end_line(&line, "}\n");
    }
    fwrite(line.bytes, 1, line.size, log->stream);
    fflush(log->stream);
}

static void write_formatted(const Log *log, LogLevel level, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void write_formatted(const Log *log, LogLevel level, const char *format, va_list arguments)
{
    char message[MESSAGE_MAX];
    if (vsnprintf(message, sizeof message, format, arguments) < 0)
        return;
    write_line(log, level, message, NULL);
}

void log_info(const Log *log, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_formatted(log, LOG_LEVEL_INFO, format, arguments);
    va_end(arguments);
}

void log_warning(const Log *log, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_formatted(log, LOG_LEVEL_WARNING, format, arguments);
    va_end(arguments);
}

void log_error(const Log *log, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_formatted(log, LOG_LEVEL_ERROR, format, arguments);
    va_end(arguments);
}

void log_failure(const Log *log, const Error *error)
{
    write_line(log, LOG_LEVEL_ERROR, error->message, error);
}
