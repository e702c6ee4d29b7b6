-- The facts of the monthly meeting, the newest months.
select json_agg(to_jsonb(m) - 'top_content_id' - 'weakest_comparison' || jsonb_build_object('month', to_char(m.month, 'YYYY-MM'), 'top_content', left(m.top_content, 200)) order by m.month desc)
from (select * from cl_smarketing.meeting order by month desc limit 13) as m
