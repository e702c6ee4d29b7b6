-- The monthly meeting: the facts of each month in one row, with what changed against the month before and the year before.

-- By how much the numbers of persons by stage differ; null if there is nothing to compare.
create function cl_smarketing.stage_changes(stages jsonb, before jsonb) returns jsonb
language sql immutable as $$
    select case
        when before is not null
            then coalesce(jsonb_object_agg(s.key, s.value::bigint - coalesce((before ->> s.key)::bigint, 0)), '{}')
    end
    from jsonb_each_text(stages) as s
$$;

create view cl_smarketing.meeting as
with reached as (
    select c.item::date as month, p.step, p.kind, sum(c.people)::bigint as people
    from cl_smarketing.funnel_count as c
    join cl_smarketing.step as p on p.step_no = c.step_no and p.kind in ('lead', 'stage')
    where c.dimension = 'progress'
    group by c.item, p.step, p.kind
),
counted as (
    select month, sum(visitors)::bigint as visitors, sum(leads)::bigint as leads, sum(deals_created)::bigint as deals_created,
        sum(won_deals)::bigint as won_deals, sum(lost_deals)::bigint as lost_deals, sum(revenue) as revenue,
        sum(lost_amount) as lost_amount, sum(pipeline_change) as pipeline_change, sum(unattributed) as unattributed,
        sum(spend) as spend, sum(questions)::bigint as questions, sum(unanswered)::bigint as unanswered
    from (
        select month, visitors, 0 as leads, 0 as deals_created, 0 as won_deals, 0 as lost_deals, 0 as revenue,
            0 as lost_amount, 0 as pipeline_change, 0 as unattributed, null::numeric as spend, 0 as questions, 0 as unanswered
        from cl_marketing.visitor_month
        union all
        select r.month, 0, r.people, 0, 0, 0, 0, 0, 0, 0, null, 0, 0
        from reached as r
        where r.kind = 'lead'
        union all
        select date_trunc('month', coalesce(d.created_at, d.closed_at) at time zone s.timezone)::date, 0, 0, count(*), 0, 0, 0, 0,
            coalesce(sum(d.amount_reporting), 0), 0, null, 0, 0
        from cl_core.deal as d
        cross join cl_ops.setting as s
        where d.outcome in ('open', 'won', 'lost') and coalesce(d.created_at, d.closed_at) is not null
        group by 1
        union all
        select d.month, 0, 0, 0, count(*) filter (where d.outcome = 'won'), count(*) filter (where d.outcome = 'lost'),
            coalesce(sum(d.amount_reporting) filter (where d.outcome = 'won'), 0),
            coalesce(sum(d.amount_reporting) filter (where d.outcome = 'lost'), 0), 0, 0, null, 0, 0
        from cl_core.deal as d
        where d.outcome in ('won', 'lost')
        group by d.month
        union all
        -- out of the pipeline again, but not before it was in it
        select date_trunc('month', greatest(d.created_at, d.closed_at) at time zone s.timezone)::date, 0, 0, 0, 0, 0, 0, 0,
            -coalesce(sum(d.amount_reporting), 0), 0, null, 0, 0
        from cl_core.deal as d
        cross join cl_ops.setting as s
        where d.outcome in ('won', 'lost') and coalesce(d.created_at, d.closed_at) is not null
        group by 1
        union all
        select k.month, 0, 0, 0, 0, 0, 0, 0, 0,
            round(sum(k.credit) / power(10::numeric, s.currency_exponent), s.currency_exponent), null, 0, 0
        from cl_ops.setting as s
        join cl_marketing.model as m on m.name = s.model
        join cl_marketing.content_credit as k on k.model = m.model
        where k.content_id = '00000000-0000-0000-0000-000000000000' and k.outcome = 'won'
        group by k.month, s.currency_exponent
        union all
        select date_trunc('month', k.day)::date, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(k.amount_reporting), 0, 0
        from cl_core.cost as k
        where k.amount_reporting is not null
        group by 1
        union all
        select q.month, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, count(*), count(*) filter (where q.answer <> 'seen')
        from cl_marketing.question as q
        group by q.month
    ) as part
    group by month
),
fact as (
    select
        g.at::date as month,
        g.at < cl_core.month_of(s.read_at) as is_over,
        coalesce(c.visitors, 0) as visitors,
        coalesce(c.leads, 0) as leads,
        coalesce(z.stages || w.stages, z.stages, '{}') as stages,
        coalesce(c.deals_created, 0) as deals_created,
        coalesce(c.won_deals, 0) as won_deals,
        coalesce(c.lost_deals, 0) as lost_deals,
        round(c.won_deals::numeric / nullif(c.won_deals + c.lost_deals, 0), 4) as win_rate,
        coalesce(c.revenue, 0) as revenue,
        coalesce(c.lost_amount, 0) as lost_amount,
        coalesce(sum(c.pipeline_change) over (order by g.at), 0) as pipeline,
        coalesce(c.unattributed, 0) as unattributed_revenue,
        c.spend,
        round(c.spend / nullif(c.leads, 0), 4) as cost_per_lead,
        t.title as top_content,
        t.content_id as top_content_id,
        t.credit as top_content_credit,
        s.model,
        m.owed as owed_leads,
        m.delivered as delivered_leads,
        h.handed_over,
        h.met as met_contacts,
        h.met_share,
        coalesce(c.questions, 0) as questions,
        coalesce(c.unanswered, 0) as unanswered_questions,
        k.area as weakest_area,
        k.step as weakest_step,
        k.from_step as weakest_from,
        k.to_step as weakest_to,
        k.comparison as weakest_comparison
    from cl_ops.setting as s
    cross join lateral generate_series(
        (select min(month) from counted), cl_core.month_of(s.read_at), interval '1 month') as g(at)
    cross join (select jsonb_object_agg(step, 0) as stages from cl_smarketing.step where kind = 'stage') as z
    left join counted as c on c.month = g.at
    left join (
        select r.month, jsonb_object_agg(r.step, r.people) as stages
        from reached as r
        where r.kind = 'stage'
        group by r.month
    ) as w on w.month = g.at
    left join (
        select distinct on (k.month) k.month, k.content_id, coalesce(i.title, i.url) as title,
            round(k.credit / power(10::numeric, n.currency_exponent), n.currency_exponent) as credit
        from cl_ops.setting as n
        join cl_marketing.model as o on o.name = n.model
        join cl_marketing.content_credit as k on k.model = o.model and k.outcome = 'won' and k.credit > 0
            and k.content_id <> '00000000-0000-0000-0000-000000000000'
        join cl_core.content as i on i.content_id = k.content_id
        order by k.month, k.credit desc, i.url collate "C"
    ) as t on t.month = g.at
    left join cl_smarketing.sla_marketing as m on m.month = g.at
    left join cl_smarketing.sla_sales_month as h on h.month = g.at
    left join (
        select distinct on (b.month) b.month, b.area, b.from_step || ' to ' || b.to_step as step,
            b.from_step, b.to_step, b.comparison
        from cl_smarketing.step_comparison as b
        where b.is_weak
        order by b.month, b.change, b.step_no
    ) as k on k.month = g.at
)
select
    f.month,
    f.is_over,
    f.visitors,
    f.visitors - lag(f.visitors) over w as visitors_vs_month,
    f.visitors - lag(f.visitors, 12) over w as visitors_vs_year,
    f.leads,
    f.leads - lag(f.leads) over w as leads_vs_month,
    f.leads - lag(f.leads, 12) over w as leads_vs_year,
    f.stages,
    cl_smarketing.stage_changes(f.stages, lag(f.stages) over w) as stages_vs_month,
    cl_smarketing.stage_changes(f.stages, lag(f.stages, 12) over w) as stages_vs_year,
    f.deals_created,
    f.deals_created - lag(f.deals_created) over w as deals_created_vs_month,
    f.deals_created - lag(f.deals_created, 12) over w as deals_created_vs_year,
    f.won_deals,
    f.won_deals - lag(f.won_deals) over w as won_deals_vs_month,
    f.won_deals - lag(f.won_deals, 12) over w as won_deals_vs_year,
    f.lost_deals,
    f.lost_deals - lag(f.lost_deals) over w as lost_deals_vs_month,
    f.lost_deals - lag(f.lost_deals, 12) over w as lost_deals_vs_year,
    f.win_rate,
    f.win_rate - lag(f.win_rate) over w as win_rate_vs_month,
    f.win_rate - lag(f.win_rate, 12) over w as win_rate_vs_year,
    f.revenue,
    f.revenue - lag(f.revenue) over w as revenue_vs_month,
    f.revenue - lag(f.revenue, 12) over w as revenue_vs_year,
    f.lost_amount,
    f.lost_amount - lag(f.lost_amount) over w as lost_amount_vs_month,
    f.lost_amount - lag(f.lost_amount, 12) over w as lost_amount_vs_year,
    f.pipeline,
    f.pipeline - lag(f.pipeline) over w as pipeline_vs_month,
    f.pipeline - lag(f.pipeline, 12) over w as pipeline_vs_year,
    f.unattributed_revenue,
    f.unattributed_revenue - lag(f.unattributed_revenue) over w as unattributed_revenue_vs_month,
    f.unattributed_revenue - lag(f.unattributed_revenue, 12) over w as unattributed_revenue_vs_year,
    f.spend,
    f.spend - lag(f.spend) over w as spend_vs_month,
    f.spend - lag(f.spend, 12) over w as spend_vs_year,
    f.cost_per_lead,
    f.cost_per_lead - lag(f.cost_per_lead) over w as cost_per_lead_vs_month,
    f.cost_per_lead - lag(f.cost_per_lead, 12) over w as cost_per_lead_vs_year,
    f.top_content,
    f.top_content_id,
    f.top_content_credit,
    f.model,
    f.owed_leads,
    f.owed_leads - lag(f.owed_leads) over w as owed_leads_vs_month,
    f.owed_leads - lag(f.owed_leads, 12) over w as owed_leads_vs_year,
    f.delivered_leads,
    f.delivered_leads - lag(f.delivered_leads) over w as delivered_leads_vs_month,
    f.delivered_leads - lag(f.delivered_leads, 12) over w as delivered_leads_vs_year,
    f.handed_over,
    f.handed_over - lag(f.handed_over) over w as handed_over_vs_month,
    f.handed_over - lag(f.handed_over, 12) over w as handed_over_vs_year,
    f.met_contacts,
    f.met_contacts - lag(f.met_contacts) over w as met_contacts_vs_month,
    f.met_contacts - lag(f.met_contacts, 12) over w as met_contacts_vs_year,
    f.met_share,
    f.met_share - lag(f.met_share) over w as met_share_vs_month,
    f.met_share - lag(f.met_share, 12) over w as met_share_vs_year,
    f.questions,
    f.questions - lag(f.questions) over w as questions_vs_month,
    f.questions - lag(f.questions, 12) over w as questions_vs_year,
    f.unanswered_questions,
    f.unanswered_questions - lag(f.unanswered_questions) over w as unanswered_questions_vs_month,
    f.unanswered_questions - lag(f.unanswered_questions, 12) over w as unanswered_questions_vs_year,
    f.weakest_area,
    f.weakest_step,
    f.weakest_comparison,
    f.weakest_from,
    f.weakest_to
from fact as f
window w as (order by f.month);
