-- The score, line by line. cl_sales.lead.score is the sum of its points_now.

create view cl_sales.lead_score as
select
    m.person_id,
    p.email,
    d.name as rule,
    m.at,
    nullif(m.touch_id, '00000000-0000-0000-0000-000000000000') as touch_id,
    c.content_id,
    coalesce(c.title, c.url) as content,
    t.interaction,
    d.points,
    w.weight,
    round(d.points * w.weight, 2) as points_now
from cl_smarketing.met_definition as m
join cl_smarketing.definition as d on d.definition_no = m.definition_no and d.kind = 'score'
join cl_core.person as p on p.person_id = m.person_id and p.is_lead
cross join cl_ops.setting as s
left join cl_core.touch as t on t.person_id = m.person_id and t.touched_at = m.at and t.touch_id = m.touch_id
left join cl_core.content as c on c.content_id = t.content_id
cross join lateral (
    select case
            when d.did_condition is null then 1
            else cl_smarketing.score_weight(m.at, s.read_at, s.score_half_life_days)
        end as weight
) as w;
