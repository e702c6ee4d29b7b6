-- The views go before they are made again, so that their columns may change. Without cascade: somebody's own view on top
-- of one of them stops the migration with its name, and is never lost in silence.

drop view if exists cl_sales.lead_timeline;
drop view if exists cl_sales.lead_content;
drop view if exists cl_sales.lead;
drop view if exists cl_marketing.content_stage;
drop view if exists cl_marketing.deal_stage;
drop view if exists cl_marketing.content_assist;
drop view if exists cl_marketing.journey_path;
drop view if exists cl_marketing.journey;
drop view if exists cl_marketing.content_lift;
drop view if exists cl_marketing.campaign_return;
drop view if exists cl_marketing.channel_return;
drop view if exists cl_marketing.content_return;
drop view if exists cl_marketing.topic_attribution;
drop view if exists cl_marketing.topic_influence;
drop view if exists cl_marketing.campaign_influence;
drop view if exists cl_marketing.channel_influence;
drop view if exists cl_marketing.content_influence;
drop view if exists cl_marketing.content_performance;
drop view if exists cl_marketing.campaign_attribution;
drop view if exists cl_marketing.channel_attribution;
drop view if exists cl_marketing.content_attribution;
drop view if exists cl_marketing.attribution;
drop view if exists cl_ops.status;
drop view if exists cl_ops.source;
drop view if exists cl_ops.filtered;
drop function if exists cl_ops.verify();
drop function if exists cl_ops.verify_influence();
drop function if exists cl_ops.reconcile();
drop function if exists cl_ops.differing_checks();
drop function if exists cl_ops.keep_checks(jsonb);
drop function if exists cl_marketing.attribution_as_of(timestamptz);
drop function if exists cl_marketing.deal_touch_as_of(timestamptz);
drop function if exists cl_marketing.explain_fitted(uuid, text);
drop function if exists cl_marketing.explain(uuid, text);
drop function if exists cl_marketing.newcombe_interval(bigint, bigint, bigint, bigint, numeric);
drop function if exists cl_marketing.wilson_interval(bigint, bigint, numeric);
