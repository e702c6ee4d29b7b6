-- What journeys give to the sums: what those of the changed deals gave so far, closedloop-load takes away after this, and
-- what their new ones give it adds, both in one go, so that what stays as it is costs nothing (60_sums.sql).

-- What counts as a touch.
create temporary table journey_rule on commit drop as
select
    cl_marketing.names_of(s.attribution #> '{interactions,only}') as only_interactions,
    cl_marketing.names_of(s.attribution #> '{interactions,except}') as except_interactions
from cl_ops.setting as s;

-- Sales activities that count stand for a content of their kind, and for a channel of their own.
create temporary table activity_kind on commit drop as
select distinct lower(k.kind) as kind
from cl_ops.setting as s
cross join unnest(cl_marketing.names_of(s.attribution -> 'activities')) as k(kind);

insert into cl_core.content (content_id, url, host, path, title, kind, topic, is_catalogued)
select cl_marketing.activity_content(k.kind), 'activity:' || k.kind, 'activity', k.kind, k.kind, 'activity',
    cl_marketing.activity_channel(), false
from activity_kind as k
on conflict do nothing;

insert into cl_core.arrival (arrival_id, channel)
select cl_marketing.activity_arrival(), cl_marketing.activity_channel()
where exists (select from activity_kind)
on conflict do nothing;

-- By number, since closedloop-load sorts millions of rows that name them.
create temporary table journey_arrival on commit drop as
select (row_number() over () - 1)::integer as arrival_no, a.arrival_id, a.channel = 'Direct' as is_direct,
    cl_marketing.passes(coalesce(a.campaign, '(none)'), s.attribution -> 'campaigns') as is_of_campaigns,
    md5(a.channel)::uuid as channel_id, md5(jsonb_build_array(k.campaign, k.source, k.medium)::text)::uuid as campaign_id,
    a.channel, k.campaign, k.source, k.medium
from cl_core.arrival as a
cross join cl_ops.setting as s
cross join lateral (
    select coalesce(a.campaign, '(none)') as campaign, coalesce(a.source, '(none)') as source,
        coalesce(a.medium, '(none)') as medium
) as k
where cl_marketing.passes(a.channel, s.attribution -> 'channels');
create unique index on journey_arrival (arrival_id);
analyze journey_arrival;

-- What sums are kept by; all zeros: unattributed.
create temporary table journey_item on commit drop as
select 'channel' as kind, channel_id as item, channel as name, null::text as source, null::text as medium
from journey_arrival
union
select 'campaign', campaign_id, campaign, source, medium from journey_arrival
union
select 'topic', topic_id, coalesce(topic, '(none)'), null, null from cl_core.content
union all
select k.kind, '00000000-0000-0000-0000-000000000000', 'unattributed', k.more, k.more
from (values ('channel', null), ('campaign', 'unattributed')) as k (kind, more);

-- What closedloop-load sums up, on its way.
create temporary table journey_part (
    kind text, item uuid, is_fitted boolean, month date, outcome text, deals bigint, amount bigint, sourced_deals bigint,
    sourced_amount bigint, weights bigint[], credits bigint[]
) on commit drop;
