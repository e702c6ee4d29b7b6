/* Checks the conditions of the configuration by asking the server: each becomes a generated column of a temporary table
 * that has the documented columns, so it is one boolean expression over one row that gives the same whenever it is
 * asked; no sub-select, no aggregate, no other table. What is used is the text that the server gives back. Runs with
 * the loader's rights alone, within a transaction of the caller's, of which it leaves nothing but temporary tables.
 *
 *     cleanup(condition_check_done) ConditionCheck check = {0};
 *     TRY(condition_check_begin(pg, "Europe/Berlin", &check, error));
 *     cleanup(pg_result_free) PgResult checked = {0};
 *     TRY(condition_check(&check, (ConditionPlace){"stages", "mql", CONDITION_WHO}, &stage->who, &checked, error));
 *     Text canonical = pg_value(&checked, 0, 0), columns = pg_value(&checked, 0, 1);  // {employees,title}
 *     TRY(condition_check_end(&check, error));
 *
 * "FILE:LINE:COLUMN: stages: mql: who, position 17: column "emploees" does not exist", ERROR_CONFIG; the position
 * counts characters of the condition from 1, and is there where the server gives one.
 */
#ifndef CLOSEDLOOP_LOAD_CONDITION_H
#define CLOSEDLOOP_LOAD_CONDITION_H

#include "common/config/condition.h"
#include "common/error.h"
#include "common/pg.h"

/* The rows that conditions are about: cl_smarketing.lead_fact and touch_fact. */
typedef enum ConditionRow { CONDITION_WHO, CONDITION_DID } ConditionRow;

typedef struct ConditionPlace {
    const char *section, *name; /* for messages */
    ConditionRow row;
} ConditionPlace;

typedef struct ConditionCheck {
    Pg *pg;
    PgResult columns[2]; /* names, by ConditionRow */
} ConditionCheck;

/* Times that a condition says without a zone are of this one, until the end. */
Status condition_check_begin(Pg *pg, const char *timezone, ConditionCheck *ret_check, Error *error);
Status condition_check_end(ConditionCheck *check, Error *error);
void condition_check_done(ConditionCheck *check);

/* One condition. After a failure the transaction can only be rolled back. */
Status condition_check(ConditionCheck *check, ConditionPlace place, const Condition *condition, PgResult *ret_checked,
                       Error *error);

#endif
