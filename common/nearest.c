#include "common/nearest.h"

enum { MAXIMUM_SIZE = 64, MAXIMUM_EDITS = 3 };

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

const char *nearest_name(Text wanted, const char *const *names, size_t count)
{
    if (wanted.size == 0 || wanted.size > MAXIMUM_SIZE)
        return NULL;
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
        if (edits == 0)
            break;
        allowed = edits - 1; /* the next one must be nearer still */
    }
    return nearest;
}
