-- What closedloop-load fits models to: the items that journeys hold, numbered from 0 in the order of what they are known
-- by, and tables for what it finds.

create temporary table fit_content on commit drop as
select c.content_id, (dense_rank() over (order by coalesce(c.topic, '(none)') collate "C") - 1)::integer as topic,
    coalesce(c.topic, '(none)') as topic_name
from (select t.content_id from cl_marketing.deal_touch as t where t.touched_at is not null group by 1) as held
join cl_core.content as c on c.content_id = held.content_id;

create temporary table fit_arrival on commit drop as
select a.arrival_no, (dense_rank() over (order by a.channel collate "C") - 1)::integer as channel,
    a.channel as channel_name
from (select t.arrival_id from cl_marketing.deal_touch as t where t.touched_at is not null group by 1) as held
join journey_arrival as a on a.arrival_id = held.arrival_id;

-- Their sums are made anew, since one closed deal changes the credits of all.
delete from cl_marketing.journey_sum where is_fitted;

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
