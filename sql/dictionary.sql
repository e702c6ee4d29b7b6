-- Prints the data dictionary, sql/README.md, from the comments and keys of a migrated database:
--
--     psql -X -q -d closedloop -f sql/dictionary.sql -o sql/README.md

\pset format unaligned
\pset tuples_only on
\pset footer off
set search_path = '';

with relation as (
    select c.oid, n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as is_view
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname like 'cl\_%' and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
),
-- What the reader wants first: reports, then what they rest on, then operations.
schema as (
    select s.schema, row_number() over (
            order by array_position(array['cl_marketing', 'cl_sales', 'cl_smarketing', 'cl_core', 'cl_ops'], s.schema),
                s.schema collate "C"
        ) as place
    from (select nspname::text as schema from pg_catalog.pg_namespace where nspname like 'cl\_%') as s
),
reference as (
    select k.conrelid as oid,
        string_agg(
            case k.contype when 'p' then 'Primary key' when 'u' then 'Unique' when 'f' then 'References' else 'Check' end
            || ': `' || replace(
                regexp_replace(
                    regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), '^(PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK) ', ''),
                    ' (DEFERRABLE.*|ON DELETE.*)$', ''), ' REFERENCES ', ' -> ') || '`',
            E'  \n'
            order by array_position(array['p', 'u', 'f', 'c'], k.contype::text),
                pg_catalog.pg_get_constraintdef(k.oid) collate "C"
        ) as line
    from pg_catalog.pg_constraint as k
    where k.contype in ('p', 'u', 'f', 'c')
    group by k.conrelid
),
line as (
    select 0::bigint as schema_place, 0 as kind, '' as name, 0 as number, concat_ws(E'\n',
        '# Data dictionary',
        '',
        'Every schema, table, view and column of the database, in the words of its own comments. Made by'
        ' [dictionary.sql](dictionary.sql) from a migrated database; do not edit it:',
        '',
        '```',
        'psql -X -q -d closedloop -f sql/dictionary.sql -o sql/README.md',
        '```',
        '',
        'The folders beside it: `migrations/` holds the tables, applied once, in order; `report/` the views and comments,'
        ' applied again whenever one of them changes; `refresh/` what a refresh runs, in order. closedloop-load carries them'
        ' all.',
        '',
        'What is often asked, with the query that answers it: [questions.sql](questions.sql), to be run by psql.',
        '',
        'In short:',
        '',
        '| schema | |',
        '|---|---|') as text
    union all
    select 0, 1, lpad(s.place::text, 4, '0'), 0,
        '| [' || s.schema || '](#' || s.schema || ') | '
        || replace(coalesce(pg_catalog.obj_description(s.schema::regnamespace, 'pg_namespace'), ''), '|', '\|') || ' |'
    from schema as s
    union all
    select s.place, 0, '', 0, E'\n## ' || s.schema || E'\n\n'
        || coalesce(pg_catalog.obj_description(s.schema::regnamespace, 'pg_namespace'), '')
    from schema as s
    union all
    select s.place, 1, r.name, 0, concat_ws(E'\n',
        E'\n### ' || r.schema || '.' || r.name || case when r.is_view then ' (view)' else '' end,
        '',
        coalesce(pg_catalog.obj_description(r.oid, 'pg_class'), ''),
        '',
        k.line || E'\n',
        '| column | type | meaning |',
        '|---|---|---|')
    from relation as r
    join schema as s on s.schema = r.schema
    left join reference as k on k.oid = r.oid
    union all
    select s.place, 1, r.name, a.attnum,
        '| ' || a.attname || ' | ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
        || case when a.attnotnull then ' not null' else '' end || ' | '
        || replace(coalesce(pg_catalog.col_description(r.oid, a.attnum), ''), '|', '\|') || ' |'
    from relation as r
    join schema as s on s.schema = r.schema
    join pg_catalog.pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    union all
    select s.place, 2, '', 0, E'\n### ' || s.schema || E': functions\n\n| function | meaning |\n|---|---|'
    from schema as s
    where exists (select from pg_catalog.pg_proc as p where p.pronamespace = s.schema::regnamespace)
    union all
    select s.place, 3, p.proname || ' ' || pg_catalog.pg_get_function_identity_arguments(p.oid), 0,
        '| ' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ') | '
        || replace(coalesce(pg_catalog.obj_description(p.oid, 'pg_proc'), ''), '|', '\|') || ' |'
    from schema as s
    join pg_catalog.pg_proc as p on p.pronamespace = s.schema::regnamespace
)
select text
from line
order by schema_place, kind, name collate "C", number;
