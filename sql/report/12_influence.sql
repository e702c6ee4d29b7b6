-- Sourced and influenced, side by side. Sourced: the deal's first touch names the item, so each deal has one source, and
-- sourced deals and amounts add up to all of them. Influenced: any touch does, so a deal is in several rows.

create view cl_marketing.content_influence as
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    k.month,
    k.outcome,
    k.sourced_deals,
    round(k.sourced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as sourced_amount,
    k.influenced_deals,
    round(k.influenced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as influenced_amount
from cl_marketing.content_deals as k
join cl_core.content as c on c.content_id = k.content_id
cross join cl_ops.setting as s;

create view cl_marketing.channel_influence as
select
    k.channel,
    k.month,
    k.outcome,
    k.sourced_deals,
    round(k.sourced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as sourced_amount,
    k.influenced_deals,
    round(k.influenced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as influenced_amount
from cl_marketing.channel_deals as k
cross join cl_ops.setting as s;

create view cl_marketing.campaign_influence as
select
    k.campaign,
    k.source,
    k.medium,
    k.month,
    k.outcome,
    k.sourced_deals,
    round(k.sourced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as sourced_amount,
    k.influenced_deals,
    round(k.influenced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as influenced_amount
from cl_marketing.campaign_deals as k
cross join cl_ops.setting as s;

create view cl_marketing.topic_influence as
select
    k.topic,
    k.month,
    k.outcome,
    k.sourced_deals,
    round(k.sourced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as sourced_amount,
    k.influenced_deals,
    round(k.influenced_amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as influenced_amount
from cl_marketing.topic_deals as k
cross join cl_ops.setting as s;

-- Shares of a topic are those of its contents; its deals are counted by themselves, since one that met two contents of a
-- topic is one deal.
create view cl_marketing.topic_attribution as
select
    topic,
    coalesce(t.model, spent.model) as model,
    month,
    outcome,
    coalesce(d.influenced_deals, 0) as deals,
    coalesce(t.weight, 0) * 0.000000000001 as weight,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    spent.cost,
    round(coalesce(t.credit, 0) / power(10::numeric, s.currency_exponent) / nullif(spent.cost, 0), 4) as return_on_cost
from (
    select coalesce(c.topic, '(none)') as topic, m.name as model, k.month, k.outcome, sum(k.weight) as weight,
        sum(k.credit) as credit
    from cl_marketing.content_credit as k
    join cl_marketing.model as m on m.model = k.model
    join cl_core.content as c on c.content_id = k.content_id
    group by coalesce(c.topic, '(none)'), m.name, k.month, k.outcome
) as t
full join (
    select k.topic, m.name as model, k.month, 'won' as outcome, k.cost
    from (
        select coalesce(c.topic, '(none)') as topic, date_trunc('month', k.day)::date as month,
            sum(k.amount_reporting) as cost
        from cl_core.cost as k
        join cl_core.content as c on c.content_id = k.content_id
        where k.amount_reporting is not null
        group by 1, 2
    ) as k
    join cl_marketing.model as m on m.is_computed
) as spent using (topic, model, month, outcome)
left join cl_marketing.topic_deals as d using (topic, month, outcome)
cross join cl_ops.setting as s;
