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
    dimension text collate "C" not null check (dimension in ('month', 'cohort', 'channel', 'topic', 'owner', 'progress')),
    item text collate "C" not null,
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
    create temporary table stepped on commit drop as
    select s.step_no, to_char(s.month, 'YYYY-MM-DD') as month, to_char(s.cohort, 'YYYY-MM-DD') as cohort, a.channel,
        coalesce(case when sign < 0 and b.content_id is not null then b.topic else c.topic end, '(none)') as topic, s.owner,
        coalesce(date_part('day', s.next_at - s.reached_at)::integer, -1) as days,
        case
            when s.next_at is null then (s.reached_at at time zone n.timezone)::date
            else '-infinity'
        end as day,
        coalesce((s.next_at at time zone n.timezone)::date, 'infinity') as next_on,
        s.is_skipped, s.open_deals > 0 as has_open_deals, s.amount, s.won_amount
    from funnel_person as f
    join cl_smarketing.funnel_step as s on s.person_id = f.person_id and s.kind <> 'won'
    join cl_core.arrival as a on a.arrival_id = s.arrival_id
    left join cl_core.content as c on c.content_id = s.content_id
    left join changed_content as b on b.content_id = s.content_id
    cross join cl_ops.setting as n;
    execute (
        -- one after the other: all of them together do not fit into memory
        select string_agg(format($query$
            insert into pg_temp.delta_funnel
                (dimension, item, step_no, days, day, people, skipped, with_open_deals, amount, won_amount)
            select %L, %I, step_no, %s as days, %s as day, %5$s * count(*), %5$s * count(*) filter (where is_skipped),
                %5$s * count(*) filter (where has_open_deals), %5$s * sum(amount), %5$s * sum(won_amount)
            from pg_temp.stepped
            group by 2, 3, 4, 5$query$, d.dimension, d.item, d.days, d.day, sign), ';')
        from (
            values ('month', 'month', 'days', 'day'), ('cohort', 'cohort', 'days', 'day'), ('channel', 'channel', 'days', 'day'),
                ('topic', 'topic', 'days', 'day'), ('owner', 'owner', 'days', 'day'), ('progress', 'month', '-1', 'next_on')
        ) as d (dimension, item, days, day)
    );
    drop table stepped;
end
$$;

-- Visitors do not add up over contents.
create table cl_marketing.visitor_month (
    month date primary key,
    views bigint not null,
    visitors bigint not null
);
