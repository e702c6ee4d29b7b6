/* Which column of a table fills which slot of a mapping: found once for a file, by the names in its header or by
 * numbers.
 *
 *     cleanup(columns_done) Columns columns = COLUMNS_INIT;
 *     TRY(columns_bind(&mapping, header.fields, header.field_count, stream_name(stream), &columns, error));
 *     ...
 *     TRY(emitter_begin(emitter, record.line, error));
 *     TRY(columns_emit(&columns, emitter, record.fields, form, record.raw, error));       // for each record
 */
#ifndef CLOSEDLOOP_EXTRACT_COLUMNS_H
#define CLOSEDLOOP_EXTRACT_COLUMNS_H

#include "common/arena.h"
#include "common/error.h"
#include "extract/emitter.h"

#include <stdint.h>

typedef struct ColumnBinding {
    int slot;
    uint32_t column;
} ColumnBinding;

/* The columns that `each: {columns: ...}` makes one record of: those of one number. */
typedef struct ColumnGroup {
    size_t scope;
    uint32_t number;
    const uint32_t *columns;
    size_t column_count;
    const ColumnBinding *bindings;
    size_t binding_count;
} ColumnGroup;

typedef struct Columns {
    Arena arena;
    const ColumnBinding *bindings; /* of the slots of the record itself */
    size_t binding_count;
    const ColumnGroup *groups; /* of a scope by their numbers */
    size_t group_count;
} Columns;

#define COLUMNS_INIT                                                                                                   \
    {                                                                                                                  \
        .group_count = 0                                                                                               \
    }

/* By names. ERROR_DATA, naming the file and the nearest column, for one that must be there and is not, and for one that
 * is there twice. */
Status columns_bind(const Mapping *mapping, const Text *names, size_t count, const char *file, Columns *ret_columns,
                    Error *error);

/* By numbers from 1, where nothing names the columns. */
Status columns_bind_numbers(const Mapping *mapping, size_t count, const char *file, Columns *ret_columns, Error *error);

/* Sets the slots of a record that was begun, and emits it and its groups: those of which some column is not empty. The
 * form is that of all fields. */
Status columns_emit(const Columns *columns, Emitter *emitter, const Text *fields, ValueForm form, Text raw,
                    Error *error);

/* For a preview: tells the emitter's sink of the columns that nobody asks for, by their names, or NULL: by numbers. In
 * groups # stands for the number. And of those that would be read, and are not there: of several that may stand for
 * one field the first. */
void columns_report(const Columns *columns, Emitter *emitter, const Text *names, size_t count);

/* May be called on COLUMNS_INIT, and again. */
void columns_done(Columns *columns);

#endif
