-- The sums of fitted models, whole, since one closed deal changes the credits of all: closedloop-load has added up the
-- touches in parts.

analyze fit_content_sum, fit_arrival_sum;

delete from cl_marketing.content_credit where model > 100;
insert into cl_marketing.content_credit (content_id, model, month, outcome, deals, weight, credit)
select t.content_id, m.model, t.month, t.outcome, sum(t.deals), sum(t.weights[m.model - 100]),
    sum(t.credits[m.model - 100])
from fit_content_sum as t
join cl_marketing.model as m on m.is_fitted and m.is_computed
group by t.content_id, m.model, t.month, t.outcome;

delete from cl_marketing.channel_credit where model > 100;
insert into cl_marketing.channel_credit (channel, model, month, outcome, deals, weight, credit)
select a.channel, m.model, t.month, t.outcome, sum(t.deals), sum(t.weights[m.model - 100]), sum(t.credits[m.model - 100])
from fit_arrival_sum as t
join cl_core.arrival as a on a.arrival_id = t.arrival_id
join cl_marketing.model as m on m.is_fitted and m.is_computed
group by a.channel, m.model, t.month, t.outcome;

delete from cl_marketing.campaign_credit where model > 100;
insert into cl_marketing.campaign_credit (campaign, source, medium, model, month, outcome, deals, weight, credit)
select coalesce(a.campaign, '(none)'), coalesce(a.source, '(none)'), coalesce(a.medium, '(none)'), m.model, t.month,
    t.outcome, sum(t.campaign_deals), sum(t.campaign_weights[m.model - 100]), sum(t.campaign_credits[m.model - 100])
from fit_arrival_sum as t
join cl_core.arrival as a on a.arrival_id = t.arrival_id
join cl_marketing.model as m on m.is_fitted and m.is_computed
group by 1, 2, 3, m.model, t.month, t.outcome;
