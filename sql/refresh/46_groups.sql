-- What deals that are regrouped counted for so far is taken from the groups: changed ones, and those whose contacts are of
-- another persona or whose account is of another industry now. Before their old journeys go.

create temporary table delta_group (like cl_marketing.group_content) on commit drop;

create temporary table regroup_candidate on commit drop as
select deal_id, bool_or(is_changed) as is_changed
from (
    select deal_id, true as is_changed from changed_deal
    union all
    select dp.deal_id, false
    from judged_person as j
    join cl_core.deal_person as dp on dp.person_id = j.person_id and dp.is_contact
    union all
    select d.deal_id, false
    from cl_ops.changed_key as c
    join cl_core.deal as d on d.account_id = c.key
    where c.kind = 'account'
) as k
group by deal_id;
analyze regroup_candidate;

create temporary table new_group on commit drop as
select d.deal_id, d.outcome, cl_sales.persona_of_deal(d.deal_id) as persona,
    cl_sales.industry_of_account(d.account_id) as industry
from regroup_candidate as c
join cl_core.deal as d on d.deal_id = c.deal_id
where d.outcome in ('won', 'lost') and d.amount_reporting is not null;
analyze new_group;

create temporary table regrouped_deal on commit drop as
select c.deal_id
from regroup_candidate as c
left join new_group as n on n.deal_id = c.deal_id
left join cl_marketing.deal_group as g on g.deal_id = c.deal_id
where c.is_changed and (g.deal_id is not null or n.deal_id is not null)
    or (n.persona, n.industry) is distinct from (g.persona, g.industry);
create unique index on regrouped_deal (deal_id);
analyze regrouped_deal;

select cl_marketing.add_groups(-1);

delete from cl_marketing.deal_group as g using regrouped_deal as r where g.deal_id = r.deal_id;

insert into cl_marketing.deal_group (deal_id, outcome, persona, industry)
select n.deal_id, n.outcome, n.persona, n.industry
from regrouped_deal as r
join new_group as n on n.deal_id = r.deal_id
where n.persona is not null or n.industry is not null;
