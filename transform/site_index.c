#include "transform/site_index.h"

#include "common/hash.h"

enum { HOST_MAX = 253 }; /* of a name in the DNS; a longer one is no site, and would take long to say so */

/* What a key may match. */
enum {
    MATCH_WHOLE = 1,  /* the host itself */
    MATCH_BELOW = 2,  /* any host below it */
    MATCH_SUFFIX = 4, /* as a label in front of a public suffix */
    MATCH_REST = 8,   /* as the first label, whatever follows */
};

/* The slot of the key with that text, or the free slot where it belongs. */
static size_t find_slot(const SiteIndex *index, Text text)
{
    size_t slot = hash_bytes_64(text) % SITE_SLOTS;
    while (index->slots[slot] && !text_equal(index->keys[index->slots[slot] - 1].text, text))
        slot = (slot + 1) % SITE_SLOTS;
    return slot;
}

static const SiteKey *find_key(const SiteIndex *index, Text text)
{
    uint16_t position = index->slots[find_slot(index, text)];
    return position ? &index->keys[position - 1] : NULL;
}

/* A key that is there already keeps its site. */
static bool add_key(SiteIndex *index, Text text, const ChannelSite *site, unsigned matches)
{
    size_t slot = find_slot(index, text);
    if (index->slots[slot]) {
        SiteKey *key = &index->keys[index->slots[slot] - 1];
        key->matches |= (uint8_t)matches;
        return true;
    }
    if (index->key_count == SITE_KEYS_MAX)
        return false;
    index->keys[index->key_count++] = (SiteKey){text, site, (uint8_t)matches};
    index->slots[slot] = (uint16_t)index->key_count;
    return true;
}

static bool add_pattern(SiteIndex *index, const ChannelSite *site)
{
    Text text = text_from(site->pattern);
    unsigned matches = 0;
    if (text_starts_with(text, TEXT("*."))) {
        text = (Text){text.data + 2, text.size - 2};
        matches = MATCH_BELOW;
    }
    if (text_ends_with(text, TEXT(".**"))) {
        text.size -= 3;
        matches |= MATCH_REST;
    } else if (text_ends_with(text, TEXT(".*"))) {
        text.size -= 2;
        matches |= MATCH_SUFFIX;
    } else {
        matches |= MATCH_WHOLE;
    }
    return add_key(index, text, site, matches);
}

bool site_index_make(SiteIndex *index)
{
    memset(index, 0, sizeof *index);
    for (size_t i = 0; i < channel_site_count; i++) {
        if (!add_pattern(index, &channel_sites[i]))
            return false;
    }
    for (size_t i = 0; i < channel_site_count; i++) {
        if (!add_key(index, text_from(channel_sites[i].source), &channel_sites[i], MATCH_WHOLE))
            return false;
    }
    return true;
}

static bool is_letters(Text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 'a' || text.data[i] > 'z')
            return false;
    }
    return text.size >= 2;
}

/* A public suffix as national versions of a site have one: "de", "com", "co.uk", "com.br". */
static bool is_public_suffix(Text text)
{
    static const char *const seconds[] = {"co", "com", "net", "org", "ne", "or"};
    size_t dot = text_find(text, '.');
    Text first = {text.data, dot};
    if (dot == text.size)
        return is_letters(text);
    Text second = {text.data + dot + 1, text.size - dot - 1};
    if (second.size != 2 || !is_letters(second))
        return false;
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        if (text_is(first, seconds[i]))
            return true;
    }
    return false;
}

static Text without_prefix(Text host)
{
    if (text_starts_with(host, TEXT("www.")))
        return (Text){host.data + 4, host.size - 4};
    if (text_starts_with(host, TEXT("m.")))
        return (Text){host.data + 2, host.size - 2};
    return host;
}

const ChannelSite *site_index_find(const SiteIndex *index, Text host)
{
    Text rest = without_prefix(host);
    if (host.size > HOST_MAX)
        return NULL;
    for (bool is_first = true; rest.size; is_first = false) {
        unsigned wanted = is_first ? MATCH_WHOLE : MATCH_BELOW;
        const SiteKey *key = find_key(index, rest);
        if (key && key->matches & wanted)
            return key->site;
        size_t dot = text_find(rest, '.');
        if (dot == rest.size)
            return NULL;
        Text label = {rest.data, dot};
        rest = (Text){rest.data + dot + 1, rest.size - dot - 1};
        key = find_key(index, label);
        if (key && key->matches & MATCH_SUFFIX && (is_first || key->matches & MATCH_BELOW) && is_public_suffix(rest))
            return key->site;
        if (key && key->matches & MATCH_REST && is_first)
            return key->site;
    }
    return NULL;
}
