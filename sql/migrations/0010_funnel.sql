-- The funnel: who reached which step when. Refresh keeps these tables. A view would have had to put histories, deals and
-- their people together at every look, and the funnel, its weakest step, the monthly meeting and the page all look at it.

create table cl_smarketing.step (
    step_no integer primary key,
    step text not null,
    kind text not null check (kind in ('lead', 'stage', 'deal', 'won')),
    unique (kind, step)
);

-- No foreign keys but the person's, as on cl_marketing.lead_origin.
create table cl_smarketing.funnel_step (
    person_id uuid not null references cl_core.person deferrable initially deferred,
    step_no integer not null,
    step text not null,
    kind text not null,
    reached_at timestamptz not null,
    month date not null,
    is_skipped boolean not null,
    next_at timestamptz,
    cohort date not null,
    deal_id uuid,
    deals bigint not null,
    open_deals bigint not null,
    amount numeric not null,
    won_amount numeric not null,
    content_id uuid not null,
    arrival_id uuid not null,
    owner text not null,
    primary key (person_id, step_no)
);

-- Visitors do not add up over contents.
create table cl_marketing.visitor_month (
    month date primary key,
    views bigint not null,
    visitors bigint not null
);
