-- How each persona buys, and what the closed deals of each had met.
select json_build_object(
    'list', (
        select json_agg(
            json_build_array(
                left(persona, 100), leads, open_deals, won_deals, lost_deals, revenue, win_rate, win_rate_others, lift, has_enough_data
            )
            order by revenue desc, persona
        )
        from (select * from cl_marketing.persona_performance order by revenue desc, persona limit 30) as p
    ),
    'contents', (
        select json_agg(
            json_build_array(
                left(g.item, 100), left(coalesce(g.title, g.url), 300), left(g.topic, 100), g.won_with, g.deals_with,
                round(g.won_with::numeric / g.deals_with, 4), round(g.won_without::numeric / nullif(g.deals_without, 0), 4), g.lift,
                d.low, d.high, g.has_enough_data
            )
            order by g.item, g.has_enough_data desc, case when g.has_enough_data then g.lift end desc nulls last, g.deals_with desc, g.url
        )
        from (
            select *,
                row_number() over (partition by item order by has_enough_data desc, deals_with desc, url) as place
            from cl_marketing.group_lift
            where kind = 'persona'
        ) as g
        left join lateral (
            select round(low, 4) as low, round(high, 4) as high
            from cl_marketing.newcombe_interval(g.won_with, g.deals_with, g.won_without, g.deals_without)
        ) as d on g.has_enough_data
        where g.place <= 25 and g.item in (select persona from cl_marketing.persona_performance order by revenue desc, persona limit 12)
    )
)
