-- Facts of a large company for tests/bench/credit, the same for the same number of deals: put into the tables of facts as
-- loading does, so that a rebuild computes from them what it would from files.
--
--     psql -v deals=100000 -f tests/bench/credit.sql

\set ON_ERROR_STOP on

-- A number in [0, 1) for each thing and purpose.
create function pg_temp.chance(of bigint, purpose bigint) returns double precision
language sql immutable as $$
    select (hashint8extended(of, purpose) & 1073741823) / 1073741824.0::double precision
$$;

create function pg_temp.key(kind text, number bigint) returns uuid
language sql immutable as $$
    select md5(kind || number)::uuid
$$;

insert into cl_ops.batch
    (batch_id, source, system, mode, place, read_at, sequence, file, input_digest, mapping_digest, status, loaded_at)
select md5(b.source)::uuid, b.source, b.system, b.mode, 1, '2026-01-02T02:00:00Z', 0, b.source, md5('input' || b.source)::uuid,
    md5('mapping' || b.source)::uuid, 'loaded', now()
from (
    values ('website', 'web', 'append'), ('crm-leads', 'crm', 'upsert'), ('crm-deals', 'crm', 'upsert'),
        ('catalogue', 'catalogue', 'upsert')
) as b (source, system, mode);
create temporary table batch as select source, batch_no from cl_ops.batch;

-- Deals of two years: three of ten won, four lost, three open; 20 touches of contacts in the mean, half of them with 12 or
-- less, one of 400 with hundreds; one to four contacts.
create temporary table deal as
select d as number, pg_temp.key('deal', d) as deal_id, k.outcome, k.created_at,
    case when k.outcome <> 'open' then k.created_at + (10 + 110 * pg_temp.chance(d, 3)) * interval '1 day' end as closed_at,
    k.created_at - interval '60 days' as from_at,
    case when k.outcome = 'open' then timestamptz '2026-01-01' - k.created_at + interval '60 days'
         else (70 + 110 * pg_temp.chance(d, 3)) * interval '1 day' end as span,
    floor(12 * exp(sqrt(-2 * ln(1 - pg_temp.chance(d, 4))) * cos(2 * pi() * pg_temp.chance(d, 5))))::bigint as views,
    1 + floor(3.5 * pg_temp.chance(d, 6) * pg_temp.chance(d, 7))::bigint as contacts
from generate_series(1::bigint, :deals) as d
cross join lateral (
    select
        case when pg_temp.chance(d, 1) < 0.3 then 'won' when pg_temp.chance(d, 1) < 0.7 then 'lost' else 'open' end as outcome,
        date_trunc('second', timestamptz '2024-01-01' + case
            when pg_temp.chance(d, 1) < 0.7 then 600 * pg_temp.chance(d, 2) else 610 + 110 * pg_temp.chance(d, 2)
        end * interval '1 day') as created_at
) as k;

insert into cl_core.deal_history
    (deal_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, system, deal_key, name, owner,
     stage, amount, currency, is_won, is_closed, created_at, closed_at)
select d.deal_id, b.source, b.batch_no, 1, d.number, d.deal_id, false, d.created_at, '2026-01-02T02:00:00Z', 'crm',
    'D' || d.number, 'Deal ' || d.number, 'owner ' || d.number % 50, d.outcome,
    round((1000 * exp(4 * pg_temp.chance(d.number, 8)))::numeric, 2), 'EUR', d.outcome = 'won', d.outcome <> 'open',
    d.created_at, date_trunc('second', d.closed_at)
from deal as d
join batch as b on b.source = 'crm-deals';

-- The contacts; one deal of twenty shares its first with the deal before.
create temporary table contact as
select d.number as deal, c as place, l.number, pg_temp.key('lead', l.number) as lead_id
from deal as d
cross join lateral generate_series(1, d.contacts) as c
cross join lateral (
    select 4 * (d.number - case when c = 1 and d.number > 1 and d.number % 20 = 0 then 1 else 0 end) + c - 1 as number
) as l;
create temporary table lead as
select number, lead_id, min(deal) as deal, pg_temp.key('visitor', number) as visitor_id from contact group by number, lead_id;

insert into cl_core.deal_contact_history
    (deal_contact_id, source, batch_no, place, ordinal, digest, is_deleted, known_at, deal_id, person_key, system,
     contact_key, role, is_primary)
select md5(c.deal || '/' || c.number)::uuid, b.source, b.batch_no, 1, c.deal, c.lead_id, false, '2026-01-02T02:00:00Z', d.deal_id,
    c.lead_id, 'crm', 'C' || c.number, (array['decision maker', 'influencer', 'user', 'user'])[c.place], c.place = 1
from contact as c
join deal as d on d.number = c.deal
join batch as b on b.source = 'crm-deals';

insert into cl_core.lead_history
    (lead_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, person_key, system, contact_key,
     name, company, stage, owner, created_at)
select l.lead_id, b.source, b.batch_no, 1, l.number, l.lead_id, false, d.created_at, '2026-01-02T02:00:00Z', l.lead_id, 'crm',
    'C' || l.number, 'Person ' || l.number, 'Company ' || d.number, 'sql', 'owner ' || d.number % 50,
    date_trunc('second', d.from_at + pg_temp.chance(l.number, 9) * (d.created_at - d.from_at))
from lead as l
join deal as d on d.number = l.deal
join batch as b on b.source = 'crm-leads';

insert into cl_core.identity_history
    (identity_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, visitor_id, person_key,
     identified_at, system, contact_key)
select md5('identity' || l.number)::uuid, b.source, b.batch_no, 1, l.number, l.visitor_id, false, d.created_at,
    '2026-01-02T02:00:00Z', l.visitor_id, l.lead_id, d.created_at, 'crm', 'C' || l.number
from lead as l
join deal as d on d.number = l.deal
join batch as b on b.source = 'website';

-- A thousand contents of a dozen topics, and 200 arrivals by ten channels: 160 of them by 40 campaigns.
insert into cl_core.content_seen (content_id, batch_no, url, host, path, title, titled_at)
select pg_temp.key('content', c), b.batch_no, 'https://www.fernwood.example/read/' || c, 'www.fernwood.example', '/read/' || c,
    'Piece ' || c, '2024-01-01T00:00:00Z'
from generate_series(0, 999) as c
join batch as b on b.source = 'website';

insert into cl_core.content_history
    (content_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, url, host, path, title, kind,
     topic)
select s.content_id, b.source, b.batch_no, 1, c, s.content_id, false, '2024-01-01T00:00:00Z', '2026-01-02T02:00:00Z', s.url,
    s.host, s.path, s.title, 'article', 'topic ' || c % 12
from generate_series(0, 999) as c
join cl_core.content_seen as s on s.content_id = pg_temp.key('content', c)
join batch as b on b.source = 'catalogue';

insert into cl_core.arrival (arrival_id, channel, source, medium, campaign, referrer_host)
select pg_temp.key('arrival', a),
    (array['Direct', 'Organic Search', 'Referral', 'Organic Social', 'Paid Search', 'Paid Social', 'Display', 'E-Mail',
           'Affiliates', 'Video'])[a % 10 + 1],
    case when a % 10 > 1 then 'source ' || a % 20 end, case when a % 10 > 1 then 'medium ' || a % 10 end,
    case when a % 10 > 1 then 'campaign ' || a % 40 end, case when a % 10 = 1 then 'search ' || a end
from generate_series(0, 199) as a;
insert into cl_core.arrival_seen (arrival_id, batch_no)
select a.arrival_id, b.batch_no
from cl_core.arrival as a
join batch as b on b.source = 'website'
where a.channel <> 'unattributed';

-- Views: each of its own visit, of a contact of the deal, in the time of the journey or, one of fifty, before it; some
-- contents are read and some arrivals taken far more often than others. A contact who is shared brings its views along.
select cl_core.make_partitions(array_agg(day::date))
from generate_series(timestamp '2022-07-01', timestamp '2026-01-01', interval '1 month') as day;

insert into cl_core.view (view_id, visitor_id, viewed_at, content_id, arrival_id, interaction, dwell_seconds, batch_no)
select md5(v.number::text)::uuid, l.visitor_id,
    date_trunc('second', d.from_at + case
        when pg_temp.chance(v.number, 11) < 0.02 then pg_temp.chance(v.number, 12) * interval '-400 days'
        else pg_temp.chance(v.number, 12) * d.span
    end) + pg_temp.chance(v.number, 13) * interval '1 second',
    pg_temp.key('content', floor(1000 * power(pg_temp.chance(v.number, 14), 2))::bigint),
    pg_temp.key('arrival', floor(200 * power(pg_temp.chance(v.number, 15), 2))::bigint),
    'page_view', floor(300 * pg_temp.chance(v.number, 16))::integer, b.batch_no
from deal as d
cross join lateral generate_series(1, d.views) as n
cross join lateral (select d.number * 100000 + n as number) as v
join contact as c on c.deal = d.number and c.place = 1 + floor(d.contacts * power(pg_temp.chance(v.number, 10), 2))::bigint
join lead as l on l.number = c.number
join batch as b on b.source = 'website';
select cl_core.index_partitions();
