#include "load/page.h"

#include "common/buffer.h"
#include "common/embedded.h"
#include "common/file.h"
#include "load/embedded.h"
#include "load/page_data.h"

#include <sodium.h>
#include <string.h>

enum { CHARTS_CEILING = 4 << 20, SCRIPT_CEILING = 1 << 20, PAGE_MODE = 0640, NAME_MAX_SIZE = 64, DIGEST_SIZE = 64 };

typedef struct Page {
    PageData *data;
    FileWriter *writer;
    const char *language;
    Text charts, script;
    PageOutcome outcome;
} Page;

static Text part(const char *name)
{
    for (size_t i = 0; i < page_file_count; i++)
        if (strcmp(page_files[i].name, name) == 0)
            return (Text){page_files[i].text, page_files[i].size};
    return (Text){"", 0};
}

/* The files of a folder, one after the other in the order of their names. */
static Status gather(const char *folder, Buffer *buffer, Error *error)
{
    for (size_t i = 0; i < page_file_count; i++)
        if (strncmp(page_files[i].name, folder, strlen(folder)) == 0)
            TRY(buffer_append_bytes(buffer, page_files[i].text, page_files[i].size, error));
    return STATUS_OK;
}

static Text texts_of(const char *language)
{
    char name[NAME_MAX_SIZE];
    snprintf(name, sizeof name, "%s.json", language);
    return part(name);
}

/* --- the policy ----------------------------------------------------------------------------------------------- */

typedef struct Digest {
    char text[DIGEST_SIZE];
} Digest;

static Digest digest_of(Text text)
{
    Digest digest;
    unsigned char bytes[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(bytes, (const unsigned char *)text.data, text.size);
    sodium_bin2base64(digest.text, sizeof digest.text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
    return digest;
}

/* What stands in the page between the tags, byte for byte, and nothing else, from nowhere else. */
static Status write_policy(Page *page, Error *error)
{
    char policy[512];
    int size = snprintf(policy, sizeof policy,
                        "default-src 'none'; script-src 'sha256-%s' 'sha256-%s'; style-src 'sha256-%s'; "
                        "base-uri 'none'; form-action 'none'",
                        digest_of(page->charts).text, digest_of(page->script).text, digest_of(part("page.css")).text);
    return file_writer_write(page->writer, policy, (size_t)size, error);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

static Status write_place(Page *page, Text name, Error *error)
{
    if (text_is(name, "policy"))
        return write_policy(page, error);
    if (text_is(name, "language"))
        return file_writer_write_text(page->writer, text_from(page->language), error);
    if (text_is(name, "style"))
        return file_writer_write_text(page->writer, part("page.css"), error);
    if (text_is(name, "texts"))
        return page_json_write(page->writer, texts_of(page->language), error);
    if (text_is(name, "charts"))
        return file_writer_write_text(page->writer, page->charts, error);
    if (text_is(name, "script"))
        return file_writer_write_text(page->writer, page->script, error);
    return page_data_write(page->data, error);
}

/* page.html, with {{name}} where something goes in. */
static Status write_html(Page *page, Error *error)
{
    for (const char *rest = part("page.html").data; *rest;) {
        const char *opening = strstr(rest, "{{"), *closing = opening ? strstr(opening, "}}") : NULL;
        if (!closing)
            return file_writer_write(page->writer, rest, strlen(rest), error);
        TRY(file_writer_write(page->writer, rest, (size_t)(opening - rest), error));
        TRY(write_place(page, (Text){opening + 2, (size_t)(closing - opening - 2)}, error));
        rest = closing + 2;
    }
    return STATUS_OK;
}

/* A page without charts is still a page. */
static Status read_charts(Page *page, const char *path, Buffer *buffer, Error *error)
{
    Status status = file_read_all(path, CHARTS_CEILING, buffer, error);
    if (status != STATUS_OK && error->code != ERROR_NO_INPUT)
        return status;
    page->outcome.has_charts = status == STATUS_OK;
    page->charts = buffer_text(buffer);
    if (buffer->size && strstr(buffer->data, "</script"))
        return error_set(error, ERROR_DATA, "%s holds the end of a script, and cannot stand in a page", path);
    return STATUS_OK;
}

Status page_write(Pg *pg, const char *conninfo, const char *application, const char *charts_path, PageLanguage language,
                  const char *path, PageOutcome *ret_outcome, Error *error)
{
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    cleanup(buffer_done) Buffer charts = buffer_make(CHARTS_CEILING), script = buffer_make(SCRIPT_CEILING);
    cleanup(page_data_done) PageData data = page_data_make(pg, conninfo, application, &writer);
    Page page = {.data = &data, .writer = &writer, .language = page_language_name(language)};
    TRY(read_charts(&page, charts_path, &charts, error));
    TRY(gather("script/", &script, error));
    page.script = buffer_text(&script);
    TRY(file_writer_open(path, PAGE_MODE, &writer, error));
    if (write_html(&page, error) != STATUS_OK) {
        pg_rollback(pg);
        return STATUS_ERROR;
    }
    TRY(file_writer_commit(&writer, error));
    page.outcome.withheld = data.withheld_count;
    page.outcome.bytes = writer.bytes;
    *ret_outcome = page.outcome;
    return STATUS_OK;
}
