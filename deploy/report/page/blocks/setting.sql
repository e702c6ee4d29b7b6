-- What all views say of themselves: the state of the data, the models, and how often figures were checked.
select json_build_object(
    'currency', s.currency,
    'timezone', s.timezone,
    'model', s.model,
    'read_at', s.read_at,
    'refreshed_at', s.refreshed_at,
    'until', s.until,
    'lookback_days', extract(day from s.lookback),
    'models', (
        select json_agg(json_build_object('name', m.name, 'meaning', m.meaning) order by m.model)
        from cl_marketing.model as m
        where m.is_computed
    ),
    'checks', (
        select json_build_object('checks', count(*), 'differing', count(*) filter (where r.status <> 'ok'))
        from cl_ops.reconciliation as r
        where r.checked_at = (select max(checked_at) from cl_ops.reconciliation)
    ),
    'quality', (
        select coalesce(json_agg(json_build_array(q.name, q.items) order by q.items desc, q.name), '[]')
        from (select name, count(*) as items from cl_ops.quality group by name) as q
    )
)
from cl_ops.setting as s
