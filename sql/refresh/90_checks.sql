-- What is wrong with the data, listed anew; then whether the figures agree.

create temporary table found (name text not null, item text not null, detail text not null) on commit drop;

-- Money.
insert into found (name, item, detail)
select 'deal_without_rate', d.system || ' ' || d.deal_key,
    format('%s deal of %s %s, valued on %s: no usable rate of that day or of the 7 days before; it is in no sum of money',
           d.outcome, d.amount, d.currency,
           (case when d.outcome = 'open' then d.created_at else d.closed_at end at time zone s.timezone)::date)
from cl_core.deal as d
cross join cl_ops.setting as s
where d.outcome <> 'deleted' and d.amount_reporting is null;

insert into found (name, item, detail)
select 'deal_without_amount', d.system || ' ' || d.deal_key,
    format('%s deal without an amount: it counts as zero', d.outcome)
from cl_core.deal as d
where d.outcome <> 'deleted' and d.amount is null;

insert into found (name, item, detail)
select 'deal_without_close_date', d.system || ' ' || d.deal_key,
    format('%s deal without a close date: %s, when the version that closed it was written, stands in', d.outcome,
           to_char(d.closed_at at time zone s.timezone, 'YYYY-MM-DD HH24:MI'))
from cl_core.deal as d
cross join cl_ops.setting as s
where d.outcome <> 'deleted' and d.is_closed_at_assumed;

insert into found (name, item, detail)
select 'cost_without_rate', k.currency || ' ' || to_char(k.day, 'YYYY-MM'),
    format('%s costs, %s %s in all: no rate of their day or of the 7 days before; they are in no sum of money', count(*),
           sum(k.amount), k.currency)
from cl_core.cost as k
where k.amount_reporting is null
group by k.currency, to_char(k.day, 'YYYY-MM');

-- Leads.
insert into found (name, item, detail)
select 'lead_without_date', 'all sources',
    format('no source says when %s leads were made: they are in no cost per lead, and no deal has a lead creation by them',
           count(*))
from cl_core.person as p
where p.is_lead and p.became_lead_at is null
having count(*) > 0;

-- Merges that lead back to where they came from: the lowest key is their end.
insert into found (name, item, detail)
with recursive merge_cycle as (
    select r.lead_id as start, r.lead_id as member, e.key as next
    from cl_core.contact_root as r
    join cl_core.person_edge as e on e.lead_id = r.lead_id and e.kind = 'merge' and e.is_current
    where r.root_key = r.lead_id
    union all
    select c.start, e.lead_id, e.key
    from merge_cycle as c
    join cl_core.person_edge as e on e.lead_id = c.next and e.kind = 'merge' and e.is_current
    where c.next <> c.start
)
select 'lead_merge_cycle', min(coalesce(l.system || ' ' || l.contact_key, c.member::text)),
    'contacts merged into each other: ' || string_agg(coalesce(l.contact_key, c.member::text), ', '
                                                      order by l.contact_key, c.member)
from merge_cycle as c
left join cl_core.lead as l on l.lead_id = c.member
group by c.start;

insert into found (name, item, detail)
with recursive merge_cycle as (
    select d.deal_id as start, d.deal_id, d.merged_into_id, d.system, d.deal_key
    from cl_core.deal as d
    where d.survivor_id = d.deal_id
    union all
    select c.start, d.deal_id, d.merged_into_id, d.system, d.deal_key
    from merge_cycle as c
    join cl_core.deal as d on d.deal_id = c.merged_into_id
    where c.merged_into_id <> c.start
)
select 'deal_merge_cycle', min(c.system || ' ' || c.deal_key),
    'deals merged into each other: ' || string_agg(c.deal_key, ', ' order by c.deal_key)
from merge_cycle as c
group by c.start;

insert into found (name, item, detail)
with recursive merge_cycle as (
    select a.account_id as start, a.account_id, a.merged_into_id, a.system, coalesce(a.account_key, a.domain) as account_key
    from cl_core.account as a
    where a.survivor_id = a.account_id
    union all
    select c.start, a.account_id, a.merged_into_id, a.system, coalesce(a.account_key, a.domain)
    from merge_cycle as c
    join cl_core.account as a on a.account_id = c.merged_into_id
    where c.merged_into_id <> c.start
)
select 'account_merge_cycle', min(c.system || ' ' || c.account_key),
    'accounts merged into each other: ' || string_agg(c.account_key, ', ' order by c.account_key)
from merge_cycle as c
group by c.start;

-- Of these accounts nobody is found by an address.
do $$
begin
    if (select attribution ->> 'scope' from cl_ops.setting) = 'account' then
        insert into found (name, item, detail)
        select 'account_without_domain', 'accounts of deals',
            format('%s of the %s accounts of deals say no domain, or one of free mail: only people whose records name them '
                   'take part', count(*) filter (where k.root_id is null), count(*))
        from (
            select distinct coalesce(a.survivor_id, d.account_id) as root_id
            from cl_core.deal as d
            left join cl_core.account as a on a.account_id = d.account_id
            where d.outcome <> 'deleted' and d.account_id is not null
        ) as d
        left join (
            select distinct coalesce(a.survivor_id, a.account_id) as root_id
            from cl_core.account as a
            where cl_core.domain_of_account(a) is not null
        ) as k on k.root_id = d.root_id
        having count(*) filter (where k.root_id is null) > 0;
    end if;
end
$$;

-- Who is who: addresses that several unmerged contacts of one system claim.
insert into found (name, item, detail)
select 'address_shared', coalesce(min(written.email), s.address_key::text),
    format('claimed by %s contacts of %s that are not merged: it joins none of them (%s%s)', s.contacts, s.system,
           array_to_string(s.contact_keys[1:10], ', '), case when cardinality(s.contact_keys) > 10 then ', ...' else '' end)
from cl_core.shared_address as s
left join cl_core.lead_history as written on written.email_key = s.address_key
group by s.address_key;

insert into found (name, item, detail)
select 'deal_contact_unknown',
    coalesce(k.system || ' ', '') || coalesce(k.contact_key, k.email, k.person_key::text),
    format('takes part in %s (%s), but no lead or visitor is known by that name', count(distinct d.deal_id),
           string_agg(distinct d.deal_key, ', '))
from cl_core.deal_contact as k
join cl_core.deal as d on d.deal_id = k.deal_id and d.outcome <> 'deleted'
where not exists (select from cl_core.lead as l where l.person_id = k.person_id and not l.is_deleted)
  and not exists (select from cl_core.identity as i where i.person_id = k.person_id)
group by 2;

insert into found (name, item, detail)
select 'deal_without_contact', d.system || ' ' || d.deal_key,
    format('%s deal in which nobody takes part: its journey is empty', d.outcome)
from cl_core.deal as d
where d.outcome <> 'deleted' and not exists (select from cl_core.deal_person as p where p.deal_id = d.deal_id);

-- Owners' splits that do not make a whole, or are of a deal that nobody has told of. What is merged away and has no say is
-- left out.
insert into found (name, item, detail)
select 'deal_split_not_whole', d.system || ' ' || d.deal_key,
    format('split among %s owners, %s %% in all: %s', count(distinct coalesce(s.owner, '')), trim_scale(sum(s.percent)),
           case when sum(s.percent) > 0 then 'each has a part of the amount in proportion' else 'they count for nothing' end)
from cl_core.deal_split as s
join cl_core.deal as d on d.deal_id = s.deal_id
where d.outcome <> 'deleted'
   or exists (select from cl_core.deal as w where w.deal_id = d.survivor_id and w.outcome <> 'deleted')
      and not exists (select from cl_core.deal_split as own where own.deal_id = d.survivor_id and own.percent > 0)
group by d.deal_id, d.system, d.deal_key
having sum(s.percent) <> 100;

insert into found (name, item, detail)
select 'deal_split_unknown', s.system, format('%s splits are of deals that are not known', count(*))
from cl_core.deal_split as s
where not exists (select from cl_core.deal as d where d.deal_id = s.deal_id)
group by s.system;

-- What came in.
insert into found (name, item, detail)
select 'batch_refused', b.source || ' ' || b.file, (array_agg(b.reason order by b.read_at desc, b.reason))[1]
from cl_ops.batch as b
where b.status = 'refused'
  and not exists (
    select from cl_ops.batch as later
    where later.source = b.source and later.input_digest = b.input_digest and later.status = 'loaded'
  )
group by b.source, b.file;

insert into found (name, item, detail)
select 'source_with_rejects', b.source || ' ' || k.kind,
    format('%s of %s records rejected', sum(k.rejected), sum(k.read))
from cl_ops.batch as b
join cl_ops.batch_count as k on k.batch_no = b.batch_no
where b.status = 'loaded'
group by b.source, k.kind
having sum(k.rejected) > 0;

insert into found (name, item, detail)
select 'source_all_filtered', b.source,
    format('%s records read, and all of them left out: cl_ops.filtered says why', sum(k.read))
from cl_ops.batch as b
join cl_ops.batch_count as k on k.batch_no = b.batch_no
where b.status = 'loaded'
group by b.source
having sum(k.filtered) > 0 and sum(k.emitted) = 0 and sum(k.rejected) = 0;

-- Then nothing can be credited: the views name nobody, or name people by other keys than the CRM does.
insert into found (name, item, detail)
select 'no_lead_has_views', 'all sources',
    format('there are views and %s leads, but no view is a lead''s: neither a view nor an identity of its visitor says a '
           'contact_key (of the same system) or an email that a lead has', leads.number)
from (select count(*) as number from cl_core.person where is_lead) as leads
where leads.number > 0
  and exists (select from cl_core.view)
  and not exists (select from cl_core.person where is_lead and views > 0);

insert into found (name, item, detail)
select 'robots_by_number', to_char(r.day, 'YYYY-MM-DD'),
    format('%s visitors with more than %s views in the day, %s in all: they make no touch and count for no content '
           '(cl_core.robot_day)', count(*), s.bots_above, sum(r.views))
from cl_core.robot_day as r
cross join cl_ops.setting as s
group by r.day, s.bots_above;

-- Views that were read under other rules than the source's newest ones, since their files are gone. (Of records that
-- have versions the newest says what counts.)
insert into found (name, item, detail)
select 'source_under_earlier_rules', b.source,
    format('%s of %s batches (%s) were read under an earlier mapping, or earlier lists (sites, robots, free mail): put their '
           'files back and run closedloop, or their rows stay as they are', count(*) filter (where b.digest <> b.newest),
           count(*), min(b.file) filter (where b.digest <> b.newest) ||
           case when count(*) filter (where b.digest <> b.newest) > 1 then ', ...' else '' end)
from (
    select k.source, k.file, k.mapping_digest as digest,
        first_value(k.mapping_digest) over (
            partition by k.source order by k.read_at desc, k.sequence desc, k.batch_no desc
        ) as newest
    from cl_ops.batch as k
    where k.status = 'loaded' and k.mode = 'append'
) as b
group by b.source
having count(*) filter (where b.digest <> b.newest) > 0;

-- What the fitted models left out or estimated.
insert into found (name, item, detail)
select 'fitted_states_folded', s.model,
    format('%s of %s items have no state of their own: those that the fewest closed deals hold share %s states; '
           'attribution allows %s states', sum(s.items) filter (where s.kind <> 'item'), sum(s.items),
           count(*) filter (where s.kind <> 'item'), coalesce(setting.attribution ->> 'states', '500'))
from cl_marketing.state_effect as s
cross join cl_ops.setting as setting
group by s.model, setting.attribution
having count(*) filter (where s.kind <> 'item') > 0;

insert into found (name, item, detail)
select 'fitted_values_sampled', v.model,
    format('the values of %s of %s sets are estimated from a sample, with standard errors up to %s',
           count(distinct v.set_no) filter (where v.standard_error > 0), count(distinct v.set_no),
           trim_scale(max(v.standard_error)))
from cl_marketing.state_value as v
group by v.model
having max(v.standard_error) > 0;

-- What is too long for a key is known by its digest.
delete from cl_ops.quality;
insert into cl_ops.quality (name, item, detail)
select name,
    case
        when octet_length(item) <= 1000 then item
        else left(item, 100) || '... ' || encode(sha256(convert_to(item, 'UTF8')), 'hex')
    end,
    case when length(detail) <= 1000 then detail else left(detail, 1000) || '...' end
from found;

-- Do the figures agree? The sums of all, and each deal, lead and visitor of this refresh.
create temporary table reconciled (name text not null, expected numeric, found numeric) on commit drop;

insert into reconciled (name, expected, found)
select r.name, r.expected, r.found from cl_ops.reconcile() as r
union all
select 'refreshed deals without a record', 0, count(*)
from changed_deal as c
where exists (select from cl_core.deal as d where d.deal_id = c.deal_id)
   <> exists (select from cl_core.deal_history as h where h.deal_id = c.deal_id)
union all
select 'refreshed leads with an origin', count(*),
    (
        select count(*)
        from changed_person as c
        join cl_marketing.lead_origin as o on o.person_id = c.person_id
    )
from new_person as n
where n.is_lead and n.became_lead_at is not null
union all
select 'views of refreshed visitors', count(*) filter (where interaction <> 'dwell'),
    coalesce((
        select sum(t.views)
        from changed_visitor as c
        join cl_core.touch as t on t.visitor_id = c.visitor_id
    ), 0)
from touched_view;

-- One pass over the rows of each table, whatever the number of models; when most deals were refreshed, over all of them,
-- which the server can give to several workers.
do $$
declare
    only_refreshed text := case
        when (select count(*) from journey_deal) < (select count(*) from cl_core.deal) / 5
            then 'where t.deal_id in (select j.deal_id from journey_deal as j)'
        else ''
    end;
    part record;
begin
    for part in
        select m.is_fitted, case when m.is_fitted then 'fitted_touch' else 'deal_touch' end as rows_of,
            string_agg(format('sum(t.credits[%1$s]) as credit_%1$s, sum(t.weights[%1$s]) as weight_%1$s', m.place), ', ') as sums,
            string_agg(format('count(*) filter (where k.credit_%1$s is distinct from j.amount or k.weight_%1$s is distinct from 1000000000000)',
                              m.place), ', ' order by m.place) as counts,
            string_agg(quote_literal(m.name), ', ' order by m.place) as names
        from cl_marketing.computed_model as m
        group by m.is_fitted
    loop
        execute format('create temporary table credited_%1$s on commit drop as
                        select t.deal_id, %2$s from cl_marketing.%1$s as t %3$s group by t.deal_id',
                       part.rows_of, part.sums, only_refreshed);
        execute format($query$
            insert into reconciled (name, expected, found)
            select 'refreshed deals not credited in full under ' || r.model, 0, r.deals
            from (
                select array[%s] as models, array[%s] as deals
                from journey_deal as j
                left join credited_%s as k on k.deal_id = j.deal_id
            ) as c
            cross join lateral unnest(c.models, c.deals) as r (model, deals)$query$,
            part.names, part.counts, part.rows_of);
    end loop;
end
$$;

insert into cl_ops.reconciliation (checked_at, name, expected, found, status)
select n.checked_at, r.name, r.expected, r.found, case when r.expected = r.found then 'ok' else 'differs' end
from (select clock_timestamp() as checked_at offset 0) as n
cross join reconciled as r;

delete from cl_ops.reconciliation as r
using (select max(checked_at) as checked_at from cl_ops.reconciliation) as newest
where r.checked_at < newest.checked_at - interval '90 days';
