/* Fitting: the models whose scores come from all journeys (load/model_fit.h) are fitted anew when a deal, or the topic
 * of a content, has changed; then their weights and credits are copied into cl_marketing.fitted_touch, those of all
 * deals, or, if all scores are what they were, of the changed ones. Constant memory, but for the longest journey, the
 * states, and the different sets of states.
 *
 * The journeys are looked at three times: for what they hold; for how they go from state to state; then, scores known,
 * for the touches. */
#ifndef CLOSEDLOOP_LOAD_FIT_H
#define CLOSEDLOOP_LOAD_FIT_H

#include "load/arrivals.h"
#include "load/journeys.h"
#include "load/model_set.h"

/* Within the refresh's transaction, after credit_journeys(): the journeys are those of changed deals, and all others
 * are added if models are due. */
Status fit_models(Pg *pg, const ModelSet *models, const Arrivals *arrivals, Journeys *journeys, Error *error);

#endif
