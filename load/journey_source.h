/* Journeys out of the database (sql/refresh/51_journey_query.sql, 57_journey_query.sql) into the file that all look at:
 * those of changed deals with the touches that the rules of the path leave, and those of all others, as they were
 * credited before. Constant memory, but for the longest journey. */
#ifndef CLOSEDLOOP_LOAD_JOURNEY_SOURCE_H
#define CLOSEDLOOP_LOAD_JOURNEY_SOURCE_H

#include "common/config/attribution.h"
#include "common/pg.h"
#include "load/arrivals.h"
#include "load/journeys.h"

/* Within the refresh's transaction, after 50_journeys. ERROR_DATA for a deal of more than ATTRIBUTION_TOUCHES_MAX
 * touches, ERROR_INTERNAL without memory or for what the tables never hold, errors of the server and of the file. */
Status journey_source_changed(Pg *pg, const Attribution *attribution, const Arrivals *arrivals, Journeys *journeys,
                              Error *error);

/* Of all deals that have credits and did not change in this refresh: content, topic, arrival and role weight of each
 * touch, which is what models are fitted to. Errors as above. */
Status journey_source_unchanged(Pg *pg, const Arrivals *arrivals, Journeys *journeys, Error *error);

#endif
