-- The largest open deals: their people, what these have read, and what nobody there has, though won deals did.
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
                b.score, b.days_silent,
                (
                    select json_agg(
                        json_build_array(left(coalesce(p ->> 'name', p ->> 'email'), 200), left(p ->> 'title', 100), p ->> 'stage', p -> 'contents',
                            (select json_agg(left(title, 160)) from jsonb_array_elements_text(p -> 'read') as title))
                    )
                    from (select p from jsonb_array_elements(b.people) as p limit 12) as p
                ),
                (
                    select json_agg(
                        json_build_array(left(n ->> 'title', 160), n -> 'compared_with', left(n ->> 'compared_item', 100), n -> 'won_with',
                            n -> 'deals_with', n -> 'win_rate_with', n -> 'won_without', n -> 'deals_without', n -> 'win_rate_without',
                            (n ->> 'lift_low')::numeric <= 0, (n ->> 'deals_with')::bigint + (n ->> 'deals_without')::bigint)
                    )
                    from jsonb_array_elements(b.unread) as n
                ),
                coalesce(a.survivor_id, a.account_id)
            )
            order by l.amount_reporting desc nulls last, l.deal_id
        )
        from listed as l
        left join cl_core.account as a on a.account_id = l.account_id
        left join cl_sales.deal_brief as b on b.deal_id = l.deal_id
    )
)
