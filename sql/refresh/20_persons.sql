-- Who is who: person keys tied by e-mail addresses and merges become persons. Resolved from the whole set of edges that
-- the changed keys reach, never in order of arrival.

create temporary table affected_key (person_key uuid primary key, round integer not null) on commit drop;
create index on affected_key (round);
create temporary table changed_alias (person_key uuid primary key, old_id uuid, new_id uuid) on commit drop;
create temporary table changed_person (person_id uuid primary key) on commit drop;

insert into affected_key
select key, 0 from cl_ops.changed_key where kind in ('person', 'lead') group by key;

-- Edges of the changed leads: an address counts as current if the contact's newest version claims it.
delete from cl_core.person_edge as e using cl_ops.changed_key as c where c.kind = 'lead' and e.lead_id = c.key;

insert into cl_core.person_edge (lead_id, key, kind, system, is_current)
select claim.lead_id, claim.key, claim.kind, min(claim.system), bool_or(claim.is_current)
from (
    select h.lead_id, k.key, k.kind, coalesce(h.system, '') as system,
        case when k.kind = 'merge' then k.key is not distinct from l.merged_into_key
             else l.source = h.source and l.batch_no = h.batch_no and not l.is_deleted end as is_current
    from cl_ops.changed_key as c
    join cl_core.lead_history as h on h.lead_id = c.key
    join cl_core.lead as l on l.lead_id = c.key
    cross join lateral (
        select h.email_key as key, 'email' as kind where h.email_key is not null
        union
        select other, 'email' from unnest(h.other_email_keys) as other
        union
        select h.merged_into_key, 'merge' where h.merged_into_key is not null
    ) as k
    where c.kind = 'lead' and k.key <> h.lead_id
) as claim
group by claim.lead_id, claim.key, claim.kind;

do $$
declare
    current_round integer := 0;
    grown bigint;
begin
    analyze affected_key;
    loop
        insert into affected_key
        select reached.key, current_round + 1
        from (
            select other.person_key as key
            from (
                select distinct own.person_id
                from affected_key as f
                join cl_core.person_alias as own on own.person_key = f.person_key
                where f.round = current_round
            ) as p
            join cl_core.person_alias as other on other.person_id = p.person_id
            union
            select e.key
            from affected_key as f
            join cl_core.person_edge as e on e.lead_id = f.person_key
            where f.round = current_round
            union
            select e.lead_id
            from affected_key as f
            join cl_core.person_edge as e on e.key = f.person_key
            where f.round = current_round
        ) as reached
        on conflict do nothing;
        get diagnostics grown = row_count;
        exit when grown = 0;
        current_round := current_round + 1;
    end loop;
    analyze affected_key;
end
$$;

-- Merges, followed to the end; the lowest key of a cycle is its end.
create temporary table merge_step (node uuid not null, at uuid not null, lowest uuid not null) on commit drop;
insert into merge_step (node, at, lowest)
select e.lead_id, e.key, least(e.lead_id, e.key)
from affected_key as f
join cl_core.person_edge as e on e.lead_id = f.person_key and e.kind = 'merge' and e.is_current;
analyze merge_step;
select cl_core.follow_merges();

create temporary table root (person_key uuid primary key, root uuid not null) on commit drop;
insert into root (person_key, root)
select m.node, coalesce(r.lowest, m.at)
from merge_step as m
left join merge_step as r on r.node = m.at;
drop table merge_step;
analyze root;

delete from cl_core.contact_root as t using affected_key as f where t.lead_id = f.person_key;
insert into cl_core.contact_root (lead_id, root_key) select person_key, root from root;

-- Claims on addresses. What contacts claim now goes before what they claimed once; an address that two unmerged contacts
-- of one system claim joins nobody.
create temporary table claim on commit drop as
select e.key as address, coalesce(r.root, e.lead_id) as contact, e.lead_id, e.system, e.is_current
from affected_key as f
join cl_core.person_edge as e on e.key = f.person_key and e.kind = 'email'
left join root as r on r.person_key = e.lead_id;
analyze claim;

delete from claim as c
where not c.is_current
  and exists (select from claim as n where n.address = c.address and n.system = c.system and n.is_current
              and n.contact <> c.contact);

create temporary table shared_address on commit drop as
select distinct on (address) address, system, contacts
from (select address, system, count(distinct contact) as contacts from claim group by address, system) as by_system
where contacts > 1
order by address, contacts desc, system collate "C";
analyze shared_address;

delete from cl_core.shared_address as t using affected_key as f where t.address_key = f.person_key;
insert into cl_core.shared_address (address_key, system, contacts, contact_keys)
select s.address, s.system, s.contacts, (array_agg(distinct k.contact order by k.contact))[1:11]
from shared_address as s
join claim as c on c.address = s.address and c.system = s.system
left join cl_core.lead as l on l.lead_id = c.lead_id
cross join lateral (select coalesce(l.contact_key, c.lead_id::text) as contact) as k
group by s.address, s.system, s.contacts;

delete from claim as c using shared_address as s where s.address = c.address;

-- Connected components: each takes over the lowest label that a neighbour has, and labels are followed to their end, until
-- nothing changes. A label is the lowest node that it stands for, so it is its own.
create temporary table component on commit drop as
select node, bool_or(is_contact) as is_contact, node as label
from (
    select contact as node, true as is_contact from claim
    union all
    select address, false from claim
) as nodes
group by node;
create unique index on component (node);
analyze component;

create temporary table merge_step (node uuid not null, at uuid not null, lowest uuid not null) on commit drop;

do $$
begin
    loop
        insert into merge_step (node, at, lowest)
        select label, lower_label, lower_label
        from (
            select greatest(k.label, a.label) as label,
                (array_agg(least(k.label, a.label) order by least(k.label, a.label)))[1] as lower_label
            from claim
            join component as k on k.node = claim.contact
            join component as a on a.node = claim.address
            where k.label <> a.label
            group by 1
        ) as neighbour;
        exit when not found;
        analyze merge_step;
        perform cl_core.follow_merges();
        update component as c set label = m.at from merge_step as m where m.node = c.label;
        truncate merge_step;
    end loop;
end
$$;
drop table merge_step;

-- A person is named by the lowest contact of its component, so that it is a contact's key where there is one.
create temporary table resolved on commit drop as
select f.person_key,
    coalesce(named.person_id, r.root, f.person_key) as person_id
from affected_key as f
left join root as r on r.person_key = f.person_key
left join component as c on c.node = coalesce(r.root, f.person_key)
left join (
    select label, (array_agg(node order by not is_contact, node))[1] as person_id
    from component
    group by label
) as named on named.label = c.label
where exists (select from cl_core.lead as l where l.lead_id = f.person_key)
   or exists (select from cl_core.person_edge as e where e.key = f.person_key)
   or exists (select from cl_core.identity as i where i.person_key = f.person_key)
   or exists (select from cl_core.deal_contact as d where d.person_key = f.person_key)
   or exists (select from cl_core.activity as a where a.person_key = f.person_key)
   or exists (select from cl_core.question as q where q.person_key = f.person_key)
   or exists (select from cl_core.property_change as h where h.person_key = f.person_key);

insert into changed_alias (person_key, old_id, new_id)
select f.person_key, a.person_id, r.person_id
from affected_key as f
left join cl_core.person_alias as a on a.person_key = f.person_key
left join resolved as r on r.person_key = f.person_key
where a.person_id is distinct from r.person_id;

delete from cl_core.person_alias as a
using changed_alias as c
where a.person_key = c.person_key and c.new_id is null;

insert into cl_core.person_alias (person_key, person_id)
select person_key, new_id from changed_alias where new_id is not null
on conflict (person_key) do update set person_id = excluded.person_id;

-- Whom anything changed for: their record, their name, or their extent.
insert into changed_person (person_id)
select old_id from changed_alias where old_id is not null
union
select new_id from changed_alias where new_id is not null
union
select a.person_id
from affected_key as f
join cl_core.person_alias as a on a.person_key = f.person_key
where f.round = 0
on conflict do nothing;

update cl_core.identity as t set person_id = a.person_id
from affected_key as f join cl_core.person_alias as a on a.person_key = f.person_key
where t.person_key = f.person_key and t.person_id is distinct from a.person_id;

update cl_core.lead as t set person_id = a.person_id
from affected_key as f join cl_core.person_alias as a on a.person_key = f.person_key
where t.lead_id = f.person_key and t.person_id is distinct from a.person_id;

update cl_core.deal_contact as t set person_id = a.person_id
from affected_key as f join cl_core.person_alias as a on a.person_key = f.person_key
where t.person_key = f.person_key and t.person_id is distinct from a.person_id;

update cl_core.activity as t set person_id = a.person_id
from affected_key as f join cl_core.person_alias as a on a.person_key = f.person_key
where t.person_key = f.person_key and t.person_id is distinct from a.person_id;

update cl_core.question as t set person_id = a.person_id
from affected_key as f join cl_core.person_alias as a on a.person_key = f.person_key
where t.person_key = f.person_key and t.person_id is distinct from a.person_id;

update cl_core.property_change as t set person_id = a.person_id
from affected_key as f join cl_core.person_alias as a on a.person_key = f.person_key
where t.person_key = f.person_key and t.person_id is distinct from a.person_id;
