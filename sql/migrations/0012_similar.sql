-- Which closed deals are alike, and what they had met. What to send next is read for one lead at a time, and on the page for
-- hundreds: a view would have had to read all journeys at each look (1.7 s over 1,000,000 touches). Refresh keeps these
-- tables by what changed deals, personas and accounts bring.

-- Of a deal the persona of its primary contact, else the one of most of its contacts, else the first by name.
create function cl_sales.persona_of_deal(deal uuid) returns text
language sql stable as $$
    select (
        select p.persona
        from cl_core.deal_person as dp
        join cl_smarketing.lead_persona as p on p.person_id = dp.person_id
        where dp.deal_id = deal and dp.is_contact
        group by p.persona
        order by bool_or(dp.is_primary) desc, count(*) desc, p.persona collate "C"
        limit 1
    )
$$;

-- Of an account that was merged the industry of the survivor, if it says one.
create function cl_sales.industry_of_account(account uuid) returns text
language sql stable as $$
    select (
        select coalesce(v.industry, a.industry)
        from cl_core.account as a
        left join cl_core.account as v on v.account_id = a.survivor_id
        where a.account_id = account
    )
$$;

-- No foreign keys, as on cl_marketing.counted_deal: rows go with their deals.
create table cl_marketing.deal_group (
    deal_id uuid primary key,
    outcome text not null,
    persona text,
    industry text
);

-- The content without a key stands for all deals of the group.
create table cl_marketing.group_content (
    kind text not null check (kind in ('persona', 'industry')),
    item text not null,
    content_id uuid not null,
    won bigint not null,
    lost bigint not null,
    primary key (kind, item, content_id)
);

-- What the deals of the temporary table regrouped_deal contribute, times sign, to the temporary table delta_group. A deal counts
-- once for each content that its journey names.
create function cl_marketing.add_groups(sign integer) returns void
language plpgsql as $$
begin
    with met as (
        select t.deal_id, t.content_id
        from pg_temp.regrouped_deal as r
        join cl_marketing.deal_group as g on g.deal_id = r.deal_id
        join cl_marketing.deal_touch as t on t.deal_id = r.deal_id
        union
        select r.deal_id, '00000000-0000-0000-0000-000000000000' from pg_temp.regrouped_deal as r
    )
    insert into pg_temp.delta_group
    select k.kind, k.item, m.content_id, sign * count(*) filter (where g.outcome = 'won'),
        sign * count(*) filter (where g.outcome = 'lost')
    from met as m
    join cl_marketing.deal_group as g on g.deal_id = m.deal_id
    cross join lateral (values ('persona', g.persona), ('industry', g.industry)) as k (kind, item)
    where k.item is not null
    group by k.kind, k.item, m.content_id;
end
$$;
