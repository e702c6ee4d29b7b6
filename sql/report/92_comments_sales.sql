-- What each view and column of cl_sales says.

comment on schema cl_sales is 'What sales reads before a call. One lead: where person_id = ... or where email = ...; both are fast.';

comment on view cl_sales.lead is 'One row: a person with a contact in the CRM (merged contacts are one), and what the person did.';
comment on column cl_sales.lead.person_id is 'person: cl_core.person';
comment on column cl_sales.lead.email is 'address, in lower case';
comment on column cl_sales.lead.name is 'name, as the leading contact has it';
comment on column cl_sales.lead.company is 'company';
comment on column cl_sales.lead.title is 'job title';
comment on column cl_sales.lead.owner is 'who in sales looks after the lead';
comment on column cl_sales.lead.stage is 'stage of the shared language in which it stands (cl_smarketing.stage_history); null: none. Where the configuration has no stages, the CRM''s own';
comment on column cl_sales.lead.stage_since is 'when it entered that stage; null: it is in none, or there are no stages';
comment on column cl_sales.lead.crm_stage is 'the CRM''s own stage';
comment on column cl_sales.lead.persona is 'first persona of the configuration whose `who` the lead meets now; null: none';
comment on column cl_sales.lead.score is 'sum of points_now in cl_sales.lead_score, now (cl_ops.setting.read_at); null: the configuration has no rules';
comment on column cl_sales.lead.customer_since is 'closing of the first won deal that the person is a contact of; null: none';
comment on column cl_sales.lead.became_lead_at is 'earliest created_at of the person''s contacts';
comment on column cl_sales.lead.first_seen_at is 'time of the first view; it may be from before the person was known';
comment on column cl_sales.lead.last_seen_at is 'time of the last view';
comment on column cl_sales.lead.days_silent is 'whole days between the last view and the newest data (cl_ops.setting.read_at); null: never seen';
comment on column cl_sales.lead.views is 'number of views';
comment on column cl_sales.lead.contents is 'number of different contents met';
comment on column cl_sales.lead.topics is 'up to five topics, most touches first, then by name';
comment on column cl_sales.lead.last_activity_at is 'time of the last call, mail or meeting with the person; null: none';
comment on column cl_sales.lead.last_activity is 'its kind';
comment on column cl_sales.lead.new_since_contact is 'number of different contents met since then; without an activity: all';
comment on column cl_sales.lead.new_contents is 'titles of these, or their URLs, newest first, up to ten';
comment on column cl_sales.lead.buying_signals is 'contents of the last 14 days that a stage asks for by `did`, whose topic or path says prices or a demo, or by which a demo was asked for; with how often, when last and why; newest first, up to ten';
comment on column cl_sales.lead.open_deals is 'number of open deals that the person is a contact of';
comment on column cl_sales.lead.won_deals is 'number of won deals that the person is a contact of';

comment on view cl_sales.lead_content is 'One row: a lead and a content that it met, over all visits.';
comment on column cl_sales.lead_content.person_id is 'person: cl_sales.lead';
comment on column cl_sales.lead_content.email is 'address, in lower case';
comment on column cl_sales.lead_content.content_id is 'content: cl_core.content';
comment on column cl_sales.lead_content.url is 'its canonical URL';
comment on column cl_sales.lead_content.title is 'its title';
comment on column cl_sales.lead_content.first_viewed_at is 'time of the first view';
comment on column cl_sales.lead_content.last_viewed_at is 'time of the last view';
comment on column cl_sales.lead_content.views is 'number of views';
comment on column cl_sales.lead_content.dwell_seconds is 'sum of their seconds; null where no source says any';
comment on column cl_sales.lead_content.topic is 'what the content is about';

comment on function cl_sales.words_of(jsonb) is 'What a line of a timeline says besides its title, in words.';
comment on function cl_sales.shortened(jsonb) is 'The parts of a line of a timeline for the page: each no longer than 100 characters, lists of five, and not that a page was viewed.';
comment on view cl_sales.lead_timeline is 'One row: something that a lead did or that happened with it. Order by at.';
comment on column cl_sales.lead_timeline.person_id is 'person: cl_sales.lead';
comment on column cl_sales.lead_timeline.at is 'when; of a touch: its first view';
comment on column cl_sales.lead_timeline.what is 'touch, activity, question, became_lead, stage_entered, stage_left (for none), deal_created, deal_won or deal_lost';
comment on column cl_sales.lead_timeline.content_id is 'content of a touch: cl_core.content; null otherwise';
comment on column cl_sales.lead_timeline.title is 'title of the content (or its URL), subject of the activity, text of the question, name of the deal or of the stage';
comment on column cl_sales.lead_timeline.detail is 'touch: interaction, views, channel, campaign. Activity: kind, direction, outcome, owner. Question: topic. Deal: key, amount, the person''s roles, of an open one the stage. Stage: how often, where from, what it skipped';
comment on column cl_sales.lead_timeline.parts is 'what detail is made of: interaction, views, channel, campaign, kind, direction, outcome, owner, topic, deal, amount, currency, roles, now_in, entry, from, back_from, skipped; those that there are';
comment on column cl_sales.lead_timeline.email is 'address, in lower case';

comment on view cl_sales.owner_result is 'One row: somebody in sales, a month and an outcome. Over all rows of an outcome amount adds up to the deals'' amount_reporting, shares to their number; deals does not, since a deal that several share counts for each. Deals for which no rate is known are left out, as in all reports (cl_ops.quality, deal_without_rate).';
comment on column cl_sales.owner_result.owner is 'who; (none): the source names nobody';
comment on column cl_sales.owner_result.month is 'first day of the month in which the deals closed; open: were made';
comment on column cl_sales.owner_result.outcome is 'won, lost or open';
comment on column cl_sales.owner_result.deals is 'number of deals that the owner has a part of';
comment on column cl_sales.owner_result.shares is 'sum of these parts, 1 being a whole deal';
comment on column cl_sales.owner_result.amount is 'sum of the owner''s parts of their amounts, in the reporting currency';
comment on column cl_sales.owner_result.influenced_deals is 'of the deals, those in whose journey somebody met content; what sales did (touches.activities) is none';
comment on column cl_sales.owner_result.influenced_shares is 'sum of the owner''s parts of these';
comment on column cl_sales.owner_result.influenced_amount is 'of the amount, that of influenced_deals';

comment on view cl_sales.buying_signal is 'One row: a content that a person met in the 14 days before the newest data (cl_ops.setting.read_at), and that a stage asks for by `did`, whose topic or path says prices or a demo, or by which a demo was asked for: where person_id = ...';
comment on column cl_sales.buying_signal.person_id is 'person: cl_core.person';
comment on column cl_sales.buying_signal.content_id is 'content: cl_core.content';
comment on column cl_sales.buying_signal.url is 'its canonical URL';
comment on column cl_sales.buying_signal.title is 'its title, else its URL';
comment on column cl_sales.buying_signal.touches is 'how often, in touches that say so';
comment on column cl_sales.buying_signal.last_viewed_at is 'when last';
comment on column cl_sales.buying_signal.last_on is 'day of that';
comment on column cl_sales.buying_signal.asked_for_demo is 'a demo was asked for by it';
comment on column cl_sales.buying_signal.is_of_price is 'its topic or path says prices or a demo';
comment on column cl_sales.buying_signal.stages is 'stages that ask for it by `did`';
