#include "load/condition_scan.h"

enum { DEPTH_MAX = 100 };

typedef struct Scanner {
    Text text;
    size_t at;
    const char *flaw;
    size_t flaw_at;
} Scanner;

static char byte_at(const Scanner *scanner, size_t at)
{
    return at < scanner->text.size ? scanner->text.data[at] : '\0';
}

static bool is_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || (unsigned char)byte >= 0x80;
}

static void fail(Scanner *scanner, size_t at, const char *flaw)
{
    scanner->flaw = flaw;
    scanner->flaw_at = at;
    scanner->at = scanner->text.size;
}

/* From the quote that opens to behind the one that closes. Two in a row are the end of one text and the beginning of
 * another, which comes to the same. */
static void skip_quoted(Scanner *scanner, bool has_escapes)
{
    size_t begin = scanner->at;
    char quote = byte_at(scanner, begin);
    for (size_t at = begin + 1; at < scanner->text.size; at++) {
        char byte = byte_at(scanner, at);
        if (byte == '\\' && has_escapes) {
            at++;
        } else if (byte == quote) {
            scanner->at = at + 1;
            return;
        }
    }
    fail(scanner, begin, "a quote that is opened here is never closed");
}

/* A quote of the form E'...' or e'...'. */
static bool is_escape_quote(const Scanner *scanner)
{
    size_t at = scanner->at;
    return at > 0 && (scanner->text.data[at - 1] | 0x20) == 'e' && (at == 1 || !is_name(scanner->text.data[at - 2]));
}

static void skip_line(Scanner *scanner)
{
    while (scanner->at < scanner->text.size && byte_at(scanner, scanner->at) != '\n')
        scanner->at++;
}

static void skip_comment(Scanner *scanner)
{
    size_t begin = scanner->at, depth = 0;
    for (size_t at = begin; at + 1 < scanner->text.size; at++) {
        char byte = byte_at(scanner, at), next = byte_at(scanner, at + 1);
        bool opens = byte == '/' && next == '*', closes = byte == '*' && next == '/';
        if (!opens && !closes)
            continue;
        depth += opens ? 1 : 0;
        depth -= closes ? 1 : 0;
        at++;
        if (depth == 0) {
            scanner->at = at + 1;
            return;
        }
    }
    fail(scanner, begin, "a comment that begins here never ends");
}

/* $tag$ ... $tag$, or a lone dollar, which is none. */
static void skip_dollar(Scanner *scanner)
{
    size_t begin = scanner->at, end = begin + 1;
    bool is_within_name = begin > 0 && (is_name(byte_at(scanner, begin - 1)) || byte_at(scanner, begin - 1) == '$');
    bool is_number = byte_at(scanner, end) >= '0' && byte_at(scanner, end) <= '9';
    while (end < scanner->text.size && is_name(byte_at(scanner, end)))
        end++;
    scanner->at = begin + 1;
    if (is_within_name || is_number || byte_at(scanner, end) != '$')
        return;
    size_t size = end + 1 - begin;
    for (size_t at = end + 1; at + size <= scanner->text.size; at++)
        if (memcmp(scanner->text.data + at, scanner->text.data + begin, size) == 0) {
            scanner->at = at + size;
            return;
        }
    fail(scanner, begin, "a quote that is opened here is never closed");
}

static void scan(Scanner *scanner)
{
    char open[DEPTH_MAX];
    size_t opened_at[DEPTH_MAX], depth = 0;
    while (scanner->at < scanner->text.size) {
        size_t at = scanner->at;
        char byte = byte_at(scanner, at), next = byte_at(scanner, at + 1);
        if (byte == '\'' || byte == '"') {
            skip_quoted(scanner, byte == '\'' && is_escape_quote(scanner));
            continue;
        }
        if (byte == '$') {
            skip_dollar(scanner);
            continue;
        }
        if (byte == '-' && next == '-') {
            skip_line(scanner);
            continue;
        }
        if (byte == '/' && next == '*') {
            skip_comment(scanner);
            continue;
        }
        scanner->at++;
        if (byte == ';' || (byte == ',' && depth == 0)) {
            fail(scanner, at, "a second expression begins here, and a condition is one");
        } else if ((byte == '(' || byte == '[') && depth == DEPTH_MAX) {
            fail(scanner, at, "brackets are nested too deep");
        } else if (byte == '(' || byte == '[') {
            open[depth] = byte == '(' ? ')' : ']';
            opened_at[depth++] = at;
        } else if ((byte == ')' || byte == ']') && (depth == 0 || open[depth - 1] != byte)) {
            fail(scanner, at, "a bracket is closed here that was not opened");
        } else if (byte == ')' || byte == ']') {
            depth--;
        }
    }
    if (!scanner->flaw && depth > 0)
        fail(scanner, opened_at[depth - 1], "a bracket that is opened here is never closed");
}

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

const char *condition_scan(Text text, size_t *ret_position)
{
    Scanner scanner = {.text = text};
    scan(&scanner);
    if (!scanner.flaw)
        return NULL;
    size_t position = 0;
    for (size_t i = 0; i <= scanner.flaw_at && i < text.size; i++)
        position += begins_character(text.data[i]);
    *ret_position = position;
    return scanner.flaw;
}

size_t condition_byte_at(Text text, size_t position)
{
    size_t characters = 0;
    for (size_t i = 0; i < text.size; i++) {
        characters += begins_character(text.data[i]);
        if (characters == position)
            return i;
    }
    return text.size;
}
