-- Of the judged persons: the persona, the rules of the score that they meet, and the touches that stages ask for.

create temporary table new_persona on commit drop as
select distinct on (j.person_id) j.person_id, d.name as persona
from judged_who as j
join cl_smarketing.definition as d on d.definition_no = j.definition_no and d.kind = 'persona'
where j.until_at = 'infinity'
order by j.person_id, d.place;
create unique index on new_persona (person_id);
analyze new_persona;

-- A rule by who a lead is stands since its newest versions meet it without a gap.
create temporary table new_met on commit drop as
select person_id, touched_at as at, touch_id, definition_no
from judged_did
union all
select person_id, max(from_at) filter (where begins), '00000000-0000-0000-0000-000000000000', definition_no
from (
    select j.person_id, j.definition_no, j.from_at, j.until_at,
        coalesce(j.from_at > max(j.until_at) over (
            partition by j.person_id, j.definition_no order by j.from_at, j.until_at
            rows between unbounded preceding and 1 preceding
        ), true) as begins
    from judged_who as j
    join cl_smarketing.definition as d on d.definition_no = j.definition_no and d.kind = 'score'
) as version
group by person_id, definition_no
having max(until_at) = 'infinity';
create unique index on new_met (person_id, at, touch_id, definition_no);
analyze new_met;

-- What is as it was is not written.
delete from cl_smarketing.lead_persona as p
using judged_person as j
where p.person_id = j.person_id
  and not exists (select from new_persona as n where n.person_id = p.person_id and n.persona = p.persona);

insert into cl_smarketing.lead_persona (person_id, persona)
select person_id, persona from new_persona
on conflict do nothing;

delete from cl_smarketing.met_definition as m
using judged_person as j
where m.person_id = j.person_id
  and not exists (
    select from new_met as n
    where n.person_id = m.person_id and n.at = m.at and n.touch_id = m.touch_id and n.definition_no = m.definition_no
  );

insert into cl_smarketing.met_definition (person_id, at, touch_id, definition_no)
select person_id, at, touch_id, definition_no from new_met
on conflict do nothing;

select cl_ops.analyze_grown('cl_smarketing.lead_persona', 'cl_smarketing.met_definition');
