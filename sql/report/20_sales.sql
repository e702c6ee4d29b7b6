-- What sales knows of a lead before the call. Read for one lead or a page of leads, so each figure is looked up for the
-- rows asked for, by the person's own index entries.

create view cl_sales.buying_signal as
select
    t.person_id,
    c.content_id,
    c.url,
    coalesce(c.title, c.url) as title,
    count(distinct t.touch_id) as touches,
    max(t.last_viewed_at) as last_viewed_at,
    cl_core.day_of(max(t.last_viewed_at)) as last_on,
    coalesce(bool_or(t.interaction = 'demo_request'), false) as asked_for_demo,
    coalesce(bool_or(k.is_of_buying), false) as is_of_price,
    coalesce(array_agg(distinct d.name order by d.name) filter (where d.name is not null), '{}') as stages
from cl_core.touch as t
cross join cl_ops.setting as s
join cl_core.content as c on c.content_id = t.content_id
cross join lateral (
    select concat_ws(' ', c.topic, c.path) ~* '(^|[^a-z])(pric(e|es|ing)|preise?|demo)([^a-z]|$)' as is_of_buying
) as k
left join (
    cl_smarketing.met_definition as m
    join cl_smarketing.definition as d on d.definition_no = m.definition_no and d.kind = 'stage'
) on m.person_id = t.person_id and m.at = t.touched_at and m.touch_id = t.touch_id
where t.touched_at > s.read_at - interval '14 days'
  and (d.name is not null or k.is_of_buying or t.interaction = 'demo_request')
group by t.person_id, c.content_id, c.url, c.title;

create view cl_sales.lead as
select
    p.person_id,
    p.email,
    p.name,
    p.company,
    p.title,
    p.owner,
    case
        when exists (select from cl_smarketing.definition as d where d.kind = 'stage') then l.stage
        else p.stage
    end as stage,
    l.since as stage_since,
    p.stage as crm_stage,
    (select n.persona from cl_smarketing.lead_persona as n where n.person_id = p.person_id) as persona,
    case
        when exists (select from cl_smarketing.definition as d where d.kind = 'score') then (
            select coalesce(sum(round(d.points * case
                    when d.did_condition is null then 1
                    else cl_smarketing.score_weight(m.at, s.read_at, s.score_half_life_days)
                end, 2)), 0.00)
            from cl_smarketing.met_definition as m
            join cl_smarketing.definition as d on d.definition_no = m.definition_no and d.kind = 'score'
            where m.person_id = p.person_id
        )
    end as score,
    (
        select min(d.closed_at)
        from cl_core.deal_person as dp
        join cl_core.deal as d on d.deal_id = dp.deal_id
        where dp.person_id = p.person_id and dp.is_contact and d.outcome = 'won'
    ) as customer_since,
    p.became_lead_at,
    p.first_seen_at,
    p.last_seen_at,
    case
        when p.last_seen_at is not null then greatest(floor(extract(epoch from s.read_at - p.last_seen_at) / 86400), 0)::integer
    end as days_silent,
    p.views,
    (select count(distinct t.content_id) from cl_core.touch as t where t.person_id = p.person_id) as contents,
    array(
        select c.topic
        from cl_core.touch as t
        join cl_core.content as c on c.content_id = t.content_id
        where t.person_id = p.person_id and c.topic is not null
        group by c.topic
        order by count(*) desc, c.topic
        limit 5
    ) as topics,
    (select max(a.happened_at) from cl_core.activity as a where a.person_id = p.person_id) as last_activity_at,
    (
        select a.kind
        from cl_core.activity as a
        where a.person_id = p.person_id
        order by a.happened_at desc, a.activity_id
        limit 1
    ) as last_activity,
    (
        select count(distinct t.content_id)
        from cl_core.touch as t
        where t.person_id = p.person_id
          and t.last_viewed_at > coalesce(
            (select max(a.happened_at) from cl_core.activity as a where a.person_id = p.person_id), '-infinity'
          )
    ) as new_since_contact,
    array(
        select coalesce(c.title, c.url)
        from cl_core.touch as t
        join cl_core.content as c on c.content_id = t.content_id
        where t.person_id = p.person_id
          and t.last_viewed_at > coalesce(
            (select max(a.happened_at) from cl_core.activity as a where a.person_id = p.person_id), '-infinity'
          )
        group by c.content_id, c.title, c.url
        order by max(t.last_viewed_at) desc, c.url
        limit 10
    ) as new_contents,
    array(
        select concat(b.title, ': ', b.touches, case b.touches when 1 then ' touch' else ' touches' end, ', last on ', b.last_on, ' (',
                concat_ws(', ', case when b.asked_for_demo then 'asked for a demo' end,
                          case when b.is_of_price then 'price or demo' end,
                          'asked for by stage ' || nullif(array_to_string(b.stages, ' and '), '')), ')')
        from cl_sales.buying_signal as b
        where b.person_id = p.person_id
        order by b.last_viewed_at desc, b.url
        limit 10
    ) as buying_signals,
    (
        select count(*)
        from cl_core.deal_person as dp
        join cl_core.deal as d on d.deal_id = dp.deal_id
        where dp.person_id = p.person_id and dp.is_contact and d.outcome = 'open'
    ) as open_deals,
    (
        select count(*)
        from cl_core.deal_person as dp
        join cl_core.deal as d on d.deal_id = dp.deal_id
        where dp.person_id = p.person_id and dp.is_contact and d.outcome = 'won'
    ) as won_deals
from cl_core.person as p
cross join cl_ops.setting as s
left join cl_smarketing.lead_stage as l on l.person_id = p.person_id
where p.is_lead;

create view cl_sales.lead_content as
select
    p.person_id,
    p.email,
    c.content_id,
    c.url,
    c.title,
    min(t.touched_at) as first_viewed_at,
    max(t.last_viewed_at) as last_viewed_at,
    sum(t.views)::bigint as views,
    sum(t.dwell_seconds)::bigint as dwell_seconds,
    c.topic
from cl_core.person as p
join cl_core.touch as t on t.person_id = p.person_id
join cl_core.content as c on c.content_id = t.content_id
where p.is_lead
group by p.person_id, p.email, c.content_id, c.url, c.title, c.topic;

-- What a line of a timeline says besides its title, in words; the page says the same in its language.
create function cl_sales.words_of(parts jsonb) returns text
language sql immutable parallel safe as $$
    select concat_ws(
        ', ',
        parts ->> 'interaction',
        parts ->> 'kind',
        parts ->> 'direction',
        parts ->> 'outcome',
        'by ' || (parts ->> 'owner'),
        (parts ->> 'views') || ' views',
        'by ' || (parts ->> 'channel'),
        'campaign ' || (parts ->> 'campaign'),
        parts ->> 'topic',
        parts ->> 'deal',
        (parts ->> 'amount') || ' ' || (parts ->> 'currency'),
        'with ' || (select string_agg(n, ' and ' order by place) from jsonb_array_elements_text(parts -> 'with') with ordinality as w (n, place)),
        (select string_agg(n, ' and ' order by place) from jsonb_array_elements_text(parts -> 'roles') with ordinality as w (n, place)),
        'now in stage ' || (parts ->> 'now_in'),
        'time ' || (parts ->> 'entry'),
        'from ' || (parts ->> 'from'),
        'back from ' || (parts ->> 'back_from'),
        'never in ' || (select string_agg(n, ' and ' order by place) from jsonb_array_elements_text(parts -> 'skipped') with ordinality as w (n, place))
    )
$$;

-- The same parts, none of them longer than a page can bear; that a page was viewed goes without saying there.
create function cl_sales.shortened(parts jsonb) returns jsonb
language sql immutable parallel safe as $$
    select jsonb_object_agg(p.key, case jsonb_typeof(p.value)
            when 'string' then to_jsonb(left(p.value #>> '{}', 100))
            when 'array' then (
                select jsonb_agg(left(n.name, 100) order by n.place)
                from jsonb_array_elements_text(p.value) with ordinality as n (name, place)
                where n.place <= 5
            )
            else p.value
        end)
    from jsonb_each(parts) as p
    where p.value <> '"page_view"'
$$;

create view cl_sales.lead_timeline as
select t.person_id, t.at, t.what, t.content_id, t.title, cl_sales.words_of(t.parts) as detail, t.email, t.parts
from (
    select p.person_id, p.became_lead_at as at, 'became_lead' as what, null::uuid as content_id, null::text as title,
        p.email, '{}'::jsonb as parts
    from cl_core.person as p
    where p.is_lead and p.became_lead_at is not null
    union all
    select p.person_id, t.touched_at, 'touch', t.content_id, coalesce(c.title, c.url), p.email,
        jsonb_strip_nulls(jsonb_build_object(
            'interaction', t.interaction, 'views', case when t.views > 1 then t.views end, 'channel', a.channel,
            'campaign', a.campaign
        ))
    from cl_core.person as p
    join cl_core.touch as t on t.person_id = p.person_id
    join cl_core.content as c on c.content_id = t.content_id
    join cl_core.arrival as a on a.arrival_id = t.arrival_id
    where p.is_lead
    union all
    select p.person_id, a.happened_at, 'activity', null, a.subject, p.email,
        jsonb_strip_nulls(jsonb_build_object(
            'kind', a.kind, 'direction', a.direction, 'outcome', a.outcome, 'owner', a.owner
        ))
    from cl_core.person as p
    join cl_core.activity as a on a.person_id = p.person_id
    where p.is_lead
    union all
    select p.person_id, q.asked_at, 'question', null, q.text, p.email,
        jsonb_strip_nulls(jsonb_build_object('topic', q.topic))
    from cl_core.person as p
    join cl_core.question as q on q.person_id = p.person_id
    where p.is_lead
    union all
    select p.person_id, m.at, m.what, null, d.name, p.email,
        jsonb_strip_nulls(jsonb_build_object(
            'deal', d.deal_key, 'amount', d.amount, 'currency', d.currency,
            'roles', case when dp.roles <> '{}' then to_jsonb(dp.roles) end,
            'now_in', case when d.outcome = 'open' then d.stage end
        ))
    from cl_core.person as p
    join cl_core.deal_person as dp on dp.person_id = p.person_id and dp.is_contact
    join cl_core.deal as d on d.deal_id = dp.deal_id
    cross join lateral (
        select d.created_at as at, 'deal_created' as what
        union all
        select d.closed_at, 'deal_' || d.outcome where d.outcome in ('won', 'lost')
    ) as m
    where p.is_lead and d.outcome <> 'deleted'
    union all
    select p.person_id, h.entered_at, 'stage_entered', null, h.stage, p.email,
        jsonb_strip_nulls(jsonb_build_object(
            'entry', case when h.entry > 1 then h.entry end,
            case when h.is_backward then 'back_from' else 'from' end, h.came_from,
            'skipped', case when h.skipped <> '{}' then to_jsonb(h.skipped) end
        ))
    from cl_core.person as p
    join cl_smarketing.stage_history as h on h.person_id = p.person_id
    where p.is_lead
    union all
    select p.person_id, h.left_at, 'stage_left', null, h.stage, p.email, '{}'
    from cl_core.person as p
    join cl_smarketing.stage_history as h on h.person_id = p.person_id
    where p.is_lead
      and h.left_at is not null
      and not exists (
        select from cl_smarketing.stage_history as n where n.person_id = h.person_id and n.entered_at = h.left_at
      )
) as t;
