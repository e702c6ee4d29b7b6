#include "common/weblog/format_build.h"

static const char common_shape[] = "%d/%b/%Y:%H:%M:%S %z";

WeblogBuilder weblog_builder_make(WeblogStyle style, Arena *arena, Error *error)
{
    return (WeblogBuilder){
        .format = {.style = style},
        .arena = arena,
        .error = error,
        .literal = buffer_make(WEBLOG_LITERAL_MAX),
        .time_item = -1,
    };
}

void weblog_builder_done(WeblogBuilder *builder)
{
    buffer_done(&builder->literal);
}

static Status no_room(const WeblogBuilder *builder)
{
    return error_set(builder->error, ERROR_CONFIG, "'log_format' needs more memory than is set aside for it");
}

static Status too_long(const WeblogBuilder *builder, const char *what)
{
    return error_set(builder->error, ERROR_CONFIG, "'log_format' has %s", what);
}

Status weblog_builder_literal(WeblogBuilder *builder, char byte)
{
    if (builder->literal.size == WEBLOG_LITERAL_MAX)
        return too_long(builder, "too long a text between two values");
    return buffer_append_byte(&builder->literal, byte, builder->error);
}

/* The first byte of every value of that field, 0 if it is not known. */
static char first_byte(const WeblogItem *item)
{
    if (item->field == WEBLOG_TARGET || item->field == WEBLOG_PATH)
        return '/';
    return item->field == WEBLOG_QUERY && text_starts_with(item->name, TEXT("%")) ? '?' : '\0';
}

static Status side_by_side(const WeblogBuilder *builder, const WeblogItem *last, const WeblogItem *next)
{
    error_set(builder->error, ERROR_CONFIG,
              "'log_format' has '%.*s' and '%.*s' with nothing between them, so that nobody can tell where one ends",
              TEXT_PRINTF(last->name), TEXT_PRINTF(next->name));
    return error_hint(builder->error, "put something between them in the server's configuration, best within quotes");
}

/* What was collected since the last item stands behind it. */
static Status flush(WeblogBuilder *builder, const WeblogItem *next)
{
    WeblogFormat *format = &builder->format;
    Text literal = arena_copy_text(builder->arena, buffer_text(&builder->literal));
    if (text_is_null(literal))
        return no_room(builder);
    buffer_clear(&builder->literal);
    if (format->count == 0) {
        format->ahead = literal;
        return STATUS_OK;
    }
    WeblogItem *last = &format->items[format->count - 1];
    last->behind = literal;
    if (next && literal.size == 0) {
        last->stop = first_byte(next);
        return last->stop ? STATUS_OK : side_by_side(builder, last, next);
    }
    return STATUS_OK;
}

static WeblogItem *last_item(WeblogBuilder *builder)
{
    return builder->format.count ? &builder->format.items[builder->format.count - 1] : NULL;
}

/* A path and the query right behind it are what the client asked for, in one piece. */
static bool join_query(WeblogBuilder *builder, const WeblogItem *item)
{
    WeblogItem *last = last_item(builder);
    bool is_joined = item->field == WEBLOG_QUERY && last && builder->literal.size == 0 &&
                     (builder->awaits_query || (last->field == WEBLOG_PATH && first_byte(item) == '?'));
    builder->awaits_query = false;
    if (is_joined)
        last->field = WEBLOG_TARGET;
    return is_joined;
}

static Status add(WeblogBuilder *builder, WeblogItem item, Text shape)
{
    WeblogFormat *format = &builder->format;
    if (format->count == WEBLOG_ITEMS_MAX)
        return too_long(builder, "too many values");
    if (join_query(builder, &item))
        return STATUS_OK;
    item.name = arena_copy_text(builder->arena, item.name);
    if (text_is_null(item.name))
        return no_room(builder);
    TRY(flush(builder, &item));
    builder->was_time = false;
    builder->shapes[format->count] = shape;
    format->items[format->count++] = item;
    return STATUS_OK;
}

Status weblog_builder_item(WeblogBuilder *builder, WeblogItem item)
{
    return add(builder, item, TEXT_NULL);
}

Status weblog_builder_common_time(WeblogBuilder *builder, Text name)
{
    return add(builder, (WeblogItem){.field = WEBLOG_TIME, .time = WEBLOG_TIME_COMMON, .name = name},
               text_from(common_shape));
}

/* The shape of a time that goes on: what it was, what stands between, and the format. */
static Status extend_time(WeblogBuilder *builder, Text format)
{
    cleanup(buffer_done) Buffer shape = buffer_make(WEBLOG_TIME_MAX);
    Text *last = &builder->shapes[builder->format.count - 1], between = buffer_text(&builder->literal);
    Status status = buffer_append(&shape, *last, builder->error);
    for (size_t i = 0; status == STATUS_OK && i < between.size; i++) {
        status = buffer_append_byte(&shape, between.data[i], builder->error);
        if (status == STATUS_OK && between.data[i] == '%')
            status = buffer_append_byte(&shape, '%', builder->error);
    }
    if (status == STATUS_OK)
        status = buffer_append(&shape, format, builder->error);
    if (status != STATUS_OK)
        return too_long(builder, "too long a time");
    *last = arena_copy_text(builder->arena, buffer_text(&shape));
    buffer_clear(&builder->literal);
    return text_is_null(*last) ? no_room(builder) : STATUS_OK;
}

Status weblog_builder_time(WeblogBuilder *builder, Text name, Text format)
{
    if (builder->was_time)
        return extend_time(builder, format);
    Text shape = arena_copy_text(builder->arena, format);
    if (text_is_null(shape))
        return no_room(builder);
    bool is_first = builder->time_item < 0;
    WeblogItem item = {
        .field = is_first ? WEBLOG_TIME : WEBLOG_OTHER, .time = WEBLOG_TIME_FORMAT, .rank = 1, .name = name};
    if (is_first)
        builder->time_item = (int)builder->format.count;
    TRY(add(builder, item, shape));
    builder->was_time = true;
    return STATUS_OK;
}

Status weblog_builder_question_mark(WeblogBuilder *builder, Text name)
{
    const WeblogItem *last = last_item(builder);
    builder->awaits_query = last && last->field == WEBLOG_PATH && builder->literal.size == 0;
    if (builder->awaits_query)
        return STATUS_OK;
    error_set(builder->error, ERROR_CONFIG, "'log_format' has '%.*s' without a path before it", TEXT_PRINTF(name));
    return error_hint(builder->error, "write $uri$is_args$args, or better $request_uri, which is the same in one");
}

/* What is a word by itself cannot swallow the rest of a line that has more in it than its format. */
static bool is_word(WeblogField field)
{
    return field == WEBLOG_ADDRESS || field == WEBLOG_METHOD || field == WEBLOG_PROTOCOL || field == WEBLOG_STATUS ||
           field == WEBLOG_BYTES || field == WEBLOG_HOST || field == WEBLOG_DURATION;
}

static unsigned count_occurrences(Text text, Text part)
{
    unsigned count = 0;
    for (size_t i = 0; part.size && i + part.size <= text.size; i++)
        count += memcmp(text.data + i, part.data, part.size) == 0;
    return count;
}

static Status compile_time(WeblogBuilder *builder)
{
    if (builder->time_item < 0)
        return STATUS_OK;
    Text shape = builder->shapes[builder->time_item];
    if (time_format_compile(shape, &builder->format.time, builder->error) == STATUS_OK)
        return STATUS_OK;
    return error_prefix(builder->error, "the time '%.*s' in 'log_format'", TEXT_PRINTF(shape));
}

Status weblog_builder_end(WeblogBuilder *builder, WeblogFormat *ret_format)
{
    WeblogFormat *format = &builder->format;
    if (format->count == 0) {
        error_set(builder->error, ERROR_CONFIG, "'log_format' names no value");
        return error_hint(builder->error, "it is common, combined, vhost_combined, w3c, or what stands in the server's "
                                          "configuration: '%%h %%l %%u %%t ...' or '$remote_addr ...'");
    }
    TRY(flush(builder, NULL));
    WeblogItem *last = last_item(builder);
    last->is_word = last->behind.size == 0 && is_word(last->field);
    for (size_t i = 0; i < format->count; i++)
        format->items[i].skips = count_occurrences(builder->shapes[i], format->items[i].behind);
    TRY(compile_time(builder));
    *ret_format = *format;
    return STATUS_OK;
}
