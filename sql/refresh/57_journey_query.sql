-- The columns of 51_journey_query.sql, of deals that did not change, as they were credited before.
select
    d.deal_id, t.outcome, t.month, (d.amount_reporting * power(10::numeric, s.currency_exponent))::bigint as amount,
    null::timestamptz as created_at, null::timestamptz as closed_at, null::timestamptz as became_lead_at,
    case when t.touched_at is not null then t.touch_id end as touch_id, null::uuid as person_id, t.content_id,
    null::uuid as topic_id, a.arrival_no, null::timestamptz as touched_at, t.role_weight
from cl_core.deal as d
join cl_marketing.deal_touch as t on t.deal_id = d.deal_id
left join journey_arrival as a on a.arrival_id = t.arrival_id
cross join cl_ops.setting as s
where d.outcome in ('open', 'won', 'lost') and d.amount_reporting is not null
  and not exists (select from changed_deal as c where c.deal_id = d.deal_id)
order by d.deal_id, t.position
