-- What each person meets of the shared language besides its stage: its persona, the rules of the score, and what stages ask
-- for. Refresh keeps these tables. No foreign keys: many touches meet something, and a check of each row at the commit costs more
-- than to write it. closedloop-load verify looks.

create table cl_smarketing.lead_persona (
    person_id uuid primary key,
    persona text not null
);
create index on cl_smarketing.lead_persona (persona);

-- Nothing here depends on the time of a refresh: what decays is computed when read. A rule by who a lead is has no touch, but
-- the key of none, so that the primary key holds.
create table cl_smarketing.met_definition (
    person_id uuid not null,
    at timestamptz not null,
    touch_id uuid not null,
    definition_no integer not null,
    primary key (person_id, at, touch_id, definition_no)
);
create index on cl_smarketing.met_definition (at) where touch_id = '00000000-0000-0000-0000-000000000000';

-- Reports by account, and on what is new, look these up.
create index on cl_core.person (account_id);
create index on cl_core.person (last_seen_at desc nulls last, became_lead_at desc nulls last, person_id) where is_lead;
create index on cl_smarketing.stage_history (entered_at);

-- What is left of a touch's points: half after each half-life. Six decimals: less than a millionth counts as nothing, and
-- what is newer than the newest data counts whole.
create function cl_smarketing.score_weight(at timestamptz, moment timestamptz, half_life_days integer) returns numeric
language sql immutable parallel safe as $$
    select round(power(0.5::double precision, least(greatest(
        extract(epoch from moment - at)::double precision, 0) / 86400 / half_life_days, 64))::numeric, 6)
$$;
