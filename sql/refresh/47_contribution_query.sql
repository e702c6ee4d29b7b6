-- Each touch of the changed deals' journeys as they stood, in order, with what it gave; topics are those of before.
select
    t.deal_id, d.outcome, d.month, d.amount, t.touched_at, t.content_id,
    case when b.content_id is not null then md5(coalesce(b.topic, '(none)'))::uuid else k.topic_id end as topic_id,
    a.arrival_no, t.weights, t.credits, t.campaign_weights, t.campaign_credits
from changed_deal as c
join cl_marketing.counted_deal as d on d.deal_id = c.deal_id
join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
left join journey_arrival as a on a.arrival_id = t.arrival_id
left join changed_content as b on b.content_id = t.content_id
left join cl_core.content as k on k.content_id = t.content_id
order by t.deal_id, t.position
