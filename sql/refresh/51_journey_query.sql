select
    d.deal_id, d.outcome, d.month, d.amount, d.created_at, d.closed_at, d.became_lead_at,
    t.touch_id, t.person_id, t.content_id, t.arrival_id, t.touched_at, a.channel = 'Direct' as is_direct
from journey_deal as d
left join lateral (
    select touch.*
    from cl_core.deal_person as p
    join cl_core.touch as touch on touch.person_id = p.person_id and touch.touched_at between d.from_at and d.until_at
    where p.deal_id = d.deal_id
) as t on true
left join cl_core.arrival as a on a.arrival_id = t.arrival_id
order by d.deal_id, t.touched_at, t.source, t.touch_id
