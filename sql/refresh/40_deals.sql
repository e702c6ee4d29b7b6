-- Deals: outcome, survivors of merges, money in the reporting currency, and who takes part.

-- A rate that changes re-opens the deals and costs of its day and of the 7 days after it.
insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from changed_rate as c
cross join cl_ops.setting as s
join cl_core.deal as d on d.currency = c.currency
    and coalesce(d.closed_at, d.created_at) >= (c.day - 1)::timestamp at time zone s.timezone
    and coalesce(d.closed_at, d.created_at) < (c.day + 9)::timestamp at time zone s.timezone
group by 2
on conflict do nothing;

insert into cl_ops.changed_key (kind, key)
select 'cost', k.cost_id
from changed_rate as c
join cl_core.cost as k on k.currency = c.currency and k.day between c.day and c.day + 7
group by 2
on conflict do nothing;

select cl_core.find_survivors('deal');

create temporary table changed_deal on commit drop as
select key as deal_id from cl_ops.changed_key where kind = 'deal'
union
select survivor_id from survivor;
create unique index on changed_deal (deal_id);
analyze changed_deal;

-- Whether a deal counts as open here is what its record says, deleted or not: so a merge that comes or goes leaves its
-- close date alone. Closed without a date: the time of the version that closed it last.
update cl_core.deal as d
set survivor_id = v.survivor_id,
    outcome = v.outcome,
    closed_at = case when v.is_closed then v.closed_at end,
    is_closed_at_assumed = v.is_closed and (d.closed_at is null or d.is_closed_at_assumed),
    expected_close_on = case when not v.is_closed then coalesce(d.expected_close_on, cl_core.day_of(d.closed_at)) end,
    ends_at = case when not v.is_closed then null when s.until = 'created_at' then d.created_at else v.closed_at end,
    month = cl_core.month_of(v.valued_at),
    amount_reporting = v.amount_reporting
from (
    select w.*,
        case
            when w.amount is null then 0
            when w.currency = setting.currency then round(w.amount, setting.currency_exponent)
            -- what does not fit into minor units is no amount of money
            when abs(w.amount * r.rate) < 9000000000000000000 / power(10::numeric, setting.currency_exponent)
                then round(w.amount * r.rate, setting.currency_exponent)
        end as amount_reporting
    from (
        select d.deal_id, s.survivor_id, d.amount, d.currency, k.is_closed, k.closed_at,
            case
                when d.is_deleted or s.survivor_id <> d.deal_id then 'deleted'
                when d.is_won then 'won'
                when d.is_closed then 'lost'
                else 'open'
            end as outcome,
            case when k.is_closed then k.closed_at else d.created_at end as valued_at
        from changed_deal as c
        join cl_core.deal as d on d.deal_id = c.deal_id
        left join survivor as s on s.key = d.deal_id
        left join lateral (
            select v.at
            from (
                select coalesce(h.updated_at, h.known_at) as at, b.mode,
                    row_number() over newest as age,
                    bool_and(coalesce(h.is_won, false) or coalesce(h.is_closed, false)) over (
                        newest rows unbounded preceding
                    ) as is_closed_since
                from cl_core.deal_history as h
                join cl_ops.batch as b on b.batch_no = h.batch_no
                where h.deal_id = d.deal_id and h.source = d.source and d.closed_at is null
                window newest as (
                    order by -- as cl_core.publish() does
                        case when b.mode = 'upsert' then h.updated_at end desc nulls last,
                        case when b.mode <> 'append' then h.place end desc nulls last,
                        h.updated_at, b.batch_id
                )
            ) as v
            where v.is_closed_since and (v.mode <> 'append' or v.age = 1)
            order by v.age desc
            limit 1
        ) as h on true
        cross join lateral (
            select coalesce(d.is_won, false) or coalesce(d.is_closed, false) as is_closed,
                coalesce(d.closed_at, h.at) as closed_at
        ) as k
    ) as w
    cross join cl_ops.setting as setting
    left join lateral (
        select rate.rate
        from cl_core.rate as rate
        where rate.currency = w.currency
          and rate.day between cl_core.day_of(w.valued_at) - 7 and cl_core.day_of(w.valued_at)
        order by rate.day desc, rate.updated_at desc nulls last, rate.source
        limit 1
    ) as r on true
) as v
cross join cl_ops.setting as s
where d.deal_id = v.deal_id;

update cl_core.cost as k
set amount_reporting = case
        when k.currency = s.currency then round(k.amount, s.currency_exponent)
        else (
            select round(k.amount * rate.rate, s.currency_exponent)
            from cl_core.rate as rate
            where rate.currency = k.currency and rate.day between k.day - 7 and k.day
            order by rate.day desc, rate.updated_at desc nulls last, rate.source
            limit 1
        )
    end
from cl_ops.changed_key as c
cross join cl_ops.setting as s
where c.kind = 'cost' and k.cost_id = c.key;

-- Who takes part: the contacts of the deal and of those merged into it.
create temporary table former_deal_person on commit drop as
select distinct p.person_id from changed_deal as c join cl_core.deal_person as p on p.deal_id = c.deal_id;

delete from cl_core.deal_person as p using changed_deal as c where p.deal_id = c.deal_id;

insert into cl_core.deal_person (deal_id, person_id, roles, is_primary)
select c.deal_id, k.person_id,
    coalesce(array_agg(distinct k.role order by k.role) filter (where k.role is not null), '{}'),
    bool_or(coalesce(k.is_primary, false))
from changed_deal as c
join cl_core.deal as survivor on survivor.deal_id = c.deal_id and survivor.outcome <> 'deleted'
join (
    select n.deal_id as survivor_id, n.deal_id from changed_deal as n
    union
    select m.survivor_id, m.deal_id
    from changed_deal as n
    join cl_core.deal as m on m.survivor_id = n.deal_id
) as d on d.survivor_id = c.deal_id
join cl_core.deal_contact as k on k.deal_id = d.deal_id
group by c.deal_id, k.person_id;

-- Persons whom nothing names any more.
create temporary table gone_person on commit drop as
select c.person_id
from changed_person as c
where not exists (select from new_person as n where n.person_id = c.person_id)
  and c.person_id <> '00000000-0000-0000-0000-000000000000';

delete from cl_core.person as p using gone_person as g where p.person_id = g.person_id;
