#include "transform/email.h"

#include "common/utf8.h"
#include "transform/code_point.h"

static bool is_letter_or_digit(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* RFC 5322 atext, and the bytes of other characters (RFC 6532). */
static bool is_atom_byte(unsigned char byte)
{
    return is_letter_or_digit(byte) || byte >= 0x80 || (byte > ' ' && strchr("!#$%&'*+/=?^_`{|}~-", byte));
}

/* Control characters (C1), no-break space and zero-width characters may not stand in an address: they are invisible,
 * and make two of one. */
static bool is_hidden(uint32_t point)
{
    return (point >= 0x7F && point <= 0xA0) || point == 0xAD || (point >= 0x2000 && point <= 0x200F) ||
           (point >= 0x2028 && point <= 0x202F) || (point >= 0x205F && point <= 0x206F) || point == 0x3000 ||
           point == 0xFEFF || point == 0xFFFD;
}

static bool is_visible(Text text)
{
    if (!utf8_is_valid(text))
        return false;
    for (size_t i = 0; i < text.size;) {
        uint32_t point;
        i += code_point_read(text.data + i, &point);
        if (is_hidden(point))
            return false;
    }
    return true;
}

static bool is_local_part(Text local)
{
    if (local.size == 0 || local.size > EMAIL_LOCAL_MAX)
        return false;
    bool was_dot = true;
    for (size_t i = 0; i < local.size; i++) {
        bool is_dot = local.data[i] == '.';
        if (is_dot ? was_dot : !is_atom_byte((unsigned char)local.data[i]))
            return false;
        was_dot = is_dot;
    }
    return !was_dot;
}

static bool is_label(Text label, bool *ret_is_number)
{
    if (label.size == 0 || label.size > EMAIL_LABEL_MAX || label.data[0] == '-' || label.data[label.size - 1] == '-')
        return false;
    bool is_number = true;
    for (size_t i = 0; i < label.size; i++) {
        unsigned char byte = (unsigned char)label.data[i];
        if (!is_letter_or_digit(byte) && byte != '-' && byte < 0x80)
            return false;
        is_number = is_number && byte >= '0' && byte <= '9';
    }
    *ret_is_number = is_number;
    return true;
}

static bool is_domain(Text domain)
{
    size_t labels = 0;
    bool is_number = true;
    for (size_t at = 0; at <= domain.size; labels++) {
        Text rest = {domain.data + at, domain.size - at};
        Text label = {rest.data, text_find(rest, '.')};
        if (!is_label(label, &is_number))
            return false;
        at += label.size + 1;
    }
    return labels >= 2 && !is_number;
}

static Text unwrap(Text text)
{
    text = text_trim(text);
    if (text.size && text.data[text.size - 1] == '>') {
        const char *open = memrchr(text.data, '<', text.size);
        if (open) {
            size_t before = (size_t)(open - text.data) + 1;
            text = text_trim((Text){text.data + before, text.size - before - 1});
        }
    }
    static const Text scheme = {"mailto:", 7};
    if (text.size > scheme.size && text_equal_ignore_case((Text){text.data, scheme.size}, scheme)) {
        text = (Text){text.data + scheme.size, text.size - scheme.size};
        text.size = text_find(text, '?');
        text = text_trim(text);
    }
    return text;
}

bool email_normalize(Text raw, Arena *arena, Text *ret_email)
{
    Text email = unwrap(raw);
    if (email.size == 0 || email.size > EMAIL_MAX)
        return false;
    size_t at = text_find(email, '@');
    if (at == email.size)
        return false;
    Text local = {email.data, at}, domain = {email.data + at + 1, email.size - at - 1};
    if (!is_local_part(local) || !is_domain(domain) || !is_visible(email))
        return false;
    char *copy = arena_copy(arena, email);
    if (!copy)
        return false;
    for (size_t i = 0; i < email.size; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] | 0x20);
    }
    *ret_email = (Text){copy, email.size};
    return true;
}

Text email_domain(Text email)
{
    const char *at = email.size ? memrchr(email.data, '@', email.size) : NULL;
    return at ? (Text){at + 1, (size_t)(email.data + email.size - at) - 1} : TEXT_NULL;
}

/* The part of a local part that a mask shows: its first character, if it is whole and no escape. */
static size_t shown_size(Text local)
{
    if (local.size == 0 || local.data[0] == '%')
        return 0;
    size_t size = 1;
    while (size < local.size && ((unsigned char)local.data[size] & 0xC0) == 0x80)
        size++;
    return size <= 4 && utf8_is_valid((Text){local.data, size}) ? size : 0;
}

Text email_mask(Text email, Arena *arena)
{
    Text domain = email_domain(email);
    if (text_is_null(domain))
        return TEXT("***");
    Text local = {email.data, email.size - domain.size - 1};
    size_t shown = shown_size(local), size = shown + 4 + domain.size;
    char *mask = arena_allocate(arena, size);
    if (!mask)
        return TEXT_NULL;
    memcpy(mask, local.data, shown);
    memcpy(mask + shown, "***@", 4);
    if (domain.size)
        memcpy(mask + shown + 4, domain.data, domain.size);
    return (Text){mask, size};
}

/* Size of the @ at this place, in any of the ways to write it; 0 if there is none. */
static size_t at_sign_size(Text raw, size_t at)
{
    static const Text signs[] = {{"%40", 3}, {"\\u0040", 6}, {"&#64;", 5}, {"&#x40;", 6}};
    if (raw.data[at] == '@')
        return 1;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (raw.data[at] == signs[i].data[0] && raw.size - at >= signs[i].size &&
            text_equal_ignore_case((Text){raw.data + at, signs[i].size}, signs[i]))
            return signs[i].size;
    }
    return 0;
}

/* Narrower than is_atom_byte(): a text around an address is full of = & / ? and quotes, and an address hardly ever. */
static bool is_inner_local_byte(unsigned char byte)
{
    return is_letter_or_digit(byte) || byte >= 0x80 || (byte > ' ' && strchr("._%+-~", byte));
}

static bool is_inner_domain_byte(unsigned char byte)
{
    return is_letter_or_digit(byte) || byte >= 0x80 || byte == '-';
}

/* Size of the domain at the start: labels with dots between them, at least two, the last with a letter in front. 0 if
 * there is none. */
static size_t inner_domain_size(Text raw)
{
    size_t size = 0;
    for (size_t at = 0; at < raw.size; at++) {
        size_t label = at;
        while (at < raw.size && is_inner_domain_byte((unsigned char)raw.data[at]))
            at++;
        if (at == label)
            break;
        unsigned char first = (unsigned char)raw.data[label];
        if (label && (first >= 0x80 || (first | 0x20) >= 'a'))
            size = at;
        if (at == raw.size || raw.data[at] != '.')
            break;
    }
    return size;
}

/* One address inside of a text: positions of its first byte, its @, its domain and the byte behind it. */
typedef struct Found {
    size_t local, at, domain, end;
} Found;

/* The first address at or after `from`. Looks back no further than `from`, so a whole text costs linear time: each run
 * of bytes is looked at forwards once and, for the next @, backwards once. */
static bool find_next(Text raw, size_t from, Found *ret_found)
{
    size_t start = from; /* of the run of local part's bytes that ends here */
    for (size_t i = from; i < raw.size; i++) {
        size_t sign = at_sign_size(raw, i);
        if (!sign) {
            if (!is_inner_local_byte((unsigned char)raw.data[i]))
                start = i + 1;
            continue;
        }
        size_t domain = i + sign;
        size_t size = i > start ? inner_domain_size((Text){raw.data + domain, raw.size - domain}) : 0;
        if (size) {
            *ret_found = (Found){start, i, domain, domain + size};
            return true;
        }
        start = domain;
        i = domain - 1;
    }
    return false;
}

bool email_find(Text raw, Text *ret_found)
{
    Found found;
    if (!find_next(raw, 0, &found))
        return false;
    *ret_found = (Text){raw.data + found.local, found.end - found.local};
    return true;
}

Text mask_addresses(Text raw, Arena *arena)
{
    Found found;
    if (!find_next(raw, 0, &found))
        return raw;
    /* An address may grow by three bytes ("a@b.c" has one in its local part) and takes at least five. */
    char *masked = arena_allocate(arena, raw.size * 2);
    if (!masked)
        return TEXT_NULL;
    size_t size = 0, from = 0;
    do {
        Text local = {raw.data + found.local, found.at - found.local};
        size_t kept = found.local - from + shown_size(local);
        memcpy(masked + size, raw.data + from, kept);
        memcpy(masked + size + kept, "***", 3);
        size += kept + 3;
        memcpy(masked + size, raw.data + found.at, found.end - found.at);
        size += found.end - found.at;
        from = found.end;
    } while (find_next(raw, from, &found));
    memcpy(masked + size, raw.data + from, raw.size - from);
    return (Text){masked, size + raw.size - from};
}
