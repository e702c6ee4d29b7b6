-- How the rows of a batch, or of several that travelled together, become facts: they are copied into temporary tables
-- stage_<table>, each with its batch_no. One transaction, driven by closedloop-load.

-- What the ledger knows of batches that wait: for each its place in the list; the newest batch of its source; whether
-- this very reading of it is in the ledger, or one that transform refused as it refuses this; of append sources whether
-- the same input comes again behind it, and the batch that holds the input, if there is one, and whether that is to stay:
-- it was made under the same mapping, or read later. What was loaded goes before what was refused. What was refused and is
-- read again gets another chance: its source's limits may have changed.
create function cl_ops.known_batches(waiting jsonb)
returns table (ordinal bigint, newest integer, is_reading_known boolean, is_repeated boolean, held_by integer, is_held boolean)
language sql stable as $$
    select
        w.ordinal,
        n.newest,
        exists (
            select from cl_ops.batch as b
            where b.source = w.source and b.batch_id = w.batch_id
                and (b.read_at = w.read_at and b.sequence = w.sequence or w.is_refused and b.status = 'refused')
        ),
        w.mode = 'append' and row_number() over (
            partition by w.mode, w.source, w.input_digest order by w.ordinal desc
        ) > 1,
        h.batch_no,
        h.is_held
    from (
        select e.ordinal, e.item ->> 'source' as source, e.item ->> 'mode' as mode,
            (e.item ->> 'batch_id')::uuid as batch_id, (e.item ->> 'input_digest')::uuid as input_digest,
            (e.item ->> 'read_at')::timestamptz as read_at, (e.item ->> 'sequence')::bigint as sequence,
            (e.item ->> 'is_refused')::boolean as is_refused
        from jsonb_array_elements(waiting) with ordinality as e (item, ordinal)
    ) as w
    left join (select source, max(batch_no) as newest from cl_ops.batch group by source) as n on n.source = w.source
    left join lateral (
        select b.batch_no, b.status = 'loaded' and (b.batch_id = w.batch_id or b.read_at > w.read_at) as is_held
        from cl_ops.batch as b
        where w.mode = 'append' and b.source = w.source and b.input_digest = w.input_digest and b.status <> 'replaced'
        order by b.status = 'loaded' desc, b.batch_no desc
        limit 1
    ) as h on true
    order by w.ordinal
$$;

-- Writes the rows of batches into the ledger, their inputs and counts; returns their numbers, in the same order.
create function cl_ops.record_batches(batches jsonb) returns table (batch_no integer)
language plpgsql as $$
begin
    create temporary table recorded on commit drop as
    select
        nextval(pg_get_serial_sequence('cl_ops.batch', 'batch_no'))::integer as batch_no,
        e.ordinal,
        e.item
    from jsonb_array_elements(batches) with ordinality as e (item, ordinal);
    insert into cl_ops.batch (batch_no, batch_id, source, system, mode, place, read_at, sequence, file, input_digest,
                              mapping_digest, status, reason, first_at, last_at, loaded_at)
    overriding system value
    select
        r.batch_no, (r.item ->> 'batch_id')::uuid, r.item ->> 'source', r.item ->> 'system', r.item ->> 'mode',
        (r.item ->> 'place')::bigint, (r.item ->> 'read_at')::timestamptz, (r.item ->> 'sequence')::bigint,
        r.item ->> 'file', (r.item ->> 'input_digest')::uuid, (r.item ->> 'mapping_digest')::uuid,
        r.item ->> 'status', r.item ->> 'reason', (r.item ->> 'first_at')::timestamptz,
        (r.item ->> 'last_at')::timestamptz, clock_timestamp()
    from recorded as r;
    insert into cl_ops.batch_input (batch_no, file_no, file, digest, raw_bytes, decoded_bytes, modified_at)
    select
        r.batch_no, (i.ordinal - 1)::integer, i.item ->> 'file', (i.item ->> 'digest')::uuid,
        (i.item ->> 'raw_bytes')::bigint, (i.item ->> 'decoded_bytes')::bigint, (i.item ->> 'modified_at')::timestamptz
    from recorded as r
    cross join jsonb_array_elements(r.item -> 'inputs') with ordinality as i (item, ordinal);
    insert into cl_ops.batch_count (batch_no, kind, read, emitted, rejected, duplicate, filtered)
    select
        r.batch_no, c.item ->> 'kind', (c.item ->> 'read')::bigint, (c.item ->> 'emitted')::bigint,
        (c.item ->> 'rejected')::bigint, (c.item ->> 'duplicate')::bigint, (c.item ->> 'filtered')::bigint
    from recorded as r
    cross join jsonb_array_elements(r.item -> 'counts') as c (item);
    insert into cl_ops.batch_filter (batch_no, kind, reason, records)
    select r.batch_no, f.item ->> 'kind', f.item ->> 'reason', (f.item ->> 'records')::bigint
    from recorded as r
    cross join jsonb_array_elements(r.item -> 'filters') as f (item);
    return query select r.batch_no from recorded as r order by r.ordinal;
    drop table pg_temp.recorded;
end
$$;

-- Notes what is to be refreshed. Called with a query that yields (kind, key).
create function cl_ops.note_changed(query text) returns void
language plpgsql as $$
begin
    execute 'insert into cl_ops.changed_key (kind, key) select kind, key from (' || query ||
            ') as q where key is not null group by 1, 2 order by 1, 2 on conflict do nothing';
end
$$;

-- The record's own columns of a history table, behind known_at.
create function cl_core.payload_columns(history text) returns text[]
language sql stable as $$
    select array_agg(quote_ident(attname) order by attnum)
    from pg_attribute
    where attrelid = ('cl_core.' || quote_ident(history))::regclass
      and not attisdropped
      and attnum > (select a.attnum from pg_attribute as a
                    where a.attrelid = ('cl_core.' || quote_ident(history))::regclass and a.attname = 'known_at')
$$;

-- Notes the records of which batches brought versions of one kind, and whom leads claim to be, in any version. Whom the others
-- name, refresh notes as it takes the newest of them over (cl_ops.note_named).
create function cl_core.note_versions(kind text, batches integer[]) returns void
language plpgsql as $$
declare
    history text := kind || '_history';
begin
    perform cl_ops.note_changed(format('select %L as kind, %I as key from cl_core.%I where batch_no = any (%L)',
                                       kind, kind || '_id', history, batches));
    if kind = 'lead' then
        perform cl_ops.note_changed(format(
            'select ''person'' as kind, k as key from cl_core.lead_history as h,
                 unnest(array[h.person_key, h.email_key, h.merged_into_key] || h.other_email_keys) as k
             where h.batch_no = any (%L) and k <> h.lead_id', batches));
    end if;
end
$$;

-- Merges stage_<kind> of an append source. Each batch keeps its first of a key; which of them counts, publish says.
create function cl_core.merge_appended(kind text, batches integer[]) returns void
language plpgsql as $$
declare
    history text := kind || '_history';
    key text := kind || '_id';
    own text := array_to_string(cl_core.payload_columns(history), ', ');
begin
    execute format($query$
        insert into cl_core.%1$I (%2$I, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, %3$s)
        select s.%2$I, b.source, s.batch_no, b.place, s.ordinal, s.digest, s.is_deleted, s.updated_at, b.read_at, %5$s
        from (
            select distinct on (%2$I, batch_no) *
            from pg_temp.%4$I
            order by %2$I, batch_no, updated_at, ordinal
        ) as s
        join cl_ops.batch as b on b.batch_no = s.batch_no$query$,
        history, key, own, 'stage_' || kind, 's.' || replace(own, ', ', ', s.'));
    perform cl_core.note_versions(kind, batches);
end
$$;

-- Merges stage_<kind> of the others: keeps what differs from what the source said before. In a snapshot, what is missing
-- is deleted; SQLSTATE CL001 if that is more than max_deleted per cent of what the source holds. A record that was merged
-- away keeps what was known of it, where its last version no longer says: CRMs tell of the loser by its key alone.
create function cl_core.merge_versions(kind text, batch integer, max_deleted numeric, is_deletion_blocked boolean)
returns bigint
language plpgsql as $$
declare
    history text := kind || '_history';
    key text := kind || '_id';
    columns text[] := cl_core.payload_columns(history);
    own text := array_to_string(columns, ', ');
    merged_into text := (select c from unnest(columns) as c where c in ('merged_into_key', 'merged_into_id'));
    told text := (
        select string_agg(
            case when merged_into is null then format('s.%1$s', c)
                 else format('case when s.is_deleted and s.%2$s is not null then coalesce(s.%1$s, p.%1$s) else s.%1$s end',
                             c, merged_into) end, ', ' order by n)
        from unnest(array['updated_at'] || columns) with ordinality as u (c, n)
    );
    this cl_ops.batch;
    kept bigint;
    held bigint;
    missing bigint;
begin
    select b.* into strict this from cl_ops.batch as b where b.batch_no = batch;
    execute format($query$
        insert into cl_core.%1$I (%2$I, source, batch_no, place, ordinal, digest, is_deleted, known_at, updated_at, %3$s)
        select s.%2$I, $1, $2, $3, s.ordinal, s.digest, s.is_deleted, $4, %5$s
        from (
            select distinct on (%2$I) *
            from pg_temp.%4$I
            order by %2$I, case when $5 = 'upsert' then updated_at end desc nulls last, ordinal desc
        ) as s
        left join lateral (
            select h.*
            from cl_core.%1$I as h
            where h.%2$I = s.%2$I and h.source = $1 and h.place < $3
            order by case when $5 = 'upsert' then h.updated_at end desc nulls last, h.place desc
            limit 1
        ) as p on true
        where (p.digest = s.digest or ($5 = 'upsert' and s.updated_at < p.updated_at)) is not true$query$,
        history, key, own, 'stage_' || kind, told)
    using this.source, batch, this.place, this.read_at, this.mode;
    get diagnostics kept = row_count;

    if this.mode = 'snapshot' and not is_deletion_blocked then
        execute format($query$
            create temporary table missing on commit drop as
            select h.key, h.batch_no
            from (
                select distinct on (%2$I) %2$I as key, is_deleted, batch_no
                from cl_core.%1$I
                where source = $1 and place < $2
                order by %2$I, place desc
            ) as h
            where not h.is_deleted
              and not exists (select from pg_temp.%3$I as s where s.%2$I = h.key)
              and not exists (select from pg_temp.stage_present as p where p.kind = %4$L and p.key = h.key)$query$,
            history, key, 'stage_' || kind, kind)
        using this.source, this.place;
        get diagnostics missing = row_count;
        execute format($query$
            select count(*)
            from (
                select distinct on (%2$I) is_deleted
                from cl_core.%1$I
                where source = $1 and place < $2
                order by %2$I, place desc
            ) as h
            where not is_deleted$query$, history, key)
        into held using this.source, this.place;
        if missing > held * max_deleted / 100 then
            raise exception using
                errcode = 'CL001',
                message = format('the snapshot would delete %s of %s records of kind %s, and max_deleted is %s %%',
                                 missing, held, kind, max_deleted);
        end if;
        -- What was known of it stays: its name in reports, a merge, and whom its deletion concerns.
        execute format($query$
            insert into cl_core.%1$I (%2$I, source, batch_no, place, ordinal, digest, is_deleted, known_at, %3$s)
            select %2$I, $1, $2, $3, 0, '00000000-0000-0000-0000-000000000000', true, $4, %3$s
            from missing as m
            join cl_core.%1$I as h on h.%2$I = m.key and h.source = $1 and h.batch_no = m.batch_no$query$,
            history, key, own)
        using this.source, batch, this.place, this.read_at;
        drop table pg_temp.missing;
    end if;
    perform cl_core.note_versions(kind, array[batch]);
    return kept;
end
$$;

-- Merges stage_content_seen: of each batch the content with its newest title.
create function cl_core.merge_content_seen() returns void
language plpgsql as $$
begin
    insert into cl_core.content_seen (content_id, batch_no, url, host, path, title, titled_at)
    select distinct on (content_id, batch_no) content_id, batch_no, url, host, path, title, titled_at
    from pg_temp.stage_content_seen
    order by content_id, batch_no, titled_at desc nulls last, title;
    -- What is known under that title stays as it is. Nobody else writes changed keys meanwhile, and `on conflict` costs
    -- twice as much.
    insert into cl_ops.changed_key (kind, key)
    select distinct 'content', s.content_id
    from pg_temp.stage_content_seen as s
    where not exists (
            select from cl_core.content as c
            where c.content_id = s.content_id and (s.title is null or s.title = c.title)
        )
        and not exists (select from cl_ops.changed_key as k where k.kind = 'content' and k.key = s.content_id);
end
$$;

-- Merges stage_arrival.
create function cl_core.merge_arrivals() returns void
language plpgsql as $$
begin
    insert into cl_core.arrival (arrival_id, channel, source, medium, campaign, term, content_tag, referrer_host)
    select distinct on (arrival_id) arrival_id, channel, source, medium, campaign, term, content_tag, referrer_host
    from pg_temp.stage_arrival
    order by arrival_id
    on conflict do nothing;
    insert into cl_core.arrival_seen (arrival_id, batch_no)
    select distinct arrival_id, batch_no from pg_temp.stage_arrival;
end
$$;

-- Makes the monthly partitions that hold these days; months are cut in UTC. A table made as a partition would lock the
-- parent against readers until the batch is committed; one that is attached does not. The index on the visitor comes
-- later, by index_partitions: keys that follow no order are indexed three times as fast at once as one by one.
create function cl_core.make_partitions(days date[]) returns void
language plpgsql as $$
declare
    month date;
    name text;
begin
    for month in select distinct date_trunc('month', day)::date from unnest(days) as day order by 1 loop
        name := 'view_' || to_char(month, 'YYYY_MM');
        if to_regclass('cl_core.' || name) is null then
            execute format('create table cl_core.%I (like cl_core.view including all)', name);
            execute format('alter table cl_core.view attach partition cl_core.%I for values from (%L) to (%L)', name,
                           month::text || ' 00:00:00+00', (month + interval '1 month')::date::text || ' 00:00:00+00');
            execute format('comment on table cl_core.%I is %L', name, 'views of ' || to_char(month, 'YYYY-MM') || ' (UTC)');
        end if;
    end loop;
end
$$;

-- Indexes the partitions that have just got their first rows.
create function cl_core.index_partitions() returns void
language plpgsql as $$
declare
    month regclass;
begin
    for month in
        select i.inhrelid::regclass
        from pg_inherits as i
        where i.inhparent = 'cl_core.view'::regclass
          and not exists (
            select
            from pg_index as x
            join pg_attribute as a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
            where x.indrelid = i.inhrelid and a.attname = 'visitor_id'
          )
        order by 1
    loop
        execute format('create index on %s (visitor_id)', month);
    end loop;
end
$$;

-- Notes the visitors of the batches' views: those that somebody has identified, since nobody else's views make a touch.
create function cl_core.note_views(batches integer[]) returns void
language plpgsql as $$
declare
    views bigint := (select sum(emitted) from cl_ops.batch_count where batch_no = any (batches) and kind = 'view');
    since timestamptz := (select min(first_at) from cl_ops.batch where batch_no = any (batches));
    until timestamptz := (select max(last_at) from cl_ops.batch where batch_no = any (batches));
    identities bigint := pg_relation_size('cl_core.identity_history') / 250;
begin
    -- Just after a batch the server has no statistics to tell a lookup for each view from one pass over all identities.
    perform set_config('enable_nestloop', case when views > identities then 'off' else 'on' end, true);
    insert into cl_ops.changed_key (kind, key)
    select 'visitor', v.visitor_id
    from cl_core.view as v
    where v.batch_no in (select unnest(batches)) and v.viewed_at between since and until
      and exists (select from cl_core.identity_history as i where i.visitor_id = v.visitor_id)
    group by 2
    order by 2
    on conflict do nothing;
    perform set_config('enable_nestloop', 'on', true);
end
$$;

-- When views of these batches, which came together, may have come before: where another batch of their system reaches
-- into their time, a day more on both sides, in microseconds since 1970; nulls if none does. Events of one id that lie
-- more than a day apart are two, unless one file has both: transform keeps its first, and asks no more than whether it
-- had the id. To ask for all time here would take an index on the id alone, to ask for the time there half as much memory
-- again.
create function cl_core.shared_time(batches integer[], out from_at bigint, out until_at bigint)
language sql stable as $$
    select
        (extract(epoch from min(greatest(this.first_at, other.first_at - interval '1 day'))) * 1000000)::bigint,
        (extract(epoch from max(least(this.last_at, other.last_at + interval '1 day'))) * 1000000)::bigint
    from (
        select system, min(first_at) as first_at, max(last_at) as last_at
        from cl_ops.batch
        where batch_no = any (batches)
        group by system
    ) as this
    join cl_ops.batch as other on other.system = this.system and other.batch_no not in (select unnest(batches))
        and other.status = 'loaded'
        and other.first_at <= this.last_at + interval '1 day'
        and other.last_at >= this.first_at - interval '1 day'
$$;

-- Of the copies of an event the earliest counts, then that of the lowest batch_id: it stands in cl_core.view, the others
-- in cl_core.view_duplicate. Copies are of one event if steps of at most a day lead from one to the other. Settles this
-- anew for all that pg_temp.copy_at_hand leads to: copies that stand nowhere yet ('new'), or that are gone ('gone').
-- Returns how many of the new ones do not count.
create function cl_core.settle_copies() returns bigint
language plpgsql as $$
declare
    first_at timestamptz;
    last_at timestamptz;
    reached boolean;
    aside bigint;
begin
    create temporary table reach on commit drop as
    select view_id, min(viewed_at) as from_at, max(viewed_at) as until_at from copy_at_hand group by view_id;
    loop
        select min(from_at) - interval '1 day', max(until_at) + interval '1 day' into first_at, last_at from reach;
        insert into copy_at_hand
            (place, view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no)
        select 'view', v.view_id, v.visitor_id, v.viewed_at, v.content_id, v.arrival_id, v.visit_mark, v.interaction,
            v.dwell_seconds, v.batch_no
        from reach as r
        join cl_core.view as v on v.view_id = r.view_id
        where v.viewed_at between first_at and last_at
          and v.viewed_at between r.from_at - interval '1 day' and r.until_at + interval '1 day'
          and not exists (select from copy_at_hand as c where c.place = 'view' and c.view_id = v.view_id
                          and c.viewed_at = v.viewed_at);
        insert into copy_at_hand
            (place, view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no)
        select 'aside', d.view_id, d.visitor_id, d.viewed_at, d.content_id, d.arrival_id, d.visit_mark, d.interaction,
            d.dwell_seconds, d.batch_no
        from reach as r
        join cl_core.view_duplicate as d on d.view_id = r.view_id
        where d.viewed_at between r.from_at - interval '1 day' and r.until_at + interval '1 day'
          and not exists (select from copy_at_hand as c where c.place = 'aside' and c.view_id = d.view_id
                          and c.viewed_at = d.viewed_at and c.batch_no = d.batch_no);
        update reach as r
        set from_at = c.from_at, until_at = c.until_at
        from (
            select view_id, min(viewed_at) as from_at, max(viewed_at) as until_at from copy_at_hand group by view_id
        ) as c
        where c.view_id = r.view_id and (c.from_at < r.from_at or c.until_at > r.until_at);
        exit when not found;
    end loop;

    create temporary table ranked on commit drop as
    select place, view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no,
        row_number() over (
            partition by view_id, event_no
            order by viewed_at, batch_id, content_id, visitor_id, arrival_id, interaction, dwell_seconds
        ) = 1 as counts
    from (
        select *, count(*) filter (where is_apart) over (
            partition by view_id order by viewed_at, batch_id rows unbounded preceding
        ) as event_no
        from (
            select c.*, b.batch_id,
                c.viewed_at - lag(c.viewed_at) over (
                    partition by c.view_id order by c.viewed_at, b.batch_id
                ) > interval '1 day' as is_apart
            from copy_at_hand as c
            join cl_ops.batch as b on b.batch_no = c.batch_no
            where c.place <> 'gone'
        ) as copies
    ) as events;

    delete from cl_core.view as v
    using ranked as r
    where r.place = 'view' and not r.counts and v.viewed_at = r.viewed_at and v.view_id = r.view_id;
    delete from cl_core.view_duplicate as d
    using ranked as r
    where r.place = 'aside' and r.counts and d.view_id = r.view_id and d.viewed_at = r.viewed_at
      and d.batch_no = r.batch_no;
    insert into cl_core.view_duplicate
        (view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no)
    select view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no
    from ranked
    where place in ('view', 'new') and not counts
    on conflict do nothing;
    insert into cl_core.view
        (view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no)
    select view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no
    from ranked
    where place in ('aside', 'new') and counts;

    update cl_ops.batch_count as k
    set emitted = k.emitted + moved.views, duplicate = k.duplicate - moved.views
    from (
        select batch_no, count(*) filter (where counts) - count(*) filter (where not counts) as views
        from ranked
        where place = 'aside' and counts or place in ('view', 'new') and not counts
        group by batch_no
    ) as moved
    where k.batch_no = moved.batch_no and k.kind = 'view';
    insert into cl_ops.changed_key (kind, key)
    select distinct 'visitor', visitor_id from ranked where place = 'aside' and counts or place = 'view' and not counts
    on conflict do nothing;
    insert into cl_ops.changed_day (day)
    select distinct (viewed_at at time zone 'UTC')::date
    from ranked
    where place = 'aside' and counts or place = 'view' and not counts
    on conflict do nothing;
    select count(*) into aside from ranked where place = 'new' and not counts;
    drop table pg_temp.reach, pg_temp.ranked, pg_temp.copy_at_hand;
    return aside;
end
$$;

-- Merges stage_view. Returns how many of its rows are copies that do not count.
create function cl_core.merge_views() returns bigint
language plpgsql as $$
declare
    since timestamptz := (select min(viewed_at) - interval '1 day' from pg_temp.stage_view);
    until timestamptz := (select max(viewed_at) + interval '1 day' from pg_temp.stage_view);
begin
    create temporary table copied on commit drop as
    select v.view_id
    from cl_core.view as v
    where v.viewed_at between since and until
      and v.view_id in (select view_id from pg_temp.stage_view)
    union
    select d.view_id from cl_core.view_duplicate as d where d.view_id in (select view_id from pg_temp.stage_view)
    union
    select view_id from pg_temp.stage_view group by view_id having count(*) > 1;
    analyze copied;

    create temporary table copy_at_hand on commit drop as
    select 'new'::text as place, view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction,
        dwell_seconds, batch_no
    from pg_temp.stage_view
    where view_id in (select view_id from copied);
    insert into cl_core.view
        (view_id, visitor_id, viewed_at, content_id, arrival_id, visit_mark, interaction, dwell_seconds, batch_no)
    select s.view_id, s.visitor_id, s.viewed_at, s.content_id, s.arrival_id, s.visit_mark, s.interaction, s.dwell_seconds,
        s.batch_no
    from pg_temp.stage_view as s
    where not exists (select from copied as c where c.view_id = s.view_id);
    drop table pg_temp.copied;
    return cl_core.settle_copies();
end
$$;

-- Takes the rows of batches of one source away, since the same inputs under a corrected mapping take their place.
create function cl_core.remove_batches(batches integer[]) returns void
language plpgsql as $$
declare
    kind text;
    since timestamptz := (select min(first_at) from cl_ops.batch where batch_no = any (batches));
    until timestamptz := (select max(last_at) from cl_ops.batch where batch_no = any (batches));
begin
    foreach kind in array array['identity', 'lead', 'account', 'deal', 'deal_contact', 'deal_split', 'activity', 'content',
                                'question', 'property_change', 'cost', 'rate'] loop
        perform cl_core.note_versions(kind, batches);
        execute format('delete from cl_core.%I where batch_no = any ($1)', kind || '_history') using batches;
    end loop;
    insert into cl_ops.changed_key (kind, key)
    select distinct 'content', content_id from cl_core.content_seen where batch_no = any (batches)
    on conflict do nothing;
    delete from cl_core.content_seen where batch_no = any (batches);
    insert into cl_ops.changed_key (kind, key)
    select distinct 'arrival', arrival_id from cl_core.arrival_seen where batch_no = any (batches)
    on conflict do nothing;
    delete from cl_core.arrival_seen where batch_no = any (batches);
    if since is not null then
        perform cl_core.note_views(batches);
        insert into cl_ops.changed_day (day)
        select distinct generate_series(first_at::date - 1, last_at::date + 1, interval '1 day')::date
        from cl_ops.batch
        where batch_no = any (batches)
        on conflict do nothing;
        -- Another batch's copy of an event takes the place of the one removed.
        create temporary table copy_at_hand on commit drop as
        select 'gone'::text as place, v.*
        from cl_core.view as v
        where v.batch_no in (select unnest(batches)) and v.viewed_at between since and until
          and exists (select from cl_core.view_duplicate as d where d.view_id = v.view_id)
        union all
        select 'gone', d.* from cl_core.view_duplicate as d where d.batch_no = any (batches);
        delete from cl_core.view_duplicate where batch_no = any (batches);
        delete from cl_core.view where batch_no in (select unnest(batches)) and viewed_at between since and until;
        perform cl_core.settle_copies();
    end if;
    -- What was refused of the same inputs in the meantime goes with them.
    create temporary table removed on commit drop as
    select b.batch_no
    from cl_ops.batch as b
    where b.batch_no = any (batches)
       or b.status = 'refused' and (b.source, b.input_digest) in (
            select source, input_digest from cl_ops.batch where batch_no = any (batches)
       );
    delete from cl_ops.reject where batch_no in (select batch_no from removed);
    update cl_ops.batch set status = 'replaced' where batch_no in (select batch_no from removed);
    drop table pg_temp.removed;
end
$$;
