-- The journeys that a refresh takes out of the reports, as they stood: 95_reported.sql compares them with what came instead.

create temporary table reported_touch (like cl_marketing.deal_touch) on commit drop;
