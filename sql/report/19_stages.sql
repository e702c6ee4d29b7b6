-- The stages in which people stand, and what the CRM says of them.

create view cl_smarketing.lead_stage as
select person_id, stage, stage_no, entered_at as since
from cl_smarketing.stage_history
where left_at is null;

create view cl_smarketing.stage_disagreement as
select
    p.person_id, p.email, p.name, p.company, p.owner,
    l.stage, l.stage_no, l.since,
    p.stage as crm_stage, c.stage_no as crm_stage_no,
    case
        when c.stage_no is null then 'crm_other'
        when c.stage_no > coalesce(l.stage_no, 0) then 'crm_ahead'
        else 'crm_behind'
    end as relation
from cl_core.person as p
left join cl_smarketing.lead_stage as l on l.person_id = p.person_id
left join (
    select crm_stage, max(d.place) as stage_no
    from cl_smarketing.definition as d
    cross join unnest(d.crm_stages) as crm_stage
    where d.kind = 'stage'
    group by crm_stage
) as c on c.crm_stage = lower(btrim(p.stage))
where p.is_lead
  and p.stage is not null
  and c.stage_no is distinct from l.stage_no
  and exists (select from cl_smarketing.definition as d where d.kind = 'stage');
