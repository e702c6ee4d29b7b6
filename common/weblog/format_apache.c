#include "common/weblog/format_build.h"

/* Apache's directives: %, perhaps a condition (!200,304), < or >, {an argument}, and a letter, or ^ and two. */
typedef struct Directive {
    Text text, argument;
    char letter;
    bool is_original; /* < : of the request before it was redirected within the server */
} Directive;

static Status unknown(const WeblogBuilder *builder, const Directive *directive)
{
    error_set(builder->error, ERROR_CONFIG, "'log_format' has '%.*s', which Apache does not know",
              TEXT_PRINTF(directive->text));
    return error_hint(builder->error, "such as %%h, %%t, %%r, %%>s, %%b, %%{Referer}i, %%{User-Agent}i, %%{NAME}C");
}

static Status take_directive(WeblogBuilder *builder, Text *rest, Directive *ret_directive)
{
    const char *at = rest->data + 1, *end = rest->data + rest->size;
    Directive directive = {.argument = TEXT_NULL};
    for (; at < end && (strchr("!<>,{", *at) || (*at >= '0' && *at <= '9')) && *at; at++) {
        directive.is_original |= *at == '<';
        if (*at != '{')
            continue;
        const char *close = memchr(at, '}', (size_t)(end - at));
        if (!close)
            break;
        directive.argument = (Text){at + 1, (size_t)(close - at) - 1};
        at = close;
    }
    bool is_long = at < end && *at == '^' && end - at >= 3;
    if (at < end)
        directive.letter = is_long ? '^' : *at;
    at += is_long ? 3 : at < end;
    directive.text = (Text){rest->data, (size_t)(at - rest->data)};
    *rest = (Text){at, (size_t)(end - at)};
    if (!directive.letter || !strchr("aABbCDeFfHhIiKkLlmnOopPqRrSsTtUuVvX^", directive.letter))
        return unknown(builder, &directive);
    *ret_directive = directive;
    return STATUS_OK;
}

static WeblogUnit unit_of(Text argument)
{
    if (text_is(argument, "ms"))
        return WEBLOG_MILLISECONDS;
    return text_is(argument, "us") ? WEBLOG_MICROSECONDS : WEBLOG_SECONDS;
}

static Status add_header(WeblogBuilder *builder, Text name)
{
    char *lower = arena_copy(builder->arena, name);
    if (!lower)
        return error_set(builder->error, ERROR_CONFIG, "'log_format' has %%i without the name of a header");
    for (size_t i = 0; i < name.size; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z')
            lower[i] = (char)(lower[i] + 'a' - 'A');
    Text copy = {lower, name.size};
    return weblog_builder_item(
        builder, (WeblogItem){.field = WEBLOG_HEADER, .name = copy, .is_list = text_is(copy, "x-forwarded-for")});
}

/* %t is [01/Mar/2026:12:00:00 +0100]; %{...}t a format of strftime(), or one of a few words. */
static Status add_time(WeblogBuilder *builder, const Directive *directive)
{
    static const struct {
        const char *word, *format;
    } words[] = {
        {"sec", "epoch"}, {"msec", "epoch_ms"}, {"usec", "epoch_us"}, {"msec_frac", "%f"}, {"usec_frac", "%f"}};
    Text format = directive->argument;
    if (text_is_empty(format)) {
        TRY(weblog_builder_literal(builder, '['));
        TRY(weblog_builder_common_time(builder, directive->text));
        return weblog_builder_literal(builder, ']');
    }
    if (text_starts_with(format, TEXT("begin:")))
        format = (Text){format.data + 6, format.size - 6};
    else if (text_starts_with(format, TEXT("end:")))
        format = (Text){format.data + 4, format.size - 4};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(format, words[i].word))
            format = text_from(words[i].format);
    return weblog_builder_time(builder, directive->text, format);
}

static Status add_directive(WeblogBuilder *builder, const Directive *directive)
{
    WeblogItem item = {.field = WEBLOG_OTHER, .name = directive->text, .rank = directive->is_original};
    Text argument = directive->argument;
    switch (directive->letter) {
    case 't':
        return add_time(builder, directive);
    case 'i':
        return add_header(builder, argument);
    case 'C':
        item.field = WEBLOG_COOKIE;
        item.name = argument;
        break;
    case 'n':
    case 'e':
    case 'o':
        item.name = argument;
        break;
    case 'a':
        item.field = WEBLOG_ADDRESS;
        item.rank = text_is(argument, "c") ? 2 : 0;
        break;
    case 'h':
        item.field = WEBLOG_ADDRESS;
        item.rank = 1;
        break;
    case 'u':
        item.field = WEBLOG_USER;
        break;
    case 'r':
        item.field = WEBLOG_REQUEST;
        break;
    case 'm':
        item.field = WEBLOG_METHOD;
        break;
    case 'U':
        item.field = WEBLOG_PATH;
        break;
    case 'q':
        item.field = WEBLOG_QUERY;
        break;
    case 'H':
        item.field = WEBLOG_PROTOCOL;
        break;
    case 's':
        item.field = WEBLOG_STATUS;
        item.rank = 1 - (text_find(directive->text, '>') < directive->text.size);
        break;
    case 'b':
    case 'B':
        item.field = WEBLOG_BYTES;
        break;
    case 'O':
        item.field = WEBLOG_BYTES;
        item.rank = 1;
        break;
    case 'v':
        item.field = WEBLOG_HOST;
        break;
    case 'V':
        item.field = WEBLOG_HOST;
        item.rank = 1;
        break;
    case 'D':
        item.field = WEBLOG_DURATION;
        item.unit = WEBLOG_MICROSECONDS;
        break;
    case 'T':
        item.field = WEBLOG_DURATION;
        item.unit = unit_of(argument);
        item.rank = item.unit == WEBLOG_SECONDS;
        break;
    default:
        break;
    }
    if (text_is_empty(item.name))
        return unknown(builder, directive);
    return weblog_builder_item(builder, item);
}

/* From the first quote behind the word to its fellow; the format itself, if it is not a whole WeblogFormat line. */
static Text without_frame(Text text)
{
    text = text_trim(text);
    if (!text_starts_with(text, TEXT("LogFormat ")) && !text_starts_with(text, TEXT("LogFormat\t")))
        return text;
    text = text_trim((Text){text.data + 10, text.size - 10});
    if (!text_starts_with(text, TEXT("\"")))
        return text;
    size_t end = 1;
    while (end < text.size && text.data[end] != '"')
        end += text.data[end] == '\\' ? 2 : 1;
    return (Text){text.data + 1, (end < text.size ? end : text.size) - 1};
}

Status weblog_format_parse_apache(Text text, WeblogBuilder *builder)
{
    Text rest = without_frame(text);
    while (rest.size) {
        char byte = rest.data[0];
        bool is_pair = rest.size > 1 && ((byte == '%' && rest.data[1] == '%') ||
                                         (byte == '\\' && strchr("\"\\'t", rest.data[1]) && rest.data[1]));
        if (byte == '%' && !is_pair) {
            Directive directive = {.letter = 0};
            TRY(take_directive(builder, &rest, &directive));
            TRY(add_directive(builder, &directive));
            continue;
        }
        if (is_pair)
            byte = byte == '\\' && rest.data[1] == 't' ? '\t' : rest.data[1];
        TRY(weblog_builder_literal(builder, byte));
        rest = (Text){rest.data + 1 + is_pair, rest.size - 1 - is_pair};
    }
    return STATUS_OK;
}
