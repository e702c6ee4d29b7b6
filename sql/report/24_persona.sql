-- Personas: how they buy, and what they read. A deal is one of a persona if one of its contacts is; a deal of two personas
-- counts for each, so these rows do not add up.

create view cl_marketing.persona_performance as
with closing as (
    select distinct p.persona, d.deal_id, d.outcome, d.amount_reporting
    from cl_core.deal as d
    join cl_core.deal_person as dp on dp.deal_id = d.deal_id and dp.is_contact
    join cl_smarketing.lead_persona as p on p.person_id = dp.person_id
    where d.outcome in ('won', 'lost', 'open')
)
select
    n.persona,
    n.leads,
    coalesce(m.open, 0) as open_deals,
    coalesce(m.won, 0) as won_deals,
    coalesce(m.lost, 0) as lost_deals,
    coalesce(m.revenue, 0) as revenue,
    round(m.won::numeric / nullif(m.won + m.lost, 0), 6) as win_rate,
    round((a.won - m.won)::numeric / nullif(a.won + a.lost - m.won - m.lost, 0), 6) as win_rate_others,
    round(m.won::numeric / nullif(m.won + m.lost, 0)
          - (a.won - m.won)::numeric / nullif(a.won + a.lost - m.won - m.lost, 0), 6) as lift,
    coalesce(least(m.won + m.lost, a.won + a.lost - m.won - m.lost) * least(a.won, a.lost) >= 5 * (a.won + a.lost), false)
        as has_enough_data
from (
    select d.name as persona, d.place, (
            select count(*)
            from cl_smarketing.lead_persona as p
            where p.persona = d.name
        ) as leads
    from cl_smarketing.definition as d
    where d.kind = 'persona'
) as n
cross join (
    select count(*) filter (where outcome = 'won') as won, count(*) filter (where outcome = 'lost') as lost
    from cl_core.deal
) as a
left join (
    select persona, count(*) filter (where outcome = 'open') as open, count(*) filter (where outcome = 'won') as won,
        count(*) filter (where outcome = 'lost') as lost, sum(amount_reporting) filter (where outcome = 'won') as revenue
    from closing
    group by persona
) as m on m.persona = n.persona;

-- Journeys hold what counts for deals; of them what people of the persona met.
create view cl_marketing.content_persona as
with met as (
    select distinct t.content_id, p.persona, t.deal_id, t.outcome
    from cl_marketing.deal_touch as t
    join cl_smarketing.lead_persona as p on p.person_id = t.person_id
    where t.touched_at is not null
),
closing as (
    select p.persona, count(distinct t.deal_id) filter (where t.outcome = 'won') as won,
        count(distinct t.deal_id) filter (where t.outcome = 'lost') as lost
    from cl_marketing.deal_touch as t
    join cl_core.deal_person as dp on dp.deal_id = t.deal_id
    join cl_smarketing.lead_persona as p on p.person_id = dp.person_id
    where t.position = 1
    group by p.persona
)
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    r.persona,
    r.leads,
    coalesce(m.open, 0) as influenced_open_deals,
    coalesce(m.won, 0) as influenced_won_deals,
    coalesce(m.lost, 0) as influenced_lost_deals,
    coalesce(m.revenue, 0) as influenced_revenue,
    round(m.won::numeric / nullif(m.won + m.lost, 0), 6) as win_rate_with,
    round((k.won - m.won)::numeric / nullif(k.won + k.lost - m.won - m.lost, 0), 6) as win_rate_without,
    round(m.won::numeric / nullif(m.won + m.lost, 0)
          - (k.won - m.won)::numeric / nullif(k.won + k.lost - m.won - m.lost, 0), 6) as lift,
    coalesce(least(m.won + m.lost, k.won + k.lost - m.won - m.lost) * least(k.won, k.lost) >= 5 * (k.won + k.lost), false)
        as has_enough_data
from (
    select t.content_id, p.persona, count(distinct t.person_id) as leads
    from cl_smarketing.lead_persona as p
    join cl_core.touch as t on t.person_id = p.person_id
    group by t.content_id, p.persona
) as r
join cl_core.content as c on c.content_id = r.content_id
left join closing as k on k.persona = r.persona
left join (
    select m.content_id, m.persona, count(*) filter (where m.outcome = 'open') as open,
        count(*) filter (where m.outcome = 'won') as won, count(*) filter (where m.outcome = 'lost') as lost,
        sum(d.amount_reporting) filter (where m.outcome = 'won') as revenue
    from met as m
    join cl_core.deal as d on d.deal_id = m.deal_id
    group by m.content_id, m.persona
) as m on m.content_id = r.content_id and m.persona = r.persona;
