-- Each touch of deals that do not change, but hold a content of another topic now: by the topic of before, and by the new one.
select t.deal_id, d.outcome, d.month, d.amount,
    case when b.content_id is not null then md5(coalesce(b.topic, '(none)'))::uuid else k.topic_id end as former_topic_id,
    k.topic_id
from (
    select t.deal_id
    from changed_topic as c
    join cl_marketing.deal_touch as t on t.content_id = c.content_id
    except
    select deal_id from changed_deal
) as retold
join cl_marketing.counted_deal as d on d.deal_id = retold.deal_id
join cl_marketing.deal_touch as t on t.deal_id = retold.deal_id
left join changed_content as b on b.content_id = t.content_id
left join cl_core.content as k on k.content_id = t.content_id
order by t.deal_id, t.position
