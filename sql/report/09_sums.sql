-- The sums that refresh keeps, item by item and model by model.

create view cl_marketing.computed_model as
select m.model, m.name, m.is_fitted, case when m.is_fitted then m.model - 100 else m.model end as place
from cl_marketing.model as m
where m.is_computed;

create view cl_marketing.content_credit as
select k.item as content_id, m.model, k.month, k.outcome, k.deals, k.weights[m.place] as weight, k.credits[m.place] as credit
from cl_marketing.journey_sum as k
join cl_marketing.computed_model as m on m.is_fitted = k.is_fitted
where k.kind = 'content';

create view cl_marketing.channel_credit as
select k.name as channel, m.model, k.month, k.outcome, k.deals, k.weights[m.place] as weight, k.credits[m.place] as credit
from cl_marketing.journey_sum as k
join cl_marketing.computed_model as m on m.is_fitted = k.is_fitted
where k.kind = 'channel';

create view cl_marketing.campaign_credit as
select k.name as campaign, k.source, k.medium, m.model, k.month, k.outcome, k.deals, k.weights[m.place] as weight,
    k.credits[m.place] as credit
from cl_marketing.journey_sum as k
join cl_marketing.computed_model as m on m.is_fitted = k.is_fitted
where k.kind = 'campaign';

create view cl_marketing.content_deals as
select k.item as content_id, k.month, k.outcome, k.sourced_deals, k.sourced_amount, k.deals as influenced_deals,
    k.amount as influenced_amount
from cl_marketing.journey_sum as k
where k.kind = 'content' and not k.is_fitted;

create view cl_marketing.channel_deals as
select k.name as channel, k.month, k.outcome, k.sourced_deals, k.sourced_amount, k.deals as influenced_deals,
    k.amount as influenced_amount
from cl_marketing.journey_sum as k
where k.kind = 'channel' and not k.is_fitted;

create view cl_marketing.campaign_deals as
select k.name as campaign, k.source, k.medium, k.month, k.outcome, k.sourced_deals, k.sourced_amount,
    k.deals as influenced_deals, k.amount as influenced_amount
from cl_marketing.journey_sum as k
where k.kind = 'campaign' and not k.is_fitted;

create view cl_marketing.topic_deals as
select k.name as topic, k.month, k.outcome, k.sourced_deals, k.sourced_amount, k.deals as influenced_deals,
    k.amount as influenced_amount
from cl_marketing.journey_sum as k
where k.kind = 'topic' and not k.is_fitted;
