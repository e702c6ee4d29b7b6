-- The funnel, its weakest step, and the facts of the monthly meeting. "Now" is the newest reading, as in all reports.

-- Days are counted whole, so that few numbers stand for many persons, and the median needs no sorting of persons. Each
-- dimension and period is a branch with these as constants: who asks for one reads no other. The persons of one channel, topic
-- or owner in one month are counted when asked for, all others have been.
do $$
declare
    counted text;
    told text;
begin
    select string_agg(format($branch$
        select %L::text as dimension, %s as item, %L::text as period, %s as month, c.step_no, c.days, c.day, c.people, c.skipped,
            c.with_open_deals, c.amount, c.won_amount
        from cl_smarketing.funnel_count as c
        where c.dimension = %L$branch$, k.dimension, k.item, k.period, k.month, k.counted), ' union all ')
    into counted
    from (
        values
            ('all', '''(all)''::text', 'all', 'null::date', 'month'),
            ('all', '''(all)''::text', 'month', 'c.item::date', 'month'),
            ('all', '''(all)''::text', 'cohort', 'c.item::date', 'cohort'),
            ('channel', 'c.item collate "default"', 'all', 'null::date', 'channel'),
            ('topic', 'c.item collate "default"', 'all', 'null::date', 'topic'),
            ('owner', 'c.item collate "default"', 'all', 'null::date', 'owner')
    ) as k (dimension, item, period, month, counted);
    select string_agg(format($branch$
        select %L, %s, %L, p.%I, p.step_no, coalesce(date_part('day', p.next_at - p.reached_at)::integer, -1),
            (p.reached_at at time zone s.timezone)::date, 1, p.is_skipped::integer, (p.open_deals > 0)::integer, p.amount, p.won_amount
        from cl_smarketing.funnel_step as p
        cross join cl_ops.setting as s
        %s
        where p.kind <> 'won'$branch$, d.dimension, d.item, m.period, m.period, d.joined), ' union all ')
    into told
    from (
        values
            ('channel', 'a.channel', 'join cl_core.arrival as a on a.arrival_id = p.arrival_id'),
            ('topic', 'coalesce(c.topic, ''(none)'')', 'left join cl_core.content as c on c.content_id = p.content_id'),
            ('owner', 'p.owner', '')
    ) as d (dimension, item, joined)
    cross join (values ('month'), ('cohort')) as m (period);
    execute format($view$
        create view cl_smarketing.funnel as
        select
            h.dimension,
            h.item,
            h.period,
            h.month,
            h.step_no as from_no,
            f.step as from_step,
            t.step as to_step,
            sum(h.people)::bigint as entered,
            sum(h.skipped)::bigint as entered_by_skipping,
            coalesce(sum(h.people) filter (where h.days >= 0), 0)::bigint as converted,
            round(coalesce(sum(h.people) filter (where h.days >= 0), 0) / sum(h.people), 4) as rate,
            (case when f.kind = 'deal' then sum(h.with_open_deals) filter (where h.days < 0) else sum(h.recent) end)::bigint
                as still_open,
            min(h.days) filter (where h.days >= 0 and 2 * h.so_far >= h.converted) as median_days,
            min(h.days) filter (where h.days >= 0 and 10 * h.so_far >= 9 * h.converted) as p90_days,
            case when f.kind = 'deal' then sum(h.amount) end as entered_amount,
            case
                when f.kind = 'deal' then sum(h.won_amount)
                when t.kind = 'deal' then coalesce(sum(h.amount) filter (where h.days >= 0), 0)
            end as converted_amount,
            case when f.kind = 'deal' then round(sum(h.won_amount) / nullif(sum(h.amount), 0), 4) end as amount_rate,
            sum(h.won_amount) as won_amount
        from (
            select c.*,
                sum(c.people) filter (where c.days >= 0) over (
                    partition by c.dimension, c.item, c.period, c.month, c.step_no
                ) as converted,
                sum(c.people) filter (where c.days >= 0) over (
                    partition by c.dimension, c.item, c.period, c.month, c.step_no order by c.days
                ) as so_far
            from (
                select k.dimension, k.item, k.period, k.month, k.step_no, k.days, sum(k.people) as people,
                    sum(k.skipped) as skipped, sum(k.with_open_deals) as with_open_deals,
                    sum(case
                        when k.days < 0 and k.day >= (select cl_core.day_of(n.read_at) - n.lookback from cl_ops.setting as n)
                            then k.people
                        else 0
                    end) as recent,
                    sum(k.amount) as amount, sum(k.won_amount) as won_amount
                from (%s union all %s) as k
                group by k.dimension, k.item, k.period, k.month, k.step_no, k.days
            ) as c
        ) as h
        join cl_smarketing.step as f on f.step_no = h.step_no
        join cl_smarketing.step as t on t.step_no = h.step_no + 1
        group by h.dimension, h.item, h.period, h.month, h.step_no, f.step, f.kind, t.step, t.kind$view$,
        counted, told);
end
$$;

-- Each whole month, and the three months that end with it, against the twelve before. Who entered lately had less time: so
-- earlier months are looked at as they stood when they were as old. Of a count per month the interval follows from the share
-- of the recent months in all of them; that of two rates is Newcombe's.
create view cl_smarketing.step_comparison as
with entered as (
    select c.step_no + 1 as step_no, c.item::date as month, sum(c.people) as entered,
        sum(c.people) filter (where c.day < 'infinity') as converted,
        extract(year from g.age) * 12 + extract(month from g.age) as age
    from cl_smarketing.funnel_count as c
    join cl_smarketing.step as f on f.step_no = c.step_no and f.kind in ('lead', 'stage')
    cross join lateral (
        select age((select cl_core.day_of(read_at) from cl_ops.setting), nullif(c.day, 'infinity')) as age
    ) as g
    where c.dimension = 'progress'
    group by c.step_no, c.item, 5
    union all
    select w.step_no, d.month, count(*), count(*) filter (where d.outcome = 'won'), 12
    from cl_core.deal as d
    join cl_smarketing.step as w on w.kind = 'won'
    where d.outcome in ('won', 'lost')
    group by w.step_no, d.month
    union all
    select c.step_no, c.item::date, sum(c.people), sum(c.people), 12
    from cl_smarketing.funnel_count as c
    join cl_smarketing.step as f on f.step_no = c.step_no and f.kind = 'lead'
    where c.dimension = 'progress'
    group by c.step_no, c.item
),
span as (
    select m.month, p.period, p.months, (m.month - make_interval(months => p.months - 1))::date as first_month,
        (m.month - make_interval(months => p.months + 11))::date as before_month,
        f.first_month as data_month
    from (select min(month) as first_month from entered) as f
    cross join cl_ops.setting as n
    cross join lateral generate_series(
        f.first_month, cl_core.month_of(n.read_at) - interval '1 month', interval '1 month') as g(at)
    cross join lateral (select g.at::date as month) as m
    cross join (values ('month', 1), ('quarter', 3)) as p (period, months)
),
counted as (
    select p.month, p.period, p.months, p.first_month, w.step_no, w.kind, w.step as to_step,
        coalesce(f.step, 'visitor') as from_step,
        coalesce(sum(e.entered) filter (where e.month >= p.first_month), 0)::bigint as entered,
        coalesce(sum(e.converted) filter (where e.month >= p.first_month), 0)::bigint as converted,
        coalesce(sum(e.entered) filter (where e.month < p.first_month), 0)::bigint as entered_before,
        coalesce(sum(e.converted) filter (where e.month < p.first_month and e.age >= k.shift), 0)::bigint as converted_before,
        -- the first month of all may have begun before its data did
        least(12, greatest(0, (extract(year from age(p.first_month, p.data_month)) * 12
                               + extract(month from age(p.first_month, p.data_month)))::integer
                              - case when w.kind = 'lead' then 1 else 0 end)) as months_before
    from span as p
    join cl_smarketing.step as w on true
    left join cl_smarketing.step as f on f.step_no = w.step_no - 1
    left join entered as e on e.step_no = w.step_no and e.month between p.before_month and p.month
        and (w.kind <> 'lead' or e.month > p.data_month or e.month >= p.first_month)
    left join lateral (
        select p.months * ceil(((extract(year from p.first_month) - extract(year from e.month)) * 12
                                + extract(month from p.first_month) - extract(month from e.month)) / p.months::numeric) as shift
    ) as k on true
    group by p.month, p.period, p.months, p.first_month, p.data_month, w.step_no, w.kind, w.step, f.step
),
compared as (
    select c.*,
        case
            when c.kind = 'lead' then c.converted::numeric / c.months
            else c.converted::numeric / nullif(c.entered, 0)
        end as rate,
        case
            when c.kind = 'lead' then c.converted_before::numeric / nullif(c.months_before, 0)
            else c.converted_before::numeric / nullif(c.entered_before, 0)
        end as rate_before,
        case
            when c.kind = 'lead' then c.converted_before::numeric / nullif(c.months_before, 0)
                * (i.low * c.months_before / nullif((1 - i.low) * c.months, 0) - 1)
            else i.low
        end as low,
        case
            when c.kind = 'lead' then c.converted_before::numeric / nullif(c.months_before, 0)
                * (i.high * c.months_before / nullif((1 - i.high) * c.months, 0) - 1)
            else i.high
        end as high,
        case
            when c.kind = 'lead' then c.months_before > 0 and c.converted_before > 0
                and (c.converted + c.converted_before) * c.months >= 5 * (c.months + c.months_before)
            else c.entered > 0 and c.entered_before > 0
                and least(c.entered, c.entered_before)
                    * least(c.converted + c.converted_before,
                            c.entered + c.entered_before - c.converted - c.converted_before)
                    >= 5 * (c.entered + c.entered_before)
        end as has_enough_data
    from counted as c
    cross join lateral (
        select w.low, w.high
        from cl_marketing.wilson_interval(c.converted, c.converted + c.converted_before) as w
        where c.kind = 'lead' and c.months_before > 0
        union all
        select n.low, n.high
        from cl_marketing.newcombe_interval(c.converted, c.entered, c.converted_before, c.entered_before) as n
        where c.kind <> 'lead'
        union all
        select null, null
        where c.kind = 'lead' and c.months_before = 0
    ) as i
)
select distinct on (month, step_no)
    month,
    step_no,
    case kind when 'lead' then 'generation' when 'won' then 'closing' else 'qualification' end as area,
    from_step,
    to_step,
    period,
    first_month as from_month,
    case when kind <> 'lead' then entered end as entered,
    converted,
    round(rate, 4) as rate,
    months_before,
    case when kind <> 'lead' then entered_before end as entered_before,
    converted_before,
    round(rate_before, 4) as rate_before,
    round(rate - rate_before, 4) as difference,
    round(low, 4) as difference_low,
    round(high, 4) as difference_high,
    round(rate / nullif(rate_before, 0) - 1, 4) as change,
    has_enough_data,
    has_enough_data and high < 0 as is_weak,
    concat(
        case kind when 'lead' then 'generation: ' when 'won' then 'closing: ' else 'qualification: ' end,
        case kind
            when 'lead' then format('%s new leads in %s%s', converted, w.label,
                                    case when period = 'quarter' then format(', %s a month', round(rate, 1)) end)
            when 'won' then format('of %s deals closed in %s %s were won (%s)', entered, w.label, converted,
                                   coalesce(round(100 * rate, 1) || ' %', 'none closed'))
            else format('of %s that reached %s in %s, %s have reached %s (%s)', entered, from_step, w.label, converted, to_step,
                        coalesce(round(100 * rate, 1) || ' %', 'nobody entered'))
        end,
        '; ',
        case
            when rate_before is null then 'there is nothing before to compare it with'
            when kind = 'lead' then format('in the %s months before %s a month', months_before, round(rate_before, 1))
            when kind = 'won' then format('of %s in the %s months before %s (%s %%)', entered_before, months_before, converted_before,
                                          round(100 * rate_before, 1))
            else format('of %s in the %s months before %s had as long after (%s %%)', entered_before, months_before, converted_before,
                        round(100 * rate_before, 1))
        end,
        case
            when rate is null or rate_before is null then ''
            when not has_enough_data then ': too few to tell'
            when kind = 'lead' then format(': %s a month (95 %% interval from %s to %s)', to_char(rate - rate_before, 'FMSG999999990.0'),
                                           to_char(low, 'FMSG999999990.0'), coalesce(to_char(high, 'FMSG999999990.0'), 'no end'))
            else format(': %s points (95 %% interval from %s to %s)', to_char(100 * (rate - rate_before), 'FMSG990.0'),
                        to_char(100 * low, 'FMSG990.0'), to_char(100 * high, 'FMSG990.0'))
        end
    ) as comparison
from compared
cross join lateral (
    select case
        when period = 'month' then to_char(month, 'YYYY-MM')
        else to_char(first_month, 'YYYY-MM') || ' to ' || to_char(month, 'YYYY-MM')
    end as label
) as w
order by month, step_no, period = 'month' and has_enough_data desc, period = 'quarter' desc;

create view cl_smarketing.weakest_step as
select c.*,
    c.is_weak and row_number() over (order by c.is_weak desc, c.change, c.step_no) = 1 as is_weakest
from cl_smarketing.step_comparison as c
where c.month = (select (cl_core.month_of(s.read_at) - interval '1 month')::date from cl_ops.setting as s);
