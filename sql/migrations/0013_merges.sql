-- Where merges of contacts, accounts and deals lead.

-- Follows merges to their end, all at once, in steps that double: pg_temp.merge_step holds, of each record that is merged
-- into another one, that one (at) and the lower key of both (lowest). Afterwards `at` is the end, or, if it has a row
-- itself, on a cycle, whose lowest key that row's `lowest` is.
create function cl_core.follow_merges() returns void
language plpgsql as $$
declare
    steps bigint := 1;
    records bigint := (select count(*) from merge_step);
begin
    while steps < records loop
        update merge_step as m
        set at = n.at, lowest = least(m.lowest, n.lowest)
        from merge_step as n
        where n.node = m.at and n.at <> m.at;
        exit when not found;
        steps := steps * 2;
    end loop;
end
$$;

-- What the changed records of a kind, accounts or deals, are merged into in the end: pg_temp.survivor; a cycle ends at its
-- lowest key. Whoever was or is merged into a changed record changes with it.
create function cl_core.find_survivors(kind text) returns void
language plpgsql as $$
declare
    grown bigint;
begin
    loop
        execute format($query$
            insert into cl_ops.changed_key (kind, key)
            select %1$L, t.%2$I
            from cl_ops.changed_key as c
            join cl_core.%3$I as t on t.merged_into_id = c.key
            where c.kind = %1$L
            union
            select %1$L, t.merged_into_id
            from cl_ops.changed_key as c
            join cl_core.%3$I as t on t.%2$I = c.key
            where c.kind = %1$L and t.merged_into_id is not null
            union
            select %1$L, t.%2$I
            from cl_ops.changed_key as c
            join cl_core.%3$I as t on t.survivor_id = c.key
            where c.kind = %1$L
            union
            select %1$L, t.survivor_id
            from cl_ops.changed_key as c
            join cl_core.%3$I as t on t.%2$I = c.key
            where c.kind = %1$L and t.survivor_id is not null
            on conflict do nothing$query$,
            kind, kind || '_id', kind);
        get diagnostics grown = row_count;
        exit when grown = 0;
    end loop;

    create temporary table merge_step (node uuid not null, at uuid not null, lowest uuid not null) on commit drop;
    execute format($query$
        insert into merge_step (node, at, lowest)
        select t.%2$I, t.merged_into_id, least(t.%2$I, t.merged_into_id)
        from cl_ops.changed_key as c
        join cl_core.%3$I as t on t.%2$I = c.key
        where c.kind = %1$L and t.merged_into_id is not null$query$,
        kind, kind || '_id', kind);
    analyze merge_step;
    perform cl_core.follow_merges();
    create temporary table survivor on commit drop as
    select m.node as key, coalesce(r.lowest, m.at) as survivor_id
    from merge_step as m
    left join merge_step as r on r.node = m.at;
    drop table pg_temp.merge_step;
end
$$;
