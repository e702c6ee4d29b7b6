-- What sourced deals and what influenced them, and where leads came from. Kept as the sums of credits are, by what changed
-- deals bring. Views over cl_marketing.deal_touch would have done for small companies: over 200,000 touches each took 0.2 s to
-- read, over 1,000,000 touches 1.1 s (channels) to 1.7 s (contents), and the checks of every refresh would have read all
-- journeys four times. The sums cost that much at a rebuild, a few rows at a refresh, and nothing to read.

-- What the sums hold of each deal: the facts have changed when it is taken from them again.
create table cl_marketing.counted_deal (
    deal_id uuid primary key references cl_core.deal deferrable initially deferred,
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

-- As with cl_marketing.deal_touch, no foreign keys to what it names but its person.
create table cl_marketing.lead_origin (
    person_id uuid primary key references cl_core.person deferrable initially deferred,
    became_lead_at timestamptz not null,
    month date not null,
    touch_id uuid not null,
    content_id uuid not null,
    arrival_id uuid not null,
    campaign_arrival_id uuid not null,
    touched_at timestamptz
);

create index on cl_core.person (person_id) where is_lead and became_lead_at is null;

-- What the changed deals contribute, times sign, to the temporary tables delta_*_deals. A deal counts once for each item
-- that its journey names, and its first touch is its source; where a filter leaves campaigns out, the first of those that
-- count is (a change of the filter is a rebuild, so what is taken away was counted under the same one). Topics count of more deals: of those too whose contents are of
-- another topic now; what is taken away was counted under the topic of before.
create function cl_marketing.add_deals(sign integer) returns void
language plpgsql as $$
declare
    item record;
begin
    for item in
        select *
        from (
            values
                ('content', 'content_id',
                 'select t.deal_id, t.position, t.content_id
                  from pg_temp.changed_deal as c
                  join cl_marketing.deal_touch as t on t.deal_id = c.deal_id'),
                ('channel', 'channel',
                 'select t.deal_id, t.position, a.channel
                  from pg_temp.changed_deal as c
                  join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
                  join cl_core.arrival as a on a.arrival_id = t.arrival_id'),
                ('campaign', 'campaign, source, medium',
                 'select t.deal_id, t.position, coalesce(a.campaign, ''(none)'') as campaign,
                      coalesce(a.source, ''(none)'') as source, coalesce(a.medium, ''(none)'') as medium
                  from (
                      select t.deal_id, t.position, t.arrival_id
                      from pg_temp.changed_deal as c
                      join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
                      where t.campaign_weights is null
                      union all
                      select t.deal_id, row_number() over (partition by t.deal_id order by t.position), t.arrival_id
                      from pg_temp.changed_deal as c
                      join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
                      join cl_core.arrival as a on a.arrival_id = t.arrival_id
                      cross join cl_ops.setting as s
                      where t.campaign_weights is not null
                        and cl_marketing.passes(coalesce(a.campaign, ''(none)''), s.attribution -> ''campaigns'')
                  ) as t
                  join cl_core.arrival as a on a.arrival_id = t.arrival_id'),
                ('topic', 'topic',
                 'select t.deal_id, t.position,
                      coalesce(case when $1 < 0 and b.content_id is not null then b.topic else k.topic end, ''(none)'') as topic
                  from pg_temp.topic_deal as c
                  join cl_marketing.deal_touch as t on t.deal_id = c.deal_id
                  left join cl_core.content as k on k.content_id = t.content_id
                  left join pg_temp.changed_content as b on b.content_id = t.content_id')
        ) as v (name, keys, met)
    loop
        execute format($query$
            insert into pg_temp.%1$I
            select %2$s, d.month, d.outcome, $1 * count(*) filter (where t.is_source),
                $1 * coalesce(sum(d.amount) filter (where t.is_source), 0), $1 * count(*), $1 * sum(d.amount)
            from (
                select deal_id, %2$s, min(position) = 1 as is_source
                from (%3$s) as met
                group by deal_id, %2$s
            ) as t
            join cl_marketing.counted_deal as d on d.deal_id = t.deal_id
            group by %2$s, d.month, d.outcome$query$,
            'delta_' || item.name || '_deals', item.keys, item.met)
        using sign;
    end loop;
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
