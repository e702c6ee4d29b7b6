-- Credit as it was reported at a moment: what still stands, if it stood then, and what was superseded since.

-- Each function is one query, so that the server takes it apart: conditions on a deal, a model or an outcome go down to the
-- tables.
create function cl_marketing.deal_touch_as_of(at timestamptz) returns table (
    deal_id uuid,
    "position" integer,
    touch_id uuid,
    person_id uuid,
    content_id uuid,
    arrival_id uuid,
    touched_at timestamptz,
    outcome text,
    month date,
    milestones text[],
    weights bigint[],
    credits bigint[],
    campaign_weights bigint[],
    campaign_credits bigint[],
    role_weight bigint,
    currency text,
    currency_exponent integer,
    reported_from timestamptz,
    reported_until timestamptz
)
language sql stable parallel safe as $$
    select t.deal_id, t.position, t.touch_id, t.person_id, t.content_id, t.arrival_id, t.touched_at, t.outcome, t.month,
        t.milestones, t.weights, t.credits, t.campaign_weights, t.campaign_credits, t.role_weight, r.currency,
        r.currency_exponent, r.reported_at, null::timestamptz
    from cl_marketing.deal_report as r
    join cl_marketing.deal_touch as t on t.deal_id = r.deal_id
    where r.reported_at <= at and at >= (select s.history_from from cl_ops.setting as s)
    union all
    select h.deal_id, h.position, h.touch_id, h.person_id, h.content_id, h.arrival_id, h.touched_at, h.outcome, h.month,
        h.milestones, h.weights, h.credits, h.campaign_weights, h.campaign_credits, h.role_weight, h.currency,
        h.currency_exponent, h.reported_from, h.reported_until
    from cl_marketing.deal_touch_history as h
    where h.reported_from <= at and h.reported_until > at and at >= (select s.history_from from cl_ops.setting as s)
$$;

-- The month of the reports of that moment: its own, or if there was no refresh in it the last one before that had one.
create function cl_marketing.report_month_at(at timestamptz) returns date
language sql stable parallel safe as $$
    select max(r.month)
    from cl_marketing.report_month as r
    where r.month <= cl_core.month_of(at)
        and exists (select from cl_marketing.report_month as o where o.first_reported_at <= at)
        and at >= (select s.history_from from cl_ops.setting as s)
$$;

-- Models that are fitted to all journeys are kept by month, as it ended; their journeys are those of its last refresh. Each
-- part knows its models, so that the other one is not read when only models of rules are asked for.
create function cl_marketing.attribution_as_of(at timestamptz) returns table (
    deal_id uuid,
    touch_id uuid,
    person_id uuid,
    content_id uuid,
    arrival_id uuid,
    touched_at timestamptz,
    "position" integer,
    outcome text,
    model text,
    weight numeric,
    credit numeric,
    currency text,
    month date,
    milestones text[],
    url text,
    title text,
    channel text,
    campaign text,
    reported_from timestamptz,
    reported_until timestamptz
)
language sql stable parallel safe as $$
    select
        t.deal_id,
        t.touch_id,
        t.person_id,
        t.content_id,
        t.arrival_id,
        t.touched_at,
        t.position,
        t.outcome,
        t.model,
        t.weight * 0.000000000001,
        round(t.credit / power(10::numeric, t.currency_exponent), t.currency_exponent),
        t.currency,
        t.month,
        t.milestones,
        p.url,
        c.title,
        a.channel,
        a.campaign,
        t.reported_from,
        t.reported_until
    from (
        select r.deal_id, r.touch_id, r.person_id, r.content_id, r.arrival_id, r.touched_at, r.position, r.outcome, r.month,
            r.milestones, m.name as model, r.weights[m.model] as weight, r.credits[m.model] as credit, r.currency,
            r.currency_exponent, r.reported_from, r.reported_until
        from cl_marketing.deal_touch_as_of(at) as r
        join cl_marketing.model as m on not m.is_fitted and r.weights[m.model] is not null
        union all
        select r.deal_id, r.touch_id, r.person_id, r.content_id, r.arrival_id, r.touched_at, r.position, r.outcome, r.month,
            r.milestones, m.name, f.weights[m.model - 100], f.credits[m.model - 100], r.currency, r.currency_exponent,
            k.reported_from, k.reported_until
        from (
            select month, last_reported_at, first_reported_at as reported_from,
                lead(first_reported_at) over (order by month) as reported_until
            from cl_marketing.report_month
        ) as k
        cross join lateral cl_marketing.deal_touch_as_of(k.last_reported_at) as r
        join (
            select deal_id, position, weights, credits
            from cl_marketing.fitted_touch_month
            where month = (select cl_marketing.report_month_at(at))
            union all
            select deal_id, position, weights, credits
            from cl_marketing.fitted_touch
            where (select cl_marketing.report_month_at(at)) = (select max(month) from cl_marketing.report_month)
        ) as f on f.deal_id = r.deal_id and f.position = r.position
        join cl_marketing.model as m on m.is_fitted and f.weights[m.model - 100] is not null
        where k.month = (select cl_marketing.report_month_at(at))
    ) as t
    left join cl_marketing.reported_content as p on p.content_id = t.content_id
    left join cl_core.content as c on c.content_id = t.content_id
    left join cl_marketing.reported_arrival as a on a.arrival_id = t.arrival_id
$$;
