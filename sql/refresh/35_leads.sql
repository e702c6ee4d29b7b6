-- Where leads came from: of each changed person the first touch, if it was one before it became a lead. What it read later
-- did not bring it.

delete from cl_marketing.lead_origin as o using changed_person as c where o.person_id = c.person_id;

insert into cl_marketing.lead_origin (person_id, became_lead_at, month, touch_id, content_id, arrival_id, touched_at)
select p.person_id, p.became_lead_at, date_trunc('month', p.became_lead_at at time zone s.timezone)::date,
    coalesce(t.touch_id, nobody.id), coalesce(t.content_id, nobody.id), coalesce(t.arrival_id, nobody.id), t.touched_at
from new_person as p
cross join cl_ops.setting as s
cross join (select '00000000-0000-0000-0000-000000000000'::uuid as id) as nobody
left join lateral (
    select touch.touch_id, touch.content_id, touch.arrival_id, touch.touched_at
    from cl_core.touch as touch
    where touch.person_id = p.person_id and touch.touched_at <= p.became_lead_at
    order by touch.touched_at, touch.source, touch.touch_id
    limit 1
) as t on true
where p.is_lead and p.became_lead_at is not null;
