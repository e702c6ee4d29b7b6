#include "common/manifest.h"

static const Member input_members[] = {
    {"file", MEMBER_TEXT, offsetof(BatchInput, file), 0, NULL},
    {"digest", MEMBER_KEY, offsetof(BatchInput, digest), 0, NULL},
    {"raw_bytes", MEMBER_COUNT, offsetof(BatchInput, raw_bytes), 0, NULL},
    {"decoded_bytes", MEMBER_COUNT, offsetof(BatchInput, decoded_bytes), 0, NULL},
    {"modified_at", MEMBER_TIME, offsetof(BatchInput, modified_at), 0, NULL},
};
static const Shape input_shape = {input_members, sizeof input_members / sizeof input_members[0], sizeof(BatchInput)};

static const Member count_members[] = {
    {"kind", MEMBER_KIND, offsetof(BatchCount, kind), 0, NULL},
    {"read", MEMBER_COUNT, offsetof(BatchCount, read), 0, NULL},
    {"emitted", MEMBER_COUNT, offsetof(BatchCount, emitted), 0, NULL},
    {"rejected", MEMBER_COUNT, offsetof(BatchCount, rejected), 0, NULL},
    {"duplicate", MEMBER_COUNT, offsetof(BatchCount, duplicate), 0, NULL},
    {"filtered", MEMBER_COUNT, offsetof(BatchCount, filtered), 0, NULL},
};
static const Shape count_shape = {count_members, sizeof count_members / sizeof count_members[0], sizeof(BatchCount)};

static const Member filter_members[] = {
    {"kind", MEMBER_KIND, offsetof(BatchFilter, kind), 0, NULL},
    {"reason", MEMBER_TEXT, offsetof(BatchFilter, reason), 0, NULL},
    {"records", MEMBER_COUNT, offsetof(BatchFilter, records), 0, NULL},
};
static const Shape filter_shape = {filter_members, sizeof filter_members / sizeof filter_members[0],
                                   sizeof(BatchFilter)};

static const Member file_members[] = {
    {"table", MEMBER_TEXT, offsetof(BatchFile, table), 0, NULL},
    {"name", MEMBER_TEXT, offsetof(BatchFile, name), 0, NULL},
    {"rows", MEMBER_COUNT, offsetof(BatchFile, rows), 0, NULL},
    {"bytes", MEMBER_COUNT, offsetof(BatchFile, bytes), 0, NULL},
    {"digest", MEMBER_KEY, offsetof(BatchFile, digest), 0, NULL},
    {"columns", MEMBER_TEXTS, offsetof(BatchFile, columns), offsetof(BatchFile, column_count), NULL},
};
static const Shape file_shape = {file_members, sizeof file_members / sizeof file_members[0], sizeof(BatchFile)};

static const Member member_members[] = {
    {"batch_id", MEMBER_KEY, offsetof(BatchMember, batch_id), 0, NULL},
    {"sequence", MEMBER_COUNT, offsetof(BatchMember, sequence), 0, NULL},
    {"is_refused", MEMBER_FLAG, offsetof(BatchMember, is_refused), 0, NULL},
    {"first_at", MEMBER_FIRST, offsetof(BatchMember, first_at), 0, NULL},
    {"last_at", MEMBER_LAST, offsetof(BatchMember, last_at), 0, NULL},
    {"counts", MEMBER_OBJECTS, offsetof(BatchMember, counts), offsetof(BatchMember, count_count), &count_shape},
    {"filters", MEMBER_OBJECTS, offsetof(BatchMember, filters), offsetof(BatchMember, filter_count), &filter_shape},
};
static const Shape member_shape = {member_members, sizeof member_members / sizeof member_members[0],
                                   sizeof(BatchMember)};

static const Member document_members[] = {
    {"version", MEMBER_VERSION, offsetof(Document, version), 0, NULL},
    {"batch_id", MEMBER_KEY, offsetof(Document, manifest.batch_id), 0, NULL},
    {"source", MEMBER_TEXT, offsetof(Document, manifest.source), 0, NULL},
    {"system", MEMBER_TEXT, offsetof(Document, manifest.system), 0, NULL},
    {"mode", MEMBER_MODE, offsetof(Document, manifest.mode), 0, NULL},
    {"read_at", MEMBER_TIME, offsetof(Document, manifest.read_at), 0, NULL},
    {"sequence", MEMBER_COUNT, offsetof(Document, manifest.sequence), 0, NULL},
    {"input_digest", MEMBER_KEY, offsetof(Document, manifest.input_digest), 0, NULL},
    {"mapping_digest", MEMBER_KEY, offsetof(Document, manifest.mapping_digest), 0, NULL},
    {"secret_fingerprint", MEMBER_KEY_OR_NULL, offsetof(Document, manifest.secret_fingerprint), 0, NULL},
    {"max_deleted", MEMBER_COUNT, offsetof(Document, manifest.max_deleted), 0, NULL},
    {"is_refused", MEMBER_FLAG, offsetof(Document, manifest.is_refused), 0, NULL},
    {"is_deletion_blocked", MEMBER_FLAG, offsetof(Document, manifest.is_deletion_blocked), 0, NULL},
    {"has_duplicates_left", MEMBER_FLAG, offsetof(Document, manifest.has_duplicates_left), 0, NULL},
    {"first_at", MEMBER_FIRST, offsetof(Document, manifest.first_at), 0, NULL},
    {"last_at", MEMBER_LAST, offsetof(Document, manifest.last_at), 0, NULL},
    {"days", MEMBER_DAYS, offsetof(Document, manifest.days), offsetof(Document, manifest.day_count), NULL},
    {"counts", MEMBER_OBJECTS, offsetof(Document, manifest.counts), offsetof(Document, manifest.count_count),
     &count_shape},
    {"filters", MEMBER_OBJECTS, offsetof(Document, manifest.filters), offsetof(Document, manifest.filter_count),
     &filter_shape},
    {"inputs", MEMBER_OBJECTS, offsetof(Document, manifest.inputs), offsetof(Document, manifest.input_count),
     &input_shape},
    {"files", MEMBER_OBJECTS, offsetof(Document, manifest.files), offsetof(Document, manifest.file_count), &file_shape},
    {"members", MEMBER_OBJECTS, offsetof(Document, manifest.members), offsetof(Document, manifest.member_count),
     &member_shape},
};
const Shape manifest_shape = {document_members, sizeof document_members / sizeof document_members[0], sizeof(Document)};

enum { DAY_LOWEST = -719162, DAY_HIGHEST = 2932896 }; /* 0001-01-01 and 9999-12-31 */

void manifest_seal(Manifest *manifest)
{
    /* A chain, so that any number of inputs needs no memory. */
    Key digest = key_of(TEXT("inputs"), NULL, 0);
    for (size_t i = 0; i < manifest->input_count; i++) {
        const Key *next = &manifest->inputs[i].digest;
        digest = key_of(TEXT("inputs"),
                        (Text[]){{(const char *)digest.bytes, sizeof digest.bytes},
                                 {(const char *)next->bytes, sizeof next->bytes}},
                        2);
    }
    manifest->input_digest = digest;
    const char version = (char)TRANSFORM_VERSION;
    _Static_assert(TRANSFORM_VERSION < 128, "the version is one byte of the batch id");
    const Key *mapping = &manifest->mapping_digest;
    manifest->batch_id = key_of(TEXT("batch"),
                                (Text[]){text_from(manifest->source),
                                         {(const char *)digest.bytes, sizeof digest.bytes},
                                         {(const char *)mapping->bytes, sizeof mapping->bytes},
                                         {&version, 1}},
                                4);
}

Manifest manifest_of_member(const Manifest *bundle, size_t index)
{
    const BatchMember *member = &bundle->members[index];
    Manifest manifest = *bundle;
    manifest.inputs = &bundle->inputs[index];
    manifest.input_count = 1;
    manifest.members = NULL;
    manifest.member_count = 0;
    manifest_seal(&manifest);
    manifest.batch_id = member->batch_id;
    manifest.sequence = member->sequence;
    manifest.is_refused = member->is_refused;
    manifest.first_at = member->first_at;
    manifest.last_at = member->last_at;
    manifest.counts = member->counts;
    manifest.count_count = member->count_count;
    manifest.filters = member->filters;
    manifest.filter_count = member->filter_count;
    return manifest;
}

/* --- what no manifest may say --------------------------------------------------------------------------------- */

static const char *count_flaw(const BatchCount *counts, size_t count_count)
{
    bool is_seen[RECORD_KIND_COUNT] = {false};
    for (size_t i = 0; i < count_count; i++) {
        const BatchCount *count = &counts[i];
        if (is_seen[count->kind])
            return "counts a kind twice";
        is_seen[count->kind] = true;
        __int128 sum = (__int128)count->emitted + count->rejected + count->duplicate + count->filtered;
        if (count->read < 0 || count->emitted < 0 || count->rejected < 0 || count->duplicate < 0 ||
            count->filtered < 0 || count->read != sum)
            return "has counts that do not add up: read = emitted + rejected + duplicate + filtered";
    }
    return NULL;
}

static const char *filter_flaw(const BatchCount *counts, size_t count_count, const BatchFilter *filters,
                               size_t filter_count)
{
    for (size_t i = 0; i < count_count; i++) {
        __int128 sum = 0;
        bool is_listed = false;
        for (size_t j = 0; j < filter_count; j++)
            if (filters[j].kind == counts[i].kind) {
                is_listed = true;
                sum += filters[j].records;
            }
        if (is_listed && sum != counts[i].filtered)
            return "has reasons for what is filtered that do not add up";
    }
    for (size_t j = 0; j < filter_count; j++)
        if (!filters[j].reason || filters[j].records < 0)
            return "filters for no reason";
    return NULL;
}

static const char *place_flaw(int64_t sequence, int64_t first_at, int64_t last_at)
{
    bool has_first = first_at != INT64_MAX, has_last = last_at != INT64_MIN;
    if (sequence < 0 || sequence > BATCH_SEQUENCE_MAX)
        return "has a sequence number that is out of range";
    if (has_first != has_last || (has_first && first_at > last_at))
        return "has times of views that are no range";
    return NULL;
}

/* What the members read must add up to what the bundle read. */
static const char *member_flaw(const Manifest *manifest)
{
    __int128 read[RECORD_KIND_COUNT] = {0};
    if (manifest->member_count == 0)
        return NULL;
    if (manifest->member_count != manifest->input_count || manifest->mode != MODE_APPEND)
        return "has members, and is no bundle";
    for (size_t i = 0; i < manifest->member_count; i++) {
        const BatchMember *member = &manifest->members[i];
        const char *flaw = place_flaw(member->sequence, member->first_at, member->last_at);
        if (!flaw)
            flaw = count_flaw(member->counts, member->count_count);
        if (!flaw)
            flaw = filter_flaw(member->counts, member->count_count, member->filters, member->filter_count);
        if (flaw)
            return flaw;
        for (size_t k = 0; k < member->count_count; k++)
            read[member->counts[k].kind] += member->counts[k].read;
    }
    for (size_t i = 0; i < manifest->count_count; i++)
        read[manifest->counts[i].kind] -= manifest->counts[i].read;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (read[kind] != 0)
            return "has members that read more or less than it did";
    return NULL;
}

static const char *day_flaw(const Manifest *manifest)
{
    for (size_t i = 0; i < manifest->day_count; i++)
        if (manifest->days[i] < DAY_LOWEST || manifest->days[i] > DAY_HIGHEST ||
            (i && manifest->days[i] <= manifest->days[i - 1]))
            return "has days that do not ascend";
    return NULL;
}

static const char *file_flaw(const Manifest *manifest)
{
    for (size_t i = 0; i < manifest->file_count; i++)
        if (!batch_name_is_valid(manifest->files[i].name) || !manifest->files[i].table)
            return "names a file that cannot be one of the batch";
    for (size_t i = 0; i < manifest->input_count; i++)
        if (!manifest->inputs[i].file)
            return "has an input without a name";
    return NULL;
}

const char *manifest_flaw(const Manifest *manifest)
{
    if (!manifest->source || !batch_name_is_valid(manifest->source) || !manifest->system)
        return "names no source";
    if (manifest->max_deleted < 0 || manifest->max_deleted > 100)
        return "has a 'max_deleted' that is no percentage";
    const char *flaw = place_flaw(manifest->sequence, manifest->first_at, manifest->last_at);
    if (!flaw)
        flaw = count_flaw(manifest->counts, manifest->count_count);
    if (!flaw)
        flaw = filter_flaw(manifest->counts, manifest->count_count, manifest->filters, manifest->filter_count);
    if (!flaw)
        flaw = day_flaw(manifest);
    if (!flaw)
        flaw = file_flaw(manifest);
    return flaw ? flaw : member_flaw(manifest);
}
