/* The shared language of the configuration, into the database: stages, personas and the rules of the score become
 * cl_smarketing.definition, once the server has checked their conditions.
 *
 *     TRY(definition_setting_apply(pg, config, error));   // within the refresh's transaction, after the setting
 *
 * pg_temp.changed_definition then holds kind and name of what is not as it was.
 */
#ifndef CLOSEDLOOP_LOAD_DEFINITION_SETTING_H
#define CLOSEDLOOP_LOAD_DEFINITION_SETTING_H

#include "common/config/config.h"
#include "common/pg.h"

/* ERROR_CONFIG for a condition that is none; see load/condition. */
Status definition_setting_apply(Pg *pg, const Config *config, Error *error);

/* Checks the conditions in a transaction of its own, of which nothing stays. Needs a migrated database. */
Status definition_setting_check(Pg *pg, const Config *config, Error *error);

/* How many conditions there are. */
size_t definition_setting_count(const Config *config);

#endif
