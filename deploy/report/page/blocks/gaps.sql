-- What to write next: questions without an answer, what there is of each topic for each stage of the journey, what fades.
select json_build_object(
    'gaps', (
        select json_agg(
            json_build_array(left(topic, 200), gap, questions, persons, not_seen, contents, deals, open_amount, lost_amount, last_asked_at::date)
            order by questions desc, topic
        )
        from (select * from cl_marketing.content_gap order by questions desc, topic limit 100) as g
    ),
    'coverage', (
        select json_agg(
            json_build_array(dimension, left(topic, 100), left(item, 100), pieces, influenced_revenue, newest_age_days) order by dimension, topic, item
        )
        from (
            select *, dense_rank() over (partition by dimension order by topic_pieces desc, topic) as topic_place,
                dense_rank() over (partition by dimension order by item_pieces desc, item) as item_place
            from (
                select *, sum(pieces) over (partition by dimension, topic) as topic_pieces,
                    sum(pieces) over (partition by dimension, item) as item_pieces
                from cl_marketing.coverage
            ) as c
        ) as c
        where topic_place <= 30 and item_place <= 8
    ),
    'decay', (
        select json_agg(
            json_build_array(left(coalesce(title, url), 300), left(topic, 100), views, views_before, change, age_days, peak_views)
            order by change, url
        )
        from (select * from cl_marketing.content_decay where is_decaying order by views - views_before, url limit 50) as d
    )
)
