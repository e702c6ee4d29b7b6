/* The sitemaps that an index of sitemaps lists, found beside it: an index is followed to the files that a user fetched
 * with it, so that naming the index in a source's path is enough.
 *
 *     TRY(sitemap_files_add(&inputs, &arena, &inputs, error));
 *
 * https://www.example.com/maps/en/pages.xml, listed by /data/site/index.xml, is the first of these that is there:
 * /data/site/maps/en/pages.xml, /data/site/en/pages.xml, /data/site/pages.xml. Nothing outside of the index's own
 * folder is ever looked at, whatever an index says and whatever links lead out of it.
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_SITEMAP_FILES_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_SITEMAP_FILES_H

#include "extract/transport/files.h"

enum { SITEMAP_INDEX_DEPTH_MAX = 4 };

/* The inputs and all that those of them that are indexes list, sorted by path, each once; in the arena. ERROR_NO_INPUT,
 * naming index and line, if one of the sitemaps is not there: with a part missing, nobody can tell what is listed. */
Status sitemap_files_add(const FileInputs *inputs, Arena *arena, FileInputs *ret_inputs, Error *error);

#endif
