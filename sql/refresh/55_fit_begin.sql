-- What closedloop-load fits models to: the deals, the items that their journeys hold, numbered from 0 in the order of what
-- they are known by, and tables for what it finds.

create temporary table fit_deal on commit drop as
select d.deal_id, true as is_to_be_written, (d.amount_reporting * power(10::numeric, s.currency_exponent))::bigint as amount
from cl_core.deal as d
cross join cl_ops.setting as s
where d.outcome in ('open', 'won', 'lost') and d.amount_reporting is not null;
alter table fit_deal add primary key (deal_id);
analyze fit_deal;

create temporary view fit_journey as
select d.deal_id, t.position, t.outcome, t.month, d.amount, d.is_to_be_written, t.touched_at is not null as is_touch, t.content_id, t.arrival_id,
    t.role_weight
from fit_deal as d
join cl_marketing.deal_touch as t on t.deal_id = d.deal_id;

create temporary table fit_content on commit drop as
select c.content_id, (dense_rank() over (order by coalesce(c.topic, '(none)') collate "C") - 1)::integer as topic,
    coalesce(c.topic, '(none)') as topic_name
from cl_core.content as c
where exists (
    select from cl_marketing.deal_touch as t where t.content_id = c.content_id and t.touched_at is not null
);

create temporary table fit_arrival on commit drop as
select a.arrival_id, (dense_rank() over (order by a.channel collate "C") - 1)::integer as channel,
    a.channel as channel_name,
    (dense_rank() over (
        order by coalesce(a.campaign, '(none)'), coalesce(a.source, '(none)'), coalesce(a.medium, '(none)')
    ) - 1)::integer as campaign,
    j.is_of_campaigns
from cl_core.arrival as a
join journey_arrival as j on j.arrival_id = a.arrival_id
where exists (select from cl_marketing.deal_touch as t where t.arrival_id = a.arrival_id and t.touched_at is not null);

-- Sums over touches, in parts; by model number less 100, as in cl_marketing.fitted_touch.
create temporary table fit_content_sum (
    content_id uuid, month date, outcome text, deals bigint, weights bigint[], credits bigint[]
) on commit drop;
create temporary table fit_arrival_sum (
    arrival_id uuid, month date, outcome text, deals bigint, weights bigint[], credits bigint[], campaign_deals bigint,
    campaign_weights bigint[], campaign_credits bigint[]
) on commit drop;

-- Numbers of states are those of a model; in steps the start is -1, won -2 and lost -3.
create temporary table fit_state (
    model integer, content_id uuid, number bigint, kind bigint, item bigint, items bigint, won bigint, lost bigint,
    visit bigint, win bigint, effect bigint
) on commit drop;
create temporary table fit_step (
    model integer, from_number bigint, to_number bigint, won bigint, lost bigint
) on commit drop;
create temporary table fit_folded (model integer, content_id uuid, item bigint, number bigint) on commit drop;
create temporary table fit_value (
    model integer, set_number bigint, item bigint, won bigint, lost bigint, value bigint, error bigint
) on commit drop;
