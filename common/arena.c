#include "common/arena.h"

#include <stdio.h>
#include <stdlib.h>

struct ArenaBlock {
    ArenaBlock *next;
    size_t size, used;
    _Alignas(16) char bytes[];
};

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = 16 };

Arena arena_make(size_t ceiling)
{
    return (Arena){.ceiling = ceiling};
}

static ArenaBlock *add_block(Arena *arena, size_t size)
{
    size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    ArenaBlock *block = malloc(sizeof *block + capacity);
    if (!block)
        return NULL;
    *block = (ArenaBlock){.size = capacity};
    if (arena->current)
        arena->current->next = block;
    else
        arena->first = block;
    arena->current = block;
    return block;
}

void *arena_allocate(Arena *arena, size_t size)
{
    if (size > arena->ceiling)
        return NULL;
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded == 0)
        rounded = ALIGNMENT;
    if (rounded > arena->ceiling - arena->used)
        return NULL;
    ArenaBlock *block = arena->current;
    if (!block || block->size - block->used < rounded)
        block = add_block(arena, rounded);
    if (!block)
        return NULL;
    void *bytes = block->bytes + block->used;
    block->used += rounded;
    arena->used += rounded;
    memset(bytes, 0, rounded);
    return bytes;
}

char *arena_copy(Arena *arena, Text text)
{
    if (text_is_null(text))
        return NULL;
    char *copy = arena_allocate(arena, text.size + 1);
    if (copy && text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

Text arena_copy_text(Arena *arena, Text text)
{
    const char *copy = arena_copy(arena, text);
    return copy ? (Text){copy, text.size} : TEXT_NULL;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = size < 0 ? NULL : arena_allocate(arena, (size_t)size + 1);
    if (text)
        vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

void arena_clear(Arena *arena)
{
    ArenaBlock *first = arena->first;
    if (!first)
        return;
    for (ArenaBlock *block = first->next, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    first->next = NULL;
    first->used = 0;
    arena->current = first;
    arena->used = 0;
}

void arena_done(Arena *arena)
{
    arena_clear(arena);
    free(arena->first);
    arena->first = arena->current = NULL;
}
