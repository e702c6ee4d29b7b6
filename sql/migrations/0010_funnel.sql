-- The funnel: who reached which step when. Refresh keeps these tables. A view would have had to put histories, deals and
-- their people together at every look, and the funnel, its weakest step, the monthly meeting and the page all look at it.

create table cl_smarketing.step (
    step_no integer primary key,
    step text not null,
    kind text not null check (kind in ('lead', 'stage', 'deal', 'won')),
    unique (kind, step)
);

-- No foreign keys: a check of each row at the commit would cost more than to write it. closedloop-load verify looks.
create table cl_smarketing.funnel_step (
    person_id uuid not null,
    step_no integer not null,
    step text not null,
    kind text not null,
    reached_at timestamptz not null,
    month date not null,
    is_skipped boolean not null,
    next_at timestamptz,
    cohort date not null,
    deal_id uuid,
    deals bigint not null,
    open_deals bigint not null,
    amount numeric not null,
    won_amount numeric not null,
    content_id uuid not null,
    arrival_id uuid not null,
    owner text not null,
    primary key (person_id, step_no)
);

-- How many they are, so that nobody has to read all persons: by each month, cohort, channel, topic and owner. Of one channel,
-- topic or owner in one month funnel_step tells: so these counts stay few, whatever the number of persons. Nothing here depends
-- on the time of a refresh: who may still go on is told by the day, when read. `progress` is by month and by the day on which
-- the next step was reached, infinity if it was not.
create table cl_smarketing.funnel_count (
    dimension text not null check (dimension in ('month', 'cohort', 'channel', 'topic', 'owner', 'progress')),
    item text not null,
    step_no integer not null,
    days integer not null,
    day date not null,
    people bigint not null,
    skipped bigint not null,
    with_open_deals bigint not null,
    amount numeric not null,
    won_amount numeric not null,
    primary key (dimension, item, step_no, days, day)
);

-- What the persons in pg_temp.funnel_person contribute, times sign, to pg_temp.delta_funnel. What is taken away was counted
-- under the topic of before.
create function cl_smarketing.count_funnel(sign integer) returns void
language plpgsql as $$
begin
    insert into delta_funnel
        (dimension, item, step_no, days, day, people, skipped, with_open_deals, amount, won_amount)
    select
        case
            when grouping(k.next_on) = 0 then 'progress'
            when grouping(k.month) = 0 then 'month'
            when grouping(k.cohort) = 0 then 'cohort'
            when grouping(k.channel) = 0 then 'channel'
            when grouping(k.topic) = 0 then 'topic'
            else 'owner'
        end,
        coalesce(to_char(k.month, 'YYYY-MM-DD'), to_char(k.cohort, 'YYYY-MM-DD'), k.channel, k.topic, k.owner),
        k.step_no, coalesce(k.days, -1), coalesce(k.next_on, k.day), sign * count(*), sign * count(*) filter (where k.is_skipped),
        sign * count(*) filter (where k.has_open_deals), sign * sum(k.amount), sign * sum(k.won_amount)
    from (
        select s.step_no, s.month, s.cohort, a.channel, s.owner, s.is_skipped, s.open_deals > 0 as has_open_deals, s.amount,
            s.won_amount,
            coalesce(case when sign < 0 and b.content_id is not null then b.topic else c.topic end, '(none)') as topic,
            coalesce(date_part('day', s.next_at - s.reached_at)::integer, -1) as days,
            case
                when s.next_at is null then (s.reached_at at time zone n.timezone)::date
                else '-infinity'
            end as day,
            coalesce((s.next_at at time zone n.timezone)::date, 'infinity') as next_on
        from funnel_person as f
        join cl_smarketing.funnel_step as s on s.person_id = f.person_id and s.kind <> 'won'
        join cl_core.arrival as a on a.arrival_id = s.arrival_id
        left join cl_core.content as c on c.content_id = s.content_id
        left join changed_content as b on b.content_id = s.content_id
        cross join cl_ops.setting as n
    ) as k
    group by k.step_no, grouping sets (
        (k.month, k.days, k.day), (k.cohort, k.days, k.day), (k.channel, k.days, k.day), (k.topic, k.days, k.day),
        (k.owner, k.days, k.day), (k.month, k.next_on)
    );
end
$$;

-- Visitors do not add up over contents.
create table cl_marketing.visitor_month (
    month date primary key,
    views bigint not null,
    visitors bigint not null
);
