#include "load/condition.h"

#include "common/buffer.h"
#include "common/nearest.h"
#include "load/condition_scan.h"

#include <stdio.h>

enum { STATEMENT_CEILING = CONDITION_MAX + 1000, COLUMNS_MAX = 100 };

static const char *const row_keys[] = {[CONDITION_WHO] = "who", [CONDITION_DID] = "did"};
static const char *const row_names[] = {[CONDITION_WHO] = "lead", [CONDITION_DID] = "touch"};
static const char *const row_tables[] = {[CONDITION_WHO] = "condition_who", [CONDITION_DID] = "condition_did"};

/* --- what is said of a failure ----------------------------------------------------------------------------------- */

static Status refuse(ConditionPlace place, const Condition *condition, size_t position, const char *flaw, Error *error)
{
    char at[40] = "";
    if (position > 0)
        snprintf(at, sizeof at, ", position %zu", position);
    return yaml_error(condition->node, error, "%s: %s: %s%s: %s", place.section, place.name, row_keys[place.row], at,
                      flaw);
}

typedef struct Advice {
    const char *state; /* SQLSTATE */
    const char *word;  /* that the server's message holds, in English; NULL: any */
    const char *flaw;  /* in place of the server's words; NULL: those */
    const char *hint;
} Advice;

/* PostgreSQL, appendix A; the first that fits counts. */
static const Advice advices[] = {
    {"42P17", NULL, "what it gives depends on the time, on settings or on chance",
     "it must give the same for the same row whenever it is asked: no now(), no random(), and no turning of times "
     "into days or text; what times or counts are to matter is said by times and within"},
    {"0A000", "subquery", "a sub-select looks at other rows", "a condition is about one row: its columns alone"},
    {"42803", NULL, "an aggregate looks at other rows",
     "a condition is about one row; how often something must happen is said by times and within"},
    {"42P20", NULL, "a window function looks at other rows", "a condition is about one row: its columns alone"},
    {"42P01", NULL, NULL, "a condition is about one row: its columns alone, and no other table"},
    {"42804", "is_met", "it gives neither true nor false", "compare it with something, such as employees >= 50"},
    {"42804", NULL, NULL, "a condition is true or false"},
    {"42601", NULL, NULL, "a condition is one SQL expression such as employees >= 50 and country in ('DE', 'AT')"},
    {"22P02", NULL, NULL, "what a column is compared with must be of its type: see the data dictionary"},
    {"42883", NULL, NULL, "functions and operators are those of PostgreSQL itself; types may have to be cast"},
};

/* What the statement that asks is about is nobody's business. */
static void cut_statement(char *message)
{
    static const char *const endings[] = {" in column generation expression", " of relation \"condition_"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char *at = strstr(message, endings[i]);
        if (at)
            *at = '\0';
    }
}

static Text name_at(Text text, size_t position)
{
    Text name = {text.data, 0};
    size_t at = condition_byte_at(text, position);
    if (at < text.size && text.data[at] == '"')
        at++;
    name.data += at;
    while (at + name.size < text.size && (name.data[name.size] == '_' || (name.data[name.size] | 0x20) >= 'a'))
        name.size++;
    return name;
}

static Status hint_at_columns(const ConditionCheck *check, ConditionPlace place, Text wanted, Error *error)
{
    const PgResult *columns = &check->columns[place.row];
    const char *names[COLUMNS_MAX];
    size_t count = columns->row_count < COLUMNS_MAX ? columns->row_count : COLUMNS_MAX, size = 0;
    char joined[400] = "";
    for (size_t i = 0; i < count; i++)
        names[i] = pg_value(columns, i, 0).data;
    const char *nearest = nearest_name(wanted, names, count);
    if (nearest)
        return error_hint(error, "did you mean '%s'?", nearest);
    for (size_t i = 0; i < count && size < sizeof joined; i++)
        size += (size_t)snprintf(joined + size, sizeof joined - size, "%s%s", i ? ", " : "", names[i]);
    return error_hint(error, "columns of a %s are: %s", row_names[place.row], joined);
}

/* Whether it is the condition that the server complains of, and not the connection, rights or the system. */
static bool is_about_condition(const PgComplaint *complaint)
{
    static const char *const prefixes[] = {"42", "0A", "22", "21", "54", "428"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(complaint->state, prefixes[i], strlen(prefixes[i])) == 0)
            return strcmp(complaint->state, "42501") != 0;
    return false;
}

static Status explain(const ConditionCheck *check, ConditionPlace place, const Condition *condition, size_t prefix,
                      Error *error)
{
    PgComplaint complaint = *pg_complaint(check->pg);
    if (!is_about_condition(&complaint))
        return STATUS_ERROR;
    size_t position = complaint.position > prefix ? complaint.position - prefix : 0;
    if (position > 0 && condition_byte_at(condition->text, position) == condition->text.size)
        snprintf(complaint.message, sizeof complaint.message, "something is missing at the end");
    cut_statement(complaint.message);
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        const Advice *advice = &advices[i];
        if (strcmp(advice->state, complaint.state) != 0 || (advice->word && !strstr(complaint.message, advice->word)))
            continue;
        refuse(place, condition, position, advice->flaw ? advice->flaw : complaint.message, error);
        return error_hint(error, "%s", advice->hint);
    }
    refuse(place, condition, position, complaint.message, error);
    if (strcmp(complaint.state, "42703") == 0)
        return hint_at_columns(check, place, position ? name_at(condition->text, position) : TEXT(""), error);
    return STATUS_ERROR;
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

Status condition_check_begin(Pg *pg, const char *timezone, ConditionCheck *ret_check, Error *error)
{
    ConditionCheck check = {.pg = pg};
    cleanup(pg_result_free) PgResult ignored = {0};
    Status status = pg_query(pg, "select cl_smarketing.prepare_conditions()", NULL, 0, &ignored, error);
    if (status == STATUS_OK)
        status =
            pg_query(pg, "select set_config('timezone', $1, true)", (const char *[]){timezone}, 1, &ignored, error);
    for (size_t row = 0; row < 2 && status == STATUS_OK; row++)
        status = pg_query(pg, "select * from cl_smarketing.condition_columns($1)", &row_tables[row], 1,
                          &check.columns[row], error);
    if (status != STATUS_OK) {
        condition_check_done(&check);
        return status;
    }
    *ret_check = check;
    return STATUS_OK;
}

Status condition_check_end(ConditionCheck *check, Error *error)
{
    return pg_execute(check->pg, "set local timezone = 'UTC'; drop table pg_temp.condition_who, pg_temp.condition_did",
                      error);
}

void condition_check_done(ConditionCheck *check)
{
    pg_result_free(&check->columns[CONDITION_WHO]);
    pg_result_free(&check->columns[CONDITION_DID]);
    *check = (ConditionCheck){0};
}

/* Makes the table whose last column is the condition. *ret_prefix is what stands before it, in characters. */
static Status make_table(const ConditionCheck *check, ConditionRow row, Text text, size_t *ret_prefix, Error *error)
{
    cleanup(buffer_done) Buffer statement = buffer_make(STATEMENT_CEILING);
    TRY(buffer_printf(&statement, error,
                      "create temporary table condition (like pg_temp.%s, is_met boolean generated always as (\n",
                      row_tables[row]));
    *ret_prefix = statement.size;
    TRY(buffer_append(&statement, text, error));
    TRY(buffer_append(&statement, TEXT("\n) stored) on commit drop"), error));
    TRY(buffer_append_byte(&statement, '\0', error));
    cleanup(pg_result_free) PgResult ignored = {0};
    /* as a query, since that is one statement and no more */
    return pg_query(check->pg, statement.data, NULL, 0, &ignored, error);
}

Status condition_check(ConditionCheck *check, ConditionPlace place, const Condition *condition, PgResult *ret_checked,
                       Error *error)
{
    size_t position = 0, prefix = 0;
    const char *flaw = condition_scan(condition->text, &position);
    if (flaw) {
        refuse(place, condition, position, flaw, error);
        return error_hint(error, "a condition is one SQL expression; several are joined by and, or");
    }
    if (make_table(check, place.row, condition->text, &prefix, error) != STATUS_OK)
        return explain(check, place, condition, prefix, error);
    cleanup(pg_result_free) PgResult result = {0};
    const char *text[] = {condition->text.data};
    TRY(pg_query(check->pg, "select * from cl_smarketing.canonical_condition($1)", text, 1, &result, error));
    Text found = pg_value(&result, 0, 2);
    if (!text_is_null(found)) {
        refuse(place, condition, 0, found.data, error);
        return error_hint(error, "%s", pg_value(&result, 0, 3).data);
    }
    cleanup(pg_result_free) PgResult ignored = {0};
    if (pg_query(check->pg, "select cl_smarketing.try_condition()", NULL, 0, &ignored, error) != STATUS_OK) {
        explain(check, place, condition, SIZE_MAX, error);
        return error_hint(error,
                          "it must give an answer for any row; tried were no values at all, the texts '' and 'x', "
                          "and the numbers 0 and 2147483647");
    }
    TRY(pg_execute(check->pg, "drop table pg_temp.condition", error));
    pg_result_free(ret_checked);
    *ret_checked = result;
    result = (PgResult){0};
    return STATUS_OK;
}
