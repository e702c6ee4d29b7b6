-- The old journeys of the changed deals go. closedloop-load then reads the new ones in order, credits each deal under every
-- model, and copies the rows in.

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
left join (
    select distinct on (dp.deal_id) dp.deal_id, p.became_lead_at
    from changed_deal as c
    join cl_core.deal_person as dp on dp.deal_id = c.deal_id
    join cl_core.person as p on p.person_id = dp.person_id
    order by dp.deal_id, dp.is_contact desc, dp.is_primary desc, p.became_lead_at nulls last, p.person_id
) as l on l.deal_id = c.deal_id
where d.outcome in ('open', 'won', 'lost') and d.amount_reporting is not null;
create unique index on journey_deal (deal_id);
analyze journey_deal;

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

delete from cl_marketing.counted_deal as d using changed_deal as c where d.deal_id = c.deal_id;
insert into cl_marketing.counted_deal (deal_id, outcome, month, amount)
select deal_id, outcome, month, amount from journey_deal;
