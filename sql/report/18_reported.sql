-- Credit as it was reported at a moment: what still stands, if it stood then, and what was superseded since.

-- One query, so that the server takes it apart: conditions on a deal, a model or an outcome go down to the tables.
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
        m.name,
        t.weights[m.model] * 0.000000000001,
        round(t.credits[m.model] / power(10::numeric, t.currency_exponent), t.currency_exponent),
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
        select t.deal_id, t.touch_id, t.person_id, t.content_id, t.arrival_id, t.touched_at, t.position, t.outcome,
            t.weights, t.credits, t.month, t.milestones, r.currency, r.currency_exponent,
            r.reported_at as reported_from, null::timestamptz as reported_until
        from cl_marketing.deal_report as r
        join cl_marketing.deal_touch as t on t.deal_id = r.deal_id
        where r.reported_at <= at
        union all
        select h.deal_id, h.touch_id, h.person_id, h.content_id, h.arrival_id, h.touched_at, h.position, h.outcome,
            h.weights, h.credits, h.month, h.milestones, h.currency, h.currency_exponent, h.reported_from,
            h.reported_until
        from cl_marketing.deal_touch_history as h
        where h.reported_from <= at and h.reported_until > at
    ) as t
    join cl_marketing.model as m on t.weights[m.model] is not null
    left join cl_marketing.reported_content as p on p.content_id = t.content_id
    left join cl_core.content as c on c.content_id = t.content_id
    left join cl_marketing.reported_arrival as a on a.arrival_id = t.arrival_id
$$;
