#include "extract/transport/address.h"

#include <curl/curl.h>
#include <stdlib.h>

/* --- whole addresses ------------------------------------------------------------------------------------------ */

static void free_handle(CURLU **handle)
{
    curl_url_cleanup(*handle);
}

static void free_part(char **part)
{
    curl_free(*part);
}

static CURLU *parse(const char *address)
{
    CURLU *handle = curl_url();
    if (handle && curl_url_set(handle, CURLUPART_URL, address, 0) == CURLUE_OK)
        return handle;
    curl_url_cleanup(handle);
    return NULL;
}

static bool has_part(CURLU *handle, CURLUPart what)
{
    cleanup(free_part) char *part = NULL;
    return curl_url_get(handle, what, &part, 0) == CURLUE_OK && *part;
}

static bool is_http(CURLU *handle)
{
    cleanup(free_part) char *scheme = NULL;
    if (curl_url_get(handle, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return false;
    return strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0;
}

static bool is_clean(Text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7f)
            return false;
    return text.size > 0 && text.size <= ADDRESS_MAX;
}

Status address_resolve(const char *base, Text reference, Arena *arena, const char **ret_address, Error *error)
{
    cleanup(free_handle) CURLU *handle = parse(base);
    cleanup(free_part) char *whole = NULL;
    const char *copy = is_clean(reference) ? arena_copy(arena, reference) : NULL;
    if (!handle || !copy || curl_url_set(handle, CURLUPART_URL, copy, 0) != CURLUE_OK || !is_http(handle) ||
        has_part(handle, CURLUPART_USER) || has_part(handle, CURLUPART_PASSWORD))
        return error_set(error, ERROR_DATA, "it names an address that is none");
    curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    if (curl_url_get(handle, CURLUPART_URL, &whole, 0) != CURLUE_OK ||
        !(*ret_address = arena_copy(arena, text_from(whole))))
        return error_no_memory(error);
    return STATUS_OK;
}

static bool is_same_part(CURLU *a, CURLU *b, CURLUPart what, unsigned int flags)
{
    cleanup(free_part) char *of_a = NULL;
    cleanup(free_part) char *of_b = NULL;
    return curl_url_get(a, what, &of_a, flags) == CURLUE_OK && curl_url_get(b, what, &of_b, flags) == CURLUE_OK &&
           text_is_ignore_case(text_from(of_a), of_b);
}

bool address_is_same_server(const char *a, const char *b)
{
    cleanup(free_handle) CURLU *of_a = parse(a);
    cleanup(free_handle) CURLU *of_b = parse(b);
    return of_a && of_b && is_same_part(of_a, of_b, CURLUPART_SCHEME, 0) &&
           is_same_part(of_a, of_b, CURLUPART_HOST, 0) && is_same_part(of_a, of_b, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

bool address_is_loopback(const char *address)
{
    cleanup(free_handle) CURLU *handle = parse(address);
    cleanup(free_part) char *host = NULL;
    if (!handle || curl_url_get(handle, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return false;
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

/* --- parameters ----------------------------------------------------------------------------------------------- */

static int digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Whether an encoded name means these characters. */
static bool means(Text encoded, Text name)
{
    size_t at = 0;
    for (size_t i = 0; i < encoded.size; i++, at++) {
        char byte = encoded.data[i] == '+' ? ' ' : encoded.data[i];
        if (byte == '%' && i + 2 < encoded.size && digit_of(encoded.data[i + 1]) >= 0 &&
            digit_of(encoded.data[i + 2]) >= 0) {
            byte = (char)(digit_of(encoded.data[i + 1]) * 16 + digit_of(encoded.data[i + 2]));
            i += 2;
        }
        if (at == name.size || name.data[at] != byte)
            return false;
    }
    return at == name.size;
}

const char *address_without(const char *address, Text name, Arena *arena)
{
    Text whole = text_from(address);
    size_t query = text_find(whole, '?');
    char *copy = arena_allocate(arena, whole.size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, address, query);
    size_t size = query;
    for (size_t at = query + 1; at <= whole.size && query < whole.size;) {
        Text rest = {address + at, whole.size - at};
        size_t end = text_find(rest, '&');
        Text part = {rest.data, end};
        if (end && !means((Text){part.data, text_find(part, '=')}, name)) {
            copy[size] = size == query ? '?' : '&';
            memcpy(copy + size + 1, part.data, part.size);
            size += 1 + part.size;
        }
        at += end + 1;
    }
    return copy;
}

static bool is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           strchr("-._~", byte);
}

Status address_encode(Text text, Buffer *buffer, Error *error)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte && is_plain(text.data[i])) {
            TRY(buffer_append_byte(buffer, text.data[i], error));
            continue;
        }
        const char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
        TRY(buffer_append(buffer, (Text){escape, sizeof escape}, error));
    }
    return STATUS_OK;
}

const char *address_with(const char *address, Text name, Text value, Arena *arena)
{
    Error ignored;
    cleanup(buffer_done) Buffer buffer = buffer_make(4 * ADDRESS_MAX);
    const char *rest = address_without(address, name, arena);
    if (!rest || buffer_append(&buffer, text_from(rest), &ignored) != STATUS_OK ||
        buffer_append_byte(&buffer, strchr(rest, '?') ? '&' : '?', &ignored) != STATUS_OK ||
        address_encode(name, &buffer, &ignored) != STATUS_OK ||
        buffer_append_byte(&buffer, '=', &ignored) != STATUS_OK ||
        address_encode(value, &buffer, &ignored) != STATUS_OK)
        return NULL;
    return arena_copy(arena, buffer_text(&buffer));
}

const char *address_place(const char *address, Arena *arena)
{
    Text whole = text_from(address);
    return arena_copy(arena, (Text){address, text_find(whole, '?')});
}
