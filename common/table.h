/* A table for people, as a run prints it at its end.
 *
 *     static const TableColumn columns[] = {{"source", TABLE_LEFT, 0}, {"read", TABLE_RIGHT, 0}};
 *     cleanup(table_done) Table table = table_make(columns, 2, 40);
 *     TRY(table_add(&table, (const char *[]){"website", "12000"}, error));
 *     TRY(table_print(&table, stdout, error));
 *
 *     source    read
 *     -------  -----
 *     website  12000
 *
 * Widths are counted in columns of a terminal. Cells wider than the maximum are cut and end in "…"; characters that
 * could steer a terminal never reach it.
 */
#ifndef CLOSEDLOOP_COMMON_TABLE_H
#define CLOSEDLOOP_COMMON_TABLE_H

#include "common/arena.h"
#include "common/error.h"

#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 32 };

typedef enum TableAlignment { TABLE_LEFT, TABLE_RIGHT } TableAlignment;

typedef struct TableColumn {
    const char *title; /* not copied */
    TableAlignment alignment;
    size_t wrap; /* cells wider than this go on in the next line, broken at blanks; 0: they do not */
} TableColumn;

typedef struct TableRow TableRow;

typedef struct Table {
    Arena arena;
    TableColumn columns[TABLE_COLUMNS_MAX];
    size_t widths[TABLE_COLUMNS_MAX];
    size_t column_count, width_max;
    TableRow *first, *last;
} Table;

/* Columns past TABLE_COLUMNS_MAX are left out; width_max 0 means no maximum. */
Table table_make(const TableColumn *columns, size_t column_count, size_t width_max);

/* One cell for each column, copied; NULL is an empty cell. */
Status table_add(Table *table, const char *const *cells, Error *error);

/* Titles, a rule, the rows. ERROR_IO if the stream takes it not. */
Status table_print(const Table *table, FILE *stream, Error *error);

void table_done(Table *table);

#endif
