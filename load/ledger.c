#include "load/ledger.h"

#include "common/time.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_SIZE = 24 };

static const char *number(int64_t value, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%" PRId64, value);
    return out;
}

/* What identifies a batch to the ledger, as text. */
typedef struct BatchText {
    char id[KEY_HEX_SIZE], input[KEY_HEX_SIZE], read_at[TIME_ISO_SIZE], sequence[NUMBER_SIZE];
} BatchText;

static BatchText text_of(const WaitingBatch *batch)
{
    BatchText text;
    key_to_hex(&batch->manifest.batch_id, text.id);
    key_to_hex(&batch->manifest.input_digest, text.input);
    time_write_iso(batch->manifest.read_at, text.read_at);
    number(batch->manifest.sequence, text.sequence);
    return text;
}

/* The newest batch of the source: if it is another one when the plan is carried out, somebody else loads the source. */
static Status find_newest(Pg *pg, const char *source, int64_t *ret_batch_no, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg, "select max(batch_no) from cl_ops.batch where source = $1", (const char *[]){source}, 1, &result,
                 error));
    *ret_batch_no = pg_value_int64(&result, 0, 0);
    return STATUS_OK;
}

/* This very reading is in the ledger, whatever became of it: the program was interrupted before its folder went. */
static Status find_reading(Pg *pg, const WaitingBatch *batch, bool *ret_is_known, Error *error)
{
    BatchText text = text_of(batch);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg,
                 "select from cl_ops.batch where source = $1 and batch_id = $2::uuid and read_at = $3 "
                 "and sequence = $4::bigint",
                 (const char *[]){batch->manifest.source, text.id, text.read_at, text.sequence}, 4, &result, error));
    *ret_is_known = result.row_count > 0;
    return STATUS_OK;
}

static Status plan_append(Pg *pg, WaitingBatch *batch, Error *error)
{
    BatchText text = text_of(batch);
    cleanup(pg_result_free) PgResult result = {0};
    /* What was loaded goes before what was refused. What was refused and is read again gets another chance: its
     * source's limits may have changed. */
    TRY(pg_query(pg,
                 "select batch_no, status = 'loaded' and batch_id = $3::uuid from cl_ops.batch "
                 "where source = $1 and input_digest = $2::uuid and status <> 'replaced' "
                 "order by status = 'loaded' desc, batch_no desc limit 1",
                 (const char *[]){batch->manifest.source, text.input, text.id}, 3, &result, error));
    batch->plan = PLAN_LOAD;
    if (result.row_count && text_is(pg_value(&result, 0, 1), "t")) {
        batch->plan = PLAN_SKIP;
    } else if (result.row_count) {
        batch->plan = PLAN_REPLACE;
        batch->replaces = pg_value_int64(&result, 0, 0);
    }
    return STATUS_OK;
}

/* The end of a source's chain, oldest first: number, input, id, place, read_at (us), file, modified_at (us). */
static Status read_chain(Pg *pg, const char *source, size_t length, PgResult *result, Error *error)
{
    char limit[NUMBER_SIZE];
    return pg_query(pg,
                    "select batch_no, replace(input_digest::text, '-', ''), replace(batch_id::text, '-', ''), place, "
                    "(extract(epoch from read_at) * 1000000)::bigint, file, "
                    "(select (extract(epoch from max(i.modified_at)) * 1000000)::bigint from cl_ops.batch_input as i "
                    "where i.batch_no = b.batch_no) "
                    "from (select * from cl_ops.batch where source = $1 and status = 'loaded' and mode <> 'append' "
                    "order by place desc limit $2) as b order by place",
                    (const char *[]){source, number((int64_t)length, limit)}, 2, result, error);
}

static bool is_input(const WaitingBatch *batch, const PgResult *chain, size_t row)
{
    char input[KEY_HEX_SIZE];
    key_to_hex(&batch->manifest.input_digest, input);
    return text_is(pg_value(chain, row, 1), input);
}

/* The longest k for which the last k of the chain are the first k that wait. */
static size_t overlap(WaitingBatch *const *waiting, size_t count, const PgResult *chain)
{
    size_t longest = count < chain->row_count ? count : chain->row_count;
    for (size_t k = longest; k > 0; k--) {
        size_t same = 0;
        while (same < k && is_input(waiting[same], chain, chain->row_count - k + same))
            same++;
        if (same == k)
            return k;
    }
    return 0;
}

static int64_t modified_at(const Manifest *manifest)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < manifest->input_count; i++)
        if (manifest->inputs[i].modified_at > newest)
            newest = manifest->inputs[i].modified_at;
    return newest;
}

static const char *file_of(const Manifest *manifest)
{
    return manifest->input_count ? manifest->inputs[0].file : "";
}

/* A snapshot is older than another one if it was read earlier, or if both its name and its age say so. */
static bool is_older(const Manifest *manifest, int64_t other_read_at, Text other_file, int64_t other_modified_at)
{
    int by_name = text_compare(text_from(file_of(manifest)), other_file);
    if (manifest->read_at != other_read_at)
        return manifest->read_at < other_read_at || (by_name < 0 && modified_at(manifest) < other_modified_at);
    return by_name < 0;
}

/* Such an input was refused, or, as the source was of mode append, loaded: then *ret_replaces is its batch, else 0. */
static Status find_beside_chain(Pg *pg, const WaitingBatch *batch, bool *ret_was_refused, int64_t *ret_replaces,
                                Error *error)
{
    BatchText text = text_of(batch);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg,
                 "select coalesce(bool_or(status = 'refused'), false), "
                 "max(batch_no) filter (where status = 'loaded' and mode = 'append') "
                 "from cl_ops.batch where source = $1 and input_digest = $2::uuid",
                 (const char *[]){batch->manifest.source, text.input}, 2, &result, error));
    *ret_was_refused = text_is(pg_value(&result, 0, 0), "t");
    *ret_replaces = pg_value_int64(&result, 0, 1);
    return STATUS_OK;
}

static void plan_known(WaitingBatch *batch, const PgResult *chain, size_t row)
{
    BatchText text = text_of(batch);
    batch->plan = text_is(pg_value(chain, row, 2), text.id) ? PLAN_SKIP : PLAN_REPLACE;
    batch->replaces = pg_value_int64(chain, row, 0);
    batch->place = pg_value_int64(chain, row, 3);
}

static void plan_new(WaitingBatch *batch, int64_t place, int64_t replaces, const PgResult *chain)
{
    batch->place = place;
    batch->replaces = replaces;
    batch->plan = replaces ? PLAN_REPLACE : PLAN_LOAD;
    if (batch->manifest.mode != MODE_SNAPSHOT || chain->row_count == 0)
        return;
    size_t last = chain->row_count - 1;
    if (is_older(&batch->manifest, pg_value_int64(chain, last, 4), pg_value(chain, last, 5),
                 pg_value_int64(chain, last, 6))) {
        batch->plan = PLAN_REFUSE;
        snprintf(batch->reason, sizeof batch->reason, "older than the newest snapshot loaded, %.180s",
                 pg_value(chain, last, 5).data);
    }
}

/* What was refused stands in no chain: it is passed over when what waits is laid against the chain's end. */
static Status plan_chain(Pg *pg, WaitingBatch *const *waiting, size_t count, WaitingBatch **candidates, Error *error)
{
    cleanup(pg_result_free) PgResult chain = {0};
    TRY(read_chain(pg, waiting[0]->manifest.source, count, &chain, error));
    size_t candidate_count = 0;
    for (size_t i = 0; i < count; i++) {
        bool was_refused;
        TRY(find_beside_chain(pg, waiting[i], &was_refused, &waiting[i]->replaces, error));
        if (!was_refused && !waiting[i]->manifest.is_refused)
            candidates[candidate_count++] = waiting[i];
    }
    size_t known = overlap(candidates, candidate_count, &chain), next = 0;
    int64_t place = chain.row_count ? pg_value_int64(&chain, chain.row_count - 1, 3) : 0;
    for (size_t i = 0; i < count; i++) {
        bool is_candidate = next < candidate_count && candidates[next] == waiting[i];
        if (is_candidate && next < known)
            plan_known(waiting[i], &chain, chain.row_count - known + next);
        else if (!is_candidate && next < known)
            waiting[i]->plan = PLAN_SKIP; /* older than what is loaded */
        else
            plan_new(waiting[i], ++place, waiting[i]->replaces, &chain);
        next += is_candidate;
    }
    return STATUS_OK;
}

/* The same input once more, of an append source among all of this reading, else right behind: it counts once. */
static bool is_repeated(const WaitingBatch *batches, size_t count, size_t i)
{
    const Manifest *own = &batches[i].manifest;
    for (size_t k = i + 1; k < count; k++) {
        const Manifest *other = &batches[k].manifest;
        if (strcmp(own->source, other->source) != 0)
            continue;
        if (key_equal(&own->input_digest, &other->input_digest))
            return true;
        if (own->mode != MODE_APPEND)
            return false;
    }
    return false;
}

/* Takes what needs no plan out: is_planned is true of it. */
static Status plan_without_ledger(Pg *pg, WaitingBatch *batches, size_t count, bool *is_planned, Error *error)
{
    for (size_t i = 0; i < count; i++) {
        TRY(find_newest(pg, batches[i].manifest.source, &batches[i].newest, error));
        TRY(find_reading(pg, &batches[i], &is_planned[i], error));
        is_planned[i] = is_planned[i] || is_repeated(batches, count, i);
        if (is_planned[i])
            batches[i].plan = PLAN_SKIP;
    }
    return STATUS_OK;
}

size_t ledger_reading(const WaitingBatch *batches, size_t count)
{
    size_t length = 0;
    while (length < count && batches[length].manifest.read_at == batches[0].manifest.read_at)
        length++;
    return length;
}

Status ledger_plan(Pg *pg, WaitingBatch *batches, size_t count, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(64 << 20);
    WaitingBatch **chain = arena_allocate(&arena, count * sizeof *chain);
    WaitingBatch **candidates = arena_allocate(&arena, count * sizeof *candidates);
    bool *is_planned = arena_allocate(&arena, count);
    if (!chain || !candidates || !is_planned)
        return error_no_memory(error);
    TRY(plan_without_ledger(pg, batches, count, is_planned, error));
    for (size_t i = 0; i < count; i++) {
        if (is_planned[i])
            continue;
        if (batches[i].manifest.mode == MODE_APPEND) {
            TRY(plan_append(pg, &batches[i], error));
            continue;
        }
        size_t length = 0;
        for (size_t k = i; k < count; k++)
            if (!is_planned[k] && batches[k].manifest.mode != MODE_APPEND &&
                strcmp(batches[k].manifest.source, batches[i].manifest.source) == 0) {
                chain[length++] = &batches[k];
                is_planned[k] = true;
            }
        TRY(plan_chain(pg, chain, length, candidates, error));
    }
    return STATUS_OK;
}

Status ledger_check(Pg *pg, const WaitingBatch *batch, Error *error)
{
    int64_t newest;
    TRY(find_newest(pg, batch->manifest.source, &newest, error));
    if (newest == batch->newest)
        return STATUS_OK;
    error_set(error, ERROR_BUSY, "another program loads source %s too", batch->manifest.source);
    return error_hint(error, "wait until it has ended, then run again");
}

static Status record_inputs(Pg *pg, const Manifest *manifest, const char *batch_no, Error *error)
{
    for (size_t i = 0; i < manifest->input_count; i++) {
        const BatchInput *input = &manifest->inputs[i];
        char digest[KEY_HEX_SIZE], modified[TIME_ISO_SIZE], file_no[NUMBER_SIZE], raw[NUMBER_SIZE],
            decoded[NUMBER_SIZE];
        key_to_hex(&input->digest, digest);
        time_write_iso(input->modified_at, modified);
        cleanup(pg_result_free) PgResult result = {0};
        TRY(pg_query(pg, "insert into cl_ops.batch_input values ($1, $2, $3, $4::uuid, $5, $6, $7)",
                     (const char *[]){batch_no, number((int64_t)i, file_no), input->file, digest,
                                      number(input->raw_bytes, raw), number(input->decoded_bytes, decoded), modified},
                     7, &result, error));
    }
    return STATUS_OK;
}

static Status record_counts(Pg *pg, const Manifest *manifest, const char *batch_no, Error *error)
{
    for (size_t i = 0; i < manifest->count_count; i++) {
        const BatchCount *count = &manifest->counts[i];
        char n[5][NUMBER_SIZE];
        cleanup(pg_result_free) PgResult result = {0};
        TRY(pg_query(pg, "insert into cl_ops.batch_count values ($1, $2, $3, $4, $5, $6, $7)",
                     (const char *[]){batch_no, record_spec(count->kind)->name, number(count->read, n[0]),
                                      number(count->emitted, n[1]), number(count->rejected, n[2]),
                                      number(count->duplicate, n[3]), number(count->filtered, n[4])},
                     7, &result, error));
    }
    return STATUS_OK;
}

static Status record_filters(Pg *pg, const Manifest *manifest, const char *batch_no, Error *error)
{
    for (size_t i = 0; i < manifest->filter_count; i++) {
        const BatchFilter *filter = &manifest->filters[i];
        char records[NUMBER_SIZE];
        cleanup(pg_result_free) PgResult result = {0};
        TRY(pg_query(pg, "insert into cl_ops.batch_filter values ($1, $2, $3, $4)",
                     (const char *[]){batch_no, record_spec(filter->kind)->name, filter->reason,
                                      number(filter->records, records)},
                     4, &result, error));
    }
    return STATUS_OK;
}

Status ledger_record(Pg *pg, const WaitingBatch *batch, int64_t *ret_batch_no, Error *error)
{
    const Manifest *manifest = &batch->manifest;
    char id[KEY_HEX_SIZE], input[KEY_HEX_SIZE], mapping[KEY_HEX_SIZE], read_at[TIME_ISO_SIZE], first[TIME_ISO_SIZE],
        last[TIME_ISO_SIZE], place[NUMBER_SIZE], sequence[NUMBER_SIZE], batch_no[NUMBER_SIZE];
    key_to_hex(&manifest->batch_id, id);
    key_to_hex(&manifest->input_digest, input);
    key_to_hex(&manifest->mapping_digest, mapping);
    time_write_iso(manifest->read_at, read_at);
    time_write_iso(manifest->first_at, first);
    time_write_iso(manifest->last_at, last);
    bool is_refused = batch->plan == PLAN_REFUSE;
    bool has_views = !is_refused && manifest->first_at <= manifest->last_at;
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(
        pg,
        "insert into cl_ops.batch (batch_id, source, system, mode, place, read_at, sequence, file, input_digest, "
        "mapping_digest, status, reason, first_at, last_at, loaded_at) values ($1::uuid, $2, $3, $4, $5, $6, $7, "
        "$8, $9::uuid, $10::uuid, $11, $12, $13, $14, clock_timestamp()) returning batch_no",
        (const char *[]){id, manifest->source, manifest->system, source_mode_name(manifest->mode),
                         number(batch->place, place), read_at, number(manifest->sequence, sequence), file_of(manifest),
                         input, mapping, is_refused ? "refused" : "loaded", is_refused ? batch->reason : NULL,
                         has_views ? first : NULL, has_views ? last : NULL},
        14, &result, error));
    *ret_batch_no = pg_value_int64(&result, 0, 0);
    number(*ret_batch_no, batch_no);
    TRY(record_inputs(pg, manifest, batch_no, error));
    TRY(record_counts(pg, manifest, batch_no, error));
    return record_filters(pg, manifest, batch_no, error);
}
