-- Which content, channels and campaigns drove sales. Weights are kept in units of 10^-12 and credits in minor units.

create view cl_marketing.attribution as
select
    t.deal_id,
    t.touch_id,
    t.person_id,
    t.content_id,
    t.arrival_id,
    t.touched_at,
    t.position,
    t.outcome,
    t.model,
    t.weight * 0.000000000001 as weight,
    round(t.credit / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    t.month,
    t.milestones,
    c.url,
    c.title,
    a.channel,
    a.campaign
from (
    select r.deal_id, r.touch_id, r.person_id, r.content_id, r.arrival_id, r.touched_at, r.position, r.outcome, r.month,
        r.milestones, m.name as model, r.weights[m.model] as weight, r.credits[m.model] as credit
    from cl_marketing.deal_touch as r
    join cl_marketing.model as m on m.is_computed and not m.is_fitted
    union all
    select r.deal_id, r.touch_id, r.person_id, r.content_id, r.arrival_id, r.touched_at, r.position, r.outcome, r.month,
        r.milestones, m.name, f.weights[m.model - 100], f.credits[m.model - 100]
    from cl_marketing.deal_touch as r
    join cl_marketing.fitted_touch as f on f.deal_id = r.deal_id and f.position = r.position
    join cl_marketing.model as m on m.is_computed and m.is_fitted
) as t
cross join cl_ops.setting as s
left join cl_core.content as c on c.content_id = t.content_id -- left: not joined at all unless somebody asks
left join cl_core.arrival as a on a.arrival_id = t.arrival_id;

-- Spend stands on the rows of outcome won, there also where it brought nothing: so it adds up within a model. Of content
-- it is what names that content, most of all what it cost to make; what names nothing else is no spend on channels.
create view cl_marketing.content_attribution as
select
    content_id,
    c.url,
    c.title,
    c.topic,
    coalesce(t.model, spent.model) as model,
    coalesce(t.month, spent.month) as month,
    coalesce(t.outcome, spent.outcome) as outcome,
    coalesce(t.deals, 0) as deals,
    coalesce(t.weight, 0) * 0.000000000001 as weight,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    spent.cost,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent) / nullif(spent.cost, 0), 4) as return_on_cost
from (
    select k.content_id, m.name as model, k.month, k.outcome, k.deals, k.weight, k.credit
    from cl_marketing.content_credit as k
    join cl_marketing.model as m on m.model = k.model
) as t
full join (
    select k.content_id, m.name as model, k.month, 'won' as outcome, k.cost
    from (
        select content_id, date_trunc('month', day)::date as month, sum(amount_reporting) as cost
        from cl_core.cost
        where content_id is not null and amount_reporting is not null
        group by 1, 2
    ) as k
    join cl_marketing.model as m on m.is_computed
) as spent using (content_id, model, month, outcome)
join cl_core.content as c using (content_id)
cross join cl_ops.setting as s;

create view cl_marketing.channel_attribution as
select
    coalesce(t.channel, spent.channel) as channel,
    coalesce(t.model, spent.model) as model,
    coalesce(t.month, spent.month) as month,
    coalesce(t.outcome, spent.outcome) as outcome,
    coalesce(t.deals, 0) as deals,
    coalesce(t.weight, 0) * 0.000000000001 as weight,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    spent.cost,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent) / nullif(spent.cost, 0), 4) as return_on_cost
from (
    select k.channel, m.name as model, k.month, k.outcome, k.deals, k.weight, k.credit
    from cl_marketing.channel_credit as k
    join cl_marketing.model as m on m.model = k.model
) as t
full join (
    select k.channel, m.name as model, k.month, 'won' as outcome, k.cost
    from (
        select coalesce(channel, '(none)') as channel, date_trunc('month', day)::date as month,
            sum(amount_reporting) as cost
        from cl_core.cost
        where amount_reporting is not null
            and (content_id is null or coalesce(channel, campaign, campaign_source, medium) is not null)
        group by 1, 2
    ) as k
    join cl_marketing.model as m on m.is_computed
) as spent
    on spent.channel = t.channel and spent.model = t.model and spent.month = t.month and spent.outcome = t.outcome
cross join cl_ops.setting as s;

create view cl_marketing.campaign_attribution as
select
    coalesce(t.campaign, spent.campaign) as campaign,
    coalesce(t.source, spent.source) as source,
    coalesce(t.medium, spent.medium) as medium,
    coalesce(t.model, spent.model) as model,
    coalesce(t.month, spent.month) as month,
    coalesce(t.outcome, spent.outcome) as outcome,
    coalesce(t.deals, 0) as deals,
    coalesce(t.weight, 0) * 0.000000000001 as weight,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    spent.cost,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent) / nullif(spent.cost, 0), 4) as return_on_cost
from (
    select k.campaign, k.source, k.medium, m.name as model, k.month, k.outcome, k.deals, k.weight, k.credit
    from cl_marketing.campaign_credit as k
    join cl_marketing.model as m on m.model = k.model
) as t
full join (
    select k.campaign, k.source, k.medium, m.name as model, k.month, 'won' as outcome, k.cost
    from (
        select coalesce(campaign, '(none)') as campaign, coalesce(campaign_source, '(none)') as source,
            coalesce(medium, '(none)') as medium, date_trunc('month', day)::date as month,
            sum(amount_reporting) as cost
        from cl_core.cost
        where amount_reporting is not null
            and (content_id is null or coalesce(channel, campaign, campaign_source, medium) is not null)
        group by 1, 2, 3, 4
    ) as k
    join cl_marketing.model as m on m.is_computed
) as spent
    on spent.campaign = t.campaign and spent.source = t.source and spent.medium = t.medium and spent.model = t.model
    and spent.month = t.month and spent.outcome = t.outcome
cross join cl_ops.setting as s;

create view cl_marketing.content_performance as
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    p.month,
    coalesce(p.views, 0) as views,
    coalesce(p.visitors, 0) as visitors,
    coalesce(p.leads, 0) as leads,
    coalesce(p.influenced_deals, 0) as influenced_deals,
    coalesce(p.won_deals, 0) as won_deals,
    coalesce(p.influenced_revenue, 0) as influenced_revenue,
    p.dwell_seconds,
    p.cost
from (
    select content_id, month, v.views, v.visitors, v.dwell_seconds, l.leads, d.influenced_deals, d.won_deals,
        d.influenced_revenue, k.cost
    from cl_marketing.content_view_month as v
    full join cl_marketing.content_lead_month as l using (content_id, month)
    full join (
        select r.item as content_id, r.month, sum(r.deals)::bigint as influenced_deals,
            coalesce(sum(r.deals) filter (where r.outcome = 'won'), 0)::bigint as won_deals,
            coalesce(round(sum(r.amount) filter (where r.outcome = 'won') / power(10::numeric, s.currency_exponent),
                           s.currency_exponent), 0) as influenced_revenue
        from cl_marketing.journey_sum as r
        cross join cl_ops.setting as s
        where r.kind = 'reach'
        group by r.item, r.month, s.currency_exponent
    ) as d using (content_id, month)
    full join (
        select content_id, date_trunc('month', day)::date as month, sum(amount_reporting) as cost
        from cl_core.cost
        where content_id is not null and amount_reporting is not null
        group by 1, 2
    ) as k using (content_id, month)
) as p
join cl_core.content as c on c.content_id = p.content_id;
