-- What each table, view and column of cl_marketing says.

comment on schema cl_marketing is 'Which content, channels and campaigns drove sales. Money is exact, in the reporting currency (cl_ops.setting.currency); months are first days of months in the reporting time zone. Filter by one model and one outcome before adding up.';

comment on table cl_marketing.model is 'One row: an attribution model that is computed, that is a rule by which a deal is shared among the touches before it.';
comment on column cl_marketing.model.model is 'number; place in the arrays of cl_marketing.deal_touch';
comment on column cl_marketing.model.name is 'name, as in the column model of the views';
comment on column cl_marketing.model.meaning is 'what it says';

comment on table cl_marketing.deal_touch is 'One row: a touch in a deal''s journey, with its share under every model. The journey holds the touches of the deal''s people from lookback before the deal was made (or closed, if that was earlier) to its end; an open deal''s has no end yet. A deal without a touch has one row, with the ids of the rows named unattributed. Deals without a rate have none. Long form: cl_marketing.attribution.';
comment on column cl_marketing.deal_touch.deal_id is 'deal: cl_core.deal';
comment on column cl_marketing.deal_touch.position is 'place in the journey, from 1';
comment on column cl_marketing.deal_touch.touch_id is 'touch: cl_core.touch; all zeros: unattributed';
comment on column cl_marketing.deal_touch.person_id is 'whose touch: cl_core.person';
comment on column cl_marketing.deal_touch.content_id is 'content that was met: cl_core.content';
comment on column cl_marketing.deal_touch.arrival_id is 'how the visit began: cl_core.arrival';
comment on column cl_marketing.deal_touch.touched_at is 'time of the touch; null: unattributed';
comment on column cl_marketing.deal_touch.outcome is 'outcome of the deal: won, lost or open';
comment on column cl_marketing.deal_touch.month is 'month in which the deal closed; open: was made';
comment on column cl_marketing.deal_touch.milestones is 'what the touch is in the journey: first_touch, lead_creation, deal_creation, closed_won, last_touch';
comment on column cl_marketing.deal_touch.weights is 'share of the deal by model number, in units of 10^-12; they add up to 10^12 over the deal';
comment on column cl_marketing.deal_touch.credits is 'share of the amount by model number, in minor units of the reporting currency (cents); they add up to the amount over the deal';

comment on view cl_marketing.attribution is 'One row: a deal, a touch and a model: what share of the deal the touch earned. For every deal and model, weight adds up to 1 and credit to the deal''s amount, exactly.';
comment on column cl_marketing.attribution.deal_id is 'deal: cl_core.deal';
comment on column cl_marketing.attribution.touch_id is 'touch: cl_core.touch; all zeros: unattributed';
comment on column cl_marketing.attribution.person_id is 'whose touch: cl_core.person';
comment on column cl_marketing.attribution.content_id is 'content that was met: cl_core.content';
comment on column cl_marketing.attribution.arrival_id is 'how the visit began: cl_core.arrival';
comment on column cl_marketing.attribution.touched_at is 'time of the touch; null: unattributed';
comment on column cl_marketing.attribution.position is 'place in the journey, from 1';
comment on column cl_marketing.attribution.outcome is 'outcome of the deal: won, lost or open';
comment on column cl_marketing.attribution.model is 'model: cl_marketing.model.name';
comment on column cl_marketing.attribution.weight is 'share of the deal, 0 to 1, exact to 12 places';
comment on column cl_marketing.attribution.credit is 'share of the deal''s amount, in the reporting currency, whole minor units';
comment on column cl_marketing.attribution.month is 'month in which the deal closed; open: was made';
comment on column cl_marketing.attribution.milestones is 'what the touch is in the journey: first_touch, lead_creation, deal_creation, closed_won, last_touch';
comment on column cl_marketing.attribution.url is 'the content''s canonical URL';
comment on column cl_marketing.attribution.title is 'the content''s title';
comment on column cl_marketing.attribution.channel is 'channel by which the visit began';
comment on column cl_marketing.attribution.campaign is 'its campaign; null: none';

comment on table cl_marketing.content_credit is 'One row: a content''s share under a model of the deals of a month with one outcome, summed up by refresh. Read cl_marketing.content_attribution instead.';
comment on column cl_marketing.content_credit.content_id is 'content: cl_core.content';
comment on table cl_marketing.channel_credit is 'One row: a channel''s share under a model of the deals of a month with one outcome, summed up by refresh. Read cl_marketing.channel_attribution instead.';
comment on column cl_marketing.channel_credit.channel is 'channel, as in cl_core.arrival';
comment on table cl_marketing.campaign_credit is 'One row: a campaign''s share under a model of the deals of a month with one outcome, summed up by refresh. Read cl_marketing.campaign_attribution instead.';
comment on column cl_marketing.campaign_credit.campaign is 'campaign, as in cl_core.arrival; (none): visits without one';
comment on column cl_marketing.campaign_credit.source is 'campaign source; (none): without one';
comment on column cl_marketing.campaign_credit.medium is 'campaign medium; (none): without one';

comment on view cl_marketing.content_attribution is 'One row: a content''s share under a model of the deals of a month with one outcome. Outcome won adds up to won revenue for every model; what no touch earned stands in the row named unattributed.';
comment on column cl_marketing.content_attribution.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_attribution.url is 'its canonical URL';
comment on column cl_marketing.content_attribution.title is 'its title';
comment on column cl_marketing.content_attribution.topic is 'what it is about';
comment on view cl_marketing.channel_attribution is 'One row: a channel''s share under a model of the deals of a month with one outcome, beside what was spent on the channel in that month. Spend that brought nothing has a row of outcome won without deals.';
comment on column cl_marketing.channel_attribution.channel is 'channel, as in cl_core.arrival; (none): spend that names none';
comment on view cl_marketing.campaign_attribution is 'One row: a campaign''s share under a model of the deals of a month with one outcome, beside what was spent on the campaign in that month. Spend that brought nothing has a row of outcome won without deals.';
comment on column cl_marketing.campaign_attribution.campaign is 'campaign, as in cl_core.arrival; (none): visits and spend without one';
comment on column cl_marketing.campaign_attribution.source is 'campaign source; (none): without one';
comment on column cl_marketing.campaign_attribution.medium is 'campaign medium; (none): without one';

-- What the sums and the views upon them share.
do $$
declare
    item text;
    meaning record;
    relation text;
begin
    foreach item in array array['content', 'channel', 'campaign'] loop
        for meaning in
            values
                ('month', 'month in which the deals closed; open: were made', null),
                ('outcome', 'outcome of the deals: won, lost or open', null),
                ('deals', 'number of deals with such a touch; a deal counts in several rows, so it does not add up', null),
                ('model', 'model: cl_marketing.model', 'model: cl_marketing.model.name'),
                ('weight', 'sum of the weights, in units of 10^-12',
                 'number of deals earned, in shares; adds up to the number of deals within a model and outcome'),
                ('credit', 'sum of the credits, in minor units of the reporting currency (cents)',
                 'money earned, in the reporting currency; adds up to the deals'' amounts within a model and outcome')
        loop
            execute format('comment on column cl_marketing.%I.%I is %L', item || '_credit', meaning.column1,
                           meaning.column2);
            execute format('comment on column cl_marketing.%I.%I is %L', item || '_attribution', meaning.column1,
                           coalesce(meaning.column3, meaning.column2));
        end loop;
    end loop;
    foreach relation in array array['content_attribution', 'channel_attribution', 'campaign_attribution'] loop
        execute format('comment on column cl_marketing.%I.cost is %L', relation,
            'money spent in the month, in the reporting currency; stands on the rows of outcome won alone (null on others): adds up within one model, not across models; costs without a rate are left out. '
            || case relation
                when 'content_attribution' then 'Of content: all that names it, what it cost to make and what was spent on spreading it'
                else 'What names a content and nothing else, as what it cost to make, is in content_attribution alone'
            end);
        execute format('comment on column cl_marketing.%I.return_on_cost is %L', relation,
            'credit / cost, to 4 places; null without cost. Deals close months after the money was spent: read it over longer spans');
    end loop;
end
$$;

comment on table cl_marketing.content_view_month is 'One row: a content''s views in a month, summed up by refresh. Read cl_marketing.content_performance instead.';
comment on column cl_marketing.content_view_month.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_view_month.month is 'month of the views';
comment on column cl_marketing.content_view_month.views is 'number of views, of anybody but robots';
comment on column cl_marketing.content_view_month.visitors is 'number of different visitors; does not add up';
comment on column cl_marketing.content_view_month.dwell_seconds is 'sum of their seconds, as far as sources say';

comment on table cl_marketing.content_people_month is 'One row: whom a content reached in a month, and their deals, counted by refresh. Read cl_marketing.content_performance instead.';
comment on column cl_marketing.content_people_month.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_people_month.month is 'month of the touches';
comment on column cl_marketing.content_people_month.leads is 'number of leads who met it; does not add up';
comment on column cl_marketing.content_people_month.influenced_deals is 'number of deals, of any outcome, with such a touch in their journey; does not add up';
comment on column cl_marketing.content_people_month.won_deals is 'those of them that were won; does not add up';
comment on column cl_marketing.content_people_month.influenced_revenue is 'full amount of those won, in the reporting currency; every content of a journey counts all of it: does not add up';

comment on view cl_marketing.content_performance is 'One row: what a content did in a month: views, whom it reached, and the deals whose journeys hold a touch of that month.';
comment on column cl_marketing.content_performance.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_performance.url is 'its canonical URL';
comment on column cl_marketing.content_performance.title is 'its title';
comment on column cl_marketing.content_performance.topic is 'what it is about';
comment on column cl_marketing.content_performance.month is 'month of views, touches and costs';
comment on column cl_marketing.content_performance.views is 'number of views, of anybody but robots';
comment on column cl_marketing.content_performance.visitors is 'number of different visitors; does not add up';
comment on column cl_marketing.content_performance.leads is 'number of leads who met it; does not add up';
comment on column cl_marketing.content_performance.influenced_deals is 'number of deals, of any outcome, with such a touch in their journey; does not add up';
comment on column cl_marketing.content_performance.won_deals is 'those of them that were won; does not add up';
comment on column cl_marketing.content_performance.influenced_revenue is 'full amount of those won, in the reporting currency; every content of a journey counts all of it: for money that adds up, see content_attribution';
comment on column cl_marketing.content_performance.dwell_seconds is 'seconds spent, as far as sources say; null: no view';
comment on column cl_marketing.content_performance.cost is 'money spent on this content in the month, in the reporting currency; adds up; null: none';

comment on function cl_marketing.add_contribution(integer) is 'Adds what the changed deals contribute to the sums, times 1 or -1, to the temporary tables of a refresh.';
