-- What is wrong with the data, listed anew; then whether the figures agree. If they do not, the refresh fails with
-- SQLSTATE CL002, and the last good reports stay.

delete from cl_ops.quality;

-- Money.
insert into cl_ops.quality (name, item, detail)
select 'deal_without_rate', d.system || ' ' || d.deal_key,
    format('%s deal of %s %s, valued on %s: no rate of that day or of the 7 days before; it is in no sum of money',
           d.outcome, d.amount, d.currency,
           (case when d.outcome = 'open' then d.created_at else d.closed_at end at time zone s.timezone)::date)
from cl_core.deal as d
cross join cl_ops.setting as s
where d.outcome <> 'deleted' and d.amount_reporting is null;

insert into cl_ops.quality (name, item, detail)
select 'deal_without_amount', d.system || ' ' || d.deal_key,
    format('%s deal without an amount: it counts as zero', d.outcome)
from cl_core.deal as d
where d.outcome <> 'deleted' and d.amount is null;

insert into cl_ops.quality (name, item, detail)
select 'deal_without_close_date', d.system || ' ' || d.deal_key,
    format('%s deal without a close date: %s, when the version that closed it was written, stands in', d.outcome,
           to_char(d.closed_at at time zone s.timezone, 'YYYY-MM-DD HH24:MI'))
from cl_core.deal as d
cross join cl_ops.setting as s
where d.outcome <> 'deleted' and d.is_closed_at_assumed;

insert into cl_ops.quality (name, item, detail)
select 'cost_without_rate', k.currency || ' ' || to_char(k.day, 'YYYY-MM'),
    format('%s costs, %s %s in all: no rate of their day or of the 7 days before; they are in no sum of money', count(*),
           sum(k.amount), k.currency)
from cl_core.cost as k
where k.amount_reporting is null
group by k.currency, to_char(k.day, 'YYYY-MM');

-- Merges that lead back to where they came from: the lowest key is their end.
insert into cl_ops.quality (name, item, detail)
with recursive merge as (
    select e.lead_id as start, e.key as at, array[e.lead_id] as path
    from cl_core.person_edge as e
    where e.kind = 'merge' and e.is_current
    union all
    select m.start, e.key, m.path || e.lead_id
    from merge as m
    join cl_core.person_edge as e on e.lead_id = m.at and e.kind = 'merge' and e.is_current
    where m.at <> all (m.path)
),
merge_cycle as (
    select start, path from merge where at = start and start = (select k from unnest(path) as k order by k limit 1)
)
select 'lead_merge_cycle', min(coalesce(l.system || ' ' || l.contact_key, k::text)),
    'contacts merged into each other: ' || string_agg(coalesce(l.contact_key, k::text), ', ' order by l.contact_key, k)
from merge_cycle as c
cross join unnest(c.path) as k
left join cl_core.lead as l on l.lead_id = k
group by c.start;

insert into cl_ops.quality (name, item, detail)
with recursive merge as (
    select d.deal_id as start, d.merged_into_id as at, array[d.deal_id] as path
    from cl_core.deal as d
    where d.merged_into_id is not null
    union all
    select m.start, d.merged_into_id, m.path || d.deal_id
    from merge as m
    join cl_core.deal as d on d.deal_id = m.at
    where d.merged_into_id is not null and m.at <> all (m.path)
),
merge_cycle as (
    select start, path from merge where at = start and start = (select k from unnest(path) as k order by k limit 1)
)
select 'deal_merge_cycle', min(d.system || ' ' || d.deal_key),
    'deals merged into each other: ' || string_agg(d.deal_key, ', ' order by d.deal_key)
from merge_cycle as c
join cl_core.deal as d on d.deal_id = any (c.path)
group by c.start;

-- Who is who: addresses that several unmerged contacts of one system claim, by the rule of 20_persons.
create temporary table contact_root on commit drop as
with recursive merge as (
    select e.lead_id as start, e.key as at, array[e.lead_id] as path
    from cl_core.person_edge as e
    where e.kind = 'merge' and e.is_current
    union all
    select m.start, e.key, m.path || e.lead_id
    from merge as m
    join cl_core.person_edge as e on e.lead_id = m.at and e.kind = 'merge' and e.is_current
    where m.at <> all (m.path)
)
select distinct on (start) start as lead_id,
    case
        when at = any (path) then (select k from unnest(path[array_position(path, at):]) as k order by k limit 1)
        else at
    end as root
from merge
order by start, cardinality(path) desc;

create temporary table address_claim on commit drop as
select e.key as address, coalesce(r.root, e.lead_id) as contact, e.lead_id, e.system, e.is_current
from (select key from cl_core.person_edge where kind = 'email' group by key having count(*) > 1) as several
join cl_core.person_edge as e on e.key = several.key and e.kind = 'email'
left join contact_root as r on r.lead_id = e.lead_id;

delete from address_claim as c
where not c.is_current
  and exists (select from address_claim as n where n.address = c.address and n.system = c.system and n.is_current
              and n.contact <> c.contact);

insert into cl_ops.quality (name, item, detail)
select 'address_shared', coalesce(min(written.email), s.address::text),
    format('claimed by %s contacts of %s that are not merged: it joins none of them (%s%s)', s.contacts, s.system,
           array_to_string(s.contact_keys[1:10], ', '),
           case when cardinality(s.contact_keys) > 10 then ', ...' else '' end)
from (
    select distinct on (c.address) c.address, c.system, count(distinct c.contact) as contacts,
        array_agg(distinct coalesce(l.contact_key, c.lead_id::text)) as contact_keys
    from address_claim as c
    left join cl_core.lead as l on l.lead_id = c.lead_id
    group by c.address, c.system
    having count(distinct c.contact) > 1
    order by c.address, count(distinct c.contact) desc, c.system
) as s
left join cl_core.lead_history as written on written.email_key = s.address
group by s.address, s.system, s.contacts, s.contact_keys;

insert into cl_ops.quality (name, item, detail)
select 'deal_contact_unknown',
    coalesce(k.system || ' ', '') || coalesce(k.contact_key, k.email, k.person_key::text),
    format('takes part in %s (%s), but no lead or visitor is known by that name', count(distinct d.deal_id),
           string_agg(distinct d.deal_key, ', '))
from cl_core.deal_contact as k
join cl_core.deal as d on d.deal_id = k.deal_id and d.outcome <> 'deleted'
where not exists (select from cl_core.lead as l where l.person_id = k.person_id and not l.is_deleted)
  and not exists (select from cl_core.identity as i where i.person_id = k.person_id)
group by 2;

insert into cl_ops.quality (name, item, detail)
select 'deal_without_contact', d.system || ' ' || d.deal_key,
    format('%s deal in which nobody takes part: its journey is empty', d.outcome)
from cl_core.deal as d
where d.outcome <> 'deleted' and not exists (select from cl_core.deal_person as p where p.deal_id = d.deal_id);

-- What came in.
insert into cl_ops.quality (name, item, detail)
select 'batch_refused', b.source || ' ' || b.file, (array_agg(b.reason order by b.read_at desc, b.reason))[1]
from cl_ops.batch as b
where b.status = 'refused'
  and not exists (
    select from cl_ops.batch as later
    where later.source = b.source and later.input_digest = b.input_digest and later.status = 'loaded'
  )
group by b.source, b.file;

insert into cl_ops.quality (name, item, detail)
select 'source_with_rejects', b.source || ' ' || k.kind,
    format('%s of %s records rejected', sum(k.rejected), sum(k.read))
from cl_ops.batch as b
join cl_ops.batch_count as k on k.batch_no = b.batch_no
where b.status = 'loaded'
group by b.source, k.kind
having sum(k.rejected) > 0;

-- Do the figures agree? The sums of all, and each deal and visitor of this refresh.
create temporary table reconciled on commit drop as
select r.name, r.expected, r.found from cl_ops.reconcile() as r
union all
select 'refreshed deals not credited in full under ' || m.name, 0,
    (
        select count(*)
        from (
            select j.deal_id
            from journey_deal as j
            left join cl_marketing.deal_touch as t on t.deal_id = j.deal_id
            group by j.deal_id, j.amount
            having sum(t.credits[m.model]) is distinct from j.amount
                or sum(t.weights[m.model]) is distinct from 1000000000000
        ) as differing
    )
from cl_marketing.model as m
union all
select 'views of refreshed visitors', count(*),
    coalesce((
        select sum(t.views)
        from changed_visitor as c
        join cl_core.touch as t on t.visitor_id = c.visitor_id
    ), 0)
from changed_visitor as c
join cl_core.view as v on v.visitor_id = c.visitor_id
where exists (select from cl_core.identity as i where i.visitor_id = c.visitor_id);

insert into cl_ops.reconciliation (checked_at, name, expected, found, status)
select n.checked_at, r.name, r.expected, r.found, case when r.expected = r.found then 'ok' else 'differs' end
from (select clock_timestamp() as checked_at offset 0) as n
cross join reconciled as r;

delete from cl_ops.reconciliation as r
using (select max(checked_at) as checked_at from cl_ops.reconciliation) as newest
where r.checked_at < newest.checked_at - interval '90 days';

do $$
declare
    first record;
begin
    select r.* into first from pg_temp.reconciled as r where r.expected <> r.found order by r.name limit 1;
    if first.name is not null then
        raise exception using
            errcode = 'CL002',
            message = format('the figures do not agree: %s should be %s, and is %s', first.name, first.expected,
                             first.found);
    end if;
end
$$;
