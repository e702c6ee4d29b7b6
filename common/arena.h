/* Memory that is given back all at once: what belongs to one record, one block, one configuration.
 *
 *     cleanup(arena_done) Arena arena = arena_make(1 << 20);
 *     char *copy = arena_copy(&arena, text);
 *     arena_clear(&arena);        // before the next record: keeps its first block
 */
#ifndef CLOSEDLOOP_COMMON_ARENA_H
#define CLOSEDLOOP_COMMON_ARENA_H

#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

/* Calls function(&variable) when the variable goes out of scope. */
#define cleanup(function) __attribute__((cleanup(function)))

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    ArenaBlock *first, *current;
    size_t ceiling, used; /* bytes that it may hand out, and has handed out since the last clear */
} Arena;

/* An empty arena that will never hand out more than ceiling bytes; takes no memory yet. */
Arena arena_make(size_t ceiling);

/* Aligned to 16 bytes, zeroed; NULL past the ceiling or without memory. Never NULL for size 0. */
void *arena_allocate(Arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));

/* NUL-terminated copy; NULL as above, or for the absent text. */
char *arena_copy(Arena *arena, Text text);

/* The same as a span: its data is NULL past the ceiling. */
Text arena_copy_text(Arena *arena, Text text);

/* NUL-terminated, formatted; NULL past the ceiling. */
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All that was handed out is invalid; the first block is kept for reuse. */
void arena_clear(Arena *arena);

/* Gives everything back to the system. */
void arena_done(Arena *arena);

#endif
