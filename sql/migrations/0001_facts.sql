-- Facts: what was loaded, every version of it, and the ledger of the batches that brought it.

create schema cl_core;
create schema if not exists cl_ops; -- closedloop-load keeps its list of migrations there

-- ---------------------------------------------------------------------------------------------------- the ledger

create table cl_ops.batch (
    batch_no integer generated always as identity primary key,
    batch_id uuid not null,
    source text not null,
    system text not null,
    mode text not null check (mode in ('append', 'upsert', 'snapshot')),
    place bigint not null,
    read_at timestamptz not null,
    sequence bigint not null,
    file text not null,
    input_digest uuid not null,
    mapping_digest uuid not null,
    status text not null check (status in ('loaded', 'refused', 'replaced')),
    reason text,
    first_at timestamptz,
    last_at timestamptz,
    loaded_at timestamptz not null
);
create index on cl_ops.batch (source, place);
create index on cl_ops.batch (source, batch_no);
create index on cl_ops.batch (batch_id);
create index on cl_ops.batch (source, input_digest);

create table cl_ops.batch_input (
    batch_no integer not null references cl_ops.batch on delete cascade,
    file_no integer not null,
    file text not null,
    digest uuid not null,
    raw_bytes bigint not null,
    decoded_bytes bigint not null,
    modified_at timestamptz not null,
    primary key (batch_no, file_no)
);

create table cl_ops.batch_count (
    batch_no integer not null references cl_ops.batch on delete cascade,
    kind text not null,
    read bigint not null,
    emitted bigint not null,
    rejected bigint not null,
    duplicate bigint not null,
    filtered bigint not null,
    primary key (batch_no, kind),
    check (read = emitted + rejected + duplicate + filtered)
);

create table cl_ops.batch_filter (
    batch_no integer not null references cl_ops.batch on delete cascade,
    kind text not null,
    reason text not null,
    records bigint not null,
    primary key (batch_no, kind, reason)
);

create table cl_ops.reject (
    batch_no integer not null references cl_ops.batch on delete cascade,
    batch_id uuid not null,
    source text not null,
    file text not null,
    line bigint not null,
    kind text,
    field text,
    code text not null,
    reason text not null,
    raw text
);
create index on cl_ops.reject (batch_no);

-- What loading changed and the reports do not show yet: refresh takes these rows away.
create table cl_ops.changed_key (
    kind text collate "C" not null,
    key uuid not null,
    primary key (kind, key)
);

create table cl_ops.changed_day (
    day date primary key
);

-- One row: what the reports were computed with.
create table cl_ops.setting (
    is_only boolean primary key default true check (is_only),
    secret_fingerprint uuid,
    timezone text not null default 'UTC',
    currency text not null default 'EUR',
    currency_exponent integer not null default 2,
    lookback interval not null default '90 days',
    until text not null default 'closed_at' check (until in ('closed_at', 'created_at')),
    half_life_days integer not null default 7,
    bots_above bigint,
    history_days integer,
    history_from timestamptz not null default '-infinity',
    model text not null default 'linear',
    attribution jsonb not null default '{}',
    read_at timestamptz,
    refreshed_at timestamptz
);
insert into cl_ops.setting default values;

create table cl_ops.run (
    run_no bigint generated always as identity primary key,
    command text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    status text not null check (status in ('running', 'done', 'failed')),
    batches integer not null default 0,
    people bigint not null default 0,
    deals bigint not null default 0,
    days bigint not null default 0,
    message text
);

create table cl_ops.quality (
    name text not null,
    item text not null,
    detail text not null,
    primary key (name, item)
);

create table cl_ops.reconciliation (
    checked_at timestamptz not null,
    name text not null,
    expected numeric not null,
    found numeric not null,
    status text not null check (status in ('ok', 'differs')),
    primary key (checked_at, name)
);

-- ------------------------------------------------------------------------------------------ what visitors did

create table cl_core.view (
    view_id uuid not null,
    visitor_id uuid not null,
    viewed_at timestamptz not null,
    content_id uuid not null,
    arrival_id uuid not null,
    visit_mark bigint,
    interaction text not null,
    dwell_seconds integer,
    batch_no integer not null default current_setting('closedloop.batch_no')::integer,
    primary key (viewed_at, view_id)
) partition by range (viewed_at);

-- The same event, brought again: not counted anywhere, kept so that a batch that is replaced gives way to it.
create table cl_core.view_duplicate (
    like cl_core.view,
    primary key (view_id, viewed_at, batch_no)
);
create index on cl_core.view_duplicate (batch_no);

create table cl_core.content_seen (
    content_id uuid not null,
    batch_no integer not null references cl_ops.batch on delete cascade,
    url text not null,
    host text not null,
    path text not null,
    title text,
    titled_at timestamptz,
    primary key (content_id, batch_no)
);
create index on cl_core.content_seen (batch_no);

create table cl_core.arrival (
    arrival_id uuid primary key,
    channel text not null,
    source text,
    medium text,
    campaign text,
    term text,
    content_tag text,
    referrer_host text
);
-- An arrival goes with the last batch that brought it.
create table cl_core.arrival_seen (
    arrival_id uuid not null,
    batch_no integer not null references cl_ops.batch on delete cascade,
    primary key (arrival_id, batch_no)
);
create index on cl_core.arrival_seen (batch_no);
insert into cl_core.arrival (arrival_id, channel, source, medium, campaign)
values ('00000000-0000-0000-0000-000000000000', 'unattributed', 'unattributed', 'unattributed', 'unattributed');

-- ------------------------------------------------------------------ versions of records, by the batch that brought them
-- A version is kept when it differs from what its source said before. The columns behind `known_at` are the record's own.

create table cl_core.identity_history (
    identity_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    visitor_id uuid,
    person_key uuid,
    identified_at timestamptz,
    system text,
    contact_key text,
    email text,
    company_domain text,
    primary key (identity_id, source, batch_no)
);

create table cl_core.lead_history (
    lead_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    person_key uuid,
    system text,
    contact_key text,
    email text,
    company_domain text,
    email_key uuid,
    other_email_keys uuid[],
    merged_into_key uuid,
    account_id uuid,
    name text,
    company text,
    title text,
    employees integer,
    country text,
    industry text,
    phone text,
    stage text,
    owner text,
    source_detail text,
    created_at timestamptz,
    primary key (lead_id, source, batch_no)
);

create table cl_core.account_history (
    account_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    system text,
    account_key text,
    domain text,
    company_domain text,
    name text,
    industry text,
    employees integer,
    country text,
    owner text,
    merged_into_id uuid,
    created_at timestamptz,
    primary key (account_id, source, batch_no)
);

create table cl_core.deal_history (
    deal_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    system text,
    deal_key text,
    name text,
    account_id uuid,
    owner text,
    stage text,
    amount numeric,
    currency text,
    is_won boolean,
    is_closed boolean,
    merged_into_id uuid,
    created_at timestamptz,
    closed_at timestamptz,
    primary key (deal_id, source, batch_no)
);

create table cl_core.deal_contact_history (
    deal_contact_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    deal_id uuid,
    person_key uuid,
    system text,
    contact_key text,
    email text,
    company_domain text,
    role text,
    is_primary boolean,
    primary key (deal_contact_id, source, batch_no)
);

create table cl_core.deal_split_history (
    deal_split_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    deal_id uuid,
    system text,
    split_key text,
    owner text,
    percent numeric,
    primary key (deal_split_id, source, batch_no)
);

create table cl_core.activity_history (
    activity_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    system text,
    activity_key text,
    person_key uuid,
    contact_key text,
    email text,
    deal_id uuid,
    kind text,
    direction text,
    subject text,
    outcome text,
    owner text,
    happened_at timestamptz,
    duration_seconds integer,
    primary key (activity_id, source, batch_no)
);

create table cl_core.content_history (
    content_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    url text,
    host text,
    path text,
    title text,
    kind text,
    topic text,
    stage text,
    persona text,
    author text,
    published_at timestamptz,
    primary key (content_id, source, batch_no)
);

create table cl_core.question_history (
    question_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    system text,
    question_key text,
    person_key uuid,
    contact_key text,
    email text,
    deal_id uuid,
    topic text,
    text text,
    asked_at timestamptz,
    primary key (question_id, source, batch_no)
);

create table cl_core.property_change_history (
    property_change_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    system text,
    deal_id uuid,
    deal_key text,
    person_key uuid,
    contact_key text,
    email text,
    property text,
    value text,
    changed_at timestamptz,
    source_detail text,
    primary key (property_change_id, source, batch_no)
);

create table cl_core.cost_history (
    cost_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    day date,
    channel text,
    campaign text,
    campaign_source text,
    medium text,
    content_id uuid,
    amount numeric,
    currency text,
    detail text,
    primary key (cost_id, source, batch_no)
);

create table cl_core.rate_history (
    rate_id uuid not null,
    source text not null,
    batch_no integer not null references cl_ops.batch,
    place bigint not null,
    ordinal bigint not null,
    digest uuid not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    known_at timestamptz not null,
    currency text,
    day date,
    rate numeric,
    primary key (rate_id, source, batch_no)
);

create index on cl_core.identity_history (visitor_id);
create index on cl_core.identity_history (batch_no);
create index on cl_core.lead_history (batch_no);
create index on cl_core.lead_history (email_key);
create index on cl_core.lead_history (merged_into_key);
create index on cl_core.lead_history using gin (other_email_keys);
create index on cl_core.account_history (batch_no);
create index on cl_core.deal_history (batch_no);
create index on cl_core.deal_contact_history (batch_no);
create index on cl_core.deal_split_history (batch_no);
create index on cl_core.activity_history (batch_no);
create index on cl_core.content_history (batch_no);
create index on cl_core.question_history (batch_no);
create index on cl_core.property_change_history (batch_no);
create index on cl_core.cost_history (batch_no);
create index on cl_core.rate_history (batch_no);
