/* Which elements of an XML document are records.
 *
 *     cleanup(xml_paths_done) XmlPaths paths = {0};
 *     TRY(xml_paths_read("Body/records|/Envelope/Fault", &paths, error));
 *     Text names[] = {TEXT("Envelope"), TEXT("Body"), TEXT("records")}; // from the root to the element
 *     bool is_record = xml_paths_match(&paths, names, 3);
 *
 * A path is the local name of an element, or the last steps of its path; with a leading slash it is the whole path from
 * the root. Several are parted by '|'.
 */
#ifndef CLOSEDLOOP_COMMON_XML_PATH_H
#define CLOSEDLOOP_COMMON_XML_PATH_H

#include "common/error.h"
#include "common/text.h"

#include <stdbool.h>

enum {
    XML_PATH_STEPS_MAX = 16,
    XML_PATHS_MAX = 8,
};

typedef struct XmlPath {
    Text steps[XML_PATH_STEPS_MAX];
    size_t step_count;
    bool is_whole;
} XmlPath;

typedef struct XmlPaths {
    char *text; /* cut into the steps */
    XmlPath paths[XML_PATHS_MAX];
    size_t count;
} XmlPaths;

/* ERROR_CONFIG for a path that is none. */
Status xml_paths_read(const char *text, XmlPaths *ret_paths, Error *error);

/* Whether the last of these elements, each the child of the one before it, is a record. */
bool xml_paths_match(const XmlPaths *paths, const Text *names, size_t count);

void xml_paths_done(XmlPaths *paths);

#endif
