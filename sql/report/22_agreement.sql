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
    cl_core.month_of(h.handed_over_at) as month,
    h.due_at,
    h.first_contact_at,
    h.contacted_by,
    h.attempts,
    h.first_attempt_at,
    b.is_before as contacted_before,
    case
        when b.is_before or h.first_contact_at <= h.due_at then 'met'
        when h.first_contact_at > h.due_at or s.read_at > h.due_at then 'breached'
        else 'open'
    end as status,
    round((extract(epoch from case
        when b.is_before then interval '0'
        else cl_smarketing.business_time(h.handed_over_at, h.first_contact_at)
    end) / 3600)::numeric, 2) as business_hours
from cl_smarketing.handover as h
join cl_core.person as p on p.person_id = h.person_id
cross join cl_ops.setting as s
cross join cl_smarketing.agreement as a
cross join lateral (
    select h.contacted_before_at is not null
        and cl_smarketing.business_time(h.contacted_before_at, h.handed_over_at) <= a.first_contact_within as is_before
) as b;

create view cl_smarketing.sla_sales_month as
select
    month,
    count(*) as handed_over,
    count(*) filter (where status = 'met') as met,
    count(*) filter (where status = 'breached') as breached,
    count(*) filter (where status = 'open') as open,
    count(*) filter (where status = 'breached' and first_contact_at is null) as never_contacted,
    round(count(*) filter (where status = 'met')::numeric / nullif(count(*) filter (where status <> 'open'), 0), 4) as met_share,
    percentile_disc(0.5) within group (order by business_hours) as median_business_hours,
    percentile_disc(0.9) within group (order by business_hours) as p90_business_hours,
    round(avg(attempts), 2) as average_attempts
from cl_smarketing.sla_sales
group by month;

-- Marketing delivers a lead once: when it first reaches the stage, or one above it. Sales accepts it by taking it further.
create view cl_smarketing.sla_marketing as
with reached as (
    select s.person_id, min(s.entered_at) as at
    from cl_smarketing.agreement as a
    join (select distinct name, place from cl_smarketing.definition where kind = 'stage') as p
        on p.name = a.marketing_stage
    join cl_smarketing.stage_history as s on s.stage_no >= p.place
    group by s.person_id
),
delivered as (
    select cl_core.month_of(r.at) as month, count(*) as delivered,
        count(*) filter (where exists (
            select from cl_smarketing.stage_history as s where s.person_id = r.person_id and s.stage_no > p.place
        )) as accepted
    from reached as r
    cross join cl_smarketing.agreement as a
    join (select distinct name, place from cl_smarketing.definition where kind = 'stage') as p
        on p.name = a.marketing_stage
    group by 1
)
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
    from (select min(month) as first from delivered) as f
    cross join generate_series(f.first, cl_core.month_of(s.read_at), interval '1 month') as g(month)
) as m
cross join lateral (
    select extract(epoch from (m.month + interval '1 month') at time zone s.timezone - m.month::timestamp at time zone s.timezone)::numeric
            as length,
        extract(epoch from least(s.read_at, (m.month + interval '1 month') at time zone s.timezone)
                           - m.month::timestamp at time zone s.timezone)::numeric as elapsed
) as k
left join delivered as d on d.month = m.month
where a.marketing_stage is not null;
