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

-- What is wrong with the data, and what do reports do about it?
select name, item, detail from cl_ops.quality order by name, item limit 20;
