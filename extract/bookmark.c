#include "extract/bookmark.h"

#include "common/file.h"
#include "common/folder.h"
#include "common/json.h"
#include "common/json_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BOOKMARK_VERSION = 1, FILE_CEILING = 256 << 20, ARENA_CEILING = 512 << 20 };

/* --- entries -------------------------------------------------------------------------------------------------- */

/* Where the path stands, or would stand. */
static size_t position_of(const Bookmark *bookmark, const char *path)
{
    size_t low = 0, high = bookmark->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(bookmark->entries[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const BookmarkEntry *bookmark_find(const Bookmark *bookmark, const char *path)
{
    size_t i = position_of(bookmark, path);
    return i < bookmark->count && strcmp(bookmark->entries[i].path, path) == 0 ? &bookmark->entries[i] : NULL;
}

size_t bookmark_count_batch(const Bookmark *bookmark, const char *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < bookmark->count; i++)
        count += strcmp(bookmark->entries[i].batch, batch) == 0;
    return count;
}

static Status grow(Bookmark *bookmark, Error *error)
{
    if (bookmark->count < bookmark->capacity)
        return STATUS_OK;
    size_t capacity = bookmark->capacity ? 2 * bookmark->capacity : 64;
    BookmarkEntry *entries = realloc(bookmark->entries, capacity * sizeof *entries);
    if (!entries)
        return error_no_memory(error);
    bookmark->entries = entries;
    bookmark->capacity = capacity;
    return STATUS_OK;
}

Status bookmark_set(Bookmark *bookmark, const BookmarkEntry *entry, Error *error)
{
    size_t i = position_of(bookmark, entry->path);
    bool is_known = i < bookmark->count && strcmp(bookmark->entries[i].path, entry->path) == 0;
    BookmarkEntry copy = *entry;
    copy.path = is_known ? bookmark->entries[i].path : arena_copy(&bookmark->arena, text_from(entry->path));
    copy.batch = is_known && strcmp(bookmark->entries[i].batch, entry->batch) == 0
                     ? bookmark->entries[i].batch
                     : arena_copy(&bookmark->arena, text_from(entry->batch));
    if (!copy.path || !copy.batch)
        return error_set(error, ERROR_DATA, "%s: holds more files than there is room for", bookmark->path);
    if (!is_known) {
        TRY(grow(bookmark, error));
        memmove(bookmark->entries + i + 1, bookmark->entries + i, (bookmark->count - i) * sizeof *bookmark->entries);
        bookmark->count++;
    }
    bookmark->entries[i] = copy;
    bookmark->is_changed = true;
    return STATUS_OK;
}

static bool is_gone(const char *path)
{
    struct stat status;
    return lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

void bookmark_forget_gone(Bookmark *bookmark, const FileInput *files, size_t count)
{
    size_t kept = 0, file = 0;
    for (size_t i = 0; i < bookmark->count; i++) {
        const BookmarkEntry *entry = &bookmark->entries[i];
        while (file < count && strcmp(files[file].path, entry->path) < 0)
            file++;
        bool is_found = file < count && strcmp(files[file].path, entry->path) == 0;
        if (is_found || !is_gone(entry->path))
            bookmark->entries[kept++] = *entry;
    }
    bookmark->is_changed = bookmark->is_changed || kept < bookmark->count;
    bookmark->count = kept;
}

/* --- reading -------------------------------------------------------------------------------------------------- */

typedef struct BookmarkReader {
    JsonScanner scanner;
    Bookmark *bookmark;
    Arena arena; /* of one entry */
    int64_t version;
} BookmarkReader;

static Status expect(BookmarkReader *reader, JsonType type, JsonToken *ret_token, Error *error)
{
    TRY(json_scanner_next(&reader->scanner, ret_token, error));
    return ret_token->type == type ? STATUS_OK : error_set(error, ERROR_DATA, "is no bookmark");
}

static Status read_string(BookmarkReader *reader, const char **ret_string, Error *error)
{
    JsonToken token;
    Text text;
    TRY(expect(reader, JSON_STRING, &token, error));
    TRY(json_unescape(token.text, &reader->arena, &text, error));
    *ret_string = arena_copy(&reader->arena, text);
    return *ret_string ? STATUS_OK : error_set(error, ERROR_DATA, "holds a string that is too long");
}

static Status read_number(BookmarkReader *reader, int64_t *ret_number, Error *error)
{
    JsonToken token;
    long long number;
    TRY(expect(reader, JSON_NUMBER, &token, error));
    if (!text_to_int64(token.text, &number))
        return error_set(error, ERROR_DATA, "is no bookmark");
    *ret_number = number;
    return STATUS_OK;
}

static Status read_key(BookmarkReader *reader, Key *ret_key, Error *error)
{
    JsonToken token;
    TRY(expect(reader, JSON_STRING, &token, error));
    return key_from_hex(token.text, ret_key) ? STATUS_OK : error_set(error, ERROR_DATA, "is no bookmark");
}

static Status read_entry_member(BookmarkReader *reader, Text key, BookmarkEntry *entry, Error *error)
{
    if (text_is(key, "path"))
        return read_string(reader, &entry->path, error);
    if (text_is(key, "batch"))
        return read_string(reader, &entry->batch, error);
    if (text_is(key, "digest"))
        return read_key(reader, &entry->digest, error);
    if (text_is(key, "mapping_digest"))
        return read_key(reader, &entry->mapping_digest, error);
    if (text_is(key, "size"))
        return read_number(reader, &entry->size, error);
    if (text_is(key, "modified_ns"))
        return read_number(reader, &entry->modified_ns, error);
    if (text_is(key, "inode"))
        return read_number(reader, &entry->inode, error);
    return error_set(error, ERROR_DATA, "holds an unknown member");
}

static Status read_entry(BookmarkReader *reader, Error *error)
{
    BookmarkEntry entry = {.path = NULL};
    arena_clear(&reader->arena);
    for (;;) {
        JsonToken token;
        TRY(json_scanner_next(&reader->scanner, &token, error));
        if (token.type == JSON_OBJECT_END)
            break;
        TRY(read_entry_member(reader, token.text, &entry, error));
    }
    if (!entry.path || !entry.batch)
        return error_set(error, ERROR_DATA, "is no bookmark");
    return bookmark_set(reader->bookmark, &entry, error);
}

static Status read_inputs(BookmarkReader *reader, Error *error)
{
    JsonToken token;
    TRY(expect(reader, JSON_ARRAY_BEGIN, &token, error));
    for (;;) {
        TRY(json_scanner_next(&reader->scanner, &token, error));
        if (token.type == JSON_ARRAY_END)
            return STATUS_OK;
        if (token.type != JSON_OBJECT_BEGIN)
            return error_set(error, ERROR_DATA, "is no bookmark");
        TRY(read_entry(reader, error));
    }
}

static Status read_all(BookmarkReader *reader, Error *error)
{
    JsonToken token;
    TRY(expect(reader, JSON_OBJECT_BEGIN, &token, error));
    for (;;) {
        TRY(json_scanner_next(&reader->scanner, &token, error));
        if (token.type == JSON_OBJECT_END)
            break;
        if (text_is(token.text, "version"))
            TRY(read_number(reader, &reader->version, error));
        else if (text_is(token.text, "inputs"))
            TRY(read_inputs(reader, error));
        else
            TRY(json_scanner_skip(&reader->scanner, error));
    }
    if (reader->version != BOOKMARK_VERSION)
        return error_set(error, ERROR_DATA, "is a bookmark of another version");
    Status status = json_scanner_next(&reader->scanner, &token, error);
    return status == STATUS_END ? STATUS_OK : STATUS_ERROR;
}

static Status load(Bookmark *bookmark, Error *error)
{
    /* A spool that is not there yet has no bookmarks, and that is no failure of reading them. */
    if (access(bookmark->path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return STATUS_OK;
    cleanup(buffer_done) Buffer content = buffer_make(FILE_CEILING);
    TRY(file_read_all(bookmark->path, FILE_CEILING, &content, error));
    BookmarkReader reader = {
        .scanner = json_scanner_make(buffer_text(&content)), .bookmark = bookmark, .arena = arena_make(1 << 20)};
    Status status = read_all(&reader, error);
    arena_done(&reader.arena);
    bookmark->is_changed = false;
    if (status == STATUS_OK)
        return STATUS_OK;
    error_prefix(error, "%s", bookmark->path);
    return error_hint(error, "move it away: what it tells of is then read once more");
}

Status bookmark_load(const char *spool, const char *source, Bookmark *ret_bookmark, Error *error)
{
    Bookmark bookmark = {.arena = arena_make(ARENA_CEILING)};
    bookmark.source = arena_copy(&bookmark.arena, text_from(source));
    bookmark.path = arena_printf(&bookmark.arena, "%s/state/%s.json", spool, source);
    Status status = bookmark.source && bookmark.path ? load(&bookmark, error) : error_no_memory(error);
    if (status == STATUS_OK)
        *ret_bookmark = bookmark;
    else
        bookmark_done(&bookmark);
    return status;
}

/* --- writing -------------------------------------------------------------------------------------------------- */

static void write_text(JsonWriter *writer, Text key, const char *value)
{
    json_write_key(writer, key);
    json_write_string(writer, text_from(value));
}

static void write_digest(JsonWriter *writer, Text key, const Key *digest)
{
    char hex[KEY_HEX_SIZE];
    key_to_hex(digest, hex);
    write_text(writer, key, hex);
}

static void write_integer(JsonWriter *writer, Text key, int64_t value)
{
    json_write_key(writer, key);
    json_write_integer(writer, value);
}

static void write_entry(JsonWriter *writer, const BookmarkEntry *entry)
{
    json_write_object_begin(writer);
    write_text(writer, TEXT("path"), entry->path);
    write_integer(writer, TEXT("size"), entry->size);
    write_integer(writer, TEXT("modified_ns"), entry->modified_ns);
    write_integer(writer, TEXT("inode"), entry->inode);
    write_digest(writer, TEXT("digest"), &entry->digest);
    write_digest(writer, TEXT("mapping_digest"), &entry->mapping_digest);
    write_text(writer, TEXT("batch"), entry->batch);
    json_write_object_end(writer);
}

static Status encode(const Bookmark *bookmark, Buffer *buffer, Error *error)
{
    JsonWriter writer = json_writer_make(buffer, true);
    json_write_object_begin(&writer);
    write_integer(&writer, TEXT("version"), BOOKMARK_VERSION);
    write_text(&writer, TEXT("source"), bookmark->source);
    json_write_key(&writer, TEXT("inputs"));
    json_write_array_begin(&writer);
    for (size_t i = 0; i < bookmark->count; i++)
        write_entry(&writer, &bookmark->entries[i]);
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    TRY(json_writer_end(&writer, error));
    return buffer_append_byte(buffer, '\n', error);
}

Status bookmark_save(Bookmark *bookmark, Error *error)
{
    if (!bookmark->is_changed)
        return STATUS_OK;
    cleanup(buffer_done) Buffer buffer = buffer_make(FILE_CEILING);
    if (encode(bookmark, &buffer, error) != STATUS_OK)
        return error_prefix(error, "%s", bookmark->path);
    const char *slash = strrchr(bookmark->path, '/');
    char *folder = strndup(bookmark->path, (size_t)(slash - bookmark->path));
    if (!folder)
        return error_no_memory(error);
    Status status = folder_make(folder, 0700, error);
    free(folder);
    TRY(status);
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    TRY(file_writer_open(bookmark->path, 0600, &writer, error));
    TRY(file_writer_write(&writer, buffer.data, buffer.size, error));
    TRY(file_writer_commit(&writer, error));
    bookmark->is_changed = false;
    return STATUS_OK;
}

void bookmark_done(Bookmark *bookmark)
{
    free(bookmark->entries);
    arena_done(&bookmark->arena);
    *bookmark = (Bookmark){0};
}
