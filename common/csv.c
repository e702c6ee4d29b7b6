#include "common/csv.h"

#include <endian.h>
#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* How it works. A window holds at least one whole record. Of each 64 bytes a mask says which are special: delimiter,
 * quote, LF or CR; a cursor walks its bits, and everything between them is never looked at. A record that reaches the
 * end of the window is scanned again from its start once more has been read: each read is at least as long as what is
 * there already, so that this costs a small factor at most. */

enum {
    READ_SIZE = 256 * 1024,
    STRIDE = 64,  /* bytes of one mask */
    LINE_END = 2, /* bytes of the longest one */
    FIELDS_FIRST = 64,
};

/* Scans that came to nothing are paid for by what they advance: past this much, and eight bytes for each one consumed,
 * quoted line ends are not believed any more, so that no file takes time without bound. */
enum { RESCAN_BUDGET = 64 * 1024 * 1024, RESCAN_FACTOR = 8 };

typedef struct Cursor {
    uint64_t mask; /* special bytes not yet visited, from base on */
    size_t base;
} Cursor;

struct CsvScanner {
    _Alignas(16) char delimiters[16];
    char quotes[16]; /* line feeds if unquoted: these are looked for first, so that no quote is ever seen */
    Stream *stream;
    size_t column_count, ceiling;
    char *window; /* readable and zero for STRIDE bytes behind its end */
    size_t capacity, start, end;
    uint64_t window_offset; /* of the window in the input */
    bool is_begun, is_final, is_skipping;
    Cursor cursor; /* at start */
    size_t line;
    Text *fields;
    size_t field_capacity;
    char *scratch; /* as long as the ceiling: the fields with doubled quotes, undoubled */
    uint64_t skipped, wasted;
};

typedef enum Outcome {
    SCAN_RECORD,
    SCAN_BLANK,
    SCAN_END,
    SCAN_MORE, /* the window ends too early */
    SCAN_GROW, /* more fields than there is room for */
    SCAN_STRAY_QUOTE,
    SCAN_UNCLOSED_QUOTE,
    SCAN_TOO_LONG,
    SCAN_TOO_MANY,
} Outcome;

/* One attempt at the record at the window's start. */
typedef struct Scan {
    Cursor cursor;
    size_t limit; /* the line end must stand before it: the end of the window, or one byte past the ceiling */
    size_t field_count, newlines, scratch_used;
    size_t at, next; /* end of the record or where the scan failed, and start of the next one */
} Scan;

#ifdef __SSE2__
static inline uint64_t special_mask(const CsvScanner *scanner, const char *bytes)
{
    const __m128i delimiter = _mm_load_si128((const __m128i *)(const void *)scanner->delimiters);
    const __m128i quote = _mm_load_si128((const __m128i *)(const void *)scanner->quotes);
    const __m128i line_feed = _mm_set1_epi8('\n'), carriage_return = _mm_set1_epi8('\r');
    uint64_t mask = 0;
    for (unsigned i = 0; i < STRIDE / 16; i++) {
        __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
        __m128i found =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(chunk, delimiter), _mm_cmpeq_epi8(chunk, quote)),
                         _mm_or_si128(_mm_cmpeq_epi8(chunk, line_feed), _mm_cmpeq_epi8(chunk, carriage_return)));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << (16 * i);
    }
    return mask;
}
#else
#define EVERY_BYTE(value) (UINT64_C(0x0101010101010101) * (unsigned char)(value))

/* The high bit of each byte that equals the one looked for, and nothing else. */
static inline uint64_t equal_bytes(uint64_t word, char byte)
{
    uint64_t difference = word ^ EVERY_BYTE(byte);
    return ~(((difference & EVERY_BYTE(0x7F)) + EVERY_BYTE(0x7F)) | difference | EVERY_BYTE(0x7F));
}

static inline uint64_t special_mask(const CsvScanner *scanner, const char *bytes)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < STRIDE / 8; i++) {
        uint64_t word;
        memcpy(&word, bytes + 8 * i, sizeof word);
        word = le64toh(word);
        uint64_t found = equal_bytes(word, scanner->delimiters[0]) | equal_bytes(word, scanner->quotes[0]) |
                         equal_bytes(word, '\n') | equal_bytes(word, '\r');
        /* The multiplication gathers the lowest bits of eight bytes in the highest byte. */
        mask |= ((found >> 7) * UINT64_C(0x0102040810204080) >> 56) << (8 * i);
    }
    return mask;
}
#endif

static inline bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

static Cursor cursor_at(const CsvScanner *scanner, size_t position)
{
    return (Cursor){special_mask(scanner, scanner->window + position), position};
}

/* The next special byte before the limit, or the limit; after that the cursor is of no more use. */
static inline size_t cursor_next(const CsvScanner *scanner, Cursor *cursor, size_t limit)
{
    while (cursor->mask == 0) {
        cursor->base += STRIDE;
        if (cursor->base >= limit)
            return limit;
        cursor->mask = special_mask(scanner, scanner->window + cursor->base);
    }
    size_t position = cursor->base + (size_t)__builtin_ctzll(cursor->mask);
    cursor->mask &= cursor->mask - 1;
    return position < limit ? position : limit;
}

/* The scan has come to its limit: is this the end of the record, is there more to read, or was it the ceiling? */
static Outcome limit_outcome(const CsvScanner *scanner, Scan *scan, Outcome at_end, Outcome at_ceiling)
{
    scan->at = scan->next = scan->limit;
    if (scan->limit - scanner->start > scanner->ceiling)
        return at_ceiling;
    return scanner->is_final ? at_end : SCAN_MORE;
}

/* Steps over the line end at scan->at. Whether a CR at the end of the window is one half of it cannot be said. */
static Outcome step_over_line_end(const CsvScanner *scanner, Scan *scan)
{
    size_t at = scan->at;
    scan->next = at + 1;
    if (scanner->window[at] != '\r')
        return SCAN_RECORD;
    if (scan->next == scanner->end)
        return scanner->is_final ? SCAN_RECORD : SCAN_MORE;
    if (scanner->window[scan->next] == '\n')
        scan->next = cursor_next(scanner, &scan->cursor, scanner->end) + 1;
    return SCAN_RECORD;
}

static Text undouble(CsvScanner *scanner, Scan *scan, Text quoted)
{
    char *bytes = scanner->scratch + scan->scratch_used;
    size_t size = 0;
    for (size_t good; quoted.size; quoted = (Text){quoted.data + good, quoted.size - good}) {
        good = text_find(quoted, scanner->quotes[0]);
        good += good < quoted.size; /* the first of the two */
        memcpy(bytes + size, quoted.data, good);
        size += good;
        good += good < quoted.size; /* the second, or nothing at the end of the field */
    }
    scan->scratch_used += size;
    return (Text){bytes, size};
}

static bool is_budget_spent(const CsvScanner *scanner)
{
    return scanner->wasted > RESCAN_BUDGET &&
           scanner->wasted - RESCAN_BUDGET > RESCAN_FACTOR * (scanner->window_offset + scanner->start);
}

/* Behind an opening quote at scan->at: the field's content, and scan->at on the delimiter or line end behind it, or on
 * the limit. */
static Outcome scan_quoted(CsvScanner *scanner, Scan *scan, Text *ret_field)
{
    const char *window = scanner->window;
    size_t from = scan->at + 1;
    bool has_doubled = false;
    for (;;) {
        size_t at = scan->at = cursor_next(scanner, &scan->cursor, scan->limit);
        if (at == scan->limit)
            return limit_outcome(scanner, scan, SCAN_UNCLOSED_QUOTE, SCAN_UNCLOSED_QUOTE);
        if (is_line_end(window[at])) {
            scan->newlines += window[at] == '\n' || window[at + 1] != '\n';
            if (is_budget_spent(scanner))
                return SCAN_UNCLOSED_QUOTE;
        } else if (window[at] == scanner->quotes[0]) {
            *ret_field = (Text){window + from, at - from};
            scan->at = at + 1;
            if (scan->at == scan->limit) {
                Outcome outcome = limit_outcome(scanner, scan, SCAN_RECORD, SCAN_TOO_LONG);
                if (outcome != SCAN_RECORD)
                    return outcome;
                break;
            }
            char behind = window[at + 1];
            if (behind != scanner->quotes[0] && behind != scanner->delimiters[0] && !is_line_end(behind))
                return SCAN_STRAY_QUOTE;
            cursor_next(scanner, &scan->cursor, scan->limit);
            if (behind != scanner->quotes[0])
                break;
            has_doubled = true;
        }
    }
    if (has_doubled)
        *ret_field = undouble(scanner, scan, *ret_field);
    return SCAN_RECORD;
}

static Outcome scan_record(CsvScanner *scanner, Scan *scan)
{
    const char *window = scanner->window;
    const char delimiter = scanner->delimiters[0];
    const size_t limit = scan->limit, capacity = scanner->field_capacity;
    size_t from = scanner->start;
    for (;;) {
        size_t at = cursor_next(scanner, &scan->cursor, limit);
        Text field = {window + from, at - from};
        if (at < limit && window[at] != delimiter && !is_line_end(window[at])) {
            if (at != from)
                continue; /* a quote inside a field is a letter */
            scan->at = at;
            Outcome outcome = scan_quoted(scanner, scan, &field);
            if (outcome != SCAN_RECORD)
                return outcome;
            at = scan->at;
        }
        Outcome outcome = SCAN_RECORD;
        if (at == limit)
            outcome = limit_outcome(scanner, scan, limit == scanner->start ? SCAN_END : SCAN_RECORD, SCAN_TOO_LONG);
        if (outcome != SCAN_RECORD)
            return outcome;
        scan->at = at;
        if (scan->field_count == capacity)
            return capacity == CSV_FIELDS_MAX ? SCAN_TOO_MANY : SCAN_GROW;
        scanner->fields[scan->field_count++] = field;
        if (at == limit)
            return SCAN_RECORD;
        from = at + 1;
        if (window[at] == delimiter)
            continue;
        outcome = step_over_line_end(scanner, scan);
        return outcome == SCAN_RECORD && at == scanner->start ? SCAN_BLANK : outcome;
    }
}

/* Keeps what stands from the start on, and reads on behind it. */
static Status refill(CsvScanner *scanner, Error *error)
{
    size_t kept = scanner->end - scanner->start;
    memmove(scanner->window, scanner->window + scanner->start, kept);
    scanner->window_offset += scanner->start;
    scanner->start = 0;
    scanner->end = kept;
    size_t room = scanner->capacity - kept, wanted = kept > READ_SIZE ? kept : READ_SIZE, size = 0;
    Status status =
        stream_read_into(scanner->stream, scanner->window + kept, wanted < room ? wanted : room, &size, error);
    if (status == STATUS_ERROR)
        return status;
    scanner->is_final = status == STATUS_END;
    scanner->end += size;
    memset(scanner->window + scanner->end, 0, STRIDE);
    scanner->cursor = cursor_at(scanner, 0);
    return STATUS_OK;
}

static Status grow_fields(CsvScanner *scanner, Error *error)
{
    size_t capacity = scanner->field_capacity ? 4 * scanner->field_capacity : FIELDS_FIRST;
    if (capacity > CSV_FIELDS_MAX)
        capacity = CSV_FIELDS_MAX;
    Text *fields = realloc(scanner->fields, capacity * sizeof *fields);
    if (!fields)
        return error_no_memory(error);
    scanner->fields = fields;
    scanner->field_capacity = capacity;
    return STATUS_OK;
}

static Status begin(CsvScanner *scanner, Error *error)
{
    while (scanner->end < 3 && !scanner->is_final)
        TRY(refill(scanner, error));
    Text head = {scanner->window, scanner->end};
    if (text_starts_with(head, TEXT("\xEF\xBB\xBF"))) {
        scanner->start = 3;
        scanner->cursor = cursor_at(scanner, scanner->start);
    }
    scanner->is_begun = true;
    return STATUS_OK;
}

/* Sets at and next to the first line end before the limit; SCAN_RECORD if there is one and it is whole. */
static Outcome find_line_end(const CsvScanner *scanner, Scan *scan)
{
    scan->cursor = cursor_at(scanner, scanner->start);
    do
        scan->at = scan->next = cursor_next(scanner, &scan->cursor, scan->limit);
    while (scan->at < scan->limit && !is_line_end(scanner->window[scan->at]));
    if (scan->at == scan->limit)
        return limit_outcome(scanner, scan, SCAN_END, SCAN_TOO_LONG);
    return step_over_line_end(scanner, scan);
}

/* Behind the part of an endless line that was handed out. */
static Outcome skip_line(CsvScanner *scanner)
{
    Scan scan = {.limit = scanner->end};
    scan.cursor = cursor_at(scanner, scanner->start);
    do
        scan.at = cursor_next(scanner, &scan.cursor, scan.limit);
    while (scan.at < scan.limit && !is_line_end(scanner->window[scan.at]));
    scanner->skipped += scan.at - scanner->start;
    scanner->start = scan.at;
    if (scan.at == scan.limit)
        return scanner->is_final ? SCAN_END : SCAN_MORE;
    Outcome outcome = step_over_line_end(scanner, &scan);
    if (outcome != SCAN_RECORD)
        return outcome;
    scanner->is_skipping = false;
    scanner->start = scan.next;
    scanner->cursor = scan.cursor;
    scanner->line++;
    return SCAN_RECORD;
}

static void give(CsvScanner *scanner, const Scan *scan, size_t size, const char *problem, CsvRecord *ret_record)
{
    *ret_record = (CsvRecord){
        .fields = scanner->fields,
        .field_count = scan->field_count,
        .line = scanner->line,
        .offset = scanner->window_offset + scanner->start,
        .raw = {scanner->window + scanner->start, size},
        .problem = problem,
    };
    scanner->line += scan->newlines + 1;
    scanner->start = scan->next;
    scanner->cursor = scan->cursor;
}

/* Hands out the first line, and sets the scanner to the one behind it. False if that line has not been read yet. */
static bool give_problem(CsvScanner *scanner, const Scan *failed, const char *problem, CsvRecord *ret_record)
{
    Scan line = {.limit = failed->limit};
    Outcome outcome = find_line_end(scanner, &line);
    if (outcome == SCAN_MORE)
        return false;
    size_t size = line.at - scanner->start;
    scanner->wasted += failed->at > line.at ? failed->at - line.at : 0;
    if (outcome == SCAN_TOO_LONG) {
        size = scanner->ceiling;
        line.next = scanner->start + size;
        scanner->is_skipping = true;
    }
    give(scanner, &line, size, problem, ret_record);
    scanner->line -= scanner->is_skipping; /* counted when its end has been found */
    return true;
}

static const char *problem_of(CsvScanner *scanner, const Scan *scan, Outcome outcome)
{
    switch (outcome) {
    case SCAN_STRAY_QUOTE:
        return "stray_quote";
    case SCAN_UNCLOSED_QUOTE:
        return "unclosed_quote";
    case SCAN_TOO_LONG:
        return "record_too_long";
    case SCAN_TOO_MANY:
        return "too_many_fields";
    default:
        if (scanner->column_count == 0)
            scanner->column_count = scan->field_count;
        return scan->field_count == scanner->column_count ? NULL : "ragged";
    }
}

Status csv_scanner_next(CsvScanner *scanner, CsvRecord *ret_record, Error *error)
{
    if (!scanner->is_begun)
        TRY(begin(scanner, error));
    for (;;) {
        size_t rest = scanner->end - scanner->start;
        Scan scan = {.cursor = scanner->cursor, .limit = scanner->end};
        if (rest > scanner->ceiling)
            scan.limit = scanner->start + scanner->ceiling + 1;
        bool was_skipping = scanner->is_skipping;
        Outcome outcome = was_skipping ? skip_line(scanner) : scan_record(scanner, &scan);
        if (outcome == SCAN_END)
            return STATUS_END;
        if (outcome == SCAN_MORE) {
            TRY(refill(scanner, error));
        } else if (outcome == SCAN_GROW) {
            TRY(grow_fields(scanner, error));
        } else if (outcome == SCAN_BLANK) {
            scanner->start = scan.next;
            scanner->cursor = scan.cursor;
            scanner->line++;
        } else if (!was_skipping) {
            const char *problem = problem_of(scanner, &scan, outcome);
            if (!problem || (outcome == SCAN_RECORD && scan.newlines == 0)) {
                give(scanner, &scan, scan.at - scanner->start, problem, ret_record);
                return STATUS_OK;
            }
            if (give_problem(scanner, &scan, problem, ret_record))
                return STATUS_OK;
            TRY(refill(scanner, error));
        }
    }
}

static Status check_options(const CsvOptions *options, Error *error)
{
    if (options->delimiter == options->quote && !options->is_unquoted)
        return error_set(error, ERROR_CONFIG, "delimiter and quote are the same");
    if (is_line_end(options->delimiter) || is_line_end(options->quote))
        return error_set(error, ERROR_CONFIG, "a line end cannot be a delimiter or a quote");
    if ((options->delimiter | options->quote) & 0x80)
        return error_set(error, ERROR_CONFIG, "delimiter and quote must be ASCII characters");
    return STATUS_OK;
}

Status csv_scanner_make(const CsvOptions *given, Stream *stream, CsvScanner **ret_scanner, Error *error)
{
    CsvOptions options = *given;
    options.delimiter = options.delimiter ? options.delimiter : ',';
    options.quote = options.quote ? options.quote : '"';
    options.record_ceiling = options.record_ceiling ? options.record_ceiling : CSV_RECORD_CEILING;
    TRY(check_options(&options, error));
    CsvScanner *scanner = calloc(1, sizeof *scanner);
    if (!scanner)
        return error_no_memory(error);
    memset(scanner->delimiters, options.delimiter, sizeof scanner->delimiters);
    memset(scanner->quotes, options.is_unquoted ? '\n' : options.quote, sizeof scanner->quotes);
    scanner->stream = stream;
    scanner->column_count = options.column_count;
    scanner->ceiling = options.record_ceiling;
    scanner->line = 1;
    scanner->capacity = scanner->ceiling + LINE_END + READ_SIZE;
    scanner->window = malloc(scanner->capacity + STRIDE);
    scanner->scratch = malloc(scanner->ceiling);
    if (!scanner->window || !scanner->scratch) {
        csv_scanner_free(scanner);
        return error_no_memory(error);
    }
    memset(scanner->window, 0, STRIDE);
    *ret_scanner = scanner;
    return STATUS_OK;
}

bool csv_scanner_is_at_cut(const CsvScanner *scanner)
{
    return scanner->is_final && !scanner->is_skipping && scanner->start == scanner->end && scanner->end > 0 &&
           !is_line_end(scanner->window[scanner->end - 1]);
}

size_t csv_scanner_column_count(const CsvScanner *scanner)
{
    return scanner->column_count;
}

uint64_t csv_scanner_skipped_bytes(const CsvScanner *scanner)
{
    return scanner->skipped;
}

void csv_scanner_free(CsvScanner *scanner)
{
    if (!scanner)
        return;
    free(scanner->window);
    free(scanner->scratch);
    free(scanner->fields);
    free(scanner);
}
