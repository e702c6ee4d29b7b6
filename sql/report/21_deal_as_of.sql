-- The deals as they were known at a moment, from the versions that had been read by then.

create function cl_core.deal_as_of(at timestamptz) returns table (
    deal_id uuid,
    source text,
    system text,
    deal_key text,
    name text,
    account_id uuid,
    owner text,
    stage text,
    outcome text,
    amount numeric,
    currency text,
    created_at timestamptz,
    closed_at timestamptz,
    merged_into_id uuid,
    updated_at timestamptz,
    known_at timestamptz
)
language sql stable as $$
    with recursive of_source as (
        select distinct on (h.deal_id, h.source) h.*
        from cl_core.deal_history as h
        join cl_ops.batch as b on b.batch_no = h.batch_no
        where h.known_at <= at
        order by h.deal_id, h.source, -- as cl_core.publish() does
            case when b.mode = 'upsert' then h.updated_at end desc nulls last,
            case when b.mode <> 'append' then h.place end desc nulls last,
            h.updated_at, b.batch_id
    ),
    chosen as (
        select distinct on (deal_id) *,
            first_value(merged_into_id) over (
                partition by deal_id order by merged_into_id is null, updated_at desc nulls last, source
            ) as told_merge
        from of_source
        order by deal_id, is_deleted, updated_at desc nulls last, source
    ),
    -- Of a circle of merges the lowest key is left; whoever only leads into one is not.
    walk as (
        select deal_id as start, told_merge as next, deal_id as lowest from chosen where told_merge is not null
        union all
        select w.start, c.told_merge, least(w.lowest, c.deal_id)
        from walk as w
        join chosen as c on c.deal_id = w.next
        where w.next <> w.start and c.told_merge is not null
    ) cycle next set is_circle using visited
    select c.deal_id, c.source, c.system, c.deal_key, c.name, c.account_id, c.owner, c.stage,
        case
            when c.is_deleted then 'deleted'
            when c.told_merge is not null and not exists (
                select from walk as w where w.start = c.deal_id and w.next = c.deal_id and w.lowest = c.deal_id
            ) then 'deleted'
            when c.is_won then 'won'
            when c.is_closed then 'lost'
            else 'open'
        end,
        c.amount, c.currency, c.created_at, c.closed_at, c.told_merge, c.updated_at, c.known_at
    from chosen as c
$$;
