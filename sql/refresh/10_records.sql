-- The current version of each changed record. What one record's change means for others is noted for the later steps.

-- Deals whose contacts, splits, rates or merges change: as they stood before ...
insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from cl_ops.changed_key as c
join cl_core.deal_contact as d on d.deal_contact_id = c.key
where c.kind = 'deal_contact'
group by 2
on conflict do nothing;

insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from cl_ops.changed_key as c
join cl_core.deal_split as d on d.deal_split_id = c.key
where c.kind = 'deal_split'
group by 2
on conflict do nothing;

insert into cl_ops.changed_key (kind, key)
select 'deal', d.survivor_id
from cl_ops.changed_key as c
join cl_core.deal as d on d.deal_id = c.key
where c.kind = 'deal' and d.survivor_id is not null
group by 2
on conflict do nothing;

-- Accounts that change, as they stood, and what they were merged into.
insert into cl_ops.changed_key (kind, key)
select 'account', a.survivor_id
from cl_ops.changed_key as c
join cl_core.account as a on a.account_id = c.key
where c.kind = 'account' and a.survivor_id is not null
group by 2
on conflict do nothing;

create temporary table old_account on commit drop as
select c.key as account_id, coalesce(a.survivor_id, c.key) as root_id, cl_core.domain_of_account(a) as company_domain
from cl_ops.changed_key as c
left join cl_core.account as a on a.account_id = c.key
where c.kind = 'account';

-- Persons and visitors whom a changed record named until now.
select cl_ops.note_named();

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

-- An activity may be a touch of the deal that it names.
insert into cl_ops.changed_key (kind, key)
select 'deal', t.deal_id
from cl_ops.changed_key as c
join cl_core.activity as t on t.activity_id = c.key
where c.kind = 'activity' and t.deal_id is not null
group by 2
on conflict do nothing;

select cl_core.publish('identity');
select cl_core.publish('lead');
select cl_core.publish('account');
select cl_core.publish('deal');
select cl_core.publish('deal_contact');
select cl_core.publish('deal_split');
select cl_core.publish('activity');
select cl_core.publish('question');
select cl_core.publish('property_change');
select cl_core.publish('rate');

-- ... and as they stand now.
insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from cl_ops.changed_key as c
join cl_core.deal_contact as d on d.deal_contact_id = c.key
where c.kind = 'deal_contact'
group by 2
on conflict do nothing;

insert into cl_ops.changed_key (kind, key)
select 'deal', t.deal_id
from cl_ops.changed_key as c
join cl_core.activity as t on t.activity_id = c.key
where c.kind = 'activity' and t.deal_id is not null
group by 2
on conflict do nothing;

insert into cl_ops.changed_key (kind, key)
select 'deal', d.deal_id
from cl_ops.changed_key as c
join cl_core.deal_split as d on d.deal_split_id = c.key
where c.kind = 'deal_split'
group by 2
on conflict do nothing;

-- ... persons and visitors too: where a version went, an earlier one or another source's stands again.
select cl_ops.note_named();

-- Content: what was seen, and what the catalogues say of it. Each property comes from the first catalogue that has it, in
-- the order of the configuration (those that it no longer names come last, by their names); kind, topic, stage and persona
-- that none has from the first rule that fits and has it; a title that none has is the newest that a view showed.
-- The topic of before stays known: what is summed up under it changes.
create temporary table changed_content on commit drop as
select c.key as content_id, t.topic
from cl_ops.changed_key as c
left join cl_core.content as t on t.content_id = c.key
where c.kind = 'content';

create temporary table catalogued on commit drop as
select
    v.content_id,
    min(v.url) as url,
    min(v.host) as host,
    min(v.path) as path,
    (array_agg(v.title order by v.turn) filter (where v.title is not null))[1] as title,
    (array_agg(v.kind order by v.turn) filter (where v.kind is not null))[1] as kind,
    (array_agg(v.source order by v.turn) filter (where v.kind is not null))[1] as kind_from,
    (array_agg(v.topic order by v.turn) filter (where v.topic is not null))[1] as topic,
    (array_agg(v.source order by v.turn) filter (where v.topic is not null))[1] as topic_from,
    (array_agg(v.stage order by v.turn) filter (where v.stage is not null))[1] as stage,
    (array_agg(v.source order by v.turn) filter (where v.stage is not null))[1] as stage_from,
    (array_agg(v.persona order by v.turn) filter (where v.persona is not null))[1] as persona,
    (array_agg(v.source order by v.turn) filter (where v.persona is not null))[1] as persona_from,
    (array_agg(v.author order by v.turn) filter (where v.author is not null))[1] as author,
    (array_agg(v.published_at order by v.turn) filter (where v.published_at is not null))[1] as published_at,
    array_agg(v.source order by v.turn) as catalogues
from (
    select n.*, row_number() over (
        partition by n.content_id order by k.turn nulls last, n.source collate "C"
    ) as turn
    from (
        select distinct on (h.content_id, h.source) h.*
        from changed_content as c
        join cl_core.content_history as h on h.content_id = c.content_id
        join cl_ops.batch as b on b.batch_no = h.batch_no
        order by h.content_id, h.source, -- as cl_core.publish() does
            case when b.mode = 'upsert' then h.updated_at end desc nulls last,
            case when b.mode <> 'append' then h.place end desc nulls last,
            h.updated_at, b.batch_id
    ) as n
    left join cl_core.catalogue as k on k.source = n.source
    where not n.is_deleted
) as v
group by v.content_id;

-- A pattern with a question mark is for the path with its parameters.
create temporary table rule_pattern on commit drop as
select
    r.rule_no, r.kind, r.topic, r.stage, r.persona,
    r.paths is null as is_of_any_path,
    (select array_agg(cl_core.like_pattern(p)) from unnest(r.paths) as p where strpos(p, '?') = 0) as paths,
    (select array_agg(cl_core.like_pattern(p)) from unnest(r.paths) as p where strpos(p, '?') > 0) as addresses,
    (select array_agg(cl_core.like_pattern(h)) from unnest(r.hosts) as h) as hosts
from cl_core.content_rule as r;

create temporary table new_content on commit drop as
select
    c.content_id, u.url, u.host, u.path,
    coalesce(k.title, s.title) as title,
    coalesce(k.kind, r.kind) as kind,
    coalesce(k.topic, r.topic) as topic,
    coalesce(k.stage, r.stage) as stage,
    coalesce(k.persona, r.persona) as persona,
    k.author,
    k.published_at,
    k.content_id is not null as is_catalogued,
    coalesce(k.kind_from, 'rule ' || r.kind_rule) as kind_from,
    coalesce(k.topic_from, 'rule ' || r.topic_rule) as topic_from,
    coalesce(k.stage_from, 'rule ' || r.stage_rule) as stage_from,
    coalesce(k.persona_from, 'rule ' || r.persona_rule) as persona_from,
    coalesce(k.catalogues, '{}') as catalogues
from changed_content as c
left join catalogued as k on k.content_id = c.content_id
left join (
    select distinct on (seen.content_id) seen.content_id, seen.url, seen.host, seen.path, seen.title
    from changed_content as of_interest
    join cl_core.content_seen as seen on seen.content_id = of_interest.content_id
    order by seen.content_id, seen.title is null, seen.titled_at desc nulls last, seen.title
) as s on s.content_id = c.content_id
cross join lateral (
    select coalesce(k.url, s.url) as url, coalesce(k.host, s.host) as host, coalesce(k.path, s.path) as path
) as u
cross join lateral (
    select
        (array_agg(p.kind order by p.rule_no) filter (where p.kind is not null))[1] as kind,
        min(p.rule_no) filter (where p.kind is not null) as kind_rule,
        (array_agg(p.topic order by p.rule_no) filter (where p.topic is not null))[1] as topic,
        min(p.rule_no) filter (where p.topic is not null) as topic_rule,
        (array_agg(p.stage order by p.rule_no) filter (where p.stage is not null))[1] as stage,
        min(p.rule_no) filter (where p.stage is not null) as stage_rule,
        (array_agg(p.persona order by p.rule_no) filter (where p.persona is not null))[1] as persona,
        min(p.rule_no) filter (where p.persona is not null) as persona_rule
    from rule_pattern as p
    where (p.hosts is null or u.host like any (p.hosts))
      and (p.is_of_any_path or u.path like any (p.paths)
           or p.addresses is not null and regexp_replace(u.url, '^https?://[^/]*', '') like any (p.addresses))
) as r
where u.url is not null;

-- A journey that is collapsed by topic changes with the topics of its contents.
insert into cl_ops.changed_key (kind, key)
select 'deal', p.deal_id
from cl_ops.setting as s
cross join new_content as n
join cl_core.content as c on c.content_id = n.content_id and c.topic is distinct from n.topic
join cl_core.touch as t on t.content_id = c.content_id
join cl_core.deal_person as p on p.person_id = t.person_id
where s.attribution #>> '{path,collapse}' <> 'none' and s.attribution #>> '{path,by}' = 'topic'
group by 2
on conflict do nothing;

-- What is fitted to topics is fitted anew.
create temporary table changed_topic on commit drop as
select n.content_id
from new_content as n
join cl_core.content as c on c.content_id = n.content_id
where c.topic is distinct from n.topic;

-- Contents of which a condition of the shared language reads something else now.
create temporary table retold_content on commit drop as
select n.content_id
from new_content as n
join cl_core.content as c on c.content_id = n.content_id
where exists (
    select from cl_smarketing.definition as d
    cross join unnest(d.did_columns) as k (name)
    where to_jsonb(c) -> k.name is distinct from to_jsonb(n) -> k.name
);

insert into cl_core.content
    (content_id, url, host, path, title, kind, topic, stage, persona, author, published_at, is_catalogued, kind_from,
     topic_from, stage_from, persona_from, catalogues)
select content_id, url, host, path, title, kind, topic, stage, persona, author, published_at, is_catalogued, kind_from,
    topic_from, stage_from, persona_from, catalogues
from new_content
on conflict (content_id) do update
set url = excluded.url, host = excluded.host, path = excluded.path, title = excluded.title, kind = excluded.kind,
    topic = excluded.topic, stage = excluded.stage, persona = excluded.persona, author = excluded.author,
    published_at = excluded.published_at, is_catalogued = excluded.is_catalogued, kind_from = excluded.kind_from,
    topic_from = excluded.topic_from, stage_from = excluded.stage_from, persona_from = excluded.persona_from,
    catalogues = excluded.catalogues;

delete from cl_core.content as t
using changed_content as c
where t.content_id = c.content_id and not exists (select from new_content as n where n.content_id = c.content_id);

select cl_core.publish('cost');

select cl_ops.analyze_grown('cl_core.identity', 'cl_core.lead', 'cl_core.account', 'cl_core.deal', 'cl_core.deal_contact',
                            'cl_core.activity', 'cl_core.question', 'cl_core.property_change', 'cl_core.content',
                            'cl_ops.changed_key');
