-- Both sides of the service agreement, of the persons whose stages or activities may have changed: what marketing delivered,
-- and the leads that were handed over to sales. What is as it was is not written.

select cl_smarketing.add_delivered(1);

-- Who reaches the stage of the agreement, or one above it, from below. A contact is an activity of the agreed kinds that
-- reached somebody; one that did not is an attempt.
create temporary table handed_over on commit drop as
select h.person_id, h.entered_at, h.stage, h.until_at, h.first_contact_within, k.contacted_before_at, n.attempts,
    n.first_attempt_at, k.first_contact_at, k.contacted_by
from (
    select e.person_id, e.entered_at, e.stage, e.reaches,
        coalesce(lead(e.entered_at) over (partition by e.person_id, e.reaches order by e.entered_at), 'infinity') as until_at,
        a.first_contact_within, a.kinds, a.missed
    from (
        select s.person_id, s.entered_at, s.stage, s.stage_no >= p.place
                and lag(s.stage_no, 1, 0) over (partition by s.person_id order by s.entered_at) < p.place as reaches
        from judged_person as j
        join cl_smarketing.stage_history as s on s.person_id = j.person_id
        cross join cl_smarketing.agreement as g
        join (select distinct name, place from cl_smarketing.definition where kind = 'stage') as p
            on p.name = g.sales_stage
    ) as e
    cross join (
        -- once, not for each activity
        select g.first_contact_within, (select array_agg(lower(k)) from unnest(g.kinds) as k) as kinds,
            (select coalesce(array_agg(cl_core.like_pattern(lower(m))), '{}') from unnest(g.missed) as m) as missed
        from cl_smarketing.agreement as g
        offset 0
    ) as a
) as h
cross join lateral (
    select
        max(t.happened_at) filter (where t.happened_at < h.entered_at) as contacted_before_at,
        min(t.happened_at) filter (where t.happened_at >= h.entered_at) as first_contact_at,
        (array_agg(t.owner order by t.happened_at, t.activity_id) filter (where t.happened_at >= h.entered_at))[1]
            as contacted_by
    from cl_core.activity as t
    where t.person_id = h.person_id and t.happened_at < h.until_at
      and cl_smarketing.is_contact(t.kind, t.outcome, h.kinds, h.missed)
) as k
cross join lateral (
    select count(*) as attempts, min(t.happened_at) as first_attempt_at
    from cl_core.activity as t
    where t.person_id = h.person_id and t.happened_at >= h.entered_at
      and t.happened_at < h.until_at and (k.first_contact_at is null or t.happened_at <= k.first_contact_at)
      and cl_smarketing.is_contact(t.kind, null, h.kinds, '{}')
      and lower(coalesce(t.direction, '')) not like 'in%'
) as n
where h.reaches;

select cl_smarketing.make_openings(
    min(least(contacted_before_at, entered_at)), max(greatest(entered_at, first_contact_at)))
from handed_over
having count(*) > 0;

-- A contact before the hand-over keeps the promise if no more business hours lie between than it allows.
create temporary table new_handover (like cl_smarketing.handover) on commit drop;

insert into new_handover
    (person_id, handed_over_at, month, stage, due_at, until_at, contacted_before_at, contacted_before, attempts,
     first_attempt_at, first_contact_at, contacted_by, business_hours)
select h.person_id, h.entered_at, date_trunc('month', h.entered_at at time zone s.timezone), h.stage,
    cl_smarketing.business_due(h.entered_at, h.first_contact_within), h.until_at, h.contacted_before_at, b.is_before,
    h.attempts, h.first_attempt_at, h.first_contact_at, h.contacted_by,
    case
        when b.is_before then 0.00
        else round((extract(epoch from cl_smarketing.business_passed(h.first_contact_at) - p.passed) / 3600)::numeric, 2)
    end
from handed_over as h
cross join cl_ops.setting as s
cross join lateral (select cl_smarketing.business_passed(h.entered_at) as passed offset 0) as p
cross join lateral (
    select coalesce(
        p.passed - cl_smarketing.business_passed(h.contacted_before_at) <= h.first_contact_within, false) as is_before
    offset 0
) as b;
create unique index on new_handover (person_id, handed_over_at);
analyze new_handover;

create temporary table handover_change (month date primary key) on commit drop;

with gone as (
    delete from cl_smarketing.handover as h
    using judged_person as j
    where h.person_id = j.person_id
      and not exists (
        select from new_handover as n
        where n.person_id = h.person_id and n.handed_over_at = h.handed_over_at and row(n.*) is not distinct from row(h.*)
      )
    returning h.month
)
insert into handover_change (month) select distinct month from gone;

with come as (
    insert into cl_smarketing.handover
    select * from new_handover
    on conflict do nothing
    returning month
)
insert into handover_change (month) select distinct month from come on conflict do nothing;
analyze handover_change;

-- Medians do not add up: the months in which a hand-over changed are counted anew.
delete from cl_smarketing.handover_month as t using handover_change as c where t.month = c.month;

insert into cl_smarketing.handover_month
    (month, handed_over, met, late, waiting, attempts, median_business_hours, p90_business_hours)
select month, count(*), count(*) filter (where contacted_before or first_contact_at <= due_at),
    count(*) filter (where not contacted_before and first_contact_at > due_at),
    count(*) filter (where not contacted_before and first_contact_at is null), sum(attempts),
    percentile_disc(0.5) within group (order by business_hours), percentile_disc(0.9) within group (order by business_hours)
from cl_smarketing.handover
where month in (select month from handover_change)
group by month;

select cl_ops.analyze_grown('cl_smarketing.handover');
