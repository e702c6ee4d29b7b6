-- Accounts: survivors of merges; and, where people of a deal's account take part in it (attribution: {scope: account}), who
-- these are and which deals a change of accounts or of people re-opens.

select cl_core.find_survivors('account');

-- Those that were reached just now still stand as they stood.
insert into old_account (account_id, root_id, company_domain)
select c.key, coalesce(a.survivor_id, c.key), cl_core.domain_of_account(a)
from cl_ops.changed_key as c
left join cl_core.account as a on a.account_id = c.key
where c.kind = 'account' and not exists (select from old_account as o where o.account_id = c.key);

update cl_core.account as a
set survivor_id = s.survivor_id
from (
    select o.account_id, w.survivor_id
    from old_account as o
    left join survivor as w on w.key = o.account_id
) as s
where a.account_id = s.account_id and a.survivor_id is distinct from s.survivor_id;
drop table survivor;

do $$
begin
    if (select attribution ->> 'scope' from cl_ops.setting) is distinct from 'account' then
        return;
    end if;

    -- What a contact's record says counts, unless the record is gone or was merged into another one: that one says. Other
    -- addresses count for people of whom no such record says one: people change companies, and what they read with an
    -- address of before does not hold them there.
    delete from cl_core.person_account as t using changed_person as c where t.person_id = c.person_id;
    insert into cl_core.person_account (person_id, account_id)
    select distinct l.person_id, l.account_id
    from changed_person as c
    join cl_core.lead as l on l.person_id = c.person_id
    where not l.is_deleted and l.merged_into_key is null and l.account_id is not null;

    delete from cl_core.person_domain as t using changed_person as c where t.person_id = c.person_id;
    insert into cl_core.person_domain (person_id, company_domain)
    select l.person_id, l.company_domain
    from changed_person as c
    join cl_core.lead as l on l.person_id = c.person_id
    where not l.is_deleted and l.merged_into_key is null and l.company_domain is not null
    union
    select k.person_id, k.company_domain
    from (
        select i.person_id, i.company_domain
        from changed_person as c
        join cl_core.identity as i on i.person_id = c.person_id
        union
        select d.person_id, d.company_domain
        from changed_person as c
        join cl_core.deal_contact as d on d.person_id = c.person_id
    ) as k
    where k.company_domain is not null
      and not exists (
        select from cl_core.lead as l
        where l.person_id = k.person_id and not l.is_deleted and l.merged_into_key is null and l.email is not null
      );

    -- Deals of accounts whose domain or whose merges changed, and of those to which changed people belong now. (In which
    -- deals they were, cl_core.deal_person has told.)
    insert into cl_ops.changed_key (kind, key)
    select 'deal', d.deal_id
    from (
        select r.root_id
        from old_account as o
        left join cl_core.account as a on a.account_id = o.account_id
        cross join lateral (values (o.root_id), (coalesce(a.survivor_id, o.account_id))) as r (root_id)
        where (o.root_id, o.company_domain)
            is distinct from (coalesce(a.survivor_id, o.account_id), cl_core.domain_of_account(a))
        union
        select coalesce(a.survivor_id, p.account_id)
        from changed_person as c
        join cl_core.person_account as p on p.person_id = c.person_id
        left join cl_core.account as a on a.account_id = p.account_id
        union
        select coalesce(a.survivor_id, a.account_id)
        from changed_person as c
        join cl_core.person_domain as p on p.person_id = c.person_id
        join cl_core.account as a on a.company_domain = p.company_domain
        where cl_core.domain_of_account(a) is not null
    ) as k
    cross join lateral (
        select k.root_id as account_id
        union
        select a.account_id from cl_core.account as a where a.survivor_id = k.root_id
    ) as m
    join cl_core.deal as d on d.account_id = m.account_id
    group by 2
    on conflict do nothing;
end
$$;
