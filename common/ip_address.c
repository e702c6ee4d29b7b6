#include "common/ip_address.h"

#include <arpa/inet.h>

enum { V4_BITS = 32, ALL_BITS = 128, V4_OFFSET = 12 };

static bool parse_v4(Text text, IpAddress *ret_address)
{
    char terminated[INET_ADDRSTRLEN];
    if (text.size == 0 || text.size >= sizeof terminated || memchr(text.data, '\0', text.size))
        return false;
    memcpy(terminated, text.data, text.size);
    terminated[text.size] = '\0';
    IpAddress address = {{[10] = 0xFF, [11] = 0xFF}};
    if (inet_pton(AF_INET, terminated, address.bytes + V4_OFFSET) != 1)
        return false;
    *ret_address = address;
    return true;
}

static bool parse_v6(Text text, IpAddress *ret_address)
{
    char terminated[INET6_ADDRSTRLEN];
    if (text.size == 0 || text.size >= sizeof terminated || memchr(text.data, '\0', text.size))
        return false;
    memcpy(terminated, text.data, text.size);
    terminated[text.size] = '\0';
    IpAddress address;
    if (inet_pton(AF_INET6, terminated, address.bytes) != 1)
        return false;
    *ret_address = address;
    return true;
}

static bool is_port(Text text)
{
    if (text.size < 2 || text.size > 6 || text.data[0] != ':')
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

bool ip_address_read(Text text, IpAddress *ret_address)
{
    text = text_trim((Text){text.data, text_find(text, ',')});
    if (text.size && text.data[0] == '[') {
        size_t end = text_find(text, ']');
        if (end == text.size || (end + 1 < text.size && !is_port((Text){text.data + end + 1, text.size - end - 1})))
            return false;
        text = (Text){text.data + 1, end - 1};
        return parse_v6((Text){text.data, text_find(text, '%')}, ret_address);
    }
    size_t colon = text_find(text, ':');
    if (colon == text.size || is_port((Text){text.data + colon, text.size - colon}))
        return parse_v4((Text){text.data, colon}, ret_address);
    return parse_v6((Text){text.data, text_find(text, '%')}, ret_address);
}

static bool has_rest(const IpRange *range)
{
    for (unsigned bit = range->bits; bit < ALL_BITS; bit++)
        if (range->first.bytes[bit / 8] >> (7 - bit % 8) & 1)
            return true;
    return false;
}

const char *ip_range_parse(Text text, IpRange *ret_range)
{
    size_t slash = text_find(text, '/');
    Text address = {text.data, slash};
    IpRange range = {.bits = ALL_BITS};
    bool is_v4 = parse_v4(address, &range.first);
    if (!is_v4 && !parse_v6(address, &range.first))
        return "is no address such as 10.0.0.0/8 or 2001:db8::/32";
    if (slash < text.size) {
        long long bits;
        Text number = {text.data + slash + 1, text.size - slash - 1};
        if (number.size == 0 || number.size > 3 || number.data[0] < '0' || !text_to_int64(number, &bits) ||
            bits > (is_v4 ? V4_BITS : ALL_BITS))
            return is_v4 ? "has no number of bits from 0 to 32 behind the slash"
                         : "has no number of bits from 0 to 128 behind the slash";
        range.bits = (unsigned)bits + (is_v4 ? ALL_BITS - V4_BITS : 0);
    }
    if (has_rest(&range))
        return "names an address within the range, not its first one";
    *ret_range = range;
    return NULL;
}

bool ip_range_holds(const IpRange *range, const IpAddress *address)
{
    size_t whole = range->bits / 8;
    unsigned rest = range->bits % 8;
    if (memcmp(range->first.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || (range->first.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}
