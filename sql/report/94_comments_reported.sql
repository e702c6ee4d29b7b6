-- What the tables of credit as it was reported say.

comment on table cl_marketing.deal_report is 'One row: since when a deal''s rows in cl_marketing.deal_touch stand as they do. A refresh that computes the same rows again leaves it alone. What was reported is a fact: a rebuild keeps it. Read cl_marketing.attribution_as_of() instead.';
comment on column cl_marketing.deal_report.deal_id is 'deal: cl_core.deal';
comment on column cl_marketing.deal_report.reported_at is 'time of the refresh that brought the rows, as in cl_ops.setting.refreshed_at then';
comment on column cl_marketing.deal_report.currency is 'reporting currency of the credits';
comment on column cl_marketing.deal_report.currency_exponent is 'decimal places of its minor units';

comment on table cl_marketing.deal_touch_history is 'One row: a row of cl_marketing.deal_touch that is reported no more: the deal''s amount, outcome, journey or models became others, it has no rate any more, was merged or deleted. All rows of a deal go together. Read cl_marketing.attribution_as_of() instead.';
comment on column cl_marketing.deal_touch_history.reported_from is 'time of the refresh that brought it';
comment on column cl_marketing.deal_touch_history.reported_until is 'time of the refresh that superseded it; it stood until just before';
comment on column cl_marketing.deal_touch_history.currency is 'reporting currency of the credits';
comment on column cl_marketing.deal_touch_history.currency_exponent is 'decimal places of its minor units';
do $$
declare
    copied record;
begin
    for copied in
        select h.attname, pg_catalog.col_description(t.attrelid, t.attnum) as meaning
        from pg_catalog.pg_attribute as h
        join pg_catalog.pg_attribute as t on t.attrelid = 'cl_marketing.deal_touch'::regclass and t.attname = h.attname
        where h.attrelid = 'cl_marketing.deal_touch_history'::regclass and h.attnum > 0 and not h.attisdropped
    loop
        execute format('comment on column cl_marketing.deal_touch_history.%I is %L', copied.attname, copied.meaning);
    end loop;
end
$$;

comment on table cl_marketing.reported_content is 'One row: a content that reported journeys name or named, so that the id has an address after cl_core.content has lost it.';
comment on column cl_marketing.reported_content.content_id is 'content: cl_core.content, as long as it is known';
comment on column cl_marketing.reported_content.url is 'its canonical URL';

comment on table cl_marketing.reported_arrival is 'One row: an arrival that reported journeys name or named, so that the id has a channel after cl_core.arrival has lost it, as happens when channels are told apart in another way.';
comment on column cl_marketing.reported_arrival.arrival_id is 'arrival: cl_core.arrival, as long as it is known';
comment on column cl_marketing.reported_arrival.channel is 'channel by which the visit began';
comment on column cl_marketing.reported_arrival.campaign is 'its campaign; null: none';
comment on column cl_marketing.reported_arrival.source is 'its campaign source; null: none';
comment on column cl_marketing.reported_arrival.medium is 'its campaign medium; null: none';

comment on table cl_marketing.report_month is 'One row: a month in which reports were made, by the clock and in the reporting time zone.';
comment on column cl_marketing.report_month.month is 'the month, by its first day';
comment on column cl_marketing.report_month.first_reported_at is 'time of its first refresh';
comment on column cl_marketing.report_month.last_reported_at is 'time of its last refresh: as that one left them, the reports of the month ended';

comment on table cl_marketing.fitted_touch_month is 'One row: a row of cl_marketing.fitted_touch as it stood when a month ended. Read cl_marketing.attribution_as_of() instead.';
comment on column cl_marketing.fitted_touch_month.month is 'month that ended: cl_marketing.report_month';
comment on column cl_marketing.fitted_touch_month.deal_id is 'deal';
comment on column cl_marketing.fitted_touch_month.position is 'place in its journey, as that was reported at the month''s last refresh';
comment on column cl_marketing.fitted_touch_month.weights is 'share of the deal by model number - 100, in units of 10^-12; null: the model was not computed';
comment on column cl_marketing.fitted_touch_month.credits is 'share of the amount by model number - 100, in minor units of the reporting currency of then';
comment on column cl_marketing.fitted_touch_month.campaign_weights is 'the same as weights among the touches whose campaign counted in reports on campaigns; null: it is weights';
comment on column cl_marketing.fitted_touch_month.campaign_credits is 'the same as credits, likewise';

comment on function cl_marketing.deal_touch_as_of(timestamptz) is 'The rows of cl_marketing.deal_touch as they were reported at that moment, with the reporting currency of then (currency, currency_exponent) and the span in which they stood (reported_from, reported_until; null: still).';
comment on function cl_marketing.report_month_at(timestamptz) is 'The month of cl_marketing.report_month whose reports showed that moment; null before the first report.';
comment on function cl_marketing.attribution_as_of(timestamptz) is 'The rows of cl_marketing.attribution as they were reported at that moment, with the currency of the credits (currency) and the span in which they stood (reported_from, reported_until; null: still). Nothing before the first report. Content, channel and campaign are as reported; title is as known now. Models fitted to all journeys (markov_*, shapley_*) are kept by month: of an earlier month they are as it ended, of the current one as they are now, journeys and amounts too.';
