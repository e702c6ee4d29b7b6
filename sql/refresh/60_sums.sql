-- What closedloop-load has summed up in journey_part is added; there it has one row for each sum.

insert into cl_marketing.journey_sum as t
    (kind, item, is_fitted, month, outcome, name, source, medium, deals, amount, sourced_deals, sourced_amount, weights,
     credits)
select p.kind, p.item, p.is_fitted, p.month, p.outcome, k.name, k.source, k.medium, p.deals, p.amount, p.sourced_deals,
    p.sourced_amount, p.weights, p.credits
from journey_part as p
left join journey_item as k on k.kind = p.kind and k.item = p.item
on conflict (kind, item, is_fitted, month, outcome) do update
set deals = t.deals + excluded.deals, amount = t.amount + excluded.amount,
    sourced_deals = t.sourced_deals + excluded.sourced_deals, sourced_amount = t.sourced_amount + excluded.sourced_amount,
    weights = cl_marketing.add_shares(t.weights, excluded.weights),
    credits = cl_marketing.add_shares(t.credits, excluded.credits);

delete from cl_marketing.journey_sum as t
using journey_part as p
where t.deals = 0 and p.deals < 0 and t.kind = p.kind and t.item = p.item and t.is_fitted = p.is_fitted
  and t.month = p.month and t.outcome = p.outcome;

delete from journey_part;
