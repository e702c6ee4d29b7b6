/* A list of facts that change with the world and not with the program: a small table in tab-separated text that people
 * read, edit and exchange. Strictly read:
 *
 *     # Comments and empty lines may stand anywhere; two of them say what everybody must be able to ask:
 *     # date: 2026-11-23
 *     # from: where the facts come from (may be missing)
 *     category<TAB>pattern<TAB>source         the first other line names the columns, all of them and in order
 *     search<TAB>google.*<TAB>google          rows: no value is empty, or has white space at its ends
 *
 *     FactList list;
 *     TRY(fact_list_parse(content, "sites.tsv", columns, 3, &arena, &list, error));
 *     for (size_t i = 0; i < list.row_count; i++)
 *         if (!is_known(list.rows[i].values[0]))
 *             return fact_list_error(&list, &list.rows[i], error, "unknown category");
 *
 * What the values mean is the business of whoever uses the list.
 */
#ifndef CLOSEDLOOP_COMMON_FACT_LIST_H
#define CLOSEDLOOP_COMMON_FACT_LIST_H

#include "common/arena.h"
#include "common/error.h"
#include "common/hash.h"
#include "common/text.h"

enum { FACT_LIST_CEILING = 4 << 20, FACT_COLUMNS_MAX = 8 };

typedef struct FactRow {
    const Text *values; /* one for each column */
    unsigned line;
} FactRow;

typedef struct FactList {
    const char *name; /* of the file, for messages */
    Text content;     /* as it was read */
    char date[11];    /* 2026-11-23 */
    Text from;        /* absent if it does not say */
    const FactRow *rows;
    size_t row_count;
    Key digest; /* of the rows in order: comments, and so the date, are no part of what the list does */
} FactList;

/* The content must outlive the list; a byte order mark and CRLF are passed over. ERROR_CONFIG "NAME:LINE: ..." for what
 * is wrong with it. */
Status fact_list_parse(Text content, const char *name, const char *const *columns, size_t column_count, Arena *arena,
                       FactList *ret_list, Error *error);

/* Sets ERROR_CONFIG "NAME:LINE: message" for a row; returns STATUS_ERROR. */
Status fact_list_error(const FactList *list, const FactRow *row, Error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
