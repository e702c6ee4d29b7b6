-- What is reported, before anything changes.

-- The journeys that leave the reports, as they stood: 95_reported.sql compares them with what came instead.
create temporary table reported_touch (like cl_marketing.deal_touch) on commit drop;

-- The month whose reports this refresh makes: asked for once, since it may turn on the way; it never goes back.
create temporary table reporting_month on commit drop as
select max(r.month) as last_month, greatest(max(r.month), cl_core.month_of(clock_timestamp())) as month
from cl_marketing.report_month as r;

-- If it has just begun, the credits of fitted models stand as the last month ended.
insert into cl_marketing.fitted_touch_month
select m.last_month, f.*
from reporting_month as m
join cl_marketing.fitted_touch as f on m.last_month < m.month;
