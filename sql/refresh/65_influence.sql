-- What they count for now is added.

insert into cl_marketing.counted_deal (deal_id, outcome, month, amount)
select deal_id, outcome, month, amount from journey_deal;

insert into delta_content_deals
select item, month, outcome, sourced_deals, sourced_amount, influenced_deals, influenced_amount
from journey_sum
where kind = 'content' and influenced_deals <> 0;

insert into delta_channel_deals
select k.channel, s.month, s.outcome, s.sourced_deals, s.sourced_amount, s.influenced_deals, s.influenced_amount
from journey_sum as s
join sum_channel as k on k.channel_id = s.item
where s.kind = 'channel' and s.influenced_deals <> 0;

insert into delta_campaign_deals
select k.campaign, k.source, k.medium, s.month, s.outcome, s.sourced_deals, s.sourced_amount, s.influenced_deals,
    s.influenced_amount
from journey_sum as s
join sum_campaign as k on k.campaign_id = s.item
where s.kind = 'campaign' and s.influenced_deals <> 0;

select cl_marketing.add_deals(1);
select cl_marketing.put_deals();
