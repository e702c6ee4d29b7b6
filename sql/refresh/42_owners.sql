-- Who in sales has which part of a changed deal: its own splits, or, where it has none, those of the deals merged into it,
-- all together; else the deal's owner has all, else nobody by name. Splits of one owner are one; those of nothing are none.
-- Shares are whole numbers of 10^-12, amounts whole minor units, both by largest remainder: floors first, then one more for
-- the largest remainders, equal ones by the owner's name. Of a negative amount the same is done without its sign.

delete from cl_core.deal_owner as o using changed_deal as c where o.deal_id = c.deal_id;

insert into cl_core.deal_owner (deal_id, owner, share, amount)
with part as (
    select c.deal_id, coalesce(s.owner, '(none)') as owner, sum(s.percent) as part, p.is_own, max(p.is_own) over (partition by c.deal_id) as has_own
    from changed_deal as c
    join cl_core.deal as d on d.deal_id = c.deal_id and d.outcome <> 'deleted'
    cross join lateral (
        select c.deal_id, 1 as is_own
        union all
        select m.deal_id, 0 from cl_core.deal as m where m.survivor_id = c.deal_id and m.deal_id <> c.deal_id
    ) as p
    join cl_core.deal_split as s on s.deal_id = p.deal_id and s.percent > 0
    group by c.deal_id, coalesce(s.owner, '(none)'), p.is_own
),
owner_part as (
    select deal_id, owner, part, sum(part) over (partition by deal_id) as whole
    from part
    where is_own = has_own
    union all
    select d.deal_id, coalesce(d.owner, '(none)'), 1, 1
    from changed_deal as c
    join cl_core.deal as d on d.deal_id = c.deal_id and d.outcome <> 'deleted'
    where not exists (select from part where part.deal_id = d.deal_id)
),
floored as (
    select o.deal_id, o.owner, d.amount_reporting < 0 as is_negative, s.currency_exponent,
        1000000000000 as weights, div(1000000000000 * o.part, o.whole) as weight,
        mod(1000000000000 * o.part, o.whole) as weight_rest,
        m.amount as amounts, div(m.amount * o.part, o.whole) as amount, mod(m.amount * o.part, o.whole) as amount_rest
    from owner_part as o
    join cl_core.deal as d on d.deal_id = o.deal_id
    cross join cl_ops.setting as s
    cross join lateral (
        select abs(d.amount_reporting) * power(10::numeric, s.currency_exponent) as amount
    ) as m
),
rounded as (
    select deal_id, owner, is_negative, currency_exponent,
        weight + case
            when row_number() over (partition by deal_id order by weight_rest desc, owner collate "C")
                <= weights - sum(weight) over (partition by deal_id) then 1
            else 0
        end as weight,
        amount + case
            when row_number() over (partition by deal_id order by amount_rest desc, owner collate "C")
                <= amounts - sum(amount) over (partition by deal_id) then 1
            else 0
        end as amount
    from floored
)
select deal_id, owner, round(weight / 1000000000000, 12),
    case when is_negative then -1 else 1 end * round(amount / power(10::numeric, currency_exponent), currency_exponent)
from rounded;
