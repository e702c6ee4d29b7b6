-- Before a rebuild: all that is derived goes, and every fact counts as changed, so that the steps that follow compute the
-- reports anew from the facts alone. Rows are deleted, not truncated: readers keep seeing the old ones until the commit.

delete from cl_marketing.group_content;
delete from cl_marketing.deal_group;
delete from cl_smarketing.met_definition;
delete from cl_smarketing.lead_persona;
delete from cl_smarketing.stage_history;
delete from cl_smarketing.lead_fact;
delete from cl_smarketing.funnel_count;
delete from cl_smarketing.funnel_step;
delete from cl_marketing.visitor_month;
delete from cl_marketing.lead_origin;
delete from cl_marketing.counted_deal;
delete from cl_marketing.content_lead_month;
delete from cl_marketing.content_view_day;
delete from cl_marketing.content_view_month;
delete from cl_marketing.journey_sum;
delete from cl_marketing.transition;
delete from cl_marketing.state_value;
delete from cl_marketing.folded_item;
delete from cl_marketing.state_effect;
delete from cl_marketing.fitted_touch;
with gone as (
    delete from cl_marketing.deal_touch returning *
)
insert into reported_touch select * from gone;

delete from cl_smarketing.delivered_month;
delete from cl_smarketing.handover_month;
delete from cl_smarketing.handover;
delete from cl_core.touch;
delete from cl_core.robot_day;
delete from cl_core.deal_person;
delete from cl_core.person_account;
delete from cl_core.person_domain;
delete from cl_core.deal_owner;
delete from cl_core.identity;
delete from cl_core.lead;
delete from cl_core.account;
delete from cl_core.deal;
delete from cl_core.deal_contact;
delete from cl_core.deal_split;
delete from cl_core.activity;
delete from cl_core.question;
delete from cl_core.property_change;
delete from cl_core.cost;
delete from cl_core.rate;
delete from cl_core.content where content_id <> '00000000-0000-0000-0000-000000000000';
delete from cl_core.person_edge;
delete from cl_core.contact_root;
delete from cl_core.shared_address;
delete from cl_core.person_alias;
delete from cl_core.person where person_id <> '00000000-0000-0000-0000-000000000000';

insert into cl_ops.changed_key (kind, key)
select 'identity', identity_id from cl_core.identity_history
union
select 'lead', lead_id from cl_core.lead_history
union
select 'account', account_id from cl_core.account_history
union
select 'deal', deal_id from cl_core.deal_history
union
select 'deal_contact', deal_contact_id from cl_core.deal_contact_history
union
select 'deal_split', deal_split_id from cl_core.deal_split_history
union
select 'activity', activity_id from cl_core.activity_history
union
select 'question', question_id from cl_core.question_history
union
select 'property_change', property_change_id from cl_core.property_change_history
union
select 'cost', cost_id from cl_core.cost_history
union
select 'rate', rate_id from cl_core.rate_history
union
select 'content', content_id from cl_core.content_history
union
select 'content', content_id from cl_core.content_seen
union
select 'arrival', arrival_id from cl_core.arrival where arrival_id <> '00000000-0000-0000-0000-000000000000'
on conflict do nothing;

-- Persons whom leads claim to be; of all others the key that they name is noted as they are taken over.
insert into cl_ops.changed_key (kind, key)
select distinct 'person', k.key
from cl_core.lead_history as h
cross join unnest(array[h.person_key, h.email_key, h.merged_into_key] || h.other_email_keys) as k (key)
where k.key <> h.lead_id
on conflict do nothing;

-- Days that hold views, from the ends of each partition: sums are made by month.
do $$
declare
    month regclass;
begin
    for month in select inhrelid::regclass from pg_catalog.pg_inherits where inhparent = 'cl_core.view'::regclass loop
        execute format(
            'insert into cl_ops.changed_day (day)
             select generate_series(min(viewed_at)::date, max(viewed_at)::date, interval ''1 day'')::date from %s
             on conflict do nothing', month);
    end loop;
end
$$;
