-- The funnel as a whole, by month, and by what brought people; and the step that is weak, with the comparison that says so.
with steps as (
    select *
    from cl_smarketing.funnel
    where dimension = 'all' and period = 'all'
)

select case when exists (select from steps) then json_build_object(
    'steps', (
        select json_agg(
            json_build_array(
                from_step, to_step, entered, entered_by_skipping, converted, rate, still_open, median_days, p90_days, entered_amount,
                converted_amount
            )
            order by from_no
        )
        from steps
    ),
    'months', (
        select json_agg(json_build_array(to_char(f.month, 'YYYY-MM'), f.from_step, f.to_step, f.entered, f.converted, f.rate) order by f.month desc, f.from_no)
        from cl_smarketing.funnel as f
        cross join cl_ops.setting as s
        where f.dimension = 'all' and f.period = 'month' and f.month > (s.read_at at time zone s.timezone)::date - interval '13 months'
    ),
    'items', (
        select json_agg(
            json_build_array(dimension, left(item, 200), from_step, to_step, entered, converted, rate, median_days) order by dimension, entered desc, item, from_no
        )
        from (
            select f.*, dense_rank() over (partition by dimension order by max_entered desc, item) as place
            from (
                select f.*, max(entered) over (partition by dimension, item) as max_entered
                from cl_smarketing.funnel as f
                where dimension in ('channel', 'topic', 'owner') and period = 'all'
            ) as f
        ) as f
        where place <= 20
    ),
    'weakest', (
        select json_agg(
            json_build_array(
                area, from_step, to_step, to_char(from_month, 'YYYY-MM'), to_char(month, 'YYYY-MM'), entered, converted, rate, rate_before,
                difference, difference_low, difference_high, has_enough_data, is_weak, is_weakest, months_before
            )
            order by step_no
        )
        from cl_smarketing.weakest_step
    )
) end
