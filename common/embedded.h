/* A file that is carried in a program, so that it runs without it and a reader finds it whole in the sources. Tables of
 * them are generated at build time by common/embed.sh, ordered by name. */
#ifndef CLOSEDLOOP_COMMON_EMBEDDED_H
#define CLOSEDLOOP_COMMON_EMBEDDED_H

#include <stddef.h>

typedef struct EmbeddedFile {
    const char *name; /* relative to the folder, for example "migrations/0001_facts.sql" */
    const char *text; /* NUL-terminated */
    size_t size;      /* bytes without the NUL */
} EmbeddedFile;

#endif
