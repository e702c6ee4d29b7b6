-- Views of each content by day, of the days in which a view came or went: the day noted is one of UTC, the days are those of
-- its two ends.

do $$
declare
    run record;
begin
    for run in
        -- days without a gap, within a month
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
        group by i.month, i.island, i.timezone
        order by 1
    loop
        delete from cl_marketing.content_view_day as t where t.day between run.first_day and run.last_day;
        -- with nothing but constants in it, so that only the partitions of these days are looked at
        execute format($query$
            insert into cl_marketing.content_view_day (day, content_id, views)
            select (viewed_at at time zone %L)::date, content_id, count(*)
            from cl_core.view
            where viewed_at >= %L::timestamptz and viewed_at < %L::timestamptz and interaction <> 'dwell'%s
            group by 1, 2$query$,
            run.timezone, run.first_day::timestamp at time zone run.timezone,
            (run.last_day + 1)::timestamp at time zone run.timezone,
            case
                when exists (select from cl_core.robot_day as r where r.day between run.first_day and run.last_day)
                    then format(
                        ' and (visitor_id, (viewed_at at time zone %L)::date) not in (
                            select r.visitor_id, r.day from cl_core.robot_day as r where r.day between %L and %L)',
                        run.timezone, run.first_day, run.last_day)
                else ''
            end);
    end loop;
end
$$;

select cl_ops.analyze_grown('cl_marketing.content_view_day');
