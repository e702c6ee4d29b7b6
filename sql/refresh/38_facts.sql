-- What is judged by the shared language: whom anything changed for, what was known of them when, and which conditions their
-- contacts and touches meet. Personas, stages and the score go on from here.

create temporary table judged_person (person_id uuid primary key) on commit drop;

-- Whose records or touches changed, whose account did, and who met content of which something else is said now. If the
-- definitions are not as they were, everybody.
insert into judged_person (person_id)
select person_id
from changed_person
where exists (select from cl_smarketing.definition) or exists (select from changed_definition)
union
select f.person_id
from cl_ops.changed_key as c
join cl_smarketing.lead_fact as f on f.account_id = c.key
where c.kind = 'account'
union
select t.person_id
from retold_content as c
join cl_core.touch as t on t.content_id = c.content_id
union
select person_id from cl_core.person where exists (select from changed_definition);
analyze judged_person;

delete from cl_smarketing.lead_fact as f using judged_person as j where f.person_id = j.person_id;

do $$
begin
    if not exists (select from cl_smarketing.definition where who_condition is not null)
        or not exists (select from judged_person)
    then
        return;
    end if;
    create temporary table judged_lead on commit drop as
    select l.lead_id, l.person_id
    from judged_person as j
    join cl_core.lead as l on l.person_id = j.person_id;
    analyze judged_lead;
    perform cl_core.make_spans('lead');

    create temporary table judged_account on commit drop as
    select distinct h.account_id
    from lead_span as s
    join cl_core.lead_history as h on h.lead_id = s.lead_id and h.source = s.source and h.batch_no = s.batch_no
    where h.account_id is not null;
    analyze judged_account;
    perform cl_core.make_spans('account');

    -- Before the first version of an account, and once it is deleted, nothing is known of it; of one that was merged what was.
    create temporary table known_account on commit drop as
    select s.account_id, s.from_at, s.until_at, h.name, h.industry, h.employees, h.country, h.owner
    from account_span as s
    left join cl_core.account_history as h on h.account_id = s.account_id and h.source = s.source
        and h.batch_no = s.batch_no and (s.is_merged or not s.is_deleted)
    union all
    select account_id, '-infinity', min(from_at), null, null, null, null, null
    from account_span
    group by account_id;
    create index on known_account (account_id);
    analyze known_account;

    insert into cl_smarketing.lead_fact
        (lead_id, person_id, from_at, until_at, account_id, name, email_domain, company_domain, company, title, employees,
         country, industry, phone, crm_stage, owner, source_detail, created_at, account_name, account_industry,
         account_employees, account_country, account_owner)
    select
        j.lead_id, j.person_id, greatest(s.from_at, a.from_at), least(s.until_at, a.until_at), h.account_id, h.name,
        lower(substring(h.email from '@([^@]+)$')), h.company_domain, h.company, h.title, h.employees, h.country, h.industry,
        h.phone, h.stage, h.owner, h.source_detail, h.created_at, a.name, a.industry, a.employees, a.country, a.owner
    from lead_span as s
    join judged_lead as j on j.lead_id = s.lead_id
    join cl_core.lead_history as h on h.lead_id = s.lead_id and h.source = s.source and h.batch_no = s.batch_no
    left join known_account as a on a.account_id = h.account_id and a.from_at < s.until_at and a.until_at > s.from_at
    where not s.is_deleted and not s.is_merged and s.from_at < s.until_at;
end
$$;

-- Every condition over the facts of these persons, in one pass each.
create temporary table judged_who (like cl_smarketing.definition_who) on commit drop;
create temporary table judged_did (like cl_smarketing.definition_did) on commit drop;

do $$
begin
    if exists (select from cl_smarketing.definition where who_condition is not null) then
        insert into judged_who
        select w.* from cl_smarketing.definition_who as w where w.person_id in (select person_id from judged_person);
    end if;
    if exists (select from cl_smarketing.definition where did_condition is not null) then
        insert into judged_did
        select d.* from cl_smarketing.definition_did as d where d.person_id in (select person_id from judged_person);
    end if;
exception when data_exception or program_limit_exceeded then
    perform cl_smarketing.blame_condition();
    raise;
end
$$;
create index on judged_who (person_id, definition_no); -- stages ask at each moment
analyze judged_who;
analyze judged_did;
