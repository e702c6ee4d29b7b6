-- Views and visitors of the months in which a day changed, over all contents.

delete from cl_marketing.visitor_month as t using changed_month as c where t.month = c.month;

insert into cl_marketing.visitor_month (month, views, visitors)
select c.month, v.views, v.visitors
from changed_month as c
cross join cl_ops.setting as s
cross join lateral (
    select coalesce(sum(k.views), 0) as views, count(*) filter (where k.views > 0) as visitors
    from (
        select n.visitor_id, count(*) filter (where n.interaction <> 'dwell') as views
        from cl_core.view as n
        where n.viewed_at >= c.month::timestamp at time zone s.timezone
          and n.viewed_at < (c.month + interval '1 month') at time zone s.timezone
          and (n.visitor_id, (n.viewed_at at time zone s.timezone)::date) not in (
            select r.visitor_id, r.day from cl_core.robot_day as r
          )
        group by n.visitor_id
    ) as k
) as v
where v.views > 0;
