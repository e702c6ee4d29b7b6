/* What the configuration says of content, put into the database: the order of the catalogues, and the rules for what
 * none of them says (cl_core.catalogue, cl_core.content_rule). Part of a refresh.
 *
 *     TRY(content_setting_apply(pg, config, error));
 */
#ifndef CLOSEDLOOP_LOAD_CONTENT_SETTING_H
#define CLOSEDLOOP_LOAD_CONTENT_SETTING_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/pg.h"

/* If it is something else than before, all content is noted as changed. */
Status content_setting_apply(Pg *pg, const Config *config, Error *error);

#endif
