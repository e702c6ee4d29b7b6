#include "common/manifest.h"

#include "common/json.h"
#include "common/time.h"
#include "common/utf8.h"

typedef struct ManifestReader {
    JsonScanner json;
    Arena *arena;
    const char *path; /* for messages */
} ManifestReader;

static Status bad(const ManifestReader *reader, const Member *member, const char *expected, Error *error)
{
    return error_set(error, ERROR_DATA, "%s: '%s' is not %s", reader->path, member->name, expected);
}

static Status no_room(const ManifestReader *reader, Error *error)
{
    return error_set(error, ERROR_DATA, "%s: needs more memory than is set aside for a manifest", reader->path);
}

static Status next_token(ManifestReader *reader, JsonToken *ret_token, Error *error)
{
    Status status = json_scanner_next(&reader->json, ret_token, error);
    return status == STATUS_ERROR ? error_prefix(error, "%s", reader->path) : status;
}

/* --- single values -------------------------------------------------------------------------------------------- */

/* A text that will be a C string. */
static Status read_text(ManifestReader *reader, const Member *member, JsonToken token, const char **ret_text,
                        Error *error)
{
    Text text;
    if (token.type != JSON_STRING)
        return bad(reader, member, "text", error);
    if (json_unescape(token.text, reader->arena, &text, error) != STATUS_OK)
        return error_prefix(error, "%s: '%s'", reader->path, member->name);
    const char *copy = arena_copy(reader->arena, text);
    if (!copy)
        return no_room(reader, error);
    *ret_text = copy;
    return STATUS_OK;
}

static Status read_key(ManifestReader *reader, const Member *member, JsonToken token, Key *ret_key, Error *error)
{
    if (token.type == JSON_NULL && member->type == MEMBER_KEY_OR_NULL) {
        *ret_key = (Key){{0}};
        return STATUS_OK;
    }
    if (token.type != JSON_STRING || !key_from_hex(token.text, ret_key))
        return bad(reader, member, "a digest of 32 hexadecimal digits", error);
    return STATUS_OK;
}

static Status read_count(ManifestReader *reader, const Member *member, JsonToken token, void *ret_count, Error *error)
{
    long long value;
    if (token.type != JSON_NUMBER || !text_to_int64(token.text, &value) || value < 0)
        return bad(reader, member, "a count", error);
    if (member->type == MEMBER_VERSION && value != MANIFEST_VERSION) {
        error_set(error, ERROR_DATA, "%s: is of version %lld, and this program reads version %d", reader->path, value,
                  MANIFEST_VERSION);
        return error_hint(error, "run the three programs of one version");
    }
    memcpy(ret_count, &value, sizeof value);
    return STATUS_OK;
}

static Status read_time(ManifestReader *reader, const Member *member, JsonToken token, int64_t *ret_instant,
                        Error *error)
{
    if (token.type == JSON_NULL && member->type != MEMBER_TIME) {
        *ret_instant = member->type == MEMBER_FIRST ? INT64_MAX : INT64_MIN;
        return STATUS_OK;
    }
    TimeReading reading;
    bool is_time = token.type == JSON_STRING && time_parse_iso(token.text, &reading) && reading.has_time &&
                   reading.has_offset && time_from_reading(&reading, NULL, NULL, ret_instant);
    return is_time ? STATUS_OK : bad(reader, member, "a time such as 2026-03-01T12:00:00Z", error);
}

static Status read_flag(ManifestReader *reader, const Member *member, JsonToken token, bool *ret_flag, Error *error)
{
    if (token.type != JSON_TRUE && token.type != JSON_FALSE)
        return bad(reader, member, "true or false", error);
    *ret_flag = token.type == JSON_TRUE;
    return STATUS_OK;
}

static Status read_mode(ManifestReader *reader, const Member *member, JsonToken token, SourceMode *ret_mode,
                        Error *error)
{
    for (SourceMode mode = MODE_APPEND; mode <= MODE_SNAPSHOT; mode++)
        if (token.type == JSON_STRING && text_is(token.text, source_mode_name(mode))) {
            *ret_mode = mode;
            return STATUS_OK;
        }
    return bad(reader, member, "a mode", error);
}

static Status read_kind(ManifestReader *reader, const Member *member, JsonToken token, RecordKind *ret_kind,
                        Error *error)
{
    if (token.type == JSON_STRING && record_kind_find(token.text, ret_kind))
        return STATUS_OK;
    return bad(reader, member, "a record kind", error);
}

/* --- lists ---------------------------------------------------------------------------------------------------- */

/* The elements of the array that was just begun. The scanner is a copy, so that the caller's stays in its place. */
static Status count_elements(JsonScanner json, size_t *ret_count, Error *error)
{
    for (size_t count = 0;; count++) {
        JsonToken token;
        TRY(json_scanner_next(&json, &token, error));
        if (token.type == JSON_ARRAY_END) {
            *ret_count = count;
            return STATUS_OK;
        }
        if (token.type == JSON_ARRAY_BEGIN || token.type == JSON_OBJECT_BEGIN)
            TRY(json_scanner_leave(&json, error));
    }
}

static Status begin_list(ManifestReader *reader, const Member *member, JsonToken token, size_t element_size,
                         void **ret_items, size_t *ret_count, Error *error)
{
    size_t count, bytes;
    if (token.type != JSON_ARRAY_BEGIN)
        return bad(reader, member, "a list", error);
    if (count_elements(reader->json, &count, error) != STATUS_OK)
        return error_prefix(error, "%s", reader->path);
    void *items = __builtin_mul_overflow(count, element_size, &bytes) ? NULL : arena_allocate(reader->arena, bytes);
    if (!items)
        return no_room(reader, error);
    *ret_items = items;
    *ret_count = count;
    return STATUS_OK;
}

static Status read_day(ManifestReader *reader, const Member *member, JsonToken token, int32_t *ret_day, Error *error)
{
    TimeReading reading;
    if (token.type != JSON_STRING || !time_parse_iso(token.text, &reading) || reading.has_time)
        return bad(reader, member, "a list of dates such as 2026-03-01", error);
    *ret_day = time_local_date(reading.local, NULL);
    return STATUS_OK;
}

static Status read_object(ManifestReader *reader, const Shape *shape, char *object, Error *error);

static Status read_element(ManifestReader *reader, const Member *member, void *item, Error *error)
{
    JsonToken token;
    TRY(next_token(reader, &token, error));
    if (member->type == MEMBER_DAYS)
        return read_day(reader, member, token, item, error);
    if (member->type == MEMBER_TEXTS)
        return read_text(reader, member, token, item, error);
    if (token.type != JSON_OBJECT_BEGIN)
        return bad(reader, member, "a list of objects", error);
    return read_object(reader, member->shape, item, error);
}

static Status read_list(ManifestReader *reader, const Member *member, JsonToken token, char *object, Error *error)
{
    size_t size = member->type == MEMBER_DAYS    ? sizeof(int32_t)
                  : member->type == MEMBER_TEXTS ? sizeof(const char *)
                                                 : member->shape->struct_size;
    void *items = NULL;
    size_t count = 0;
    if (token.type != JSON_NULL || member->type != MEMBER_TEXTS) {
        TRY(begin_list(reader, member, token, size, &items, &count, error));
        for (size_t i = 0; i < count; i++)
            TRY(read_element(reader, member, (char *)items + i * size, error));
        TRY(next_token(reader, &token, error)); /* the end of the array */
    }
    memcpy(object + member->offset, &items, sizeof items);
    memcpy(object + member->count_offset, &count, sizeof count);
    return STATUS_OK;
}

/* --- objects -------------------------------------------------------------------------------------------------- */

static Status read_member(ManifestReader *reader, const Member *member, char *object, Error *error)
{
    JsonToken token;
    TRY(next_token(reader, &token, error));
    void *value = object + member->offset;
    switch (member->type) {
    case MEMBER_VERSION:
    case MEMBER_COUNT:
        return read_count(reader, member, token, value, error);
    case MEMBER_TEXT:
        return read_text(reader, member, token, value, error);
    case MEMBER_KEY:
    case MEMBER_KEY_OR_NULL:
        return read_key(reader, member, token, value, error);
    case MEMBER_FLAG:
        return read_flag(reader, member, token, value, error);
    case MEMBER_TIME:
    case MEMBER_FIRST:
    case MEMBER_LAST:
        return read_time(reader, member, token, value, error);
    case MEMBER_MODE:
        return read_mode(reader, member, token, value, error);
    case MEMBER_KIND:
        return read_kind(reader, member, token, value, error);
    case MEMBER_DAYS:
    case MEMBER_TEXTS:
    case MEMBER_OBJECTS:
        return read_list(reader, member, token, object, error);
    }
    return bad(reader, member, "of a known type", error);
}

static size_t find_member(const Shape *shape, Text name)
{
    size_t i = 0;
    while (i < shape->count && !json_text_equal(name, text_from(shape->members[i].name)))
        i++;
    return i;
}

/* Behind the brace that begins it. */
static Status read_object(ManifestReader *reader, const Shape *shape, char *object, Error *error)
{
    uint64_t seen = 0;
    for (;;) {
        JsonToken token;
        TRY(next_token(reader, &token, error));
        if (token.type == JSON_OBJECT_END)
            break;
        size_t i = find_member(shape, token.text);
        if (i == shape->count) {
            if (json_scanner_skip(&reader->json, error) != STATUS_OK)
                return error_prefix(error, "%s", reader->path);
            continue;
        }
        if (seen >> i & 1)
            return error_set(error, ERROR_DATA, "%s: '%s' is given twice", reader->path, shape->members[i].name);
        seen |= (uint64_t)1 << i;
        TRY(read_member(reader, &shape->members[i], object, error));
    }
    for (size_t i = 0; i < shape->count; i++)
        if (!(seen >> i & 1))
            return error_set(error, ERROR_DATA, "%s: '%s' is missing", reader->path, shape->members[i].name);
    return STATUS_OK;
}

Status manifest_parse(Text json, const char *path, Arena *arena, Manifest *ret_manifest, Error *error)
{
    ManifestReader reader = {.json = json_scanner_make(json), .arena = arena, .path = path};
    Document document = {0};
    JsonToken token;
    TRY(next_token(&reader, &token, error));
    if (token.type != JSON_OBJECT_BEGIN)
        return error_set(error, ERROR_DATA, "%s: is no manifest", path);
    TRY(read_object(&reader, &manifest_shape, (char *)&document, error));
    Status status = next_token(&reader, &token, error);
    if (status != STATUS_END)
        return STATUS_ERROR;
    const char *flaw = manifest_flaw(&document.manifest);
    if (flaw)
        return error_set(error, ERROR_DATA, "%s: the manifest %s", path, flaw);
    *ret_manifest = document.manifest;
    return STATUS_OK;
}

Status manifest_read(const char *path, Arena *arena, Manifest *ret_manifest, Error *error)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(MANIFEST_CEILING);
    TRY(file_read_all(path, MANIFEST_CEILING, &buffer, error));
    return manifest_parse(buffer_text(&buffer), path, arena, ret_manifest, error);
}
