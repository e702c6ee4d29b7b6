-- What is often asked, and the query that answers it.
--
--     psql -X -d closedloop -v email=ann@example.com -f sql/questions.sql     all of them
--
-- Each stands for itself and can be copied; :'email' is the lead. Money is in the reporting currency
-- (cl_ops.setting.currency). Filter by one model and one outcome before adding up.

\if :{?email} \else \set email '' \endif

-- Which content drove won revenue, by channel, in the last whole quarter? (A channel is how the visit began.)
select coalesce(title, url) as content, channel, count(distinct deal_id) as deals, sum(credit) as credit
from cl_marketing.attribution
where model = 'linear'
  and outcome = 'won'
  and month >= (select date_trunc('quarter', read_at at time zone timezone) - interval '3 months' from cl_ops.setting)
  and month < (select date_trunc('quarter', read_at at time zone timezone) from cl_ops.setting)
group by url, title, channel
order by credit desc, content, channel
limit 20;

-- What part of the won deals would be lost without a channel, by a chain fitted to won and lost deals; and where do deals
-- go after it?
select e.state as channel, e.won_deals, e.lost_deals, e.effect, t.to_state as next_step, t.probability
from cl_marketing.state_effect as e
join cl_marketing.transition as t on t.model = e.model and t.from_no = e.state_no
where e.model = 'markov_channel'
order by e.effect desc, channel, t.probability desc, next_step
limit 20;

-- What has a lead consumed?
select coalesce(title, url) as content, topic, first_viewed_at, last_viewed_at, views, dwell_seconds
from cl_sales.lead_content
where email = :'email'
order by first_viewed_at, url;

-- And in which order did all of it happen, calls and deals too?
select at, what, title, detail
from cl_sales.lead_timeline
where email = :'email'
order by at;

-- Where does a content's topic come from: a catalogue (the name of its source), or a rule of the configuration?
select c.url, c.topic, c.topic_from, r.paths as rule_paths, c.catalogues
from cl_core.content as c
left join cl_core.content_rule as r on c.topic_from = 'rule ' || r.rule_no
order by c.url
limit 20;

-- What was filtered, and why? What was rejected?
select source, kind, reason, records from cl_ops.filtered order by source, kind, records desc;
select source, file, line, field, reason from cl_ops.reject order by source, file, line limit 20;

-- On which days was a visitor a robot by the number of views? (traffic.bots_above; what a user agent gives away is
-- counted above, and is of no day.)
select day, count(*) as visitors, sum(views) as views from cl_core.robot_day group by day order by day;

-- What did a content cost, and what did it return? Over all months, since deals close long after the money was spent.
select coalesce(title, url) as content, sum(cost) as cost, sum(credit) as credit,
    round(sum(credit) / nullif(sum(cost), 0), 2) as return_on_cost
from cl_marketing.content_attribution
where model = 'linear' and outcome = 'won'
group by url, title
having sum(cost) > 0
order by return_on_cost desc, content;

-- And a channel, or a campaign?
select channel, sum(cost) as cost, sum(credit) as credit, round(sum(credit) / nullif(sum(cost), 0), 2) as return_on_cost
from cl_marketing.channel_attribution
where model = 'linear' and outcome = 'won'
group by channel
order by credit desc, channel;

-- What did the reports of a month ago say that they do not say now? A deal's amount was edited, it was reopened, merged or
-- deleted, a view came late, or the settings are others.
with reported_then as (
    select deal_id, outcome, currency, sum(credit) as credit
    from cl_marketing.attribution_as_of((select refreshed_at - interval '1 month' from cl_ops.setting))
    where model = 'linear'
    group by deal_id, outcome, currency
),

reported_now as (
    select deal_id, outcome, currency, sum(credit) as credit
    from cl_marketing.attribution_as_of((select refreshed_at from cl_ops.setting))
    where model = 'linear'
    group by deal_id, outcome, currency
)

select d.deal_key, d.name, t.outcome as outcome_then, t.credit as credit_then, t.currency as currency_then,
    n.outcome as outcome_now, n.credit as credit_now, n.currency as currency_now
from reported_then as t
left join reported_now as n on n.deal_id = t.deal_id
left join cl_core.deal as d on d.deal_id = t.deal_id
where (t.outcome, t.credit, t.currency) is distinct from (n.outcome, n.credit, n.currency)
order by t.credit desc, d.deal_key
limit 20;

-- Which channel sources most won revenue, and which influences it? (Each deal has one source, its first touch, so sourced
-- adds up to all revenue; influenced does not.) The same of contents, campaigns and topics: content_influence,
-- campaign_influence, topic_influence.
select channel, sum(sourced_deals) as sourced_deals, sum(sourced_amount) as sourced_revenue,
    sum(influenced_deals) as influenced_deals, sum(influenced_amount) as influenced_revenue
from cl_marketing.channel_influence
where outcome = 'won'
group by channel
order by sourced_revenue desc, influenced_revenue desc, channel;

-- And the pipeline: what has each topic sourced, and met, of the deals that are open? (By the month in which they were made.)
select topic, sum(sourced_deals) as sourced_deals, sum(sourced_amount) as sourced_amount,
    sum(influenced_deals) as influenced_deals, sum(influenced_amount) as influenced_amount
from cl_marketing.topic_influence
where outcome = 'open'
group by topic
order by sourced_amount desc, influenced_amount desc, topic;

-- Which topics earn? (A deal that met several contents of a topic is one deal.)
select topic, sum(deals) as deals, sum(credit) as credit, sum(cost) as cost,
    round(sum(credit) / nullif(sum(cost), 0), 2) as return_on_cost
from cl_marketing.topic_attribution
where model = 'linear' and outcome = 'won'
group by topic
order by credit desc, topic;

-- What does a lead cost, by campaign, and what a deal? (A lead counts for the first touch before it was one. Spend that names
-- the campaign alone meets its leads here too.)
select campaign, sum(cost) as cost, sum(leads) as leads, round(sum(cost) / nullif(sum(leads), 0), 2) as cost_per_lead,
    sum(sourced_won_deals) as deals, round(sum(cost) / nullif(sum(sourced_won_deals), 0), 2) as cost_per_deal
from cl_marketing.campaign_return
group by campaign
having sum(cost) > 0
order by cost_per_lead, campaign;

-- What did we spend for nothing: on what brought no lead, and was in the journey of no deal, won, lost or open?
select 'channel' as item, channel as name, sum(cost) as cost
from cl_marketing.channel_return as r
where not exists (select from cl_marketing.channel_influence as i where i.channel = r.channel)
group by channel
having sum(cost) > 0 and sum(leads) = 0
union all
select 'campaign', campaign, sum(cost)
from cl_marketing.campaign_return as r
where not exists (select from cl_marketing.campaign_influence as i where i.campaign = r.campaign)
group by campaign
having sum(cost) > 0 and sum(leads) = 0
union all
select 'content', coalesce(title, url), sum(cost)
from cl_marketing.content_return as r
where not exists (select from cl_marketing.content_influence as i where i.content_id = r.content_id)
group by content_id, url, title
having sum(cost) > 0 and sum(leads) = 0
order by item, cost desc, name;

-- Which leads did a campaign bring, and by what?
select o.became_lead_at, p.name, p.company, a.channel, coalesce(c.title, c.url) as first_read, o.touched_at
from cl_marketing.lead_origin as o
join cl_core.person as p on p.person_id = o.person_id
join cl_core.arrival as a on a.arrival_id = o.arrival_id
join cl_core.content as c on c.content_id = o.content_id
where a.campaign is not null and a.campaign <> 'unattributed'
order by o.became_lead_at desc, p.name
limit 20;

-- Who sold what, and how much of it had been reading? (Of a deal that several share each has a part.)
select owner, sum(shares) as deals, sum(amount) as revenue, sum(influenced_amount) as influenced_revenue
from cl_sales.owner_result
where outcome = 'won'
group by owner
order by revenue desc, owner
limit 10;

-- What became of the deals that were known three months ago?
select d.outcome as was, n.outcome as is_now, count(*) as deals, sum(n.amount_reporting) as amount
from cl_ops.setting as s
cross join lateral cl_core.deal_as_of(s.read_at - interval '3 months') as d
join cl_core.deal as n on n.deal_id = d.deal_id
group by d.outcome, n.outcome
order by d.outcome, n.outcome;

-- Why does a lead have the score that it has?
select rule, at, content, points, weight, points_now from cl_sales.lead_score where email = :'email' order by points_now desc, at;

-- Which leads have the highest score, and what of what they did says that they are about to buy?
select name, company, owner, persona, stage, score, buying_signals
from cl_sales.lead
order by score desc nulls last, name
limit 20;

-- Whom to call this morning, and why?
select place, name, company, owner, why from cl_sales.hot_lead order by place limit 20;

-- What happened at a lead's company, with all of its people?
select at, what, name, title, detail
from cl_sales.account_timeline
where account_id = any (array(select account_id from cl_sales.account_person where email = :'email'))
order by at;

-- The largest open deals: who takes part, what do they know, and what has nobody there read though won deals did?
select d.name, d.account, d.amount_reporting, d.score, d.days_silent, p ->> 'name' as contact, p ->> 'roles' as roles,
    p ->> 'stage' as stage, p ->> 'read' as has_read, d.unread
from (select * from cl_sales.deal_brief order by amount_reporting desc nulls last, deal_id limit 5) as d
left join lateral jsonb_array_elements(d.people) as p on true;

-- What to send to the leads with the highest score, and why?
select l.name, l.company, l.score, coalesce(n.title, n.url) as content, n.reason
from (select * from cl_sales.lead order by score desc nulls last, person_id limit 20) as l
cross join lateral (
    select * from cl_sales.next_content as n where n.person_id = l.person_id and n.place = 1 offset 0 -- for these leads alone
) as n
order by l.score desc nulls last, l.name;

-- Which personas buy?
select persona, leads, open_deals, won_deals, lost_deals, revenue, win_rate, lift, has_enough_data
from cl_marketing.persona_performance
order by revenue desc, persona;

-- What does each persona read that wins deals?
select persona, coalesce(title, url) as content, leads, influenced_won_deals, influenced_revenue, lift, has_enough_data
from cl_marketing.content_persona
where influenced_won_deals > 0
order by persona, influenced_revenue desc, content;

-- Where does the funnel lose people, and how long does each step take? (still_open: not yet gone on, but they still could.)
select from_step, to_step, entered, converted, rate, still_open, median_days, p90_days, converted_amount
from cl_smarketing.funnel
where dimension = 'all' and period = 'all'
order by from_no;

-- The same by the channel that brought the leads of each month. (Also: topic, owner; period month: when the step was reached.)
select month as cohort, item as channel, from_step, to_step, entered, converted, rate, still_open
from cl_smarketing.funnel
where dimension = 'channel' and period = 'cohort'
order by cohort desc, entered desc, channel, from_no
limit 20;

-- How did a person come through the funnel?
select f.step, f.reached_at, f.is_skipped
from cl_smarketing.funnel_step as f
join cl_core.person as p on p.person_id = f.person_id
where p.email = :'email'
order by f.step_no;

-- Is it generation, qualification or closing that is weak?
select area, from_step, to_step, is_weakest, has_enough_data, comparison
from cl_smarketing.weakest_step
order by step_no;

-- The facts of the monthly meeting.
select month, visitors, leads, leads_vs_month, leads_vs_year, stages, deals_created, won_deals, revenue, revenue_vs_year,
    pipeline, cost_per_lead, top_content, weakest_step, owed_leads, delivered_leads, met_share, unanswered_questions
from cl_smarketing.meeting
order by month desc
limit 13;

-- What do customers ask that no content answers, and how much hangs on it?
select topic, gap, questions, not_seen, contents, open_amount
from cl_marketing.content_gap
order by open_amount desc, questions desc, topic;

-- Who asked, in which deal, and what had they read of it?
select asked_at, name, company, topic, text, deal, answer, titles_seen
from cl_marketing.question
order by asked_at desc
limit 20;

-- For which stage of the buyer's journey is nothing written on a topic that earns?
select topic, item as stage, pieces, views, influenced_revenue, newest_age_days
from cl_marketing.coverage
where dimension = 'stage'
order by topic, stage;

-- Which content is read less and less?
select coalesce(title, url) as content, age_days, views, views_before, change, share_of_peak
from cl_marketing.content_decay
where is_decaying
order by views_before - views desc, url
limit 20;

-- What is wrong with the data, and what do reports do about it?
select name, item, detail from cl_ops.quality order by name, item limit 20;
