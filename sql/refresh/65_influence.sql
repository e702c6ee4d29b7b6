-- What they count for now is added.

insert into cl_marketing.counted_deal (deal_id, outcome, month, amount)
select deal_id, outcome, month, amount from journey_deal;

select cl_marketing.add_deals(1);
select cl_marketing.put_deals();
