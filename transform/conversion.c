#include "transform/conversion.h"

#include "common/signal.h"
#include "transform/reject.h"

#include <stdlib.h>

enum { ARENA_CEILING = 16 << 20, RAW_CEILING = 1 << 20, ARRIVALS_MAX = 1 << 16, RECORDS_PER_CHECK = 4096 };

Status conversion_make(const SourceRules *rules, const BotMatcher *bots, const Manifest *batch, const char *folder,
                       Progress *progress, Conversion **ret_conversion, Error *error)
{
    Conversion *conversion = calloc(1, sizeof *conversion);
    if (!conversion)
        return error_no_memory(error);
    conversion->rules = rules;
    conversion->bots = bots;
    conversion->batch = batch;
    conversion->progress = progress;
    conversion->output = output_make(folder);
    conversion->contents = content_map_make();
    conversion->arrivals = key_map_make(0, ARRIVALS_MAX);
    conversion->tally = (Tally)TALLY_INIT;
    conversion->arena = arena_make(ARENA_CEILING);
    conversion->raw = buffer_make(RAW_CEILING);
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        conversion->tally.counts[kind].kind = (RecordKind)kind;
    conversion->output.is_bundle = batch->member_count > 0;
    if (bundle_make(batch, &conversion->bundle, error) != STATUS_OK) {
        conversion_free(conversion);
        return STATUS_ERROR;
    }
    *ret_conversion = conversion;
    return STATUS_OK;
}

/* Contents and arrivals belong to the member that names them. */
Status conversion_leave(Conversion *conversion, Error *error)
{
    if (!conversion->bundle.count)
        return STATUS_OK;
    bundle_leave(&conversion->bundle, &conversion->tally);
    key_map_clear(&conversion->arrivals);
    return conversion->contents.count ? content_map_flush(&conversion->contents, &conversion->output, error)
                                      : STATUS_OK;
}

Status conversion_enter(Conversion *conversion, uint16_t file, Error *error)
{
    Bundle *bundle = &conversion->bundle;
    if (!bundle->count || bundle->at == file)
        return STATUS_OK;
    if (file >= bundle->count)
        return error_set(error, ERROR_DATA, "a record is of input %u, and there are %zu", file, bundle->count);
    TRY(conversion_leave(conversion, error));
    bundle_enter(bundle, file, &conversion->tally);
    conversion->output.member = file;
    return STATUS_OK;
}

Status conversion_step(Conversion *conversion, uint16_t file, Error *error)
{
    TRY(conversion_enter(conversion, file, error));
    conversion->tally.ordinal++;
    if (++conversion->file_records % RECORDS_PER_CHECK)
        return STATUS_OK;
    if (conversion->progress && conversion->file) {
        double share = (double)conversion->file_records / (double)conversion->file->rows;
        progress_update(conversion->progress,
                        conversion->bytes_done + (uint64_t)(share * (double)conversion->file->bytes));
    }
    return signal_check(error);
}

int64_t conversion_latest(const Conversion *conversion)
{
    int64_t read_at = conversion->batch->read_at;
    return read_at > TIME_HIGHEST - TIME_DAY ? TIME_HIGHEST : read_at + TIME_DAY;
}

static Text input_name(const Conversion *conversion, uint16_t file)
{
    return file < conversion->batch->input_count ? text_from(conversion->batch->inputs[file].file) : TEXT("");
}

/* The kind whose rows the record would have become: a view that shows a person is an identity too, and its own rows are
 * never deleted for being missing. */
static Status note_present(Conversion *conversion, RecordKind kind, const Key *key, Error *error)
{
    if (!key) {
        conversion->is_deletion_blocked = true;
        return STATUS_OK;
    }
    CopyWriter *writer;
    TRY(output_table(&conversion->output, LOAD_PRESENT, &writer, error));
    copy_row_begin(writer);
    copy_put_text(writer, text_from(record_spec(kind == RECORD_VIEW ? RECORD_IDENTITY : kind)->name));
    copy_put_uuid(writer, key);
    return copy_row_end(writer, error);
}

static Status put_reject(Conversion *conversion, CopyWriter *writer, const Reject *reject, Error *error)
{
    FirstReject *first = &conversion->first_reject;
    if (!first->words[0]) {
        bool has_field = reject->field.size > 0;
        snprintf(first->words, sizeof first->words, "%.*s, line %lld: %.*s%s%.*s", TEXT_PRINTF(reject->file),
                 (long long)reject->line, TEXT_PRINTF(reject->field), has_field ? " " : "",
                 TEXT_PRINTF(reject->reason));
        first->is_encoding = text_is(reject->code, "bad_utf8");
    }
    return reject_put(writer, reject, &conversion->arena, error);
}

Status conversion_reject(Conversion *conversion, RecordKind kind, const Record *record, const Failure *failure,
                         const Key *key, Error *error)
{
    CopyWriter *writer;
    TRY(output_table(&conversion->output, LOAD_REJECT, &writer, error));
    conversion->tally.counts[kind].rejected++;
    buffer_clear(&conversion->raw);
    TRY(reject_write_record(kind, record, &conversion->raw, error));
    Reject reject = {.file = input_name(conversion, record->file),
                     .line = record->line,
                     .kind = text_from(record_spec(kind)->name),
                     .field = text_from(failure->field),
                     .code = text_from(failure->code),
                     .reason = text_from(failure->reason),
                     .raw = buffer_text(&conversion->raw)};
    TRY(put_reject(conversion, writer, &reject, error));
    if (conversion->batch->mode == MODE_SNAPSHOT)
        TRY(note_present(conversion, kind, key, error));
    return STATUS_OK;
}

Status conversion_pass_reject(Conversion *conversion, const Record *record, Error *error)
{
    CopyWriter *writer;
    TRY(output_table(&conversion->output, LOAD_REJECT, &writer, error));
    Text code = record->values[REJECT_CODE], reason = record->values[REJECT_REASON];
    Reject reject = {.file = input_name(conversion, record->file),
                     .line = record->line,
                     .kind = record->values[REJECT_KIND],
                     .field = record->values[REJECT_FIELD],
                     .code = text_is_null(code) ? TEXT("") : code,
                     .reason = text_is_null(reason) ? TEXT("") : reason,
                     .raw = record->values[REJECT_RAW]};
    TRY(put_reject(conversion, writer, &reject, error));
    if (conversion->batch->mode == MODE_APPEND && text_is(code, REJECT_CODE_CUT_OFF))
        conversion->tally.cut_off++;
    if (conversion->batch->mode == MODE_SNAPSHOT)
        TRY(note_present(conversion, RECORD_REJECT, NULL, error));
    return STATUS_OK;
}

void conversion_free(Conversion *conversion)
{
    if (!conversion)
        return;
    output_done(&conversion->output);
    content_map_done(&conversion->contents);
    bundle_done(&conversion->bundle);
    key_map_done(&conversion->arrivals);
    day_set_done(&conversion->days);
    arena_done(&conversion->arena);
    buffer_done(&conversion->raw);
    free(conversion);
}

void conversion_free_pointer(Conversion **conversion)
{
    conversion_free(*conversion);
}
