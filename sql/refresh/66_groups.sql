-- What they count for now is added. What is as it was is not written.

select cl_marketing.add_groups(1);

insert into cl_marketing.group_content as t (kind, item, content_id, won, lost)
select kind, item, content_id, sum(won), sum(lost)
from delta_group
group by kind, item, content_id
having sum(won) <> 0 or sum(lost) <> 0
on conflict (kind, item, content_id) do update
set won = t.won + excluded.won,
    lost = t.lost + excluded.lost;

delete from cl_marketing.group_content
where won = 0 and lost = 0 and (kind, item, content_id) in (select kind, item, content_id from delta_group);
