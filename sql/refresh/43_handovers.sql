-- Leads that were handed over to sales, of the persons that changed: who reaches the stage of the agreement, or one above
-- it, from below. A contact is an activity of the agreed kinds that reached somebody; one that did not is an attempt.

delete from cl_smarketing.handover as t using changed_person as c where t.person_id = c.person_id;

insert into cl_smarketing.handover
    (person_id, handed_over_at, stage, due_at, until_at, contacted_before_at, attempts, first_attempt_at,
     first_contact_at, contacted_by)
select h.person_id, h.entered_at, h.stage, d.due_at, h.until_at, k.contacted_before_at,
    n.attempts, n.first_attempt_at, k.first_contact_at, k.contacted_by
from (
    select e.person_id, e.entered_at, e.stage, e.reaches,
        coalesce(lead(e.entered_at) over (partition by e.person_id, e.reaches order by e.entered_at), 'infinity') as until_at,
        a.first_contact_within, a.kinds, a.missed
    from (
        select s.person_id, s.entered_at, s.stage, s.stage_no >= p.place
                and lag(s.stage_no, 1, 0) over (partition by s.person_id order by s.entered_at) < p.place as reaches
        from changed_person as c
        join cl_smarketing.stage_history as s on s.person_id = c.person_id
        cross join cl_smarketing.agreement as g
        join (select distinct name, place from cl_smarketing.definition where kind = 'stage') as p
            on p.name = g.sales_stage
    ) as e
    cross join cl_smarketing.agreement as a
) as h
cross join lateral (
    select cl_smarketing.business_due(h.entered_at, h.first_contact_within) as due_at
) as d
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
