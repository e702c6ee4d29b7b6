-- Arrivals that no batch brings any more.
delete from cl_core.arrival as t
using cl_ops.changed_key as c
where c.kind = 'arrival' and t.arrival_id = c.key
  and not exists (select from cl_core.arrival_seen as s where s.arrival_id = t.arrival_id)
  and (t.arrival_id <> cl_marketing.activity_arrival() or not exists (select from activity_kind));

-- Views and visitors of the months in which a day changed, of each content and of all together: visitors do not add up. The day
-- is one of UTC, the months are those of its two ends.
create temporary table changed_month on commit drop as
select distinct date_trunc('month', d.ends_at at time zone s.timezone)::date as month
from cl_ops.changed_day as c
cross join lateral (
    values (c.day::timestamp at time zone 'UTC'), ((c.day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond')
) as d(ends_at)
cross join cl_ops.setting as s;

delete from cl_marketing.content_view_month as t using changed_month as c where t.month = c.month;
delete from cl_marketing.visitor_month as t using changed_month as c where t.month = c.month;

-- A branch for each month, with nothing but constants in it, so that the server can give the months to several workers. In the
-- row of all contents there is none.
do $$
declare
    branches text;
begin
    select string_agg(format($branch$
            select content_id, %L::date as month, sum(views) as views, count(*) filter (where views > 0) as visitors,
                sum(dwell_seconds) as dwell_seconds
            from (
                select content_id, count(*) filter (where interaction <> 'dwell') as views,
                    sum(coalesce(dwell_seconds, 0))::bigint as dwell_seconds
                from cl_core.view
                where viewed_at >= %L::timestamptz and viewed_at < %L::timestamptz%s
                group by grouping sets ((content_id, visitor_id), (visitor_id))
            ) as v
            group by content_id$branch$,
            c.month, c.month::timestamp at time zone s.timezone, (c.month + interval '1 month') at time zone s.timezone,
            case
                when exists (select from cl_core.robot_day as r
                             where r.day >= c.month and r.day < c.month + interval '1 month')
                    then format(
                        ' and (visitor_id, (viewed_at at time zone %L)::date) not in (
                            select r.visitor_id, r.day from cl_core.robot_day as r where r.day >= %L and r.day < %L)',
                        s.timezone, c.month, c.month + interval '1 month')
                else ''
            end),
        ' union all ')
    into branches
    from changed_month as c
    cross join cl_ops.setting as s;
    if branches is not null then
        -- The server takes few items for many, and would sort what it can hash.
        perform set_config('enable_sort', 'off', true);
        execute 'create temporary table new_view_month on commit drop as ' || branches;
        perform set_config('enable_sort', 'on', true);
        insert into cl_marketing.content_view_month (content_id, month, views, visitors, dwell_seconds)
        select content_id, month, views, visitors, dwell_seconds from new_view_month where content_id is not null;
        insert into cl_marketing.visitor_month (month, views, visitors)
        select month, views, visitors from new_view_month where content_id is null and views > 0;
    end if;
end
$$;

-- Leads of the contents and months that changed touches name.
create temporary table changed_pair on commit drop as
select t.content_id, date_trunc('month', t.touched_at at time zone s.timezone)::date as month
from (
    select content_id, touched_at from old_touch
    union all
    select content_id, touched_at from new_touch
    union all
    select t.content_id, t.touched_at
    from flipped_person as f
    join cl_core.touch as t on t.person_id = f.person_id
) as t
cross join cl_ops.setting as s
group by 1, 2;
analyze changed_pair;

create temporary table new_lead_month (like cl_marketing.content_lead_month) on commit drop;

-- Few are looked up one by one; for many of them one pass over all touches is cheaper.
do $$
begin
    if (select count(*) from changed_pair) < (select count(*) from cl_marketing.content_lead_month) / 5 then
        insert into new_lead_month
        select p.content_id, p.month, count(distinct t.person_id)
        from changed_pair as p
        cross join cl_ops.setting as s
        join cl_core.touch as t
            on t.content_id = p.content_id and t.touched_at >= p.month::timestamp at time zone s.timezone
            and t.touched_at < (p.month + interval '1 month') at time zone s.timezone
        join cl_core.person as person on person.person_id = t.person_id and person.is_lead
        group by p.content_id, p.month;
    else
        insert into new_lead_month
        select met.content_id, met.month, count(*)
        from (
            select t.content_id, t.person_id, date_trunc('month', t.touched_at at time zone s.timezone)::date as month
            from cl_core.touch as t
            cross join cl_ops.setting as s
            group by 1, 2, 3
        ) as met
        join cl_core.person as person on person.person_id = met.person_id and person.is_lead
        join changed_pair as p on p.content_id = met.content_id and p.month = met.month
        group by met.content_id, met.month;
    end if;
end
$$;

delete from cl_marketing.content_lead_month as t
using changed_pair as p
where t.content_id = p.content_id and t.month = p.month;

insert into cl_marketing.content_lead_month (content_id, month, leads)
select content_id, month, leads from new_lead_month;
