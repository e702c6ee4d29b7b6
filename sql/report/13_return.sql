-- Money in, money out: what was spent in a month, the leads and won deals that it sourced, and the revenue credited under
-- the configured model. Spend is that of the *_attribution views: content's is all that names it, channels' and campaigns'
-- all but what names a content alone. What was spent for nothing has a row too. Leads are many: they are counted before
-- anything is looked up for them.

create view cl_marketing.content_return as
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    k.month,
    s.model,
    k.cost,
    k.leads,
    round(k.cost / nullif(k.leads, 0), 4) as cost_per_lead,
    k.deals as sourced_won_deals,
    round(k.amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as sourced_revenue,
    round(k.cost / nullif(k.deals, 0), 4) as cost_per_deal,
    round(k.credit / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    round(k.credit / power(10::numeric, s.currency_exponent) / nullif(k.cost, 0), 4) as return_on_cost
from (
    select content_id, month, sum(cost) as cost, sum(leads)::bigint as leads, sum(deals)::bigint as deals,
        sum(amount) as amount, sum(credit) as credit
    from (
        select content_id, date_trunc('month', day)::date as month, amount_reporting as cost, 0 as leads, 0 as deals,
            0 as amount, 0 as credit
        from cl_core.cost
        where content_id is not null and amount_reporting is not null
        union all
        select content_id, month, null, count(*), 0, 0, 0
        from cl_marketing.lead_origin
        group by content_id, month
        union all
        select content_id, month, null, 0, sourced_deals, sourced_amount, 0
        from cl_marketing.content_deals
        where outcome = 'won' and sourced_deals <> 0
        union all
        select k.content_id, k.month, null, 0, 0, 0, k.credit
        from cl_marketing.content_credit as k
        join cl_marketing.model as m on m.model = k.model
        join cl_ops.setting as chosen on chosen.model = m.name
        where k.outcome = 'won' and k.credit <> 0
    ) as parts
    group by content_id, month
) as k
join cl_core.content as c on c.content_id = k.content_id
cross join cl_ops.setting as s;

create view cl_marketing.channel_return as
select
    k.channel,
    k.month,
    s.model,
    k.cost,
    k.leads,
    round(k.cost / nullif(k.leads, 0), 4) as cost_per_lead,
    k.deals as sourced_won_deals,
    round(k.amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as sourced_revenue,
    round(k.cost / nullif(k.deals, 0), 4) as cost_per_deal,
    round(k.credit / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    round(k.credit / power(10::numeric, s.currency_exponent) / nullif(k.cost, 0), 4) as return_on_cost
from (
    select channel, month, sum(cost) as cost, sum(leads)::bigint as leads, sum(deals)::bigint as deals,
        sum(amount) as amount, sum(credit) as credit
    from (
        select coalesce(channel, '(none)') as channel, date_trunc('month', day)::date as month,
            amount_reporting as cost, 0 as leads, 0 as deals, 0 as amount, 0 as credit
        from cl_core.cost
        where amount_reporting is not null
            and (content_id is null or coalesce(channel, campaign, campaign_source, medium) is not null)
        union all
        select a.channel, o.month, null, o.leads, 0, 0, 0
        from (
            select arrival_id, month, count(*) as leads from cl_marketing.lead_origin group by arrival_id, month
        ) as o
        join cl_core.arrival as a on a.arrival_id = o.arrival_id
        union all
        select channel, month, null, 0, sourced_deals, sourced_amount, 0
        from cl_marketing.channel_deals
        where outcome = 'won' and sourced_deals <> 0
        union all
        select k.channel, k.month, null, 0, 0, 0, k.credit
        from cl_marketing.channel_credit as k
        join cl_marketing.model as m on m.model = k.model
        join cl_ops.setting as chosen on chosen.model = m.name
        where k.outcome = 'won' and k.credit <> 0
    ) as parts
    group by channel, month
) as k
cross join cl_ops.setting as s;

create view cl_marketing.campaign_return as
select
    k.campaign,
    k.source,
    k.medium,
    k.month,
    s.model,
    k.cost,
    k.leads,
    round(k.cost / nullif(k.leads, 0), 4) as cost_per_lead,
    k.deals as sourced_won_deals,
    round(k.amount / power(10::numeric, s.currency_exponent), s.currency_exponent) as sourced_revenue,
    round(k.cost / nullif(k.deals, 0), 4) as cost_per_deal,
    round(k.credit / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
    round(k.credit / power(10::numeric, s.currency_exponent) / nullif(k.cost, 0), 4) as return_on_cost
from (
    select campaign, source, medium, month, sum(cost) as cost, sum(leads)::bigint as leads, sum(deals)::bigint as deals,
        sum(amount) as amount, sum(credit) as credit
    from (
        select coalesce(campaign, '(none)') as campaign, coalesce(campaign_source, '(none)') as source,
            coalesce(medium, '(none)') as medium, date_trunc('month', day)::date as month, amount_reporting as cost,
            0 as leads, 0 as deals, 0 as amount, 0 as credit
        from cl_core.cost
        where amount_reporting is not null
            and (content_id is null or coalesce(channel, campaign, campaign_source, medium) is not null)
        union all
        select coalesce(a.campaign, '(none)'), coalesce(a.source, '(none)'), coalesce(a.medium, '(none)'), o.month, null,
            o.leads, 0, 0, 0
        from (
            select campaign_arrival_id, month, count(*) as leads
            from cl_marketing.lead_origin
            group by campaign_arrival_id, month
        ) as o
        join cl_core.arrival as a on a.arrival_id = o.campaign_arrival_id
        union all
        select campaign, source, medium, month, null, 0, sourced_deals, sourced_amount, 0
        from cl_marketing.campaign_deals
        where outcome = 'won' and sourced_deals <> 0
        union all
        select k.campaign, k.source, k.medium, k.month, null, 0, 0, 0, k.credit
        from cl_marketing.campaign_credit as k
        join cl_marketing.model as m on m.model = k.model
        join cl_ops.setting as chosen on chosen.model = m.name
        where k.outcome = 'won' and k.credit <> 0
    ) as parts
    group by campaign, source, medium, month
) as k
cross join cl_ops.setting as s;
