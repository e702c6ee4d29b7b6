-- What was reported, and since when. This comes last, for until the commit readers see what stood before.

-- One time for the whole refresh, which never goes back, whatever the clock of the machine does.
update cl_ops.setting
set read_at = (select max(read_at) from cl_ops.batch where status = 'loaded'),
    refreshed_at = greatest(clock_timestamp(), refreshed_at + interval '1 microsecond');

insert into cl_marketing.report_month as r (month, first_reported_at, last_reported_at)
select m.month, s.refreshed_at, s.refreshed_at
from reporting_month as m
cross join cl_ops.setting as s
on conflict (month) do update
set last_reported_at = excluded.last_reported_at;

-- Most changed deals are reported as before.
analyze reported_touch;
create temporary table moved_report on commit drop as
select coalesce(o.deal_id, n.deal_id) as deal_id
from reported_touch as o
full join (
    select t.*
    from changed_deal as c
    join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
) as n on n.deal_id = o.deal_id and n.position = o.position
where row(o.*) is distinct from row(n.*)
union
select r.deal_id
from changed_deal as c
join cl_marketing.deal_report as r on r.deal_id = c.deal_id
join cl_ops.setting as s on r.currency <> s.currency or r.currency_exponent <> s.currency_exponent;
analyze moved_report;

insert into cl_marketing.deal_touch_history
select r.reported_at, s.refreshed_at, r.currency, r.currency_exponent, o.*
from moved_report as m
join reported_touch as o on o.deal_id = m.deal_id
join cl_marketing.deal_report as r on r.deal_id = m.deal_id
cross join cl_ops.setting as s;

delete from cl_marketing.deal_report as r
using moved_report as m
where r.deal_id = m.deal_id and not exists (select from cl_marketing.deal_touch as t where t.deal_id = m.deal_id);

insert into cl_marketing.deal_report (deal_id, reported_at, currency, currency_exponent)
select m.deal_id, s.refreshed_at, s.currency, s.currency_exponent
from moved_report as m
join cl_marketing.deal_touch as t on t.deal_id = m.deal_id and t.position = 1
cross join cl_ops.setting as s
on conflict (deal_id) do update
set reported_at = excluded.reported_at, currency = excluded.currency, currency_exponent = excluded.currency_exponent;

insert into cl_marketing.reported_content (content_id, url)
select c.content_id, c.url
from cl_core.content as c
where c.content_id in (select k.item from cl_marketing.journey_sum as k where k.kind = 'content')
on conflict do nothing;

insert into cl_marketing.reported_arrival (arrival_id, channel, campaign, source, medium)
select a.arrival_id, a.channel, a.campaign, a.source, a.medium
from (
    select distinct t.arrival_id
    from moved_report as m
    join cl_marketing.deal_touch as t on t.deal_id = m.deal_id
    where exists (select from moved_report) -- if none, nothing is read
) as p
join cl_core.arrival as a on a.arrival_id = p.arrival_id
on conflict do nothing;

-- What is older than the configuration wants goes; of that time nothing is told any more, rather than a part. What fitted
-- models said is known from the last refresh of that month on.
update cl_ops.setting as s
set history_from = greatest(s.history_from, least(w.at, (
        select r.last_reported_at
        from cl_marketing.report_month as r
        where r.month = cl_marketing.report_month_at(w.at)
    )))
from (select refreshed_at - history_days * interval '1 day' as at from cl_ops.setting) as w
where w.at is not null;
delete from cl_marketing.fitted_touch_month as t
using cl_ops.setting as s
where t.month < cl_marketing.report_month_at(s.history_from);

-- The time as a constant, so that the server sees that few rows are older.
do $$
declare
    kept_from timestamptz := (select history_from from cl_ops.setting where history_days is not null);
begin
    if kept_from is not null then
        execute format('delete from cl_marketing.deal_touch_history where reported_until <= %L', kept_from);
    end if;
end
$$;

-- Nothing is left to do.
delete from cl_ops.changed_key;
delete from cl_ops.changed_day;
