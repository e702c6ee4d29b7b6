-- What the changed deals counted for so far, as sources and influences, is taken from the sums.

create temporary table delta_content_deals (like cl_marketing.content_deals) on commit drop;
create temporary table delta_channel_deals (like cl_marketing.channel_deals) on commit drop;
create temporary table delta_campaign_deals (like cl_marketing.campaign_deals) on commit drop;
create temporary table delta_topic_deals (like cl_marketing.topic_deals) on commit drop;

create temporary table topic_deal on commit drop as
select deal_id from changed_deal
union
select t.deal_id
from changed_content as b
left join cl_core.content as k on k.content_id = b.content_id
join cl_marketing.deal_touch as t on t.content_id = b.content_id
where b.topic is distinct from k.topic;
create unique index on topic_deal (deal_id);
analyze topic_deal;

select cl_marketing.add_deals(-1);

delete from cl_marketing.counted_deal as d using changed_deal as c where d.deal_id = c.deal_id;
