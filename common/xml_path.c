#include "common/xml_path.h"
#include "common/arena.h"

#include <stdlib.h>

/* What stands in the rest before the byte, which goes too. */
static Text cut(Text *rest, char byte, bool *ret_is_last)
{
    Text piece = {rest->data, text_find(*rest, byte)};
    *ret_is_last = piece.size == rest->size;
    size_t used = piece.size + !*ret_is_last;
    *rest = (Text){rest->data + used, rest->size - used};
    return piece;
}

static Status split_path(XmlPath *path, Text rest, Error *error)
{
    Text whole = rest;
    path->is_whole = text_starts_with(rest, TEXT("/"));
    if (path->is_whole)
        rest = (Text){rest.data + 1, rest.size - 1};
    for (bool is_last = false; !is_last;) {
        Text step = cut(&rest, '/', &is_last);
        if (step.size == 0 || path->step_count == XML_PATH_STEPS_MAX)
            return error_set(error, ERROR_CONFIG, "\"%.100s\" is no path of an element", whole.data);
        if (text_find(step, ':') < step.size) {
            error_set(error, ERROR_CONFIG, "\"%.100s\": elements are named without a prefix", whole.data);
            return error_hint(error, "leave out what stands before the colon");
        }
        path->steps[path->step_count++] = step;
    }
    return STATUS_OK;
}

Status xml_paths_read(const char *text, XmlPaths *ret_paths, Error *error)
{
    cleanup(xml_paths_done) XmlPaths paths = {.text = strdup(text)};
    if (!paths.text)
        return error_no_memory(error);
    Text rest = text_from(paths.text);
    for (bool is_last = false; !is_last;) {
        if (paths.count == XML_PATHS_MAX)
            return error_set(error, ERROR_CONFIG, "\"%.100s\" names more than %d elements", text, XML_PATHS_MAX);
        TRY(split_path(&paths.paths[paths.count++], cut(&rest, '|', &is_last), error));
    }
    *ret_paths = paths;
    paths.text = NULL;
    return STATUS_OK;
}

static bool path_matches(const XmlPath *path, const Text *names, size_t count)
{
    if (count < path->step_count || (path->is_whole && count != path->step_count))
        return false;
    for (size_t i = 0; i < path->step_count; i++)
        if (!text_equal(names[count - path->step_count + i], path->steps[i]))
            return false;
    return true;
}

bool xml_paths_match(const XmlPaths *paths, const Text *names, size_t count)
{
    for (size_t i = 0; i < paths->count; i++)
        if (path_matches(&paths->paths[i], names, count))
            return true;
    return false;
}

void xml_paths_done(XmlPaths *paths)
{
    free(paths->text);
    *paths = (XmlPaths){0};
}
