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
    person_id uuid not null references cl_core.person deferrable initially deferred,
    from_at timestamptz not null,
    until_at timestamptz not null,
    account_id uuid,
    name text,
    email_domain text,
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
create function cl_smarketing.configure_definitions(wanted jsonb, half_life_days integer) returns void
language plpgsql as $$
begin
    update cl_ops.setting set score_half_life_days = half_life_days where score_half_life_days <> half_life_days;
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
            coalesce(d.who_columns, '{}') as who_columns, coalesce(d.did_columns, '{}') as did_columns, d.times,
            justify_hours(make_interval(secs => d.within)) as within, d.points,
            coalesce((select array_agg(distinct lower(btrim(s))) from unnest(d.crm) as s), '{}') as crm_stages,
            coalesce(d.valid_from::timestamp at time zone s.timezone, '-infinity') as valid_from
        from cl_ops.setting as s
        cross join jsonb_to_recordset(wanted) as d (
            kind text, name text, place integer, who text, did text, who_columns text[], did_columns text[], times integer,
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
