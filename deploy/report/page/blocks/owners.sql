-- What those in sales won and lost, how much of it had met content before, and what they have open.
with span as (
    select 'all' as span, 1 as place, '-infinity'::date as first_month
    union all
    select n || '_months', 3 - n / 12, (date_trunc('month', s.read_at at time zone s.timezone) - make_interval(months => n - 1))::date
    from cl_ops.setting as s, unnest(array[12, 3]) as n
),

result as materialized (
    select * from cl_sales.owner_result
),

opened as (
    select owner, sum(deals) as deals, sum(amount) as amount from result where outcome = 'open' group by owner
),

closed as (
    select s.span, r.owner,
        coalesce(sum(r.deals) filter (where r.outcome = 'won'), 0) as won_deals,
        coalesce(sum(r.amount) filter (where r.outcome = 'won'), 0) as won_amount,
        coalesce(sum(r.deals) filter (where r.outcome = 'lost'), 0) as lost_deals,
        coalesce(sum(r.amount) filter (where r.outcome = 'lost'), 0) as lost_amount,
        coalesce(sum(r.influenced_amount) filter (where r.outcome = 'won'), 0) as influenced_amount
    from result as r
    join span as s on r.month >= s.first_month
    where r.outcome in ('won', 'lost')
    group by s.span, r.owner
),

ranked as (
    select s.span, s.place, k.owner, c.won_deals, c.won_amount, c.lost_deals, c.lost_amount, c.influenced_amount, o.deals as open_deals,
        o.amount as open_amount,
        row_number() over (
            partition by s.span order by c.won_amount desc nulls last, o.amount desc nulls last, k.owner
        ) as owner_place
    from span as s
    cross join (select distinct owner from result) as k
    left join closed as c on c.span = s.span and c.owner = k.owner
    left join opened as o on o.owner = k.owner
    where c.owner is not null or o.owner is not null
)

select json_agg(
    json_build_array(
        span, left(owner, 100), coalesce(won_deals, 0), coalesce(won_amount, 0), coalesce(lost_deals, 0), coalesce(lost_amount, 0),
        round(won_deals / nullif(won_deals + lost_deals, 0), 4), influenced_amount,
        round(influenced_amount / nullif(won_amount, 0), 4), coalesce(open_deals, 0), coalesce(open_amount, 0)
    )
    order by place, owner_place
)
from ranked
where owner_place <= 50
