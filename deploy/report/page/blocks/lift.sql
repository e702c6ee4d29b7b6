-- What goes with winning: the contents that most closed deals met, with intervals.
select json_agg(
    json_build_array(
        left(coalesce(title, url), 300), left(url, 300), left(topic, 100), won_deals_with, lost_deals_with,
        won_deals_without, lost_deals_without, win_rate_with, win_rate_without, lift, lift_low, lift_high, has_enough_data
    )
    order by has_enough_data desc, lift desc nulls last, url
)
from (
    select *
    from cl_marketing.content_lift
    order by has_enough_data desc, won_deals_with + lost_deals_with desc, url
    limit 100
) as lifted
