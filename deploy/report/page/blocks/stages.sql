-- The shared language: what each stage says, who stands in it, who entered it month by month, and where the CRM differs.
with months as (
    select (date_trunc('month', s.read_at at time zone s.timezone) - make_interval(months => n))::date as month
    from cl_ops.setting as s, generate_series(0, 11) as n
)

select case when exists (select from cl_smarketing.definition where kind = 'stage') then json_build_object(
    'definitions', (
        select json_agg(
            json_build_array(
                d.name, d.place, left(d.who_condition, 500), left(d.did_condition, 500), d.times,
                round(extract(epoch from d.within) / 86400, 1),
                case when isfinite(d.valid_from) then d.valid_from::date end,
                case when isfinite(d.valid_until) then d.valid_until::date end
            )
            order by d.place, d.valid_from
        )
        from cl_smarketing.definition as d
        where d.kind = 'stage'
    ),
    'standing', (
        select json_agg(json_build_array(d.name, coalesce(n.leads, 0)) order by d.place)
        from (select name, min(place) as place from cl_smarketing.definition where kind = 'stage' group by name) as d
        left join (select stage, count(*) as leads from cl_smarketing.lead_stage group by stage) as n on n.stage = d.name
    ),
    'entered', (
        select json_agg(json_build_array(to_char(e.month, 'YYYY-MM'), e.stage, e.leads) order by e.month, e.stage_no)
        from (
            select m.month, h.stage, h.stage_no, count(*) as leads
            from months as m
            join cl_smarketing.stage_history as h on date_trunc('month', h.entered_at)::date = m.month and h.entry = 1
            group by m.month, h.stage, h.stage_no
        ) as e
    ),
    'disagreements', (
        select json_agg(json_build_array(g.crm_stage, g.stage, g.relation, g.leads) order by g.leads desc, g.crm_stage, g.stage)
        from (
            select left(crm_stage, 100) as crm_stage, stage, relation, count(*) as leads
            from cl_smarketing.stage_disagreement
            group by 1, stage, relation
            order by count(*) desc
            limit 50
        ) as g
    )
) end
