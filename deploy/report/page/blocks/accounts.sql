-- What happened at the accounts of the largest open deals, and of the leads whom sales saw last: of each the newest events. An
-- account of more people than a company has is none.
with setting as (
    select 60 as deals, 40 as leads, 1000 as people, 15 as events
),

chosen as (
    select coalesce(a.survivor_id, a.account_id) as account_id, min(k.place) as place
    from (
        (
            select account_id, row_number() over (order by amount_reporting desc nulls last, deal_id) as place
            from cl_core.deal
            where outcome = 'open'
            order by amount_reporting desc nulls last, deal_id
            limit (select deals from setting)
        )
        union all
        (
            select account_id, 1000 + row_number() over (order by last_seen_at desc nulls last, became_lead_at desc nulls last, person_id)
            from cl_core.person
            where is_lead and last_seen_at is not null
            order by last_seen_at desc nulls last, became_lead_at desc nulls last, person_id -- as an index has it
            limit (select leads from setting)
        )
    ) as k
    join cl_core.account as a on a.account_id = k.account_id
    group by 1
)

select json_agg(
    json_build_array(c.account_id, left(coalesce(a.name, a.domain, a.account_key), 200), n.people, t.events)
    order by c.place
)
from chosen as c
cross join setting as s
join cl_core.account as a on a.account_id = c.account_id
cross join lateral (
    select count(*) as people
    from (select from cl_sales.account_person as p where p.account_id = c.account_id limit s.people + 1) as p
) as n
cross join lateral (
    select json_agg(
            json_build_array(date_trunc('second', e.at), e.what, left(coalesce(e.name, e.email), 100), left(e.title, 160), cl_sales.shortened(e.parts))
            order by e.at desc, e.what, e.name
        ) as events
    from (
        select at, what, name, email, title, parts
        from cl_sales.account_timeline
        where account_id = c.account_id
        order by at desc, what, name
        limit s.events
    ) as e
) as t
where n.people <= s.people and t.events is not null
