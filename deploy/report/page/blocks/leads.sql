-- A search index of the leads whom sales may look for, those who were seen last first; the first of them with all that is
-- known, and what they did last. Of a database of any size so many are listed, and so many told in full.
with setting as (
    select 20000 as listed_leads, 300 as told_leads, 25 as told_events
),

listed as (
    select p.person_id, p.name, p.email, p.company, p.owner, p.stage, p.last_seen_at,
        row_number() over (order by p.last_seen_at desc nulls last, p.became_lead_at desc nulls last, p.person_id) as place
    from cl_core.person as p
    where p.is_lead
    order by p.last_seen_at desc nulls last, p.became_lead_at desc nulls last, p.person_id
    limit (select listed_leads from setting)
),

told as (
    select l.place, json_build_object(
        'title', left(d.title, 200),
        'became_lead_at', d.became_lead_at,
        'first_seen_at', d.first_seen_at,
        'days_silent', d.days_silent,
        'views', d.views,
        'contents', d.contents,
        'topics', d.topics,
        'last_activity_at', d.last_activity_at,
        'last_activity', left(d.last_activity, 100),
        'new_since_contact', d.new_since_contact,
        'open_deals', d.open_deals,
        'won_deals', d.won_deals,
        'events', (
            select json_agg(json_build_array(e.at, e.what, left(e.title, 160), left(e.detail, 160)) order by e.at desc, e.what)
            from (
                select at, what, title, detail
                from cl_sales.lead_timeline
                where person_id = l.person_id
                order by at desc, what
                limit (select told_events from setting)
            ) as e
        )
    ) as detail
    from listed as l
    join cl_sales.lead as d on d.person_id = l.person_id
    where l.place <= (select told_leads from setting)
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
        from listed as l
        cross join (
            select exists (select from cl_smarketing.definition where kind = 'stage') as has_stages
        ) as g
        left join told as t on t.place = l.place
        left join cl_smarketing.lead_stage as s on s.person_id = l.person_id
    )
)
