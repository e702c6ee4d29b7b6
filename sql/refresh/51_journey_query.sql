-- Each deal's own row, and then its touches in order. A touch serves every deal in whose window it lies; a sales activity
-- that counts as a touch serves the deal that it names, or, naming none, the deals of its person.
select
    d.deal_id, d.outcome, d.month, d.amount, d.created_at, d.closed_at, d.became_lead_at, null::uuid as touch_id,
    null::uuid as person_id, null::uuid as content_id, k.topic_id, null::integer as arrival_no,
    null::timestamptz as touched_at, null::bigint as role_weight, null::text collate "C" as source
from journey_deal as d
left join cl_core.content as k on k.content_id = '00000000-0000-0000-0000-000000000000'
union all
select
    d.deal_id, null, null, null, null, null, null,
    t.touch_id, t.person_id, t.content_id, k.topic_id, a.arrival_no, t.touched_at, p.role_weight, t.source collate "C"
from journey_deal as d
join cl_core.deal_person as p on p.deal_id = d.deal_id
join cl_core.touch as t on t.person_id = p.person_id and t.touched_at between d.from_at and d.until_at
join journey_arrival as a on a.arrival_id = t.arrival_id
left join cl_core.content as k on k.content_id = t.content_id
cross join journey_rule as r
where (r.only_interactions is null or t.interaction = any (r.only_interactions))
  and (r.except_interactions is null or t.interaction <> all (r.except_interactions))
union all
select
    t.deal_id, null, null, null, null, null, null,
    t.activity_id, t.person_id, t.content_id, k.topic_id, a.arrival_no, t.happened_at, t.role_weight,
    t.source collate "C"
from journey_activity as t
join journey_arrival as a on a.arrival_id = t.arrival_id
left join cl_core.content as k on k.content_id = t.content_id
order by deal_id, touched_at nulls first, source, touch_id
