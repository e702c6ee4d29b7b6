#include "extract/format/entry.h"

#include "extract/format/web_time.h"

/* Times, and what the arena rounds up. */
enum { ARENA_SLACK = 16 * 1024 };

static Status bind(Entry *entry, const char *file, Error *error)
{
    Text names[FORMAT_COLUMNS_MAX];
    for (size_t i = 0; i < entry->names.count; i++)
        names[i] = text_from(entry->names.names[i]);
    TRY(columns_bind(entry->emitter->mapping, names, entry->names.count, file, &entry->columns, error));
    for (size_t i = 0; i < entry->columns.binding_count; i++)
        entry->is_mapped[entry->columns.bindings[i].column] = true;
    return STATUS_OK;
}

Status entry_make(Emitter *emitter, const char *file, Entry *ret_entry, Error *error)
{
    size_t ceiling = emitter->mapping->source->record_ceiling;
    Entry entry = {
        .emitter = emitter,
        .names = format_columns(emitter->mapping->source->format),
        .columns = COLUMNS_INIT,
        .arena = arena_make(ceiling + ARENA_SLACK),
    };
    /* No more than the entry itself: its markup is longer than what is put between its texts. */
    for (size_t i = 0; i < FORMAT_COLUMNS_MAX; i++)
        entry.joined[i] = buffer_make(ceiling);
    TRY(bind(&entry, file, error));
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

/* Only what some entry says: few sitemaps have what all columns are for. */
static void report_names(const Entry *entry, const Text *values)
{
    const RecordSink *sink = &entry->emitter->sink;
    for (size_t i = 0; sink->name && i < entry->names.count; i++)
        if (!entry->is_mapped[i] && values[i].size)
            sink->name(sink->context, text_from(entry->names.names[i]));
}

Status entry_emit(Entry *entry, Error *error)
{
    Text values[FORMAT_COLUMNS_MAX];
    for (size_t i = 0; i < entry->names.count; i++)
        values[i] = entry_value(entry, i);
    report_names(entry, values);
    ValueForm form = entry->is_plain ? VALUE_PLAIN : VALUE_UNCHECKED;
    return columns_emit(&entry->columns, entry->emitter, values, form, values[0], error);
}

void entry_done(Entry *entry)
{
    columns_done(&entry->columns);
    for (size_t i = 0; i < FORMAT_COLUMNS_MAX; i++)
        buffer_done(&entry->joined[i]);
    arena_done(&entry->arena);
    *entry = (Entry){0};
}
