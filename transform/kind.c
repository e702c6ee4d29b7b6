#include "transform/kind.h"

#include "transform/duplicate.h"
#include "transform/version_row.h"

static const Kind *const kinds[RECORD_KIND_COUNT] = {
    [RECORD_IDENTITY] = &kind_identity,
    [RECORD_LEAD] = &kind_lead,
    [RECORD_ACCOUNT] = &kind_account,
    [RECORD_DEAL] = &kind_deal,
    [RECORD_DEAL_CONTACT] = &kind_deal_contact,
    [RECORD_DEAL_SPLIT] = &kind_deal_split,
    [RECORD_ACTIVITY] = &kind_activity,
    [RECORD_CONTENT] = &kind_content,
    [RECORD_QUESTION] = &kind_question,
    [RECORD_PROPERTY_CHANGE] = &kind_property_change,
    [RECORD_COST] = &kind_cost,
    [RECORD_RATE] = &kind_rate,
};

enum { MERGES_MAX = 1000000 }; /* 85 MiB */

/* The file's records, at one of two passes. */
typedef struct Pass {
    Conversion *conversion;
    RecordKind kind;
    int updated_at, is_deleted; /* their fields, or -1 */
    DuplicateMap *versions;
    KeyMap *merges; /* what records tell of merges: the key, and what it was merged into */
} Pass;

/* One record, read. */
typedef struct Version {
    Value values[RECORD_FIELDS_MAX];
    Failure failure;
    FilterReason filter;
    Key key;
    Key key_within; /* its input, for the maps of the pass */
    bool has_key;
    const int64_t *updated_at;
    bool is_deleted;
    Key merged_into;
    bool is_merged;
} Version;

/* Of a bundle's members each has its own first of a key, as if it had come alone: which of these counts is for load to
 * say, which knows what other batches brought. */
static Key key_within(const Conversion *conversion, const Key *key, uint16_t file)
{
    Key own = *key;
    if (conversion->bundle.count) {
        own.bytes[0] ^= (uint8_t)(file & 0xFF);
        own.bytes[1] ^= (uint8_t)(file >> 8);
    }
    return own;
}

static void read_version(const Pass *pass, const Record *record, Version *version)
{
    Conversion *conversion = pass->conversion;
    const Kind *kind = kinds[pass->kind];
    version->failure = (Failure){0};
    arena_clear(&conversion->arena);
    values_read(conversion->rules, pass->kind, record, &conversion->arena, version->values, &version->failure);
    if (kind->check)
        kind->check(conversion, version->values, &version->failure);
    version->has_key = kind->key(conversion, version->values, &version->key);
    if (!version->has_key)
        failure_note(&version->failure, NULL, "missing", "the record has no key");
    else
        version->key_within = key_within(conversion, &version->key, record->file);
    const Value *updated_at = pass->updated_at >= 0 ? &version->values[pass->updated_at] : NULL;
    version->updated_at = updated_at && value_is_set(updated_at) ? &updated_at->number : NULL;
    version->is_deleted = pass->is_deleted >= 0 && value_is_true(&version->values[pass->is_deleted]);
    version->filter = kind->filter && !version->is_deleted ? kind->filter(conversion, version->values) : FILTER_NONE;
    version->is_merged = version->has_key && kind->merged_into &&
                         kind->merged_into(conversion, version->values, &version->merged_into) &&
                         !key_equal(&version->merged_into, &version->key);
}

/* Of several merges of one key the last counts. */
static Status note_merge(const Pass *pass, const Version *version, Error *error)
{
    void *value;
    switch (key_map_add(pass->merges, &version->key_within, &value)) {
    case KEY_MAP_NO_MEMORY:
        return error_no_memory(error);
    case KEY_MAP_FULL:
        return STATUS_OK;
    case KEY_MAP_NEW:
    case KEY_MAP_OLD:
        break;
    }
    *(Key *)value = version->merged_into;
    return STATUS_OK;
}

static Status note_version(const Pass *pass, const Version *version, const Record *record, Error *error)
{
    (void)record;
    if (version->failure.code || version->filter)
        return STATUS_OK;
    const Key *key = &version->key_within;
    int64_t ordinal = pass->conversion->tally.ordinal;
    if (version->is_merged)
        TRY(note_merge(pass, version, error));
    if (version->is_merged && version->is_deleted)
        return duplicate_note_merge(pass->versions, key, version->updated_at, ordinal, error);
    return duplicate_note(pass->versions, key, version->updated_at, ordinal, error);
}

static Status write_row(const Pass *pass, const Version *version, Error *error)
{
    Conversion *conversion = pass->conversion;
    CopyWriter *writer;
    void *merged_into = NULL;
    key_map_find(pass->merges, &version->key_within, &merged_into);
    conversion->merged_into = version->is_merged ? &version->merged_into : merged_into;
    TRY(output_table(&conversion->output, load_table_of(pass->kind), &writer, error));
    size_t digest = version_row_begin(writer, &(VersionRow){.key = version->key,
                                                            .ordinal = conversion->tally.ordinal,
                                                            .is_deleted = version->is_deleted,
                                                            .updated_at = version->updated_at});
    TRY(kinds[pass->kind]->put(conversion, version->values, writer, error));
    return version_row_end(writer, digest, error);
}

static Status write_version(const Pass *pass, const Version *version, const Record *record, Error *error)
{
    Conversion *conversion = pass->conversion;
    BatchCount *count = &conversion->tally.counts[pass->kind];
    if (version->failure.code)
        return conversion_reject(conversion, pass->kind, record, &version->failure,
                                 version->has_key ? &version->key : NULL, error);
    if (version->filter) {
        count->filtered++;
        conversion->tally.filtered[version->filter]++;
        return STATUS_OK;
    }
    if (!duplicate_is_kept(pass->versions, &version->key_within, conversion->tally.ordinal)) {
        count->duplicate++;
        return STATUS_OK;
    }
    count->emitted++;
    return write_row(pass, version, error);
}

static Status make_pass(const Pass *pass, const char *path,
                        Status (*take)(const Pass *, const Version *, const Record *, Error *), Error *error)
{
    cleanup(record_reader_done) RecordReader reader = {0};
    TRY(record_reader_open(&reader, path, pass->kind, error));
    Record record;
    Version version;
    Status status;
    while ((status = record_reader_next(&reader, &record, error)) == STATUS_OK) {
        TRY(conversion_step(pass->conversion, record.file, error));
        read_version(pass, &record, &version);
        TRY(take(pass, &version, &record, error));
    }
    return status == STATUS_END ? STATUS_OK : status;
}

Status kind_convert_file(Conversion *conversion, RecordKind kind, const char *path, Error *error)
{
    cleanup(duplicate_map_done) DuplicateMap versions = duplicate_map_make(conversion->batch->mode, DUPLICATE_KEYS_MAX);
    cleanup(key_map_done) KeyMap merges = key_map_make(sizeof(Key), MERGES_MAX);
    Pass pass = {.conversion = conversion,
                 .kind = kind,
                 .updated_at = record_field_find(kind, TEXT("updated_at")),
                 .is_deleted = record_field_find(kind, TEXT("is_deleted")),
                 .versions = &versions,
                 .merges = &merges};
    int64_t ordinal = conversion->tally.ordinal;
    conversion->bundle.is_rehearsal = true;
    TRY(make_pass(&pass, path, note_version, error));
    TRY(conversion_leave(conversion, error));
    conversion->bundle.is_rehearsal = false;
    conversion->tally.ordinal = ordinal;
    conversion->file_records = 0;
    TRY(make_pass(&pass, path, write_version, error));
    conversion->has_duplicates_left = conversion->has_duplicates_left || versions.is_full;
    return STATUS_OK;
}
