-- Whether the models that are fitted to all journeys are to be fitted anew: a deal changed, or, for models that know
-- topics, a topic of what journeys hold, or which models are wanted. is_whole: then the credits of all deals are written
-- anew; so they are if a score changes.

create temporary table fit_due on commit drop as
select w.is_whole or w.is_wanted and exists (select from changed_deal) as is_due, w.is_whole,
    coalesce((s.attribution ->> 'states')::bigint, 500) as states
from cl_ops.setting as s
cross join (
    select
        exists (select from cl_marketing.model as m where m.is_fitted and m.is_computed) as is_wanted,
        exists (select from changed_topic)
        and exists (
            select from changed_topic as c
            join cl_marketing.deal_touch as t on t.content_id = c.content_id
        )
        and exists (
            select from cl_marketing.model as m
            where m.is_computed and (
                m.name in ('markov_topic', 'shapley_topic')
                or m.name = 'markov_content' and exists (select from cl_marketing.folded_item as f where f.model = m.name)
            )
        )
        or exists (
            select from cl_marketing.model as m
            left join (select f.weights from cl_marketing.fitted_touch as f limit 1) as f on true
            where m.is_fitted and m.is_computed <> (f.weights[m.model - 100] is not null)
        ) as is_whole
) as w;
