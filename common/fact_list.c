#include "common/fact_list.h"

#include "common/calendar.h"
#include "common/time_scan.h"
#include "common/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { ROWS_MAX = 100000, MESSAGE_MAX = 400 };

typedef struct Reader {
    FactList list;
    const char *const *columns;
    size_t column_count;
    Arena *arena;
    FactRow *rows;
    unsigned line;
    bool has_columns;
    Error *error;
} Reader;

static Status fail(const Reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

static Status fail(const Reader *reader, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(reader->error, ERROR_CONFIG, "%s:%u: %s", reader->list.name, reader->line, message);
}

Status fact_list_error(const FactList *list, const FactRow *row, Error *error, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(error, ERROR_CONFIG, "%s:%u: %s", list->name, row->line, message);
}

/* --- what a line says ------------------------------------------------------------------------------------------ */

static bool is_date(Text text)
{
    TimeCursor cursor = {text.data, text.data + text.size};
    int32_t year, month, day;
    return time_take_four(&cursor, &year) && time_take(&cursor, '-') && time_take_two(&cursor, &month) &&
           time_take(&cursor, '-') && time_take_two(&cursor, &day) && cursor.at == cursor.end && month >= 1 &&
           month <= 12 && day >= 1 && day <= calendar_month_days(year, month);
}

static Status take_comment(Reader *reader, Text comment)
{
    Text text = text_trim((Text){comment.data + 1, comment.size - 1});
    if (text_starts_with(text, TEXT("from:")) && text_is_null(reader->list.from))
        reader->list.from = text_trim((Text){text.data + 5, text.size - 5});
    if (!text_starts_with(text, TEXT("date:")))
        return STATUS_OK;
    Text date = text_trim((Text){text.data + 5, text.size - 5});
    if (!is_date(date))
        return fail(reader, "'%.*s' is no date such as 2026-11-23", TEXT_PRINTF(date));
    if (reader->list.date[0])
        return fail(reader, "the date is given twice");
    memcpy(reader->list.date, date.data, date.size);
    return STATUS_OK;
}

/* The columns' names, as the first line has them. */
static const char *expected(const Reader *reader, char out[MESSAGE_MAX])
{
    size_t size = 0;
    for (size_t i = 0; i < reader->column_count && size < MESSAGE_MAX; i++)
        size += (size_t)snprintf(out + size, MESSAGE_MAX - size, "%s%s", i ? ", " : "", reader->columns[i]);
    return out;
}

static Status split(const Reader *reader, Text line, Text values[FACT_COLUMNS_MAX])
{
    char names[MESSAGE_MAX];
    size_t count = 1;
    for (size_t i = 0; i < line.size; i++)
        count += line.data[i] == '\t';
    if (count != reader->column_count) {
        fail(reader, "has %zu column%s, not %zu: %s", count, count == 1 ? "" : "s", reader->column_count,
             expected(reader, names));
        return error_hint(reader->error, "one tab stands between two columns");
    }
    for (size_t i = 0; i < count; i++) {
        size_t size = text_find(line, '\t');
        values[i] = (Text){line.data, size};
        line = (Text){line.data + size + (i + 1 < count), line.size - size - (i + 1 < count)};
        if (values[i].size == 0 || text_trim(values[i]).size != values[i].size)
            return fail(reader, "'%s' %s", reader->columns[i],
                        values[i].size ? "has white space at an end" : "is empty");
    }
    return STATUS_OK;
}

static Status take_columns(Reader *reader, const Text *values)
{
    char names[MESSAGE_MAX];
    for (size_t i = 0; i < reader->column_count; i++)
        if (!text_is(values[i], reader->columns[i]))
            return fail(reader, "the first line must name the columns, with tabs between them: %s",
                        expected(reader, names));
    reader->has_columns = true;
    return STATUS_OK;
}

static Status take_row(Reader *reader, const Text *values)
{
    Text *copy = arena_allocate(reader->arena, reader->column_count * sizeof *copy);
    if (!copy)
        return error_no_memory(reader->error);
    memcpy(copy, values, reader->column_count * sizeof *copy);
    Text parts[1 + FACT_COLUMNS_MAX] = {{(const char *)reader->list.digest.bytes, sizeof reader->list.digest.bytes}};
    memcpy(parts + 1, values, reader->column_count * sizeof *parts);
    reader->list.digest = key_of(TEXT("fact"), parts, 1 + reader->column_count);
    reader->rows[reader->list.row_count++] = (FactRow){copy, reader->line};
    return STATUS_OK;
}

/* --- the lines ------------------------------------------------------------------------------------------------- */

static Status check_bytes(const Reader *reader, Text line)
{
    if (!utf8_is_storable(line))
        return fail(reader, "holds a NUL, or bytes that are no UTF-8");
    for (size_t i = 0; i < line.size; i++)
        if ((unsigned char)line.data[i] < ' ' && line.data[i] != '\t')
            return fail(reader, "holds a control character");
    return STATUS_OK;
}

static Status take_line(Reader *reader, Text line)
{
    Text values[FACT_COLUMNS_MAX];
    if (line.size && line.data[line.size - 1] == '\r')
        line.size--;
    TRY(check_bytes(reader, line));
    if (line.size && line.data[0] == '#')
        return take_comment(reader, line);
    if (text_trim(line).size == 0)
        return STATUS_OK;
    TRY(split(reader, line, values));
    return reader->has_columns ? take_row(reader, values) : take_columns(reader, values);
}

static Status take_lines(Reader *reader, Text rest)
{
    while (rest.size) {
        size_t size = text_find(rest, '\n');
        reader->line++;
        TRY(take_line(reader, (Text){rest.data, size}));
        size += size < rest.size;
        rest = (Text){rest.data + size, rest.size - size};
    }
    return STATUS_OK;
}

Status fact_list_parse(Text content, const char *name, const char *const *columns, size_t column_count, Arena *arena,
                       FactList *ret_list, Error *error)
{
    Reader reader = {.list = {.name = name, .content = content},
                     .columns = columns,
                     .column_count = column_count,
                     .arena = arena,
                     .error = error};
    size_t lines = 1;
    for (size_t i = 0; i < content.size; i++)
        lines += content.data[i] == '\n';
    if (lines > ROWS_MAX)
        return error_set(error, ERROR_CONFIG, "%s: has more than %d lines", name, ROWS_MAX);
    reader.rows = arena_allocate(arena, lines * sizeof *reader.rows);
    if (!reader.rows)
        return error_no_memory(error);
    Text mark = TEXT("\xEF\xBB\xBF");
    TRY(take_lines(&reader, text_starts_with(content, mark) ? (Text){content.data + 3, content.size - 3} : content));
    if (reader.list.row_count == 0)
        return error_set(error, ERROR_CONFIG, "%s: has no rows", name);
    if (!reader.list.date[0]) {
        error_set(error, ERROR_CONFIG, "%s: does not say of when it is", name);
        return error_hint(error, "add the line: # date: 2026-11-23");
    }
    reader.list.rows = reader.rows;
    *ret_list = reader.list;
    return STATUS_OK;
}
