/* What marketing and sales have promised each other, put into the database: cl_smarketing.agreement.
 *
 *     bool is_changed;
 *     TRY(agreement_setting_apply(pg, config, &is_changed, error)); // then every lead is judged anew
 */
#ifndef CLOSEDLOOP_LOAD_AGREEMENT_SETTING_H
#define CLOSEDLOOP_LOAD_AGREEMENT_SETTING_H

#include "common/config/config.h"
#include "common/pg.h"

Status agreement_setting_apply(Pg *pg, const Config *config, bool *ret_is_changed, Error *error);

#endif
