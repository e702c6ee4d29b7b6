-- Each touch of deals that do not change, but hold a content of another topic now: by the topic of before, and by the new one.
select t.deal_id, d.outcome, d.month, d.amount, f.topic_id as former_topic_id, k.topic_id
from (
    select t.deal_id
    from changed_topic as c
    join cl_marketing.deal_touch as t on t.content_id = c.content_id
    except
    select deal_id from changed_deal
) as retold
join cl_marketing.counted_deal as d on d.deal_id = retold.deal_id
join cl_marketing.deal_touch as t on t.deal_id = retold.deal_id
left join former_topic as f on f.content_id = t.content_id
left join journey_content as k on k.content_id = t.content_id
order by t.deal_id, t.position
