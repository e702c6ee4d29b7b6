#include "extract/format/text_sitemap.h"

#include "common/utf8.h"

#include <stdio.h>

typedef struct Lines {
    Entry *entry;
    FormatResult *result;
    Buffer carried; /* the beginning of a line whose end is in a later block */
    size_t number;
    bool is_too_long, is_behind_return;
} Lines;

static bool is_address(Text line)
{
    static const Text schemes[] = {TEXT("http://"), TEXT("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (line.size > schemes[i].size && text_equal_ignore_case((Text){line.data, schemes[i].size}, schemes[i]))
            return true;
    return false;
}

static Status take_line(Lines *lines, Text line, Error *error)
{
    Entry *entry = lines->entry;
    size_t ceiling = entry->emitter->mapping->source->record_ceiling;
    if (lines->is_too_long || line.size > ceiling) {
        char reason[64];
        snprintf(reason, sizeof reason, "the line is longer than %zu bytes", ceiling);
        line.size = line.size < ceiling ? line.size : ceiling;
        return emitter_reject(entry->emitter, lines->number, "record_too_long", reason, line, error);
    }
    line = text_trim(line);
    if (line.size == 0)
        return STATUS_OK;
    lines->result->has_content = true;
    if (!is_address(line))
        return emitter_reject(entry->emitter, lines->number, "bad_url",
                              "a line of a text sitemap is a whole address, with http:// or https://", line, error);
    TRY(entry_begin(entry, lines->number, error));
    entry->is_plain = utf8_is_storable(line);
    entry_set(entry, SITEMAP_LOC, line);
    entry_set_host(entry, SITEMAP_HOST, SITEMAP_LOC);
    return entry_emit(entry, error);
}

/* Of a line that is too long the beginning is kept. */
static Status carry(Lines *lines, Text piece, Error *error)
{
    size_t room = lines->carried.ceiling - lines->carried.size;
    lines->is_too_long |= piece.size > room;
    return buffer_append(&lines->carried, (Text){piece.data, piece.size < room ? piece.size : room}, error);
}

static Status end_line(Lines *lines, Text piece, Error *error)
{
    if (lines->carried.size || lines->is_too_long) {
        TRY(carry(lines, piece, error));
        piece = buffer_text(&lines->carried);
    }
    TRY(take_line(lines, piece, error));
    lines->carried.size = 0;
    lines->is_too_long = false;
    lines->number++;
    return STATUS_OK;
}

/* Lines end with LF, CR LF or CR. */
static Status take_block(Lines *lines, Text block, Error *error)
{
    size_t start = 0;
    for (size_t i = 0; i < block.size && !emitter_is_full(lines->entry->emitter); i++) {
        char byte = block.data[i];
        if (byte == '\n' || byte == '\r') {
            bool is_second_half = byte == '\n' && lines->is_behind_return;
            if (!is_second_half)
                TRY(end_line(lines, (Text){block.data + start, i - start}, error));
            start = i + 1;
        }
        lines->is_behind_return = byte == '\r';
    }
    return carry(lines, (Text){block.data + start, block.size - start}, error);
}

static Status read_lines(Lines *lines, WebDocument *document, Error *error)
{
    Text block;
    Status status;
    while (!emitter_is_full(lines->entry->emitter) &&
           (status = web_document_read(document, &block, error)) != STATUS_END) {
        TRY(status);
        TRY(take_block(lines, block, error));
    }
    if (emitter_is_full(lines->entry->emitter) || (lines->carried.size == 0 && !lines->is_too_long))
        return STATUS_OK;
    return end_line(lines, (Text){"", 0}, error);
}

Status text_sitemap_read(WebDocument *document, Entry *entry, FormatResult *result, Error *error)
{
    Lines lines = {
        .entry = entry,
        .result = result,
        .carried = buffer_make(entry->emitter->mapping->source->record_ceiling),
        .number = document->lines_above + 1,
    };
    Status status = read_lines(&lines, document, error);
    buffer_done(&lines.carried);
    return status;
}
