/* What --presets and --preset print: presets for people, who decide by it whether one fits, and what to export for it.
 *
 *     TRY(explain_list(stdout, error));
 *     TRY(explain_preset("hubspot-csv", stdout, error));
 *     TRY(explain_print("hubspot-csv", stdout, error));
 *
 * All return ERROR_USAGE for an unknown name, ERROR_CONFIG for what is wrong in a file of the user's own, and ERROR_IO
 * if the stream does not take it.
 */
#ifndef CLOSEDLOOP_EXTRACT_EXPLAIN_H
#define CLOSEDLOOP_EXTRACT_EXPLAIN_H

#include "common/error.h"

#include <stdio.h>

/* A table of the shipped ones: name, title, kinds. */
Status explain_list(FILE *stream, Error *error);

/* The comment at its top, and for each part its keys, a table of the fields, where they come from and what they mean,
 * and the filters. Placeholders stand as they are. */
Status explain_preset(const char *name, FILE *stream, Error *error);

/* The file itself, to be copied. */
Status explain_print(const char *name, FILE *stream, Error *error);

#endif
