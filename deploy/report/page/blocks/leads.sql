-- A search index of the leads whom sales may look for, those who were seen last first; the first of them with all that is
-- known, and what they did last. Of a database of any size so many are listed, and so many told in full.
with setting as materialized (
    select 20000 as listed_leads, 2000000 as listed_bytes, 300 as told_leads, 25 as told_events
),

hot as materialized (
    select person_id, place, new_stage, came_from, score_rise, score, new_touches, new_contents
    from cl_sales.hot_lead
    order by place
    limit 200
),

-- The order of the second is that of an index, so that not all leads are read.
listed as materialized (
    select l.*, row_number() over (order by l.hot_place, l.last_seen_at desc nulls last, l.became_lead_at desc nulls last, l.person_id) as place
    from (
        select p.person_id, p.account_id, p.name, p.email, p.company, p.owner, p.stage, p.last_seen_at, p.became_lead_at, h.place as hot_place
        from hot as h
        join cl_core.person as p on p.person_id = h.person_id
        union all
        (
            select p.person_id, p.account_id, p.name, p.email, p.company, p.owner, p.stage, p.last_seen_at, p.became_lead_at, null
            from cl_core.person as p
            where p.is_lead and p.person_id not in (select person_id from hot)
            order by p.last_seen_at desc nulls last, p.became_lead_at desc nulls last, p.person_id
            limit (select listed_leads from setting)
        )
    ) as l
    order by place
    limit (select listed_leads from setting)
),

-- With a bound of its own the planner takes them for the few that they are.
first_listed as materialized (
    select person_id, account_id, place from listed order by place limit (select told_leads from setting)
),

told as (
    select l.place, json_build_object(
        'title', left(d.title, 200),
        'account', (select coalesce(a.survivor_id, a.account_id) from cl_core.account as a where a.account_id = l.account_id),
        'persona', d.persona,
        'score', d.score,
        'points', (
            select json_agg(json_build_array(s.rule, left(s.content, 160), s.at::date, s.points_now) order by abs(s.points_now) desc, s.rule, s.at desc)
            from (
                select rule, content, at, points_now
                from cl_sales.lead_score
                where person_id = l.person_id
                order by abs(points_now) desc, rule, at desc
                limit 8
            ) as s
        ),
        'hot', (
            select json_build_array(
                h.place, h.new_stage, h.came_from, h.score_rise, h.score, h.new_touches,
                (select json_agg(left(n.title, 100)) from unnest(h.new_contents) as n (title))
            )
            from hot as h
            where h.person_id = l.person_id
        ),
        'signals', (
            select json_agg(
                json_build_array(left(b.title, 160), b.touches, b.last_on, b.asked_for_demo, b.is_of_price, b.stages)
                order by b.last_viewed_at desc, b.url
            )
            from (
                select *
                from cl_sales.buying_signal
                where person_id = l.person_id
                order by last_viewed_at desc, url
                limit 6
            ) as b
        ),
        'next', (
            select json_agg(
                json_build_array(
                    left(coalesce(n.title, n.url), 160), n.compared_with, left(n.compared_item, 100), n.won_with, n.deals_with, n.win_rate_with,
                    n.won_without, n.deals_without, n.win_rate_without, n.lift_low <= 0,
                    n.deals_with + n.deals_without
                )
                order by n.place
            )
            from cl_sales.next_content as n
            where n.subject = 'lead' and n.person_id = l.person_id
        ),
        'customer_since', d.customer_since::date,
        'became_lead_at', d.became_lead_at,
        'first_seen_at', d.first_seen_at,
        'days_silent', d.days_silent,
        'views', d.views,
        'contents', d.contents,
        'topics', (select json_agg(left(topic, 60)) from unnest(d.topics) as topic),
        'last_activity_at', d.last_activity_at,
        'last_activity', left(d.last_activity, 100),
        'new_since_contact', d.new_since_contact,
        'open_deals', d.open_deals,
        'won_deals', d.won_deals,
        'events', (
            select json_agg(json_build_array(date_trunc('second', e.at), e.what, left(e.title, 160), cl_sales.shortened(e.parts)) order by e.at desc, e.what)
            from (
                select at, what, title, parts
                from cl_sales.lead_timeline
                where person_id = l.person_id
                order by at desc, what
                limit (select told_events from setting)
            ) as e
        )
    ) as detail
    from first_listed as l
    join cl_sales.lead as d on d.person_id = l.person_id
),

-- Names of ordinary length all fit.
fitting as (
    select *,
        sum(octet_length(concat(left(name, 200), left(email, 200), left(company, 200), left(owner, 100))) + 40) over (order by place) as bytes
    from listed
)

select json_build_object(
    'leads', (select count(*) from cl_core.person where is_lead),
    'list', (
        select json_agg(
            json_build_array(
                left(l.name, 200), left(l.email, 200), left(l.company, 200), left(l.owner, 100),
                case when g.has_stages then s.stage else left(l.stage, 100) end, l.last_seen_at::date, t.detail
            )
            order by l.place
        )
        from fitting as l
        cross join (
            select exists (select from cl_smarketing.definition where kind = 'stage') as has_stages
        ) as g
        left join told as t on t.place = l.place
        left join cl_smarketing.lead_stage as s on s.person_id = l.person_id
        where l.bytes <= (select listed_bytes from setting)
    )
)
