-- What the changed deals contributed so far is taken from the sums, and their old journeys go. closedloop-load then reads
-- journey_touch in order, credits each deal under every model, and copies the new rows in.

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
select distinct t.content_id, cl_core.month_of(t.touched_at) as month
from changed_deal as c
join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
where t.touched_at is not null;

select cl_marketing.add_contribution(-1);

with gone as (
    delete from cl_marketing.deal_touch as t using changed_deal as c where t.deal_id = c.deal_id returning t.*
)
insert into reported_touch select * from gone;

-- The moment a deal's primary person became a lead: of the flagged contacts, else of all, the one that was a lead first.
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
    order by dp.is_primary desc, p.became_lead_at nulls last, p.person_id
    limit 1
) as l on true
where d.outcome in ('open', 'won', 'lost') and d.amount_reporting is not null;
create unique index on journey_deal (deal_id);
analyze journey_deal;
