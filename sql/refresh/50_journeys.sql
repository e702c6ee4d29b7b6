-- What the changed deals contributed so far is taken from the sums, and their old journeys go. closedloop-load then reads
-- the journeys in order, credits each deal under every model, and copies the new rows in.

create temporary table delta_content (
    content_id uuid, model integer, month date, outcome text, deals bigint, weight numeric, credit numeric
) on commit drop;
create temporary table delta_channel (
    channel text, model integer, month date, outcome text, deals bigint, weight numeric, credit numeric
) on commit drop;
create temporary table delta_campaign (
    campaign text, source text, medium text, model integer, month date, outcome text, deals bigint, weight numeric,
    credit numeric
) on commit drop;

create temporary table changed_pair on commit drop as
select t.content_id, date_trunc('month', t.touched_at at time zone s.timezone)::date as month
from changed_deal as c
join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
cross join cl_ops.setting as s
where t.touched_at is not null
group by 1, 2;

-- What the new journeys contribute: closedloop-load sums it up while it credits them. Parts of one item add up.
create temporary table journey_sum (
    kind text, item uuid, month date, outcome text, deals bigint, sourced_deals bigint, sourced_amount bigint,
    influenced_deals bigint, influenced_amount bigint, weights bigint[], credits bigint[]
) on commit drop;

select cl_marketing.take_contribution();

with gone as (
    delete from cl_marketing.deal_touch as t using changed_deal as c where t.deal_id = c.deal_id returning t.*
)
insert into reported_touch select * from gone;

-- By how much the touches of each person count: by the highest weight of the person's roles.
update cl_core.deal_person as p
set role_weight = (
        select max(coalesce((s.attribution -> 'role_weights' ->> cl_core.role_name(r.role))::bigint, 1000000))
        from unnest(p.roles) as r(role)
    )
from changed_deal as c, cl_ops.setting as s
where p.deal_id = c.deal_id and p.roles <> '{}' and s.attribution -> 'role_weights' <> '{}';

select cl_ops.analyze_grown('cl_core.deal', 'cl_core.deal_person', 'cl_core.person', 'cl_core.touch');

-- The moment a deal's primary person became a lead: of the flagged contacts, else of all contacts, else of the people of its
-- account, the one that was a lead first.
create temporary table journey_deal on commit drop as
select d.deal_id, d.outcome, d.month, d.created_at, d.closed_at,
    (d.amount_reporting * power(10::numeric, s.currency_exponent))::bigint as amount,
    l.became_lead_at,
    case when d.outcome = 'open' then d.created_at else least(d.created_at, d.ends_at) end - s.lookback as from_at,
    case when d.outcome = 'open' then 'infinity' else d.ends_at end as until_at
from changed_deal as c
join cl_core.deal as d on d.deal_id = c.deal_id
cross join cl_ops.setting as s
left join lateral (
    select p.became_lead_at
    from cl_core.deal_person as dp
    join cl_core.person as p on p.person_id = dp.person_id
    where dp.deal_id = d.deal_id
    order by dp.is_contact desc, dp.is_primary desc, p.became_lead_at nulls last, p.person_id
    limit 1
) as l on true
where d.outcome in ('open', 'won', 'lost') and d.amount_reporting is not null;
create unique index on journey_deal (deal_id);
analyze journey_deal;

-- What counts as a touch.
create temporary table journey_rule on commit drop as
select
    cl_marketing.names_of(s.attribution #> '{interactions,only}') as only_interactions,
    cl_marketing.names_of(s.attribution #> '{interactions,except}') as except_interactions,
    case when s.attribution #>> '{path,collapse}' <> 'none' then s.attribution #>> '{path,by}' end as item
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

create temporary table journey_activity on commit drop as
select d.deal_id, t.activity_id, coalesce(t.person_id, '00000000-0000-0000-0000-000000000000') as person_id,
    cl_marketing.activity_content(k.kind) as content_id, cl_marketing.activity_arrival() as arrival_id, t.happened_at,
    t.source, coalesce(p.role_weight, 1000000) as role_weight
from (
    select j.deal_id, t.activity_id
    from journey_deal as j
    join cl_core.activity as t on t.deal_id = j.deal_id
    union
    select j.deal_id, t.activity_id
    from journey_deal as j
    join cl_core.deal as merged on merged.survivor_id = j.deal_id
    join cl_core.activity as t on t.deal_id = merged.deal_id
    union
    select j.deal_id, t.activity_id
    from journey_deal as j
    join cl_core.deal_person as p on p.deal_id = j.deal_id
    join cl_core.activity as t on t.person_id = p.person_id and t.deal_id is null
) as of_deal
join journey_deal as d on d.deal_id = of_deal.deal_id
join cl_core.activity as t
    on t.activity_id = of_deal.activity_id and t.happened_at between d.from_at and d.until_at
join activity_kind as k on k.kind = lower(t.kind)
left join cl_core.deal_person as p on p.deal_id = d.deal_id and p.person_id = t.person_id
where exists (select from activity_kind);

create temporary table journey_arrival on commit drop as
select a.arrival_id, a.channel = 'Direct' as is_direct,
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

-- What sums of channels and campaigns are kept by.
create temporary table sum_channel on commit drop as
select distinct channel_id, channel from journey_arrival
union all
select '00000000-0000-0000-0000-000000000000', 'unattributed';

create temporary table sum_campaign on commit drop as
select distinct campaign_id, campaign, source, medium from journey_arrival
union all
select '00000000-0000-0000-0000-000000000000', 'unattributed', 'unattributed', 'unattributed';
