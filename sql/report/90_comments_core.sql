-- What each table and column of cl_core says. sql/README.md is made from these comments.

comment on schema cl_core is 'Facts, each once: what sources brought (tables *_history), what is known now, and who is who. All times are instants (timestamptz); days and months are those of cl_ops.setting.timezone. Keys are 128-bit digests of natural keys, stored as uuid.';

-- Columns that mean the same wherever they stand.
do $$
declare
    meaning record;
    place record;
begin
    for meaning in
        values
            ('source', 'name of the configured source that the row came from'),
            ('system', 'system whose keys the row uses; sources of one system share keys'),
            ('batch_no', 'batch that brought the row: cl_ops.batch'),
            ('place', 'place of the batch in the chain of its source; 0 for append'),
            ('ordinal', 'place of the record within its batch'),
            ('digest', 'digest of all the record says: a version with the digest of the one before is not kept'),
            ('is_deleted', 'true: the source says that the record is gone, or a snapshot no longer holds it'),
            ('updated_at', 'when the source wrote this version; null where it does not say'),
            ('known_at', 'read_at of the batch: since when this was known here'),
            ('person_key', 'key of the contact, or else of the address, that the row names; its person: cl_core.person_alias'),
            ('person_id', 'the person, resolved: cl_core.person'),
            ('visitor_id', 'visitor: keyed digest of a cookie or device id, within its system'),
            ('contact_key', 'contact''s key in its system, as written there'),
            ('email', 'e-mail address, in lower case'),
            ('company_domain', 'company''s own domain: what was registered below a public suffix, in lower case and ASCII; null: none, or free mail'),
            ('account_id', 'account: cl_core.account; it may not be known there'),
            ('deal_id', 'deal: cl_core.deal; it may not be known there'),
            ('content_id', 'content: cl_core.content'),
            ('arrival_id', 'arrival: cl_core.arrival'),
            ('owner', 'who in sales looks after it'),
            ('created_at', 'when it was made, as the source says'),
            ('currency', 'ISO 4217 code')
    loop
        for place in
            select c.relname, a.attname
            from pg_catalog.pg_class as c
            join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'cl_core'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
              and a.attname = meaning.column1
        loop
            execute format('comment on column cl_core.%I.%I is %L', place.relname, place.attname, meaning.column2);
        end loop;
    end loop;
end
$$;

-- ------------------------------------------------------------------------------------------ what visitors did

comment on table cl_core.view is 'One row: a visitor''s interaction with a content (page view, download, form, e-mail click, video, webinar), bots and internal traffic left out. Partitioned by month of viewed_at (UTC). No foreign keys: loading would be many times slower.';
comment on column cl_core.view.view_id is 'event: its own id within its system, or else visitor, time, content and interaction; equal means the same event';
comment on column cl_core.view.visitor_id is 'visitor: keyed digest of the cookie; without a cookie, of the address; with neither, a visitor of this one view';
comment on column cl_core.view.viewed_at is 'when it happened';
comment on column cl_core.view.arrival_id is 'how the visitor came, as this view alone tells: cl_core.arrival; the visit''s arrival is that of its first view';
comment on column cl_core.view.visit_mark is 'digest of the campaign, click id or outside referrer that the view shows; a new one starts a new visit; null: it shows none';
comment on column cl_core.view.interaction is 'page_view, download, form, email_click, video, webinar, ... as the source says; dwell: no view of its own, only more seconds on one';
comment on column cl_core.view.dwell_seconds is 'seconds spent, where the source says so';

comment on table cl_core.view_duplicate is 'One row: a further copy of an event in cl_core.view, brought by the same or another batch. Counted nowhere; it takes the view''s place when the batch that brought that one is replaced.';
comment on column cl_core.view_duplicate.view_id is 'event, as in cl_core.view';
comment on column cl_core.view_duplicate.viewed_at is 'when it happened, as this copy says';
comment on column cl_core.view_duplicate.visit_mark is 'as in cl_core.view';
comment on column cl_core.view_duplicate.interaction is 'as in cl_core.view';
comment on column cl_core.view_duplicate.dwell_seconds is 'as in cl_core.view';

comment on table cl_core.arrival is 'One row: a way in which visits begin. One row named unattributed stands for deals without a touch.';
comment on column cl_core.arrival.arrival_id is 'digest of all other columns';
comment on column cl_core.arrival.channel is 'channel, by GA4''s default channel groups: Direct, Organic Search, Paid Search, Email, Referral, ...';
comment on column cl_core.arrival.source is 'campaign source (utm_source, or told by click id or referrer), in lower case';
comment on column cl_core.arrival.medium is 'campaign medium, in lower case';
comment on column cl_core.arrival.campaign is 'campaign name; null: none';
comment on column cl_core.arrival.term is 'campaign term; null: none';
comment on column cl_core.arrival.content_tag is 'campaign content tag (utm_content); null: none';
comment on column cl_core.arrival.referrer_host is 'host that led here, if it is not the site''s own; null: none';

comment on table cl_core.content_seen is 'One row: a content that a batch''s views or costs name. What is seen but not in the catalogue is content too.';
comment on column cl_core.content_seen.url is 'canonical URL';
comment on column cl_core.content_seen.host is 'its host';
comment on column cl_core.content_seen.path is 'its path, without parameters';
comment on column cl_core.content_seen.title is 'newest title that a view of the batch showed';
comment on column cl_core.content_seen.titled_at is 'time of that view';

-- ------------------------------------------------------------------------------------------ who is who

comment on table cl_core.person is 'One row: a person, that is all contacts, addresses and visitors that turned out to be one. One row named unattributed stands for deals without a touch. What the person''s leading contact does not say, no other contact says in its place.';
comment on column cl_core.person.person_id is 'lowest key of the person''s contacts, or of its addresses if it has no contact; changes when contacts are merged';
comment on column cl_core.person.email is 'address of the leading contact, or else one that identified a visitor, or else one written in a deal';
comment on column cl_core.person.name is 'name, as the leading contact has it';
comment on column cl_core.person.company is 'company, as the leading contact has it';
comment on column cl_core.person.title is 'job title';
comment on column cl_core.person.account_id is 'account of the leading contact: cl_core.account';
comment on column cl_core.person.stage is 'the CRM''s stage of the leading contact';
comment on column cl_core.person.is_lead is 'true: a contact of the CRM that is not deleted; false: known by an address alone';
comment on column cl_core.person.became_lead_at is 'earliest created_at of the person''s contacts';
comment on column cl_core.person.first_seen_at is 'time of the person''s first view';
comment on column cl_core.person.last_seen_at is 'time of the person''s last view';
comment on column cl_core.person.touches is 'number of touches';
comment on column cl_core.person.views is 'number of views in them';

comment on table cl_core.person_alias is 'One row: a person key and the person that it leads to. Every key that a lead, identity, deal contact, activity, question or property change names stands here.';
comment on column cl_core.person_alias.person_key is 'key of a contact or of an address';

comment on table cl_core.person_edge is 'One row: a tie between a contact and an address or another contact, as some version of the contact claims or claimed it. Persons are resolved from these; an address that several unmerged contacts of one system claim ties nobody (cl_ops.quality, address_shared).';
comment on column cl_core.person_edge.lead_id is 'the contact';
comment on column cl_core.person_edge.key is 'address that it claims, or contact that it was merged into';
comment on column cl_core.person_edge.kind is 'email or merge';
comment on column cl_core.person_edge.system is 'system of the contact';
comment on column cl_core.person_edge.is_current is 'true: the newest version of the contact says so';

comment on table cl_core.contact_root is 'One row: a contact that was merged into another one, and where that leads in the end.';
comment on column cl_core.contact_root.lead_id is 'the contact';
comment on column cl_core.contact_root.root_key is 'the contact at the end of its merges; of a cycle the lowest key, which is then its own';

comment on table cl_core.shared_address is 'One row: an address that several unmerged contacts of one system claim, and that therefore ties nobody.';
comment on column cl_core.shared_address.address_key is 'the address';
comment on column cl_core.shared_address.system is 'the system most of whose contacts claim it';
comment on column cl_core.shared_address.contacts is 'how many of them';
comment on column cl_core.shared_address.contact_keys is 'the first of their keys, at most eleven';

comment on table cl_core.identity is 'One row: a visitor shown to be a person, from that moment on until the visitor''s next identity; what came before the first one belongs to the first. Views that show an address are identities too.';
comment on column cl_core.identity.identity_id is 'the identity''s own key, or else visitor, time and person key';
comment on column cl_core.identity.identified_at is 'from when on the visitor is this person';

comment on table cl_core.lead is 'One row: a contact of the CRM, as known now. Several contacts may be one person: cl_core.person.';
comment on column cl_core.lead.lead_id is 'the contact''s person key';
comment on column cl_core.lead.person_key is 'the same as lead_id';
comment on column cl_core.lead.merged_into_key is 'contact that this one was merged into';
comment on column cl_core.lead.name is 'the person''s name';
comment on column cl_core.lead.company is 'company, as the lead gave it';
comment on column cl_core.lead.title is 'job title';
comment on column cl_core.lead.employees is 'size of the company in people';
comment on column cl_core.lead.country is 'country';
comment on column cl_core.lead.industry is 'industry';
comment on column cl_core.lead.phone is 'telephone number';
comment on column cl_core.lead.stage is 'the CRM''s own stage of the lead';
comment on column cl_core.lead.source_detail is 'where the CRM says that the lead came from';
comment on column cl_core.lead.created_at is 'when the person became a lead';

comment on table cl_core.account is 'One row: a company, as known now; those that were deleted too (is_deleted), since some of them were merged.';
comment on column cl_core.account.account_id is 'account: its key in its system, or else its domain';
comment on column cl_core.account.account_key is 'key in its system, as written there';
comment on column cl_core.account.domain is 'company''s internet domain';
comment on column cl_core.account.name is 'company''s name';
comment on column cl_core.account.industry is 'industry';
comment on column cl_core.account.employees is 'size in people';
comment on column cl_core.account.country is 'country';
comment on column cl_core.account.merged_into_id is 'account that this one was merged into';
comment on column cl_core.account.survivor_id is 'end of the chain of merges; what is the account''s counts for that one; null: not merged';
comment on function cl_core.domain_of_account(cl_core.account) is 'The company_domain that an account''s record says; null of one that was deleted and not merged into another.';

comment on table cl_core.person_account is 'One row: an account that a person''s record names, where the record is neither gone nor merged into another one. Kept only while attribution says scope: account.';
comment on column cl_core.person_account.account_id is 'account, as the record names it: cl_core.account, where it may have been merged, or not be known';

comment on table cl_core.person_domain is 'One row: a company''s domain that a person has an e-mail address of: by its records or, where none of them says an address, by those that views, identities and deal contacts showed. Kept only while attribution says scope: account.';

-- ------------------------------------------------------------------------------------------ what sales did

comment on table cl_core.deal is 'One row: a deal, as known now. Reports leave out those with outcome deleted; their rows stay for drill-down.';
comment on column cl_core.deal.deal_id is 'deal: its key within its system';
comment on column cl_core.deal.deal_key is 'key in its system, as written there';
comment on column cl_core.deal.name is 'deal''s name';
comment on column cl_core.deal.stage is 'the CRM''s own stage of the deal';
comment on column cl_core.deal.outcome is 'won: is_won; lost: closed and not won; deleted: gone or merged into another; else open';
comment on column cl_core.deal.amount is 'amount in currency, as the source says; null counts as zero (cl_ops.quality, deal_without_amount)';
comment on column cl_core.deal.amount_reporting is 'amount in the reporting currency, rounded half away from zero: by the newest rate of the day it closed (open: was made) or of the 7 days before; null: no such rate (cl_ops.quality, deal_without_rate)';
comment on column cl_core.deal.is_won is 'true: the source says won';
comment on column cl_core.deal.is_closed is 'true: the source says closed';
comment on column cl_core.deal.closed_at is 'when it was won or lost; null: not closed. A date alone means its end';
comment on column cl_core.deal.is_closed_at_assumed is 'true: the source gives no close date; closed_at is when the version that closed the deal was written';
comment on column cl_core.deal.expected_close_on is 'of a deal that is not closed: when that is expected';
comment on column cl_core.deal.ends_at is 'end of its journey: closed_at, or created_at where the configuration says until: created_at; null: open';
comment on column cl_core.deal.month is 'first day of the month in which it closed; open: was made';
comment on column cl_core.deal.merged_into_id is 'deal that this one was merged into';
comment on column cl_core.deal.survivor_id is 'end of the chain of merges; the deal''s contacts count for that deal';

comment on table cl_core.deal_contact is 'One row: a contact''s part in a deal, as known now. Resolved and with merges followed: cl_core.deal_person.';
comment on column cl_core.deal_contact.deal_contact_id is 'digest of deal, person key and role';
comment on column cl_core.deal_contact.role is 'role in the deal, as the source says';
comment on column cl_core.deal_contact.is_primary is 'true: the deal''s main contact';

comment on table cl_core.deal_person is 'One row: a person who takes part in a deal: a contact of it or of one that was merged into it; by scope: account also one whose record names the deal''s account, or who has an e-mail address of its company''s domain.';
comment on column cl_core.deal_person.deal_id is 'deal: cl_core.deal';
comment on column cl_core.deal_person.roles is 'all roles of the person in the deal, by name';
comment on column cl_core.deal_person.is_primary is 'true: the deal''s main contact';
comment on column cl_core.deal_person.is_contact is 'true: a contact of the deal; false: one of the people of its account, who take part by scope: account';
comment on column cl_core.deal_person.role_weight is 'highest configured weight of the person''s roles, in units of 10^-6; 1000000: none is set';

comment on table cl_core.deal_split is 'One row: a part of a deal that somebody in sales has, as known now. Brought to the whole, with merges followed: cl_core.deal_owner.';
comment on column cl_core.deal_split.deal_split_id is 'split: its key within its system, or else digest of deal and owner';
comment on column cl_core.deal_split.split_key is 'key in its system, as written there; null: it has none';
comment on column cl_core.deal_split.owner is 'who in sales has this part; null: the source names nobody';
comment on column cl_core.deal_split.percent is 'how much of the deal, 100 being all, as the source says; those of a deal may add up to something else (cl_ops.quality, deal_split_not_whole)';

comment on table cl_core.deal_owner is 'One row: somebody in sales and the part of a deal that is his or hers; the shares of a deal add up to 1, the amounts to its amount_reporting. By the deal''s splits in proportion to their percents; without any, by those of the deals merged into it; else the deal''s owner has all.';
comment on column cl_core.deal_owner.owner is 'who; (none): the source names nobody';
comment on column cl_core.deal_owner.share is 'part of the deal, in whole 10^-12';
comment on column cl_core.deal_owner.amount is 'part of amount_reporting, in whole minor units: rounded down, then the largest remainders get one more, equal ones by name; null: no rate is known for the deal';

comment on table cl_core.activity is 'One row: a call, mail or meeting of sales, as known now.';
comment on column cl_core.activity.activity_id is 'activity: its key within its system';
comment on column cl_core.activity.activity_key is 'key in its system, as written there';
comment on column cl_core.activity.kind is 'call, mail, meeting, ... as the source says';
comment on column cl_core.activity.direction is 'inbound or outbound';
comment on column cl_core.activity.subject is 'what it was about';
comment on column cl_core.activity.outcome is 'how it ended';
comment on column cl_core.activity.owner is 'who in sales did it';
comment on column cl_core.activity.happened_at is 'when it happened';
comment on column cl_core.activity.duration_seconds is 'how long it took, in seconds';

comment on table cl_core.question is 'One row: a customer''s question that sales passes to marketing, as known now.';
comment on column cl_core.question.question_id is 'question: its key within its system';
comment on column cl_core.question.question_key is 'key in its system, as written there';
comment on column cl_core.question.topic is 'what it is about';
comment on column cl_core.question.text is 'the question';
comment on column cl_core.question.asked_at is 'when it was asked';

comment on table cl_core.property_change is 'One row: a property of a deal or of a contact that changed, and when. Of a deal deal_id is set, of a contact person_key. A change is what it says: read again it is the same row.';
comment on column cl_core.property_change.property_change_id is 'digest of the deal or person key, property, changed_at and value';
comment on column cl_core.property_change.deal_id is 'the deal that changed, as written there; if it was merged, cl_core.deal.survivor_id says into which. It may not be known there';
comment on column cl_core.property_change.deal_key is 'the deal''s key in its system, as written there';
comment on column cl_core.property_change.property is 'what changed: stage, owner, amount, ... as cl_core.deal and cl_core.lead name it; what they do not have, as the source names it';
comment on column cl_core.property_change.value is 'what it became, as the source wrote it: an owner may be an id here; null: nothing';
comment on column cl_core.property_change.changed_at is 'when it changed, as the source says';
comment on column cl_core.property_change.source_detail is 'what the source says of who or what changed it';

-- ------------------------------------------------------------------------------------------ content, costs, rates

comment on table cl_core.content is 'One row: a content, which is its canonical URL. Catalogues describe it, each property by the first of them that has it; a view of something that is in none makes a row too. One row named unattributed stands for deals without a touch.';
comment on column cl_core.content.content_id is 'digest of the canonical URL';
comment on column cl_core.content.url is 'canonical URL';
comment on column cl_core.content.host is 'its host';
comment on column cl_core.content.path is 'its path, without parameters';
comment on column cl_core.content.title is 'title from the catalogues, or else the newest one that a view showed';
comment on column cl_core.content.kind is 'blog, guide, case_study, webinar, pricing, ... from the catalogues, or else a rule';
comment on column cl_core.content.topic is 'what it is about, from the catalogues, or else a rule';
comment on column cl_core.content.topic_id is 'the topic as cl_marketing.journey_sum knows it: a digest; of (none) without one';
comment on column cl_core.content.stage is 'stage of the buyer''s journey that it serves, from the catalogues, or else a rule';
comment on column cl_core.content.persona is 'whom it is written for, from the catalogues, or else a rule';
comment on column cl_core.content.author is 'who wrote it, from the catalogues';
comment on column cl_core.content.published_at is 'when it was published, from the catalogues';
comment on column cl_core.content.is_catalogued is 'true: it is in a catalogue';

comment on column cl_core.content.kind_from is 'what said so: a catalogue''s source, or rule and its number in cl_core.content_rule';
comment on column cl_core.content.topic_from is 'likewise, of the topic';
comment on column cl_core.content.stage_from is 'likewise, of the stage';
comment on column cl_core.content.persona_from is 'likewise, of the persona';
comment on column cl_core.content.catalogues is 'sources that list it now, in the order in which they are asked; empty: none';

comment on table cl_core.catalogue is 'One row: a source of content, and its turn when several list the same one: the order of the configuration. Sources that it no longer names come after all of these, by their names.';
comment on column cl_core.catalogue.source is 'name of the source';
comment on column cl_core.catalogue.turn is '1 is asked first';

comment on table cl_core.content_rule is 'One row: a rule of the configuration that says what no catalogue says of content. Of each property the first rule counts that fits and has it.';
comment on column cl_core.content_rule.rule_no is 'its place in the configuration';
comment on column cl_core.content_rule.paths is 'patterns of the path, of which one must fit: * is any characters; one with a question mark is for the path with its parameters; null: any path';
comment on column cl_core.content_rule.hosts is 'patterns of the host, of which one must fit; null: any host';
comment on column cl_core.content_rule.kind is 'kind of such content; null: the rule does not say';
comment on column cl_core.content_rule.topic is 'topic of such content; null: the rule does not say';
comment on column cl_core.content_rule.stage is 'stage that such content serves; null: the rule does not say';
comment on column cl_core.content_rule.persona is 'whom such content is written for; null: the rule does not say';

comment on table cl_core.cost is 'One row: money spent on a channel, a campaign or a content on a day, as known now.';
comment on column cl_core.cost.cost_id is 'the row''s own key, or else digest of what it was spent on and the day';
comment on column cl_core.cost.day is 'day on which it was spent, as written';
comment on column cl_core.cost.channel is 'channel, by its name in cl_core.arrival; null: none named';
comment on column cl_core.cost.campaign is 'campaign; null: none named';
comment on column cl_core.cost.campaign_source is 'campaign source; null: none named';
comment on column cl_core.cost.medium is 'campaign medium; null: none named';
comment on column cl_core.cost.content_id is 'content that it paid for; null: none named';
comment on column cl_core.cost.amount is 'amount in currency';
comment on column cl_core.cost.amount_reporting is 'amount in the reporting currency, by the newest rate of the day or of the 7 days before; null: no such rate (cl_ops.quality, cost_without_rate)';
comment on column cl_core.cost.detail is 'a note';

comment on table cl_core.rate is 'One row: what one unit of a currency is worth from a day on, as known now.';
comment on column cl_core.rate.rate_id is 'digest of currency and day';
comment on column cl_core.rate.day is 'day from which the rate holds';
comment on column cl_core.rate.rate is 'units of the reporting currency for one unit of currency';

-- ------------------------------------------------------------------------------------------ touches

comment on table cl_core.robot_day is 'One row: a visitor with more than cl_ops.setting.bots_above views in a day, a robot that day: those views make no touch and are not in content_performance. Empty unless traffic.bots_above is set.';
comment on column cl_core.robot_day.visitor_id is 'visitor, as in cl_core.view';
comment on column cl_core.robot_day.day is 'day in the reporting time zone';
comment on column cl_core.robot_day.views is 'number of its views in that day';

comment on table cl_core.touch is 'One row: a person meeting one content in one visit; repeated views in a visit fold into it. Visits are cut per visitor: after more than 30 minutes without a view, or at a new campaign, click id or outside referrer. Touches are ordered by touched_at, source, touch_id.';
comment on column cl_core.touch.touch_id is 'its first view: cl_core.view.view_id';
comment on column cl_core.touch.person_id is 'whom the visitor was at that time: cl_core.person';
comment on column cl_core.touch.touched_at is 'time of its first view';
comment on column cl_core.touch.last_viewed_at is 'time of its last view';
comment on column cl_core.touch.source is 'source of its first view';
comment on column cl_core.touch.arrival_id is 'how the visit began: cl_core.arrival';
comment on column cl_core.touch.interaction is 'first interaction other than page_view and dwell, or else page_view';
comment on column cl_core.touch.views is 'number of views that fold into it';
comment on column cl_core.touch.dwell_seconds is 'sum of their seconds; null where no source says any';
comment on column cl_core.touch.is_before_known is 'true: the visitor was not yet known to be this person';

-- ------------------------------------------------------------------------------------------ versions

-- A history says in the words of the current table what was known then.
do $$
declare
    kind text;
    place record;
begin
    foreach kind in array array['identity', 'lead', 'account', 'deal', 'deal_contact', 'deal_split', 'activity', 'content',
                                'question', 'property_change', 'cost', 'rate'] loop
        execute format('comment on table cl_core.%I is %L', kind || '_history', format(
            'One row: a version of a record in cl_core.%s, as a source said it at the time. A version is kept if it differs from what its source said before; a deletion is a version too.',
            kind));
        for place in
            select h.attname, pg_catalog.col_description(c.attrelid, c.attnum) as meaning
            from pg_catalog.pg_attribute as h
            join pg_catalog.pg_attribute as c
                on c.attrelid = ('cl_core.' || kind)::regclass and c.attname = h.attname and not c.attisdropped
            where h.attrelid = ('cl_core.' || kind || '_history')::regclass
              and (h.attname = kind || '_id'
                   or quote_ident(h.attname) = any (cl_core.payload_columns(kind || '_history')))
        loop
            execute format('comment on column cl_core.%I.%I is %L', kind || '_history', place.attname, place.meaning);
        end loop;
    end loop;
end
$$;

comment on column cl_core.lead_history.person_key is 'the same as lead_id';
comment on column cl_core.lead_history.email_key is 'key of email, as in cl_core.person_alias';
comment on column cl_core.lead_history.other_email_keys is 'keys of the further and earlier addresses that the contact claims';
comment on column cl_core.lead_history.created_at is 'when the person became a lead';
comment on table cl_core.deal_history is 'One row: a version of a record in cl_core.deal, as a source said it at the time. A version is kept if it differs from what its source said before; a deletion is a version too. Which of them counted at a moment: cl_core.deal_as_of(moment).';
comment on column cl_core.deal_history.amount is 'amount in currency';
comment on column cl_core.deal_history.closed_at is 'close date as the source says it; of an open deal, the expected one';

-- ------------------------------------------------------------------------------------------ functions

comment on table cl_core.arrival_seen is 'One row: an arrival that a batch brought; it goes with the last of them.';
comment on column cl_core.arrival_seen.arrival_id is 'the arrival: cl_core.arrival';
comment on column cl_core.arrival_seen.batch_no is 'the batch: cl_ops.batch';

comment on function cl_core.deal_as_of(timestamptz) is 'The deals as they were known at a moment: of the versions read by then (known_at) those that counted, with outcome and merges. Its close date is as the source said it; deals that it never dated have none. What a corrected mapping replaced is known since it was read anew.';
comment on function cl_core.follow_merges() is 'Follows the merges in pg_temp.merge_step to their end. Used by refreshing.';
comment on function cl_core.find_survivors(text) is 'Finds what the changed records of a kind are merged into in the end. Used by refreshing.';
comment on function cl_ops.analyze_grown(regclass[]) is 'Gathers statistics of tables that have grown by half since it was done last. Used by refresh.';
comment on function cl_core.month_of(timestamptz) is 'First day of the month that holds the instant, in the reporting time zone.';
comment on function cl_core.day_of(timestamptz) is 'Day that holds the instant, in the reporting time zone.';
comment on function cl_core.payload_columns(text) is 'Columns of a history that are the record''s own. Used by loading.';
comment on function cl_core.note_versions(text, integer[]) is 'Notes in cl_ops.changed_key the records of which batches brought versions of one kind, and whom leads claim to be.';
comment on function cl_core.merge_appended(text, integer[]) is 'Adds the records of one kind that batches of an append source brought to their history. Used by loading.';
comment on function cl_core.merge_versions(text, integer, numeric, boolean) is 'Merges the records of one kind that a batch brought into their history; in a snapshot, what is missing is deleted. Used by loading.';
comment on function cl_core.make_partitions(date[]) is 'Makes the monthly partitions of cl_core.view that hold these days.';
comment on function cl_core.merge_content_seen() is 'Merges the contents that batches name. Used by loading.';
comment on function cl_core.merge_arrivals() is 'Merges the arrivals of batches. Used by loading.';
comment on function cl_core.note_views(integer[]) is 'Notes in cl_ops.changed_key the identified visitors of the batches'' views.';
comment on function cl_core.index_partitions() is 'Makes the index on visitor_id in those partitions of cl_core.view that have just got their first rows.';
comment on function cl_core.shared_time(integer[]) is 'When, in microseconds since 1970, another batch of the same system reaches into the time of these, which came together, so that their views must be checked for duplicates; nulls if none does.';
comment on function cl_core.merge_views() is 'Merges the views that were staged; returns how many of them are copies that do not count.';
comment on function cl_core.settle_copies() is 'Settles which copy of an event counts: the earliest, then that of the lowest batch_id. Used by loading.';
comment on function cl_core.remove_batches(integer[]) is 'Takes the rows of batches of one source away, since the same inputs under another mapping take their place.';
comment on function cl_core.role_name(text) is 'A role as the configuration writes it: in lower case, with an underscore for what is no letter or digit.';
comment on function cl_core.like_pattern(text) is 'A pattern in which * is any characters, as LIKE wants it.';
comment on function cl_core.configure_content(jsonb, jsonb) is 'Takes over the order of catalogues and the rules for content; true if they changed, and then all content is refreshed. Used by refresh.';
comment on function cl_core.publish(text) is 'Brings the current table of a kind up to the newest versions of its changed keys. Used by refresh.';
