#include "common/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum { INPUT_SIZE = 64 * 1024, OUTPUT_SIZE = 256 * 1024, NAME_MAX_SIZE = 63 };

static const char not_a_character = '\xFF';

struct Charset {
    CharsetRead *read;
    void *context;
    iconv_t decoder;
    size_t unit; /* bytes that are passed over where there is no character */
    char *input, *output;
    size_t input_start, input_end, output_start, output_end;
    bool is_final, is_flushed;
};

/* --- names ---------------------------------------------------------------------------------------------------- */

/* iconv understands more than names: "//IGNORE" behind one would drop what it cannot decode. */
static bool is_name(const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < size; i++) {
        char byte = name[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        if (!is_letter && !strchr("-_.:+()", byte))
            return false;
    }
    return size > 0 && size <= NAME_MAX_SIZE;
}

static iconv_t open_decoder(const char *name)
{
    return is_name(name) ? iconv_open("UTF-8", name) : (iconv_t)-1;
}

bool charset_is_known(const char *name)
{
    iconv_t decoder = open_decoder(name);
    if (decoder == (iconv_t)-1)
        return false;
    iconv_close(decoder);
    return true;
}

bool charset_is_utf8(const char *name)
{
    return text_is_ignore_case(text_from(name), "utf-8") || text_is_ignore_case(text_from(name), "utf8");
}

/* --- marks ---------------------------------------------------------------------------------------------------- */

static bool is_zero(Text head, size_t at)
{
    return head.data[at] == '\0';
}

/* UTF-32 behind a mark of two bytes: three zero bytes and one that is none. */
static const char *find_wide(Text head)
{
    if (head.size < CHARSET_MARK_MAX || !is_zero(head, 3) || !is_zero(head, 4))
        return NULL;
    if (is_zero(head, 2) && !is_zero(head, 5))
        return "UTF-32BE";
    return !is_zero(head, 2) && is_zero(head, 5) ? "UTF-32LE" : NULL;
}

static bool looks_like_utf16(Text head)
{
    if (head.size < CHARSET_MARK_MAX)
        return false;
    size_t high = is_zero(head, 1); /* 1: little endian */
    for (size_t i = 0; i < CHARSET_MARK_MAX; i += 2)
        if (!is_zero(head, i + high) || is_zero(head, i + 1 - high))
            return false;
    return true;
}

CharsetMark charset_find_mark(Text head)
{
    static const struct {
        Text mark;
        const char *name;
    } marks[] = {
        {{"\xFF\xFE\0\0", 4}, "UTF-32LE"}, {{"\0\0\xFE\xFF", 4}, "UTF-32BE"}, {{"\xEF\xBB\xBF", 3}, "UTF-8"},
        {{"\xFF\xFE", 2}, "UTF-16LE"},     {{"\xFE\xFF", 2}, "UTF-16BE"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text_starts_with(head, marks[i].mark)) {
            const char *wide = marks[i].mark.size == 2 ? find_wide(head) : NULL;
            return (CharsetMark){.name = wide ? wide : marks[i].name, .size = marks[i].mark.size, .has_bytes = true};
        }
    return (CharsetMark){.has_bytes = head.size > 0, .is_unmarked = looks_like_utf16(head)};
}

static Text without_dashes(const char *name, char to[static NAME_MAX_SIZE])
{
    size_t size = 0;
    for (; *name && size < NAME_MAX_SIZE; name++)
        if (*name != '-' && *name != '_')
            to[size++] = *name;
    return (Text){to, size};
}

bool charset_needs_mark(const char *name)
{
    static const char *const names[] = {"utf16", "utf32", "ucs2", "ucs4", "unicode"};
    char bytes[NAME_MAX_SIZE];
    Text plain = without_dashes(name, bytes);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is_ignore_case(plain, names[i]))
            return true;
    return false;
}

bool charset_agrees(const char *declared, const CharsetMark *mark)
{
    char a[NAME_MAX_SIZE], b[NAME_MAX_SIZE];
    Text said = without_dashes(declared, a), found = without_dashes(mark->name, b);
    bool has_order = found.size > 5;
    return text_equal_ignore_case(said, found) ||
           (has_order && text_equal_ignore_case(said, (Text){found.data, found.size - 2}));
}

/* --- decoding ------------------------------------------------------------------------------------------------- */

static size_t unit_of(const char *name)
{
    char bytes[NAME_MAX_SIZE];
    Text plain = without_dashes(name, bytes);
    if (plain.size < 5)
        return 1;
    Text head = {plain.data, 5};
    return text_equal_ignore_case(head, TEXT("UTF16")) ? 2 : text_equal_ignore_case(head, TEXT("UTF32")) ? 4 : 1;
}

Status charset_open(const char *name, CharsetRead *read, void *context, Charset **ret_charset, Error *error)
{
    iconv_t decoder = open_decoder(name);
    if (decoder == (iconv_t)-1) {
        error_set(error, ERROR_CONFIG, "the character set '%.80s' is not known here", name);
        return error_hint(error,
                          "'iconv -l' lists those that are; some systems have the rare ones in a package of their "
                          "own (libc-gconv-modules-extra, glibc-gconv-extra)");
    }
    Charset *charset = calloc(1, sizeof *charset);
    char *input = malloc(INPUT_SIZE), *output = malloc(OUTPUT_SIZE);
    if (!charset || !input || !output) {
        free(charset);
        free(input);
        free(output);
        iconv_close(decoder);
        return error_no_memory(error);
    }
    *charset = (Charset){
        .read = read, .context = context, .decoder = decoder, .unit = unit_of(name), .input = input, .output = output};
    *ret_charset = charset;
    return STATUS_OK;
}

void charset_free(Charset *charset)
{
    if (!charset)
        return;
    iconv_close(charset->decoder);
    free(charset->input);
    free(charset->output);
    free(charset);
}

/* Keeps the beginning of a sequence, and reads on behind it. */
static Status refill(Charset *charset, Error *error)
{
    size_t kept = charset->input_end - charset->input_start, size = 0;
    memmove(charset->input, charset->input + charset->input_start, kept);
    charset->input_start = 0;
    charset->input_end = kept;
    TRY(charset->read(charset->context, charset->input + kept, INPUT_SIZE - kept, &size, error));
    charset->is_final = size == 0;
    charset->input_end += size;
    return STATUS_OK;
}

/* Passes over what is no character. */
static void mark_bad(Charset *charset, size_t size)
{
    size_t left = charset->input_end - charset->input_start;
    charset->input_start += size < left ? size : left;
    charset->output[charset->output_end++] = not_a_character;
}

typedef enum Outcome { NEEDS_INPUT, OUTPUT_FULL } Outcome;

/* Decodes what stands in the input as far as there is room. */
static Outcome decode(Charset *charset)
{
    while (charset->output_end < OUTPUT_SIZE) {
        char *from = charset->input + charset->input_start, *to = charset->output + charset->output_end;
        size_t left = charset->input_end - charset->input_start, room = OUTPUT_SIZE - charset->output_end;
        size_t result = iconv(charset->decoder, &from, &left, &to, &room);
        int reason = result == (size_t)-1 ? errno : 0;
        charset->input_start = charset->input_end - left;
        charset->output_end = OUTPUT_SIZE - room;
        if (reason == E2BIG || (reason == EILSEQ && room == 0))
            return OUTPUT_FULL;
        if (reason == EILSEQ)
            mark_bad(charset, charset->unit);
        else
            return NEEDS_INPUT;
    }
    return OUTPUT_FULL;
}

/* At the end, with nothing to give: a sequence that was cut off, and what the decoder still holds back. */
static void flush(Charset *charset)
{
    if (charset->input_start < charset->input_end)
        mark_bad(charset, INPUT_SIZE);
    char *to = charset->output + charset->output_end;
    size_t room = OUTPUT_SIZE - charset->output_end;
    (void)iconv(charset->decoder, NULL, NULL, &to, &room);
    charset->output_end = OUTPUT_SIZE - room;
    charset->is_flushed = true;
}

static Status fill(Charset *charset, Error *error)
{
    charset->output_start = charset->output_end = 0;
    while (!charset->is_flushed && decode(charset) == NEEDS_INPUT && charset->output_end == 0) {
        if (charset->is_final)
            flush(charset);
        else
            TRY(refill(charset, error));
    }
    return STATUS_OK;
}

Status charset_read(Charset *charset, char *bytes, size_t capacity, size_t *ret_size, Error *error)
{
    if (charset->output_start == charset->output_end)
        TRY(fill(charset, error));
    size_t size = charset->output_end - charset->output_start;
    if (size > capacity)
        size = capacity;
    memcpy(bytes, charset->output + charset->output_start, size);
    charset->output_start += size;
    *ret_size = size;
    return STATUS_OK;
}
