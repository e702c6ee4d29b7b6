-- What the words mean: sourced and influenced, and what spend returned.

comment on table cl_marketing.counted_deal is 'One row: a deal as the sums of sourced and influenced deals hold it: those with an amount in the reporting currency. Kept by refresh.';
comment on column cl_marketing.counted_deal.deal_id is 'deal: cl_core.deal';
comment on column cl_marketing.counted_deal.outcome is 'outcome: won, lost or open';
comment on column cl_marketing.counted_deal.month is 'month in which it closed; open: was made';
comment on column cl_marketing.counted_deal.amount is 'its amount, in minor units of the reporting currency (cents)';

comment on view cl_marketing.content_deals is 'One row: the deals of a month with one outcome that a content sourced and influenced, as cl_marketing.journey_sum holds them. Read cl_marketing.content_influence instead.';
comment on view cl_marketing.channel_deals is 'One row: the same of a channel. Read cl_marketing.channel_influence instead.';
comment on view cl_marketing.campaign_deals is 'One row: the same of a campaign. Read cl_marketing.campaign_influence instead.';
comment on view cl_marketing.topic_deals is 'One row: the same of a topic. Read cl_marketing.topic_influence instead.';

comment on view cl_marketing.content_influence is 'One row: a content and the deals of a month with one outcome: those that it sourced, whose first touch it was, and those that it influenced, whose journey holds it at all. Sourced adds up to all deals and all revenue, deals without a touch in the row named unattributed; influenced does not, for a deal counts in full for each content of its journey. Open deals, the pipeline, are rows of their own: filter by one outcome before adding up.';
comment on view cl_marketing.channel_influence is 'One row: a channel and the deals of a month with one outcome: those that it sourced (it began the visit of the first touch), and those that it influenced (it began any visit of the journey). Sourced adds up to all deals and all revenue, deals without a touch in the row named unattributed; influenced does not. Filter by one outcome before adding up.';
comment on view cl_marketing.campaign_influence is 'One row: a campaign, by source and medium, and the deals of a month with one outcome: those that it sourced (it began the visit of the first touch), and those that it influenced (it began any visit of the journey). Sourced adds up to all deals and all revenue, visits without a campaign under (none) and deals without a touch in the row named unattributed; influenced does not. Filter by one outcome before adding up.';
comment on view cl_marketing.topic_influence is 'One row: a topic and the deals of a month with one outcome: those that it sourced (of the content of the first touch), and those that it influenced (of any content of the journey; several contents of a topic count once). Sourced adds up to all deals and all revenue, contents without a topic under (none) and deals without a touch in the row named unattributed; influenced does not. Filter by one outcome before adding up.';

comment on view cl_marketing.topic_attribution is 'One row: a topic''s share under a model of the deals of a month with one outcome: weight, credit and cost are the sums of its contents in cl_marketing.content_attribution, a deal that met several of them counts once. Spend that brought nothing has a row of outcome won without deals.';

comment on table cl_marketing.lead_origin is 'One row: a person who became a lead, and the first touch, if it was at or before that moment: what was read later did not bring the lead. What counts as a touch is what counts for deals, without a lookback. Leads whom nobody saw before have the ids of the rows named unattributed. Leads of whom no source says when they were made have none (cl_ops.quality, lead_without_date). Kept by refresh.';
comment on column cl_marketing.lead_origin.person_id is 'the lead: cl_core.person';
comment on column cl_marketing.lead_origin.became_lead_at is 'when it became a lead: the first creation of its contacts';
comment on column cl_marketing.lead_origin.month is 'month of that, in the reporting time zone';
comment on column cl_marketing.lead_origin.touch_id is 'the first touch: cl_core.touch; all zeros: unattributed';
comment on column cl_marketing.lead_origin.content_id is 'content that was met: cl_core.content';
comment on column cl_marketing.lead_origin.arrival_id is 'how the visit began: cl_core.arrival';
comment on column cl_marketing.lead_origin.campaign_arrival_id is 'the same for reports on campaigns: where a filter leaves out its campaign, that of the first touch whose campaign counts, if there is one';
comment on column cl_marketing.lead_origin.touched_at is 'time of the touch; null: unattributed';

comment on view cl_marketing.content_return is 'One row: a content and a month: what was spent on it, the leads and won deals that it sourced, and the revenue credited to it under the configured model. Leads, sourced revenue and credit add up to all of them, with those of nobody in the row named unattributed. Deals close months after the money was spent: read it over longer spans, by adding up cost, leads, deals and money, and dividing then.';
comment on view cl_marketing.channel_return is 'One row: a channel and a month: what was spent on it, the leads and won deals that it sourced, and the revenue credited to it under the configured model. Leads, sourced revenue and credit add up to all of them, with those of nobody in the row named unattributed. Deals close months after the money was spent: read it over longer spans, by adding up cost, leads, deals and money, and dividing then.';
comment on view cl_marketing.campaign_return is 'One row: a campaign, by source and medium, and a month: what was spent on it, the leads and won deals that it sourced, and the revenue credited to it under the configured model. Leads, sourced revenue and credit add up to all of them, with those of nobody in the row named unattributed. Spend meets visits where it says their campaign, source and medium; where it names the campaign alone, add up by campaign. Deals close months after the money was spent: read it over longer spans, by adding up cost, leads, deals and money, and dividing then.';

-- What they share: each column of the sums and the views is told once.
do $$
declare
    relation record;
    meaning text;
begin
    for relation in
        select c.relname as name, a.attname as column_name, c.relname like '%\_deals' as is_sum,
            split_part(c.relname, '_', 1) as item, split_part(c.relname, '_', 2) as report
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace and n.nspname = 'cl_marketing'
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relname ~ '^(content|channel|campaign|topic)_(deals|influence|return)$' or c.relname = 'topic_attribution'
    loop
        meaning := case relation.column_name
            when 'content_id' then 'content: cl_core.content'
            when 'url' then 'its canonical URL'
            when 'title' then 'its title'
            when 'topic' then
                case relation.item
                    when 'topic' then 'topic, as in cl_core.content; (none): contents without one'
                    else 'what it is about'
                end
            when 'channel' then 'channel, as in cl_core.arrival' ||
                case relation.report when 'return' then '; (none): spend that names none' else '' end
            when 'campaign' then 'campaign, as in cl_core.arrival; (none): without one, by source and medium alone'
            when 'source' then 'campaign source; (none): without one'
            when 'medium' then 'campaign medium; (none): without one'
            when 'month' then
                case relation.report
                    when 'return' then 'month of the spend, in which the leads became leads and the deals closed'
                    else 'month in which the deals closed; open: were made'
                end
            when 'outcome' then 'outcome of the deals: won, lost or open'
            when 'sourced_deals' then 'number of deals whose first touch names it; adds up to all deals of the outcome'
            when 'sourced_amount' then
                case
                    when relation.is_sum then 'sum of their amounts, in minor units of the reporting currency (cents)'
                    else 'sum of their amounts, in the reporting currency; adds up to the amount of all deals of the outcome'
                end
            when 'influenced_deals' then
                'number of deals any touch of which names it, the sourced ones among them; does not add up: a deal counts in several rows'
            when 'influenced_amount' then
                case
                    when relation.is_sum then 'sum of their amounts, in minor units of the reporting currency (cents)'
                    else 'sum of their full amounts, in the reporting currency; does not add up, and is no money earned: for that, see the credit of cl_marketing.' ||
                        relation.item || '_attribution'
                end
            when 'deals' then 'number of deals with such a touch; a deal counts in several rows, so it does not add up'
            when 'weight' then
                'number of deals earned, in shares; adds up to the number of deals within a model and outcome'
            when 'model' then
                case relation.report
                    when 'return' then 'model of the credit, as configured: cl_marketing.model.name'
                    else 'model: cl_marketing.model.name'
                end
            when 'cost' then
                case relation.report
                    when 'return' then 'money spent in the month, in the reporting currency; adds up; null: none. '
                    else 'money spent in the month, in the reporting currency; stands on the rows of outcome won alone (null on others): adds up within one model, not across models. '
                end
                || 'Costs without a rate are left out. '
                || case
                    when relation.item in ('content', 'topic') then 'All that names the content, what it cost to make and what was spent on spreading it'
                    else 'What names a content and nothing else, as what it cost to make, is with the contents alone'
                end
            when 'leads' then
                'number of people who became a lead in the month and whose first touch until then names it (cl_marketing.lead_origin); each counts once: adds up'
            when 'cost_per_lead' then 'cost / leads, to 4 places; null without cost or without leads'
            when 'sourced_won_deals' then 'number of deals won in the month whose first touch names it; adds up'
            when 'sourced_revenue' then 'sum of their amounts, in the reporting currency; adds up to won revenue'
            when 'cost_per_deal' then 'cost / sourced_won_deals, to 4 places; null without cost or without such deals'
            when 'credit' then
                case relation.report
                    when 'return' then 'revenue won in the month and credited to it under the model, in the reporting currency; adds up to won revenue'
                    else 'money earned, in the reporting currency; adds up to the deals'' amounts within a model and outcome'
                end
            when 'return_on_cost' then
                'credit / cost, to 4 places; null without cost. Deals close months after the money was spent: read it over longer spans'
        end;
        execute format('comment on column cl_marketing.%I.%I is %L', relation.name, relation.column_name, meaning);
    end loop;
end
$$;

comment on function cl_ops.verify_influence() is 'The part of cl_ops.verify() that is about deals in and deals reported, sources and influences, leads and spend: name, expected, found.';
