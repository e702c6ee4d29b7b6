-- What the tables and views of the shared language say.

comment on schema cl_smarketing is 'What marketing and sales agreed upon: their shared language, and how both keep to it.';

comment on column cl_ops.setting.score_half_life_days is 'after so many days a touch is worth half of its points';

comment on table cl_smarketing.definition is 'One row: a definition of the configuration, with the time in which it is in force. A stage that was defined anew from some day has a row for each definition. An event is judged by the definition in force at its time.';
comment on column cl_smarketing.definition.definition_no is 'its number in this configuration: stages, personas, rules of the score';
comment on column cl_smarketing.definition.kind is 'stage, persona or score';
comment on column cl_smarketing.definition.name is 'name of the stage, persona or rule';
comment on column cl_smarketing.definition.place is 'place of the name among its kind, from 1; of stages the lowest first';
comment on column cl_smarketing.definition.who_condition is 'condition on a row of cl_smarketing.lead_fact, as the server writes it; null: none';
comment on column cl_smarketing.definition.did_condition is 'condition on a row of cl_smarketing.touch_fact, as the server writes it; null: none';
comment on column cl_smarketing.definition.who_columns is 'columns that the condition reads';
comment on column cl_smarketing.definition.did_columns is 'columns that the condition reads';
comment on column cl_smarketing.definition.times is 'so many touches must meet the condition; null without one';
comment on column cl_smarketing.definition.within is 'the time in which they all lie, both ends included; null: any';
comment on column cl_smarketing.definition.points is 'points of a rule of the score; null of others';
comment on column cl_smarketing.definition.crm_stages is 'what the CRM calls a stage, in lower case; empty of others';
comment on column cl_smarketing.definition.valid_from is 'from when it is in force: the beginning of a day of the reporting zone; -infinity: from the beginning';
comment on column cl_smarketing.definition.valid_until is 'when the next definition of the name takes its place; infinity: in force';

comment on table cl_smarketing.lead_fact is 'One row: what was known of a contact from one time to another, with what was known of its account; deleted and merged contacts have none for that time. A version stands from its updated_at (else the time it was read), the first one from created_at. The row with until_at infinity stands now. Columns from name on are those that the condition `who` may name. Kept only while a definition has a `who`.';
comment on column cl_smarketing.lead_fact.lead_id is 'contact: cl_core.lead';
comment on column cl_smarketing.lead_fact.person_id is 'person: cl_core.person';
comment on column cl_smarketing.lead_fact.from_at is 'from when it was so';
comment on column cl_smarketing.lead_fact.until_at is 'until when, itself not included; infinity: it is so';
comment on column cl_smarketing.lead_fact.account_id is 'account that the contact named: cl_core.account';
comment on column cl_smarketing.lead_fact.name is 'name';
comment on column cl_smarketing.lead_fact.email_domain is 'what stands behind the @ of the address, in lower case';
comment on column cl_smarketing.lead_fact.company_domain is 'domain that a company registered, of the address; null for free mail';
comment on column cl_smarketing.lead_fact.company is 'company, as the contact has it';
comment on column cl_smarketing.lead_fact.title is 'job title';
comment on column cl_smarketing.lead_fact.employees is 'number of the company''s employees, as the contact has it';
comment on column cl_smarketing.lead_fact.country is 'country, as the contact has it';
comment on column cl_smarketing.lead_fact.industry is 'industry, as the contact has it';
comment on column cl_smarketing.lead_fact.phone is 'telephone number';
comment on column cl_smarketing.lead_fact.crm_stage is 'the CRM''s own stage';
comment on column cl_smarketing.lead_fact.owner is 'who in sales looks after the contact';
comment on column cl_smarketing.lead_fact.source_detail is 'where the CRM says it came from';
comment on column cl_smarketing.lead_fact.created_at is 'when the contact was made';
comment on column cl_smarketing.lead_fact.account_name is 'name of the account; null: no account was known';
comment on column cl_smarketing.lead_fact.account_industry is 'its industry';
comment on column cl_smarketing.lead_fact.account_employees is 'its employees';
comment on column cl_smarketing.lead_fact.account_country is 'its country';
comment on column cl_smarketing.lead_fact.account_owner is 'who in sales looks after the account';

comment on view cl_smarketing.touch_fact is 'One row: a touch, with the content that was met and the arrival of its visit. Columns from url to touched_at are those that the condition `did` may name.';
comment on column cl_smarketing.touch_fact.person_id is 'person: cl_core.person';
comment on column cl_smarketing.touch_fact.touch_id is 'touch: cl_core.touch';
comment on column cl_smarketing.touch_fact.touch_source is 'source that brought it';
comment on column cl_smarketing.touch_fact.url is 'canonical URL of the content';
comment on column cl_smarketing.touch_fact.host is 'its host';
comment on column cl_smarketing.touch_fact.path is 'its path';
comment on column cl_smarketing.touch_fact.title is 'its title';
comment on column cl_smarketing.touch_fact.kind is 'what it is: article, guide, pricing, ...';
comment on column cl_smarketing.touch_fact.topic is 'what it is about';
comment on column cl_smarketing.touch_fact.stage is 'stage of the buyer''s journey that it serves';
comment on column cl_smarketing.touch_fact.persona is 'whom it is written for';
comment on column cl_smarketing.touch_fact.author is 'who wrote it';
comment on column cl_smarketing.touch_fact.interaction is 'what was done with it: page_view, download, form, demo_request, ...';
comment on column cl_smarketing.touch_fact.channel is 'channel of the visit';
comment on column cl_smarketing.touch_fact.source is 'source of the visit, such as google';
comment on column cl_smarketing.touch_fact.medium is 'medium of the visit, such as cpc';
comment on column cl_smarketing.touch_fact.campaign is 'campaign of the visit';
comment on column cl_smarketing.touch_fact.views is 'views in the visit';
comment on column cl_smarketing.touch_fact.dwell_seconds is 'seconds spent; null where no source says any';
comment on column cl_smarketing.touch_fact.touched_at is 'time of the first view';
comment on column cl_smarketing.touch_fact.content_id is 'content: cl_core.content';

comment on view cl_smarketing.definition_who is 'One row: a definition whose `who` a contact met, and from when to when. Made of the configuration''s conditions; it looks at all definitions, in force or not.';
comment on column cl_smarketing.definition_who.lead_id is 'contact: cl_smarketing.lead_fact';
comment on column cl_smarketing.definition_who.person_id is 'person: cl_core.person';
comment on column cl_smarketing.definition_who.from_at is 'from when it was so';
comment on column cl_smarketing.definition_who.until_at is 'until when, itself not included';
comment on column cl_smarketing.definition_who.definition_no is 'definition: cl_smarketing.definition';

comment on view cl_smarketing.definition_did is 'One row: a touch that met the `did` of a definition in force at its time. Made of the configuration''s conditions. Ask for one person: where person_id = ...';
comment on column cl_smarketing.definition_did.person_id is 'person: cl_core.person';
comment on column cl_smarketing.definition_did.touch_id is 'touch: cl_core.touch';
comment on column cl_smarketing.definition_did.touched_at is 'time of the touch';
comment on column cl_smarketing.definition_did.touch_source is 'source that brought it';
comment on column cl_smarketing.definition_did.definition_no is 'definition: cl_smarketing.definition';

comment on table cl_smarketing.stage_history is 'One row: a stay of a person in a stage of the shared language. One stage at a time: the highest whose definition is met. What was done was done: `did` stays met; `who` holds from one version of the record to the next, and a person qualifies if one of its contacts does. Between two stays a person may be in no stage.';
comment on column cl_smarketing.stage_history.person_id is 'person: cl_core.person';
comment on column cl_smarketing.stage_history.stage_no is 'place of the stage, from 1, the lowest';
comment on column cl_smarketing.stage_history.stage is 'its name';
comment on column cl_smarketing.stage_history.entered_at is 'time of the event that brought the person there: a touch, or a version of a contact or its account';
comment on column cl_smarketing.stage_history.left_at is 'time of the event by which it left; null: it stands there';
comment on column cl_smarketing.stage_history.entry is '1: the first stay in this stage, 2: the second, ...';
comment on column cl_smarketing.stage_history.came_from is 'stage that it left for this one; null: it was in none';
comment on column cl_smarketing.stage_history.is_backward is 'came from a higher stage';
comment on column cl_smarketing.stage_history.skipped is 'stages in force that lie between the two (below this one, if it was in none), and that it had never had, the lowest first';
comment on column cl_smarketing.stage_history.cause is 'did: a touch completed the definition; who: a version of the record met it; definition: neither, but the definition in force was another one at the person''s next event';
comment on column cl_smarketing.stage_history.touch_id is 'touch that completed it: cl_core.touch; null unless cause is did';
comment on column cl_smarketing.stage_history.definition_no is 'definition by which it entered';

comment on view cl_smarketing.lead_stage is 'One row: a person that stands in a stage of the shared language now.';
comment on column cl_smarketing.lead_stage.person_id is 'person: cl_core.person';
comment on column cl_smarketing.lead_stage.stage is 'name of the stage';
comment on column cl_smarketing.lead_stage.stage_no is 'its place, from 1, the lowest';
comment on column cl_smarketing.lead_stage.since is 'when the person entered it';

comment on view cl_smarketing.stage_disagreement is 'One row: a lead whose stage in the CRM is not its stage in the shared language. Which stage a word of the CRM means is told by `crm` in the configuration, else by the stage''s name. Leads without a stage in the CRM are not compared.';
comment on column cl_smarketing.stage_disagreement.person_id is 'person: cl_core.person';
comment on column cl_smarketing.stage_disagreement.email is 'address, in lower case';
comment on column cl_smarketing.stage_disagreement.name is 'name';
comment on column cl_smarketing.stage_disagreement.company is 'company';
comment on column cl_smarketing.stage_disagreement.owner is 'who in sales looks after the lead';
comment on column cl_smarketing.stage_disagreement.stage is 'stage in the shared language; null: none';
comment on column cl_smarketing.stage_disagreement.stage_no is 'its place; null: none';
comment on column cl_smarketing.stage_disagreement.since is 'when the lead entered it';
comment on column cl_smarketing.stage_disagreement.crm_stage is 'the CRM''s own stage';
comment on column cl_smarketing.stage_disagreement.crm_stage_no is 'place of the stage that it means; null: none of ours';
comment on column cl_smarketing.stage_disagreement.relation is 'crm_ahead: the CRM''s stage is the later one; crm_behind: the earlier one; crm_other: it is none of ours';

comment on function cl_smarketing.compile_definitions() is 'Makes the views definition_who and definition_did of the conditions in cl_smarketing.definition.';
comment on function cl_smarketing.configure_definitions(jsonb, integer) is 'Takes over the definitions of the configuration; what differs is in pg_temp.changed_definition until the transaction ends. For closedloop-load.';
comment on function cl_smarketing.prepare_conditions() is 'Makes the temporary tables condition_who and condition_did, with the columns that conditions may name. For closedloop-load.';
comment on function cl_smarketing.condition_columns(text) is 'Names of the columns of one of them.';
comment on function cl_smarketing.canonical_condition(text) is 'A condition that is the generated column of pg_temp.condition, in the server''s words, with the columns that it reads; or what is wrong with it. For closedloop-load.';
comment on function cl_smarketing.try_condition() is 'Tries that condition on rows that are unlike each other. For closedloop-load.';
comment on function cl_core.make_spans(text) is 'From when to when which version of a contact or an account stood, for the keys in pg_temp.judged_<kind>: pg_temp.<kind>_span.';
comment on function cl_smarketing.blame_condition() is 'Ends a refresh in which a condition failed on a row, with its name.';
