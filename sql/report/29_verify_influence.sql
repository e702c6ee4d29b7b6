-- What only reading all records of deals, all journeys and all leads can tell of sources and influences, and of spend.
create function cl_ops.verify_influence() returns table (name text, expected numeric, found numeric)
language sql stable as $$
    with met as (
        select t.deal_id, t.month, t.outcome, t.position, t.content_id, a.channel,
            date_trunc('month', t.touched_at at time zone s.timezone)::date as touch_month,
            coalesce(a.campaign, '(none)') as campaign, coalesce(a.source, '(none)') as source,
            coalesce(a.medium, '(none)') as medium, coalesce(c.topic, '(none)') as topic,
            t.campaign_weights is null
                or cl_marketing.passes(coalesce(a.campaign, '(none)'), s.attribution -> 'campaigns') as is_of_campaigns,
            d.amount_reporting * power(10::numeric, s.currency_exponent) as amount
        from cl_marketing.deal_touch as t
        join cl_core.deal as d on d.deal_id = t.deal_id
        join cl_core.arrival as a on a.arrival_id = t.arrival_id
        join cl_core.content as c on c.content_id = t.content_id
        cross join cl_ops.setting as s
    ),
    content_sum as (
        select content_id, month, outcome, count(*) filter (where is_source),
            coalesce(sum(amount) filter (where is_source), 0), count(*), sum(amount)
        from (
            select deal_id, content_id, month, outcome, amount, min(position) = 1 as is_source
            from met
            group by deal_id, content_id, month, outcome, amount
        ) as k
        group by content_id, month, outcome
    ),
    channel_sum as (
        select channel, month, outcome, count(*) filter (where is_source),
            coalesce(sum(amount) filter (where is_source), 0), count(*), sum(amount)
        from (
            select deal_id, channel, month, outcome, amount, min(position) = 1 as is_source
            from met
            group by deal_id, channel, month, outcome, amount
        ) as k
        group by channel, month, outcome
    ),
    campaign_sum as (
        select campaign, source, medium, month, outcome, count(*) filter (where is_source),
            coalesce(sum(amount) filter (where is_source), 0), count(*), sum(amount)
        from (
            select m.deal_id, m.campaign, m.source, m.medium, m.month, m.outcome, m.amount,
                min(m.position) = f.position as is_source
            from met as m
            join (
                select deal_id, min(position) as position from met where is_of_campaigns group by deal_id
            ) as f on f.deal_id = m.deal_id
            where m.is_of_campaigns
            group by m.deal_id, m.campaign, m.source, m.medium, m.month, m.outcome, m.amount, f.position
        ) as k
        group by campaign, source, medium, month, outcome
    ),
    topic_sum as (
        select topic, month, outcome, count(*) filter (where is_source),
            coalesce(sum(amount) filter (where is_source), 0), count(*), sum(amount)
        from (
            select deal_id, topic, month, outcome, amount, min(position) = 1 as is_source
            from met
            group by deal_id, topic, month, outcome, amount
        ) as k
        group by topic, month, outcome
    ),
    group_sum as (
        select k.kind, k.item, t.content_id, count(*) filter (where d.outcome = 'won'), count(*) filter (where d.outcome = 'lost')
        from (
            select deal_id, outcome, cl_sales.persona_of_deal(deal_id) as persona,
                cl_sales.industry_of_account(account_id) as industry
            from cl_core.deal
            where outcome in ('won', 'lost') and amount_reporting is not null
        ) as d
        cross join lateral (values ('persona', d.persona), ('industry', d.industry)) as k (kind, item)
        join (
            select deal_id, content_id from met
            union
            select deal_id, '00000000-0000-0000-0000-000000000000' from met
        ) as t on t.deal_id = d.deal_id
        where k.item is not null
        group by k.kind, k.item, t.content_id
    ),
    reach_sum as (
        select content_id, touch_month, outcome, count(*), sum(amount)
        from (
            select deal_id, content_id, touch_month, outcome, amount
            from met
            where touch_month is not null
            group by deal_id, content_id, touch_month, outcome, amount
        ) as k
        group by content_id, touch_month, outcome
    ),
    reach_kept as (
        select item, month, outcome, deals, amount from cl_marketing.journey_sum where kind = 'reach'
    )
    select 'deals with a record', count(distinct h.deal_id)::numeric, (select count(*) from cl_core.deal)::numeric
    from cl_core.deal_history as h
    union all
    select 'deals with a journey', count(*),
        (select count(*) from cl_marketing.deal_touch as t where t.position = 1)
    from cl_core.deal as d
    where d.outcome <> 'deleted' and d.amount_reporting is not null
    union all
    select 'contents whose sourced or influenced deals differ from the journeys', 0, count(*)
    from (
        (select * from content_sum except select * from cl_marketing.content_deals)
        union all
        (select * from cl_marketing.content_deals except select * from content_sum)
    ) as differing
    union all
    select 'channels whose sourced or influenced deals differ from the journeys', 0, count(*)
    from (
        (select * from channel_sum except select * from cl_marketing.channel_deals)
        union all
        (select * from cl_marketing.channel_deals except select * from channel_sum)
    ) as differing
    union all
    select 'campaigns whose sourced or influenced deals differ from the journeys', 0, count(*)
    from (
        (select * from campaign_sum except select * from cl_marketing.campaign_deals)
        union all
        (select * from cl_marketing.campaign_deals except select * from campaign_sum)
    ) as differing
    union all
    select 'topics whose sourced or influenced deals differ from the journeys', 0, count(*)
    from (
        (select * from topic_sum except select * from cl_marketing.topic_deals)
        union all
        (select * from cl_marketing.topic_deals except select * from topic_sum)
    ) as differing
    union all
    select 'contents of similar deals that differ from the journeys', 0, count(*)
    from (
        (select * from group_sum except select * from cl_marketing.group_content)
        union all
        (select * from cl_marketing.group_content except select * from group_sum)
    ) as differing
    union all
    select 'contents whose deals by month of touch differ from the journeys', 0, count(*)
    from (
        (select * from reach_sum except select * from reach_kept)
        union all
        (select * from reach_kept except select * from reach_sum)
    ) as differing
    union all
    select 'leads with an origin', count(*), (select count(*) from cl_marketing.lead_origin)
    from cl_core.person as p
    where p.is_lead and p.became_lead_at is not null
    union all
    select 'origins of leads that are no first touch', 0, count(*)
    from cl_marketing.lead_origin as o
    left join (
        select distinct on (t.person_id) t.person_id, t.touch_id, t.content_id, t.arrival_id
        from cl_core.touch as t
        join cl_core.person as p on p.person_id = t.person_id and t.touched_at <= p.became_lead_at
        join cl_core.arrival as a on a.arrival_id = t.arrival_id
        cross join cl_ops.setting as s
        where cl_marketing.passes(a.channel, s.attribution -> 'channels')
          and (not coalesce(s.attribution -> 'interactions' ? 'only', false)
               or s.attribution -> 'interactions' -> 'only' ? t.interaction)
          and not coalesce(s.attribution -> 'interactions' -> 'except' ? t.interaction, false)
        order by t.person_id, coalesce((s.attribution #>> '{path,drop_direct}')::boolean, false) and a.channel = 'Direct',
            t.touched_at, t.source collate "C", t.touch_id
    ) as t on t.person_id = o.person_id
    where row(o.touch_id, o.content_id, o.arrival_id) is distinct from row(t.touch_id, t.content_id, t.arrival_id)
        and (t.touch_id is not null or o.touched_at is not null)
    union all
    select 'leads by ' || r.item, (select count(*) from cl_marketing.lead_origin), coalesce(r.leads, 0)
    from (
        select 'content' as item, sum(leads) as leads from cl_marketing.content_return
        union all
        select 'channel', sum(leads) from cl_marketing.channel_return
        union all
        select 'campaign', sum(leads) from cl_marketing.campaign_return
    ) as r
    union all
    select 'spend by ' || r.item,
        coalesce((
            select sum(k.amount_reporting)
            from cl_core.cost as k
            where case r.item
                when 'content' then k.content_id is not null
                else k.content_id is null or coalesce(k.channel, k.campaign, k.campaign_source, k.medium) is not null
            end
        ), 0), coalesce(r.cost, 0)
    from (
        select 'content' as item, sum(cost) as cost from cl_marketing.content_return
        union all
        select 'channel', sum(cost) from cl_marketing.channel_return
        union all
        select 'campaign', sum(cost) from cl_marketing.campaign_return
    ) as r
$$;
