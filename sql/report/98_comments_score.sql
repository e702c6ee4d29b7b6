-- What each table, view and column of the score and of personas says.

comment on table cl_smarketing.lead_persona is 'One row: a lead that is one of the configuration''s personas now: the first whose `who` the newest version of one of its contacts meets.';
comment on column cl_smarketing.lead_persona.person_id is 'person: cl_core.person';
comment on column cl_smarketing.lead_persona.persona is 'name of the persona';

comment on table cl_smarketing.met_definition is 'One row: a touch that meets the `did` of a stage''s definition or of a rule of the score, or a rule of the score whose `who` a lead meets now. cl_sales.lead_score says what of it counts how much.';
comment on column cl_smarketing.met_definition.person_id is 'person: cl_core.person';
comment on column cl_smarketing.met_definition.at is 'when: of the touch, or since when the newest versions of the person''s contacts meet the rule';
comment on column cl_smarketing.met_definition.touch_id is 'touch: cl_core.touch; of a rule by who a lead is 00000000-0000-0000-0000-000000000000';
comment on column cl_smarketing.met_definition.definition_no is 'definition that is met';

comment on function cl_smarketing.score_weight(timestamptz, timestamptz, integer) is 'What is left of a touch''s points at a moment: half after each half-life; to six decimals.';

comment on view cl_sales.lead_score is 'One row: a rule of the score that a lead meets: each touch that meets its `did`, or its `who`. points_now adds up to cl_sales.lead.score.';
comment on column cl_sales.lead_score.person_id is 'person: cl_sales.lead';
comment on column cl_sales.lead_score.email is 'address, in lower case';
comment on column cl_sales.lead_score.rule is 'name of the rule';
comment on column cl_sales.lead_score.at is 'time of the touch, or since when the lead meets the rule';
comment on column cl_sales.lead_score.touch_id is 'touch: cl_core.touch; null: the rule is about who the lead is';
comment on column cl_sales.lead_score.content_id is 'content of the touch: cl_core.content';
comment on column cl_sales.lead_score.content is 'its title, or its URL';
comment on column cl_sales.lead_score.interaction is 'interaction of the touch';
comment on column cl_sales.lead_score.points is 'points of the rule';
comment on column cl_sales.lead_score.weight is 'what is left of them now (cl_ops.setting.read_at): half after each score.half_life_days; 1 for who the lead is';
comment on column cl_sales.lead_score.points_now is 'points x weight, to two decimals';

comment on view cl_marketing.persona_performance is 'One row: a persona, and the deals that one of its people is a contact of. A deal of two personas counts for each.';
comment on column cl_marketing.persona_performance.persona is 'name of the persona';
comment on column cl_marketing.persona_performance.leads is 'leads that are of it now';
comment on column cl_marketing.persona_performance.open_deals is 'open deals';
comment on column cl_marketing.persona_performance.won_deals is 'won deals';
comment on column cl_marketing.persona_performance.lost_deals is 'lost deals';
comment on column cl_marketing.persona_performance.revenue is 'sum of the won deals'' amounts, in the reporting currency; deals without a rate are left out';
comment on column cl_marketing.persona_performance.win_rate is 'won / (won + lost)';
comment on column cl_marketing.persona_performance.win_rate_others is 'the same of all other deals';
comment on column cl_marketing.persona_performance.lift is 'win_rate - win_rate_others';
comment on column cl_marketing.persona_performance.has_enough_data is 'whether there are enough closed deals, as in content_lift';

comment on view cl_marketing.content_persona is 'One row: a content and a persona whose people met it. What they influenced does not add up over contents or personas.';
comment on column cl_marketing.content_persona.content_id is 'content: cl_core.content';
comment on column cl_marketing.content_persona.url is 'its canonical URL';
comment on column cl_marketing.content_persona.title is 'its title';
comment on column cl_marketing.content_persona.topic is 'what it is about';
comment on column cl_marketing.content_persona.persona is 'persona of the readers: cl_smarketing.lead_persona. Whom it was written for is cl_core.content.persona';
comment on column cl_marketing.content_persona.leads is 'leads of the persona that met it';
comment on column cl_marketing.content_persona.influenced_open_deals is 'open deals in whose journey such a lead met it';
comment on column cl_marketing.content_persona.influenced_won_deals is 'won deals in whose journey such a lead met it';
comment on column cl_marketing.content_persona.influenced_lost_deals is 'lost deals in whose journey such a lead met it';
comment on column cl_marketing.content_persona.influenced_revenue is 'sum of these won deals'' amounts, in the reporting currency';
comment on column cl_marketing.content_persona.win_rate_with is 'won / (won + lost) of the deals in whose journey such a lead met it';
comment on column cl_marketing.content_persona.win_rate_without is 'the same of the other deals in which somebody of the persona takes part';
comment on column cl_marketing.content_persona.lift is 'win_rate_with - win_rate_without';
comment on column cl_marketing.content_persona.has_enough_data is 'whether there are enough closed deals of the persona, as in content_lift';
