-- What sourced deals and what influenced them, and where leads came from. Kept as the sums of credits are, by what changed
-- deals bring. Views over cl_marketing.deal_touch would have done for small companies: over 200,000 touches each took 0.2 s to
-- read, over 1,000,000 touches 1.1 s (channels) to 1.7 s (contents), and the checks of every refresh would have read all
-- journeys four times. The sums cost that much at a rebuild, a few rows at a refresh, and nothing to read.

-- What the sums hold of each deal: the facts have changed when it is taken from them again.
create table cl_marketing.counted_deal (
    deal_id uuid primary key,
    outcome text not null,
    month date not null,
    amount bigint not null
);

create table cl_marketing.content_deals (
    content_id uuid not null references cl_core.content deferrable initially deferred,
    month date not null,
    outcome text not null,
    sourced_deals bigint not null,
    sourced_amount numeric not null,
    influenced_deals bigint not null,
    influenced_amount numeric not null,
    primary key (content_id, month, outcome)
);

create table cl_marketing.channel_deals (
    channel text not null,
    month date not null,
    outcome text not null,
    sourced_deals bigint not null,
    sourced_amount numeric not null,
    influenced_deals bigint not null,
    influenced_amount numeric not null,
    primary key (channel, month, outcome)
);

create table cl_marketing.campaign_deals (
    campaign text not null,
    source text not null,
    medium text not null,
    month date not null,
    outcome text not null,
    sourced_deals bigint not null,
    sourced_amount numeric not null,
    influenced_deals bigint not null,
    influenced_amount numeric not null,
    primary key (campaign, source, medium, month, outcome)
);

create table cl_marketing.topic_deals (
    topic text not null,
    month date not null,
    outcome text not null,
    sourced_deals bigint not null,
    sourced_amount numeric not null,
    influenced_deals bigint not null,
    influenced_amount numeric not null,
    primary key (topic, month, outcome)
);

-- As with cl_marketing.deal_touch, no foreign keys to what it names.
create table cl_marketing.lead_origin (
    person_id uuid primary key,
    became_lead_at timestamptz not null,
    month date not null,
    touch_id uuid not null,
    content_id uuid not null,
    arrival_id uuid not null,
    campaign_arrival_id uuid not null,
    touched_at timestamptz
);

create index on cl_core.person (person_id) where is_lead and became_lead_at is null;

-- What the changed deals contribute, times sign, to the temporary tables delta_*_deals; what is added to others than topics
-- closedloop-load sums up. A deal counts once for each item that its journey names, and its first touch is its source; where
-- a filter leaves campaigns out, the first of those that count is (a change of the filter is a rebuild, so what is taken
-- away was counted under the same one). Topics count of more deals: of those too whose contents are of another topic now;
-- what is taken away was counted under the topic of before. Deals and items go by numbers meanwhile, which groups faster
-- than keys and names do: two thirds of the time.
create function cl_marketing.add_deals(sign integer) returns void
language plpgsql as $$
declare
    item record;
begin
    create temporary table counting_deal on commit drop as
    select t.deal_id, row_number() over ()::integer as deal_no, c.deal_id is not null as is_changed, d.month, d.outcome,
        d.amount
    from topic_deal as t
    join cl_marketing.counted_deal as d on d.deal_id = t.deal_id
    left join changed_deal as c on c.deal_id = t.deal_id;
    analyze counting_deal;
    create temporary table met on commit drop as
    select d.deal_no, d.is_changed, t.position, t.content_id, t.arrival_id, t.campaign_weights is not null as is_filtered
    from counting_deal as d
    join cl_marketing.deal_touch as t on t.deal_id = d.deal_id;
    analyze met;
    create temporary table met_content on commit drop as
    select k.*, row_number() over ()::integer as content_no, dense_rank() over (order by k.topic)::integer as topic_no
    from (
        select m.content_id,
            coalesce(case when sign < 0 and b.content_id is not null then b.topic else c.topic end, '(none)') as topic
        from (select distinct content_id from met) as m
        left join cl_core.content as c on c.content_id = m.content_id
        left join changed_content as b on b.content_id = m.content_id
    ) as k;
    create temporary table met_arrival on commit drop as
    select k.*, dense_rank() over (order by k.channel)::integer as channel_no,
        dense_rank() over (order by k.campaign, k.source, k.medium)::integer as campaign_no
    from (
        select a.arrival_id, a.channel, coalesce(a.campaign, '(none)') as campaign, coalesce(a.source, '(none)') as source,
            coalesce(a.medium, '(none)') as medium,
            cl_marketing.passes(coalesce(a.campaign, '(none)'), s.attribution -> 'campaigns') as is_of_campaigns
        from (select distinct arrival_id from met) as m
        join cl_core.arrival as a on a.arrival_id = m.arrival_id
        cross join cl_ops.setting as s
    ) as k;
    create temporary table first_of_campaigns on commit drop as
    select m.deal_no, min(m.position) as position
    from met as m
    join met_arrival as a on a.arrival_id = m.arrival_id and a.is_of_campaigns
    where m.is_filtered
    group by m.deal_no;
    analyze met_content, met_arrival, first_of_campaigns;
    for item in
        values
            ('content', 'content_id', 'content_no',
             'select t.deal_no, k.content_no, min(t.position) = 1
              from met as t
              join met_content as k on k.content_id = t.content_id
              where t.is_changed
              group by 1, 2', 'met_content'),
            ('channel', 'channel', 'channel_no',
             'select t.deal_no, k.channel_no, min(t.position) = 1
              from met as t
              join met_arrival as k on k.arrival_id = t.arrival_id
              where t.is_changed
              group by 1, 2', 'met_arrival'),
            ('campaign', 'campaign, source, medium', 'campaign_no',
             'select t.deal_no, k.campaign_no, min(t.position) = coalesce(min(f.position), 1)
              from met as t
              join met_arrival as k on k.arrival_id = t.arrival_id
              left join first_of_campaigns as f on f.deal_no = t.deal_no
              where t.is_changed and (k.is_of_campaigns or not t.is_filtered)
              group by 1, 2', 'met_arrival'),
            ('topic', 'topic', 'topic_no',
             'select t.deal_no, k.topic_no, min(t.position) = 1
              from met as t
              join met_content as k on k.content_id = t.content_id
              group by 1, 2', 'met_content')
    loop
        continue when sign > 0 and item.column1 <> 'topic';
        execute format($query$
            insert into pg_temp.%1$I
            select %2$s, g.month, g.outcome, $1 * g.sourced_deals, $1 * g.sourced_amount, $1 * g.deals, $1 * g.amount
            from (
                select t.item_no, d.month, d.outcome, count(*) filter (where t.is_source) as sourced_deals,
                    coalesce(sum(d.amount) filter (where t.is_source), 0) as sourced_amount, count(*) as deals,
                    sum(d.amount) as amount
                from (%4$s) as t (deal_no, item_no, is_source)
                join counting_deal as d on d.deal_no = t.deal_no
                group by t.item_no, d.month, d.outcome
            ) as g
            join (select distinct %2$s, %3$s as item_no from %5$I) as k on k.item_no = g.item_no$query$,
            'delta_' || item.column1 || '_deals', item.column2, item.column3, item.column4, item.column5)
        using sign;
    end loop;
    drop table counting_deal, met, met_content, met_arrival, first_of_campaigns;
end
$$;

-- Brings the sums up to what the temporary tables delta_*_deals say. What is as it was is not written.
create function cl_marketing.put_deals() returns void
language plpgsql as $$
declare
    item record;
begin
    for item in
        values ('content', 'content_id'), ('channel', 'channel'), ('campaign', 'campaign, source, medium'), ('topic', 'topic')
    loop
        execute format($query$
            insert into cl_marketing.%1$I as t
                (%3$s, month, outcome, sourced_deals, sourced_amount, influenced_deals, influenced_amount)
            select %3$s, month, outcome, sum(sourced_deals), sum(sourced_amount), sum(influenced_deals),
                sum(influenced_amount)
            from pg_temp.%2$I
            group by %3$s, month, outcome
            having sum(sourced_deals) <> 0 or sum(sourced_amount) <> 0 or sum(influenced_deals) <> 0
                or sum(influenced_amount) <> 0
            on conflict (%3$s, month, outcome) do update
            set sourced_deals = t.sourced_deals + excluded.sourced_deals,
                sourced_amount = t.sourced_amount + excluded.sourced_amount,
                influenced_deals = t.influenced_deals + excluded.influenced_deals,
                influenced_amount = t.influenced_amount + excluded.influenced_amount$query$,
            item.column1 || '_deals', 'delta_' || item.column1 || '_deals', item.column2);
        execute format($query$
            delete from cl_marketing.%1$I
            where influenced_deals = 0 and (%3$s, month, outcome) in (select %3$s, month, outcome from pg_temp.%2$I)$query$,
            item.column1 || '_deals', 'delta_' || item.column1 || '_deals', item.column2);
    end loop;
end
$$;
