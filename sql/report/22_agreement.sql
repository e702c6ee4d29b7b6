-- Both sides of the service agreement. "Now" is the newest reading, as in all reports.

create view cl_smarketing.sla_sales as
select
    h.person_id,
    p.email,
    p.name,
    p.company,
    p.owner,
    h.stage,
    h.handed_over_at,
    h.month,
    h.due_at,
    h.first_contact_at,
    h.contacted_by,
    h.attempts,
    h.first_attempt_at,
    h.contacted_before,
    case
        when h.contacted_before or h.first_contact_at <= h.due_at then 'met'
        when h.first_contact_at > h.due_at or s.read_at > h.due_at then 'breached'
        else 'open'
    end as status,
    h.business_hours
from cl_smarketing.handover as h
join cl_core.person as p on p.person_id = h.person_id
cross join cl_ops.setting as s;

-- Of those whom nobody has contacted the few that are not due yet are open.
create view cl_smarketing.sla_sales_month as
select
    m.month,
    m.handed_over,
    m.met,
    m.late + w.never_contacted as breached,
    m.waiting - w.never_contacted as open,
    w.never_contacted,
    round(m.met::numeric / nullif(m.met + m.late + w.never_contacted, 0), 4) as met_share,
    m.median_business_hours,
    m.p90_business_hours,
    round(m.attempts / m.handed_over, 2) as average_attempts
from cl_smarketing.handover_month as m
left join (
    select h.month, count(*) as open
    from cl_smarketing.handover as h
    where h.first_contact_at is null and not h.contacted_before and h.due_at >= (select read_at from cl_ops.setting)
    group by h.month
) as o on o.month = m.month
cross join lateral (select m.waiting - coalesce(o.open, 0) as never_contacted) as w;

create view cl_smarketing.sla_marketing as
select
    m.month,
    a.marketing_stage as stage,
    a.per_month as owed,
    coalesce(d.delivered, 0) as delivered,
    coalesce(d.accepted, 0) as accepted,
    coalesce(d.delivered, 0) - a.per_month as difference,
    round(coalesce(d.delivered, 0) * k.length / nullif(k.elapsed, 0)) as run_rate,
    m.month < cl_core.month_of(s.read_at) as is_over,
    case
        when coalesce(d.delivered, 0) >= a.per_month then 'met'
        when m.month < cl_core.month_of(s.read_at) then 'missed'
        when coalesce(d.delivered, 0) * k.length / nullif(k.elapsed, 0) >= a.per_month then 'on track'
        else 'behind'
    end as status
from cl_smarketing.agreement as a
cross join cl_ops.setting as s
cross join lateral (
    select g.month::date as month
    from (select min(month) as first from cl_smarketing.delivered_month) as f
    cross join generate_series(f.first, cl_core.month_of(s.read_at), interval '1 month') as g(month)
) as m
cross join lateral (
    select extract(epoch from (m.month + interval '1 month') at time zone s.timezone - m.month::timestamp at time zone s.timezone)::numeric
            as length,
        extract(epoch from least(s.read_at, (m.month + interval '1 month') at time zone s.timezone)
                           - m.month::timestamp at time zone s.timezone)::numeric as elapsed
) as k
left join cl_smarketing.delivered_month as d on d.month = m.month
where a.marketing_stage is not null;
