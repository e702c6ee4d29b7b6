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

static Status plan_append(Pg *pg, WaitingBatch *batch, Error *error)
{
    char input[KEY_HEX_SIZE], id[KEY_HEX_SIZE], read_at[TIME_ISO_SIZE];
    key_to_hex(&batch->manifest.input_digest, input);
    key_to_hex(&batch->manifest.batch_id, id);
    time_write_iso(batch->manifest.read_at, read_at);
    cleanup(pg_result_free) PgResult result = {0};
    /* What was refused and is read again gets another chance: its source's limits may have changed. */
    TRY(pg_query(pg,
                 "select batch_no, batch_id = $3::uuid and (status = 'loaded' or read_at = $4) from cl_ops.batch "
                 "where source = $1 and input_digest = $2::uuid and status <> 'replaced' "
                 "order by batch_no desc limit 1",
                 (const char *[]){batch->manifest.source, input, id, read_at}, 4, &result, error));
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

/* The same reading of the same input was refused, and then the program was interrupted. */
static Status find_refused(Pg *pg, const WaitingBatch *batch, bool *ret_is_refused, Error *error)
{
    char id[KEY_HEX_SIZE], read_at[TIME_ISO_SIZE];
    key_to_hex(&batch->manifest.batch_id, id);
    time_write_iso(batch->manifest.read_at, read_at);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg,
                 "select from cl_ops.batch where source = $1 and batch_id = $2::uuid and read_at = $3 "
                 "and status = 'refused'",
                 (const char *[]){batch->manifest.source, id, read_at}, 3, &result, error));
    *ret_is_refused = result.row_count > 0;
    return STATUS_OK;
}

static Status plan_chain(Pg *pg, WaitingBatch *const *waiting, size_t count, Error *error)
{
    const char *source = waiting[0]->manifest.source;
    cleanup(pg_result_free) PgResult chain = {0};
    TRY(read_chain(pg, source, count, &chain, error));
    size_t known = overlap(waiting, count, &chain);
    for (size_t i = 0; i < known; i++) {
        size_t row = chain.row_count - known + i;
        char id[KEY_HEX_SIZE];
        key_to_hex(&waiting[i]->manifest.batch_id, id);
        bool is_same = text_is(pg_value(&chain, row, 2), id);
        waiting[i]->plan = is_same ? PLAN_SKIP : PLAN_REPLACE;
        waiting[i]->replaces = pg_value_int64(&chain, row, 0);
        waiting[i]->place = pg_value_int64(&chain, row, 3);
    }
    size_t last = chain.row_count - 1;
    int64_t place = chain.row_count ? pg_value_int64(&chain, last, 3) : 0;
    for (size_t i = known; i < count; i++) {
        WaitingBatch *batch = waiting[i];
        bool is_refused;
        TRY(find_refused(pg, batch, &is_refused, error));
        if (is_refused) {
            batch->plan = PLAN_SKIP;
            continue;
        }
        batch->place = ++place;
        batch->plan = PLAN_LOAD;
        if (batch->manifest.mode == MODE_SNAPSHOT && chain.row_count &&
            is_older(&batch->manifest, pg_value_int64(&chain, last, 4), pg_value(&chain, last, 5),
                     pg_value_int64(&chain, last, 6))) {
            batch->plan = PLAN_REFUSE;
            snprintf(batch->reason, sizeof batch->reason, "older than the newest snapshot loaded, %.180s",
                     pg_value(&chain, last, 5).data);
        }
    }
    return STATUS_OK;
}

/* The same input once more, of an append source among all that wait, else right behind: the later one counts, since its
 * mapping is the newer one. */
static bool is_superseded(const WaitingBatch *batches, size_t count, size_t i)
{
    const Manifest *own = &batches[i].manifest;
    for (size_t k = i + 1; k < count; k++) {
        const Manifest *other = &batches[k].manifest;
        if ((own->mode == MODE_APPEND) != (other->mode == MODE_APPEND) || strcmp(own->source, other->source) != 0)
            continue;
        if (key_equal(&own->input_digest, &other->input_digest))
            return true;
        if (own->mode != MODE_APPEND)
            return false;
    }
    return false;
}

Status ledger_plan(Pg *pg, WaitingBatch *batches, size_t count, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(64 << 20);
    WaitingBatch **chain = arena_allocate(&arena, count * sizeof *chain);
    bool *is_planned = arena_allocate(&arena, count);
    if (!chain || !is_planned)
        return error_no_memory(error);
    for (size_t i = 0; i < count; i++) {
        is_planned[i] = is_superseded(batches, count, i);
        if (is_planned[i])
            batches[i].plan = PLAN_SKIP;
    }
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
        TRY(plan_chain(pg, chain, length, error));
    }
    return STATUS_OK;
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
    return record_counts(pg, manifest, batch_no, error);
}
