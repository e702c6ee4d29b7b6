-- What drove sales: contents, channels, campaigns and topics, by outcome, span of months and model. Of each kind the items
-- with most credit stand for themselves, the rest together in one, so that the page stays small whatever the history.
with this as (
    select date_trunc('month', s.read_at at time zone s.timezone)::date as this_month
    from cl_ops.setting as s
),

span as (
    select 'all' as span, 1 as place, '-infinity'::date as first_month, 'infinity'::date as last_month
    union all
    select n || '_months', 3 - n / 12, (this_month - make_interval(months => n - 1))::date, this_month
    from this, unnest(array[12, 3]) as n
    union all
    select to_char(month, 'YYYY-MM'), 3 + row_number() over (order by month desc), month, month
    from (
        select (this_month - make_interval(months => n))::date as month
        from this, generate_series(0, 11) as n
    ) as months
    where month >= (select min(month) from cl_marketing.channel_deals)
),

-- In the smallest units of the currency until they are summed up.
credit as materialized (
    select 'content' as kind, content_id::text as item, model, month, outcome, credit
    from cl_marketing.content_credit
    where outcome in ('won', 'open')
    union all
    select 'channel', channel, model, month, outcome, credit
    from cl_marketing.channel_credit
    where outcome in ('won', 'open')
    union all
    select 'campaign', json_build_array(campaign, source, medium)::text, model, month, outcome, credit
    from cl_marketing.campaign_credit
    where outcome in ('won', 'open')
    union all
    select 'topic', coalesce(c.topic, '(none)'), k.model, k.month, k.outcome, sum(k.credit)
    from cl_marketing.content_credit as k
    join cl_core.content as c on c.content_id = k.content_id
    where k.outcome in ('won', 'open')
    group by coalesce(c.topic, '(none)'), k.model, k.month, k.outcome
),

-- Under all models together, so that none of them finds its best item missing.
ranked as (
    select k.kind, k.item,
        row_number() over (
            partition by k.kind, k.item = 'unattributed' or c.url = 'unattributed'
            order by k.won desc nulls last, k.credit desc, k.item
        ) as place
    from (
        select kind, item, sum(credit) filter (where outcome = 'won') as won, sum(credit) as credit
        from credit
        group by kind, item
    ) as k
    left join cl_core.content as c on c.content_id = case when k.kind = 'content' then k.item::uuid end
),

chosen as materialized (
    select kind, item, kind || ' ' || item as key, place from ranked where place <= 40
),

-- All others are one before they are summed up by spans: so many items cost little. They are looked up, not joined, since the
-- planner takes all of them for few.
credited as (
    select k.kind, k.item, k.outcome, s.span, k.model, sum(k.credit) as credit
    from (
        select kind, case when kind || ' ' || item in (select key from chosen) then item end as item, outcome, month, model,
            sum(credit) as credit
        from credit
        group by 1, 2, outcome, month, model
    ) as k
    join span as s on k.month between s.first_month and s.last_month
    group by k.kind, k.item, k.outcome, s.span, k.model
),

total as (
    select outcome, span, model, sum(credit) as credit
    from credited
    where kind = 'channel'
    group by outcome, span, model
),

influence as (
    select k.kind, k.item, k.outcome, s.span,
        sum(k.sourced_deals) as sourced_deals, sum(k.sourced_amount) as sourced_amount,
        sum(k.influenced_deals) as influenced_deals, sum(k.influenced_amount) as influenced_amount
    from (
        select 'content' as kind, content_id::text as item, outcome, month, sourced_deals, sourced_amount,
            influenced_deals, influenced_amount
        from cl_marketing.content_influence
        union all
        select 'channel', channel, outcome, month, sourced_deals, sourced_amount, influenced_deals, influenced_amount
        from cl_marketing.channel_influence
        union all
        select 'campaign', json_build_array(campaign, source, medium)::text, outcome, month, sourced_deals,
            sourced_amount, influenced_deals, influenced_amount
        from cl_marketing.campaign_influence
        union all
        select 'topic', topic, outcome, month, sourced_deals, sourced_amount, influenced_deals, influenced_amount
        from cl_marketing.topic_influence
    ) as k
    join span as s on k.month between s.first_month and s.last_month
    where k.outcome in ('won', 'open')
    group by k.kind, k.item, k.outcome, s.span
),

spent as (
    select k.kind, k.item, s.span, sum(k.cost) as cost, sum(k.leads) as leads,
        round(sum(k.cost) / nullif(sum(k.leads), 0), 2) as cost_per_lead,
        round(sum(k.credit) / nullif(sum(k.cost), 0), 2) as return_on_cost
    from (
        select 'content' as kind, content_id::text as item, month, cost, leads, credit from cl_marketing.content_return
        union all
        select 'channel', channel, month, cost, leads, credit from cl_marketing.channel_return
        union all
        select 'campaign', json_build_array(campaign, source, medium)::text, month, cost, leads, credit
        from cl_marketing.campaign_return
    ) as k
    join span as s on k.month between s.first_month and s.last_month
    group by k.kind, k.item, s.span
),

cell as (
    select k.kind, k.item, k.outcome, k.span, m.name as model,
        round(k.credit / power(10::numeric, s.currency_exponent), s.currency_exponent) as credit,
        round(100 * k.credit / nullif(t.credit, 0), 1) as share
    from credited as k
    join total as t on t.outcome = k.outcome and t.span = k.span and t.model = k.model
    join cl_marketing.model as m on m.model = k.model
    cross join cl_ops.setting as s
    where k.credit <> 0
),

cells as (
    select kind, item, json_object_agg(outcome, spans) as credit
    from (
        select kind, item, outcome, json_object_agg(span, models) as spans
        from (
            select kind, item, outcome, span, json_object_agg(model, json_build_array(credit, share)) as models
            from cell
            group by kind, item, outcome, span
        ) as by_span
        group by kind, item, outcome
    ) as by_outcome
    group by kind, item
),

influences as (
    select kind, item, json_object_agg(outcome, spans) as influence
    from (
        select i.kind, i.item, i.outcome,
            json_object_agg(
                i.span, json_build_array(i.sourced_deals, i.sourced_amount, i.influenced_deals, i.influenced_amount)
            ) as spans
        from influence as i
        join chosen as c on c.kind = i.kind and c.item = i.item
        group by i.kind, i.item, i.outcome
    ) as by_outcome
    group by kind, item
),

spends as (
    select p.kind, p.item,
        json_object_agg(p.span, json_build_array(p.cost, p.leads, p.cost_per_lead, p.return_on_cost)) as spend
    from spent as p
    join chosen as c on c.kind = p.kind and c.item = p.item
    group by p.kind, p.item
),

items as (
    select k.kind,
        json_agg(
            json_strip_nulls(json_build_object(
                'role', case
                    when k.item is null then 'others'
                    when k.item = 'unattributed' or c.url = 'unattributed' or n.parts ->> 0 = 'unattributed' then 'unattributed'
                end,
                'name', left(coalesce(c.title, c.url, n.parts ->> 0, k.item), 300),
                'place', left(case when k.kind = 'content' then c.url
                    else nullif(concat_ws(' / ', n.parts ->> 1, n.parts ->> 2), '') end, 300),
                'topic', left(c.topic, 100),
                'credit', k.credit,
                'influence', i.influence,
                'spend', p.spend
            ))
            order by h.place nulls last, k.item
        ) as list
    from cells as k
    left join chosen as h on h.kind = k.kind and h.item = k.item
    left join influences as i on i.kind = k.kind and i.item = k.item
    left join spends as p on p.kind = k.kind and p.item = k.item
    left join cl_core.content as c on c.content_id = case when k.kind = 'content' then k.item::uuid end
    cross join lateral (select case when k.kind = 'campaign' then k.item::json end as parts) as n
    group by k.kind
),

-- Everything that was won, with content on its way or without.
sums as (
    select s.span, s.place, i.won_deals, i.won_amount, i.touched_amount,
        round(100 * i.touched_amount / nullif(i.won_amount, 0), 1) as touched_share,
        i.open_deals, i.open_amount, p.cost, p.leads
    from span as s
    left join (
        select span,
            sum(sourced_deals) filter (where outcome = 'won') as won_deals,
            sum(sourced_amount) filter (where outcome = 'won') as won_amount,
            sum(sourced_amount) filter (where outcome = 'won' and item <> 'unattributed') as touched_amount,
            sum(sourced_deals) filter (where outcome = 'open') as open_deals,
            sum(sourced_amount) filter (where outcome = 'open') as open_amount
        from influence
        where kind = 'channel'
        group by span
    ) as i on i.span = s.span
    left join (
        select span, sum(cost) as cost, sum(leads) as leads from spent where kind = 'channel' group by span
    ) as p on p.span = s.span
)

select json_build_object(
    'kinds', (select json_object_agg(kind, list) from items),
    'spans', (
        select json_agg(
            json_build_object(
                'span', span, 'won_deals', coalesce(won_deals, 0), 'won_amount', coalesce(won_amount, 0),
                'touched_amount', coalesce(touched_amount, 0), 'touched_share', touched_share,
                'untouched_amount', coalesce(won_amount - coalesce(touched_amount, 0), 0),
                'open_deals', coalesce(open_deals, 0), 'open_amount', coalesce(open_amount, 0),
                'cost', cost, 'leads', coalesce(leads, 0)
            )
            order by place
        )
        from sums
    )
)
