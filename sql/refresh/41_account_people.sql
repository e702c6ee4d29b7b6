-- By scope: account the people of its account take part in a deal too: those whose record names the account, or one that was
-- merged into it, and those with an address of its domain, or of theirs.

do $$
begin
    if (select attribution ->> 'scope' from cl_ops.setting) is distinct from 'account' then
        return;
    end if;

    create temporary table deal_root on commit drop as
    select d.deal_id, coalesce(a.survivor_id, d.account_id) as root_id
    from changed_deal as c
    join cl_core.deal as d on d.deal_id = c.deal_id
    left join cl_core.account as a on a.account_id = d.account_id
    where d.outcome <> 'deleted' and d.account_id is not null;
    analyze deal_root;

    create temporary table root_account on commit drop as
    select root_id, root_id as account_id
    from deal_root
    union
    select r.root_id, a.account_id
    from deal_root as r
    join cl_core.account as a on a.survivor_id = r.root_id;
    analyze root_account;

    create temporary table root_person on commit drop as
    select r.root_id, p.person_id
    from root_account as r
    join cl_core.person_account as p on p.account_id = r.account_id
    union
    select d.root_id, p.person_id
    from (
        select distinct r.root_id, cl_core.domain_of_account(a) as company_domain
        from root_account as r
        join cl_core.account as a on a.account_id = r.account_id
    ) as d
    join cl_core.person_domain as p on p.company_domain = d.company_domain;
    analyze root_person;

    insert into cl_core.deal_person (deal_id, person_id, roles, is_primary, is_contact, role_weight)
    select r.deal_id, p.person_id, '{}', false, false, 1000000
    from deal_root as r
    join root_person as p on p.root_id = r.root_id
    on conflict do nothing; -- its contacts
end
$$;
