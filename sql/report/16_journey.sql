-- The paths of deals, and what they have in common. A path's steps are contents or channels; a step that follows itself
-- is one. All of it from cl_marketing.deal_touch, whose deals are those with an amount in the reporting currency.

create view cl_marketing.journey as
select
    d.deal_id,
    d.name,
    d.outcome,
    d.month,
    d.amount_reporting as amount,
    t.touches,
    t.people,
    t.contents,
    t.first_touch_at,
    t.last_touch_at,
    d.closed_at,
    round((extract(epoch from d.closed_at - t.first_touch_at) / 86400)::numeric, 2) as days_to_close,
    t.content_ids,
    coalesce(t.content_path, '(none)') as content_path,
    t.channels,
    coalesce(t.channel_path, '(none)') as channel_path
from (
    select
        s.deal_id,
        count(s.touched_at) as touches,
        count(distinct s.person_id) filter (where s.touched_at is not null) as people,
        count(distinct s.content_id) filter (where s.touched_at is not null) as contents,
        min(s.touched_at) as first_touch_at,
        max(s.touched_at) as last_touch_at,
        coalesce(array_agg(s.content_id order by s.position) filter (where s.is_next_content), '{}') as content_ids,
        string_agg(s.content, ' > ' order by s.position) filter (where s.is_next_content) as content_path,
        coalesce(array_agg(s.channel order by s.position) filter (where s.is_next_channel), '{}') as channels,
        string_agg(s.channel, ' > ' order by s.position) filter (where s.is_next_channel) as channel_path
    from (
        select t.deal_id, t.position, t.person_id, t.touched_at, t.content_id, coalesce(c.title, c.url) as content,
            a.channel,
            t.touched_at is not null and t.content_id is distinct from lag(t.content_id) over journey as is_next_content,
            t.touched_at is not null and a.channel is distinct from lag(a.channel) over journey as is_next_channel
        from cl_marketing.deal_touch as t
        join cl_core.content as c on c.content_id = t.content_id
        join cl_core.arrival as a on a.arrival_id = t.arrival_id
        window journey as (partition by t.deal_id order by t.position)
    ) as s
    group by s.deal_id
) as t
join cl_core.deal as d on d.deal_id = t.deal_id;

create view cl_marketing.journey_path as
select
    p.item,
    p.path,
    p.steps,
    p.outcome,
    count(*) as deals,
    round(count(*)::numeric / sum(count(*)) over (partition by p.item, p.outcome), 6) as share_of_deals,
    sum(p.amount) as amount,
    round(avg(p.touches), 2) as average_touches,
    round(avg(p.days_to_close), 2) as average_days_to_close,
    p.items
from (
    select 'content' as item, content_ids::text[] as items, content_path as path, cardinality(content_ids) as steps,
        outcome, amount, touches, days_to_close
    from cl_marketing.journey
    union all
    select 'channel', channels, channel_path, cardinality(channels), outcome, amount, touches, days_to_close
    from cl_marketing.journey
) as p
group by p.item, p.items, p.path, p.steps, p.outcome;

-- A deal without a touch has nobody who was last: the row named unattributed stands in, so that last deals add up.
create view cl_marketing.content_assist as
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    t.month,
    t.outcome,
    count(*) as deals,
    count(*) filter (where t.is_last) as last_deals,
    count(*) filter (where not t.is_last) as assisted_deals,
    sum(d.amount_reporting) as amount,
    coalesce(sum(d.amount_reporting) filter (where t.is_last), 0) as last_amount,
    coalesce(sum(d.amount_reporting) filter (where not t.is_last), 0) as assisted_amount,
    round(count(*) filter (where not t.is_last)::numeric / nullif(count(*) filter (where t.is_last), 0), 4)
        as assisted_per_last
from (
    select deal_id, content_id, month, outcome,
        bool_or('last_touch' = any (milestones) or touched_at is null) as is_last
    from cl_marketing.deal_touch
    group by deal_id, content_id, month, outcome
) as t
join cl_core.deal as d on d.deal_id = t.deal_id
join cl_core.content as c on c.content_id = t.content_id
group by c.content_id, t.month, t.outcome;

-- A deal is in the stage that its history of changes tells; where there is none, in that of the newest version that was
-- written by then. What its source wrote later, or never kept, is not known: one export of closed deals tells no stage
-- before the last.
create view cl_marketing.deal_stage as
with change as (
    select s.deal_id, p.changed_at as from_at, p.value as stage, s.stage as stage_now, p.deal_id = s.deal_id as is_own,
        min(p.changed_at) filter (where p.deal_id = s.deal_id) over (partition by s.deal_id) as own_from_at
    from cl_core.property_change as p
    join cl_core.deal as d on d.deal_id = p.deal_id
    join cl_core.deal as s on s.deal_id = coalesce(d.survivor_id, d.deal_id) and s.outcome <> 'deleted'
    where p.property = 'stage'
),
told as (
    -- What happened to the deals that were merged into it counts until its own history begins. Of changes in one instant
    -- the one that led to where the deal stands.
    (
        select distinct on (deal_id, from_at) deal_id, from_at, stage, 'changes' as told_by
        from change
        where is_own or own_from_at is null or from_at < own_from_at
        order by deal_id, from_at, stage is distinct from stage_now, stage collate "C"
    )
    union all
    -- Of versions written in one instant the one that came last.
    (
        select distinct on (h.deal_id, k.from_at) h.deal_id, k.from_at, h.stage, 'versions'
        from cl_core.deal_history as h
        join cl_core.deal as d on d.deal_id = h.deal_id and d.source = h.source
        cross join lateral (select coalesce(h.updated_at, h.known_at) as from_at) as k
        where not h.is_deleted and d.outcome <> 'deleted'
          and not exists (select from change as c where c.deal_id = h.deal_id)
        order by h.deal_id, k.from_at, h.place desc, h.ordinal desc, h.digest
    )
)
select
    deal_id,
    stage,
    from_at,
    lead(from_at) over (partition by deal_id order by from_at) as until_at,
    row_number() over (partition by deal_id, stage order by from_at) as stay,
    told_by
from (
    select *, stage is distinct from lag(stage) over (partition by deal_id order by from_at) as is_change
    from told
) as t
where is_change;

create view cl_marketing.content_stage as
with met as (
    select t.deal_id, t.outcome, t.content_id,
        case when t.touched_at < d.created_at then '(before the deal)' else coalesce(s.stage, '(not known)') end as stage,
        count(*) as touches
    from cl_marketing.deal_touch as t
    join cl_core.deal as d on d.deal_id = t.deal_id
    left join cl_marketing.deal_stage as s on s.deal_id = t.deal_id and t.touched_at >= s.from_at
        and (t.touched_at < s.until_at or s.until_at is null)
    where t.touched_at is not null
    group by 1, 2, 3, 4
),
reading as (
    select stage, count(distinct deal_id) filter (where outcome = 'won') as won,
        count(distinct deal_id) filter (where outcome = 'lost') as lost
    from met
    group by stage
)
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    m.stage,
    m.won_deals,
    m.lost_deals,
    m.open_deals,
    m.won_touches,
    m.lost_touches,
    m.open_touches,
    r.won as won_deals_reading,
    r.lost as lost_deals_reading,
    round(m.won_deals::numeric / nullif(r.won, 0), 6) as won_share,
    round(m.lost_deals::numeric / nullif(r.lost, 0), 6) as lost_share,
    round(m.won_deals::numeric / nullif(r.won, 0) - m.lost_deals::numeric / nullif(r.lost, 0), 6) as difference,
    round(i.low, 6) as difference_low,
    round(i.high, 6) as difference_high,
    least(r.won, r.lost) * least(m.won_deals + m.lost_deals, r.won + r.lost - m.won_deals - m.lost_deals)
        >= 5 * (r.won + r.lost) and r.won + r.lost > 0 as has_enough_data
from (
    select content_id, stage,
        count(*) filter (where outcome = 'won') as won_deals,
        count(*) filter (where outcome = 'lost') as lost_deals,
        count(*) filter (where outcome = 'open') as open_deals,
        coalesce(sum(touches) filter (where outcome = 'won'), 0)::bigint as won_touches,
        coalesce(sum(touches) filter (where outcome = 'lost'), 0)::bigint as lost_touches,
        coalesce(sum(touches) filter (where outcome = 'open'), 0)::bigint as open_touches
    from met
    group by content_id, stage
) as m
join reading as r on r.stage = m.stage
cross join lateral cl_marketing.newcombe_interval(m.won_deals, r.won, m.lost_deals, r.lost) as i
join cl_core.content as c on c.content_id = m.content_id;
