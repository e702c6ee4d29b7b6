#include "transform/memo.h"

#include "common/hash.h"

#include <stdlib.h>

/* A slot: the value, the text's size and 1 (0: free), the text. */
typedef struct Slot {
    uint32_t taken;
    char text[];
} Slot;

static size_t round_up(size_t size)
{
    return (size + 7) / 8 * 8;
}

Status memo_make(Memo *memo, size_t slot_count, size_t text_max, size_t value_size, Error *error)
{
    size_t head = round_up(value_size), slot_size = head + round_up(sizeof(Slot) + text_max);
    uint8_t *slots = calloc(slot_count + 1, slot_size);
    if (!slots)
        return error_no_memory(error);
    *memo = (Memo){
        .slots = slots, .slot_count = slot_count, .slot_size = slot_size, .value_size = head, .text_max = text_max};
    return STATUS_OK;
}

void *memo_find(Memo *memo, Text text, bool *ret_is_known)
{
    *ret_is_known = false;
    if (text.size > memo->text_max)
        return memo->slots + memo->slot_count * memo->slot_size;
    size_t index = (size_t)hash_bytes_64(text) & (memo->slot_count - 1);
    uint8_t *value = memo->slots + index * memo->slot_size;
    Slot *slot = (Slot *)(void *)(value + memo->value_size);
    if (slot->taken == text.size + 1 && (text.size == 0 || memcmp(slot->text, text.data, text.size) == 0)) {
        *ret_is_known = true;
        return value;
    }
    slot->taken = (uint32_t)text.size + 1;
    if (text.size)
        memcpy(slot->text, text.data, text.size);
    return value;
}

void memo_done(Memo *memo)
{
    free(memo->slots);
    *memo = (Memo){0};
}
