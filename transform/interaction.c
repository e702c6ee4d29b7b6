#include "transform/interaction.h"

/* The byte that stands for this one: '_' for what parts words. */
static char conform(char byte)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || (unsigned char)byte >= 0x80)
        return byte;
    return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : '_';
}

/* Bytes of the UTF-8 character that begins here. */
static size_t character_size(char first)
{
    unsigned char byte = (unsigned char)first;
    return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

bool interaction_conform(Text raw, char buffer[static INTERACTION_SIZE], Text *ret_interaction)
{
    if (raw.size == 0) {
        *ret_interaction = TEXT("page_view");
        return true;
    }
    size_t size = 0;
    bool is_parted = false;
    for (size_t i = 0; i < raw.size; i++) {
        char byte = conform(raw.data[i]);
        if (byte == '_') {
            is_parted = size > 0;
            continue;
        }
        if (size + is_parted + character_size(byte) > INTERACTION_SIZE)
            break;
        if (is_parted)
            buffer[size++] = '_';
        is_parted = false;
        buffer[size++] = byte;
    }
    if (size == 0)
        return false;
    *ret_interaction = (Text){buffer, size};
    return true;
}
