/* What a model was fitted to, copied into the temporary tables fit_state, fit_step, fit_folded and fit_value of
 * sql/refresh/55_fit_begin.sql, as numbers; sql/refresh/56_fit_scores.sql makes reporting tables of them, with names.
 */
#ifndef CLOSEDLOOP_LOAD_FIT_STORE_H
#define CLOSEDLOOP_LOAD_FIT_STORE_H

#include "common/pg.h"
#include "load/fit_journeys.h"
#include "load/model_fit.h"

Status fit_store(Pg *pg, const FitItems *items, const ModelFit *fit, Error *error);

#endif
