#include "extract/format/entry.h"

#include "extract/format/web_time.h"

#include <stdlib.h>

/* Times, and what the arena rounds up. */
enum { ARENA_SLACK = 16 * 1024 };

Status entry_make(Emitter *emitter, Entry *ret_entry, Error *error)
{
    const Mapping *mapping = emitter->mapping;
    Entry entry = {
        .emitter = emitter,
        .columns = format_columns(mapping->source->format),
        .column_of_slot = calloc(mapping->slot_count + 1, sizeof *entry.column_of_slot),
        .arena = arena_make(mapping->source->record_ceiling + ARENA_SLACK),
    };
    if (!entry.column_of_slot)
        return error_no_memory(error);
    for (size_t i = 0; i < mapping->slot_count; i++) {
        size_t column = format_column_find(entry.columns, mapping->slots[i].path);
        entry.column_of_slot[i] = column;
        if (column < entry.columns.count)
            entry.is_mapped[column] = true;
    }
    /* No more than the entry itself: its markup is longer than what is put between its texts. */
    for (size_t i = 0; i < FORMAT_COLUMNS_MAX; i++)
        entry.joined[i] = buffer_make(mapping->source->record_ceiling);
    *ret_entry = entry;
    return STATUS_OK;
}

Status entry_begin(Entry *entry, size_t line, Error *error)
{
    entry->is_plain = true;
    for (size_t i = 0; i < FORMAT_COLUMNS_MAX; i++) {
        entry->values[i] = TEXT_NULL;
        entry->joined[i].size = 0;
    }
    if (entry->arena.used)
        arena_clear(&entry->arena);
    return emitter_begin(entry->emitter, line, error);
}

Text entry_value(const Entry *entry, size_t column)
{
    return entry->joined[column].size ? buffer_text(&entry->joined[column]) : entry->values[column];
}

void entry_set(Entry *entry, size_t column, Text value)
{
    value = text_trim(value);
    if (value.size && text_is_empty(entry_value(entry, column)))
        entry->values[column] = value;
}

Status entry_join(Entry *entry, size_t column, const char *separator, Text value, Error *error)
{
    Buffer *joined = &entry->joined[column];
    value = text_trim(value);
    if (value.size == 0)
        return STATUS_OK;
    if (joined->size)
        TRY(buffer_append(joined, text_from(separator), error));
    return buffer_append(joined, value, error);
}

void entry_set_time(Entry *entry, size_t column, Text value)
{
    char iso[WEB_TIME_SIZE];
    value = text_trim(value);
    Text time = web_time_to_iso(value, iso);
    /* Without room for it the time stays as it was written. */
    Text copy = time.data == iso ? arena_copy_text(&entry->arena, time) : value;
    entry_set(entry, column, copy.data ? copy : value);
}

void entry_set_host(Entry *entry, size_t column, size_t url_column)
{
    Text url = entry_value(entry, url_column);
    size_t start = 0;
    while (start < url.size && url.data[start] != '/')
        start++;
    Text scheme = {url.data, start};
    bool is_web = text_is_ignore_case(scheme, "http:") || text_is_ignore_case(scheme, "https:");
    if (!is_web || url.size < start + 2 || url.data[start + 1] != '/')
        return;
    size_t end = start += 2;
    while (end < url.size && !strchr("/?#\\", url.data[end]))
        end++;
    Text authority = {url.data + start, end - start};
    size_t user = text_find(authority, '@');
    if (user < authority.size)
        authority = (Text){authority.data + user + 1, authority.size - user - 1};
    bool is_bracketed = text_starts_with(authority, TEXT("["));
    size_t size = is_bracketed ? text_find(authority, ']') + 1 : text_find(authority, ':');
    char *host = arena_copy(&entry->arena, (Text){authority.data, size < authority.size ? size : authority.size});
    for (char *c = host; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    entry_set(entry, column, text_from(host));
}

static void report_names(const Entry *entry)
{
    const RecordSink *sink = &entry->emitter->sink;
    for (size_t i = 0; sink->name && i < entry->columns.count; i++)
        if (!entry->is_mapped[i] && entry_value(entry, i).size)
            sink->name(sink->context, text_from(entry->columns.names[i]));
}

Status entry_emit(Entry *entry, Error *error)
{
    Emitter *emitter = entry->emitter;
    ValueForm form = entry->is_plain ? VALUE_PLAIN : VALUE_UNCHECKED;
    for (size_t i = 0; i < emitter->mapping->slot_count; i++) {
        size_t column = entry->column_of_slot[i];
        if (column < entry->columns.count)
            emitter->values[i] = (Value){entry_value(entry, column), form};
    }
    report_names(entry);
    return emitter_emit(emitter, 0, entry_value(entry, 0), error);
}

void entry_done(Entry *entry)
{
    free(entry->column_of_slot);
    for (size_t i = 0; i < FORMAT_COLUMNS_MAX; i++)
        buffer_done(&entry->joined[i]);
    arena_done(&entry->arena);
    *entry = (Entry){0};
}
