-- What is known now, resolved: the newest version of each record, persons, touches. Refresh keeps these tables.

create table cl_core.person (
    person_id uuid primary key,
    email text,
    name text,
    company text,
    title text,
    account_id uuid,
    owner text,
    stage text,
    is_lead boolean not null,
    became_lead_at timestamptz,
    first_seen_at timestamptz,
    last_seen_at timestamptz,
    touches bigint not null,
    views bigint not null
);
insert into cl_core.person (person_id, name, is_lead, touches, views)
values ('00000000-0000-0000-0000-000000000000', 'unattributed', false, 0, 0);
create index on cl_core.person (email);

create table cl_core.person_alias (
    person_key uuid primary key,
    person_id uuid not null references cl_core.person deferrable initially deferred
);
create index on cl_core.person_alias (person_id);

create table cl_core.person_edge (
    lead_id uuid not null,
    key uuid not null,
    kind text not null check (kind in ('email', 'merge')),
    system text not null,
    is_current boolean not null,
    primary key (lead_id, key, kind)
);
create index on cl_core.person_edge (key);

-- Where merges lead: a contact that was merged into another one, and the contact that stands at the end.
create table cl_core.contact_root (
    lead_id uuid primary key,
    root_key uuid not null
);
create index on cl_core.contact_root (lead_id) where root_key = lead_id; -- the lowest of a cycle

create table cl_core.shared_address (
    address_key uuid primary key,
    system text not null,
    contacts bigint not null,
    contact_keys text[] not null
);

create table cl_core.identity (
    identity_id uuid primary key,
    source text not null,
    updated_at timestamptz,
    visitor_id uuid not null,
    person_key uuid not null,
    person_id uuid references cl_core.person deferrable initially deferred,
    identified_at timestamptz not null,
    system text,
    contact_key text,
    email text,
    company_domain text
);
create index on cl_core.identity (visitor_id);
create index on cl_core.identity (person_key);
create index on cl_core.identity (person_id);

create table cl_core.lead (
    lead_id uuid primary key,
    source text not null,
    batch_no integer not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    person_key uuid,
    person_id uuid references cl_core.person deferrable initially deferred,
    system text,
    contact_key text,
    email text,
    company_domain text,
    merged_into_key uuid,
    account_id uuid,
    name text,
    company text,
    title text,
    employees integer,
    country text,
    industry text,
    phone text,
    stage text,
    owner text,
    source_detail text,
    created_at timestamptz
);
create index on cl_core.lead (person_id);
create index on cl_core.lead (person_key);

create table cl_core.account (
    account_id uuid primary key,
    source text not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    system text,
    account_key text,
    domain text,
    company_domain text,
    name text,
    industry text,
    employees integer,
    country text,
    owner text,
    merged_into_id uuid,
    survivor_id uuid,
    created_at timestamptz
);
create index on cl_core.account (company_domain);
create index on cl_core.account (merged_into_id);
create index on cl_core.account (survivor_id);
create index on cl_core.account (account_id) where survivor_id = account_id; -- the lowest of a cycle of merges

-- The domain of a company that an account's record says: one that was deleted says it only for the account that it was
-- merged into.
create function cl_core.domain_of_account(account cl_core.account) returns text
language sql immutable as $$
    select case when not account.is_deleted or account.survivor_id is not null then account.company_domain end
$$;

-- What ties people to accounts, kept while people of a deal's account take part in it (attribution: {scope: account}).
create table cl_core.person_account (
    person_id uuid not null references cl_core.person deferrable initially deferred,
    account_id uuid not null,
    primary key (person_id, account_id)
);
create index on cl_core.person_account (account_id);

create table cl_core.person_domain (
    person_id uuid not null references cl_core.person deferrable initially deferred,
    company_domain text not null,
    primary key (person_id, company_domain)
);
create index on cl_core.person_domain (company_domain);

create table cl_core.deal (
    deal_id uuid primary key,
    source text not null,
    is_deleted boolean not null,
    updated_at timestamptz,
    system text,
    deal_key text,
    name text,
    account_id uuid,
    owner text,
    stage text,
    outcome text check (outcome in ('open', 'won', 'lost', 'deleted')),
    amount numeric,
    currency text,
    amount_reporting numeric,
    is_won boolean,
    is_closed boolean,
    created_at timestamptz,
    closed_at timestamptz,
    is_closed_at_assumed boolean not null default false,
    expected_close_on date,
    ends_at timestamptz,
    month date,
    merged_into_id uuid,
    survivor_id uuid
);
create index on cl_core.deal (survivor_id);
create index on cl_core.deal (merged_into_id);
create index on cl_core.deal (currency, coalesce(closed_at, created_at));
create index on cl_core.deal (deal_id) where amount is null or amount_reporting is null or is_closed_at_assumed;
create index on cl_core.deal (deal_id) where survivor_id = deal_id; -- the lowest of a cycle of merges
create index on cl_core.deal (account_id);

create table cl_core.deal_contact (
    deal_contact_id uuid primary key,
    source text not null,
    updated_at timestamptz,
    deal_id uuid not null,
    person_key uuid not null,
    person_id uuid references cl_core.person deferrable initially deferred,
    system text,
    contact_key text,
    email text,
    company_domain text,
    role text,
    is_primary boolean
);
create index on cl_core.deal_contact (deal_id);
create index on cl_core.deal_contact (person_key);
create index on cl_core.deal_contact (person_id);

create table cl_core.deal_person (
    deal_id uuid not null references cl_core.deal deferrable initially deferred,
    person_id uuid not null references cl_core.person deferrable initially deferred,
    roles text[] not null,
    is_primary boolean not null,
    is_contact boolean not null default true,
    role_weight bigint not null default 1000000 check (role_weight >= 0),
    primary key (deal_id, person_id)
);
create index on cl_core.deal_person (person_id);

-- Who in sales shares a deal, as the source says it; who has what of it in the end is deal_owner.
create table cl_core.deal_split (
    deal_split_id uuid primary key,
    source text not null,
    updated_at timestamptz,
    deal_id uuid not null,
    system text,
    split_key text,
    owner text,
    percent numeric not null
);
create index on cl_core.deal_split (deal_id);

create table cl_core.deal_owner (
    deal_id uuid not null references cl_core.deal deferrable initially deferred,
    owner text not null,
    share numeric not null,
    amount numeric,
    primary key (deal_id, owner)
);
create index on cl_core.deal_owner (owner);

create table cl_core.activity (
    activity_id uuid primary key,
    source text not null,
    updated_at timestamptz,
    system text,
    activity_key text,
    person_key uuid,
    person_id uuid references cl_core.person deferrable initially deferred,
    contact_key text,
    email text,
    deal_id uuid,
    kind text,
    direction text,
    subject text,
    outcome text,
    owner text,
    happened_at timestamptz not null,
    duration_seconds integer
);
create index on cl_core.activity (person_id, happened_at);
create index on cl_core.activity (person_key);
create index on cl_core.activity (deal_id);

create table cl_core.question (
    question_id uuid primary key,
    source text not null,
    updated_at timestamptz,
    system text,
    question_key text,
    person_key uuid,
    person_id uuid references cl_core.person deferrable initially deferred,
    contact_key text,
    email text,
    deal_id uuid,
    topic text,
    text text not null,
    asked_at timestamptz not null
);
create index on cl_core.question (person_id);
create index on cl_core.question (person_key);

create table cl_core.property_change (
    property_change_id uuid primary key,
    source text not null,
    system text,
    deal_id uuid,
    deal_key text,
    person_key uuid,
    person_id uuid references cl_core.person deferrable initially deferred,
    contact_key text,
    email text,
    property text not null,
    value text,
    changed_at timestamptz not null,
    source_detail text,
    check ((deal_id is null) <> (person_key is null))
);
create index on cl_core.property_change (deal_id);
create index on cl_core.property_change (person_id);
create index on cl_core.property_change (person_key);

create table cl_core.content (
    content_id uuid primary key,
    url text not null,
    host text not null,
    path text not null,
    title text,
    kind text,
    topic text,
    stage text,
    persona text,
    author text,
    published_at timestamptz,
    is_catalogued boolean not null,
    kind_from text,
    topic_from text,
    stage_from text,
    persona_from text,
    catalogues text[] not null default '{}',
    -- what the sums of journeys know it by
    topic_id uuid not null generated always as (md5(coalesce(topic, '(none)'))::uuid) stored
);
create index on cl_core.content (lower(btrim(topic)));
insert into cl_core.content (content_id, url, host, path, title, topic, is_catalogued)
values ('00000000-0000-0000-0000-000000000000', 'unattributed', 'unattributed', 'unattributed', 'unattributed',
        'unattributed', false);

-- What the configuration says of content: the order of the catalogues, and the rules for what no catalogue says.
create table cl_core.catalogue (
    source text primary key,
    turn integer not null unique
);

create table cl_core.content_rule (
    rule_no integer primary key,
    paths text[],
    hosts text[],
    kind text,
    topic text,
    stage text,
    persona text
);

create table cl_core.cost (
    cost_id uuid primary key,
    source text not null,
    updated_at timestamptz,
    day date not null,
    channel text,
    campaign text,
    campaign_source text,
    medium text,
    content_id uuid references cl_core.content deferrable initially deferred,
    amount numeric not null,
    currency text not null,
    amount_reporting numeric,
    detail text
);
create index on cl_core.cost (currency, day);
create index on cl_core.cost (cost_id) where amount_reporting is null;
create index on cl_core.cost (content_id);

create table cl_core.rate (
    rate_id uuid primary key,
    source text not null,
    updated_at timestamptz,
    currency text not null,
    day date not null,
    rate numeric not null
);
create index on cl_core.rate (currency, day);

-- Visitors who are robots by the number of their views, and the days on which they are.
create table cl_core.robot_day (
    visitor_id uuid not null,
    day date not null,
    views bigint not null,
    primary key (day, visitor_id)
);

-- No foreign keys, as on cl_core.view and cl_marketing.deal_touch: a check of each row would cost more than to write it.
create table cl_core.touch (
    touch_id uuid not null,
    person_id uuid not null,
    visitor_id uuid not null,
    touched_at timestamptz not null,
    last_viewed_at timestamptz not null,
    source text not null,
    content_id uuid not null,
    arrival_id uuid not null,
    interaction text not null,
    views bigint not null,
    dwell_seconds bigint,
    is_before_known boolean not null,
    primary key (person_id, touched_at, touch_id)
);
create index on cl_core.touch (visitor_id);
create index on cl_core.touch (content_id, touched_at);

-- Gathers what the planner knows of tables that have grown by half since it last knew, as they do in a first load, which no
-- other transaction sees yet: without it the server would read all persons for each deal. Texts and lists by which nothing is
-- looked up take most of the time, and tell it least: those the server looks at later by itself.
create function cl_ops.analyze_grown(variadic tables regclass[]) returns void
language plpgsql as $$
declare
    grown record;
begin
    for grown in
        select t.oid::regclass as name, string_agg(quote_ident(a.attname), ', ') as columns
        from pg_class as t
        join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        where t.oid = any (tables)
          and pg_relation_size(t.oid) / current_setting('block_size')::integer > 1.5 * t.relpages
          and (a.attlen > 0 or exists (select from pg_index as i where i.indrelid = t.oid and a.attnum = any (i.indkey)))
        group by t.oid
    loop
        execute format('analyze %s (%s)', grown.name, grown.columns);
    end loop;
end
$$;

-- Months are those of the reporting time zone.
create function cl_core.month_of(at timestamptz) returns date
language sql stable as $$
    select date_trunc('month', at at time zone (select timezone from cl_ops.setting))::date
$$;

create function cl_core.day_of(at timestamptz) returns date
language sql stable as $$
    select (at at time zone (select timezone from cl_ops.setting))::date
$$;

-- Notes the persons and visitors whom the changed records name, as the records stand.
create function cl_ops.note_named() returns void
language sql as $$
    insert into cl_ops.changed_key (kind, key)
    select 'person', t.person_key
    from cl_ops.changed_key as c
    join cl_core.identity as t on t.identity_id = c.key
    where c.kind = 'identity'
    union
    select 'visitor', t.visitor_id
    from cl_ops.changed_key as c
    join cl_core.identity as t on t.identity_id = c.key
    where c.kind = 'identity'
    union
    select 'person', t.person_key
    from cl_ops.changed_key as c
    join cl_core.deal_contact as t on t.deal_contact_id = c.key
    where c.kind = 'deal_contact'
    union
    select 'person', t.person_key
    from cl_ops.changed_key as c
    join cl_core.activity as t on t.activity_id = c.key
    where c.kind = 'activity' and t.person_key is not null
    union
    select 'person', t.person_key
    from cl_ops.changed_key as c
    join cl_core.question as t on t.question_id = c.key
    where c.kind = 'question' and t.person_key is not null
    union
    select 'person', t.person_key
    from cl_ops.changed_key as c
    join cl_core.property_change as t on t.property_change_id = c.key
    where c.kind = 'property_change' and t.person_key is not null
    on conflict do nothing;
$$;

-- Brings the current table of a kind up to the newest versions of the changed keys. Of one source's versions the newest
-- counts (append: the earliest), of several sources' the undeleted one that was updated last, then by name of source; but an
-- identity is where it was first, as is the view that showed it. What one of them tells of a merge holds for the record
-- whichever is chosen: merges may come by a table of their own. Whom it names is who that was so far, or nobody but himself:
-- most stay that, and 20_persons.sql need not write them again.
create function cl_core.publish(kind text) returns bigint
language plpgsql as $$
declare
    key text := kind || '_id';
    history text := kind || '_history';
    own text;
    chosen text;
    told text;
    keeps_deleted boolean;
    named text;
    first text := case when kind = 'identity' then 'identified_at, ' else '' end;
    published bigint;
begin
    select string_agg(quote_ident(t.attname), ', ' order by t.attnum), bool_or(t.attname = 'is_deleted'),
        string_agg(case when t.attname in ('merged_into_id', 'merged_into_key') then 'told_merge' else quote_ident(t.attname) end,
                   ', ' order by t.attnum),
        coalesce(max(format('first_value(%1$I) over (partition by %2$I order by %1$I is null, updated_at desc nulls last, source)',
                            t.attname, key)) filter (where t.attname in ('merged_into_id', 'merged_into_key')), 'null'),
        case when kind = 'lead' then key else max(t.attname) filter (where t.attname = 'person_key') end
    into own, keeps_deleted, chosen, told, named
    from pg_attribute as t
    join pg_attribute as h on h.attrelid = ('cl_core.' || history)::regclass and h.attname = t.attname
    where t.attrelid = ('cl_core.' || kind)::regclass and t.attnum > 0 and not t.attisdropped and not h.attisdropped;
    execute format('delete from cl_core.%I as t using cl_ops.changed_key as c where c.kind = %L and t.%I = c.key',
                   kind, kind, key);
    execute format($query$
        insert into cl_core.%1$I (%4$s%10$s)
        select %7$s%11$s
        from (
            select distinct on (%2$I) *, %8$s as told_merge
            from (
                select distinct on (h.%2$I, h.source) h.*
                from cl_ops.changed_key as c
                join cl_core.%3$I as h on h.%2$I = c.key
                join cl_ops.batch as b on b.batch_no = h.batch_no
                where c.kind = %5$L
                order by h.%2$I, h.source,
                    case when b.mode = 'upsert' then h.updated_at end desc nulls last,
                    case when b.mode <> 'append' then h.place end desc nulls last,
                    h.updated_at, %9$sb.batch_id
            ) as of_source
            order by %2$I, is_deleted, updated_at desc nulls last, %9$ssource
        ) as newest
        %12$s
        where %6$s$query$,
        kind, key, history, own, kind, case when keeps_deleted then 'true' else 'not is_deleted' end, chosen, told, first,
        case when named is not null then ', person_id' end, ', coalesce(so_far_id, newest.' || named || ')',
        'left join (select person_key as so_far_key, person_id as so_far_id from cl_core.person_alias) as a
            on so_far_key = newest.' || named);
    get diagnostics published = row_count;
    return published;
end
$$;

-- A pattern in which * stands for any characters, as LIKE wants it.
create function cl_core.like_pattern(pattern text) returns text
language sql immutable as $$
    select replace(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
$$;

-- A role as the configuration writes it: in lower case, with an underscore for what is no letter or digit.
create function cl_core.role_name(role text) returns text
language sql immutable as $$
    select trim(both '_' from regexp_replace(lower(role collate "C"), '[\x01-\x2f\x3a-\x60\x7b-\x7f]+', '_', 'g'))
$$;

-- Takes over what the configuration says of content; true if it is something else than before, and then all content is
-- to be refreshed.
create function cl_core.configure_content(catalogues jsonb, rules jsonb) returns boolean
language plpgsql as $$
begin
    create temporary table wanted_catalogue on commit drop as
    select c.source, c.turn::integer as turn
    from jsonb_array_elements_text(catalogues) with ordinality as c (source, turn);
    create temporary table wanted_rule on commit drop as
    select r.rule_no::integer as rule_no, t.paths, t.hosts, t.kind, t.topic, t.stage, t.persona
    from jsonb_array_elements(rules) with ordinality as r (rule, rule_no)
    cross join lateral jsonb_to_record(r.rule) as t (
        paths text[], hosts text[], kind text, topic text, stage text, persona text
    );
    if not exists (table wanted_catalogue except table cl_core.catalogue)
        and not exists (table cl_core.catalogue except table wanted_catalogue)
        and not exists (table wanted_rule except table cl_core.content_rule)
        and not exists (table cl_core.content_rule except table wanted_rule)
    then
        return false;
    end if;
    delete from cl_core.catalogue;
    insert into cl_core.catalogue (source, turn) table wanted_catalogue;
    delete from cl_core.content_rule;
    insert into cl_core.content_rule (rule_no, paths, hosts, kind, topic, stage, persona) table wanted_rule;
    insert into cl_ops.changed_key (kind, key)
    select 'content', content_id from cl_core.content_history
    union
    select 'content', content_id from cl_core.content_seen
    on conflict do nothing;
    return true;
end
$$;
