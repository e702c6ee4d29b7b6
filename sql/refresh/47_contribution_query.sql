-- Each touch of the changed deals' journeys as they stood, in order, with what it gave.
select
    t.deal_id, d.outcome, d.month, d.amount, t.touched_at, t.content_id,
    case when t.touched_at is not null then a.channel_id end as channel_id,
    case when t.touched_at is not null then a.campaign_id end as campaign_id,
    k.topic_id, coalesce(a.is_of_campaigns, false) as is_of_campaigns,
    t.weights, t.credits, t.campaign_weights, t.campaign_credits
from changed_deal as c
join cl_marketing.counted_deal as d on d.deal_id = c.deal_id
join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
left join journey_arrival as a on a.arrival_id = t.arrival_id
left join former_topic as k on k.content_id = t.content_id
order by t.deal_id, t.position
