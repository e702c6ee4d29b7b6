-- What closedloop-load fits models to: the items that journeys hold, numbered from 0 in the order of what they are known
-- by, and tables for what it finds.

create temporary table fit_held on commit drop as
select t.content_id, t.arrival_id
from cl_marketing.deal_touch as t
where t.touched_at is not null
group by t.content_id, t.arrival_id;
analyze fit_held;

create temporary table fit_content on commit drop as
select c.content_id, (dense_rank() over (order by coalesce(c.topic, '(none)') collate "C") - 1)::integer as topic,
    coalesce(c.topic, '(none)') as topic_name
from cl_core.content as c
where c.content_id in (select h.content_id from fit_held as h);

create temporary table fit_arrival on commit drop as
select a.arrival_id, (dense_rank() over (order by a.channel collate "C") - 1)::integer as channel,
    a.channel as channel_name,
    (dense_rank() over (
        order by coalesce(a.campaign, '(none)'), coalesce(a.source, '(none)'), coalesce(a.medium, '(none)')
    ) - 1)::integer as campaign,
    j.is_of_campaigns
from cl_core.arrival as a
join journey_arrival as j on j.arrival_id = a.arrival_id
where a.arrival_id in (select h.arrival_id from fit_held as h);

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
