-- Credit as it was reported: what a refresh supersedes is kept, with the span in which it stood in the reports. Facts, not
-- results: no rebuild can make them anew, and none touches them.

create table cl_marketing.deal_report (
    deal_id uuid primary key references cl_core.deal deferrable initially deferred,
    reported_at timestamptz not null,
    currency text not null,
    currency_exponent integer not null
);

-- No foreign keys: deals, content, persons and models may be gone by now.
create table cl_marketing.deal_touch_history (
    reported_from timestamptz not null,
    reported_until timestamptz not null,
    currency text not null,
    currency_exponent integer not null,
    like cl_marketing.deal_touch,
    primary key (deal_id, reported_from, position),
    check (reported_from < reported_until)
);
-- Rows come in the order of reported_until.
create index on cl_marketing.deal_touch_history using brin (reported_until);

-- What the ids in reported journeys stand for: a digest of just this, so that it holds when nothing else names it any more.
create table cl_marketing.reported_content (
    content_id uuid primary key,
    url text not null
);

create table cl_marketing.reported_arrival (
    arrival_id uuid primary key,
    channel text not null,
    campaign text,
    source text,
    medium text
);

-- Models that are fitted to all journeys change all their rows with every closed deal: they are kept as each month ended.
create table cl_marketing.report_month (
    month date primary key,
    first_reported_at timestamptz not null,
    last_reported_at timestamptz not null
);

create table cl_marketing.fitted_touch_month (
    month date not null,
    like cl_marketing.fitted_touch,
    primary key (month, deal_id, position)
);
