select cl_ops.analyze_grown('cl_marketing.deal_touch');

-- Where leads came from: of each changed person the first touch, if it was one before it became a lead. What it read later
-- did not bring it. What counts as a touch is what counts for deals; for campaigns, where some do not count, the first of
-- one that does.

delete from cl_marketing.lead_origin as o using changed_person as c where o.person_id = c.person_id;

create temporary table lead_touch on commit drop as
select p.person_id, p.became_lead_at, r.only_interactions, r.except_interactions,
    coalesce((s.attribution #>> '{path,drop_direct}')::boolean, false) as drops_direct,
    coalesce(s.attribution -> 'campaigns', '{}') <> '{}' as has_filter,
    date_trunc('month', p.became_lead_at at time zone s.timezone)::date as month,
    '00000000-0000-0000-0000-000000000000'::uuid as nobody
from new_person as p
cross join cl_ops.setting as s
cross join journey_rule as r
where p.is_lead and p.became_lead_at is not null;
analyze lead_touch;

insert into cl_marketing.lead_origin
    (person_id, became_lead_at, month, touch_id, content_id, arrival_id, campaign_arrival_id, touched_at)
select l.person_id, l.became_lead_at, l.month, coalesce(t.touch_id, l.nobody), coalesce(t.content_id, l.nobody),
    coalesce(t.arrival_id, l.nobody), coalesce(c.arrival_id, t.arrival_id, l.nobody), t.touched_at
from lead_touch as l
left join lateral (
    select touch.touch_id, touch.content_id, touch.arrival_id, touch.touched_at
    from cl_core.touch as touch
    join journey_arrival as a on a.arrival_id = touch.arrival_id
    where touch.person_id = l.person_id and touch.touched_at <= l.became_lead_at
      and (l.only_interactions is null or touch.interaction = any (l.only_interactions))
      and (l.except_interactions is null or touch.interaction <> all (l.except_interactions))
    order by l.drops_direct and a.is_direct, touch.touched_at, touch.source collate "C", touch.touch_id
    limit 1
) as t on true
left join lateral (
    select touch.arrival_id
    from cl_core.touch as touch
    join journey_arrival as a on a.arrival_id = touch.arrival_id and a.is_of_campaigns
    where l.has_filter and touch.person_id = l.person_id and touch.touched_at <= l.became_lead_at
      and (l.only_interactions is null or touch.interaction = any (l.only_interactions))
      and (l.except_interactions is null or touch.interaction <> all (l.except_interactions))
    order by l.drops_direct and a.is_direct, touch.touched_at, touch.source collate "C", touch.touch_id
    limit 1
) as c on true;
