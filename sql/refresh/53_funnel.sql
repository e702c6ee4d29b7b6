-- The funnel of the persons whose record, stage or deals changed, or whose first touch is of another topic now. If the steps
-- are other ones than before, of everybody. The counts lose what these persons were, and gain what they are.

create temporary table wanted_step on commit drop as
select 0 as step_no, 'lead' as step, 'lead' as kind
union all
select distinct place, name, 'stage' from cl_smarketing.definition where kind = 'stage'
union all
select l.last + m.number, m.name, m.name
from (select coalesce(max(place), 0) as last from cl_smarketing.definition where kind = 'stage') as l
cross join (values (1, 'deal'), (2, 'won')) as m (number, name);

create temporary table changed_step on commit drop as
select count(*) > 0 as is_changed
from (
    (table wanted_step except table cl_smarketing.step) union all (table cl_smarketing.step except table wanted_step)
) as d;

delete from cl_smarketing.step where (select is_changed from changed_step);
insert into cl_smarketing.step (step_no, step, kind)
select step_no, step, kind from wanted_step where (select is_changed from changed_step);

create temporary table funnel_person on commit drop as
select person_id from changed_person
union
select person_id from judged_person
union
select person_id from former_deal_person
union
select p.person_id from changed_deal as c join cl_core.deal_person as p on p.deal_id = c.deal_id
union
select o.person_id
from changed_topic as c
join cl_core.touch as t on t.content_id = c.content_id
join cl_marketing.lead_origin as o on o.person_id = t.person_id and o.content_id = c.content_id
union
select p.person_id from cl_core.person as p where (select is_changed from changed_step);
create unique index on funnel_person (person_id);
analyze funnel_person;

create temporary table delta_funnel (like cl_smarketing.funnel_count) on commit drop;
select cl_smarketing.count_funnel(-1);

delete from cl_smarketing.funnel_step as t using funnel_person as f where t.person_id = f.person_id;

-- A deal is its primary person's, as in its journey; a person that is the primary one of none has those in which it takes
-- part, but not their amounts.
create temporary table funnel_deal on commit drop as
select f.person_id, d.deal_id, d.outcome, coalesce(d.created_at, d.closed_at) as created_at, d.closed_at,
    d.amount_reporting, h.person_id = f.person_id as is_own
from funnel_person as f
join cl_core.deal_person as dp on dp.person_id = f.person_id and dp.is_contact
join cl_core.deal as d on d.deal_id = dp.deal_id and d.outcome <> 'deleted'
cross join lateral (
    select o.person_id
    from cl_core.deal_person as o
    join cl_core.person as p on p.person_id = o.person_id
    where o.deal_id = d.deal_id and o.is_contact
    order by o.is_primary desc, p.became_lead_at nulls last, o.person_id
    limit 1
) as h
where coalesce(d.created_at, d.closed_at) is not null;

create temporary table funnel_deals on commit drop as
select person_id, count(*) as deals, count(*) filter (where outcome = 'open') as open_deals,
    min(created_at) as created_at, min(closed_at) filter (where outcome = 'won') as won_at,
    (array_agg(deal_id order by created_at, deal_id))[1] as deal_id,
    (array_agg(deal_id order by closed_at, deal_id) filter (where outcome = 'won'))[1] as won_deal_id,
    coalesce(sum(amount_reporting) filter (where is_own), 0) as amount,
    coalesce(sum(amount_reporting) filter (where is_own and outcome = 'won'), 0) as won_amount
from (select *, bool_or(is_own) over (partition by person_id) as has_own from funnel_deal) as d
where is_own or not has_own
group by person_id;
create unique index on funnel_deals (person_id);

create temporary table funnel_stage on commit drop as
select s.person_id, s.stage_no, min(s.entered_at) as entered_at
from funnel_person as f
join cl_smarketing.stage_history as s on s.person_id = f.person_id
group by s.person_id, s.stage_no;
create unique index on funnel_stage (person_id, stage_no);
analyze funnel_deals;
analyze funnel_stage;

-- Nobody is qualified before it is known: what a lead met before it was one, it has met at once. But who takes part in a deal
-- was a lead by then.
create temporary table funnel_lead on commit drop as
select p.person_id, l.became_lead_at,
    case
        when l.became_lead_at is null then least((select min(s.entered_at) from funnel_stage as s where s.person_id = p.person_id),
                                                 d.created_at, d.won_at)
        else least(l.became_lead_at, d.created_at, d.won_at)
    end as lead_at,
    d.deals, d.open_deals, d.created_at, d.won_at, d.deal_id, d.won_deal_id, d.amount, d.won_amount, p.owner,
    g.last_stage_no
from funnel_person as f
join cl_core.person as p on p.person_id = f.person_id
cross join lateral (select case when p.is_lead then p.became_lead_at end as became_lead_at) as l
left join funnel_deals as d on d.person_id = p.person_id
left join (
    select person_id, max(stage_no) as last_stage_no from funnel_stage group by person_id
) as g on g.person_id = p.person_id;
analyze funnel_lead;

-- Who reached a later step has reached the earlier ones, then at the latest. Most have reached one alone: they are not joined with
-- all the others.
insert into cl_smarketing.funnel_step
    (person_id, step_no, step, kind, reached_at, month, is_skipped, next_at, cohort, deal_id, deals, open_deals, amount,
     won_amount, content_id, arrival_id, owner)
select r.person_id, r.step_no, r.step, r.kind, r.reached_at, date_trunc('month', r.reached_at at time zone s.timezone),
    r.own_at is null or r.own_at > r.reached_at,
    lead(r.reached_at) over (partition by r.person_id order by r.step_no),
    date_trunc('month', r.lead_at at time zone s.timezone),
    case r.kind when 'deal' then r.deal_id when 'won' then r.won_deal_id end,
    coalesce(r.deals, 0), coalesce(r.open_deals, 0), coalesce(r.amount, 0), coalesce(r.won_amount, 0),
    coalesce(o.content_id, '00000000-0000-0000-0000-000000000000'),
    coalesce(o.arrival_id, '00000000-0000-0000-0000-000000000000'),
    coalesce(r.owner, '(none)')
from (
    select l.*, w.step_no, w.step, w.kind, e.own_at,
        case
            when w.kind = 'lead' then l.lead_at
            else min(e.own_at) over (partition by l.person_id order by w.step_no desc)
        end as reached_at
    from funnel_lead as l
    join cl_smarketing.step as w
        on w.kind = 'lead' or w.kind = 'stage' and w.step_no <= l.last_stage_no or w.kind <> 'won' and l.created_at is not null
            or l.won_at is not null
    left join funnel_stage as g on g.person_id = l.person_id and g.stage_no = w.step_no and w.kind = 'stage'
    cross join lateral (
        select case w.kind
            when 'lead' then l.became_lead_at
            when 'stage' then greatest(g.entered_at, case when g.entered_at is not null then l.lead_at end)
            when 'deal' then l.created_at
            else l.won_at
        end as own_at
    ) as e
    where l.lead_at is not null
) as r
cross join cl_ops.setting as s
left join cl_marketing.lead_origin as o on o.person_id = r.person_id
where r.reached_at is not null;

select cl_ops.analyze_grown('cl_smarketing.funnel_step');
select cl_smarketing.count_funnel(1);
analyze delta_funnel;

-- What is as it was is not written.
insert into cl_smarketing.funnel_count as t
    (dimension, item, step_no, days, day, people, skipped, with_open_deals, amount, won_amount)
select d.dimension, d.item, d.step_no, d.days, d.day, sum(d.people), sum(d.skipped), sum(d.with_open_deals),
    round(sum(d.amount), s.currency_exponent), round(sum(d.won_amount), s.currency_exponent)
from delta_funnel as d
cross join cl_ops.setting as s
group by d.dimension, d.item, d.step_no, d.days, d.day, s.currency_exponent
having sum(d.people) <> 0 or sum(d.skipped) <> 0 or sum(d.with_open_deals) <> 0 or sum(d.amount) <> 0
    or sum(d.won_amount) <> 0
order by d.dimension, d.item, d.step_no, d.days, d.day
on conflict (dimension, item, step_no, days, day) do update
set people = t.people + excluded.people, skipped = t.skipped + excluded.skipped,
    with_open_deals = t.with_open_deals + excluded.with_open_deals, amount = t.amount + excluded.amount,
    won_amount = t.won_amount + excluded.won_amount;

delete from cl_smarketing.funnel_count as t
using delta_funnel as d
where t.people = 0 and t.dimension = d.dimension and t.item = d.item and t.step_no = d.step_no and t.days = d.days
  and t.day = d.day;

select cl_ops.analyze_grown('cl_smarketing.funnel_count');
