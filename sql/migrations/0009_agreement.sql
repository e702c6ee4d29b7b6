-- What marketing and sales have promised each other, and the leads that were handed over.

-- What the configuration says under `sla`; a part that is not given is null.
create table cl_smarketing.agreement (
    is_only boolean primary key default true check (is_only),
    marketing_stage text,
    per_month bigint,
    sales_stage text,
    first_contact_within interval,
    timezone text not null,
    kinds text[],
    missed text[] not null
);

create table cl_smarketing.business_hours (
    weekday integer not null check (weekday between 1 and 7),
    opens interval not null,
    closes interval not null,
    primary key (weekday, opens)
);

create table cl_smarketing.holiday (
    day date primary key
);

create table cl_smarketing.handover (
    person_id uuid not null references cl_core.person deferrable initially deferred,
    handed_over_at timestamptz not null,
    stage text not null,
    due_at timestamptz,
    until_at timestamptz not null,
    contacted_before_at timestamptz,
    attempts bigint not null,
    first_attempt_at timestamptz,
    first_contact_at timestamptz,
    contacted_by text,
    primary key (person_id, handed_over_at)
);
create index on cl_smarketing.handover (handed_over_at);

-- When business hours of that length have passed: on weekdays, without holidays, in hours that really pass, so that an
-- opening in which the clocks change is an hour shorter or longer.
create function cl_smarketing.business_due(at timestamptz, needed interval) returns timestamptz
language sql stable as $$
    select o.opens_at + (needed - (o.passed - (o.closes_at - o.opens_at)))
    from (
        select h.opens_at, h.closes_at, sum(h.closes_at - h.opens_at) over (order by h.opens_at) as passed
        from (
            select greatest((d.day + b.opens) at time zone a.timezone, business_due.at) as opens_at,
                (d.day + b.closes) at time zone a.timezone as closes_at
            from cl_smarketing.agreement as a
            cross join lateral (
                -- as many weeks as it takes, and one more; each holiday takes a day at most
                select 7 * (ceil(extract(epoch from business_due.needed) / extract(epoch from sum(closes - opens)))::integer + 2)
                    + (select count(*) from cl_smarketing.holiday)::integer as days
                from cl_smarketing.business_hours
            ) as horizon
            cross join lateral generate_series(0, horizon.days) as n(number)
            cross join lateral (select (business_due.at at time zone a.timezone)::date + n.number as day) as d
            join cl_smarketing.business_hours as b on b.weekday = extract(isodow from d.day)
            where not exists (select from cl_smarketing.holiday as f where f.day = d.day)
        ) as h
        where h.closes_at > h.opens_at
    ) as o
    where o.passed >= needed
    order by o.opens_at
    limit 1
$$;

-- The business hours between two moments; null if there are none to count by.
create function cl_smarketing.business_time(from_at timestamptz, until_at timestamptz) returns interval
language sql stable strict as $$
    select coalesce(sum(h.closes_at - h.opens_at) filter (where h.closes_at > h.opens_at), interval '0')
    from cl_smarketing.agreement as a
    cross join lateral generate_series(
        0, (until_at at time zone a.timezone)::date - (from_at at time zone a.timezone)::date) as n(number)
    cross join lateral (select (from_at at time zone a.timezone)::date + n.number as day) as d
    join cl_smarketing.business_hours as b on b.weekday = extract(isodow from d.day)
    cross join lateral (
        select greatest((d.day + b.opens) at time zone a.timezone, from_at) as opens_at,
            least((d.day + b.closes) at time zone a.timezone, until_at) as closes_at
    ) as h
    where not exists (select from cl_smarketing.holiday as f where f.day = d.day)
$$;

-- Takes over what the configuration promises; true if it is something else than before.
create function cl_smarketing.configure_agreement(wanted jsonb) returns boolean
language plpgsql as $$
declare
    before jsonb := (select to_jsonb(a) || jsonb_build_object(
            'hours', (select jsonb_agg(to_jsonb(b) order by b.weekday, b.opens) from cl_smarketing.business_hours as b),
            'holidays', (select jsonb_agg(f.day order by f.day) from cl_smarketing.holiday as f))
        from cl_smarketing.agreement as a);
begin
    delete from cl_smarketing.agreement;
    delete from cl_smarketing.business_hours;
    delete from cl_smarketing.holiday;
    insert into cl_smarketing.agreement
        (marketing_stage, per_month, sales_stage, first_contact_within, timezone, kinds, missed)
    select w.marketing_stage, w.per_month, w.sales_stage, w.first_contact_within,
        coalesce(w.timezone, (select s.timezone from cl_ops.setting as s)), w.kinds, coalesce(w.missed, '{}')
    from jsonb_to_record(wanted) as w (
        marketing_stage text, per_month bigint, sales_stage text, first_contact_within interval, timezone text,
        kinds text[], missed text[]
    );
    insert into cl_smarketing.business_hours (weekday, opens, closes)
    select h.weekday, make_interval(mins => h.opens), make_interval(mins => h.closes)
    from jsonb_to_recordset(wanted -> 'hours') as h (weekday integer, opens integer, closes integer);
    insert into cl_smarketing.holiday (day)
    select h.day::date from jsonb_array_elements_text(wanted -> 'holidays') as h (day);
    return (select s.refreshed_at is not null from cl_ops.setting as s) and before is distinct from (
        select to_jsonb(a) || jsonb_build_object(
            'hours', (select jsonb_agg(to_jsonb(b) order by b.weekday, b.opens) from cl_smarketing.business_hours as b),
            'holidays', (select jsonb_agg(f.day order by f.day) from cl_smarketing.holiday as f))
        from cl_smarketing.agreement as a);
end
$$;

-- Whether an activity is one of the agreed kinds (none: all), and its outcome none of those that reached nobody.
create function cl_smarketing.is_contact(kind text, outcome text, kinds text[], missed text[]) returns boolean
language sql immutable as $$
    select (kinds is null or lower(kind) in (select lower(k) from unnest(kinds) as k))
        and not exists (
            select from unnest(missed) as m where lower(outcome) like cl_core.like_pattern(lower(m))
        )
$$;
