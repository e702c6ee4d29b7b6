-- What each view and column of the briefs says.

comment on view cl_sales.account_person is 'One row: a lead of an account, by its record; of an account that was merged, of the survivor.';
comment on column cl_sales.account_person.account_id is 'account: cl_core.account';
comment on column cl_sales.account_person.person_id is 'person: cl_sales.lead';
comment on column cl_sales.account_person.name is 'name';
comment on column cl_sales.account_person.email is 'address, in lower case';

comment on view cl_sales.account_deal is 'One row: a deal of an account, or, if the deal names none, of the account of one of its contacts; of an account that was merged, of the survivor.';
comment on column cl_sales.account_deal.account_id is 'account: cl_core.account';
comment on column cl_sales.account_deal.deal_id is 'deal: cl_core.deal';

comment on view cl_sales.account_timeline is 'One row: something that somebody of an account did or that happened with the account: where account_id = ... order by at.';
comment on column cl_sales.account_timeline.account_id is 'account: cl_core.account';
comment on column cl_sales.account_timeline.at is 'when; of a touch: its first view';
comment on column cl_sales.account_timeline.what is 'touch, activity, question, became_lead, stage_entered, stage_left, deal_created, deal_won or deal_lost';
comment on column cl_sales.account_timeline.person_id is 'who: cl_core.person; null for deals, and where nobody is named';
comment on column cl_sales.account_timeline.name is 'its name';
comment on column cl_sales.account_timeline.email is 'its address, in lower case';
comment on column cl_sales.account_timeline.deal_id is 'deal: cl_core.deal; null for what is of no deal';
comment on column cl_sales.account_timeline.content_id is 'content of a touch: cl_core.content; null otherwise';
comment on column cl_sales.account_timeline.title is 'as in cl_sales.lead_timeline';
comment on column cl_sales.account_timeline.detail is 'as in cl_sales.lead_timeline; of a deal: key, amount, contacts, of an open one the stage';
comment on column cl_sales.account_timeline.parts is 'what detail is made of, as in cl_sales.lead_timeline; of a deal: with, its contacts';

comment on table cl_marketing.deal_group is 'One row: a closed deal with an amount in the reporting currency, and the deals that are like it. Kept by refresh.';
comment on column cl_marketing.deal_group.deal_id is 'deal: cl_core.deal';
comment on column cl_marketing.deal_group.outcome is 'won or lost';
comment on column cl_marketing.deal_group.persona is 'persona of its primary contact, else the one of most of its contacts, else the first by name; null: none';
comment on column cl_marketing.deal_group.industry is 'industry of its account; of one that was merged, of the survivor; null: unknown';

comment on table cl_marketing.group_content is 'One row: how many deals of a group met a content. Kept by refresh; read cl_marketing.group_lift.';
comment on column cl_marketing.group_content.kind is 'persona or industry';
comment on column cl_marketing.group_content.item is 'which';
comment on column cl_marketing.group_content.content_id is 'content: cl_core.content; 00000000-0000-0000-0000-000000000000: all deals of the group';
comment on column cl_marketing.group_content.won is 'won deals whose journey names it';
comment on column cl_marketing.group_content.lost is 'lost ones';

comment on function cl_sales.persona_of_deal(uuid) is 'Persona of a deal''s primary contact, else the one of most of its contacts, else the first by name.';
comment on function cl_sales.industry_of_account(uuid) is 'Industry of an account; of one that was merged, of the survivor, if it says one.';
comment on function cl_marketing.add_groups(integer) is 'Refresh: what regrouped deals contribute to cl_marketing.group_content, times sign.';

comment on view cl_marketing.group_lift is 'One row: a content that closed deals of a group met, against those of the group that did not. Activities of sales are none.';
comment on column cl_marketing.group_lift.kind is 'persona, industry, or all: all closed deals';
comment on column cl_marketing.group_lift.item is 'which persona or industry; (all): all closed deals';
comment on column cl_marketing.group_lift.content_id is 'content: cl_core.content';
comment on column cl_marketing.group_lift.url is 'its canonical URL';
comment on column cl_marketing.group_lift.title is 'its title';
comment on column cl_marketing.group_lift.topic is 'what it is about';
comment on column cl_marketing.group_lift.won_with is 'won deals of the group that met it';
comment on column cl_marketing.group_lift.deals_with is 'closed deals of the group that met it';
comment on column cl_marketing.group_lift.won_without is 'won deals of the group that did not';
comment on column cl_marketing.group_lift.deals_without is 'closed deals of the group that did not';
comment on column cl_marketing.group_lift.lift is 'win rate with it - win rate without it; null: every deal of the group met it';
comment on column cl_marketing.group_lift.has_enough_data is 'as in cl_marketing.content_lift, by the deals of the group alone';

comment on view cl_sales.winning_content is 'One row: a content of cl_marketing.group_lift of which there is enough data, and that won deals of the group met more than lost ones.';
comment on column cl_sales.winning_content.compared_with is 'the group: persona, industry, or all: all closed deals';
comment on column cl_sales.winning_content.compared_item is 'which persona or industry; (all): all closed deals';
comment on column cl_sales.winning_content.content_id is 'content: cl_core.content';
comment on column cl_sales.winning_content.url is 'its canonical URL';
comment on column cl_sales.winning_content.title is 'its title';
comment on column cl_sales.winning_content.topic is 'what it is about';
comment on column cl_sales.winning_content.won_with is 'won deals of the group that met it';
comment on column cl_sales.winning_content.deals_with is 'closed deals of the group that met it';
comment on column cl_sales.winning_content.won_without is 'won deals of the group that did not';
comment on column cl_sales.winning_content.deals_without is 'closed deals of the group that did not';
comment on column cl_sales.winning_content.win_rate_with is 'won_with / deals_with';
comment on column cl_sales.winning_content.win_rate_without is 'won_without / deals_without';
comment on column cl_sales.winning_content.lift is 'win_rate_with - win_rate_without';
comment on column cl_sales.winning_content.lift_low is 'lower end of its 95 % interval; 0 or less: the lift may be chance';
comment on column cl_sales.winning_content.reason is 'the same in words';

comment on view cl_sales.compared_deal is 'One row: an open deal and the closed deals that it is compared with: those of its persona (as in cl_marketing.deal_group), else of its industry, else all; the first of these that has a content with enough data. No row: not even all of them have.';
comment on column cl_sales.compared_deal.deal_id is 'deal: cl_core.deal';
comment on column cl_sales.compared_deal.kind is 'persona, industry or all';
comment on column cl_sales.compared_deal.item is 'which persona or industry; (all): all closed deals';

comment on view cl_sales.compared_lead is 'One row: a lead without an open or won deal, and the closed deals that it is compared with, as in cl_sales.compared_deal; its industry is that of its account.';
comment on column cl_sales.compared_lead.person_id is 'lead: cl_sales.lead';
comment on column cl_sales.compared_lead.kind is 'persona, industry or all';
comment on column cl_sales.compared_lead.item is 'which persona or industry; (all): all closed deals';

comment on view cl_sales.deal_brief is 'One row: an open deal, its people, and what they know and do not know.';
comment on column cl_sales.deal_brief.deal_id is 'deal: cl_core.deal';
comment on column cl_sales.deal_brief.deal_key is 'key in its source';
comment on column cl_sales.deal_brief.name is 'name of the deal';
comment on column cl_sales.deal_brief.account_id is 'account: cl_core.account; of one that was merged the survivor';
comment on column cl_sales.deal_brief.account is 'its name';
comment on column cl_sales.deal_brief.owner is 'who in sales looks after the deal';
comment on column cl_sales.deal_brief.stage is 'stage of the deal, as the CRM has it';
comment on column cl_sales.deal_brief.amount is 'amount, as the CRM has it';
comment on column cl_sales.deal_brief.currency is 'its currency';
comment on column cl_sales.deal_brief.amount_reporting is 'amount in the reporting currency; null: no rate is known';
comment on column cl_sales.deal_brief.created_at is 'when it was made';
comment on column cl_sales.deal_brief.expected_close_on is 'day on which it is expected to close';
comment on column cl_sales.deal_brief.days_open is 'whole days between its making and the newest data (cl_ops.setting.read_at)';
comment on column cl_sales.deal_brief.people is 'its contacts, the primary one first, as a list of objects: person_id, name, email, title, roles, is_primary, persona, stage, score, last_seen_at, days_silent, buying_signals, contents (how many different ones it met), read (the five that it met most). persona to buying_signals, but for last_seen_at, are null for who is no lead; null: nobody is known';
comment on column cl_sales.deal_brief.score is 'sum of their scores; null: there are none';
comment on column cl_sales.deal_brief.contents is 'number of different contents that its people met';
comment on column cl_sales.deal_brief.last_seen_at is 'time of their last view';
comment on column cl_sales.deal_brief.days_silent is 'whole days since then; null: nobody was seen';
comment on column cl_sales.deal_brief.last_activity_at is 'time of the last call, mail or meeting about it or with one of its contacts';
comment on column cl_sales.deal_brief.unread is 'up to five contents of cl_sales.winning_content, of the deals that it is compared with (cl_sales.compared_deal), that none of its people has met, the best lift first, as a list of objects: content_id, title, reason, and what the reason is made of, as in cl_sales.winning_content; empty: none, or there is not enough data to say so';

comment on view cl_sales.next_content is 'One row: a content to send next, for a lead without an open or won deal, or for an open deal: of cl_sales.winning_content, of the deals that it is compared with (cl_sales.compared_lead, compared_deal), those that none of its people has met, the best lift first, at most three. No row: there is nothing, or not enough data to say so.';
comment on column cl_sales.next_content.subject is 'lead or deal';
comment on column cl_sales.next_content.person_id is 'lead: cl_sales.lead; null for a deal';
comment on column cl_sales.next_content.email is 'its address, in lower case';
comment on column cl_sales.next_content.deal_id is 'deal: cl_core.deal; null for a lead';
comment on column cl_sales.next_content.name is 'name of the lead or the deal';
comment on column cl_sales.next_content.owner is 'who in sales looks after it';
comment on column cl_sales.next_content.place is '1: the best, 2, 3';
comment on column cl_sales.next_content.content_id is 'content: cl_core.content';
comment on column cl_sales.next_content.url is 'its canonical URL';
comment on column cl_sales.next_content.title is 'its title';
comment on column cl_sales.next_content.topic is 'what it is about';
comment on column cl_sales.next_content.compared_with is 'the closed deals that it is compared with: persona, industry, or all';
comment on column cl_sales.next_content.compared_item is 'which persona or industry; (all): all closed deals';
comment on column cl_sales.next_content.won_with is 'won ones of these that met it';
comment on column cl_sales.next_content.deals_with is 'those of these that met it';
comment on column cl_sales.next_content.won_without is 'won ones of these that did not';
comment on column cl_sales.next_content.deals_without is 'those of these that did not';
comment on column cl_sales.next_content.win_rate_with is 'won_with / deals_with';
comment on column cl_sales.next_content.win_rate_without is 'won_without / deals_without';
comment on column cl_sales.next_content.lift is 'win_rate_with - win_rate_without';
comment on column cl_sales.next_content.lift_low is 'lower end of its 95 % interval; 0 or less: the lift may be chance';
comment on column cl_sales.next_content.reason is 'why, in words';

comment on view cl_sales.hot_lead is 'One row: a lead for which something changed in the day before the newest data (cl_ops.setting.read_at): it entered a higher stage, its score rose, or it was seen. Order by place.';
comment on column cl_sales.hot_lead.place is '1: the hottest. Who entered a stage comes first, the highest stage first; then by how much the score rose, then by new touches, by score, and by who was seen last';
comment on column cl_sales.hot_lead.person_id is 'person: cl_sales.lead';
comment on column cl_sales.hot_lead.email is 'address, in lower case';
comment on column cl_sales.hot_lead.name is 'name';
comment on column cl_sales.hot_lead.company is 'company';
comment on column cl_sales.hot_lead.owner is 'who in sales looks after the lead';
comment on column cl_sales.hot_lead.persona is 'persona';
comment on column cl_sales.hot_lead.stage is 'stage in which it stands';
comment on column cl_sales.hot_lead.customer_since is 'closing of its first won deal; null: none';
comment on column cl_sales.hot_lead.new_stage is 'stage in which it stands now, if it is higher than the one of a day before; null: it is not';
comment on column cl_sales.hot_lead.came_from is 'stage in which it stood then; null: none';
comment on column cl_sales.hot_lead.score is 'score now';
comment on column cl_sales.hot_lead.score_rise is 'by how much it is more than a day before, when less had faded; below 0: it is less';
comment on column cl_sales.hot_lead.new_touches is 'touches that went on in that day';
comment on column cl_sales.hot_lead.new_contents is 'titles of what it met in them, newest first, up to five';
comment on column cl_sales.hot_lead.buying_signals is 'as in cl_sales.lead';
comment on column cl_sales.hot_lead.why is 'all of this in words';
