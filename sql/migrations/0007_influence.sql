-- Where leads came from.

-- As with cl_marketing.deal_touch, no foreign keys to what it names.
create table cl_marketing.lead_origin (
    person_id uuid primary key,
    became_lead_at timestamptz not null,
    month date not null,
    touch_id uuid not null,
    content_id uuid not null,
    arrival_id uuid not null,
    campaign_arrival_id uuid not null,
    touched_at timestamptz
);

create index on cl_core.person (person_id) where is_lead and became_lead_at is null;
