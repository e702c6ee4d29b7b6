-- What each table, view and column of cl_marketing says.

comment on schema cl_marketing is 'Which content, channels and campaigns drove sales. Money is exact, in the reporting currency (cl_ops.setting.currency); months are first days of months in the reporting time zone. Filter by one model and one outcome before adding up.';

comment on table cl_marketing.model is 'One row: an attribution model: by what a deal is shared among the touches before it.';
comment on column cl_marketing.model.model is 'number; place in the arrays of cl_marketing.deal_touch; of fitted models, less 100, in those of cl_marketing.fitted_touch';
comment on column cl_marketing.model.name is 'name, as in the column model of the views';
comment on column cl_marketing.model.meaning is 'what it says';
comment on column cl_marketing.model.first_touch_share is 'share of the first touch; only the ratios of the shares and the rest matter. Null, as all shares: not a model of shares';
comment on column cl_marketing.model.lead_creation_share is 'share of the last touch before the primary person became a lead';
comment on column cl_marketing.model.deal_creation_share is 'share of the last touch before the deal was made';
comment on column cl_marketing.model.closed_won_share is 'share of the last touch before the deal was closed';
comment on column cl_marketing.model.last_touch_share is 'share of the last touch';
comment on column cl_marketing.model.last_non_direct_share is 'share of the last touch whose channel is not direct; if all are direct, of the last one';
comment on column cl_marketing.model.rest_share is 'share of the touches that hold no milestone with a share, in equal parts';
comment on column cl_marketing.model.half_life_days is 'days in which a touch loses half of its weight; null: not a model of decay';
comment on column cl_marketing.model.is_fitted is 'true: its scores are fitted to all closed deals (cl_marketing.state_effect), its credits are in cl_marketing.fitted_touch; false: a rule, whose credits are in cl_marketing.deal_touch';
comment on column cl_marketing.model.is_computed is 'true: the configuration wants it; false: it was computed once, and its number stays its own';
comment on function cl_marketing.configure_models(jsonb) is 'Takes over the models that the configuration wants, and returns them with their numbers.';

comment on function cl_marketing.names_of(jsonb) is 'Names that the configuration lists; null: none.';
comment on function cl_marketing.passes(text, jsonb) is 'Whether a filter of the configuration lets the name pass: {"only": [patterns]} or {"except": [patterns]}, * being any characters.';
comment on function cl_marketing.activity_channel() is 'Channel, and topic, that sales activities stand for where they count as touches.';
comment on function cl_marketing.activity_arrival() is 'Key of their arrival.';
comment on function cl_marketing.activity_content(text) is 'Key of the content that activities of the kind stand for.';

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
comment on column cl_marketing.deal_touch.weights is 'share of the deal by model number, in units of 10^-12; they add up to 10^12 over the deal; null: the model is not computed';
comment on column cl_marketing.deal_touch.credits is 'share of the amount by model number, in minor units of the reporting currency (cents); they add up to the amount over the deal';
comment on column cl_marketing.deal_touch.role_weight is 'weight of the person''s role in the deal, in units of 10^-6, as configured; 1000000 without one';
comment on column cl_marketing.deal_touch.campaign_weights is 'the same as weights among the touches whose campaign counts in reports on campaigns; null: it is weights';
comment on column cl_marketing.deal_touch.campaign_credits is 'the same as credits, likewise';

comment on table cl_marketing.fitted_touch is 'One row: a touch in a deal''s journey, with its share under each fitted model: the row of cl_marketing.deal_touch of the same deal and position. Long form: cl_marketing.attribution.';
comment on column cl_marketing.fitted_touch.deal_id is 'deal: cl_core.deal';
comment on column cl_marketing.fitted_touch.position is 'place in the journey, from 1';
comment on column cl_marketing.fitted_touch.weights is 'share of the deal by model number less 100, in units of 10^-12; they add up to 10^12 over the deal; null: the model is not computed';
comment on column cl_marketing.fitted_touch.credits is 'share of the amount by model number less 100, in minor units of the reporting currency (cents); they add up to the amount over the deal';
comment on column cl_marketing.fitted_touch.campaign_weights is 'the same as weights among the touches whose campaign counts in reports on campaigns; null: it is weights';
comment on column cl_marketing.fitted_touch.campaign_credits is 'the same as credits, likewise';

comment on table cl_marketing.state_effect is 'One row: a state of a fitted model, that is a content, a channel or a topic that journeys hold, and its effect. A touch weighs its state''s effect, shared by the touches of the state, of the sum over the states of its journey (of Shapley models: the value in the journey''s own set, cl_marketing.state_value). Fitted to all closed deals.';
comment on column cl_marketing.state_effect.model is 'model: cl_marketing.model.name';
comment on column cl_marketing.state_effect.state_no is 'number within the model';
comment on column cl_marketing.state_effect.state is 'title of the content (without one, its URL), channel or topic; topic: ... and (rest) where several share one state';
comment on column cl_marketing.state_effect.kind is 'item: a state of its own; group: the contents of a topic that are too rare for one; rest: those of all other topics (of a model by topic: the rare topics). attribution.states says how many states there may be';
comment on column cl_marketing.state_effect.content_id is 'content: cl_core.content; null: not one content';
comment on column cl_marketing.state_effect.items is 'number of contents, channels or topics that it stands for: cl_marketing.folded_item lists those of groups';
comment on column cl_marketing.state_effect.won_deals is 'number of won deals whose journeys hold it';
comment on column cl_marketing.state_effect.lost_deals is 'number of lost deals whose journeys hold it';
comment on column cl_marketing.state_effect.visit_chance is 'chance that a walk from the start visits it, 0 to 1; null: not a chain';
comment on column cl_marketing.state_effect.win_chance is 'chance that a walk from it wins, 0 to 1; null: not a chain';
comment on column cl_marketing.state_effect.effect is 'removal effect: visit_chance x win_chance / the win rate of all closed deals, the part of won walks that visit it, 0 to 1. Of Shapley models: mean of its values over the closed deals that hold it, in parts of a win rate; null: no closed deal does';

comment on table cl_marketing.folded_item is 'One row: a content, or topic, that is too rare for a state of its own in a fitted chain, and the state that it shares.';
comment on column cl_marketing.folded_item.model is 'model: cl_marketing.model.name';
comment on column cl_marketing.folded_item.item_no is 'number within the model';
comment on column cl_marketing.folded_item.item is 'title of the content (without one, its URL), or topic';
comment on column cl_marketing.folded_item.content_id is 'content: cl_core.content; null: a topic';
comment on column cl_marketing.folded_item.state_no is 'the state: cl_marketing.state_effect';

comment on table cl_marketing.state_value is 'One row: what a state adds to the win rate of a set of states: its Shapley value, the mean over all orders in which the set may come together. A win rate is that of the closed deals that hold exactly these states; of sets that no closed deal holds it is 0. The values of a set add up to its win rate.';
comment on column cl_marketing.state_value.model is 'model: cl_marketing.model.name';
comment on column cl_marketing.state_value.set_no is 'number of the set within the model';
comment on column cl_marketing.state_value.state_no is 'state: cl_marketing.state_effect';
comment on column cl_marketing.state_value.states is 'the set: its channels or topics, by name';
comment on column cl_marketing.state_value.state is 'the channel or topic of this row';
comment on column cl_marketing.state_value.won_deals is 'number of won deals that hold exactly this set; the same in all rows of the set';
comment on column cl_marketing.state_value.lost_deals is 'number of lost deals that do; both 0: only open deals do';
comment on column cl_marketing.state_value.value is 'what the state adds, in parts of a win rate, -1 to 1; less than 0 weighs nothing';
comment on column cl_marketing.state_value.standard_error is 'of a value that is estimated from a sample of orders, as in large sets; 0: exact';

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

comment on table cl_marketing.journey_sum is 'One row: what the journeys of the deals of a month with one outcome give to an item, under all models side by side. Kept by refresh: what a changed deal gave is taken away, what it gives is added. Read the views named _attribution and _influence instead.';
comment on column cl_marketing.journey_sum.kind is 'what the item is: content, channel, campaign, topic; reach: a content by the month of the touch';
comment on column cl_marketing.journey_sum.item is 'the item: of a content cl_core.content, of others a digest of the name; all zeros: unattributed';
comment on column cl_marketing.journey_sum.is_fitted is 'whether its shares are those of the models that are fitted to all journeys, in a row of their own';
comment on column cl_marketing.journey_sum.month is 'month in which the deals closed, open ones were made; of reach the month of the touch';
comment on column cl_marketing.journey_sum.outcome is 'outcome of the deals: won, lost or open';
comment on column cl_marketing.journey_sum.name is 'name of the channel, campaign or topic; null: a content';
comment on column cl_marketing.journey_sum.source is 'of a campaign, its source; (none): without one';
comment on column cl_marketing.journey_sum.medium is 'of a campaign, its medium; (none): without one';
comment on column cl_marketing.journey_sum.deals is 'number of deals whose journeys hold the item; a deal counts once';
comment on column cl_marketing.journey_sum.amount is 'their amounts, each in full, in minor units of the reporting currency (cents)';
comment on column cl_marketing.journey_sum.sourced_deals is 'number of those that it sourced: it is the item of the first touch; 0 where is_fitted';
comment on column cl_marketing.journey_sum.sourced_amount is 'their amounts, in minor units';
comment on column cl_marketing.journey_sum.weights is 'its shares of the deals, in units of 10^-12, by the number of the model, of fitted ones less 100; null: not computed; empty: topics and reach have none';
comment on column cl_marketing.journey_sum.credits is 'its shares of their amounts, in minor units, likewise';

comment on view cl_marketing.content_credit is 'One row: a content''s share under a model of the deals of a month with one outcome, as cl_marketing.journey_sum holds it. Read cl_marketing.content_attribution instead.';
comment on column cl_marketing.content_credit.content_id is 'content: cl_core.content';
comment on view cl_marketing.channel_credit is 'One row: a channel''s share under a model of the deals of a month with one outcome, as cl_marketing.journey_sum holds it. Read cl_marketing.channel_attribution instead.';
comment on column cl_marketing.channel_credit.channel is 'channel, as in cl_core.arrival';
comment on view cl_marketing.campaign_credit is 'One row: a campaign''s share under a model of the deals of a month with one outcome, as cl_marketing.journey_sum holds it. Read cl_marketing.campaign_attribution instead.';
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
comment on table cl_marketing.content_view_day is 'One row: a content''s views in a day, summed up by refresh.';
comment on column cl_marketing.content_view_day.day is 'day of the views';
comment on column cl_marketing.content_view_day.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_view_day.views is 'number of views, of anybody but robots';

comment on table cl_marketing.content_lead_month is 'One row: how many leads a content reached in a month, counted by refresh. Read cl_marketing.content_performance instead.';
comment on column cl_marketing.content_lead_month.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_lead_month.month is 'month of the touches';
comment on column cl_marketing.content_lead_month.leads is 'number of leads who met it; does not add up';

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


comment on function cl_marketing.wilson_interval(bigint, bigint, numeric) is 'Wilson''s score interval of a rate, successes of trials (Wilson 1927), without continuity correction; z: 1.959963984540054 for 95 %. Null without trials.';
comment on function cl_marketing.newcombe_interval(bigint, bigint, bigint, bigint, numeric) is 'Newcombe''s hybrid score interval of the difference of two independent rates, successes / trials - other_successes / other_trials (Newcombe 1998, method 10), without continuity correction; z: 1.959963984540054 for 95 %. Null where one has no trials.';

comment on view cl_marketing.content_lift is 'One row: a content that a closed deal met: how often deals were won that met it (a touch anywhere in the journey, however many) and that did not. Deals are those of cl_marketing.deal_touch, so without a rate they are missing. It shows what goes with winning, not what makes win: who is about to buy reads more, and a long journey meets more. Of many contents some stand out by chance alone.';
comment on column cl_marketing.content_lift.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_lift.url is 'its canonical URL';
comment on column cl_marketing.content_lift.title is 'its title';
comment on column cl_marketing.content_lift.topic is 'what it is about';
comment on column cl_marketing.content_lift.deals is 'number of closed deals: the sum of the next four columns, the same in every row';
comment on column cl_marketing.content_lift.won_deals_with is 'number of won deals that met it';
comment on column cl_marketing.content_lift.lost_deals_with is 'number of lost deals that met it';
comment on column cl_marketing.content_lift.won_deals_without is 'number of won deals that did not';
comment on column cl_marketing.content_lift.lost_deals_without is 'number of lost deals that did not';
comment on column cl_marketing.content_lift.win_rate_with is 'won of the closed deals that met it, 0 to 1';
comment on column cl_marketing.content_lift.win_rate_with_low is 'its 95 % interval (Wilson), low end';
comment on column cl_marketing.content_lift.win_rate_with_high is 'high end';
comment on column cl_marketing.content_lift.win_rate_without is 'won of the closed deals that did not meet it; null: every deal met it';
comment on column cl_marketing.content_lift.win_rate_without_low is 'its 95 % interval (Wilson), low end';
comment on column cl_marketing.content_lift.win_rate_without_high is 'high end';
comment on column cl_marketing.content_lift.lift is 'win_rate_with - win_rate_without';
comment on column cl_marketing.content_lift.lift_low is 'its 95 % interval (Newcombe''s hybrid score), low end; above 0: more often won with it, beyond chance';
comment on column cl_marketing.content_lift.lift_high is 'high end; below 0: less often won with it, beyond chance';
comment on column cl_marketing.content_lift.lift_ratio is 'win_rate_with / win_rate_without; null: no deal was won without it';
comment on column cl_marketing.content_lift.has_enough_data is 'whether each of the four numbers of deals is at least 5 as it would be expected if the content made no difference (Cochran 1954); do not build on a row where it is false';

comment on view cl_marketing.deal_stage is 'One row: a stay of a deal in a stage; a stage that is entered twice has two. Where the CRM''s own history of the deal was loaded (cl_core.property_change of stage), it tells, to the second; what happened to deals that were merged into it counts until its own history begins. Where not, the versions of the deal do (cl_core.deal_history, of the source that counts): then a stage begins with the first version that says it.';
comment on column cl_marketing.deal_stage.deal_id is 'deal: cl_core.deal, none that is deleted';
comment on column cl_marketing.deal_stage.stage is 'stage, in the words of the source; null: it says none';
comment on column cl_marketing.deal_stage.from_at is 'when the deal entered it';
comment on column cl_marketing.deal_stage.until_at is 'when the deal left it; null: it is still there';
comment on column cl_marketing.deal_stage.stay is '1: the deal''s first stay in this stage, 2: its second, ...';
comment on column cl_marketing.deal_stage.told_by is 'changes: cl_core.property_change; versions: cl_core.deal_history';

comment on view cl_marketing.content_stage is 'One row: a content and a stage of deals: how many deals met it while they were in that stage, won against lost. The stage is that of cl_marketing.deal_stage at the time of the touch. (before the deal): before it was made. (not known): nothing tells of a stage by then; a single export of closed deals without their history knows no earlier stage, daily ones do.';
comment on column cl_marketing.content_stage.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_stage.url is 'its canonical URL';
comment on column cl_marketing.content_stage.title is 'its title';
comment on column cl_marketing.content_stage.topic is 'what it is about';
comment on column cl_marketing.content_stage.stage is 'stage, in the words of the source; (before the deal); (not known)';
comment on column cl_marketing.content_stage.won_deals is 'number of won deals that met it in that stage; a deal counts in several rows';
comment on column cl_marketing.content_stage.lost_deals is 'number of lost deals that did';
comment on column cl_marketing.content_stage.open_deals is 'number of open deals that did';
comment on column cl_marketing.content_stage.won_touches is 'number of touches in them that were won; adds up';
comment on column cl_marketing.content_stage.lost_touches is 'in those that were lost; adds up';
comment on column cl_marketing.content_stage.open_touches is 'in those that are open; adds up';
comment on column cl_marketing.content_stage.won_deals_reading is 'number of won deals that met anything at all in that stage';
comment on column cl_marketing.content_stage.lost_deals_reading is 'number of lost deals that did';
comment on column cl_marketing.content_stage.won_share is 'won_deals / won_deals_reading';
comment on column cl_marketing.content_stage.lost_share is 'lost_deals / lost_deals_reading';
comment on column cl_marketing.content_stage.difference is 'won_share - lost_share';
comment on column cl_marketing.content_stage.difference_low is 'its 95 % interval (Newcombe''s hybrid score), low end';
comment on column cl_marketing.content_stage.difference_high is 'high end';
comment on column cl_marketing.content_stage.has_enough_data is 'whether each of the four numbers of deals, won and lost, with and without it, is at least 5 as it would be expected if won and lost deals read alike (Cochran 1954)';

comment on view cl_marketing.journey is 'One row: a deal and its path: the contents and the channels that its people met, in order. A step that follows itself is one step; single touches are in cl_marketing.deal_touch. Deals without a rate have no row.';
comment on column cl_marketing.journey.deal_id is 'deal: cl_core.deal';
comment on column cl_marketing.journey.name is 'its name';
comment on column cl_marketing.journey.outcome is 'outcome of the deal: won, lost or open';
comment on column cl_marketing.journey.month is 'month in which it closed; open: was made';
comment on column cl_marketing.journey.amount is 'amount of the deal in the reporting currency';
comment on column cl_marketing.journey.touches is 'number of touches';
comment on column cl_marketing.journey.people is 'number of people who had them';
comment on column cl_marketing.journey.contents is 'number of different contents';
comment on column cl_marketing.journey.first_touch_at is 'time of the first touch; null: none';
comment on column cl_marketing.journey.last_touch_at is 'time of the last touch; null: none';
comment on column cl_marketing.journey.closed_at is 'when the deal was closed; null: open';
comment on column cl_marketing.journey.days_to_close is 'days from the first touch to closing, to 2 places; null: open, or no touch';
comment on column cl_marketing.journey.content_ids is 'contents in order: cl_core.content; {}: no touch';
comment on column cl_marketing.journey.content_path is 'the same, by title (without one, by URL), with > between them; (none): no touch';
comment on column cl_marketing.journey.channels is 'channels in order, as in cl_core.arrival; {}: no touch';
comment on column cl_marketing.journey.channel_path is 'the same, with > between them; (none): no touch';

comment on view cl_marketing.journey_path is 'One row: a path, by content or by channel, that deals of one outcome took. Order by deals for the most frequent ones. Filter by one item and one outcome before adding up: then deals and amount do.';
comment on column cl_marketing.journey_path.item is 'what the steps are: content or channel';
comment on column cl_marketing.journey_path.path is 'the path, as in cl_marketing.journey; (none): deals without a touch';
comment on column cl_marketing.journey_path.steps is 'number of its steps';
comment on column cl_marketing.journey_path.outcome is 'outcome of the deals: won, lost or open';
comment on column cl_marketing.journey_path.deals is 'number of deals that took it';
comment on column cl_marketing.journey_path.share_of_deals is 'deals / all deals of that outcome';
comment on column cl_marketing.journey_path.amount is 'sum of their amounts, in the reporting currency';
comment on column cl_marketing.journey_path.average_touches is 'average number of touches, to 2 places';
comment on column cl_marketing.journey_path.average_days_to_close is 'average of days from the first touch to closing, to 2 places; null: open, or no touch';
comment on column cl_marketing.journey_path.items is 'the steps: ids of contents, or channels';

comment on table cl_marketing.transition is 'One row: how often journeys of closed deals went from one state of a fitted chain to the next. A journey goes from (start) by the steps of its path to (won) or (lost), without a touch at once; a step that follows itself is one. Filter by one model. Filled for models by removal effect that are computed.';
comment on column cl_marketing.transition.model is 'model: cl_marketing.model.name, which says what a state is';
comment on column cl_marketing.transition.from_no is 'number of the state: cl_marketing.state_effect; 0: (start)';
comment on column cl_marketing.transition.to_no is 'number of the next state; -1: (won), -2: (lost)';
comment on column cl_marketing.transition.from_state is 'what it is: title of the content (without one, its URL), channel or topic; topic: ... and (rest) where several share one state; (start)';
comment on column cl_marketing.transition.to_state is 'the same of the next state; (won), (lost)';
comment on column cl_marketing.transition.from_content_id is 'content: cl_core.content; null: not one content';
comment on column cl_marketing.transition.to_content_id is 'the same of the next state';
comment on column cl_marketing.transition.won is 'number of times in journeys of won deals';
comment on column cl_marketing.transition.lost is 'number of times in journeys of lost deals';
comment on column cl_marketing.transition.probability is '(won + lost) / all steps from the state, 0 to 1: what the chain is made of';
comment on column cl_marketing.transition.won_share is 'won / all steps of won deals from the state; null: there is none';
comment on column cl_marketing.transition.lost_share is 'lost / all steps of lost deals from the state; null: there is none';

comment on view cl_marketing.content_assist is 'One row: a content and the deals of a month with one outcome whose journeys hold it: those whose last touch it was, and those that it assisted, where another content was last. Each deal counts in full for every content: amount and assisted_amount do not add up over contents; last_amount does, to the amounts of all deals, since those without a touch have it in the row named unattributed. Filter by one outcome before adding up.';
comment on column cl_marketing.content_assist.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_assist.url is 'its canonical URL';
comment on column cl_marketing.content_assist.title is 'its title';
comment on column cl_marketing.content_assist.topic is 'what it is about';
comment on column cl_marketing.content_assist.month is 'month in which the deals closed; open: were made';
comment on column cl_marketing.content_assist.outcome is 'outcome of the deals: won, lost or open';
comment on column cl_marketing.content_assist.deals is 'number of deals that met it: last_deals + assisted_deals';
comment on column cl_marketing.content_assist.last_deals is 'number of deals whose last touch it was';
comment on column cl_marketing.content_assist.assisted_deals is 'number of deals that met it, and something else last';
comment on column cl_marketing.content_assist.amount is 'full amount of deals, in the reporting currency: last_amount + assisted_amount';
comment on column cl_marketing.content_assist.last_amount is 'full amount of last_deals; adds up';
comment on column cl_marketing.content_assist.assisted_amount is 'full amount of assisted_deals';
comment on column cl_marketing.content_assist.assisted_per_last is 'assisted_deals / last_deals, to 4 places; null: last in none';

comment on function cl_marketing.explain_fitted(uuid, text) is 'What the touches of a deal score under a fitted model: read cl_marketing.explain, which calls it. raw_weight is the score of the touch''s state, 0 if it is below 0 or not known, by the number of touches of the state in the journey.';
comment on function cl_marketing.explain(uuid, text) is 'The journey of a deal under a model, touch by touch, and a last line with the sums. rule says in words, shares in percent, where raw_weight comes from (of fitted models: the score of the touch''s state, cl_marketing.state_effect or state_value); role_weight is that of the person''s role; weight is raw_weight x role_weight by the sum of these, to 12 places; unrounded_credit is the deal''s amount times weight; credit is it in whole minor units (cents): rounded down, and what is left over given out, one cent each (+ 0.01), to the largest remainders, of equal ones to the first touches.';
comment on function cl_marketing.add_shares(numeric[], numeric[]) is 'Adds two arrays of shares element by element; null where both are.';
comment on view cl_marketing.computed_model is 'One row: a model that the configuration wants, and where the sums have its shares.';
comment on column cl_marketing.computed_model.model is 'number: cl_marketing.model';
comment on column cl_marketing.computed_model.name is 'its name';
comment on column cl_marketing.computed_model.is_fitted is 'whether it is fitted to all journeys';
comment on column cl_marketing.computed_model.place is 'its place in the arrays of cl_marketing.journey_sum';
