#include "transform/interaction.h"

/* The byte that stands for this one: '_' for what parts words, 0 for what may not be there. */
static char conform(char byte)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
        return byte;
    if (byte >= 'A' && byte <= 'Z')
        return (char)(byte | 0x20);
    return (unsigned char)byte < 0x80 ? '_' : 0;
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
        if (byte == 0)
            return false;
        if (byte == '_') {
            is_parted = size > 0;
            continue;
        }
        if (size + 1 + is_parted > INTERACTION_SIZE)
            return false;
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
