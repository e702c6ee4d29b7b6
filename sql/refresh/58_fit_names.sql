-- Titles of contents change without a new fit.

update cl_marketing.state_effect as s
set state = coalesce(c.title, c.url)
from changed_content as k
join cl_core.content as c on c.content_id = k.content_id
where s.content_id = k.content_id and s.state <> coalesce(c.title, c.url);

update cl_marketing.folded_item as f
set item = coalesce(c.title, c.url)
from changed_content as k
join cl_core.content as c on c.content_id = k.content_id
where f.content_id = k.content_id and f.item <> coalesce(c.title, c.url);

update cl_marketing.transition as t
set from_state = coalesce(c.title, c.url)
from changed_content as k
join cl_core.content as c on c.content_id = k.content_id
where t.from_content_id = k.content_id and t.from_state <> coalesce(c.title, c.url);

update cl_marketing.transition as t
set to_state = coalesce(c.title, c.url)
from changed_content as k
join cl_core.content as c on c.content_id = k.content_id
where t.to_content_id = k.content_id and t.to_state <> coalesce(c.title, c.url);
