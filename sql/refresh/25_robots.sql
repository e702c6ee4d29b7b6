-- Robots by the number of their views: a visitor with more than setting.bots_above views in a day of the reporting zone.
-- Counted anew for each day in which a view came or went: a late view can make a robot, a corrected batch unmake it. Off
-- unless set; whoever sets another number has everything computed anew.

do $$
declare
    counted record;
begin
    for counted in
        select distinct (d.ends_at at time zone s.timezone)::date as day, s.timezone, s.bots_above
        from cl_ops.changed_day as c
        cross join cl_ops.setting as s
        cross join lateral (
            values (c.day::timestamp at time zone 'UTC'),
                ((c.day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond')
        ) as d(ends_at)
        where s.bots_above is not null
        order by 1
    loop
        delete from cl_core.robot_day as t where t.day = counted.day;
        -- with nothing but constants in it, so that only the partitions of the day are looked at
        execute format($query$
            insert into cl_core.robot_day (visitor_id, day, views)
            select visitor_id, %L, count(*)
            from cl_core.view
            where viewed_at >= %L::timestamptz and viewed_at < %L::timestamptz and interaction <> 'dwell'
            group by visitor_id
            having count(*) > %s$query$,
            counted.day, counted.day::timestamp at time zone counted.timezone,
            (counted.day + 1)::timestamp at time zone counted.timezone, counted.bots_above);
    end loop;
end
$$;
