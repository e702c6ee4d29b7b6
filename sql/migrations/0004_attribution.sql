-- Attribution: journeys of deals, credited under every model, and the sums that reports read.

create schema cl_marketing;

create table cl_marketing.model (
    model integer primary key,
    name text not null unique,
    meaning text not null,
    first_touch_share bigint,
    lead_creation_share bigint,
    deal_creation_share bigint,
    closed_won_share bigint,
    last_touch_share bigint,
    last_non_direct_share bigint,
    rest_share bigint,
    half_life_days numeric,
    is_fitted boolean not null default false,
    is_computed boolean not null default true
);

-- Takes over the models that the configuration wants, in its order, and says them with their numbers. A name keeps its
-- number for good, since what was reported under it stays on record; one of the configuration's own gets the next below
-- 101, where the numbers of fitted models begin.
create function cl_marketing.configure_models(wanted jsonb) returns setof cl_marketing.model
language plpgsql as $$
begin
    update cl_marketing.model as m
    set is_computed = false
    where m.is_computed and not exists (select from jsonb_array_elements(wanted) as w where w ->> 'name' = m.name);
    return query
    insert into cl_marketing.model as m
    select coalesce(k.model, w.model, n.highest + row_number() over (
               partition by coalesce(k.model, w.model) is null order by w.place)),
        w.name, w.meaning, w.first_touch_share, w.lead_creation_share, w.deal_creation_share, w.closed_won_share,
        w.last_touch_share, w.last_non_direct_share, w.rest_share, w.half_life_days, w.is_fitted, true
    from (
        select r.*, j.place
        from jsonb_array_elements(wanted) with ordinality as j (model, place)
        cross join lateral jsonb_populate_record(null::cl_marketing.model, j.model) as r
    ) as w
    cross join (
        select greatest(max(o.model), 11) as highest from cl_marketing.model as o where o.model <= 100
    ) as n
    left join cl_marketing.model as k on k.name = w.name
    on conflict (name) do update
    set meaning = excluded.meaning, first_touch_share = excluded.first_touch_share,
        lead_creation_share = excluded.lead_creation_share, deal_creation_share = excluded.deal_creation_share,
        closed_won_share = excluded.closed_won_share, last_touch_share = excluded.last_touch_share,
        last_non_direct_share = excluded.last_non_direct_share, rest_share = excluded.rest_share,
        half_life_days = excluded.half_life_days, is_computed = true
    returning m.*;
end
$$;

-- Names that the configuration lists; null where it lists none.
create function cl_marketing.names_of(list jsonb) returns text[]
language sql immutable as $$
    select array_agg(n.name order by n.name) from jsonb_array_elements_text(list) as n(name)
$$;

-- Whether a filter of the configuration, {"only": [patterns]} or {"except": [patterns]}, lets the name pass.
create function cl_marketing.passes(name text, filter jsonb) returns boolean
language sql immutable as $$
    select case
        when filter ? 'only' then exists (
            select from jsonb_array_elements_text(filter -> 'only') as p(pattern)
            where lower(name) like cl_core.like_pattern(lower(p.pattern))
        )
        when filter ? 'except' then not exists (
            select from jsonb_array_elements_text(filter -> 'except') as p(pattern)
            where lower(name) like cl_core.like_pattern(lower(p.pattern))
        )
        else true
    end
$$;

-- What sales activities stand for that count as touches.
create function cl_marketing.activity_channel() returns text
language sql immutable as $$ select 'Sales activity' $$;

create function cl_marketing.activity_arrival() returns uuid
language sql immutable as $$ select md5('arrival of sales activities')::uuid $$;

create function cl_marketing.activity_content(kind text) returns uuid
language sql immutable as $$ select md5('sales activity ' || kind)::uuid $$;

-- No foreign keys, nor indexes for them: the server would check each row by itself at the commit, at four times the cost of
-- writing it, and would keep a note of each until then. cl_ops.verify() looks for rows that name nothing. And no index by
-- content, which would take as long as all the rest: what asks for the deals of one content reads all journeys.
create table cl_marketing.deal_touch (
    deal_id uuid not null,
    position integer not null,
    touch_id uuid not null,
    person_id uuid not null,
    content_id uuid not null,
    arrival_id uuid not null,
    touched_at timestamptz,
    outcome text not null,
    month date not null,
    milestones text[] not null,
    weights bigint[] not null,
    credits bigint[] not null,
    role_weight bigint not null default 1000000,
    campaign_weights bigint[],
    campaign_credits bigint[],
    primary key (deal_id, position)
);

-- Models that are fitted to all journeys stand apart, since every closed deal changes the credits of all others. No foreign
-- keys here either.
create table cl_marketing.fitted_touch (
    deal_id uuid not null,
    position integer not null,
    weights bigint[] not null,
    credits bigint[] not null,
    campaign_weights bigint[],
    campaign_credits bigint[],
    primary key (deal_id, position)
);

-- What they were fitted to. Numbers of states follow the order of stable keys, so that the same facts give the same rows.
-- The tables that may be long have no foreign keys, for the same reason.
create table cl_marketing.state_effect (
    model text not null references cl_marketing.model (name),
    state_no integer not null,
    state text not null,
    kind text not null,
    content_id uuid references cl_core.content deferrable initially deferred,
    items bigint not null,
    won_deals bigint not null,
    lost_deals bigint not null,
    visit_chance numeric,
    win_chance numeric,
    effect numeric,
    primary key (model, state_no)
);

create table cl_marketing.folded_item (
    model text not null,
    item_no integer not null,
    item text not null,
    content_id uuid references cl_core.content deferrable initially deferred,
    state_no integer not null,
    primary key (model, item_no),
    foreign key (model, state_no) references cl_marketing.state_effect
);

create table cl_marketing.state_value (
    model text not null,
    set_no integer not null,
    state_no integer not null,
    states text[] not null,
    state text not null,
    won_deals bigint not null,
    lost_deals bigint not null,
    value numeric not null,
    standard_error numeric not null,
    primary key (model, set_no, state_no)
);

create table cl_marketing.transition (
    model text not null,
    from_no integer not null,
    to_no integer not null,
    from_state text not null,
    to_state text not null,
    from_content_id uuid,
    to_content_id uuid,
    won bigint not null,
    lost bigint not null,
    probability numeric not null,
    won_share numeric,
    lost_share numeric,
    primary key (model, from_no, to_no)
);

-- Sums are kept, not computed when read: closedloop-load takes the old contribution of a changed deal away and adds the new
-- one. One row for each item, month and outcome with all models side by side, those that are fitted in rows of their own.
-- Weights and credits are whole numbers (10^-12, minor units), so that nothing drifts. Kinds of items: content, channel,
-- campaign, topic, and reach, which is a content by the month of the touch and not of the deal.
create table cl_marketing.journey_sum (
    kind text not null,
    item uuid not null,
    is_fitted boolean not null,
    month date not null,
    outcome text not null,
    name text,
    source text,
    medium text,
    deals bigint not null,
    amount numeric not null,
    sourced_deals bigint not null,
    sourced_amount numeric not null,
    weights numeric[] not null,
    credits numeric[] not null,
    primary key (kind, item, is_fitted, month, outcome)
);

-- What the sums hold of each deal: the facts have changed when it is taken from them again.
create table cl_marketing.counted_deal (
    deal_id uuid primary key,
    outcome text not null,
    month date not null,
    amount bigint not null
);

-- Element by element; an element is null where a model is not computed.
create function cl_marketing.add_shares(shares numeric[], more numeric[]) returns numeric[]
language sql immutable as $$
    select coalesce(array_agg(coalesce(k.share + k.added, k.share, k.added) order by k.place), '{}')
    from unnest(shares, more) with ordinality as k (share, added, place)
$$;

create table cl_marketing.content_view_month (
    content_id uuid not null,
    month date not null,
    views bigint not null,
    visitors bigint not null,
    dwell_seconds bigint not null,
    primary key (content_id, month)
);

-- Views alone, which add up over days, as visitors do not.
create table cl_marketing.content_view_day (
    day date not null,
    content_id uuid not null,
    views bigint not null,
    primary key (day, content_id)
);

create table cl_marketing.content_lead_month (
    content_id uuid not null,
    month date not null,
    leads bigint not null,
    primary key (content_id, month)
);
