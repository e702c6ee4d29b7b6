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

-- All that does not depend on "now": whether one that is still to be contacted is breached is decided when it is read. No
-- foreign keys, as on cl_smarketing.funnel_step.
create table cl_smarketing.handover (
    person_id uuid not null,
    handed_over_at timestamptz not null,
    month date not null,
    stage text not null,
    due_at timestamptz not null,
    until_at timestamptz not null,
    contacted_before_at timestamptz,
    contacted_before boolean not null,
    attempts bigint not null,
    first_attempt_at timestamptz,
    first_contact_at timestamptz,
    contacted_by text,
    business_hours numeric,
    primary key (person_id, handed_over_at)
);
create index on cl_smarketing.handover (month);
create index on cl_smarketing.handover (due_at, handed_over_at, person_id) where first_contact_at is null and not contacted_before;

-- Sums by month: of hand-overs, and of leads that marketing delivered.
create table cl_smarketing.handover_month (
    month date primary key,
    handed_over bigint not null,
    met bigint not null,
    late bigint not null,
    waiting bigint not null,
    attempts numeric not null,
    median_business_hours numeric,
    p90_business_hours numeric
);

create table cl_smarketing.delivered_month (
    month date primary key,
    delivered bigint not null,
    accepted bigint not null
);

-- Adds what the judged persons count for as delivered leads, or takes it away, by their stages as they stand now. A lead is
-- delivered once: when it first reaches the stage, or one above it. Sales accepts it by taking it further.
create function cl_smarketing.add_delivered(sign integer) returns void
language plpgsql as $$
begin
    insert into cl_smarketing.delivered_month as m (month, delivered, accepted)
    select cl_core.month_of(r.at), sign * count(*), sign * count(*) filter (where r.is_accepted)
    from (
        select s.person_id, min(s.entered_at) as at, bool_or(s.stage_no > p.place) as is_accepted
        from cl_smarketing.agreement as a
        join (select distinct name, place from cl_smarketing.definition where kind = 'stage') as p
            on p.name = a.marketing_stage
        join cl_smarketing.stage_history as s on s.stage_no >= p.place
        join pg_temp.judged_person as j on j.person_id = s.person_id
        group by s.person_id
    ) as r
    group by 1
    on conflict (month) do update
    set delivered = m.delivered + excluded.delivered, accepted = m.accepted + excluded.accepted;
    delete from cl_smarketing.delivered_month where delivered = 0;
end
$$;

-- The openings of the days between two moments, one after the other, and the hours that have passed in them when each
-- closes: pg_temp.opening. On weekdays, without holidays, in hours that really pass, so that an opening in which the clocks
-- change is an hour shorter or longer. They reach as far on as it takes for a due time at the end.
create function cl_smarketing.make_openings(from_at timestamptz, until_at timestamptz) returns void
language plpgsql as $$
begin
    create temporary table opening on commit drop as
    select o.opens_at, o.closes_at, sum(o.closes_at - o.opens_at) over (order by o.opens_at) as passed
    from cl_smarketing.agreement as a
    cross join lateral (
        -- as many weeks as it takes, and more for hours that the clocks leave out; a holiday takes a week's openings at most
        select 7 * (ceil(1.1 * extract(epoch from a.first_contact_within) / extract(epoch from sum(closes - opens)))::integer
                    + (select count(*) from cl_smarketing.holiday as f where f.day >= from_at::date)::integer + 2) as days
        from cl_smarketing.business_hours
    ) as horizon
    cross join lateral generate_series(
        (from_at at time zone a.timezone)::date::timestamp,
        (until_at at time zone a.timezone)::date + make_interval(days => horizon.days), interval '1 day') as d (day)
    join cl_smarketing.business_hours as b on b.weekday = extract(isodow from d.day)
    cross join lateral (
        select (d.day + b.opens) at time zone a.timezone as opens_at, (d.day + b.closes) at time zone a.timezone as closes_at
    ) as o
    where o.closes_at > o.opens_at
      and not exists (select from cl_smarketing.holiday as f where f.day = d.day::date);
    create unique index on pg_temp.opening (opens_at);
    create unique index on pg_temp.opening (passed);
    analyze pg_temp.opening;
end
$$;

-- The business hours from the first of pg_temp.opening on.
create function cl_smarketing.business_passed(at timestamptz) returns interval
language plpgsql stable strict as $$
begin
    return coalesce((
        select o.passed - (o.closes_at - least(at, o.closes_at))
        from pg_temp.opening as o
        where o.opens_at <= at
        order by o.opens_at desc
        limit 1
    ), interval '0');
end
$$;

-- When business hours of that length have passed.
create function cl_smarketing.business_due(at timestamptz, needed interval) returns timestamptz
language plpgsql stable strict as $$
declare
    wanted interval := cl_smarketing.business_passed(at) + needed;
begin
    return (select o.closes_at - (o.passed - wanted) from pg_temp.opening as o where o.passed >= wanted order by o.passed limit 1);
end
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

-- Whether an activity is one of the agreed kinds (in lower case; none: all), and its outcome like none of those that reached
-- nobody (patterns in lower case). A single expression, so that PostgreSQL puts it where it is called.
create function cl_smarketing.is_contact(kind text, outcome text, kinds text[], missed text[]) returns boolean
language sql immutable as $$
    select (kinds is null or lower(kind) = any (kinds)) and (lower(outcome) like any (missed)) is not true
$$;
