-- The two answers that deploy/quickstart prints: which content drove won revenue, and what one lead has consumed.
--
--     psql -X -v email=katharina.brandt@hagedorn-antriebstechnik.example -f deploy/answers.sql
--
-- With an empty e-mail address: the lead that has consumed most.

\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
\pset pager off
\pset border 1
\pset format wrapped
\pset footer off
\pset null ''
\pset numericlocale on

select
    timezone,
    model,
    currency_exponent,
    format('Content that drove won revenue (credit in %s, model %s)', currency, model) as title
from cl_ops.setting \gset
set timezone = :'timezone';

\pset title :title
with credited as (
    select
        content_id,
        max(title) as title,
        max(url) as url,
        sum(deals) as deals,
        sum(credit) as credit
    from cl_marketing.content_attribution
    where outcome = 'won' and model = :'model' and deals > 0
    group by content_id
),

ranked as (
    select
        *,
        url = 'unattributed' as is_unattributed,
        row_number() over (partition by url = 'unattributed' order by credit desc, url) as place
    from credited
),

won as (
    select count(distinct deal_id) as deals
    from cl_marketing.attribution
    where outcome = 'won' and model = :'model'
),

lines as (
    select 1 as part, place, coalesce(title, regexp_replace(url, '^https?://[^/]+', '')) as content, url, deals, credit
    from ranked
    where not is_unattributed and place <= 10
    union all
    select 2, 1, count(*) || ' more', null, null, sum(credit)
    from ranked
    where not is_unattributed and place > 10
    having count(*) > 0
    union all
    select 3, 1, 'unattributed: deals that no content touched', null, deals, credit
    from ranked
    where is_unattributed
    union all
    select 4, 1, 'all won deals', null, (select deals from won), coalesce(sum(credit), 0)
    from ranked
)

select
    case part when 1 then place end as "#",
    case when length(content) > 50 then rtrim(left(content, 49)) || '…' else content end as content,
    case when length(address) > 46 then left(address, 45) || '…' else address end as address,
    deals,
    round(credit, :currency_exponent) as credit,
    round(100 * credit / nullif(sum(credit) filter (where part = 4) over (), 0), 1) as "%"
from (select *, regexp_replace(url, '^https?://', '') as address from lines) as line
order by part, place;

-- Who it is, if nobody was named.
select
    coalesce(nullif(:'email', ''), max(email), 'nobody') as email,
    format('What %s has consumed (times of %s)', coalesce(nullif(:'email', ''), max(email), 'nobody'), :'timezone') as title
from (
    select email
    from cl_sales.lead_content
    where email is not null
    group by email
    order by count(*) desc, email
    limit 1
) as busiest \gset

select
    :'email' = 'nobody' as is_nobody,
    (select count(*) from cl_core.person where is_lead) as leads,
    exists (select from cl_core.view) as has_views
\gset
\if :is_nobody
\echo 'What leads have consumed: nothing yet.'
\if :has_views
\echo 'There are views, and' :leads 'leads of the CRM, but no view is known to be a lead''s: a view must name the contact'
\echo '(contact_key, or email), or its visitor must be the one of a view or an identity that does.'
\else
\echo 'There are no views.'
\endif
\echo
\else
\pset title :title
select
    to_char(first_viewed_at, 'YYYY-MM-DD HH24:MI') as first,
    to_char(last_viewed_at, 'YYYY-MM-DD HH24:MI') as last,
    views,
    to_char(make_interval(secs => dwell_seconds), 'HH24:MI:SS') as "time spent",
    case when length(content) > 50 then rtrim(left(content, 49)) || '…' else content end as content,
    case when length(address) > 46 then left(address, 45) || '…' else address end as address
from (
    select
        *,
        coalesce(title, regexp_replace(url, '^https?://[^/]+', '')) as content,
        regexp_replace(url, '^https?://', '') as address
    from cl_sales.lead_content
    where email = :'email'
) as line
order by first_viewed_at, address;
\endif
