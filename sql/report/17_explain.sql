-- Why each touch of a deal has its credit, so that a reader can follow it with a pocket calculator. What load computes in
-- whole numbers (load/attribution.h) is said here in words and percent; weights and credits are those that were stored.

-- The same of a fitted model: what the state of each touch scores, and among how many touches it is shared.
create function cl_marketing.explain_fitted(deal_id uuid, model text)
returns table ("position" integer, raw_weight numeric, rule text)
language sql stable as $$
    with touch as (
        select t.position, t.content_id, coalesce(c.title, c.url) as title,
            case
                when m.name ~ '_channel$' then a.channel
                when m.name ~ '_topic$' then coalesce(c.topic, '(none)')
            end as item,
            m.name as model, m.name ~ '^shapley_' as is_game
        from cl_marketing.deal_touch as t
        join cl_core.content as c on c.content_id = t.content_id
        join cl_core.arrival as a on a.arrival_id = t.arrival_id
        join cl_marketing.model as m on m.name = explain_fitted.model and m.is_fitted
        where t.deal_id = explain_fitted.deal_id and t.touched_at is not null
    ),
    journey as (
        select array_agg(i.item order by i.item collate "C") as states,
            string_agg(i.item, ', ' order by i.item collate "C") as words
        from (select distinct item from touch where item is not null) as i
    ),
    scored as (
        select t.*, coalesce(s.state, t.item, t.title) as state, s.state_no, s.items,
            case when t.is_game then v.value else s.effect end as score, v.standard_error, j.words
        from touch as t
        cross join journey as j
        left join lateral (
            select f.state_no
            from cl_marketing.folded_item as f
            where f.model = t.model and (f.content_id = t.content_id or f.content_id is null and f.item = t.item)
        ) as f on true
        left join cl_marketing.state_effect as s
            on s.model = t.model
            and (s.state_no = f.state_no or f.state_no is null and s.kind = 'item'
                 and case when t.item is null then s.content_id = t.content_id else s.state = t.item end)
        left join cl_marketing.state_value as v
            on v.model = t.model and v.states = j.states and v.state = t.item and t.is_game
    ),
    shared as (
        select s.*, count(*) over (partition by s.state_no) as sharing, count(*) over () as touches,
            coalesce(max(s.score) over (), 0) <= 0 as is_nothing
        from scored as s
    )
    select s.position,
        case
            when s.is_nothing then 100.0 / s.touches
            when s.score > 0 then s.score / s.sharing
            else 0
        end,
        case
            when s.score is null then format('%s is in no closed deal: 0', s.state)
            else format('%s: %s %s', s.state, case when s.is_game then 'value' else 'effect' end, trim_scale(s.score))
                || case when s.items > 1 then format(', of %s items', s.items) else '' end
                || case when s.is_game then format(' among %s', s.words) else '' end
                || case
                    when s.standard_error > 0 then format(' (standard error %s)', trim_scale(s.standard_error))
                    else ''
                end
                || case
                    when s.is_nothing then ''
                    when s.score < 0 then ', below 0: 0'
                    when s.sharing > 1 and s.score > 0 then format(', / %s touches', s.sharing)
                    else ''
                end
        end
        || case when s.is_nothing then format('; no state above 0: 100 / %s touches', s.touches) else '' end
    from shared as s
$$;

create function cl_marketing.explain(deal_id uuid, model text)
returns table (
    "position" integer,
    touched_at timestamptz,
    person text,
    content text,
    channel text,
    milestones text[],
    rule text,
    raw_weight numeric,
    role_weight numeric,
    weight numeric,
    unrounded_credit numeric,
    credit numeric
)
language plpgsql stable as $$
#variable_conflict use_column
begin
    if not exists (select from cl_marketing.model as m where m.name = explain.model and m.is_computed) then
        raise exception using
            errcode = 'undefined_object',
            message = format('there is no model "%s"', explain.model),
            hint = (select 'one of ' || string_agg(m.name, ', ' order by m.model) from cl_marketing.model as m where m.is_computed);
    elsif not exists (select from cl_marketing.deal_touch as t where t.deal_id = explain.deal_id) then
        raise exception using
            errcode = 'no_data_found',
            message = format('deal %s has no journey', explain.deal_id),
            hint = 'the deal_id of cl_core.deal; a deleted deal has none, nor has one without a rate (cl_ops.quality)';
    end if;
    return query
    with rules as (
        select m.model, m.is_fitted, m.meaning, m.half_life_days, m.rest_share, s.names, s.shares, s.milestones_share,
            s.milestones_share + m.rest_share as all_shares
        from cl_marketing.model as m
        cross join lateral (
            select array_agg(v.name order by v.place) as names, array_agg(v.share order by v.place) as shares,
                coalesce(sum(v.share), 0) as milestones_share
            from (
                values (1, 'first_touch', m.first_touch_share), (2, 'lead_creation', m.lead_creation_share),
                    (3, 'deal_creation', m.deal_creation_share), (4, 'closed_won', m.closed_won_share),
                    (5, 'last_touch', m.last_touch_share), (6, 'last_non_direct', m.last_non_direct_share)
            ) as v (place, name, share)
            where v.share > 0
        ) as s
        where m.name = explain.model
    ),
    journey as (
        select t.position, t.touched_at, coalesce(p.name, p.email, t.person_id::text) as person,
            coalesce(c.title, c.url) as content, a.channel, t.milestones,
            t.milestones || case
                when t.position = coalesce(max(t.position) filter (where a.channel <> 'Direct') over (),
                                           max(t.position) over ())
                    then array['last_non_direct']
                else '{}'
            end as held,
            extract(epoch from max(t.touched_at) over () - t.touched_at)::numeric / 86400 as days_before_last,
            trim_scale(t.role_weight * 0.000001) as role_weight,
            k.weight, k.credit::numeric as credit, sum(k.credit) over () as amount
        from cl_marketing.deal_touch as t
        join cl_core.person as p on p.person_id = t.person_id
        join cl_core.content as c on c.content_id = t.content_id
        join cl_core.arrival as a on a.arrival_id = t.arrival_id
        cross join rules as r
        left join cl_marketing.fitted_touch as f on f.deal_id = t.deal_id and f.position = t.position and r.is_fitted
        cross join lateral (
            select
                case when r.is_fitted then f.weights[r.model - 100] else t.weights[r.model] end as weight,
                case when r.is_fitted then f.credits[r.model - 100] else t.credits[r.model] end as credit
        ) as k
        where t.deal_id = explain.deal_id
    ),
    -- Each touch's own milestones of the model, their shares in percent.
    own as (
        select j.*, coalesce(o.share, 0) as share, o.words, o.number
        from journey as j
        cross join rules as r
        cross join lateral (
            select sum(u.share) as share, count(*) as number,
                string_agg(u.name || ' ' || trim_scale(round(100 * u.share::numeric / r.all_shares, 4)), ' + '
                           order by u.place) as words
            from unnest(r.names, r.shares) with ordinality as u (name, share, place)
            where u.name = any (j.held)
        ) as o
    ),
    -- given_share: what the milestones that are held share, their own and what nobody else is there to take.
    totals as (
        select sum(o.share) as held_share, count(*) as touches, count(*) filter (where o.share = 0) as rest_touches,
            case when bool_or(o.share = 0) then max(r.milestones_share) else max(r.all_shares) end as given_share,
            -- what lies a thousandth below a whole unit is one: its weight was cut to 12 places
            sum(abs(o.amount) * o.weight / 1000000000000.0)
            - sum(floor(abs(o.amount) * o.weight / 1000000000000.0 + 0.001)) as left_over
        from own as o
        cross join rules as r
    ),
    raised as (
        select o.*,
            case
                when o.touched_at is null then null
                when r.is_fitted then x.raw_weight
                when r.half_life_days is not null then round(power(2::numeric, -o.days_before_last / r.half_life_days), 12)
                when t.held_share = 0 then 100.0 / t.touches
                when o.share = 0 then 100.0 * r.rest_share / r.all_shares / t.rest_touches
                else 100.0 * o.share * t.given_share / t.held_share / r.all_shares
            end as raw_weight,
            case
                when o.touched_at is null then 'no touch in the journey: all of it is unattributed'
                when r.is_fitted then x.rule
                when r.half_life_days is not null
                    then format('2 ^ -(%s days before the last touch / %s)', trim_scale(round(o.days_before_last, 6)),
                                r.half_life_days)
                when t.held_share = 0 and r.milestones_share > 0
                    then format('no touch holds a milestone of the model: 100 / %s touches', t.touches)
                when o.share = 0 and r.rest_share = 0 then 'no milestone of the model: nothing'
                when o.share = 0
                    then format('the rest: %s / %s touches',
                                trim_scale(round(100 * r.rest_share::numeric / r.all_shares, 4)), t.rest_touches)
                when t.held_share = t.given_share then o.words
                else
                    case when o.number > 1 then '(' || o.words || ')' else o.words end
                    || format(' x %s / %s',
                              trim_scale(round(100 * t.given_share / r.all_shares, 4)),
                              trim_scale(round(100 * t.held_share / r.all_shares, 4)))
                    || case
                        when t.held_share < r.milestones_share then ', as a milestone of the model is held by no touch'
                        else ''
                    end
                    || case
                        when t.rest_touches = 0 and r.rest_share > 0 then ', as no touch is left for the rest'
                        else ''
                    end
            end as rule,
            abs(o.credit) - floor(abs(o.amount) * o.weight / 1000000000000.0 + 0.001) as added,
            round(t.left_over) as left_over, case when r.is_fitted then 12 else 6 end as places
        from own as o
        cross join rules as r
        cross join totals as t
        left join cl_marketing.explain_fitted(explain.deal_id, explain.model) as x on x.position = o.position
    ),
    priced as (
        select f.position, f.touched_at, f.person, f.content, f.channel, f.milestones,
            f.rule || case
                when f.added > 0
                    then format('; %s %s', case when f.amount < 0 then '-' else '+' end,
                                round(1 / s.unit, s.currency_exponent))
                else ''
            end as rule,
            f.raw_weight, f.places, case when f.touched_at is not null then f.role_weight end as role_weight, f.left_over,
            f.weight * 0.000000000001 as weight,
            f.amount * f.weight * 0.000000000001 / s.unit as unrounded_credit,
            round(f.credit / s.unit, s.currency_exponent) as credit
        from raised as f
        cross join (select currency_exponent, power(10::numeric, currency_exponent) as unit from cl_ops.setting) as s
    )
    select f.position, f.touched_at, f.person, f.content, f.channel, f.milestones, f.rule, round(f.raw_weight, f.places),
        f.role_weight, f.weight, round(f.unrounded_credit, s.currency_exponent + 2), f.credit
    from priced as f
    cross join cl_ops.setting as s
    union all
    select null, null, null, d.outcome || ' deal ' || coalesce(d.name, d.deal_key), null, null,
        'sum' || case
            when f.left_over > 0
                then format('; %s x %s left over by rounding down', f.left_over,
                            round(1 / power(10::numeric, s.currency_exponent), s.currency_exponent))
            else ''
        end,
        round(f.raw_weight, f.places), null, f.weight, round(f.unrounded_credit, s.currency_exponent + 2), f.credit
    from (
        select sum(g.raw_weight) as raw_weight, max(g.places) as places, sum(g.weight) as weight, sum(g.unrounded_credit) as unrounded_credit,
            sum(g.credit) as credit, max(g.left_over) as left_over
        from priced as g
    ) as f
    join cl_core.deal as d on d.deal_id = explain.deal_id
    cross join cl_ops.setting as s
    order by 1;
end
$$;
