#include "common/manifest.h"

#include "common/calendar.h"
#include "common/json_writer.h"
#include "common/time.h"
#include "common/utf8.h"

#include <stdio.h>

enum { TEXT_CEILING = 1 << 20 };

typedef struct ManifestWriter {
    JsonWriter json;
    Arena arena; /* for one text */
    bool is_out_of_room;
} ManifestWriter;

static void write_text(ManifestWriter *writer, const char *text)
{
    Text storable = utf8_sanitize(text_from(text), &writer->arena);
    if (text && !storable.data)
        writer->is_out_of_room = true;
    json_write_string(&writer->json, storable);
    arena_clear(&writer->arena);
}

static void write_key(ManifestWriter *writer, const Key *key)
{
    char hex[KEY_HEX_SIZE];
    key_to_hex(key, hex);
    json_write_string(&writer->json, text_from(hex));
}

static void write_key_or_null(ManifestWriter *writer, const Key *key)
{
    static const Key none;
    if (key_equal(key, &none))
        json_write_null(&writer->json);
    else
        write_key(writer, key);
}

static void write_time(ManifestWriter *writer, int64_t instant)
{
    char iso[TIME_ISO_SIZE];
    json_write_string(&writer->json, (Text){iso, time_write_iso(instant, iso)});
}

static void write_time_or_null(ManifestWriter *writer, int64_t instant, int64_t none)
{
    if (instant == none)
        json_write_null(&writer->json);
    else
        write_time(writer, instant);
}

static void write_days(ManifestWriter *writer, const int32_t *days, size_t count)
{
    json_write_array_begin(&writer->json);
    for (size_t i = 0; i < count; i++) {
        CalendarDate date = calendar_from_days(days[i]);
        char text[48];
        snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
        json_write_string(&writer->json, text_from(text));
    }
    json_write_array_end(&writer->json);
}

static void write_texts(ManifestWriter *writer, const char *const *texts, size_t count)
{
    if (!texts) {
        json_write_null(&writer->json);
        return;
    }
    json_write_array_begin(&writer->json);
    for (size_t i = 0; i < count; i++)
        write_text(writer, texts[i]);
    json_write_array_end(&writer->json);
}

static void write_object(ManifestWriter *writer, const Shape *shape, const char *object);

/* A list stands in the struct as a pointer and a count. */
static void write_list(ManifestWriter *writer, const Member *member, const char *object)
{
    const void *items;
    size_t count;
    memcpy(&items, object + member->offset, sizeof items);
    memcpy(&count, object + member->count_offset, sizeof count);
    if (member->type == MEMBER_DAYS) {
        write_days(writer, items, count);
    } else if (member->type == MEMBER_TEXTS) {
        write_texts(writer, items, count);
    } else {
        json_write_array_begin(&writer->json);
        for (size_t i = 0; i < count; i++)
            write_object(writer, member->shape, (const char *)items + i * member->shape->struct_size);
        json_write_array_end(&writer->json);
    }
}

/* Of the types that are eight bytes of integer. */
static int64_t number_at(const char *value)
{
    int64_t number;
    memcpy(&number, value, sizeof number);
    return number;
}

static void write_member(ManifestWriter *writer, const Member *member, const char *object)
{
    const void *value = object + member->offset;
    json_write_key(&writer->json, text_from(member->name));
    switch (member->type) {
    case MEMBER_VERSION:
    case MEMBER_COUNT:
        return json_write_integer(&writer->json, number_at(value));
    case MEMBER_TEXT:
        return write_text(writer, *(const char *const *)value);
    case MEMBER_KEY:
        return write_key(writer, value);
    case MEMBER_KEY_OR_NULL:
        return write_key_or_null(writer, value);
    case MEMBER_FLAG:
        return json_write_boolean(&writer->json, *(const bool *)value);
    case MEMBER_TIME:
        return write_time(writer, number_at(value));
    case MEMBER_FIRST:
        return write_time_or_null(writer, number_at(value), INT64_MAX);
    case MEMBER_LAST:
        return write_time_or_null(writer, number_at(value), INT64_MIN);
    case MEMBER_MODE:
        return json_write_string(&writer->json, text_from(source_mode_name(*(const SourceMode *)value)));
    case MEMBER_KIND:
        return json_write_string(&writer->json, text_from(record_spec(*(const RecordKind *)value)->name));
    case MEMBER_DAYS:
    case MEMBER_TEXTS:
    case MEMBER_OBJECTS:
        return write_list(writer, member, object);
    }
}

static void write_object(ManifestWriter *writer, const Shape *shape, const char *object)
{
    json_write_object_begin(&writer->json);
    for (size_t i = 0; i < shape->count; i++)
        write_member(writer, &shape->members[i], object);
    json_write_object_end(&writer->json);
}

Status manifest_write(const Manifest *manifest, Buffer *buffer, Error *error)
{
    const char *flaw = manifest_flaw(manifest);
    if (flaw)
        return error_set(error, ERROR_INTERNAL, "the manifest of a batch of %s %s",
                         manifest->source ? manifest->source : "no source", flaw);
    Document document = {.version = MANIFEST_VERSION, .manifest = *manifest};
    ManifestWriter writer = {.json = json_writer_make(buffer, true), .arena = arena_make(TEXT_CEILING)};
    write_object(&writer, &manifest_shape, (const char *)&document);
    arena_done(&writer.arena);
    if (writer.is_out_of_room)
        return error_set(error, ERROR_DATA, "the manifest of a batch of %s holds a name that is too long",
                         manifest->source);
    if (json_writer_end(&writer.json, error) != STATUS_OK)
        return error_prefix(error, "the manifest of a batch of %s", manifest->source);
    return buffer_append_byte(buffer, '\n', error);
}
