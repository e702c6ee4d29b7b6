-- Facts of a company with very many leads for tests/bench/page, the same for the same number of leads: put into the tables of
-- facts as loading does, so that a rebuild computes from them what it would from files.
--
--     psql -v leads=1000000 -f tests/bench/page.sql

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
select md5(b.source)::uuid, b.source, b.system, b.mode, 1, '2026-01-16T02:00:00Z', 0, b.source, md5('input' || b.source)::uuid,
    md5('mapping' || b.source)::uuid, 'loaded', now()
from (
    values ('website', 'web', 'append'), ('crm-leads', 'crm', 'upsert'), ('crm-deals', 'crm', 'upsert'),
        ('crm-activities', 'crm', 'upsert'), ('crm-questions', 'crm', 'upsert'), ('catalogue', 'catalogue', 'upsert')
) as b (source, system, mode);
create temporary table batch as select source, batch_no from cl_ops.batch;

-- Leads of two years, evenly.
create temporary table lead as
select l as number, pg_temp.key('lead', l) as lead_id, pg_temp.key('visitor', l) as visitor_id,
    date_trunc('second', timestamptz '2024-01-16T02:00:00Z' + 731 * pg_temp.chance(l, 1) * interval '1 day') as created_at,
    'owner ' || floor(50 * pg_temp.chance(l, 2)) as owner
from generate_series(1::bigint, :leads) as l;

insert into cl_core.lead_history
    (lead_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, person_key, system, contact_key,
     email, name, company, title, employees, country, stage, owner, created_at)
select l.lead_id, b.source, b.batch_no, 1, l.number, l.lead_id, false, l.created_at, '2026-01-16T02:00:00Z', l.lead_id, 'crm',
    'C' || l.number, 'person' || l.number || '@company' || l.number / 3 || '.example', 'Person ' || l.number,
    'Company ' || l.number / 3,
    (array['Plant Manager', 'Buyer', 'Head of IT', 'Student', 'Engineer', 'Managing Director'])[1 + floor(6 * pg_temp.chance(l.number, 3))],
    floor(exp(2 + 6 * pg_temp.chance(l.number, 4)))::integer,
    (array['DE', 'AT', 'CH', 'US'])[1 + floor(4 * pg_temp.chance(l.number, 5))],
    (array['new', 'mql', 'sql', 'customer'])[1 + floor(4 * power(pg_temp.chance(l.number, 6), 3))], l.owner, l.created_at
from lead as l
join batch as b on b.source = 'crm-leads';

insert into cl_core.identity_history
    (identity_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, visitor_id, person_key,
     identified_at, system, contact_key)
select md5('identity' || l.number)::uuid, b.source, b.batch_no, 1, l.number, l.visitor_id, false, l.created_at,
    '2026-01-16T02:00:00Z', l.visitor_id, l.lead_id, l.created_at, 'crm', 'C' || l.number
from lead as l
join batch as b on b.source = 'website';

-- A deal for one lead of twenty, within four months: three of ten won, four lost, three open, with one contact or two.
create temporary table deal as
select row_number() over () as number, l.number as lead, pg_temp.key('deal', l.number) as deal_id, l.owner,
    case
        when k.created_at > '2026-01-01' or pg_temp.chance(l.number, 7) >= 0.7 then 'open'
        when pg_temp.chance(l.number, 7) < 0.3 then 'won'
        else 'lost'
    end as outcome,
    k.created_at,
    least(k.created_at + (10 + 110 * pg_temp.chance(l.number, 8)) * interval '1 day', '2026-01-16') as closed_at
from lead as l
cross join lateral (
    select date_trunc('second', l.created_at + 120 * pg_temp.chance(l.number, 9) * interval '1 day') as created_at
) as k
where pg_temp.chance(l.number, 10) < 0.05 and k.created_at < '2026-01-16';

insert into cl_core.deal_history
    (deal_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, system, deal_key, name, owner,
     stage, amount, currency, is_won, is_closed, created_at, closed_at)
select d.deal_id, b.source, b.batch_no, 1, d.number, d.deal_id, false, d.created_at, '2026-01-16T02:00:00Z', 'crm',
    'D' || d.number, 'Deal ' || d.number, d.owner, d.outcome, round((1000 * exp(4 * pg_temp.chance(d.number, 11)))::numeric, 2),
    'EUR', d.outcome = 'won', d.outcome <> 'open', d.created_at,
    case when d.outcome <> 'open' then date_trunc('second', d.closed_at) end
from deal as d
join batch as b on b.source = 'crm-deals';

insert into cl_core.deal_contact_history
    (deal_contact_id, source, batch_no, place, ordinal, digest, is_deleted, known_at, deal_id, person_key, system,
     contact_key, role, is_primary)
select md5(d.number || '/' || l.number)::uuid, b.source, b.batch_no, 1, d.number, l.lead_id, false, '2026-01-16T02:00:00Z',
    d.deal_id, l.lead_id, 'crm', 'C' || l.number, case when l.number = d.lead then 'decision maker' else 'user' end,
    l.number = d.lead
from deal as d
cross join lateral (values (d.lead), (d.lead + 1)) as k (number)
join lead as l on l.number = k.number and (k.number = d.lead or pg_temp.chance(d.number, 12) < 0.5)
join batch as b on b.source = 'crm-deals';

-- Three of ten leads were called, once to three times, not always with success; one of a hundred asked something.
insert into cl_core.activity_history
    (activity_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, system, activity_key, person_key,
     contact_key, kind, direction, subject, outcome, owner, happened_at)
select md5(l.number || 'activity' || n)::uuid, b.source, b.batch_no, 1, l.number * 10 + n, l.lead_id, false, k.happened_at,
    '2026-01-16T02:00:00Z', 'crm', 'A' || l.number || '-' || n, l.lead_id, 'C' || l.number,
    (array['call', 'email', 'meeting'])[1 + floor(3 * power(pg_temp.chance(l.number * 10 + n, 13), 2))], 'out', 'First contact',
    case when pg_temp.chance(l.number * 10 + n, 14) < 0.3 then 'no answer' else 'reached' end, l.owner, k.happened_at
from lead as l
join batch as b on b.source = 'crm-activities'
cross join lateral generate_series(1, 1 + floor(3 * pg_temp.chance(l.number, 15))::integer) as n
cross join lateral (
    select date_trunc('second', l.created_at + 90 * pg_temp.chance(l.number * 10 + n, 16) * interval '1 day') as happened_at
) as k
where pg_temp.chance(l.number, 17) < 0.3 and k.happened_at < '2026-01-16';

insert into cl_core.question_history
    (question_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, system, question_key, person_key,
     contact_key, topic, text, asked_at)
select md5('question' || l.number)::uuid, b.source, b.batch_no, 1, l.number, l.lead_id, false, l.created_at,
    '2026-01-16T02:00:00Z', 'crm', 'Q' || l.number, l.lead_id, 'C' || l.number,
    'topic ' || floor(20 * pg_temp.chance(l.number, 18)), 'How long does that take?', l.created_at
from lead as l
join batch as b on b.source = 'crm-questions'
where pg_temp.chance(l.number, 19) < 0.01;

-- A thousand contents of a dozen topics, and 200 arrivals by ten channels: 160 of them by 40 campaigns.
insert into cl_core.content_seen (content_id, batch_no, url, host, path, title, titled_at)
select pg_temp.key('content', c), b.batch_no, 'https://www.fernwood.example/read/' || c, 'www.fernwood.example', '/read/' || c,
    'Piece ' || c, '2024-01-01T00:00:00Z'
from generate_series(0, 999) as c
join batch as b on b.source = 'website';

insert into cl_core.content_history
    (content_id, source, batch_no, place, ordinal, digest, is_deleted, updated_at, known_at, url, host, path, title, kind,
     topic, stage, published_at)
select s.content_id, b.source, b.batch_no, 1, c, s.content_id, false, '2024-01-01T00:00:00Z', '2026-01-16T02:00:00Z', s.url,
    s.host, s.path, s.title, 'article', 'topic ' || c % 12, (array['awareness', 'consideration', 'decision'])[c % 3 + 1],
    timestamptz '2023-01-01' + c * interval '1 day'
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

-- Ten views of each lead, each of its own visit, from 60 days before it was one to 180 days after; one of fifty asks for a
-- demo. Some contents are read and some arrivals taken far more often than others.
select cl_core.make_partitions(array_agg(day::date))
from generate_series(timestamptz '2023-11-01', '2026-01-31', interval '1 day') as day;

insert into cl_core.view (view_id, visitor_id, viewed_at, content_id, arrival_id, interaction, dwell_seconds, batch_no)
select md5(v.number::text)::uuid, l.visitor_id,
    l.created_at + pg_temp.chance(v.number, 20) * least(interval '240 days', timestamptz '2026-03-17T02:00:00Z' - l.created_at)
        - interval '60 days',
    pg_temp.key('content', floor(1000 * power(pg_temp.chance(v.number, 21), 2))::bigint),
    pg_temp.key('arrival', floor(200 * power(pg_temp.chance(v.number, 22), 2))::bigint),
    case when pg_temp.chance(v.number, 23) < 0.02 then 'demo_request' else 'page_view' end,
    floor(300 * pg_temp.chance(v.number, 24))::integer, b.batch_no
from lead as l
cross join lateral generate_series(0, 9) as n
cross join lateral (select l.number * 10 + n as number) as v
join batch as b on b.source = 'website';
select cl_core.index_partitions();
