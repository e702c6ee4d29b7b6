/* The paths by which a mapping names places of a source record, taken apart.
 *
 *     Path path;
 *     const char *flaw = path_parse(TEXT("params[key=url].value.text"), PATH_DOTTED, &arena, &path);
 *
 *     params[key=url].value.text        dotted, for JSON; a backslash takes away what . [ ] = \ mean
 *     Account/Name   Param[@name=x]     slashed, for XML; an @attribute ends the path
 *     .                                 both: the record or element itself, no step at all
 *
 * [key=value] behind a step is the first element of the array (XML: of the elements of that name) of which the member
 * key (XML: child element, or @attribute) is that text; with ^= it begins with it.
 *
 * In every format a place may hold JSON as its text. OUTER -> INNER leads into it: OUTER is a path of the format, INNER
 * a dotted one. Columns of tables are their names, so only the arrow means something there.
 */
#ifndef CLOSEDLOOP_COMMON_PATH_H
#define CLOSEDLOOP_COMMON_PATH_H

#include "common/arena.h"
#include "common/text.h"

enum { PATH_STEPS_MAX = 32, PATH_ARROWS_MAX = 4 };

typedef enum PathSyntax { PATH_COLUMN, PATH_DOTTED, PATH_SLASHED } PathSyntax;

/* [key=value] or [key^=value]; the key is absent if there is none. */
typedef struct PathSelector {
    Text key, value;
    bool is_attribute, is_prefix;
} PathSelector;

typedef struct PathStep {
    Text name;
    bool is_attribute;
    PathSelector selector;
} PathStep;

typedef struct Path {
    PathStep steps[PATH_STEPS_MAX];
    size_t count;
} Path;

/* Whether a selector asks for this text of its key; absent is nothing that it could. */
static inline bool path_selects(const PathSelector *selector, Text text)
{
    if (text_is_null(text))
        return false;
    return selector->is_prefix ? text_starts_with(text, selector->value) : text_equal(text, selector->value);
}

/* A path of one document, without an arrow. Its texts lie in the path itself or in the arena. Returns NULL, or what is
 * wrong with it, and then leaves ret_path as it was. Not for columns, which are one name. */
const char *path_parse(Text path, PathSyntax syntax, Arena *arena, Path *ret_path);

/* Divides at the last arrow; false if there is none. */
bool path_split_arrow(Text path, PathSyntax syntax, Text *ret_outer, Text *ret_inner);

/* All of the path is checked, with what its arrows lead to: NULL, or what is wrong. */
const char *path_flaw(Text path, PathSyntax syntax, Arena *arena);

#endif
