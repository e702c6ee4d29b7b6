-- The largest open deals, with what their people met so far.
with listed as (
    select deal_id, name, account_id, owner, stage, amount_reporting, created_at, expected_close_on
    from cl_core.deal
    where outcome = 'open'
    order by amount_reporting desc nulls last, deal_id
    limit 100
)

select json_build_object(
    'deals', (select count(*) from cl_core.deal where outcome = 'open'),
    'list', (
        select json_agg(
            json_build_array(
                left(l.name, 300), left(a.name, 200), left(l.owner, 100), left(l.stage, 100), l.amount_reporting,
                l.created_at::date, l.expected_close_on,
                (select count(*) from cl_core.deal_person as p where p.deal_id = l.deal_id),
                t.contents, t.last_touch_at::date,
                (
                    select json_agg(json_build_array(left(coalesce(c.title, c.url), 160), m.touches, m.last_at::date) order by m.last_at desc, c.url)
                    from (
                        select content_id, count(*) as touches, max(touched_at) as last_at
                        from cl_marketing.deal_touch
                        where deal_id = l.deal_id and touched_at is not null
                        group by content_id
                        order by max(touched_at) desc
                        limit 12
                    ) as m
                    join cl_core.content as c on c.content_id = m.content_id
                )
            )
            order by l.amount_reporting desc nulls last, l.deal_id
        )
        from listed as l
        left join cl_core.account as a on a.account_id = l.account_id
        left join lateral (
            select count(distinct content_id) as contents, max(touched_at) as last_touch_at
            from cl_marketing.deal_touch
            where deal_id = l.deal_id and touched_at is not null
        ) as t on true
    )
)
