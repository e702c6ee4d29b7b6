-- Touches: whom a visitor was when, its visits, and the content met in each. All views of a changed visitor are read again;
-- views of visitors whom nobody identified are not read at all.

create temporary table changed_visitor on commit drop as
select key as visitor_id from cl_ops.changed_key where kind = 'visitor'
union
select i.visitor_id from changed_alias as c join cl_core.identity as i on i.person_key = c.person_key;
analyze changed_visitor;

create temporary table old_touch on commit drop as
select t.person_id, t.content_id, t.touched_at
from changed_visitor as c
join cl_core.touch as t on t.visitor_id = c.visitor_id;

-- From each identity on a visitor is that person, until the next one; before the first one it was the first.
create temporary table span on commit drop as
select visitor_id, person_id, known_at,
    case when number = 1 then '-infinity' else known_at end as from_at,
    coalesce(lead(known_at) over (partition by visitor_id order by number), 'infinity') as until_at,
    first_known_at
from (
    select i.visitor_id, i.person_id, i.identified_at as known_at,
        row_number() over (partition by i.visitor_id order by i.identified_at, i.source, i.identity_id) as number,
        min(i.identified_at) over (partition by i.visitor_id, i.person_id) as first_known_at
    from changed_visitor as c
    join cl_core.identity as i on i.visitor_id = c.visitor_id
) as numbered;
analyze span;

-- Few visitors are looked up one by one; for many of them one pass over all views is cheaper than its fifty rows a lookup.
do $$
declare
    visitors bigint := (select count(distinct visitor_id) from span);
    partitions bigint;
    bytes bigint;
begin
    select count(*), coalesce(sum(pg_relation_size(inhrelid)), 0) into partitions, bytes
    from pg_inherits
    where inhparent = 'cl_core.view'::regclass;
    if visitors * partitions * 50 < bytes / 130 then
        create temporary table touched_view on commit drop as
        select v.*
        from (select distinct visitor_id from span) as c
        cross join lateral (select * from cl_core.view where visitor_id = c.visitor_id offset 0) as v;
    else
        create temporary table touched_view on commit drop as
        select v.* from cl_core.view as v where v.visitor_id in (select visitor_id from span);
    end if;
end
$$;

-- What robots did makes no touch, and cuts no visit.
do $$
begin
    if exists (select from cl_core.robot_day) then
        delete from touched_view as v
        using cl_core.robot_day as r, cl_ops.setting as s
        where r.visitor_id = v.visitor_id and r.day = (v.viewed_at at time zone s.timezone)::date;
    end if;
end
$$;
analyze touched_view (visitor_id);

create temporary table new_touch on commit drop as
with viewed as (
    select v.view_id, v.visitor_id, v.viewed_at, v.content_id, v.arrival_id, v.visit_mark, v.interaction,
        v.dwell_seconds, v.batch_no,
        v.viewed_at - lag(v.viewed_at) over by_time > interval '30 minutes' as is_after_gap
    from touched_view as v
    window by_time as (partition by v.visitor_id order by v.viewed_at, v.view_id)
),
sitting as (
    select *, count(*) filter (where is_after_gap) over by_time as sitting_no
    from viewed
    window by_time as (partition by visitor_id order by viewed_at, view_id rows unbounded preceding)
),
arriving as (
    -- A new campaign, click id or outside referrer differs from the last one of the sitting.
    select *,
        visit_mark is not null and visit_mark is distinct from lag(visit_mark) over (
            partition by visitor_id, sitting_no, visit_mark is null order by viewed_at, view_id
        ) as is_new_arrival
    from sitting
),
visit as (
    select *, count(*) filter (where is_new_arrival) over (
        partition by visitor_id, sitting_no order by viewed_at, view_id rows unbounded preceding
    ) as visit_no
    from arriving
),
in_visit as (
    select *, first_value(arrival_id) over (
        partition by visitor_id, sitting_no, visit_no order by viewed_at, view_id
    ) as visit_arrival_id
    from visit
)
select
    (array_agg(v.view_id order by v.viewed_at, v.view_id))[1] as touch_id,
    s.person_id,
    v.visitor_id,
    min(v.viewed_at) as touched_at,
    max(v.viewed_at) as last_viewed_at,
    (array_agg(b.source order by v.viewed_at, v.view_id))[1] as source,
    v.content_id,
    v.visit_arrival_id as arrival_id,
    coalesce(
        (
            array_agg(v.interaction order by v.viewed_at, v.view_id)
            filter (where v.interaction not in ('page_view', 'dwell'))
        )[1],
        'page_view'
    ) as interaction,
    count(*) filter (where v.interaction <> 'dwell') as views,
    sum(v.dwell_seconds) as dwell_seconds,
    min(v.viewed_at) < min(s.first_known_at) as is_before_known
from in_visit as v
join span as s on s.visitor_id = v.visitor_id and v.viewed_at >= s.from_at and v.viewed_at < s.until_at
join cl_ops.batch as b on b.batch_no = v.batch_no
group by v.visitor_id, v.sitting_no, v.visit_no, v.visit_arrival_id, v.content_id, s.person_id
having bool_or(v.interaction <> 'dwell');

delete from cl_core.touch as t using changed_visitor as c where t.visitor_id = c.visitor_id;

insert into cl_core.touch
    (touch_id, person_id, visitor_id, touched_at, last_viewed_at, source, content_id, arrival_id, interaction, views,
     dwell_seconds, is_before_known)
select touch_id, person_id, visitor_id, touched_at, last_viewed_at, source, content_id, arrival_id, interaction, views,
    dwell_seconds, is_before_known
from new_touch;

insert into changed_person (person_id)
select person_id from old_touch
union
select person_id from new_touch
on conflict do nothing;

-- The persons themselves.
create temporary table new_person on commit drop as
select
    c.person_id,
    coalesce(l.email, i.email, d.email) as email,
    l.name, l.company, l.title, l.account_id, l.owner, l.stage,
    coalesce(l.is_lead, false) as is_lead,
    e.became_lead_at,
    t.first_seen_at, t.last_seen_at, coalesce(t.touches, 0) as touches, coalesce(t.views, 0) as views
from changed_person as c
left join lateral (
    -- One contact speaks for the person, and what that one does not say, no other says in its place: one with a name or
    -- an address, even if a nameless one won the merge; a CRM's, which has an owner or a stage, before one that a web tool
    -- knows; then the one that names the person.
    select lead.email, lead.name, lead.company, lead.title, lead.account_id, lead.owner, lead.stage, true as is_lead
    from cl_core.lead as lead
    where lead.person_id = c.person_id and not lead.is_deleted
    order by lead.name is null and lead.email is null, lead.merged_into_key is not null,
        lead.owner is null and lead.stage is null, lead.lead_id <> c.person_id, lead.updated_at desc nulls last, lead.lead_id
    limit 1
) as l on true
left join lateral (
    select min(lead.created_at) as became_lead_at from cl_core.lead as lead where lead.person_id = c.person_id
) as e on true
left join lateral (
    select min(identity.email) as email from cl_core.identity as identity where identity.person_id = c.person_id
) as i on true
left join lateral (
    select min(contact.email) as email from cl_core.deal_contact as contact where contact.person_id = c.person_id
) as d on true
left join lateral (
    select min(touch.touched_at) as first_seen_at, max(touch.last_viewed_at) as last_seen_at,
        count(*) as touches, sum(touch.views)::bigint as views
    from cl_core.touch as touch
    where touch.person_id = c.person_id
) as t on true
where c.person_id in (select person_id from cl_core.person_alias);

-- Deals of persons whose touches or records changed, before and after.
insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from changed_person as c
join cl_core.deal_person as d on d.person_id = c.person_id
group by 2
on conflict do nothing;

insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from changed_person as c
join cl_core.deal_contact as d on d.person_id = c.person_id
group by 2
on conflict do nothing;

-- Who becomes a lead, or is none any more, counts for the content met so far.
create temporary table flipped_person on commit drop as
select n.person_id
from new_person as n
join cl_core.person as p on p.person_id = n.person_id
where p.is_lead <> n.is_lead;

insert into cl_core.person
    (person_id, email, name, company, title, account_id, owner, stage, is_lead, became_lead_at, first_seen_at,
     last_seen_at, touches, views)
select person_id, email, name, company, title, account_id, owner, stage, is_lead, became_lead_at, first_seen_at,
    last_seen_at, touches, views
from new_person
on conflict (person_id) do update
set email = excluded.email, name = excluded.name, company = excluded.company, title = excluded.title,
    account_id = excluded.account_id, owner = excluded.owner, stage = excluded.stage, is_lead = excluded.is_lead,
    became_lead_at = excluded.became_lead_at, first_seen_at = excluded.first_seen_at,
    last_seen_at = excluded.last_seen_at, touches = excluded.touches, views = excluded.views;
