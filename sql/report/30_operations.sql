-- How far facts and reports stand, what each source brought, and whether the figures agree.

create view cl_ops.status as
select
    b.read_at as facts_until,
    s.read_at as reports_until,
    s.refreshed_at,
    b.loaded_at,
    (select count(*) from cl_ops.changed_key) + (select count(*) from cl_ops.changed_day) as pending,
    b.batches,
    b.refused,
    s.timezone,
    s.currency
from cl_ops.setting as s
cross join (
    select
        max(read_at) filter (where status = 'loaded') as read_at,
        max(loaded_at) filter (where status = 'loaded') as loaded_at,
        count(*) filter (where status = 'loaded') as batches,
        count(*) filter (where status = 'refused') as refused
    from cl_ops.batch
) as b;

create view cl_ops.source as
select
    b.source,
    b.system,
    b.mode,
    b.batches,
    b.refused,
    b.read_at,
    b.loaded_at,
    n.batch_id,
    n.file,
    coalesce(c.read, 0) as read,
    coalesce(c.emitted, 0) as emitted,
    coalesce(c.rejected, 0) as rejected,
    coalesce(c.duplicate, 0) as duplicate,
    coalesce(c.filtered, 0) as filtered,
    c.emitted_by_kind
from (
    select
        source,
        (array_agg(system order by batch_no desc))[1] as system,
        (array_agg(mode order by batch_no desc))[1] as mode,
        count(*) filter (where status = 'loaded') as batches,
        count(*) filter (where status = 'refused') as refused,
        max(read_at) filter (where status = 'loaded') as read_at,
        max(loaded_at) filter (where status = 'loaded') as loaded_at
    from cl_ops.batch
    group by source
) as b
left join lateral (
    select newest.batch_id, newest.file
    from cl_ops.batch as newest
    where newest.source = b.source and newest.status = 'loaded'
    order by newest.place desc, newest.read_at desc, newest.batch_no desc
    limit 1
) as n on true
left join (
    select
        source,
        sum(read)::bigint as read,
        sum(emitted)::bigint as emitted,
        sum(rejected)::bigint as rejected,
        sum(duplicate)::bigint as duplicate,
        sum(filtered)::bigint as filtered,
        string_agg(kind || ' ' || emitted, ', ' order by kind) as emitted_by_kind
    from (
        select of_source.source, k.kind, sum(k.read) as read, sum(k.emitted) as emitted, sum(k.rejected) as rejected,
            sum(k.duplicate) as duplicate, sum(k.filtered) as filtered
        from cl_ops.batch as of_source
        join cl_ops.batch_count as k on k.batch_no = of_source.batch_no
        where of_source.status = 'loaded'
        group by of_source.source, k.kind
    ) as by_kind
    group by source
) as c on c.source = b.source;

create view cl_ops.filtered as
select b.source, f.kind, f.reason, sum(f.records)::bigint as records
from cl_ops.batch as b
join cl_ops.batch_filter as f on f.batch_no = b.batch_no
where b.status = 'loaded'
group by b.source, f.kind, f.reason;

-- What every refresh checks, from sums alone. It reads no journey, touch or view, so it does not grow with them: deals in and
-- deals reported cost one pass over the deals, and one over their owners; credits one over each of their three sums, sourced
-- deals one over each of their four (over 1,000,000 touches of 50,000 deals all of it takes 0.1 s); records and rejects one
-- over the ledger's counts and the rejects.
create function cl_ops.reconcile() returns table (name text, expected numeric, found numeric)
language sql stable as $$
    with deal as (
        select d.outcome, count(*) as deals, count(d.amount_reporting) as valued, count(*) - count(d.amount) as unnamed,
            sum(d.amount_reporting) as amount
        from cl_core.deal as d
        group by d.outcome
    ),
    kind as (
        select g.outcome, g.words, coalesce(d.valued, 0) as deals, coalesce(d.amount, 0) as amount
        from (values ('won', 'won revenue'), ('lost', 'lost amount'), ('open', 'open amount')) as g(outcome, words)
        left join deal as d on d.outcome = g.outcome
    ),
    listed as (
        select q.name, count(*) as deals
        from cl_ops.quality as q
        where q.name in ('deal_without_rate', 'deal_without_amount')
        group by q.name
    ),
    sourced as (
        select 'content' as item, k.outcome, sum(k.sourced_deals) as deals, sum(k.sourced_amount) as amount
        from cl_marketing.content_deals as k
        group by k.outcome
        union all
        select 'channel', k.outcome, sum(k.sourced_deals), sum(k.sourced_amount)
        from cl_marketing.channel_deals as k
        group by k.outcome
        union all
        select 'campaign', k.outcome, sum(k.sourced_deals), sum(k.sourced_amount)
        from cl_marketing.campaign_deals as k
        group by k.outcome
        union all
        select 'topic', k.outcome, sum(k.sourced_deals), sum(k.sourced_amount)
        from cl_marketing.topic_deals as k
        group by k.outcome
    ),
    credit as (
        select '' as grouping, k.model, k.outcome, sum(k.credit) as credit
        from cl_marketing.content_credit as k
        group by k.model, k.outcome
        union all
        select ', by channel', k.model, k.outcome, sum(k.credit)
        from cl_marketing.channel_credit as k
        group by k.model, k.outcome
        union all
        select ', by campaign', k.model, k.outcome, sum(k.credit)
        from cl_marketing.campaign_credit as k
        group by k.model, k.outcome
    )
    select
        a.words || ' under ' || m.name || g.grouping,
        a.amount,
        round(coalesce(k.credit, 0) / power(10::numeric, s.currency_exponent), s.currency_exponent)
    from cl_marketing.model as m
    cross join (
        values ('won', ''), ('won', ', by channel'), ('won', ', by campaign'), ('lost', ''), ('open', '')
    ) as g(outcome, grouping)
    cross join cl_ops.setting as s
    join kind as a on a.outcome = g.outcome
    left join credit as k on k.grouping = g.grouping and k.model = m.model and k.outcome = g.outcome
    where m.is_computed
    union all
    select
        a.words || ' sourced, by ' || i.item,
        a.amount,
        round(coalesce(k.amount, 0) / power(10::numeric, s.currency_exponent), s.currency_exponent)
    from kind as a
    cross join (values ('content'), ('channel'), ('campaign'), ('topic')) as i(item)
    cross join cl_ops.setting as s
    left join sourced as k on k.item = i.item and k.outcome = a.outcome
    union all
    select a.outcome || ' deals sourced, by ' || i.item, a.deals, coalesce(k.deals, 0)
    from kind as a
    cross join (values ('content'), ('channel'), ('campaign'), ('topic')) as i(item)
    left join sourced as k on k.item = i.item and k.outcome = a.outcome
    union all
    -- Deals in, and deals reported: each is won, lost, open or deleted; those not deleted are in the reports, or listed.
    select 'deals of a known outcome', coalesce(sum(d.deals), 0),
        coalesce(sum(d.deals) filter (where d.outcome in ('won', 'lost', 'open', 'deleted')), 0)
    from deal as d
    union all
    select 'deals reported or listed without a rate', coalesce(sum(d.deals) filter (where d.outcome <> 'deleted'), 0),
        coalesce((select sum(k.deals) from sourced as k where k.item = 'channel'), 0)
            + coalesce((select l.deals from listed as l where l.name = 'deal_without_rate'), 0)
    from deal as d
    union all
    select 'deals listed without an amount', coalesce(sum(d.unnamed) filter (where d.outcome <> 'deleted'), 0),
        coalesce((select l.deals from listed as l where l.name = 'deal_without_amount'), 0)
    from deal as d
    union all
    select 'journeys of closed deals in the chain of ' || m.name,
        coalesce((select sum(d.valued) from deal as d where d.outcome in ('won', 'lost')), 0),
        coalesce((select sum(t.won + t.lost) from cl_marketing.transition as t where t.model = m.name and t.from_no = 0), 0)
    from cl_marketing.model as m
    where m.is_computed and m.name like 'markov\_%' and m.is_fitted
    union all
    select a.words || ' by owner', a.amount, coalesce(o.amount, 0)
    from kind as a
    left join (
        select d.outcome, sum(k.amount) as amount
        from cl_core.deal_owner as k
        join cl_core.deal as d on d.deal_id = k.deal_id
        group by d.outcome
    ) as o on o.outcome = a.outcome
    union all
    select 'records read', coalesce(sum(k.read), 0),
        coalesce(sum(k.emitted + k.rejected + k.duplicate + k.filtered), 0)
    from cl_ops.batch_count as k
    union all
    select 'rejects kept', coalesce(sum(k.rejected), 0), (select count(*) from cl_ops.reject)
    from cl_ops.batch as b
    join cl_ops.batch_count as k on k.batch_no = b.batch_no
    where b.status <> 'replaced'
$$;

-- The same, and what only reading all journeys, touches and views can tell.
create function cl_ops.verify() returns table (name text, expected numeric, found numeric, status text)
language sql stable as $$
    with credited as not materialized (
        select t.deal_id, t.content_id, t.arrival_id, t.month, t.outcome, m.model, m.name, t.weights[m.model] as weight,
            t.credits[m.model] as credit, (coalesce(t.campaign_weights, t.weights))[m.model] as campaign_weight,
            (coalesce(t.campaign_credits, t.credits))[m.model] as campaign_credit,
            t.campaign_weights is null as has_all_campaigns
        from cl_marketing.deal_touch as t
        join cl_marketing.model as m on m.is_computed and not m.is_fitted
        union all
        select t.deal_id, t.content_id, t.arrival_id, t.month, t.outcome, m.model, m.name, f.weights[m.model - 100],
            f.credits[m.model - 100], (coalesce(f.campaign_weights, f.weights))[m.model - 100],
            (coalesce(f.campaign_credits, f.credits))[m.model - 100], t.campaign_weights is null
        from cl_marketing.deal_touch as t
        left join cl_marketing.fitted_touch as f on f.deal_id = t.deal_id and f.position = t.position
        join cl_marketing.model as m on m.is_computed and m.is_fitted
    ),
    deal_sum as (
        select t.deal_id, t.outcome, t.model, t.name, sum(t.credit) as credit, sum(t.weight) as weight
        from credited as t
        group by t.deal_id, t.outcome, t.model, t.name
    ),
    deal_check as (
        select k.name, k.weight,
            k.credit = d.amount_reporting * power(10::numeric, s.currency_exponent) and k.outcome = d.outcome as is_exact
        from deal_sum as k
        join cl_core.deal as d on d.deal_id = k.deal_id
        cross join cl_ops.setting as s
    ),
    content_sum as (
        select t.content_id, t.model, t.month, t.outcome, count(distinct t.deal_id) as deals,
            sum(t.weight::numeric) as weight, sum(t.credit::numeric) as credit
        from credited as t
        group by t.content_id, t.model, t.month, t.outcome
    ),
    arrival_sum as (
        select a.channel, coalesce(a.campaign, '(none)') as campaign, coalesce(a.source, '(none)') as source,
            coalesce(a.medium, '(none)') as medium, t.model, t.month, t.outcome, t.deal_id,
            sum(t.weight::numeric) as weight, sum(t.credit::numeric) as credit,
            sum(t.campaign_weight::numeric) as campaign_weight, sum(t.campaign_credit::numeric) as campaign_credit,
            bool_or(t.has_all_campaigns
                    or cl_marketing.passes(coalesce(a.campaign, '(none)'), s.attribution -> 'campaigns')) as is_counted
        from credited as t
        join cl_core.arrival as a on a.arrival_id = t.arrival_id
        cross join cl_ops.setting as s
        group by 1, 2, 3, 4, t.model, t.month, t.outcome, t.deal_id
    ),
    channel_sum as (
        select channel, model, month, outcome, count(distinct deal_id) as deals, sum(weight) as weight,
            sum(credit) as credit
        from arrival_sum
        group by channel, model, month, outcome
    ),
    campaign_sum as (
        select campaign, source, medium, model, month, outcome, count(distinct deal_id) as deals,
            sum(campaign_weight) as weight, sum(campaign_credit) as credit
        from arrival_sum
        where is_counted
        group by campaign, source, medium, model, month, outcome
    ),
    robot as (
        select v.visitor_id, (v.viewed_at at time zone s.timezone)::date as day, count(*) as views
        from cl_core.view as v
        cross join cl_ops.setting as s
        where s.bots_above is not null and v.interaction <> 'dwell'
        group by v.visitor_id, 2, s.bots_above
        having count(*) > s.bots_above
    ),
    -- what counts: no further time on a page, and nothing of robots by number
    person_view as (
        select v.visitor_id
        from cl_core.view as v
        cross join cl_ops.setting as s
        left join cl_core.robot_day as r
            on r.visitor_id = v.visitor_id and r.day = (v.viewed_at at time zone s.timezone)::date
        where v.interaction <> 'dwell' and r.visitor_id is null
    ),
    account_root as (
        select a.account_id, coalesce(a.survivor_id, a.account_id) as root_id, cl_core.domain_of_account(a) as company_domain
        from cl_core.account as a
    ),
    told as (
        select l.person_id, l.account_id, l.email, l.company_domain
        from cl_core.lead as l
        where not l.is_deleted and l.merged_into_key is null
    ),
    belonging as (
        select t.person_id, coalesce(r.root_id, t.account_id) as root_id
        from told as t
        left join account_root as r on r.account_id = t.account_id
        where t.account_id is not null
        union
        select t.person_id, r.root_id
        from told as t
        join account_root as r on r.company_domain = t.company_domain
        union
        select k.person_id, r.root_id
        from (
            select person_id, company_domain from cl_core.identity
            union
            select person_id, company_domain from cl_core.deal_contact
        ) as k
        join account_root as r on r.company_domain = k.company_domain
        where not exists (select from told as t where t.person_id = k.person_id and t.email is not null)
    ),
    account_people as (
        select d.deal_id, b.person_id
        from cl_core.deal as d
        cross join cl_ops.setting as s
        left join account_root as r on r.account_id = d.account_id
        join belonging as b on b.root_id = coalesce(r.root_id, d.account_id)
        where s.attribution ->> 'scope' = 'account' and d.outcome <> 'deleted'
        except
        select p.deal_id, p.person_id from cl_core.deal_person as p where p.is_contact
    ),
    funnel_sum as (
        select k.dimension, k.item, s.step_no, count(*), count(*) filter (where s.is_skipped),
            sum(date_part('day', s.next_at - s.reached_at)::integer) filter (where k.dimension <> 'progress'), sum(s.amount),
            sum(s.won_amount)
        from cl_smarketing.funnel_step as s
        left join cl_core.arrival as a on a.arrival_id = s.arrival_id
        left join cl_core.content as c on c.content_id = s.content_id
        cross join lateral (
            values ('month', to_char(s.month, 'YYYY-MM-DD')), ('cohort', to_char(s.cohort, 'YYYY-MM-DD')), ('channel', a.channel),
                ('topic', coalesce(c.topic, '(none)')), ('owner', s.owner), ('progress', to_char(s.month, 'YYYY-MM-DD'))
        ) as k (dimension, item)
        where s.kind <> 'won'
        group by k.dimension, k.item, s.step_no
    ),
    checked as (
        select r.name, r.expected, r.found from cl_ops.reconcile() as r
        union all
        select v.name, v.expected, v.found from cl_ops.verify_influence() as v
        union all
        select 'deals with fitted credits',
            (select count(*) from cl_marketing.deal_touch where position = 1 and exists (
                select from cl_marketing.model as m where m.is_computed and m.is_fitted
            )),
            (select count(*) from cl_marketing.fitted_touch where position = 1)
        union all
        select 'people of accounts that differ from the records', 0, count(*)
        from (
            (select * from account_people
             except select p.deal_id, p.person_id from cl_core.deal_person as p where not p.is_contact)
            union all
            (select p.deal_id, p.person_id from cl_core.deal_person as p where not p.is_contact
             except select * from account_people)
        ) as differing
        union all
        select 'deals not credited in full under ' || k.name, 0, count(*) filter (where not is_exact)
        from deal_check as k
        group by k.name
        union all
        select 'deals of another weight than 1 under ' || k.name, 0, count(*) filter (where weight <> 1000000000000)
        from deal_check as k
        group by k.name
        union all
        select 'content sums that differ from the journeys', 0, count(*)
        from (
            (select * from content_sum except select * from cl_marketing.content_credit)
            union all
            (select * from cl_marketing.content_credit except select * from content_sum)
        ) as differing
        union all
        select 'channel sums that differ from the journeys', 0, count(*)
        from (
            (select * from channel_sum except select * from cl_marketing.channel_credit)
            union all
            (select * from cl_marketing.channel_credit except select * from channel_sum)
        ) as differing
        union all
        select 'campaign sums that differ from the journeys', 0, count(*)
        from (
            (select * from campaign_sum except select * from cl_marketing.campaign_credit)
            union all
            (select * from cl_marketing.campaign_credit except select * from campaign_sum)
        ) as differing
        union all
        select 'deals that their owners do not share in full', 0, count(*)
        from (
            select d.deal_id
            from cl_core.deal as d
            full join cl_core.deal_owner as k on k.deal_id = d.deal_id
            where d.outcome <> 'deleted' or k.deal_id is not null
            group by d.deal_id, d.outcome, d.amount_reporting
            having sum(k.share) is distinct from 1 or sum(k.amount) is distinct from d.amount_reporting
                or d.outcome = 'deleted'
        ) as differing
        union all
        select 'deals that their versions tell otherwise', 0, count(*)
        from (
            (select deal_id, source, outcome, amount, currency, owner, merged_into_id from cl_core.deal
             except
             select deal_id, source, outcome, amount, currency, owner, merged_into_id from cl_core.deal_as_of('infinity'))
            union all
            (select deal_id, source, outcome, amount, currency, owner, merged_into_id from cl_core.deal_as_of('infinity')
             except
             select deal_id, source, outcome, amount, currency, owner, merged_into_id from cl_core.deal)
        ) as differing
        union all
        select 'touches of journeys that are none', 0, count(*)
        from cl_marketing.deal_touch as d
        where d.touched_at is not null
          and not exists (
            select from cl_core.touch as t
            where t.person_id = d.person_id and t.touched_at = d.touched_at and t.touch_id = d.touch_id
              and t.content_id = d.content_id and t.arrival_id = d.arrival_id
          )
          and not exists (
            select from cl_core.activity as t
            where t.activity_id = d.touch_id and t.happened_at = d.touched_at
              and d.content_id = cl_marketing.activity_content(lower(t.kind))
          )
        union all
        select 'rows that name what is not there', 0, count(*)
        from (
            select t.deal_id, t.person_id, t.content_id, t.arrival_id
            from cl_marketing.deal_touch as t
            union all
            select null, null, t.item, null from cl_marketing.journey_sum as t where t.kind in ('content', 'reach')
            union all
            select null, null, t.from_content_id, null from cl_marketing.transition as t
            union all
            select null, null, t.to_content_id, null from cl_marketing.transition as t
            union all
            select null, t.person_id, t.content_id, t.arrival_id from cl_marketing.lead_origin as t
            union all
            select null, null, null, t.campaign_arrival_id from cl_marketing.lead_origin as t
            union all
            select t.deal_id, t.person_id, t.content_id, t.arrival_id from cl_smarketing.funnel_step as t
            union all
            select null, t.person_id, null, null from cl_smarketing.handover as t
            union all
            select null, t.person_id, null, null from cl_smarketing.lead_persona as t
            union all
            select null, t.person_id, null, null from cl_smarketing.met_definition as t
            union all
            select null, t.person_id, null, null from cl_core.touch as t
        ) as t
        where t.deal_id is not null and not exists (select from cl_core.deal as d where d.deal_id = t.deal_id)
           or t.person_id is not null and not exists (select from cl_core.person as p where p.person_id = t.person_id)
           or t.content_id is not null and not exists (select from cl_core.content as c where c.content_id = t.content_id)
           or t.arrival_id is not null and not exists (select from cl_core.arrival as a where a.arrival_id = t.arrival_id)
        union all
        select 'counts of the funnel that differ from its persons', 0, count(*)
        from (
            (select * from funnel_sum
             except
             select dimension, item, step_no, sum(people), sum(skipped), sum(days * people) filter (where days >= 0), sum(amount),
                sum(won_amount)
             from cl_smarketing.funnel_count group by dimension, item, step_no)
            union all
            (select dimension, item, step_no, sum(people), sum(skipped), sum(days * people) filter (where days >= 0), sum(amount),
                sum(won_amount)
             from cl_smarketing.funnel_count group by dimension, item, step_no
             except
             select * from funnel_sum)
        ) as differing
        union all
        select 'months of the agreement that differ from its leads', 0, count(*)
        from (
            select month, count(*) as leads, sum(attempts) as attempts,
                count(*) filter (where contacted_before or first_contact_at <= due_at) as met,
                count(*) filter (where not contacted_before and first_contact_at is null) as waiting
            from cl_smarketing.handover
            group by month
        ) as h
        full join cl_smarketing.handover_month as m on m.month = h.month
        full join (
            select cl_core.month_of(s.at) as month, count(*) as leads, count(*) filter (where s.is_accepted) as accepted
            from (
                select s.person_id, min(s.entered_at) as at, bool_or(s.stage_no > p.place) as is_accepted
                from cl_smarketing.agreement as a
                join (select distinct name, place from cl_smarketing.definition where kind = 'stage') as p
                    on p.name = a.marketing_stage
                join cl_smarketing.stage_history as s on s.stage_no >= p.place
                group by s.person_id
            ) as s
            group by 1
        ) as r on r.month = m.month
        full join cl_smarketing.delivered_month as d on d.month = r.month
        where (h.leads, h.attempts, h.met, h.waiting) is distinct from (m.handed_over, m.attempts, m.met, m.waiting)
           or (r.leads, r.accepted) is distinct from (d.delivered, d.accepted)
        union all
        select 'deals reported since a known time', count(*), count(r.deal_id)
        from cl_marketing.deal_touch as t
        left join cl_marketing.deal_report as r on r.deal_id = t.deal_id
        where t.position = 1
        union all
        select 'deals reported twice at one time', 0, count(distinct h.deal_id)
        from (
            select deal_id, reported_until, lead(reported_from) over (partition by deal_id order by reported_from) as next_from
            from (
                select distinct deal_id, reported_from, reported_until from cl_marketing.deal_touch_history
                union all
                select deal_id, reported_at, 'infinity' from cl_marketing.deal_report
            ) as span
        ) as h
        where h.next_from < h.reported_until
        union all
        select 'fitted credits of touches that are none', 0, count(*)
        from cl_marketing.fitted_touch as f
        where not exists (
            select from cl_marketing.deal_touch as t where t.deal_id = f.deal_id and t.position = f.position
        )
        union all
        select 'views of identified visitors', count(*), coalesce((select sum(t.views) from cl_core.touch as t), 0)
        from person_view as v
        where v.visitor_id in (select i.visitor_id from cl_core.identity as i)
        union all
        select 'views by content and month', count(*),
            coalesce((select sum(m.views) from cl_marketing.content_view_month as m), 0)
        from person_view as v
        union all
        select 'views by content and day', count(*), coalesce((select sum(m.views) from cl_marketing.content_view_day as m), 0)
        from person_view as v
        union all
        select 'robot days that differ from the views', 0, count(*)
        from (
            (select * from robot except select r.visitor_id, r.day, r.views from cl_core.robot_day as r)
            union all
            (select r.visitor_id, r.day, r.views from cl_core.robot_day as r except select * from robot)
        ) as differing
        union all
        select 'views emitted', coalesce(sum(k.emitted), 0), (select count(*) from cl_core.view)
        from cl_ops.batch as b
        join cl_ops.batch_count as k on k.batch_no = b.batch_no and k.kind = 'view'
        where b.status = 'loaded'
    )
    select c.name, c.expected, c.found, case when c.expected = c.found then 'ok' else 'differs' end
    from checked as c
$$;

-- The newest checks, if one of them differs. A refresh that fails takes its checks along; closedloop-load puts them back.
create function cl_ops.differing_checks() returns jsonb
language sql stable as $$
    select jsonb_agg(to_jsonb(r))
    from cl_ops.reconciliation as r
    where r.checked_at = (select max(newest.checked_at) from cl_ops.reconciliation as newest)
    having bool_or(r.status <> 'ok')
$$;

create function cl_ops.keep_checks(checks jsonb) returns void
language sql as $$
    insert into cl_ops.reconciliation select * from jsonb_populate_recordset(null::cl_ops.reconciliation, checks)
$$;
