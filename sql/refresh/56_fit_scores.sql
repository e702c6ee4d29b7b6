-- What was fitted, with names, in the place of what was fitted before. If no score is another one, the credits of deals
-- that did not change stay; those of all others go.

analyze fit_step, fit_value;

create temporary table fit_name on commit drop as
select m.model, k.number, k.name
from cl_marketing.model as m
join (
    select distinct 'channel' as item, channel as number, channel_name as name from fit_arrival
    union
    select distinct 'topic', topic, topic_name from fit_content
) as k on k.item = case when m.name in ('markov_channel', 'shapley_channel') then 'channel' else 'topic' end
where m.is_fitted;

create temporary table new_state_effect (like cl_marketing.state_effect) on commit drop;
insert into new_state_effect
    (model, state_no, state, kind, content_id, items, won_deals, lost_deals, visit_chance, win_chance, effect)
select m.name, s.number + 1,
    case
        when s.kind = 2 then '(rest)'
        when s.kind = 1 then 'topic: ' || n.name
        else coalesce(c.title, c.url, n.name)
    end,
    (array['item', 'group', 'rest'])[s.kind + 1], s.content_id, s.items, s.won, s.lost, s.visit * 0.000000000001,
    s.win * 0.000000000001, s.effect * 0.000000000001
from fit_state as s
join cl_marketing.model as m on m.model = s.model
left join cl_core.content as c on c.content_id = s.content_id
left join fit_name as n on n.model = s.model and n.number = s.item and s.content_id is null;

-- Of a game the effect is the mean of a state's values over the closed deals that hold it.
insert into new_state_effect (model, state_no, state, kind, items, won_deals, lost_deals, effect)
select m.name, v.item + 1, n.name, 'item', 1, v.won, v.lost,
    round(v.value * 0.000000000001 / nullif(v.won + v.lost, 0), 12)
from (
    select model, item, sum(won) as won, sum(lost) as lost, sum(value::numeric * (won + lost)) as value
    from fit_value
    group by model, item
) as v
join cl_marketing.model as m on m.model = v.model
join fit_name as n on n.model = v.model and n.number = v.item;

create temporary table new_folded_item (like cl_marketing.folded_item) on commit drop;
insert into new_folded_item (model, item_no, item, content_id, state_no)
select m.name, row_number() over (partition by m.name order by f.item), coalesce(c.title, c.url, n.name), f.content_id,
    f.number + 1
from fit_folded as f
join cl_marketing.model as m on m.model = f.model
left join cl_core.content as c on c.content_id = f.content_id
left join fit_name as n on n.model = f.model and n.number = f.item and f.content_id is null;

create temporary table new_state_value (like cl_marketing.state_value) on commit drop;
insert into new_state_value (model, set_no, state_no, states, state, won_deals, lost_deals, value, standard_error)
select m.name, g.set_no, v.item + 1, g.states, n.name, v.won, v.lost, v.value * 0.000000000001, v.error * 0.000000000001
from (
    select k.model, k.set_number, array_agg(x.name order by x.number) as states,
        row_number() over (partition by k.model order by count(*), array_agg(k.item order by k.item)) as set_no
    from fit_value as k
    join fit_name as x on x.model = k.model and x.number = k.item
    group by k.model, k.set_number
) as g
join fit_value as v on v.model = g.model and v.set_number = g.set_number
join fit_name as n on n.model = v.model and n.number = v.item
join cl_marketing.model as m on m.model = v.model;

-- Chains: what any touch may weigh (a content is the same whatever its title). Games: sets that came or went are those of
-- changed deals alone.
update fit_due
set is_whole = true
where not is_whole and (
    exists (
        select from (
            select model, state_no, case when content_id is null then state end as state, content_id, kind, effect
            from new_state_effect
            where visit_chance is not null
            union all
            select model, state_no, case when content_id is null then state end, content_id, kind, effect
            from cl_marketing.state_effect
            where visit_chance is not null
        ) as s
        group by model, state_no, state, content_id, kind, effect
        having count(*) <> 2
    )
    or exists (
        select from (
            select model, case when content_id is null then item end as item, content_id, state_no from new_folded_item
            union all
            select model, case when content_id is null then item end, content_id, state_no from cl_marketing.folded_item
        ) as f
        group by model, item, content_id, state_no
        having count(*) <> 2
    )
    or exists (
        select from new_state_value as n
        join cl_marketing.state_value as o on o.model = n.model and o.states = n.states and o.state = n.state
        where o.value <> n.value
    )
);

delete from cl_marketing.transition;
delete from cl_marketing.state_value;
delete from cl_marketing.folded_item;
delete from cl_marketing.state_effect;
insert into cl_marketing.state_effect select * from new_state_effect;
insert into cl_marketing.folded_item select * from new_folded_item;
insert into cl_marketing.state_value select * from new_state_value;

analyze new_state_effect;
insert into cl_marketing.transition
    (model, from_no, to_no, from_state, to_state, from_content_id, to_content_id, won, lost, probability, won_share,
     lost_share)
select m.name, s.from_number + 1, s.to_number + 1, coalesce(f.state, '(start)'),
    coalesce(u.state, case s.to_number when -2 then '(won)' else '(lost)' end), f.content_id, u.content_id, s.won, s.lost,
    round((s.won + s.lost) / sum(s.won + s.lost) over outgoing, 12),
    round(s.won / nullif(sum(s.won) over outgoing, 0), 6),
    round(s.lost / nullif(sum(s.lost) over outgoing, 0), 6)
from fit_step as s
join cl_marketing.model as m on m.model = s.model
left join new_state_effect as f on f.model = m.name and f.state_no = s.from_number + 1
left join new_state_effect as u on u.model = m.name and u.state_no = s.to_number + 1
window outgoing as (partition by s.model, s.from_number);

delete from cl_marketing.fitted_touch as t
where (select is_whole from fit_due) or t.deal_id in (select c.deal_id from changed_deal as c);
