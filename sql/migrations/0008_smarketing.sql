-- The shared language of marketing and sales: the definitions of the configuration, the facts that they judge, and the
-- stages in which people stood. Refresh keeps these tables.

create schema cl_smarketing;

alter table cl_ops.setting add column score_half_life_days integer not null default 30;

-- Conditions are canonical texts, as the server gave them back.
create table cl_smarketing.definition (
    definition_no integer primary key,
    kind text not null check (kind in ('stage', 'persona', 'score')),
    name text not null,
    place integer not null,
    who_condition text,
    did_condition text,
    who_columns text[] not null,
    did_columns text[] not null,
    times integer,
    within interval,
    points integer,
    crm_stages text[] not null,
    valid_from timestamptz not null,
    valid_until timestamptz not null,
    unique (kind, name, valid_from),
    check (valid_from < valid_until),
    check ((times is null) = (did_condition is null))
);

-- A contact as it was known from one time to another, with its account as known then. Kept while a definition has a `who`.
create table cl_smarketing.lead_fact (
    lead_id uuid not null,
    person_id uuid not null,
    from_at timestamptz not null,
    until_at timestamptz not null,
    account_id uuid,
    name text,
    email_domain text,
    company_domain text,
    company text,
    title text,
    employees integer,
    country text,
    industry text,
    phone text,
    crm_stage text,
    owner text,
    source_detail text,
    created_at timestamptz,
    account_name text,
    account_industry text,
    account_employees integer,
    account_country text,
    account_owner text,
    primary key (lead_id, from_at),
    check (from_at < until_at)
);
create index on cl_smarketing.lead_fact (person_id);
create index on cl_smarketing.lead_fact (account_id);

create table cl_smarketing.stage_history (
    person_id uuid not null references cl_core.person deferrable initially deferred,
    stage_no integer not null,
    stage text not null,
    entered_at timestamptz not null,
    left_at timestamptz,
    entry integer not null,
    came_from text,
    is_backward boolean not null,
    skipped text[] not null,
    cause text not null check (cause in ('did', 'who', 'definition')),
    touch_id uuid,
    definition_no integer not null references cl_smarketing.definition deferrable initially deferred,
    primary key (person_id, entered_at),
    unique (person_id, stage_no, entry),
    check (entered_at < left_at)
);
create index on cl_smarketing.stage_history (stage_no, entered_at);
create index on cl_smarketing.stage_history (person_id) where left_at is null;

-- A touch with what it met and how it arrived. The columns from url on are those that a condition may name.
create view cl_smarketing.touch_fact as
select
    t.person_id, t.touch_id, t.source as touch_source,
    c.url, c.host, c.path, c.title, c.kind, c.topic, c.stage, c.persona, c.author,
    t.interaction,
    a.channel, a.source, a.medium, a.campaign,
    t.views, t.dwell_seconds, t.touched_at,
    t.content_id
from cl_core.touch as t
join cl_core.content as c on c.content_id = t.content_id
join cl_core.arrival as a on a.arrival_id = t.arrival_id;

-- Compiles all conditions into two views: what each contact's version and each touch met. They are for the refresh, which
-- reads them for the persons that it judges; each is one pass over the facts, whatever the number of definitions.
create function cl_smarketing.compile_definitions() returns void
language plpgsql as $$
declare
    who text;
    did text;
begin
    select string_agg(format('(%s, %s)', definition_no, who_condition), ', ' order by definition_no)
    into who
    from cl_smarketing.definition
    where who_condition is not null;
    select string_agg(format('(%s, %s%s(%s))', definition_no,
                             case when valid_from > '-infinity' then format('touched_at >= %L::timestamptz and ', valid_from) else '' end,
                             case when valid_until < 'infinity' then format('touched_at < %L::timestamptz and ', valid_until) else '' end,
                             did_condition), ', ' order by definition_no)
    into did
    from cl_smarketing.definition
    where did_condition is not null;
    execute format($query$
        create or replace view cl_smarketing.definition_who as
        select f.lead_id, f.person_id, f.from_at, f.until_at, m.definition_no
        from cl_smarketing.lead_fact as f
        cross join lateral (values %s) as m (definition_no, is_met)
        where m.is_met$query$, coalesce(who, '(0, false)'));
    execute format($query$
        create or replace view cl_smarketing.definition_did as
        select f.person_id, f.touch_id, f.touched_at, f.touch_source, m.definition_no
        from cl_smarketing.touch_fact as f
        cross join lateral (values %s) as m (definition_no, is_met)
        where m.is_met$query$, coalesce(did, '(0, false)'));
end
$$;
select cl_smarketing.compile_definitions();

-- Takes over the definitions of the configuration, their conditions in canonical text. Those that come, go or change are in
-- pg_temp.changed_definition until the end of the transaction. Stages have the lowest numbers, then personas, then rules of
-- the score, each in their order.
create function cl_smarketing.configure_definitions(wanted jsonb, score_half_life integer) returns void
language plpgsql as $$
begin
    update cl_ops.setting set score_half_life_days = score_half_life where score_half_life_days <> score_half_life;
    create temporary table wanted_definition on commit drop as
    select
        row_number() over (
            order by array_position(array['stage', 'persona', 'score'], w.kind), w.place, w.valid_from
        )::integer as definition_no,
        w.kind, w.name, w.place, w.who_condition, w.did_condition, w.who_columns, w.did_columns, w.times, w.within, w.points,
        w.crm_stages, w.valid_from,
        lead(w.valid_from, 1, 'infinity') over (partition by w.kind, w.name order by w.valid_from) as valid_until
    from (
        select d.kind, d.name, d.place, d.who as who_condition, d.did as did_condition,
            coalesce(d.who_columns::text[], '{}') as who_columns, coalesce(d.did_columns::text[], '{}') as did_columns, d.times,
            justify_hours(make_interval(secs => d.within)) as within, d.points,
            coalesce((select array_agg(distinct lower(btrim(s))) from unnest(d.crm) as s), '{}') as crm_stages,
            coalesce(d.valid_from::timestamp at time zone s.timezone, '-infinity') as valid_from
        from cl_ops.setting as s
        cross join jsonb_to_recordset(wanted) as d (
            kind text, name text, place integer, who text, did text, who_columns text, did_columns text, times integer,
            within double precision, points integer, crm text[], valid_from date
        )
    ) as w;
    create temporary table changed_definition on commit drop as
    select kind, name from (table wanted_definition except table cl_smarketing.definition) as come
    union
    select kind, name from (table cl_smarketing.definition except table wanted_definition) as gone;
    if not exists (select from changed_definition) then
        return;
    end if;
    delete from cl_smarketing.definition;
    insert into cl_smarketing.definition
        (definition_no, kind, name, place, who_condition, did_condition, who_columns, did_columns, times, within, points,
         crm_stages, valid_from, valid_until)
    select definition_no, kind, name, place, who_condition, did_condition, who_columns, did_columns, times, within, points,
        crm_stages, valid_from, valid_until
    from wanted_definition;
    perform cl_smarketing.compile_definitions();
end
$$;

-- How closedloop-load checks a condition: it makes the temporary table `condition`, which has the columns of one of these and
-- the condition as the generated column is_met.
create function cl_smarketing.prepare_conditions() returns void
language plpgsql as $$
begin
    create temporary table condition_who on commit drop as
    select name, email_domain, company_domain, company, title, employees, country, industry, phone, crm_stage, owner, source_detail,
        created_at, account_name, account_industry, account_employees, account_country, account_owner
    from cl_smarketing.lead_fact
    limit 0;
    create temporary table condition_did on commit drop as
    select url, host, path, title, kind, topic, stage, persona, author, interaction, channel, source, medium, campaign,
        views, dwell_seconds, touched_at
    from cl_smarketing.touch_fact
    limit 0;
end
$$;

create function cl_smarketing.condition_columns(relation text) returns setof text
language sql stable as $$
    select attname::text
    from pg_attribute
    where attrelid = ('pg_temp.' || quote_ident(relation))::regclass and attnum > 0 and not attisdropped
    order by attnum
$$;

-- The text of pg_temp.condition.is_met as the server writes it, and the columns that it reads; or what is wrong with it, though
-- it could be made, and a hint. Times are written in UTC, so that it means the same in every session.
create function cl_smarketing.canonical_condition(original text, out canonical text, out columns text[], out flaw text,
                                                  out hint text)
language plpgsql set timezone = 'UTC' as $$
declare
    generated record;
begin
    select d.oid, d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid) as text
    into strict generated
    from pg_attrdef as d
    where d.adrelid = 'pg_temp.condition'::regclass;
    canonical := generated.text;
    create temporary table condition_rests_on on commit drop as
    select refclassid, refobjid, refobjsubid
    from pg_depend
    where (classid = 'pg_attrdef'::regclass and objid = generated.oid
           or classid = 'pg_class'::regclass and objid = generated.adrelid and objsubid = generated.adnum)
      and not (refclassid = 'pg_class'::regclass and refobjid = generated.adrelid
               and refobjsubid in (0, generated.adnum));
    select coalesce(array_agg(a.attname::text order by a.attnum), '{}')
    into columns
    from pg_attribute as a
    where a.attrelid = generated.adrelid
      and a.attnum in (select refobjsubid from condition_rests_on where refobjid = generated.adrelid);
    if exists (select from condition_rests_on where refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass))
        or exists (select from condition_rests_on where refclassid = 'pg_type'::regclass)
    then
        flaw := 'it uses a function, an operator or a type that is not of PostgreSQL itself';
        hint := 'what others may change cannot be part of the shared language';
    elsif exists (select from condition_rests_on where refclassid = 'pg_class'::regclass and refobjid <> generated.adrelid)
        or (select count(*) from pg_attribute where attrelid = generated.adrelid and attnum > generated.adnum) > 0
        or exists (select from pg_constraint where conrelid = generated.adrelid)
    then
        flaw := 'it is more than one expression, or names another table';
        hint := 'a condition is one SQL expression over the columns of one row';
    elsif (select count(*) from regexp_matches(original, '\m(now|today|tomorrow|yesterday)\M', 'gi'))
        > (select count(*) from regexp_matches(canonical, '\m(now|today|tomorrow|yesterday)\M', 'gi'))
    then
        flaw := 'what it gives depends on the time: ''now'', ''today'' and the like are read once, and then stand still';
        hint := 'write a time, such as ''2026-07-01''';
    end if;
    drop table pg_temp.condition_rests_on;
end
$$;

-- Whether pg_temp.condition.is_met gives an answer for rows that are unlike each other.
create function cl_smarketing.try_condition() returns void
language plpgsql as $$
declare
    own text;
    tried text;
begin
    execute 'insert into pg_temp.condition default values';
    select string_agg(quote_ident(attname), ', ' order by attnum)
    into own
    from pg_attribute
    where attrelid = 'pg_temp.condition'::regclass and attnum > 0 and attgenerated = '';
    foreach tried in array array['{"text": "", "number": 0}', '{"text": "x", "number": 2147483647}'] loop
        execute format('insert into pg_temp.condition (%1$s) select %2$s', own, (
            select string_agg(
                case when atttypid = 'text'::regtype then quote_literal(tried::jsonb ->> 'text')
                     when atttypid = 'timestamptz'::regtype then quote_literal('2026-01-01T00:00:00Z')
                     else tried::jsonb ->> 'number' end || '::' || format_type(atttypid, atttypmod), ', ' order by attnum)
            from pg_attribute
            where attrelid = 'pg_temp.condition'::regclass and attnum > 0 and attgenerated = ''));
    end loop;
end
$$;

-- From when to when which version of a record stood: makes pg_temp.<kind>_span for the keys in pg_temp.judged_<kind>.
-- A version stands from its updated_at (else from when it was read) until the next of its source begins, in the order by which
-- cl_core.publish() tells which is the newest; the first of a source stands from created_at. Of several sources the version
-- speaks that publish() would take; a merge that any of them tells holds.
create function cl_core.make_spans(kind text) returns void
language plpgsql as $$
declare
    key text := kind || '_id';
    merged_into text := case kind when 'lead' then 'merged_into_key' else 'merged_into_id' end;
begin
    execute format($query$
        create temporary table %1$I on commit drop as
        select key, source, batch_no, is_deleted, updated_at, is_merged, age,
            case when age = oldest then least(began_at, created_at) else began_at end as at
        from (
            select *,
                min(own_at) over (partition by key, source order by age rows unbounded preceding) as began_at,
                max(age) over (partition by key, source) as oldest
            from (
                select h.%2$I as key, h.source, h.batch_no, h.is_deleted, h.updated_at, h.%3$I is not null as is_merged,
                    coalesce(h.updated_at, h.known_at) as own_at, b.mode = 'append' as is_appended,
                    min(h.created_at) over (partition by h.%2$I, h.source) as created_at,
                    row_number() over newest as age,
                    row_number() over (
                        partition by h.%2$I, h.source, b.mode = 'append' order by h.updated_at, b.batch_id
                    ) as appended_no
                from pg_temp.%4$I as j
                join cl_core.%5$I as h on h.%2$I = j.%2$I
                join cl_ops.batch as b on b.batch_no = h.batch_no
                window newest as (
                    partition by h.%2$I, h.source
                    order by case when b.mode = 'upsert' then h.updated_at end desc nulls last,
                        case when b.mode <> 'append' then h.place end desc nulls last, h.updated_at, b.batch_id
                )
            ) as told
            where not is_appended or appended_no = 1 -- of an append source the first of a key stays
        ) as version$query$,
        kind || '_version', key, merged_into, 'judged_' || kind, kind || '_history');
    execute format('analyze pg_temp.%I', kind || '_version');
    execute format($query$
        create temporary table %1$I on commit drop as
        select c.key as %2$I, c.at as from_at,
            lead(c.at, 1, 'infinity') over (partition by c.key order by c.at) as until_at,
            c.source, c.batch_no, c.is_deleted, c.is_merged
        from (
            select distinct on (v.key, g.at) v.key, g.at, v.source, v.batch_no, v.is_deleted,
                bool_or(v.is_merged) over (partition by v.key, g.at) as is_merged
            from (
                -- of each source the newest that had begun: the newer, the later
                select p.key, p.at, s.source, min(n.age) over (partition by p.key, s.source order by p.at) as age
                from (select key, at from pg_temp.%3$I group by key, at) as p
                join (select key, source from pg_temp.%3$I group by key, source) as s on s.key = p.key
                left join (
                    select key, source, at, min(age) as age from pg_temp.%3$I group by key, source, at
                ) as n on n.key = p.key and n.source = s.source and n.at = p.at
            ) as g
            join pg_temp.%3$I as v on v.key = g.key and v.source = g.source and v.age = g.age
            order by v.key, g.at, v.is_deleted, v.updated_at desc nulls last, v.source
        ) as c$query$,
        kind || '_span', key, kind || '_version');
    execute format('drop table pg_temp.%I', kind || '_version');
    execute format('analyze pg_temp.%I', kind || '_span');
end
$$;

-- Ends the refresh with SQLSTATE CL003 and the name of the condition that failed on a row of pg_temp.judged_person.
create function cl_smarketing.blame_condition() returns void
language plpgsql as $$
declare
    tried record;
    whose text;
begin
    for tried in
        select d.kind, d.name, c.key, c.relation, c.condition
        from cl_smarketing.definition as d
        cross join lateral (
            values ('who', 'lead_fact', d.who_condition), ('did', 'touch_fact', d.did_condition)
        ) as c (key, relation, condition)
        where c.condition is not null
        order by d.definition_no, c.key
    loop
        begin
            execute format(
                'select f.person_id::text from cl_smarketing.%I as f
                 where f.person_id in (select j.person_id from pg_temp.judged_person as j) and (select %s) order by 1 limit 1',
                tried.relation, tried.condition)
            into whose;
        exception when data_exception or program_limit_exceeded then
            raise exception using
                errcode = 'CL003',
                message = format('%s: %s: %s: %s',
                                 case tried.kind when 'stage' then 'stages' when 'persona' then 'personas' else 'score' end,
                                 tried.name, tried.key, sqlerrm),
                hint = 'the condition fails on some row: guard it, as in case when title ~ ''^[0-9]+$'' then ... end';
        end;
    end loop;
end
$$;
