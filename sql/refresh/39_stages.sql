-- In which stage the judged persons stood when. A person is judged at each event by the definitions in force at its time:
-- at a version of a contact or its account, at a touch. Between two events nothing changes. So it is enough to look at the
-- moments at which a version begins or ends, at which a `did` is completed, and at the first touch under other definitions.

-- `did`: of the touches that meet a definition the first that has enough of them behind it, counted under that definition
-- alone. What was done was done: the first time counts, whichever definition of the stage it was.
create temporary table stage_done on commit drop as
select distinct on (person_id, place) person_id, place, touched_at, touch_id
from (
    select j.person_id, d.place, j.touched_at, j.touch_source, j.touch_id, d.within,
        j.touched_at - lag(j.touched_at, d.times - 1) over (
            partition by j.person_id, j.definition_no order by j.touched_at, j.touch_source, j.touch_id
        ) as lasted
    from judged_did as j
    join cl_smarketing.definition as d on d.definition_no = j.definition_no and d.kind = 'stage'
) as met
where lasted is not null and (within is null or lasted <= within)
order by person_id, place, touched_at, touch_source, touch_id;

create temporary table stage_moment on commit drop as
select person_id, at, bool_or(is_version) as is_version
from (
    select f.person_id, e.at, true as is_version
    from judged_person as j
    join cl_smarketing.lead_fact as f on f.person_id = j.person_id
    cross join lateral (values (f.from_at), (f.until_at)) as e (at)
    where e.at < 'infinity'
    union all
    select person_id, touched_at, false from stage_done
    union all
    select j.person_id, t.touched_at, false
    from (
        select valid_from as at from cl_smarketing.definition where kind = 'stage' and valid_from > '-infinity'
        union
        select valid_until from cl_smarketing.definition where kind = 'stage' and valid_until < 'infinity'
    ) as b
    cross join judged_person as j
    cross join lateral (
        select t.touched_at
        from cl_core.touch as t
        where t.person_id = j.person_id and t.touched_at >= b.at
        order by t.touched_at
        limit 1
    ) as t
) as event
where exists (select from cl_smarketing.definition as d where d.kind = 'stage')
group by person_id, at;
analyze stage_moment;
analyze stage_done;

-- The highest stage that is met at each moment; no row if none is.
create temporary table stage_met on commit drop as
select distinct on (m.person_id, m.at) m.person_id, m.at, d.place, d.definition_no
from stage_moment as m
join cl_smarketing.definition as d on d.kind = 'stage' and d.valid_from <= m.at and d.valid_until > m.at
left join stage_done as t on t.person_id = m.person_id and t.place = d.place and t.touched_at <= m.at
where (d.did_condition is null or t.person_id is not null)
  and (d.who_condition is null or exists (
    select from judged_who as w
    where w.person_id = m.person_id and w.definition_no = d.definition_no and w.from_at <= m.at and w.until_at > m.at
  ))
order by m.person_id, m.at, d.place desc;

-- Where it becomes another one than before; place 0 is no stage.
create temporary table stage_change on commit drop as
select person_id, at, place, came_place, definition_no, is_version,
    lead(at) over (partition by person_id order by at) as left_at,
    row_number() over (partition by person_id, place order by at) as entry
from (
    select m.person_id, m.at, m.is_version, coalesce(s.place, 0) as place, s.definition_no,
        coalesce(lag(s.place) over (partition by m.person_id order by m.at), 0) as came_place
    from stage_moment as m
    left join stage_met as s on s.person_id = m.person_id and s.at = m.at
) as moment
where place <> came_place;
analyze stage_change;

create temporary table stage_skipped on commit drop as
select c.person_id, c.at, array_agg(d.name order by d.place) as names
from stage_change as c
join cl_smarketing.definition as d on d.kind = 'stage' and d.place > c.came_place and d.place < c.place
    and d.valid_from <= c.at and d.valid_until > c.at
where c.place > c.came_place + 1
  and not exists (
    select from stage_change as had
    where had.person_id = c.person_id and had.place = d.place and had.entry = 1 and had.at < c.at
  )
group by c.person_id, c.at;

create temporary table new_stage on commit drop as
select
    c.person_id, c.place as stage_no, d.name as stage, c.at as entered_at, c.left_at, c.entry::integer as entry,
    b.name as came_from, c.place < c.came_place as is_backward, coalesce(k.names, '{}') as skipped,
    case when t.touched_at = c.at then 'did' when c.is_version then 'who' else 'definition' end as cause,
    case when t.touched_at = c.at then t.touch_id end as touch_id,
    c.definition_no
from stage_change as c
join cl_smarketing.definition as d on d.definition_no = c.definition_no
left join (
    select distinct place, name from cl_smarketing.definition where kind = 'stage'
) as b on b.place = c.came_place
left join stage_skipped as k on k.person_id = c.person_id and k.at = c.at
left join stage_done as t on t.person_id = c.person_id and t.place = c.place and d.did_condition is not null
where c.place > 0;
create unique index on new_stage (person_id, entered_at);
analyze new_stage;

-- What is as it was is not written.
delete from cl_smarketing.stage_history as h
using judged_person as j
where h.person_id = j.person_id
  and not exists (
    select from new_stage as n
    where n.person_id = h.person_id and n.entered_at = h.entered_at and row(n.*) is not distinct from row(h.*)
  );

insert into cl_smarketing.stage_history
    (person_id, stage_no, stage, entered_at, left_at, entry, came_from, is_backward, skipped, cause, touch_id, definition_no)
select n.person_id, n.stage_no, n.stage, n.entered_at, n.left_at, n.entry, n.came_from, n.is_backward, n.skipped, n.cause,
    n.touch_id, n.definition_no
from new_stage as n
on conflict (person_id, entered_at) do nothing;

select cl_ops.analyze_grown('cl_smarketing.stage_history');
