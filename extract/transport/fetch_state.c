#include "extract/transport/fetch_state.h"

#include "common/file.h"
#include "common/json_find.h"
#include "common/json_writer.h"

#include <errno.h>
#include <unistd.h>

enum { FETCH_VERSION = 1, FILE_CEILING = 1 << 20 };

/* --- reading -------------------------------------------------------------------------------------------------- */

/* A small file, and what it says; the first failure sticks. */
typedef struct Reader {
    Buffer content;
    Arena *arena;
    Status status;
    Error *error;
} Reader;

static Text read_text(Reader *reader, const char *name)
{
    Text value = TEXT_NULL;
    if (reader->status == STATUS_OK)
        reader->status =
            json_find(buffer_text(&reader->content), text_from(name), reader->arena, &value, reader->error);
    return value;
}

static const char *read_string(Reader *reader, const char *name)
{
    Text value = read_text(reader, name);
    const char *string = text_is_null(value) ? NULL : arena_copy(reader->arena, value);
    if (!text_is_null(value) && !string)
        reader->status = error_no_memory(reader->error);
    return string;
}

static Status flaw(Reader *reader, const char *name)
{
    return reader->status = error_set(reader->error, ERROR_DATA, "'%s' is not what it should be", name);
}

static int64_t read_number(Reader *reader, const char *name)
{
    long long number = 0;
    Text value = read_text(reader, name);
    if (reader->status == STATUS_OK && !text_to_int64(value, &number))
        flaw(reader, name);
    return number;
}

static Key read_key(Reader *reader, const char *name)
{
    Key key = {{0}};
    Text value = read_text(reader, name);
    if (reader->status == STATUS_OK && !key_from_hex(value, &key))
        flaw(reader, name);
    return key;
}

static bool read_flag(Reader *reader, const char *name)
{
    return text_is(read_text(reader, name), "true");
}

static Status open_reader(const char *path, Arena *arena, Reader *ret_reader, Error *error)
{
    *ret_reader = (Reader){.content = buffer_make(FILE_CEILING), .arena = arena, .error = error};
    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return STATUS_END;
    TRY(file_read_all(path, FILE_CEILING, &ret_reader->content, error));
    if (read_number(ret_reader, "version") != FETCH_VERSION && ret_reader->status == STATUS_OK)
        flaw(ret_reader, "version");
    return STATUS_OK;
}

static Status close_reader(Reader *reader, const char *path)
{
    buffer_done(&reader->content);
    if (reader->status == STATUS_OK)
        return STATUS_OK;
    error_prefix(reader->error, "%s", path);
    return error_hint(reader->error, "move it away: what it tells of is then read once more");
}

/* A reading that is complete has pages, and one that is not has a position behind its first. */
static bool is_possible(const FetchState *state)
{
    return state->started_at >= 0 && state->page_count >= 0 && state->page_count <= FETCH_PAGES_MAX &&
           state->bytes >= 0 && state->steps >= 0 && state->steps <= state->power && state->power <= FETCH_PAGES_MAX &&
           (state->is_complete ? state->page_count > 0 : !state->position == !state->page_count);
}

Status fetch_state_load(const char *path, Arena *arena, FetchState *ret_state, Error *error)
{
    Reader reader;
    Status status = open_reader(path, arena, &reader, error);
    if (status != STATUS_OK) {
        buffer_done(&reader.content);
        return status;
    }
    FetchState state = {
        .request = read_key(&reader, "request"),
        .started_at = read_number(&reader, "started_at"),
        .has_since = read_flag(&reader, "has_since"),
        .since = read_number(&reader, "since"),
        .is_complete = read_flag(&reader, "is_complete"),
        .page_count = read_number(&reader, "page_count"),
        .bytes = read_number(&reader, "bytes"),
        .position = read_string(&reader, "position"),
        .job = read_string(&reader, "job"),
        .last = read_key(&reader, "last"),
        .landmark = read_key(&reader, "landmark"),
        .steps = read_number(&reader, "steps"),
        .power = read_number(&reader, "power"),
    };
    if (reader.status == STATUS_OK && !is_possible(&state))
        reader.status = error_set(error, ERROR_DATA, "it tells of a reading that cannot be");
    TRY(close_reader(&reader, path));
    *ret_state = state;
    return STATUS_OK;
}

Status fetch_mark_load(const char *path, FetchMark *ret_mark, Error *error)
{
    cleanup(arena_done) Arena arena = arena_make(FILE_CEILING);
    Reader reader;
    Status status = open_reader(path, &arena, &reader, error);
    if (status != STATUS_OK) {
        buffer_done(&reader.content);
        return status;
    }
    FetchMark mark = {.mapping = read_key(&reader, "mapping"), .started_at = read_number(&reader, "started_at")};
    if (reader.status == STATUS_OK && mark.started_at < 0)
        flaw(&reader, "started_at");
    TRY(close_reader(&reader, path));
    *ret_mark = mark;
    return STATUS_OK;
}

/* --- writing -------------------------------------------------------------------------------------------------- */

static void write_number(JsonWriter *writer, Text name, int64_t number)
{
    json_write_key(writer, name);
    json_write_integer(writer, number);
}

static void write_flag(JsonWriter *writer, Text name, bool flag)
{
    json_write_key(writer, name);
    json_write_boolean(writer, flag);
}

static void write_string(JsonWriter *writer, Text name, const char *string)
{
    json_write_key(writer, name);
    json_write_string(writer, text_from(string));
}

static void write_digest(JsonWriter *writer, Text name, const Key *key)
{
    char hex[KEY_HEX_SIZE];
    key_to_hex(key, hex);
    write_string(writer, name, hex);
}

static Status write_durably(const char *path, JsonWriter *writer, Buffer *buffer, Error *error)
{
    cleanup(file_writer_done) FileWriter file = FILE_WRITER_INIT;
    json_write_object_end(writer);
    if (json_writer_end(writer, error) != STATUS_OK)
        return error_prefix(error, "%s", path);
    TRY(buffer_append_byte(buffer, '\n', error));
    TRY(file_writer_open(path, 0600, &file, error));
    TRY(file_writer_write(&file, buffer->data, buffer->size, error));
    return file_writer_commit(&file, error);
}

Status fetch_state_save(const char *path, const FetchState *state, Error *error)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(FILE_CEILING);
    JsonWriter writer = json_writer_make(&buffer, true);
    json_write_object_begin(&writer);
    write_number(&writer, TEXT("version"), FETCH_VERSION);
    write_digest(&writer, TEXT("request"), &state->request);
    write_number(&writer, TEXT("started_at"), state->started_at);
    write_flag(&writer, TEXT("has_since"), state->has_since);
    write_number(&writer, TEXT("since"), state->since);
    write_flag(&writer, TEXT("is_complete"), state->is_complete);
    write_number(&writer, TEXT("page_count"), state->page_count);
    write_number(&writer, TEXT("bytes"), state->bytes);
    write_string(&writer, TEXT("position"), state->position);
    write_string(&writer, TEXT("job"), state->job);
    write_digest(&writer, TEXT("last"), &state->last);
    write_digest(&writer, TEXT("landmark"), &state->landmark);
    write_number(&writer, TEXT("steps"), state->steps);
    write_number(&writer, TEXT("power"), state->power);
    return write_durably(path, &writer, &buffer, error);
}

Status fetch_mark_save(const char *path, const FetchMark *mark, Error *error)
{
    cleanup(buffer_done) Buffer buffer = buffer_make(FILE_CEILING);
    JsonWriter writer = json_writer_make(&buffer, true);
    json_write_object_begin(&writer);
    write_number(&writer, TEXT("version"), FETCH_VERSION);
    write_digest(&writer, TEXT("mapping"), &mark->mapping);
    write_number(&writer, TEXT("started_at"), mark->started_at);
    return write_durably(path, &writer, &buffer, error);
}

/* --- steps ---------------------------------------------------------------------------------------------------- */

bool fetch_state_step(FetchState *state, const char *position)
{
    Key here = hash_bytes(text_from(position));
    if (state->position && strcmp(state->position, position) == 0)
        return false;
    if (state->power && key_equal(&state->landmark, &here))
        return false;
    if (++state->steps > state->power) {
        state->landmark = here;
        state->power = state->power ? 2 * state->power : 1;
        state->steps = 0;
    }
    state->position = position;
    return true;
}
