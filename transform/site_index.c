#include "transform/site_index.h"

#include "common/classification.h"
#include "common/hash.h"

#include <stdlib.h>

enum { HOST_MAX = 253 }; /* of a name in the DNS; a longer one is no site, and would take long to say so */

/* What a key may match. */
enum {
    MATCH_WHOLE = 1,  /* the host itself */
    MATCH_BELOW = 2,  /* any host below it */
    MATCH_SUFFIX = 4, /* as a label in front of a public suffix */
    MATCH_REST = 8,   /* as the first label, whatever follows */
};

const char *site_category_name(SiteCategory category)
{
    static const char *const names[SITE_CATEGORY_COUNT] = {
        [SITE_OTHER] = "other",       [SITE_SEARCH] = "search", [SITE_SOCIAL] = "social", [SITE_VIDEO] = "video",
        [SITE_SHOPPING] = "shopping", [SITE_MAIL] = "mail",     [SITE_AI] = "ai",
    };
    return names[category];
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

/* The slot of the key with that text, or the free slot where it belongs. */
static size_t find_slot(const SiteIndex *index, Text text)
{
    size_t slot = hash_bytes_64(text) & index->slot_mask;
    while (index->slots[slot] && !text_equal(index->keys[index->slots[slot] - 1].text, text))
        slot = (slot + 1) & index->slot_mask;
    return slot;
}

static const SiteKey *find_key(const SiteIndex *index, Text text)
{
    uint32_t position = index->slots[find_slot(index, text)];
    return position ? &index->keys[position - 1] : NULL;
}

static void add_key(SiteIndex *index, Text text, const Site *site, unsigned matches)
{
    size_t slot = find_slot(index, text);
    if (index->slots[slot]) {
        index->keys[index->slots[slot] - 1].matches |= (uint8_t)matches;
        return;
    }
    index->keys[index->key_count++] = (SiteKey){text, site, (uint8_t)matches};
    index->slots[slot] = (uint32_t)index->key_count;
}

/* --- the list -------------------------------------------------------------------------------------------------- */

static bool find_category(Text name, SiteCategory *ret_category)
{
    for (int category = 0; category < SITE_CATEGORY_COUNT; category++)
        if (text_is(name, site_category_name((SiteCategory)category))) {
            *ret_category = (SiteCategory)category;
            return true;
        }
    return false;
}

static bool has_upper_case(Text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 'A' && text.data[i] <= 'Z')
            return true;
    return false;
}

/* Takes the stars off. */
static Text strip_pattern(Text text, unsigned *ret_matches)
{
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
    *ret_matches = matches;
    return text;
}

/* What is wrong with a pattern; NULL if nothing is. */
static const char *pattern_flaw(Text stripped, unsigned matches)
{
    if (stripped.size == 0 || stripped.size > HOST_MAX)
        return "names no host";
    if (memchr(stripped.data, '*', stripped.size))
        return "has a star in its midst: there may be *. before a host, and .* or .** behind it";
    if (memchr(stripped.data, '/', stripped.size) || memchr(stripped.data, ':', stripped.size))
        return "is more than a host: write it without scheme, port and path";
    if (text_starts_with(stripped, TEXT("www.")) || text_starts_with(stripped, TEXT("m.")))
        return "begins with www. or m., which do not count: leave that out";
    if (matches & MATCH_REST && memchr(stripped.data, '.', stripped.size))
        return "has a dot before .**: only the first part of a host can stand before anything";
    return NULL;
}

static Status add_pattern(SiteIndex *index, const FactList *list, const Site *site, Error *error)
{
    unsigned matches;
    Text pattern = site->row->values[SITE_COLUMN_PATTERN], text = strip_pattern(pattern, &matches);
    const char *flaw = has_upper_case(pattern) ? "is not in lower case" : pattern_flaw(text, matches);
    if (flaw)
        return fact_list_error(list, site->row, error, "pattern '%.*s' %s", TEXT_PRINTF(pattern), flaw);
    const SiteKey *other = find_key(index, text);
    if (other && (other->matches & matches || other->site->category != site->category ||
                  !text_equal(other->site->source, site->source)))
        return fact_list_error(list, site->row, error, "pattern '%.*s': line %u speaks of the same hosts",
                               TEXT_PRINTF(pattern), other->site->row->line);
    add_key(index, text, site, matches);
    return STATUS_OK;
}

/* A source is known by its own name too. */
static Status add_source(SiteIndex *index, const FactList *list, const Site *site, Error *error)
{
    if (has_upper_case(site->source))
        return fact_list_error(list, site->row, error, "source '%.*s' is not in lower case", TEXT_PRINTF(site->source));
    const SiteKey *other = find_key(index, site->source);
    if (other && (other->site->category != site->category || !text_equal(other->site->source, site->source)))
        return fact_list_error(list, site->row, error, "source '%.*s': line %u says something else of it",
                               TEXT_PRINTF(site->source), other->site->row->line);
    add_key(index, site->source, site, MATCH_WHOLE);
    return STATUS_OK;
}

static Status add_sites(const FactList *list, SiteIndex *index, Error *error)
{
    for (size_t i = 0; i < list->row_count; i++) {
        Site *site = &index->sites[i];
        *site = (Site){.source = list->rows[i].values[SITE_COLUMN_SOURCE], .row = &list->rows[i]};
        Text category = list->rows[i].values[SITE_COLUMN_CATEGORY];
        if (!find_category(category, &site->category)) {
            fact_list_error(list, site->row, error, "unknown category '%.*s'", TEXT_PRINTF(category));
            return error_hint(error, "there are: search, social, video, shopping, ai, mail, other");
        }
        TRY(add_pattern(index, list, site, error));
    }
    index->site_count = list->row_count;
    for (size_t i = 0; i < index->site_count; i++)
        TRY(add_source(index, list, &index->sites[i], error));
    return STATUS_OK;
}

Status site_index_make(const FactList *list, SiteIndex *ret_index, Error *error)
{
    size_t slots = 64;
    while (slots < list->row_count * 8)
        slots *= 2;
    SiteIndex index = {.sites = calloc(list->row_count, sizeof *index.sites),
                       .keys = calloc(list->row_count * 2, sizeof *index.keys),
                       .slots = calloc(slots, sizeof *index.slots),
                       .slot_mask = slots - 1};
    Status status = index.sites && index.keys && index.slots ? add_sites(list, &index, error) : error_no_memory(error);
    if (status == STATUS_OK)
        *ret_index = index;
    else
        site_index_done(&index);
    return status;
}

void site_index_done(SiteIndex *index)
{
    free(index->sites);
    free(index->keys);
    free(index->slots);
    *index = (SiteIndex){.sites = NULL};
}

/* --- hosts ----------------------------------------------------------------------------------------------------- */

static bool is_letters(Text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 'a' || text.data[i] > 'z')
            return false;
    }
    return text.size >= 2;
}

static Text without_prefix(Text host)
{
    if (text_starts_with(host, TEXT("www.")))
        return (Text){host.data + 4, host.size - 4};
    if (text_starts_with(host, TEXT("m.")))
        return (Text){host.data + 2, host.size - 2};
    return host;
}

static size_t last_dot(Text text)
{
    size_t at = text.size;
    while (at > 0 && text.data[at - 1] != '.')
        at--;
    return at ? at - 1 : 0;
}

/* Where the host's public suffix may begin, as national versions of a site have one: "de" or "com", and "co.uk" or
 * "com.br"; 0 if there is none such. */
static void find_suffixes(Text host, size_t ret_dots[2])
{
    static const char *const seconds[] = {"co", "com", "net", "org", "ne", "or"};
    ret_dots[0] = ret_dots[1] = 0;
    size_t dot = last_dot(host);
    Text last = {host.data + dot + 1, host.size - dot - 1};
    if (dot == 0 || !is_letters(last))
        return;
    ret_dots[1] = dot;
    size_t before = last_dot((Text){host.data, dot});
    Text second = {host.data + before + 1, dot - before - 1};
    if (before == 0 || last.size != 2)
        return;
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        if (text_is(second, seconds[i]))
            ret_dots[0] = before;
}

static const Site *match(const SiteIndex *index, Text text, unsigned wanted)
{
    const SiteKey *key = find_key(index, text);
    return key && (key->matches & wanted) == wanted ? key->site : NULL;
}

const Site *site_index_find(const SiteIndex *index, Text host)
{
    size_t dots[2], start = 0;
    if (host.size > HOST_MAX)
        return NULL;
    host = without_prefix(host);
    find_suffixes(host, dots);
    for (bool is_first = true; start < host.size; is_first = false) {
        Text rest = {host.data + start, host.size - start};
        const Site *site = match(index, rest, is_first ? MATCH_WHOLE : MATCH_BELOW);
        for (size_t i = 0; i < 2 && !site; i++)
            if (dots[i] > start)
                site = match(index, (Text){rest.data, dots[i] - start}, MATCH_SUFFIX | (is_first ? 0 : MATCH_BELOW));
        size_t dot = text_find(rest, '.');
        if (is_first && !site && dot < rest.size)
            site = match(index, (Text){rest.data, dot}, MATCH_REST);
        if (site || dot == rest.size)
            return site;
        start += dot + 1;
    }
    return NULL;
}
