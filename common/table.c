#include "common/table.h"
#include "common/display.h"
#include "common/utf8.h"

#include <errno.h>

enum { CEILING = 64 << 20 };

typedef struct Cell {
    Text text; /* safe */
    size_t width;
} Cell;

struct TableRow {
    TableRow *next;
    Cell cells[];
};

static const char ELLIPSIS[] = "…";

static size_t width_of(Text text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.size;)
        width += display_width(display_safe(display_next(text, &at)));
    return width;
}

/* A copy that is safe to print and not wider than width_max. */
static bool make_cell(Arena *arena, const char *string, size_t width_max, Cell *ret_cell)
{
    Text text = text_from(string ? string : "");
    bool is_cut = width_max && width_of(text) > width_max;
    size_t limit = is_cut ? width_max - 1 : SIZE_MAX;
    /* A replacement is never longer than what it replaces. */
    char *bytes = arena_allocate(arena, text.size + sizeof ELLIPSIS);
    if (!bytes)
        return false;
    Cell cell = {.text = {bytes, 0}};
    for (size_t at = 0; at < text.size;) {
        uint32_t character = display_safe(display_next(text, &at));
        if (display_width(character) > limit - cell.width)
            break;
        cell.width += display_width(character);
        cell.text.size += utf8_encode(character, bytes + cell.text.size);
    }
    if (is_cut) {
        memcpy(bytes + cell.text.size, ELLIPSIS, sizeof ELLIPSIS - 1);
        cell.text.size += sizeof ELLIPSIS - 1;
        cell.width++;
    }
    *ret_cell = cell;
    return true;
}

Table table_make(const TableColumn *columns, size_t column_count, size_t width_max)
{
    Table table = {.arena = arena_make(CEILING), .width_max = width_max};
    table.column_count = column_count < TABLE_COLUMNS_MAX ? column_count : TABLE_COLUMNS_MAX;
    for (size_t i = 0; i < table.column_count; i++) {
        table.columns[i] = columns[i];
        table.widths[i] = width_of(text_from(columns[i].title));
    }
    return table;
}

Status table_add(Table *table, const char *const *cells, Error *error)
{
    TableRow *row = arena_allocate(&table->arena, sizeof *row + table->column_count * sizeof *row->cells);
    if (!row)
        return error_set(error, ERROR_DATA, "the table is too large to print");
    for (size_t i = 0; i < table->column_count; i++) {
        if (!make_cell(&table->arena, cells[i], table->width_max, &row->cells[i]))
            return error_set(error, ERROR_DATA, "the table is too large to print");
        size_t wrap = table->columns[i].wrap, width = row->cells[i].width;
        if (wrap && width > wrap)
            width = wrap;
        if (width > table->widths[i])
            table->widths[i] = width;
    }
    if (table->last)
        table->last->next = row;
    else
        table->first = row;
    table->last = row;
    return STATUS_OK;
}

static void print_repeated(FILE *stream, char byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        putc(byte, stream);
}

/* Nothing is padded behind a line's last text. */
static void print_cell(const Table *table, size_t column, Cell cell, bool is_last, FILE *stream)
{
    size_t padding = table->widths[column] - cell.width;
    bool is_right = table->columns[column].alignment == TABLE_RIGHT;
    if (is_right)
        print_repeated(stream, ' ', padding);
    fwrite(cell.text.data, 1, cell.text.size, stream);
    if (!is_right && !is_last)
        print_repeated(stream, ' ', padding);
    fputs(is_last ? "\n" : "  ", stream);
}

/* Takes the next line from the front of the cell: what fits, up to a blank if there is one. */
static Cell take_line(Cell *rest, size_t wrap)
{
    Cell line = *rest, broken = {.text = {rest->text.data, 0}};
    if (wrap && rest->width > wrap) {
        line = (Cell){.text = {rest->text.data, 0}};
        for (size_t at = 0; at < rest->text.size;) {
            uint32_t character = display_next(rest->text, &at);
            if (character == ' ')
                broken = line;
            if (line.width + display_width(character) > wrap)
                break;
            line = (Cell){{line.text.data, at}, line.width + display_width(character)};
        }
        if (broken.text.size)
            line = broken;
    }
    size_t taken = line.text.size;
    size_t blanks = taken < rest->text.size && rest->text.data[taken] == ' ';
    rest->text = (Text){rest->text.data + taken + blanks, rest->text.size - taken - blanks};
    rest->width -= line.width + blanks;
    return line;
}

static void print_row(const Table *table, const TableRow *row, FILE *stream)
{
    Cell rest[TABLE_COLUMNS_MAX];
    memcpy(rest, row->cells, table->column_count * sizeof *rest);
    for (bool is_more = true; is_more;) {
        Cell line[TABLE_COLUMNS_MAX];
        size_t last = 0;
        is_more = false;
        for (size_t i = 0; i < table->column_count; i++) {
            line[i] = take_line(&rest[i], table->columns[i].wrap);
            last = line[i].text.size ? i : last;
            is_more |= rest[i].text.size > 0;
        }
        for (size_t i = 0; i <= last; i++)
            print_cell(table, i, line[i], i == last, stream);
    }
}

Status table_print(const Table *table, FILE *stream, Error *error)
{
    errno = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        Text title = text_from(table->columns[i].title);
        print_cell(table, i, (Cell){title, width_of(title)}, i + 1 == table->column_count, stream);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        print_repeated(stream, '-', table->widths[i]);
        fputs(i + 1 == table->column_count ? "\n" : "  ", stream);
    }
    for (const TableRow *row = table->first; row; row = row->next)
        print_row(table, row, stream);
    if (fflush(stream) != 0 || ferror(stream))
        return error_set_errno(error, ERROR_IO, errno ? errno : EIO, "cannot write the table");
    return STATUS_OK;
}

void table_done(Table *table)
{
    arena_done(&table->arena);
    table->first = table->last = NULL;
}
