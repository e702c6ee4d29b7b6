/* The files below sql/, carried in the program: generated at build time by sql/embed.sh, ordered by name. */
#ifndef CLOSEDLOOP_LOAD_EMBEDDED_H
#define CLOSEDLOOP_LOAD_EMBEDDED_H

#include <stddef.h>

typedef struct EmbeddedFile {
    const char *name; /* relative to sql/, for example "migrations/0001_facts.sql" */
    const char *text; /* NUL-terminated */
    size_t size;      /* bytes without the NUL */
} EmbeddedFile;

extern const EmbeddedFile embedded_files[];
extern const size_t embedded_file_count;

#endif
