-- Questions of customers, and whether there is content that answers them.

create view cl_marketing.question as
select
    q.question_id,
    q.asked_at,
    cl_core.month_of(q.asked_at) as month,
    coalesce(q.topic, '(none)') as topic,
    q.text,
    coalesce(q.person_id, '00000000-0000-0000-0000-000000000000') as person_id,
    coalesce(p.email, q.email) as email,
    p.name,
    p.company,
    p.owner,
    coalesce(q.deal_id, '00000000-0000-0000-0000-000000000000') as deal_id,
    coalesce(d.name, d.deal_key, '(none)') as deal,
    coalesce(d.outcome, '(none)') as deal_outcome,
    d.amount_reporting as deal_amount,
    c.contents,
    s.contents_seen,
    s.titles_seen,
    case
        when q.topic is null then 'no topic'
        when k.first_at is null or k.first_at > q.asked_at then 'no content'
        when not exists (
            select
            from cl_core.touch as t
            join cl_core.content as c on c.content_id = t.content_id
            where t.person_id = q.person_id and t.touched_at < q.asked_at
              and lower(btrim(c.topic)) = lower(btrim(q.topic))
        ) then 'not seen'
        else 'seen'
    end as answer
from cl_core.question as q
left join cl_core.person as p on p.person_id = q.person_id
left join cl_core.deal as d on d.deal_id = q.deal_id
left join (
    select lower(btrim(topic)) as topic_key, min(coalesce(published_at, '-infinity')) as first_at
    from cl_core.content
    group by 1
) as k on k.topic_key = lower(btrim(q.topic))
-- counted only if these columns are asked for: PostgreSQL leaves out a left join that nothing reads
left join lateral (
    select count(*) as contents
    from cl_core.content as c
    where lower(btrim(c.topic)) = lower(btrim(q.topic)) and (c.published_at is null or c.published_at <= q.asked_at)
) as c on true
left join lateral (
    select count(*) as contents_seen, coalesce(array_agg(t.title order by t.first_at, t.title), '{}') as titles_seen
    from (
        select coalesce(c.title, c.url) as title, min(t.touched_at) as first_at
        from cl_core.touch as t
        join cl_core.content as c on c.content_id = t.content_id
        where t.person_id = q.person_id and t.touched_at < q.asked_at
          and lower(btrim(c.topic)) = lower(btrim(q.topic))
        group by c.content_id, c.title, c.url
    ) as t
) as s on true;

create view cl_marketing.content_gap as
select g.*
from (
    select
        q.topic,
        case
            when q.topic = '(none)' then 'no topic'
            when c.contents = 0 then 'no content'
            when c.contents < 3 then 'little content'
            when 2 * q.not_seen > q.questions then 'not seen'
        end as gap,
        q.questions,
        q.persons,
        q.not_seen,
        c.contents,
        c.newest_at,
        q.last_asked_at,
        coalesce(d.deals, 0) as deals,
        coalesce(d.open_amount, 0) as open_amount,
        coalesce(d.lost_amount, 0) as lost_amount
    from (
        select lower(btrim(topic)) as topic_key, min(topic) as topic, count(*) as questions,
            count(distinct person_id) filter (where person_id <> '00000000-0000-0000-0000-000000000000') as persons,
            count(*) filter (where answer in ('no content', 'not seen')) as not_seen, max(asked_at) as last_asked_at
        from cl_marketing.question
        group by lower(btrim(topic))
    ) as q
    cross join lateral (
        select count(*) as contents, max(c.published_at) as newest_at
        from cl_core.content as c
        where lower(btrim(c.topic)) = q.topic_key
    ) as c
    left join (
        select topic_key, count(*) as deals, sum(amount) filter (where outcome = 'open') as open_amount,
            sum(amount) filter (where outcome = 'lost') as lost_amount
        from (
            select distinct lower(btrim(coalesce(q.topic, '(none)'))) as topic_key, d.deal_id, d.outcome,
                d.amount_reporting as amount
            from cl_core.question as q
            join cl_core.deal as d on d.deal_id = q.deal_id and d.outcome <> 'deleted'
        ) as d
        group by topic_key
    ) as d on d.topic_key = q.topic_key
) as g
where g.gap is not null;

-- Every topic with every stage of the buyer's journey and every persona, those with nothing too. A deal counts once in a
-- cell, whatever it read there.
create view cl_marketing.coverage as
with piece as (
    select c.content_id, coalesce(c.topic, '(none)') as topic, d.dimension, coalesce(d.item, '(none)') as item, c.published_at
    from cl_core.content as c
    cross join lateral (values ('stage', c.stage), ('persona', c.persona)) as d (dimension, item)
    where c.content_id <> '00000000-0000-0000-0000-000000000000'
      and c.host <> 'activity'
)
select
    t.topic,
    i.dimension,
    i.item,
    coalesce(p.pieces, 0) as pieces,
    coalesce(v.views, 0) as views,
    coalesce(r.deals, 0) as influenced_won_deals,
    coalesce(r.amount, 0) as influenced_revenue,
    p.newest_at,
    floor(extract(epoch from s.read_at - p.newest_at) / 86400)::integer as newest_age_days
from (select distinct topic from piece) as t
cross join (
    select dimension, item from piece
    union
    select 'persona', name from cl_smarketing.definition where kind = 'persona'
) as i
cross join cl_ops.setting as s
left join (
    select topic, dimension, item, count(*) as pieces, max(published_at) as newest_at
    from piece
    group by topic, dimension, item
) as p on p.topic = t.topic and p.dimension = i.dimension and p.item = i.item
left join (
    select p.topic, p.dimension, p.item, sum(m.views)::bigint as views
    from piece as p
    join cl_marketing.content_view_month as m on m.content_id = p.content_id
    group by p.topic, p.dimension, p.item
) as v on v.topic = t.topic and v.dimension = i.dimension and v.item = i.item
left join (
    select m.topic, m.dimension, m.item, count(*) as deals, sum(d.amount_reporting) as amount
    from (
        select distinct t.deal_id, p.topic, p.dimension, p.item
        from cl_marketing.deal_touch as t
        join piece as p on p.content_id = t.content_id
        where t.outcome = 'won' and t.touched_at is not null
    ) as m
    join cl_core.deal as d on d.deal_id = m.deal_id
    group by m.topic, m.dimension, m.item
) as r on r.topic = t.topic and r.dimension = i.dimension and r.item = i.item;

-- Days are whole ones, those before the day of the newest reading. Views of robots are left out, as everywhere. That a count fell is sure if, were
-- both spans alike, so small a share of their views would hardly have been of the recent one.
create view cl_marketing.content_decay as
select
    c.content_id,
    c.url,
    c.title,
    c.topic,
    c.published_at,
    floor(extract(epoch from s.read_at - c.published_at) / 86400)::integer as age_days,
    v.views,
    v.views_before,
    round(v.views::numeric / v.views_before - 1, 4) as change,
    round(w.low / nullif(1 - w.low, 0) - 1, 4) as change_low,
    round(w.high / nullif(1 - w.high, 0) - 1, 4) as change_high,
    p.peak_views,
    p.peak_month,
    round(v.views::numeric / p.peak_views, 4) as share_of_peak,
    v.views + v.views_before >= 50 as has_enough_data,
    v.views + v.views_before >= 50 and w.high < 0.5 as is_decaying
from (
    select k.content_id, coalesce(sum(k.views) filter (where k.day >= s.today - 90), 0)::bigint as views,
        coalesce(sum(k.views) filter (where k.day < s.today - 90), 0)::bigint as views_before
    from (select cl_core.day_of(read_at) as today from cl_ops.setting offset 0) as s
    join cl_marketing.content_view_day as k on k.day >= s.today - 180 and k.day < s.today
    group by k.content_id
) as v
join lateral (
    select m.peak_views::bigint as peak_views, m.month as peak_month
    from (
        select k.month,
            sum(k.views) over (order by k.month range between interval '2 months' preceding and current row) as peak_views
        from cl_marketing.content_view_month as k
        where k.content_id = v.content_id
    ) as m
    order by m.peak_views desc, m.month desc
    limit 1
) as p on true
join cl_core.content as c on c.content_id = v.content_id
cross join cl_ops.setting as s
cross join lateral cl_marketing.wilson_interval(v.views, v.views + v.views_before) as w
where v.views < v.views_before and v.views < p.peak_views;
