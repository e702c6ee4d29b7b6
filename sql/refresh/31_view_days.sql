-- Views of each content by day, of the days in which a view came or went: the day noted is one of UTC, the days are those of
-- its two ends.

-- Days without a gap, within a month.
create temporary table changed_run on commit drop as
select min(i.day) as first_day, max(i.day) as last_day, i.timezone
from (
    select d.day, d.timezone, date_trunc('month', d.day) as month,
        d.day - row_number() over (order by d.day)::integer as island
    from (
        select distinct (e.ends_at at time zone s.timezone)::date as day, s.timezone
        from cl_ops.changed_day as c
        cross join cl_ops.setting as s
        cross join lateral (
            values (c.day::timestamp at time zone 'UTC'),
                ((c.day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond')
        ) as e(ends_at)
    ) as d
) as i
group by i.month, i.island, i.timezone;

delete from cl_marketing.content_view_day as t using changed_run as c where t.day between c.first_day and c.last_day;

-- A branch for each run, with nothing but constants in it, so that only the partitions of these days are looked at, and the
-- server can give them to several workers.
do $$
declare
    branches text;
begin
    select string_agg(format($branch$
            select (viewed_at at time zone %L)::date as day, content_id, count(*) as views
            from cl_core.view
            where viewed_at >= %L::timestamptz and viewed_at < %L::timestamptz and interaction <> 'dwell'%s
            group by 1, 2$branch$,
            c.timezone, c.first_day::timestamp at time zone c.timezone, (c.last_day + 1)::timestamp at time zone c.timezone,
            case
                when exists (select from cl_core.robot_day as r where r.day between c.first_day and c.last_day)
                    then format(
                        ' and (visitor_id, (viewed_at at time zone %L)::date) not in (
                            select r.visitor_id, r.day from cl_core.robot_day as r where r.day between %L and %L)',
                        c.timezone, c.first_day, c.last_day)
                else ''
            end),
        ' union all ')
    into branches
    from changed_run as c;
    if branches is not null then
        execute 'create temporary table new_view_day on commit drop as ' || branches;
        insert into cl_marketing.content_view_day (day, content_id, views)
        select day, content_id, views from new_view_day order by day, content_id; -- as it is indexed
    end if;
end
$$;

select cl_ops.analyze_grown('cl_marketing.content_view_day');
