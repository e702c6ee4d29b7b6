#include "load/ledger.h"

#include "common/json_writer.h"
#include "common/time.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_SIZE = 24, JSON_CEILING = 512 << 20 };

static const char *number(int64_t value, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%" PRId64, value);
    return out;
}

static void write_text(JsonWriter *json, Text key, const char *text)
{
    json_write_key(json, key);
    json_write_string(json, text_from(text));
}

static void write_key(JsonWriter *json, Text key, const Key *digest)
{
    char hex[KEY_HEX_SIZE];
    key_to_hex(digest, hex);
    write_text(json, key, hex);
}

static void write_time(JsonWriter *json, Text key, int64_t instant)
{
    char iso[TIME_ISO_SIZE];
    time_write_iso(instant, iso);
    write_text(json, key, iso);
}

/* What a batch is known by to the ledger. */
static void write_identity(JsonWriter *json, const WaitingBatch *batch)
{
    const Manifest *manifest = &batch->manifest;
    write_text(json, TEXT("source"), manifest->source);
    write_text(json, TEXT("mode"), source_mode_name(manifest->mode));
    write_key(json, TEXT("batch_id"), &manifest->batch_id);
    write_key(json, TEXT("input_digest"), &manifest->input_digest);
    write_time(json, TEXT("read_at"), manifest->read_at);
    json_write_key(json, TEXT("sequence"));
    json_write_integer(json, manifest->sequence);
    json_write_key(json, TEXT("is_refused"));
    json_write_boolean(json, manifest->is_refused);
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
    char input[KEY_HEX_SIZE];
    key_to_hex(&batch->manifest.input_digest, input);
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_query(pg,
                 "select coalesce(bool_or(status = 'refused'), false), "
                 "max(batch_no) filter (where status = 'loaded' and mode = 'append') "
                 "from cl_ops.batch where source = $1 and input_digest = $2::uuid",
                 (const char *[]){batch->manifest.source, input}, 2, &result, error));
    *ret_was_refused = text_is(pg_value(&result, 0, 0), "t");
    *ret_replaces = pg_value_int64(&result, 0, 1);
    return STATUS_OK;
}

static void plan_known(WaitingBatch *batch, const PgResult *chain, size_t row)
{
    char id[KEY_HEX_SIZE];
    key_to_hex(&batch->manifest.batch_id, id);
    batch->plan = text_is(pg_value(chain, row, 2), id) ? PLAN_SKIP : PLAN_REPLACE;
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

/* The same input once more, right behind: it counts once. */
static bool is_repeated(const WaitingBatch *batches, size_t count, size_t i)
{
    const Manifest *own = &batches[i].manifest;
    for (size_t k = i + 1; k < count; k++)
        if (strcmp(own->source, batches[k].manifest.source) == 0)
            return key_equal(&own->input_digest, &batches[k].manifest.input_digest);
    return false;
}

static Status ask_ledger(Pg *pg, const WaitingBatch *batches, size_t count, PgResult *result, Error *error)
{
    cleanup(buffer_done) Buffer text = buffer_make(JSON_CEILING);
    JsonWriter json = json_writer_make(&text, false);
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        json_write_object_begin(&json);
        write_identity(&json, &batches[i]);
        json_write_object_end(&json);
    }
    json_write_array_end(&json);
    TRY(json_writer_end(&json, error));
    TRY(buffer_append_byte(&text, '\0', error));
    return pg_query(pg,
                    "select newest, is_reading_known, is_repeated, held_by, is_held from cl_ops.known_batches($1) "
                    "order by ordinal",
                    (const char *[]){text.data}, 1, result, error);
}

/* Plans what needs no chain; is_planned is true of it. A reading that is in the ledger, whatever became of it, is there
 * since the program was interrupted before its folder went; or it was refused, as it is again. */
static Status plan_without_chain(Pg *pg, WaitingBatch *batches, size_t count, bool *is_planned, Error *error)
{
    enum { NEWEST, IS_READING_KNOWN, IS_REPEATED, HELD_BY, IS_HELD };
    cleanup(pg_result_free) PgResult known = {0};
    TRY(ask_ledger(pg, batches, count, &known, error));
    for (size_t i = 0; i < count; i++) {
        WaitingBatch *batch = &batches[i];
        bool is_append = batch->manifest.mode == MODE_APPEND;
        bool is_new = text_is_null(pg_value(&known, i, HELD_BY));
        bool is_held = text_is(pg_value(&known, i, IS_HELD), "t");
        batch->newest = pg_value_int64(&known, i, NEWEST);
        batch->replaces = pg_value_int64(&known, i, HELD_BY);
        batch->plan = is_new ? PLAN_LOAD : PLAN_REPLACE;
        bool is_skipped = text_is(pg_value(&known, i, IS_READING_KNOWN), "t") ||
                          text_is(pg_value(&known, i, IS_REPEATED), "t") || is_held ||
                          (!is_append && is_repeated(batches, count, i));
        if (is_skipped)
            batch->plan = PLAN_SKIP;
        is_planned[i] = is_append || is_skipped;
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
    TRY(plan_without_chain(pg, batches, count, is_planned, error));
    for (size_t i = 0; i < count; i++) {
        if (is_planned[i])
            continue;
        size_t length = 0;
        for (size_t k = i; k < count; k++)
            if (!is_planned[k] && strcmp(batches[k].manifest.source, batches[i].manifest.source) == 0) {
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

/* --- recording ------------------------------------------------------------------------------------------------ */

static void write_count(JsonWriter *json, Text key, int64_t count)
{
    json_write_key(json, key);
    json_write_integer(json, count);
}

static void write_inputs(JsonWriter *json, const Manifest *manifest)
{
    json_write_key(json, TEXT("inputs"));
    json_write_array_begin(json);
    for (size_t i = 0; i < manifest->input_count; i++) {
        const BatchInput *input = &manifest->inputs[i];
        json_write_object_begin(json);
        write_text(json, TEXT("file"), input->file);
        write_key(json, TEXT("digest"), &input->digest);
        write_count(json, TEXT("raw_bytes"), input->raw_bytes);
        write_count(json, TEXT("decoded_bytes"), input->decoded_bytes);
        write_time(json, TEXT("modified_at"), input->modified_at);
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

static void write_counts(JsonWriter *json, const Manifest *manifest)
{
    json_write_key(json, TEXT("counts"));
    json_write_array_begin(json);
    for (size_t i = 0; i < manifest->count_count; i++) {
        const BatchCount *count = &manifest->counts[i];
        json_write_object_begin(json);
        write_text(json, TEXT("kind"), record_spec(count->kind)->name);
        write_count(json, TEXT("read"), count->read);
        write_count(json, TEXT("emitted"), count->emitted);
        write_count(json, TEXT("rejected"), count->rejected);
        write_count(json, TEXT("duplicate"), count->duplicate);
        write_count(json, TEXT("filtered"), count->filtered);
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

static void write_filters(JsonWriter *json, const Manifest *manifest)
{
    json_write_key(json, TEXT("filters"));
    json_write_array_begin(json);
    for (size_t i = 0; i < manifest->filter_count; i++) {
        const BatchFilter *filter = &manifest->filters[i];
        json_write_object_begin(json);
        write_text(json, TEXT("kind"), record_spec(filter->kind)->name);
        write_text(json, TEXT("reason"), filter->reason);
        write_count(json, TEXT("records"), filter->records);
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

static void write_batch(JsonWriter *json, const WaitingBatch *batch)
{
    const Manifest *manifest = &batch->manifest;
    bool is_refused = batch->plan == PLAN_REFUSE;
    json_write_object_begin(json);
    write_identity(json, batch);
    write_text(json, TEXT("system"), manifest->system);
    write_count(json, TEXT("place"), batch->place);
    write_text(json, TEXT("file"), file_of(manifest));
    write_key(json, TEXT("mapping_digest"), &manifest->mapping_digest);
    write_text(json, TEXT("status"), is_refused ? "refused" : "loaded");
    if (is_refused)
        write_text(json, TEXT("reason"), batch->reason);
    if (!is_refused && manifest->first_at <= manifest->last_at) {
        write_time(json, TEXT("first_at"), manifest->first_at);
        write_time(json, TEXT("last_at"), manifest->last_at);
    }
    write_inputs(json, manifest);
    write_counts(json, manifest);
    write_filters(json, manifest);
    json_write_object_end(json);
}

Status ledger_record(Pg *pg, WaitingBatch *batches, size_t count, Error *error)
{
    cleanup(buffer_done) Buffer text = buffer_make(JSON_CEILING);
    cleanup(pg_result_free) PgResult numbers = {0};
    JsonWriter json = json_writer_make(&text, false);
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++)
        if (batches[i].plan != PLAN_SKIP)
            write_batch(&json, &batches[i]);
    json_write_array_end(&json);
    TRY(json_writer_end(&json, error));
    TRY(buffer_append_byte(&text, '\0', error));
    TRY(pg_query(pg, "select batch_no from cl_ops.record_batches($1)", (const char *[]){text.data}, 1, &numbers,
                 error));
    for (size_t i = 0, row = 0; i < count; i++)
        batches[i].batch_no = batches[i].plan == PLAN_SKIP ? 0 : pg_value_int64(&numbers, row++, 0);
    return STATUS_OK;
}
