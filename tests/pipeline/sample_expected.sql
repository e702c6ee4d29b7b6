-- What the reports on deploy/sample must say, computed from its raw files in plain SQL: no closedloop table, no
-- closedloop code. It leaves temporary tables behind, so a test includes it in its own session and compares there:
--
--     CLOSEDLOOP_SAMPLE=deploy/sample psql -X -v ON_ERROR_STOP=1 -f tests/pipeline/sample_expected.sql -f compare.sql
--
--     expected_content_credit (url, model, credit)    won deals, in EUR; first_touch, last_touch, linear
--     expected_lead_content   (email, url, first_viewed_at, last_viewed_at, views)   leads with an address of their own
--     expected_totals         (name, value)           deals, revenue in EUR, and what became of each line of the views
--     expected_content_month  (url, month, views)     months of Europe/Berlin
--     expected_reject         (file, reason, count)
--
-- It takes the short way wherever the sample allows it (no campaign appears twice in one sitting, no two views have one
-- time, no address ties two people together), and stops with an error where the sample no longer allows it.

\set ON_ERROR_STOP on
\encoding UTF8
set client_min_messages = warning;
set timezone = 'UTC';
set datestyle = 'ISO, YMD';

------------------------------------------------------------------------------------------------------------------------
-- The raw files, line by line where lines may be broken
------------------------------------------------------------------------------------------------------------------------
create temp table sample_line (
    number  bigserial,
    file    text,
    line    text
);

alter table sample_line alter column file set default 'events-2026-01.ndjson.gz';
\copy sample_line (line) from program 'zcat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/events-2026-01.ndjson.gz"' with (format csv, quote E'\x01', delimiter E'\x02')
alter table sample_line alter column file set default 'events-2026-02.ndjson.gz';
\copy sample_line (line) from program 'zcat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/events-2026-02.ndjson.gz"' with (format csv, quote E'\x01', delimiter E'\x02')
alter table sample_line alter column file set default 'events-2026-03.ndjson.gz';
\copy sample_line (line) from program 'zcat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/events-2026-03.ndjson.gz"' with (format csv, quote E'\x01', delimiter E'\x02')

create temp table sample_activity_line (line text);
\copy sample_activity_line from program 'cat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/activities.csv"' with (format csv, header, quote E'\x01', delimiter E'\x02')

create temp table sample_lead_row (
    contact_key text, email text, other_emails text, name text, company text, account_key text, title text,
    employees text, country text, industry text, phone text, stage text, owner text, source_detail text,
    created_at text, updated_at text, merged_into text, is_deleted text
);
\copy sample_lead_row from program 'cat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/leads.csv"' with (format csv, header)

create temp table sample_cost_row (
    cost_key text, day text, channel text, campaign text, source text, medium text, url text, amount text,
    currency text, detail text
);
\copy sample_cost_row from program 'cat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/costs.csv"' with (format csv, header)

create temp table sample_rate (currency text, day date, rate numeric);
\copy sample_rate from program 'cat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/rates.csv"' with (format csv, header)

\set deals `cat "${CLOSEDLOOP_SAMPLE:-deploy/sample}/deals.xml"`
create temp table sample_deal as
select *
from xmltable(
    '/Opportunities/Opportunity' passing (:'deals'::xml)
    columns
        deal_key text path 'Id',
        amount numeric path 'Amount',
        currency text path 'CurrencyIsoCode',
        is_won boolean path 'IsWon',
        is_closed boolean path 'IsClosed',
        created_at timestamptz path 'CreatedDate',
        closed_on date path 'CloseDate'
);

create temp table sample_deal_contact as
select *
from xmltable(
    '/Opportunities/Opportunity/Contacts/Contact' passing (:'deals'::xml)
    columns
        deal_key text path '../../Id',
        contact_key text path 'ContactId'
);

------------------------------------------------------------------------------------------------------------------------
-- Reading what may be unreadable: null where it is
------------------------------------------------------------------------------------------------------------------------
create function pg_temp.sample_json(line text) returns jsonb language plpgsql as $$
begin
    return line::jsonb;
exception when others then
    return null;
end $$;

create function pg_temp.sample_time(value text) returns timestamptz language plpgsql as $$
begin
    -- the cast alone would also take words such as "yesterday"
    return case when value ~ '^\d{4}-\d\d-\d\d' then value::timestamptz end;
exception when others then
    return null;
end $$;

create function pg_temp.sample_german_time(value text) returns timestamp language plpgsql as $$
begin
    return to_timestamp(value, 'DD.MM.YYYY HH24:MI')::timestamp;
exception when others then
    return null;
end $$;

-- The canonical form of the addresses that the sample holds. The path of the home page is a single slash.
create function pg_temp.sample_url(url text) returns text language sql as $$
    select
        'https://' || lower(split_part(address, '/', 1))
        || regexp_replace('/' || substr(address, strpos(address || '/', '/') + 1), '(.)/$', '\1')
        || coalesce('?' || kept, '')
    from (
        select
            regexp_replace(
                regexp_replace(split_part(split_part(url, '#', 1), '?', 1), '^https?://', '', 'i'),
                '/index\.html$', '/'
            ) as address,
            (
                select string_agg(parameter, '&' order by parameter)
                from unnest(string_to_array(split_part(split_part(url, '#', 1), '?', 2), '&')) as parameter
                where parameter <> '' and parameter !~ '^(utm_[a-z]+|gclid)='
            ) as kept
    ) as cut
$$;

create function pg_temp.sample_host(url text) returns text language sql as $$
    select lower(substring(url from '^[a-z]+://([^/:?#]+)'))
$$;

------------------------------------------------------------------------------------------------------------------------
-- Views: every line is refused, no content, a bot's, a duplicate, or kept
------------------------------------------------------------------------------------------------------------------------
create temp table sample_event as
select
    number,
    file,
    event,
    event ->> 'event_id' as event_id,
    pg_temp.sample_time(event ->> 'time') as viewed_at,
    event ->> 'visitor' as visitor,
    lower(trim(event #>> '{user,email}')) as email,
    nullif(event #>> '{page,url}', '') as url,
    event #>> '{page,referrer}' as referrer,
    event #>> '{campaign,name}' as campaign,
    event ->> 'click_id' as click_id,
    event ->> 'user_agent' as user_agent,
    coalesce((event ->> 'bot')::boolean, false) as is_bot
from (select number, file, pg_temp.sample_json(line) as event from sample_line) as parsed;

create temp table sample_view_fate as
select
    *,
    case
        when event is null then 'malformed_json'
        when event ->> 'event' not in ('page_view', 'download', 'form', 'video', 'webinar', 'demo_request')
            then 'no_content'
        when url is null then 'missing'
        when viewed_at is null then 'bad_time'
        when viewed_at > timestamptz '2026-04-06 02:00:00+00' + interval '1 day' then 'in_future'
        when email !~ '^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$' then 'bad_email'
        when is_bot or user_agent ~* 'bot|crawler|spider|headless' then 'bot'
        when row_number() over (partition by event_id order by number) > 1 then 'duplicate'
        else 'kept'
    end as fate
from sample_event;

create temp table sample_view as
select
    event_id,
    viewed_at,
    coalesce('cookie ' || visitor, 'event ' || event_id) as visitor,
    email,
    pg_temp.sample_url(url) as url,
    campaign is not null or click_id is not null
        or coalesce(pg_temp.sample_host(referrer) <> pg_temp.sample_host(url), false) as is_arrival
from sample_view_fate
where fate = 'kept';

------------------------------------------------------------------------------------------------------------------------
-- People: a contact that others were merged into, or an address that is no contact's alone
------------------------------------------------------------------------------------------------------------------------
create temp table sample_lead as
select distinct on (contact_key) *
from sample_lead_row
where email ~ '^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$' and pg_temp.sample_time(created_at) is not null
order by contact_key, updated_at desc;

create temp table sample_contact as
with recursive walk as (
    select contact_key, contact_key as survivor, merged_into as next
    from sample_lead
    union all
    select walk.contact_key, lead.contact_key, lead.merged_into
    from walk
    join sample_lead as lead on lead.contact_key = walk.next
)
select contact_key, survivor
from walk
where next is null;

-- an address that two people claim belongs to neither
create temp table sample_address as
select lower(trim(address)) as email, min(survivor) as survivor
from sample_lead
join sample_contact using (contact_key)
cross join unnest(string_to_array(concat_ws(';', email, other_emails), ';')) as address
group by 1
having count(distinct survivor) = 1;

------------------------------------------------------------------------------------------------------------------------
-- Who read it: the last identification at or before the view, or else the visitor's first
------------------------------------------------------------------------------------------------------------------------
create temp table sample_identity as
select
    visitor,
    viewed_at as identified_at,
    coalesce('contact ' || survivor, 'address ' || email) as person
from sample_view
left join sample_address using (email)
where email is not null;

create temp table sample_reading as
select
    view.*,
    coalesce(
        (
            select person from sample_identity as identity
            where identity.visitor = view.visitor and identity.identified_at <= view.viewed_at
            order by identified_at desc limit 1
        ),
        (
            select person from sample_identity as identity
            where identity.visitor = view.visitor
            order by identified_at limit 1
        )
    ) as person,
    count(*) filter (where is_start) over (partition by visitor order by viewed_at) as visit
from (
    select
        *,
        is_arrival or coalesce(
            viewed_at - lag(viewed_at) over (partition by visitor order by viewed_at) > interval '30 minutes', true
        ) as is_start
    from sample_view
) as view;

create temp table sample_touch as
select person, url, min(viewed_at) as touched_at
from sample_reading
where person is not null
group by person, url, visitor, visit;

------------------------------------------------------------------------------------------------------------------------
-- Deals in euro cents, and their journeys
------------------------------------------------------------------------------------------------------------------------
create temp table sample_deal_money as
select
    deal.*,
    case when is_won then 'won' when is_closed then 'lost' else 'open' end as outcome,
    -- a date is over at its end, in Berlin
    (closed_on + 1)::timestamp at time zone 'Europe/Berlin' - interval '1 microsecond' as closed_at,
    round(amount * rate * 100)::bigint as cents
from sample_deal as deal
left join lateral (
    select 1::numeric as rate
    where deal.currency = 'EUR'
    union all
    (
        select rate.rate
        from sample_rate as rate
        cross join lateral (
            select case
                when deal.is_closed then closed_on
                else (created_at at time zone 'Europe/Berlin')::date
            end as day
        ) as valued
        where rate.currency = deal.currency and rate.day between valued.day - 7 and valued.day
        order by rate.day desc
        limit 1
    )
) as known on true;

create temp table sample_journey as
select
    deal_key,
    cents,
    url,
    row_number() over (partition by deal_key order by touched_at) as position,
    count(*) over (partition by deal_key) as touches
from sample_deal_money as deal
join (
    select distinct deal_key, 'contact ' || coalesce(survivor, contact_key) as person
    from sample_deal_contact
    left join sample_contact using (contact_key)
) as member using (deal_key)
join sample_touch as touch using (person)
where outcome = 'won'
    and touched_at between least(deal.created_at, closed_at) - interval '90 days' and closed_at;

------------------------------------------------------------------------------------------------------------------------
-- The answers
------------------------------------------------------------------------------------------------------------------------
-- Equal shares by largest remainder, ties by order: the first `cents % touches` touches have one cent more.
create temp table expected_content_credit as
select url, model, (sum(share) / 100.0)::numeric(14, 2) as credit
from (
    select url, 'linear' as model, cents / touches + (position <= cents % touches)::int as share from sample_journey
    union all
    select url, 'first_touch', cents from sample_journey where position = 1
    union all
    select url, 'last_touch', cents from sample_journey where position = touches
) as credit
where share is not null
group by url, model;

create temp table expected_lead_content as
select
    address.email,
    reading.url,
    min(viewed_at) as first_viewed_at,
    max(viewed_at) as last_viewed_at,
    count(*) as views
from sample_lead as lead
join sample_address as address on address.email = lower(trim(lead.email)) and address.survivor = lead.contact_key
join sample_reading as reading on reading.person = 'contact ' || lead.contact_key
group by 1, 2;

create temp table expected_content_month as
select url, date_trunc('month', viewed_at at time zone 'Europe/Berlin')::date as month, count(*) as views
from sample_view
group by 1, 2;

create temp table expected_reject as
select file, fate as reason, count(*) as count
from sample_view_fate
where fate in ('malformed_json', 'missing', 'bad_time', 'in_future', 'bad_email')
group by 1, 2
union all
select 'leads.csv', 'bad_email', count(*)
from sample_lead_row where email !~ '^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$'
union all
select 'leads.csv', 'bad_time', count(*)
from sample_lead_row where pg_temp.sample_time(created_at) is null
union all
select 'activities.csv', 'ragged', count(*)
from sample_activity_line where cardinality(string_to_array(line, ';')) <> 10
union all
select 'activities.csv', 'bad_time', count(*)
from sample_activity_line
where cardinality(string_to_array(line, ';')) = 10 and pg_temp.sample_german_time(split_part(line, ';', 9)) is null
union all
select 'costs.csv', 'bad_currency', count(*)
from sample_cost_row where currency not in ('EUR', 'USD');

create temp table expected_totals as
select 'deals_' || outcome as name, count(*)::numeric as value from sample_deal_money group by outcome
union all
select 'deals_without_rate', count(*) from sample_deal_money where cents is null
union all
select 'won_revenue', (sum(cents) / 100.0)::numeric(14, 2) from sample_deal_money where outcome = 'won'
union all
select 'lost_amount', (sum(cents) / 100.0)::numeric(14, 2) from sample_deal_money where outcome = 'lost'
union all
select 'open_amount', (sum(cents) / 100.0)::numeric(14, 2) from sample_deal_money where outcome = 'open'
union all
select 'unattributed_revenue', (coalesce(sum(cents), 0) / 100.0)::numeric(14, 2)
from sample_deal_money
where outcome = 'won' and deal_key not in (select deal_key from sample_journey)
union all
select 'unattributed_deals', count(*)
from sample_deal_money
where outcome = 'won' and deal_key not in (select deal_key from sample_journey)
union all
select 'view_lines', count(*) from sample_line
union all
select 'views_' || case when fate in ('no_content', 'bot', 'duplicate', 'kept') then fate else 'rejected' end, count(*)
from sample_view_fate
group by 1;

------------------------------------------------------------------------------------------------------------------------
-- What the short ways above take for granted
------------------------------------------------------------------------------------------------------------------------
do $$
begin
    if exists (select from sample_view group by viewed_at having count(*) > 1) then
        raise exception 'two views of the sample have one time: the order of touches is no longer plain';
    end if;
    if exists (
        select
        from sample_view_fate as view
        join sample_view_fate as later
            on later.visitor = view.visitor and later.fate = 'kept'
            and later.viewed_at > view.viewed_at and later.viewed_at <= view.viewed_at + interval '30 minutes'
        where view.fate = 'kept'
            and (
                later.campaign = view.campaign or later.click_id = view.click_id
                or later.referrer = view.referrer
                and pg_temp.sample_host(view.referrer) <> pg_temp.sample_host(view.url)
            )
    ) then
        raise exception 'one arrival appears twice in a sitting of the sample: is it new the second time?';
    end if;
    if exists (
        select model
        from expected_content_credit
        group by model
        having sum(credit) <> (select sum(case name when 'won_revenue' then value else -value end)
                               from expected_totals where name in ('won_revenue', 'unattributed_revenue'))
    ) then
        raise exception 'credit and revenue differ';
    end if;
end $$;
