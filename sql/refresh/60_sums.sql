-- What the new journeys contribute is added.

create temporary table sum_model on commit drop as
select model from cl_marketing.model where is_computed and not is_fitted;
analyze journey_sum;

insert into cl_marketing.content_credit as t (content_id, model, month, outcome, deals, weight, credit)
select content_id, model, month, outcome, sum(deals), sum(weight), sum(credit)
from (
    select * from delta_content
    union all
    select s.item, m.model, s.month, s.outcome, s.deals, s.weights[m.model], s.credits[m.model]
    from journey_sum as s
    cross join sum_model as m
    where s.kind = 'content'
) as d
group by content_id, model, month, outcome
having sum(deals) <> 0 or sum(weight) <> 0 or sum(credit) <> 0
order by content_id, model, month, outcome
on conflict (content_id, model, month, outcome) do update
set deals = t.deals + excluded.deals, weight = t.weight + excluded.weight, credit = t.credit + excluded.credit;
delete from cl_marketing.content_credit as t
using (select distinct content_id, model, month, outcome from delta_content) as d
where t.deals = 0 and t.content_id = d.content_id and t.model = d.model and t.month = d.month and t.outcome = d.outcome;

insert into cl_marketing.channel_credit as t (channel, model, month, outcome, deals, weight, credit)
select channel, model, month, outcome, sum(deals), sum(weight), sum(credit)
from (
    select * from delta_channel
    union all
    select k.channel, m.model, s.month, s.outcome, s.deals, s.weights[m.model], s.credits[m.model]
    from journey_sum as s
    join sum_channel as k on k.channel_id = s.item
    cross join sum_model as m
    where s.kind = 'channel'
) as d
group by channel, model, month, outcome
having sum(deals) <> 0 or sum(weight) <> 0 or sum(credit) <> 0
on conflict (channel, model, month, outcome) do update
set deals = t.deals + excluded.deals, weight = t.weight + excluded.weight, credit = t.credit + excluded.credit;
delete from cl_marketing.channel_credit as t where t.deals = 0;

insert into cl_marketing.campaign_credit as t (campaign, source, medium, model, month, outcome, deals, weight, credit)
select campaign, source, medium, model, month, outcome, sum(deals), sum(weight), sum(credit)
from (
    select * from delta_campaign
    union all
    select k.campaign, k.source, k.medium, m.model, s.month, s.outcome, s.deals, s.weights[m.model], s.credits[m.model]
    from journey_sum as s
    join sum_campaign as k on k.campaign_id = s.item
    cross join sum_model as m
    where s.kind = 'campaign'
) as d
group by campaign, source, medium, model, month, outcome
having sum(deals) <> 0 or sum(weight) <> 0 or sum(credit) <> 0
on conflict (campaign, source, medium, model, month, outcome) do update
set deals = t.deals + excluded.deals, weight = t.weight + excluded.weight, credit = t.credit + excluded.credit;
delete from cl_marketing.campaign_credit as t
using (select distinct campaign, source, medium from delta_campaign) as d
where t.deals = 0 and t.campaign = d.campaign and t.source = d.source and t.medium = d.medium;

-- Arrivals that no batch brings any more.
delete from cl_core.arrival as t
using cl_ops.changed_key as c
where c.kind = 'arrival' and t.arrival_id = c.key
  and not exists (select from cl_core.arrival_seen as s where s.arrival_id = t.arrival_id)
  and (t.arrival_id <> cl_marketing.activity_arrival() or not exists (select from activity_kind));

-- Views and visitors of the months in which a day changed: the day is one of UTC, the months are those of its two ends.
create temporary table changed_month on commit drop as
select distinct date_trunc('month', d.ends_at at time zone s.timezone)::date as month
from cl_ops.changed_day as c
cross join lateral (
    values (c.day::timestamp at time zone 'UTC'), ((c.day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond')
) as d(ends_at)
cross join cl_ops.setting as s;

delete from cl_marketing.content_view_month as t using changed_month as c where t.month = c.month;

-- A branch for each month, with nothing but constants in it, so that the server can give the months to several workers.
do $$
declare
    branches text;
begin
    select string_agg(format($branch$
            select content_id, %L::date as month, sum(views) as views, count(*) filter (where views > 0) as visitors,
                sum(dwell_seconds) as dwell_seconds
            from (
                select content_id, visitor_id, count(*) filter (where interaction <> 'dwell') as views,
                    sum(coalesce(dwell_seconds, 0))::bigint as dwell_seconds
                from cl_core.view
                where viewed_at >= %L::timestamptz and viewed_at < %L::timestamptz%s
                group by content_id, visitor_id
            ) as v
            group by content_id$branch$,
            c.month, c.month::timestamp at time zone s.timezone, (c.month + interval '1 month') at time zone s.timezone,
            case
                when exists (select from cl_core.robot_day as r
                             where r.day >= c.month and r.day < c.month + interval '1 month')
                    then format(
                        ' and (visitor_id, (viewed_at at time zone %L)::date) not in (
                            select r.visitor_id, r.day from cl_core.robot_day as r where r.day >= %L and r.day < %L)',
                        s.timezone, c.month, c.month + interval '1 month')
                else ''
            end),
        ' union all ')
    into branches
    from changed_month as c
    cross join cl_ops.setting as s;
    if branches is not null then
        -- The server takes few items for many, and would sort what it can hash.
        perform set_config('enable_sort', 'off', true);
        execute 'create temporary table new_view_month on commit drop as ' || branches;
        perform set_config('enable_sort', 'on', true);
        insert into cl_marketing.content_view_month (content_id, month, views, visitors, dwell_seconds)
        select content_id, month, views, visitors, dwell_seconds from new_view_month;
    end if;
end
$$;

-- Leads and deals of the contents and months that changed touches and journeys name.
insert into changed_pair (content_id, month)
select t.content_id, date_trunc('month', t.touched_at at time zone s.timezone)::date
from (
    select content_id, touched_at from old_touch
    union all
    select content_id, touched_at from new_touch
    union all
    select t.content_id, t.touched_at
    from flipped_person as f
    join cl_core.touch as t on t.person_id = f.person_id
    union all
    select t.content_id, t.touched_at
    from changed_deal as c
    join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
    where t.touched_at is not null
) as t
cross join cl_ops.setting as s
group by 1, 2;

create temporary table pair on commit drop as
select distinct p.content_id, p.month, p.month::timestamp at time zone s.timezone as from_at,
    (p.month + interval '1 month') at time zone s.timezone as before_at
from changed_pair as p
cross join cl_ops.setting as s;
analyze pair;

create temporary table new_people_month (like cl_marketing.content_people_month) on commit drop;

-- Few are looked up one by one; for many of them one pass over all touches and journeys is cheaper.
do $$
begin
    if (select count(*) from pair) < (select count(*) from cl_marketing.content_people_month) / 5 then
        insert into new_people_month
        select p.content_id, p.month, l.leads, d.influenced_deals, d.won_deals, d.influenced_revenue
        from pair as p
        cross join lateral (
            select count(distinct touch.person_id) as leads
            from cl_core.touch as touch
            join cl_core.person as person on person.person_id = touch.person_id and person.is_lead
            where touch.content_id = p.content_id and touch.touched_at >= p.from_at and touch.touched_at < p.before_at
        ) as l
        cross join lateral (
            select count(*) as influenced_deals, count(*) filter (where deal.outcome = 'won') as won_deals,
                coalesce(sum(deal.amount_reporting) filter (where deal.outcome = 'won'), 0) as influenced_revenue
            from (
                select distinct dt.deal_id
                from cl_marketing.deal_touch as dt
                where dt.content_id = p.content_id and dt.touched_at >= p.from_at and dt.touched_at < p.before_at
            ) as met
            join cl_core.deal as deal on deal.deal_id = met.deal_id
        ) as d
        where l.leads > 0 or d.influenced_deals > 0;
    else
        insert into new_people_month
        select p.content_id, p.month, coalesce(l.leads, 0), coalesce(d.influenced_deals, 0), coalesce(d.won_deals, 0),
            coalesce(d.influenced_revenue, 0)
        from pair as p
        left join (
            select met.content_id, met.month, count(*) as leads
            from (
                select t.content_id, t.person_id, date_trunc('month', t.touched_at at time zone s.timezone)::date as month
                from cl_core.touch as t
                cross join cl_ops.setting as s
                group by 1, 2, 3
            ) as met
            join cl_core.person as person on person.person_id = met.person_id and person.is_lead
            group by met.content_id, met.month
        ) as l on l.content_id = p.content_id and l.month = p.month
        left join (
            select met.content_id, met.month, count(*) as influenced_deals,
                count(*) filter (where deal.outcome = 'won') as won_deals,
                sum(deal.amount_reporting) filter (where deal.outcome = 'won') as influenced_revenue
            from (
                select t.content_id, t.deal_id, date_trunc('month', t.touched_at at time zone s.timezone)::date as month
                from cl_marketing.deal_touch as t
                cross join cl_ops.setting as s
                where t.touched_at is not null
                group by 1, 2, 3
            ) as met
            join cl_core.deal as deal on deal.deal_id = met.deal_id
            group by met.content_id, met.month
        ) as d on d.content_id = p.content_id and d.month = p.month
        where l.leads > 0 or d.influenced_deals > 0;
    end if;
end
$$;

delete from cl_marketing.content_people_month as t
using pair as p
where t.content_id = p.content_id and t.month = p.month;

insert into cl_marketing.content_people_month
    (content_id, month, leads, influenced_deals, won_deals, influenced_revenue)
select content_id, month, leads, influenced_deals, won_deals, influenced_revenue
from new_people_month;
