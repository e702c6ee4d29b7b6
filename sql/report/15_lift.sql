-- What won deals read that lost deals did not: rates, their difference, and how sure one can be of it.

-- E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209-212.
create function cl_marketing.wilson_interval(
    successes bigint,
    trials bigint,
    z numeric default 1.959963984540054,
    out low numeric,
    out high numeric
)
language plpgsql immutable parallel safe as $$
declare
    center numeric := 2 * successes + z * z;
    root numeric;
begin
    if trials > 0 and successes between 0 and trials then
        root := z * sqrt(z * z + 4.0 * successes * (trials - successes) / trials);
        -- nothing and everything are exact, whatever the rounding of the root
        low := case when successes = 0 then 0 else (center - root) / (2 * (trials + z * z)) end;
        high := case when successes = trials then 1 else (center + root) / (2 * (trials + z * z)) end;
    end if;
end
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
language plpgsql immutable parallel safe as $$
declare
    own record := cl_marketing.wilson_interval(successes, trials, z);
    other record := cl_marketing.wilson_interval(other_successes, other_trials, z);
    rate numeric;
    other_rate numeric;
begin
    if own.low is not null and other.low is not null then
        rate := successes::numeric / trials;
        other_rate := other_successes::numeric / other_trials;
        low := rate - other_rate - sqrt((rate - own.low) ^ 2 + (other.high - other_rate) ^ 2);
        high := rate - other_rate + sqrt((own.high - rate) ^ 2 + (other_rate - other.low) ^ 2);
    end if;
end
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
    select content_id, coalesce(sum(influenced_deals) filter (where outcome = 'won'), 0)::bigint as won,
        coalesce(sum(influenced_deals) filter (where outcome = 'lost'), 0)::bigint as lost
    from cl_marketing.content_deals
    where outcome in ('won', 'lost') and influenced_deals > 0 and content_id <> '00000000-0000-0000-0000-000000000000'
    group by content_id
) as m
cross join (
    -- each deal has one source, be it unattributed
    select coalesce(sum(sourced_deals) filter (where outcome = 'won'), 0)::bigint as won,
        coalesce(sum(sourced_deals) filter (where outcome = 'lost'), 0)::bigint as lost
    from cl_marketing.content_deals
) as a
cross join lateral (select a.won + a.lost - m.won - m.lost as without) as n
cross join lateral cl_marketing.wilson_interval(m.won, m.won + m.lost) as r
cross join lateral cl_marketing.wilson_interval(a.won - m.won, n.without) as o
cross join lateral cl_marketing.newcombe_interval(m.won, m.won + m.lost, a.won - m.won, n.without) as d
join cl_core.content as c on c.content_id = m.content_id;

-- What closed deals met, of each group of similar ones. All of them together are a group, too.
create view cl_marketing.group_lift as
select
    k.kind,
    k.item,
    c.content_id,
    c.url,
    c.title,
    c.topic,
    k.won_with,
    k.deals_with,
    k.won_without,
    k.deals_without,
    round(k.won_with::numeric / k.deals_with - k.won_without::numeric / nullif(k.deals_without, 0), 6) as lift,
    -- as in cl_marketing.content_lift
    least(k.deals_with, k.deals_without) * least(k.won_with + k.won_without, k.deals_with + k.deals_without - k.won_with - k.won_without)
        >= 5 * (k.deals_with + k.deals_without) as has_enough_data
from (
    select m.kind, m.item, m.content_id, m.won as won_with, m.won + m.lost as deals_with, a.won - m.won as won_without,
        a.won + a.lost - m.won - m.lost as deals_without
    from cl_marketing.group_content as m
    join cl_marketing.group_content as a on a.kind = m.kind and a.item = m.item
        and a.content_id = '00000000-0000-0000-0000-000000000000'
    where m.content_id <> '00000000-0000-0000-0000-000000000000'
    union all
    select 'all', '(all)', l.content_id, l.won_deals_with, l.won_deals_with + l.lost_deals_with, l.won_deals_without,
        l.won_deals_without + l.lost_deals_without
    from cl_marketing.content_lift as l
) as k
join cl_core.content as c on c.content_id = k.content_id
where c.url not like 'activity:%';
