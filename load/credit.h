/* Crediting: weighs and credits the journeys of the changed deals under every rule model (load/attribution), and copies
 * the rows into cl_marketing.deal_touch. Constant memory, but for the longest journey and the arrivals. A deal with no
 * touch has one row, unattributed, with all the credit. */
#ifndef CLOSEDLOOP_LOAD_CREDIT_H
#define CLOSEDLOOP_LOAD_CREDIT_H

#include "load/contribution.h"

/* Within the refresh's transaction, after journey_source_changed(): the journeys are those of changed deals alone. What
 * they give to the sums is added to the contribution. */
Status credit_journeys(Pg *pg, const ModelSet *models, Journeys *journeys, Contribution *contribution, Error *error);

#endif
