-- What those in sales sold and lost, and how much of it had been reading before.

create view cl_sales.owner_result as
select
    o.owner,
    d.month,
    d.outcome,
    count(*) as deals,
    sum(o.share) as shares,
    sum(o.amount) as amount,
    count(*) filter (where j.is_influenced) as influenced_deals,
    coalesce(sum(o.share) filter (where j.is_influenced), 0) as influenced_shares,
    coalesce(sum(o.amount) filter (where j.is_influenced), 0) as influenced_amount
from cl_core.deal_owner as o
join cl_core.deal as d on d.deal_id = o.deal_id
cross join lateral (
    select exists (
        select
        from cl_marketing.deal_touch as t
        where t.deal_id = o.deal_id and t.touched_at is not null and t.arrival_id <> cl_marketing.activity_arrival()
    ) as is_influenced
) as j
where o.amount is not null
group by o.owner, d.month, d.outcome;
