-- The current version of each changed record. What one record's change means for others is noted for the later steps.

-- Deals whose contacts, rates or merges change: as they stood before ...
insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from cl_ops.changed_key as c
join cl_core.deal_contact as d on d.deal_contact_id = c.key
where c.kind = 'deal_contact'
group by 2
on conflict do nothing;

insert into cl_ops.changed_key (kind, key)
select 'deal', d.survivor_id
from cl_ops.changed_key as c
join cl_core.deal as d on d.deal_id = c.key
where c.kind = 'deal' and d.survivor_id is not null
group by 2
on conflict do nothing;

-- Persons and visitors whom a changed record named until now.
insert into cl_ops.changed_key (kind, key)
select 'person', t.person_key
from cl_ops.changed_key as c
join cl_core.identity as t on t.identity_id = c.key
where c.kind = 'identity'
union
select 'visitor', t.visitor_id
from cl_ops.changed_key as c
join cl_core.identity as t on t.identity_id = c.key
where c.kind = 'identity'
union
select 'person', t.person_key
from cl_ops.changed_key as c
join cl_core.deal_contact as t on t.deal_contact_id = c.key
where c.kind = 'deal_contact'
union
select 'person', t.person_key
from cl_ops.changed_key as c
join cl_core.activity as t on t.activity_id = c.key
where c.kind = 'activity' and t.person_key is not null
union
select 'person', t.person_key
from cl_ops.changed_key as c
join cl_core.question as t on t.question_id = c.key
where c.kind = 'question' and t.person_key is not null
on conflict do nothing;

-- Rates that change, as they stood and as they will.
create temporary table changed_rate on commit drop as
select h.currency, h.day
from cl_ops.changed_key as c
join cl_core.rate_history as h on h.rate_id = c.key
where c.kind = 'rate' and h.currency is not null and h.day is not null
union
select r.currency, r.day
from cl_ops.changed_key as c
join cl_core.rate as r on r.rate_id = c.key
where c.kind = 'rate';

select cl_core.publish('identity');
select cl_core.publish('lead');
select cl_core.publish('account');
select cl_core.publish('deal');
select cl_core.publish('deal_contact');
select cl_core.publish('activity');
select cl_core.publish('question');
select cl_core.publish('rate');

-- ... and as they stand now.
insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from cl_ops.changed_key as c
join cl_core.deal_contact as d on d.deal_contact_id = c.key
where c.kind = 'deal_contact'
group by 2
on conflict do nothing;

-- ... persons and visitors too: where a version went, an earlier one or another source's stands again.
insert into cl_ops.changed_key (kind, key)
select 'person', t.person_key
from cl_ops.changed_key as c
join cl_core.identity as t on t.identity_id = c.key
where c.kind = 'identity'
union
select 'visitor', t.visitor_id
from cl_ops.changed_key as c
join cl_core.identity as t on t.identity_id = c.key
where c.kind = 'identity'
union
select 'person', t.person_key
from cl_ops.changed_key as c
join cl_core.activity as t on t.activity_id = c.key
where c.kind = 'activity' and t.person_key is not null
union
select 'person', t.person_key
from cl_ops.changed_key as c
join cl_core.question as t on t.question_id = c.key
where c.kind = 'question' and t.person_key is not null
on conflict do nothing;

-- Content: what was seen, with what the catalogue says of it. The newest title that a view showed stands in for one
-- that the catalogue does not give.
create temporary table changed_content on commit drop as
select c.key as content_id
from cl_ops.changed_key as c
where c.kind = 'content';

create temporary table new_content on commit drop as
select
    c.content_id,
    coalesce(k.url, s.url) as url,
    coalesce(k.host, s.host) as host,
    coalesce(k.path, s.path) as path,
    coalesce(k.title, t.title) as title,
    k.kind, k.topic, k.stage, k.persona, k.author, k.published_at,
    k.content_id is not null as is_catalogued
from changed_content as c
left join lateral (
    select seen.url, seen.host, seen.path
    from cl_core.content_seen as seen
    where seen.content_id = c.content_id
    limit 1
) as s on true
left join lateral (
    select seen.title
    from cl_core.content_seen as seen
    where seen.content_id = c.content_id and seen.title is not null
    order by seen.titled_at desc nulls last, seen.title
    limit 1
) as t on true
left join lateral (
    select *
    from (
        select distinct on (h.source) h.*
        from cl_core.content_history as h
        join cl_ops.batch as b on b.batch_no = h.batch_no
        where h.content_id = c.content_id
        order by h.source,
            case when b.mode = 'upsert' then h.updated_at end desc nulls last,
            case when b.mode <> 'append' then h.place end desc nulls last,
            h.updated_at, b.batch_id
    ) as of_source
    where not of_source.is_deleted
    order by of_source.updated_at desc nulls last, of_source.source
    limit 1
) as k on true
where coalesce(k.url, s.url) is not null;

insert into cl_core.content
    (content_id, url, host, path, title, kind, topic, stage, persona, author, published_at, is_catalogued)
select content_id, url, host, path, title, kind, topic, stage, persona, author, published_at, is_catalogued
from new_content
on conflict (content_id) do update
set url = excluded.url, host = excluded.host, path = excluded.path, title = excluded.title, kind = excluded.kind,
    topic = excluded.topic, stage = excluded.stage, persona = excluded.persona, author = excluded.author,
    published_at = excluded.published_at, is_catalogued = excluded.is_catalogued;

delete from cl_core.content as t
using changed_content as c
where t.content_id = c.content_id and not exists (select from new_content as n where n.content_id = c.content_id);

select cl_core.publish('cost');
