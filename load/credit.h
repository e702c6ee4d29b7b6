/* Crediting: reads the journeys of the changed deals in order (sql/refresh/51_journey_query.sql), weighs and credits
 * each under every model (load/attribution), and copies the rows into cl_marketing.deal_touch. Constant memory, but for
 * the longest journey and the arrivals. A deal with no touch has one row, unattributed, with all the credit. */
#ifndef CLOSEDLOOP_LOAD_CREDIT_H
#define CLOSEDLOOP_LOAD_CREDIT_H

#include "common/error.h"
#include "common/pg.h"
#include "load/contribution.h"
#include "load/fit_journeys.h"

/* Within the refresh's transaction, after 50_journeys. What the journeys give to the sums is added to the contribution,
 * and the journeys themselves to those that models are fitted to. */
Status credit_journeys(Pg *pg, const ModelSet *models, const Attribution *attribution, Contribution *contribution,
                       FitJourneys *journeys, Error *error);

#endif
