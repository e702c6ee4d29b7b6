#include "load/page.h"

#include "common/buffer.h"
#include "common/embedded.h"
#include "common/file.h"
#include "load/embedded.h"

#include <sodium.h>
#include <string.h>

enum {
    CHARTS_CEILING = 4 << 20,
    SCRIPT_CEILING = 1 << 20,
    WITHHELD_CEILING = 1 << 16,
    PAGE_MODE = 0640,
    NAME_MAX_SIZE = 64,
    DIGEST_SIZE = 64
};

typedef struct Page {
    Pg *pg;
    FileWriter *writer;
    const char *language;
    Text charts, script;
    Buffer *withheld; /* names of blocks, as JSON, without brackets */
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

/* --- what goes in --------------------------------------------------------------------------------------------- */

/* JSON within a script element: nothing in it can end the element, or begin a comment. */
static Status write_json(Page *page, Text json, Error *error)
{
    while (json.size) {
        size_t clean = text_find(json, '<');
        TRY(file_writer_write(page->writer, json.data, clean, error));
        if (clean == json.size)
            break;
        TRY(file_writer_write_text(page->writer, TEXT("\\u003c"), error));
        json.data += clean + 1;
        json.size -= clean + 1;
    }
    return STATUS_OK;
}

/* The value of a block's query; null, and the block's name among those withheld, where the role has no right to it. */
static Status write_block(Page *page, const char *sql, Text name, Error *error)
{
    cleanup(pg_result_free) PgResult result = {0};
    TRY(pg_execute(page->pg, "savepoint block", error));
    Status status = pg_query(page->pg, sql, NULL, 0, &result, error);
    if (status != STATUS_OK && error->code != ERROR_PERMISSION)
        return status;
    if (status != STATUS_OK) {
        TRY(buffer_printf(page->withheld, error, "%s\"%.*s\"", page->outcome.withheld++ ? "," : "", TEXT_PRINTF(name)));
        TRY(pg_execute(page->pg, "rollback to savepoint block", error));
        return file_writer_write_text(page->writer, TEXT("null"), error);
    }
    TRY(pg_execute(page->pg, "release savepoint block", error));
    Text json = result.row_count ? pg_value(&result, 0, 0) : TEXT_NULL;
    return write_json(page, json.data ? json : TEXT("null"), error);
}

static Status write_data(Page *page, Error *error)
{
    static const char folder[] = "blocks/";
    const char *separator = "{";
    for (size_t i = 0; i < page_file_count; i++) {
        const char *name = page_files[i].name;
        if (strncmp(name, folder, sizeof folder - 1) != 0)
            continue;
        name += sizeof folder - 1;
        char key[NAME_MAX_SIZE];
        Text block = {name, strcspn(name, ".")};
        int size = snprintf(key, sizeof key, "%s\"%.*s\":", separator, TEXT_PRINTF(block));
        TRY(file_writer_write(page->writer, key, (size_t)size, error));
        if (write_block(page, page_files[i].text, block, error) != STATUS_OK)
            return error_prefix(error, "page: %s", name);
        separator = ",\n";
    }
    TRY(file_writer_write_text(page->writer, TEXT(",\n\"withheld\":["), error));
    TRY(file_writer_write_text(page->writer, buffer_text(page->withheld), error));
    return file_writer_write_text(page->writer, TEXT("]}"), error);
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
        return write_json(page, texts_of(page->language), error);
    if (text_is(name, "charts"))
        return file_writer_write_text(page->writer, page->charts, error);
    if (text_is(name, "script"))
        return file_writer_write_text(page->writer, page->script, error);
    return write_data(page, error);
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

static Status write_all(Page *page, Error *error)
{
    TRY(pg_execute(page->pg, "begin transaction isolation level repeatable read, read only", error));
    cleanup(pg_result_free) PgResult zone = {0};
    TRY(pg_query(page->pg, "select set_config('timezone', timezone, true) from cl_ops.setting", NULL, 0, &zone, error));
    TRY(write_html(page, error));
    return pg_execute(page->pg, "commit", error);
}

Status page_write(Pg *pg, const char *charts_path, PageLanguage language, const char *path, PageOutcome *ret_outcome,
                  Error *error)
{
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    cleanup(buffer_done) Buffer charts = buffer_make(CHARTS_CEILING), script = buffer_make(SCRIPT_CEILING),
                                withheld = buffer_make(WITHHELD_CEILING);
    Page page = {.pg = pg, .writer = &writer, .withheld = &withheld, .language = page_language_name(language)};
    TRY(read_charts(&page, charts_path, &charts, error));
    TRY(gather("script/", &script, error));
    page.script = buffer_text(&script);
    TRY(file_writer_open(path, PAGE_MODE, &writer, error));
    if (write_all(&page, error) != STATUS_OK) {
        pg_rollback(pg);
        return STATUS_ERROR;
    }
    TRY(file_writer_commit(&writer, error));
    page.outcome.bytes = writer.bytes;
    *ret_outcome = page.outcome;
    return STATUS_OK;
}
