-- Why each touch of a deal has its credit, so that a reader can follow it with a pocket calculator. What load computes in
-- whole numbers (load/attribution.h) is said here in words and percent; weights and credits are those that were stored.

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
        select m.model, m.meaning, m.half_life_days, m.rest_share, s.names, s.shares, s.milestones_share,
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
            t.weights[r.model] as weight, t.credits[r.model]::numeric as credit,
            sum(t.credits[r.model]) over () as amount
        from cl_marketing.deal_touch as t
        join cl_core.person as p on p.person_id = t.person_id
        join cl_core.content as c on c.content_id = t.content_id
        join cl_core.arrival as a on a.arrival_id = t.arrival_id
        cross join rules as r
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
                when r.half_life_days is not null then round(power(2::numeric, -o.days_before_last / r.half_life_days), 12)
                when r.rest_share is null then null
                when t.held_share = 0 then 100.0 / t.touches
                when o.share = 0 then 100.0 * r.rest_share / r.all_shares / t.rest_touches
                else 100.0 * o.share * t.given_share / t.held_share / r.all_shares
            end as raw_weight,
            case
                when o.touched_at is null then 'no touch in the journey: all of it is unattributed'
                when r.half_life_days is not null
                    then format('2 ^ -(%s days before the last touch / %s)', trim_scale(round(o.days_before_last, 6)),
                                r.half_life_days)
                when r.rest_share is null then r.meaning
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
            round(t.left_over) as left_over
        from own as o
        cross join rules as r
        cross join totals as t
    ),
    priced as (
        select f.position, f.touched_at, f.person, f.content, f.channel, f.milestones,
            f.rule || case
                when f.added > 0
                    then format('; %s %s', case when f.amount < 0 then '-' else '+' end,
                                round(1 / s.unit, s.currency_exponent))
                else ''
            end as rule,
            f.raw_weight, case when f.touched_at is not null then f.role_weight end as role_weight, f.left_over,
            f.weight * 0.000000000001 as weight,
            f.amount * f.weight * 0.000000000001 / s.unit as unrounded_credit,
            round(f.credit / s.unit, s.currency_exponent) as credit
        from raised as f
        cross join (select currency_exponent, power(10::numeric, currency_exponent) as unit from cl_ops.setting) as s
    )
    select f.position, f.touched_at, f.person, f.content, f.channel, f.milestones, f.rule, round(f.raw_weight, 6),
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
        round(f.raw_weight, 6), null, f.weight, round(f.unrounded_credit, s.currency_exponent + 2), f.credit
    from (
        select sum(g.raw_weight) as raw_weight, sum(g.weight) as weight, sum(g.unrounded_credit) as unrounded_credit,
            sum(g.credit) as credit, max(g.left_over) as left_over
        from priced as g
    ) as f
    join cl_core.deal as d on d.deal_id = explain.deal_id
    cross join cl_ops.setting as s
    order by 1;
end
$$;
