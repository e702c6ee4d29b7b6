-- What won deals read that lost deals did not: rates, their difference, and how sure one can be of it.

-- E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209-212.
create function cl_marketing.wilson_interval(
    successes bigint,
    trials bigint,
    z numeric default 1.959963984540054,
    out low numeric,
    out high numeric
)
language sql immutable parallel safe as $$
    select
        -- nothing and everything are exact, whatever the rounding of the root
        case when i.x = 0 then 0 else (2 * i.x + i.z * i.z - i.root) / (2 * (i.n + i.z * i.z)) end,
        case when i.x = i.n then 1 else (2 * i.x + i.z * i.z + i.root) / (2 * (i.n + i.z * i.z)) end
    from (
        select successes::numeric as x, trials::numeric as n, z,
            z * sqrt(greatest(z * z + 4.0 * successes * (trials - successes) / nullif(trials, 0), 0)) as root
        where trials > 0 and successes between 0 and trials
    ) as i
$$;

-- R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17
-- (1998), 873-890: method 10, from the Wilson limits of both.
create function cl_marketing.newcombe_interval(
    successes bigint,
    trials bigint,
    other_successes bigint,
    other_trials bigint,
    z numeric default 1.959963984540054,
    out low numeric,
    out high numeric
)
language sql immutable parallel safe as $$
    select
        p.rate - p.other - sqrt((p.rate - w.low) ^ 2 + (o.high - p.other) ^ 2),
        p.rate - p.other + sqrt((w.high - p.rate) ^ 2 + (p.other - o.low) ^ 2)
    from cl_marketing.wilson_interval(successes, trials, z) as w
    cross join cl_marketing.wilson_interval(other_successes, other_trials, z) as o
    cross join lateral (
        select successes::numeric / nullif(trials, 0) as rate, other_successes::numeric / nullif(other_trials, 0) as other
        where w.low is not null and o.low is not null
    ) as p
$$;

-- A deal counts once, however often it met the content.
create view cl_marketing.content_lift as
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    a.won + a.lost as deals,
    m.won as won_deals_with,
    m.lost as lost_deals_with,
    a.won - m.won as won_deals_without,
    a.lost - m.lost as lost_deals_without,
    round(m.won::numeric / (m.won + m.lost), 6) as win_rate_with,
    round(r.low, 6) as win_rate_with_low,
    round(r.high, 6) as win_rate_with_high,
    round((a.won - m.won)::numeric / nullif(n.without, 0), 6) as win_rate_without,
    round(o.low, 6) as win_rate_without_low,
    round(o.high, 6) as win_rate_without_high,
    round(m.won::numeric / (m.won + m.lost) - (a.won - m.won)::numeric / nullif(n.without, 0), 6) as lift,
    round(d.low, 6) as lift_low,
    round(d.high, 6) as lift_high,
    round(m.won::numeric * n.without / nullif((m.won + m.lost) * (a.won - m.won), 0), 6) as lift_ratio,
    -- the smallest of the four numbers to be expected were there no difference
    least(m.won + m.lost, n.without) * least(a.won, a.lost) >= 5 * (a.won + a.lost) as has_enough_data
from (
    select t.content_id, count(*) filter (where t.outcome = 'won') as won,
        count(*) filter (where t.outcome = 'lost') as lost
    from (
        select distinct deal_id, content_id, outcome
        from cl_marketing.deal_touch
        where outcome in ('won', 'lost') and touched_at is not null
    ) as t
    group by t.content_id
) as m
cross join (
    select count(*) filter (where outcome = 'won') as won, count(*) filter (where outcome = 'lost') as lost
    from cl_marketing.deal_touch
    where position = 1
) as a
cross join lateral (select a.won + a.lost - m.won - m.lost as without) as n
cross join lateral cl_marketing.wilson_interval(m.won, m.won + m.lost) as r
cross join lateral cl_marketing.wilson_interval(a.won - m.won, n.without) as o
cross join lateral cl_marketing.newcombe_interval(m.won, m.won + m.lost, a.won - m.won, n.without) as d
join cl_core.content as c on c.content_id = m.content_id;
