-- The sums of fitted models, whole, since one closed deal changes the credits of all: column by column in one pass over
-- the touches for contents and one for arrivals. A deal counts once for each item.

drop view fit_journey;
analyze cl_marketing.fitted_touch;

create temporary table fit_by_content on commit drop as
select content_id, month, outcome, count(*) as deals,
    sum(w1) as w1, sum(c1) as c1,
    sum(w2) as w2, sum(c2) as c2,
    sum(w3) as w3, sum(c3) as c3,
    sum(w4) as w4, sum(c4) as c4,
    sum(w5) as w5, sum(c5) as c5
from (
    select t.deal_id, t.content_id, t.month, t.outcome,
        sum(f.weights[1]) as w1, sum(f.credits[1]) as c1,
        sum(f.weights[2]) as w2, sum(f.credits[2]) as c2,
        sum(f.weights[3]) as w3, sum(f.credits[3]) as c3,
        sum(f.weights[4]) as w4, sum(f.credits[4]) as c4,
        sum(f.weights[5]) as w5, sum(f.credits[5]) as c5
    from cl_marketing.deal_touch as t
    join cl_marketing.fitted_touch as f on f.deal_id = t.deal_id and f.position = t.position
    group by t.deal_id, t.content_id, t.month, t.outcome
) as t
group by content_id, month, outcome;

create temporary table fit_by_arrival on commit drop as
select t.deal_id, t.arrival_id, t.month, t.outcome,
    sum(f.weights[1]) as w1, sum(f.credits[1]) as c1,
    sum(f.weights[2]) as w2, sum(f.credits[2]) as c2,
    sum(f.weights[3]) as w3, sum(f.credits[3]) as c3,
    sum(f.weights[4]) as w4, sum(f.credits[4]) as c4,
    sum(f.weights[5]) as w5, sum(f.credits[5]) as c5,
    sum((coalesce(f.campaign_weights, f.weights))[1]) as x1, sum((coalesce(f.campaign_credits, f.credits))[1]) as d1,
    sum((coalesce(f.campaign_weights, f.weights))[2]) as x2, sum((coalesce(f.campaign_credits, f.credits))[2]) as d2,
    sum((coalesce(f.campaign_weights, f.weights))[3]) as x3, sum((coalesce(f.campaign_credits, f.credits))[3]) as d3,
    sum((coalesce(f.campaign_weights, f.weights))[4]) as x4, sum((coalesce(f.campaign_credits, f.credits))[4]) as d4,
    sum((coalesce(f.campaign_weights, f.weights))[5]) as x5, sum((coalesce(f.campaign_credits, f.credits))[5]) as d5
from cl_marketing.deal_touch as t
join cl_marketing.fitted_touch as f on f.deal_id = t.deal_id and f.position = t.position
group by t.deal_id, t.arrival_id, t.month, t.outcome;

create temporary table fit_by_channel on commit drop as
select a.channel, t.month, t.outcome, count(distinct t.deal_id) as deals,
    sum(t.w1) as w1, sum(t.c1) as c1,
    sum(t.w2) as w2, sum(t.c2) as c2,
    sum(t.w3) as w3, sum(t.c3) as c3,
    sum(t.w4) as w4, sum(t.c4) as c4,
    sum(t.w5) as w5, sum(t.c5) as c5
from fit_by_arrival as t
join cl_core.arrival as a on a.arrival_id = t.arrival_id
group by a.channel, t.month, t.outcome;

create temporary table fit_by_campaign on commit drop as
select coalesce(a.campaign, '(none)') as campaign, coalesce(a.source, '(none)') as source,
    coalesce(a.medium, '(none)') as medium, t.month, t.outcome, count(distinct t.deal_id) as deals,
    sum(t.x1) as w1, sum(t.d1) as c1,
    sum(t.x2) as w2, sum(t.d2) as c2,
    sum(t.x3) as w3, sum(t.d3) as c3,
    sum(t.x4) as w4, sum(t.d4) as c4,
    sum(t.x5) as w5, sum(t.d5) as c5
from fit_by_arrival as t
join cl_core.arrival as a on a.arrival_id = t.arrival_id
group by 1, 2, 3, t.month, t.outcome;

delete from cl_marketing.content_credit where model > 100;
insert into cl_marketing.content_credit (content_id, model, month, outcome, deals, weight, credit)
select t.content_id, u.model, t.month, t.outcome, t.deals, u.weight, u.credit
from fit_by_content as t
cross join lateral (
    values (101, t.w1, t.c1), (102, t.w2, t.c2), (103, t.w3, t.c3), (104, t.w4, t.c4), (105, t.w5, t.c5)
) as u (model, weight, credit)
where u.weight is not null;

delete from cl_marketing.channel_credit where model > 100;
insert into cl_marketing.channel_credit (channel, model, month, outcome, deals, weight, credit)
select t.channel, u.model, t.month, t.outcome, t.deals, u.weight, u.credit
from fit_by_channel as t
cross join lateral (
    values (101, t.w1, t.c1), (102, t.w2, t.c2), (103, t.w3, t.c3), (104, t.w4, t.c4), (105, t.w5, t.c5)
) as u (model, weight, credit)
where u.weight is not null;

delete from cl_marketing.campaign_credit where model > 100;
insert into cl_marketing.campaign_credit (campaign, source, medium, model, month, outcome, deals, weight, credit)
select t.campaign, t.source, t.medium, u.model, t.month, t.outcome, t.deals, u.weight, u.credit
from fit_by_campaign as t
cross join lateral (
    values (101, t.w1, t.c1), (102, t.w2, t.c2), (103, t.w3, t.c3), (104, t.w4, t.c4), (105, t.w5, t.c5)
) as u (model, weight, credit)
where u.weight is not null;
