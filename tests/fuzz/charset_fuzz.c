/* Character sets: whatever the bytes are, what comes out is UTF-8 but for the marks of what is no character; where the
 * input is cut makes no difference; and UTF-16 and UTF-32 come out as a decoder written for this says. The first byte
 * chooses the set, the second how the input is cut. */
#include "common/buffer.h"
#include "common/charset.h"
#include "common/utf8.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CEILING = 1 << 24, UTF16LE = 0, UTF16BE, UTF32LE, UTF32BE };

static const char *const names[] = {"UTF-16LE",  "UTF-16BE", "UTF-32LE", "UTF-32BE", "windows-1252", "iso-8859-1",
                                    "shift_jis", "gb18030",  "big5",     "euc-kr",   "iso-2022-jp",  "windows-1258",
                                    "us-ascii",  "koi8-r",   "utf-7",    "cp932"};

static void check(bool is_true)
{
    if (!is_true)
        abort();
}

typedef struct Giver {
    Text rest;
    size_t step;
} Giver;

static Status give(void *context, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    (void)error;
    Giver *giver = context;
    size_t size = giver->step && giver->step < capacity ? giver->step : capacity;
    if (size > giver->rest.size)
        size = giver->rest.size;
    if (size)
        memcpy(bytes, giver->rest.data, size);
    giver->rest = (Text){giver->rest.data + size, giver->rest.size - size};
    *ret_size = size;
    return STATUS_OK;
}

static void decode(const char *name, Text input, size_t step, size_t capacity, Buffer *output)
{
    static char bytes[4096];
    Charset *charset;
    Error error;
    Giver giver = {input, step};
    check(charset_open(name, give, &giver, &charset, &error) == STATUS_OK);
    for (size_t size = 1; size;) {
        check(charset_read(charset, bytes, capacity, &size, &error) == STATUS_OK && size <= capacity);
        check(buffer_append_bytes(output, bytes, size, &error) == STATUS_OK);
    }
    charset_free(charset);
}

static void append(Buffer *buffer, const char *bytes, size_t size)
{
    Error error;
    check(buffer_append_bytes(buffer, bytes, size, &error) == STATUS_OK);
}

/* The unit at that place, and -1 if it is cut off. */
static int64_t unit_at(Text text, size_t at, size_t size, bool is_big)
{
    uint32_t unit = 0;
    if (at + size > text.size)
        return -1;
    for (size_t i = 0; i < size; i++)
        unit |= (uint32_t)(unsigned char)text.data[at + i] << (8 * (is_big ? size - 1 - i : i));
    return unit;
}

static void decode_unicode(int set, Text text, Buffer *output)
{
    size_t size = set < UTF32LE ? 2 : 4;
    bool is_big = set == UTF16BE || set == UTF32BE;
    for (size_t at = 0; at < text.size;) {
        char bytes[4];
        int64_t unit = unit_at(text, at, size, is_big);
        at += size;
        if (size == 2 && unit >= 0xD800 && unit < 0xDC00) {
            int64_t low = unit_at(text, at, size, is_big);
            if (low < 0) {
                append(output, "\xFF", 1);
                return;
            }
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                at += size;
            }
        }
        size_t written = unit < 0 ? 0 : utf8_encode((uint32_t)unit, bytes);
        append(output, written ? bytes : "\xFF", written ? written : 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    int set = data[0] % (int)(sizeof names / sizeof *names);
    Text input = {(const char *)data + 2, size - 2};
    CharsetMark mark = charset_find_mark(input);
    check(mark.size <= input.size && (mark.name != NULL) == (mark.size > 0));
    cleanup(buffer_done) Buffer whole = buffer_make(CEILING), cut = buffer_make(CEILING),
                                expected = buffer_make(CEILING);
    decode(names[set], input, 0, 4096, &whole);
    decode(names[set], input, 1 + data[1] % 16, 1 + data[1] / 16, &cut);
    check(text_equal(buffer_text(&whole), buffer_text(&cut)));
    for (Text rest = buffer_text(&whole); rest.size;) {
        size_t good = text_find(rest, '\xFF');
        check(utf8_is_valid((Text){rest.data, good}));
        good += good < rest.size;
        rest = (Text){rest.data + good, rest.size - good};
    }
    if (set <= UTF32BE) {
        decode_unicode(set, input, &expected);
        check(text_equal(buffer_text(&whole), buffer_text(&expected)));
    }
    return 0;
}
