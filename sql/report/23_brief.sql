-- What sales reads of an account, of an open deal and of who is hot. Read for one account, deal or lead, each figure is
-- looked up for it alone.

-- Of an account that was merged the survivor; `survivor_id` is null unless it was.
create view cl_sales.account_person as
select p.account_id, p.person_id, p.name, p.email
from cl_core.person as p
where p.is_lead
  and p.account_id is not null
  and not exists (
    select from cl_core.account as a where a.account_id = p.account_id and a.survivor_id is not null
  )
union all
select a.survivor_id, p.person_id, p.name, p.email
from cl_core.account as a
join cl_core.person as p on p.account_id = a.account_id
where p.is_lead and a.survivor_id is not null;

-- A deal that names no account is one of its contacts' accounts.
create view cl_sales.account_deal as
select d.account_id, d.deal_id
from cl_core.deal as d
where d.outcome <> 'deleted'
  and d.account_id is not null
  and not exists (
    select from cl_core.account as a where a.account_id = d.account_id and a.survivor_id is not null
  )
union all
select a.survivor_id, d.deal_id
from cl_core.account as a
join cl_core.deal as d on d.account_id = a.account_id
where d.outcome <> 'deleted' and a.survivor_id is not null
union all
select distinct p.account_id, d.deal_id
from cl_sales.account_person as p
join cl_core.deal_person as dp on dp.person_id = p.person_id and dp.is_contact
join cl_core.deal as d on d.deal_id = dp.deal_id
where d.outcome <> 'deleted' and d.account_id is null;

create view cl_sales.account_timeline as
select t.account_id, t.at, t.what, t.person_id, t.name, t.email, t.deal_id, t.content_id, t.title,
    cl_sales.words_of(t.parts) as detail, t.parts
from (
    select p.account_id, t.at, t.what, p.person_id, p.name, p.email, null::uuid as deal_id, t.content_id, t.title, t.parts
    from cl_sales.account_person as p
    cross join lateral (
        select l.at, l.what, l.content_id, l.title, l.parts
        from cl_sales.lead_timeline as l
        where l.person_id = p.person_id
        offset 0 -- so that the person is looked up in each part of it
    ) as t
    where t.what not in ('deal_created', 'deal_won', 'deal_lost')
    union all
    select k.account_id, m.at, m.what, null, null, null, d.deal_id, null, d.name,
        jsonb_strip_nulls(jsonb_build_object(
            'deal', d.deal_key, 'amount', d.amount, 'currency', d.currency,
            'with', (
                select jsonb_agg(p.name order by p.name)
                from cl_core.deal_person as dp
                join cl_core.person as p on p.person_id = dp.person_id
                where dp.deal_id = d.deal_id and dp.is_contact and p.name is not null
            ),
            'now_in', case when d.outcome = 'open' then d.stage end
        ))
    from cl_sales.account_deal as k
    join cl_core.deal as d on d.deal_id = k.deal_id
    cross join lateral (
        select d.created_at as at, 'deal_created' as what
        union all
        select d.closed_at, 'deal_' || d.outcome where d.outcome in ('won', 'lost')
    ) as m
    union all
    -- what was done about a deal with nobody of the account
    select k.account_id, v.happened_at, 'activity', v.person_id, p.name, p.email, v.deal_id, null, v.subject,
        jsonb_strip_nulls(jsonb_build_object('kind', v.kind, 'direction', v.direction, 'outcome', v.outcome, 'owner', v.owner))
    from cl_sales.account_deal as k
    join cl_core.activity as v on v.deal_id = k.deal_id
    left join cl_core.person as p on p.person_id = v.person_id
    where not exists (
        select from cl_sales.account_person as o where o.account_id = k.account_id and o.person_id = v.person_id
    )
) as t;

-- What won deals read more than lost ones, where there is enough data to say so, and in words why.
create view cl_sales.winning_content as
select
    l.kind as compared_with,
    l.item as compared_item,
    l.content_id,
    l.url,
    l.title,
    l.topic,
    l.won_with,
    l.deals_with,
    l.won_without,
    l.deals_without,
    round(l.won_with::numeric / l.deals_with, 6) as win_rate_with,
    round(l.won_without::numeric / l.deals_without, 6) as win_rate_without,
    l.lift,
    round(d.low, 6) as lift_low,
    format('of %s closed deals%s, %s of %s that met it were won (%s %%), of the others %s of %s (%s %%)%s',
           l.deals_with + l.deals_without,
           case l.kind when 'persona' then ' with the persona ' || l.item when 'industry' then ' in the industry ' || l.item end,
           l.won_with, l.deals_with, round(100.0 * l.won_with / l.deals_with),
           l.won_without, l.deals_without, round(100.0 * l.won_without / l.deals_without),
           case when d.low <= 0 then '; this may be chance' end) as reason
from cl_marketing.group_lift as l
cross join lateral cl_marketing.newcombe_interval(l.won_with, l.deals_with, l.won_without, l.deals_without) as d
where l.has_enough_data
  and l.lift > 0;

-- Of open deals and of leads without one: the deals that they are compared with are those of their persona, else of their
-- industry, else all; the first of these of which there is enough data to speak.
create view cl_sales.compared_deal as
with speaking as materialized (
    select distinct kind, item from cl_marketing.group_lift where has_enough_data
)
select d.deal_id, g.kind, g.item
from cl_core.deal as d
cross join lateral (
    select s.kind, s.item
    from speaking as s
    join (
        values (1, 'persona', cl_sales.persona_of_deal(d.deal_id)), (2, 'industry', cl_sales.industry_of_account(d.account_id)),
            (3, 'all', '(all)')
    ) as k (place, kind, item) on k.kind = s.kind and k.item = s.item
    order by k.place
    limit 1
) as g
where d.outcome = 'open';

create view cl_sales.compared_lead as
with speaking as materialized (
    select distinct kind, item from cl_marketing.group_lift where has_enough_data
)
select p.person_id, g.kind, g.item
from cl_core.person as p
cross join lateral (
    select s.kind, s.item
    from speaking as s
    join (
        values (1, 'persona', (select n.persona from cl_smarketing.lead_persona as n where n.person_id = p.person_id)),
            (2, 'industry', cl_sales.industry_of_account(p.account_id)),
            (3, 'all', '(all)')
    ) as k (place, kind, item) on k.kind = s.kind and k.item = s.item
    order by k.place
    limit 1
) as g
where p.is_lead
  and not exists (
    select
    from cl_core.deal_person as dp
    join cl_core.deal as d on d.deal_id = dp.deal_id
    where dp.person_id = p.person_id and dp.is_contact and d.outcome in ('open', 'won')
  );

create view cl_sales.deal_brief as
select
    d.deal_id,
    d.deal_key,
    d.name,
    coalesce(a.survivor_id, d.account_id) as account_id,
    coalesce(v.name, a.name) as account,
    d.owner,
    d.stage,
    d.amount,
    d.currency,
    d.amount_reporting,
    d.created_at,
    d.expected_close_on,
    case
        when d.created_at is not null then greatest(floor(extract(epoch from s.read_at - d.created_at) / 86400), 0)::integer
    end as days_open,
    (
        select jsonb_agg(jsonb_build_object(
            'person_id', dp.person_id, 'name', p.name, 'email', p.email, 'title', p.title, 'roles', dp.roles,
            'is_primary', dp.is_primary, 'persona', l.persona, 'stage', l.stage, 'score', l.score,
            'last_seen_at', p.last_seen_at, 'days_silent', l.days_silent, 'buying_signals', l.buying_signals,
            'contents', (select count(distinct t.content_id) from cl_core.touch as t where t.person_id = dp.person_id),
            'read', array(
                select coalesce(c.title, c.url)
                from cl_core.touch as t
                join cl_core.content as c on c.content_id = t.content_id
                where t.person_id = dp.person_id
                group by c.content_id, c.title, c.url
                order by count(*) desc, max(t.last_viewed_at) desc, c.url
                limit 5
            )
        ) order by dp.is_primary desc, p.name, p.email, dp.person_id)
        from cl_core.deal_person as dp
        join cl_core.person as p on p.person_id = dp.person_id
        left join cl_sales.lead as l on l.person_id = dp.person_id
        where dp.deal_id = d.deal_id and dp.is_contact
    ) as people,
    (
        select sum(l.score)
        from cl_core.deal_person as dp
        join cl_sales.lead as l on l.person_id = dp.person_id
        where dp.deal_id = d.deal_id and dp.is_contact
    ) as score,
    (
        select count(distinct t.content_id)
        from cl_core.deal_person as dp
        join cl_core.touch as t on t.person_id = dp.person_id
        where dp.deal_id = d.deal_id
    ) as contents,
    n.last_seen_at,
    case
        when n.last_seen_at is not null then greatest(floor(extract(epoch from s.read_at - n.last_seen_at) / 86400), 0)::integer
    end as days_silent,
    (
        select max(v.happened_at)
        from (
            select v.happened_at from cl_core.activity as v where v.deal_id = d.deal_id
            union all
            select v.happened_at
            from cl_core.deal_person as dp
            join cl_core.activity as v on v.person_id = dp.person_id
            where dp.deal_id = d.deal_id and dp.is_contact
        ) as v
    ) as last_activity_at,
    (
        with winning as materialized ( -- once for all deals
            select * from cl_sales.winning_content
        )
        select coalesce(jsonb_agg(to_jsonb(n) - 'url' order by n.lift desc, n.url), '[]')
        from (
            select w.content_id, coalesce(w.title, w.url) as title, w.compared_with, w.compared_item, w.won_with, w.deals_with,
                w.won_without, w.deals_without, w.win_rate_with, w.win_rate_without, w.lift, w.lift_low, w.reason, w.url
            from cl_sales.compared_deal as g
            join winning as w on w.compared_with = g.kind and w.compared_item = g.item
            where g.deal_id = d.deal_id
              and w.content_id not in (
                select t.content_id
                from cl_core.deal_person as dp
                join cl_core.touch as t on t.person_id = dp.person_id
                where dp.deal_id = d.deal_id
              )
            order by w.lift desc, w.url
            limit 5
        ) as n
    ) as unread
from cl_core.deal as d
cross join cl_ops.setting as s
left join cl_core.account as a on a.account_id = d.account_id
left join cl_core.account as v on v.account_id = a.survivor_id
cross join lateral (
    select max(p.last_seen_at) as last_seen_at
    from cl_core.deal_person as dp
    join cl_core.person as p on p.person_id = dp.person_id
    where dp.deal_id = d.deal_id
) as n
where d.outcome = 'open';

-- A lead whose deal is open is served with the deal, a customer not at all.
create view cl_sales.next_content as
with winning as materialized (
    select * from cl_sales.winning_content
)
select 'lead' as subject, p.person_id, p.email, null::uuid as deal_id, p.name, p.owner,
    n.place::integer as place, n.content_id, n.url, n.title, n.topic, n.compared_with, n.compared_item, n.won_with,
    n.deals_with, n.won_without, n.deals_without, n.win_rate_with, n.win_rate_without, n.lift, n.lift_low, n.reason
from cl_sales.compared_lead as g
join cl_core.person as p on p.person_id = g.person_id
cross join lateral (
    select row_number() over (order by w.lift desc, w.url) as place, w.*
    from winning as w
    where w.compared_with = g.kind
      and w.compared_item = g.item
      and w.content_id not in (select t.content_id from cl_core.touch as t where t.person_id = p.person_id)
    order by w.lift desc, w.url
    limit 3
) as n
union all
select 'deal', null, null, d.deal_id, d.name, d.owner,
    n.place::integer, n.content_id, n.url, n.title, n.topic, n.compared_with, n.compared_item, n.won_with,
    n.deals_with, n.won_without, n.deals_without, n.win_rate_with, n.win_rate_without, n.lift, n.lift_low, n.reason
from cl_sales.compared_deal as g
join cl_core.deal as d on d.deal_id = g.deal_id
cross join lateral (
    select row_number() over (order by w.lift desc, w.url) as place, w.*
    from winning as w
    where w.compared_with = g.kind
      and w.compared_item = g.item
      and w.content_id not in (
        select t.content_id
        from cl_core.deal_person as dp
        join cl_core.touch as t on t.person_id = dp.person_id
        where dp.deal_id = d.deal_id
      )
    order by w.lift desc, w.url
    limit 3
) as n;

-- Only who was seen, entered a stage or met a rule of the score since is looked at; what is said of them besides is looked
-- up for those that are read.
create view cl_sales.hot_lead as
select
    h.place,
    h.person_id,
    h.email,
    h.name,
    h.company,
    h.owner,
    h.persona,
    h.stage,
    h.customer_since,
    h.new_stage,
    h.came_from,
    h.score,
    h.score_rise,
    h.new_touches,
    h.new_contents,
    h.buying_signals,
    concat_ws('; ',
        'entered stage ' || h.new_stage || coalesce(', from ' || h.came_from, ''),
        case when h.score_rise > 0 then concat('score rose by ', h.score_rise, ' to ', h.score) end,
        case when h.new_touches > 0 then concat(h.new_touches, case h.new_touches when 1 then ' new touch' else ' new touches' end,
                                                ': ', array_to_string(h.new_contents, ', ')) end) as why
from (
    select h.*, l.email, l.name, l.company, l.owner, l.persona, l.stage, l.customer_since, l.buying_signals,
        array(
            select coalesce(c.title, c.url)
            from cl_core.touch as t
            join cl_core.content as c on c.content_id = t.content_id
            where t.person_id = h.person_id and t.last_viewed_at > h.since and t.touched_at > h.since - interval '7 days'
            group by c.content_id, c.title, c.url
            order by max(t.last_viewed_at) desc, c.url
            limit 5
        ) as new_contents
    from (
        with since as materialized (
            select read_at, read_at - interval '1 day' as at, score_half_life_days from cl_ops.setting
        ),
        -- With a bound on both sides the planner takes them for the few that they are.
        changed as (
            select p.person_id
            from cl_core.person as p
            where p.is_lead and p.last_seen_at > (select s.at from since as s) and p.last_seen_at <= 'infinity'
            union
            select h.person_id
            from cl_smarketing.stage_history as h
            where h.entered_at > (select s.at from since as s) and h.entered_at <= 'infinity'
            union
            select m.person_id
            from cl_smarketing.met_definition as m
            where m.at > (select s.at from since as s) and m.at <= 'infinity'
              and m.touch_id = '00000000-0000-0000-0000-000000000000'
        )
        select
            row_number() over (
                order by g.stage_no desc nulls last, b.score - b.score_before desc nulls last, t.touches desc,
                    b.score desc nulls last, p.last_seen_at desc nulls last, c.person_id
            ) as place,
            c.person_id, g.stage as new_stage, g.came_from, b.score, b.score - b.score_before as score_rise,
            t.touches as new_touches, s.at as since
        from changed as c
        cross join lateral (
            select p.last_seen_at from cl_core.person as p where p.person_id = c.person_id and p.is_lead offset 0 -- looked up, not all read
        ) as p
        cross join since as s
        cross join (
            select count(*) > 0 as has_rules from cl_smarketing.definition where kind = 'score'
        ) as r
        cross join lateral (
            select case when r.has_rules then coalesce(sum(round(d.points * w.now, 2)), 0.00) end as score,
                case when r.has_rules then coalesce(sum(round(d.points * w.before, 2)) filter (where m.at <= s.at), 0.00) end
                    as score_before
            from cl_smarketing.met_definition as m
            join cl_smarketing.definition as d on d.definition_no = m.definition_no and d.kind = 'score'
            cross join lateral (
                select case when d.did_condition is null then 1
                        else cl_smarketing.score_weight(m.at, s.read_at, s.score_half_life_days) end as now,
                    case when d.did_condition is null then 1
                        else cl_smarketing.score_weight(m.at, s.at, s.score_half_life_days) end as before
            ) as w
            where m.person_id = c.person_id
        ) as b
        cross join lateral (
            select count(*) as touches
            from cl_core.touch as t
            where t.person_id = c.person_id and t.last_viewed_at > s.at
              and t.touched_at > s.at - interval '7 days' -- no visit lasts longer; so nobody's older touches are read
        ) as t
        left join lateral (
            -- where it stands now, if that is higher than where it stood then
            select h.stage, h.stage_no, o.stage as came_from
            from cl_smarketing.stage_history as h
            left join cl_smarketing.stage_history as o on o.person_id = h.person_id and o.entered_at <= s.at
                and (o.left_at is null or o.left_at > s.at)
            where h.person_id = c.person_id and h.left_at is null and h.entered_at > s.at
              and h.stage_no > coalesce(o.stage_no, 0)
        ) as g on true
        where g.stage is not null or b.score > b.score_before or t.touches > 0
    ) as h
    join cl_sales.lead as l on l.person_id = h.person_id
) as h;
