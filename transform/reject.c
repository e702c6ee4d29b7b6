#include "transform/reject.h"

#include "common/utf8.h"
#include "transform/email.h"
#include "transform/internal.h"

/* Masked before it is cut: an address that the cut goes through would no longer be known for one. */
static Text shown(Text text, Arena *arena)
{
    if (text_is_null(text))
        return text;
    if (text.size > REJECT_RAW_READ)
        text.size = REJECT_RAW_READ;
    Text sound = utf8_sanitize(text, arena);
    Text masked = text_is_null(sound) ? sound : mask_addresses(sound, arena);
    if (!text_is_null(masked))
        masked = mask_ip_addresses(masked, arena);
    return utf8_truncate(masked, REJECT_TEXT_MAX);
}

Status reject_put(CopyWriter *writer, const Reject *reject, Arena *arena, Error *error)
{
    const Text *texts[] = {&reject->kind, &reject->field, &reject->code, &reject->reason, &reject->raw};
    Text file = utf8_sanitize(reject->file, arena);
    if (text_is_null(file))
        return error_no_memory(error);
    copy_row_begin(writer);
    copy_put_text(writer, file);
    copy_put_bigint(writer, reject->line);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Text text = shown(*texts[i], arena);
        if (text_is_null(text) && !text_is_null(*texts[i]))
            return error_no_memory(error);
        copy_put_text(writer, text);
    }
    return copy_row_end(writer, error);
}

/* Cookies and network addresses never reach the database. */
static bool is_hidden(RecordKind kind, size_t field)
{
    return (kind == RECORD_VIEW && (field == VIEW_VISITOR || field == VIEW_IP_ADDRESS)) ||
           (kind == RECORD_IDENTITY && field == IDENTITY_VISITOR);
}

Status reject_write_record(RecordKind kind, const Record *record, Buffer *buffer, Error *error)
{
    const RecordSpec *spec = record_spec(kind);
    bool is_first = true;
    for (size_t i = 0; i < spec->field_count; i++) {
        Text value = record->values[i];
        if (text_trim(value).size == 0 || is_hidden(kind, i))
            continue;
        if (value.size > REJECT_RAW_READ)
            value.size = REJECT_RAW_READ;
        TRY(buffer_printf(buffer, error, "%s%s=", is_first ? "" : ", ", spec->fields[i].name));
        TRY(buffer_append(buffer, value, error));
        is_first = false;
        if (buffer->size > REJECT_RAW_READ)
            break;
    }
    return STATUS_OK;
}
