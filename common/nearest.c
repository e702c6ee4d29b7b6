#include "common/nearest.h"

enum { MAXIMUM_SIZE = 64, MAXIMUM_EDITS = 3, WORDS_MINIMUM = 4 };

static char to_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

static size_t minimum(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance over three rolling rows: row[i][j] is the distance of the first i bytes of a from
 * the first j bytes of b. Both are at most MAXIMUM_SIZE long. */
static size_t edit_distance(Text a, Text b)
{
    size_t rows[3][MAXIMUM_SIZE + 1];
    size_t *before = rows[0], *previous = rows[1], *current = rows[2];
    for (size_t j = 0; j <= b.size; j++)
        previous[j] = j;
    for (size_t i = 1; i <= a.size; i++) {
        char x = to_lower(a.data[i - 1]);
        current[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            char y = to_lower(b.data[j - 1]);
            size_t edits = minimum(previous[j], current[j - 1]) + 1;
            edits = minimum(edits, previous[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == to_lower(b.data[j - 2]) && y == to_lower(a.data[i - 2]))
                edits = minimum(edits, before[j - 2] + 1);
            current[j] = edits;
        }
        size_t *oldest = before;
        before = previous;
        previous = current;
        current = oldest;
    }
    return previous[b.size];
}

static bool is_letter(char byte)
{
    return (byte >= '0' && byte <= '9') || (to_lower(byte) >= 'a' && to_lower(byte) <= 'z') || byte & (char)0x80;
}

/* Whether the words of one stand together in the other: "Stage" in "Deal Stage", "contact" in "contact_key". */
static bool holds_words(Text longer, Text words)
{
    if (words.size < WORDS_MINIMUM)
        return false;
    for (size_t at = 0; at + words.size <= longer.size; at++) {
        size_t behind = at + words.size, same = 0;
        if ((at > 0 && is_letter(longer.data[at - 1])) || (behind < longer.size && is_letter(longer.data[behind])))
            continue;
        while (same < words.size && to_lower(longer.data[at + same]) == to_lower(words.data[same]))
            same++;
        if (same == words.size)
            return true;
    }
    return false;
}

/* The one that differs by the fewest bytes of other words. */
static const char *nearest_by_words(Text wanted, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t least = MAXIMUM_SIZE;
    for (size_t i = 0; i < count; i++) {
        Text name = text_from(names[i]);
        Text longer = name.size > wanted.size ? name : wanted, words = name.size > wanted.size ? wanted : name;
        size_t more = longer.size - words.size;
        if (longer.size > MAXIMUM_SIZE || more >= least || !holds_words(longer, words))
            continue;
        nearest = names[i];
        least = more;
    }
    return nearest;
}

static const char *nearest_by_edits(Text wanted, const char *const *names, size_t count, size_t *ret_edits)
{
    /* None for one or two bytes: they are one edit away from everything as short, so only their case may differ. */
    size_t allowed = minimum(wanted.size / 3, MAXIMUM_EDITS);
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        Text name = text_from(names[i]);
        if (name.size > MAXIMUM_SIZE || name.size > wanted.size + allowed || wanted.size > name.size + allowed)
            continue;
        size_t edits = edit_distance(wanted, name);
        if (edits > allowed)
            continue;
        nearest = names[i];
        *ret_edits = edits;
        if (edits == 0)
            break;
        allowed = edits - 1; /* the next one must be nearer still */
    }
    return nearest;
}

const char *nearest_name(Text wanted, const char *const *names, size_t count)
{
    if (wanted.size == 0 || wanted.size > MAXIMUM_SIZE)
        return NULL;
    size_t edits = 0;
    const char *by_edits = nearest_by_edits(wanted, names, count, &edits);
    if (by_edits && edits <= 1)
        return by_edits;
    const char *by_words = nearest_by_words(wanted, names, count);
    return by_words ? by_words : by_edits;
}
