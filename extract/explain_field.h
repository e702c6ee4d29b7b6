/* How a field of a mapping gets its value, in words: "Amount, else Value; else '0'". A part of
 * extract/explain; it reads the YAML, so that what a preset says is shown whether or not its files are there. */
#ifndef CLOSEDLOOP_EXTRACT_EXPLAIN_FIELD_H
#define CLOSEDLOOP_EXTRACT_EXPLAIN_FIELD_H

#include "common/buffer.h"
#include "common/config/yaml.h"
#include "common/error.h"

/* Appends the words for a field's value; a form that has no words is shown as it is written. */
Status explain_field(const YamlNode *value, Buffer *buffer, Error *error);

/* Appends what its `map` makes of its values: "'won', 'Won' become 'true'; all else 'false'"; nothing if it has none.
 */
Status explain_map(const YamlNode *value, Buffer *buffer, Error *error);

/* Appends a value as it might be written in one line: {a: b, c: [d, e]}. */
Status explain_yaml(const YamlNode *node, Buffer *buffer, Error *error);

/* Appends "StageName is 'Won' or 'Lost', and Type is nothing"; or the same with "is not". */
Status explain_filter(const YamlNode *filter, bool is_unless, Buffer *buffer, Error *error);

#endif
