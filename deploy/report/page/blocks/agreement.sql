-- Both sides of the agreement: what marketing owed and delivered, and how fast sales was in touch.
with promise as (
    select * from cl_smarketing.agreement where marketing_stage is not null or sales_stage is not null
)

select json_build_object(
    'marketing_stage', a.marketing_stage,
    'per_month', a.per_month,
    'sales_stage', a.sales_stage,
    'within_hours', round(extract(epoch from a.first_contact_within) / 3600, 1),
    'marketing', (
        select json_agg(
            json_build_array(to_char(m.month, 'YYYY-MM'), m.owed, m.delivered, m.accepted, m.difference, m.run_rate, m.is_over, m.status)
            order by m.month desc
        )
        from (select * from cl_smarketing.sla_marketing order by month desc limit 13) as m
    ),
    'sales', (
        select json_agg(
            json_build_array(
                to_char(m.month, 'YYYY-MM'), m.handed_over, m.met, m.breached, m.open, m.never_contacted, m.met_share,
                m.median_business_hours, m.p90_business_hours, m.average_attempts
            )
            order by m.month desc
        )
        from (select * from cl_smarketing.sla_sales_month order by month desc limit 13) as m
    ),
    'waiting', (
        select json_agg(
            json_build_array(
                left(coalesce(w.name, w.email), 200), left(w.company, 200), left(w.owner, 100), w.handed_over_at, w.due_at, w.status,
                w.attempts
            )
            order by w.due_at desc, w.handed_over_at desc, w.person_id
        )
        from (
            select *
            from cl_smarketing.sla_sales
            where first_contact_at is null and not contacted_before
            order by due_at desc, handed_over_at desc, person_id
            limit 100
        ) as w
    )
)
from promise as a
