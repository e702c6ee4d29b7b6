#include "common/utf8.h"
#include "common/weblog/format_build.h"

static const struct NginxVariable {
    const char *name;
    WeblogField field;
    unsigned rank;
    WeblogUnit unit;
} variables[] = {
    {"remote_addr", WEBLOG_ADDRESS, 0, 0},
    {"realip_remote_addr", WEBLOG_ADDRESS, 1, 0},
    {"remote_user", WEBLOG_USER, 0, 0},
    {"request", WEBLOG_REQUEST, 0, 0},
    {"request_method", WEBLOG_METHOD, 0, 0},
    {"request_uri", WEBLOG_TARGET, 0, 0},
    {"uri", WEBLOG_PATH, 0, 0},
    {"document_uri", WEBLOG_PATH, 0, 0},
    {"args", WEBLOG_QUERY, 0, 0},
    {"query_string", WEBLOG_QUERY, 0, 0},
    {"server_protocol", WEBLOG_PROTOCOL, 0, 0},
    {"status", WEBLOG_STATUS, 0, 0},
    {"body_bytes_sent", WEBLOG_BYTES, 0, 0},
    {"bytes_sent", WEBLOG_BYTES, 1, 0},
    {"host", WEBLOG_HOST, 0, 0},
    {"server_name", WEBLOG_HOST, 1, 0},
    {"request_time", WEBLOG_DURATION, 0, WEBLOG_SECONDS},
};

/* http_user_agent is the header user-agent. */
static Status add_header(WeblogBuilder *builder, Text name)
{
    char *copy = arena_copy(builder->arena, name);
    if (!copy)
        return error_set(builder->error, ERROR_CONFIG, "'log_format' needs more memory than is set aside for it");
    for (size_t i = 0; i < name.size; i++)
        if (copy[i] == '_')
            copy[i] = '-';
    Text header = {copy, name.size};
    return weblog_builder_item(
        builder, (WeblogItem){.field = WEBLOG_HEADER, .name = header, .is_list = text_is(header, "x-forwarded-for")});
}

static Text behind_prefix(Text name, const char *prefix)
{
    size_t size = strlen(prefix);
    return name.size > size && text_starts_with(name, text_from(prefix)) ? (Text){name.data + size, name.size - size}
                                                                         : TEXT_NULL;
}

static Status add_variable(WeblogBuilder *builder, Text name)
{
    WeblogItem item = {.field = WEBLOG_OTHER, .name = name};
    Text header = behind_prefix(name, "http_"), cookie = behind_prefix(name, "cookie_");
    Text parameter = behind_prefix(name, "arg_");
    if (text_is(name, "time_local"))
        return weblog_builder_common_time(builder, name);
    if (text_is(name, "msec"))
        return weblog_builder_time(builder, name, TEXT("epoch"));
    if (text_is(name, "is_args"))
        return weblog_builder_question_mark(builder, name);
    if (!text_is_null(header))
        return add_header(builder, header);
    if (!text_is_null(cookie)) {
        item.field = WEBLOG_COOKIE;
        item.name = cookie;
    } else if (!text_is_null(parameter)) {
        item.field = WEBLOG_PARAMETER;
        item.name = parameter;
    } else if (text_is(name, "time_iso8601")) {
        item.field = WEBLOG_TIME;
        item.time = WEBLOG_TIME_ISO;
    }
    item.is_list = text_starts_with(name, TEXT("upstream_")) || text_is(name, "proxy_add_x_forwarded_for");
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (text_is(name, variables[i].name)) {
            item.field = variables[i].field;
            item.rank = variables[i].rank;
            item.unit = variables[i].unit;
        }
    return weblog_builder_item(builder, item);
}

static bool is_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/* $name or ${name}; the text begins with the dollar. */
static Status take_variable(WeblogBuilder *builder, Text *rest)
{
    bool has_braces = rest->size > 1 && rest->data[1] == '{';
    size_t start = has_braces ? 2 : 1, end = start;
    while (end < rest->size && is_name(rest->data[end]))
        end++;
    bool is_closed = !has_braces || (end < rest->size && rest->data[end] == '}');
    if (end == start || !is_closed) {
        error_set(builder->error, ERROR_CONFIG, "'log_format' has a dollar that begins no variable");
        return error_hint(builder->error, "such as $remote_addr, $time_local, $request, $status, $http_user_agent, "
                                          "$cookie_NAME");
    }
    Text name = {rest->data + start, end - start};
    end += has_braces;
    *rest = (Text){rest->data + end, rest->size - end};
    return add_variable(builder, name);
}

static Status take_piece(WeblogBuilder *builder, Text piece)
{
    while (piece.size) {
        if (piece.data[0] == '$') {
            TRY(take_variable(builder, &piece));
            continue;
        }
        TRY(weblog_builder_literal(builder, piece.data[0]));
        piece = (Text){piece.data + 1, piece.size - 1};
    }
    return STATUS_OK;
}

static Text skip_word(Text text)
{
    size_t end = 0;
    while (end < text.size && !strchr(" \t\n\r", text.data[end]))
        end++;
    return text_trim((Text){text.data + end, text.size - end});
}

/* A piece in quotes: in them a backslash stands before a quote, before itself, and makes t a tab. */
static Status take_quoted(WeblogBuilder *builder, Text *rest)
{
    char quote = rest->data[0], *bytes = arena_copy(builder->arena, *rest);
    size_t at = 1, size = 0;
    if (!bytes)
        return error_set(builder->error, ERROR_CONFIG, "'log_format' needs more memory than is set aside for it");
    for (; at < rest->size && rest->data[at] != quote; at++) {
        bool is_escape = rest->data[at] == '\\' && at + 1 < rest->size && strchr("'\"\\t", rest->data[at + 1]);
        at += is_escape;
        bytes[size++] = is_escape && rest->data[at] == 't' ? '\t' : rest->data[at];
    }
    if (at == rest->size)
        return error_set(builder->error, ERROR_CONFIG, "'log_format' opens a quote (%c) and never closes it", quote);
    *rest = text_trim((Text){rest->data + at + 1, rest->size - at - 1});
    return take_piece(builder, (Text){bytes, size});
}

Status weblog_format_parse_nginx(Text text, WeblogBuilder *builder)
{
    Text rest = text_trim(text);
    if (!text_starts_with(rest, TEXT("log_format ")) && !text_starts_with(rest, TEXT("log_format\t")))
        return take_piece(builder, rest);
    rest = skip_word(skip_word(rest));
    if (text_starts_with(rest, TEXT("escape=")))
        rest = skip_word(rest);
    while (rest.size && (rest.data[0] == '\'' || rest.data[0] == '"'))
        TRY(take_quoted(builder, &rest));
    if (rest.size == 0 || text_is(rest, ";"))
        return STATUS_OK;
    if (builder->format.count || builder->literal.size)
        return error_set(builder->error, ERROR_CONFIG, "'log_format' has '%.*s' behind its last quote",
                         TEXT_PRINTF(utf8_truncate(rest, 40)));
    if (text_ends_with(rest, TEXT(";")))
        rest.size--;
    return take_piece(builder, rest);
}
