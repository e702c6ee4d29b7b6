#include "common/config/path.h"

static const char no_memory[] = "it is too long";

typedef struct Scan {
    const char *at, *end;
    PathSyntax syntax;
    char *to; /* where texts without their backslashes go; room for the whole path */
} Scan;

/* The text up to one of the bytes, and past it none. XML names have no backslashes, but what they are compared to may.
 */
static Text take_until(Scan *scan, const char *stops, bool has_escapes)
{
    Text text = {scan->to, 0};
    while (scan->at < scan->end && !strchr(stops, *scan->at)) {
        if (has_escapes && *scan->at == '\\' && scan->at + 1 < scan->end)
            scan->at++;
        scan->to[text.size++] = *scan->at++;
    }
    scan->to += text.size;
    return text;
}

static bool take(Scan *scan, char byte)
{
    if (scan->at == scan->end || *scan->at != byte)
        return false;
    scan->at++;
    return true;
}

/* Behind the opening bracket. */
static const char *take_selector(Scan *scan, PathSelector *selector)
{
    selector->is_attribute = scan->syntax == PATH_SLASHED && take(scan, '@');
    selector->key = take_until(scan, "=^]", true);
    selector->is_prefix = take(scan, '^');
    if (selector->key.size == 0 || !take(scan, '='))
        return "brackets hold [key=value] or [key^=beginning], and the element 0 is name.0";
    selector->value = take_until(scan, "]", true);
    if (!take(scan, ']'))
        return "a bracket is not closed";
    if (selector->is_prefix && selector->value.size == 0)
        return "every text begins with nothing";
    return NULL;
}

static const char *take_step(Scan *scan, PathStep *ret_step)
{
    bool is_slashed = scan->syntax == PATH_SLASHED;
    PathStep step = {.is_attribute = is_slashed && take(scan, '@')};
    step.name = take_until(scan, is_slashed ? "/[" : ".[", !is_slashed);
    if (step.name.size == 0)
        return step.is_attribute ? "an attribute has a name" : "a step is empty";
    if (is_slashed && text_find(step.name, ':') < step.name.size)
        return "elements are named without a prefix";
    if (take(scan, '[')) {
        const char *flaw = take_selector(scan, &step.selector);
        if (flaw)
            return flaw;
        if (scan->at < scan->end && *scan->at != (is_slashed ? '/' : '.'))
            return "a step ends with its bracket";
    }
    if (step.is_attribute && (scan->at < scan->end || !text_is_null(step.selector.key)))
        return "an attribute is the end of a path";
    *ret_step = step;
    return NULL;
}

const char *path_parse(Text path, PathSyntax syntax, Arena *arena, Path *ret_path)
{
    Path parsed = {.count = 0};
    bool is_itself = text_is(path, ".");
    char *copy = arena_allocate(arena, path.size + 1);
    if (!copy)
        return no_memory;
    Scan scan = {.at = path.data, .end = path.data + path.size, .syntax = syntax, .to = copy};
    for (bool has_more = !is_itself; has_more;) {
        if (parsed.count == PATH_STEPS_MAX)
            return "it has too many steps";
        const char *flaw = take_step(&scan, &parsed.steps[parsed.count++]);
        if (flaw)
            return flaw;
        has_more = take(&scan, syntax == PATH_SLASHED ? '/' : '.');
    }
    *ret_path = parsed;
    return NULL;
}

/* --- arrows --------------------------------------------------------------------------------------------------- */

bool path_split_arrow(Text path, PathSyntax syntax, Text *ret_outer, Text *ret_inner)
{
    static const char arrow[] = " -> ";
    const size_t size = sizeof arrow - 1;
    size_t found = 0;
    /* What an array is searched for may hold an arrow; a column's name is no path. */
    bool is_in_brackets = false, is_path = syntax != PATH_COLUMN;
    for (size_t i = 0; i + size <= path.size; i++) {
        if (is_path && path.data[i] == '\\')
            i++;
        else if (is_path && (path.data[i] == '[' || path.data[i] == ']'))
            is_in_brackets = path.data[i] == '[';
        else if (!is_in_brackets && memcmp(path.data + i, arrow, size) == 0) {
            found = i;
            is_path = true;
        }
    }
    if (!found)
        return false;
    *ret_outer = (Text){path.data, found};
    *ret_inner = (Text){path.data + found + size, path.size - found - size};
    return true;
}

const char *path_flaw(Text path, PathSyntax syntax, Arena *arena)
{
    Path ignored;
    Text inner;
    for (size_t arrows = 0; path_split_arrow(path, syntax, &path, &inner); arrows++) {
        if (arrows == PATH_ARROWS_MAX)
            return "it has too many arrows";
        const char *flaw = path_parse(inner, PATH_DOTTED, arena, &ignored);
        if (flaw)
            return flaw;
    }
    if (path.size == 0)
        return "a step is empty";
    return syntax == PATH_COLUMN ? NULL : path_parse(path, syntax, arena, &ignored);
}
