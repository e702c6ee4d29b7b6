-- What each table, view and column of cl_ops says.

comment on schema cl_ops is 'How the pipeline runs: batches, rejects, runs, what is wrong with the data, and whether the figures agree.';

comment on table cl_ops.migration is 'One row: a file of sql/ that was applied to this database.';
comment on column cl_ops.migration.name is 'file, below sql/';
comment on column cl_ops.migration.checksum is 'digest of its text; an applied migration must never change';
comment on column cl_ops.migration.applied_at is 'when it was applied';

comment on table cl_ops.batch is 'One row: a batch, that is one input of one source, read once. Its id digests source, input, mapping and version: the same again is the same batch.';
comment on column cl_ops.batch.batch_no is 'number, in the order of loading';
comment on column cl_ops.batch.batch_id is 'digest of source, input bytes, mapping and version of transform';
comment on column cl_ops.batch.source is 'name of the source in the configuration';
comment on column cl_ops.batch.system is 'system whose keys it uses';
comment on column cl_ops.batch.mode is 'append: the first of a key stays; upsert: the newest wins; snapshot: each is the whole, what is missing is deleted';
comment on column cl_ops.batch.place is 'place in the chain of its source, from 1; 0 for append';
comment on column cl_ops.batch.read_at is 'when the source was read';
comment on column cl_ops.batch.sequence is 'place among the batches of one run of extract';
comment on column cl_ops.batch.file is 'first input file';
comment on column cl_ops.batch.input_digest is 'digest of the input bytes';
comment on column cl_ops.batch.mapping_digest is 'digest of the part of the configuration that decides what a record becomes';
comment on column cl_ops.batch.status is 'loaded; refused: no row was taken, see reason; replaced: the same input came again under another mapping';
comment on column cl_ops.batch.reason is 'why it was refused';
comment on column cl_ops.batch.first_at is 'time of its first view; null: it has none';
comment on column cl_ops.batch.last_at is 'time of its last view; null: it has none';
comment on column cl_ops.batch.loaded_at is 'when it was loaded or refused';

comment on table cl_ops.batch_input is 'One row: a file that a batch was read from.';
comment on column cl_ops.batch_input.batch_no is 'batch: cl_ops.batch';
comment on column cl_ops.batch_input.file_no is 'place in the batch, from 0';
comment on column cl_ops.batch_input.file is 'path, as the machine that read it saw it';
comment on column cl_ops.batch_input.digest is 'digest of its bytes';
comment on column cl_ops.batch_input.raw_bytes is 'size as it stands';
comment on column cl_ops.batch_input.decoded_bytes is 'size unpacked';
comment on column cl_ops.batch_input.modified_at is 'when the file was last written';

comment on table cl_ops.batch_count is 'One row: what became of a batch''s records of one kind. read = emitted + rejected + duplicate + filtered, always.';
comment on column cl_ops.batch_count.batch_no is 'batch: cl_ops.batch';
comment on column cl_ops.batch_count.kind is 'record kind: view, identity, lead, account, deal, deal_contact, deal_split, activity, content, question, property_change, cost, rate';
comment on column cl_ops.batch_count.read is 'records read, after nested ones are unfolded';
comment on column cl_ops.batch_count.emitted is 'taken over as facts';
comment on column cl_ops.batch_count.rejected is 'unusable: cl_ops.reject';
comment on column cl_ops.batch_count.duplicate is 'brought before, or an older version than one in the same batch';
comment on column cl_ops.batch_count.filtered is 'left out by the configuration, as a bot or as internal traffic';

comment on table cl_ops.batch_filter is 'One row: how many of a batch''s records of one kind were left out for one reason. The reasons of a kind add up to cl_ops.batch_count.filtered.';
comment on column cl_ops.batch_filter.batch_no is 'batch: cl_ops.batch';
comment on column cl_ops.batch_filter.kind is 'record kind, as in cl_ops.batch_count';
comment on column cl_ops.batch_filter.reason is 'mapping: by the source''s own conditions; is_bot: the source says so; robot, headless: by the user agent; internal_address, internal_parameter: internal traffic; planned: an activity still to come; about_nobody: an activity with neither a person nor a deal';
comment on column cl_ops.batch_filter.records is 'number of records';

comment on view cl_ops.filtered is 'One row: how many of a source''s records were left out for one reason, in all batches that are loaded.';
comment on column cl_ops.filtered.source is 'name of the source';
comment on column cl_ops.filtered.kind is 'record kind';
comment on column cl_ops.filtered.reason is 'mapping: by the source''s own conditions; is_bot: the source says so; robot, headless: by the user agent; internal_address, internal_parameter: internal traffic';
comment on column cl_ops.filtered.records is 'number of records';

comment on table cl_ops.reject is 'One row: a record that could not be used, and why. Correct it at the source; it then comes with another input.';
comment on column cl_ops.reject.batch_no is 'batch: cl_ops.batch';
comment on column cl_ops.reject.batch_id is 'its batch_id';
comment on column cl_ops.reject.source is 'name of the source';
comment on column cl_ops.reject.file is 'input file';
comment on column cl_ops.reject.line is 'line in it on which the record begins, from 1';
comment on column cl_ops.reject.kind is 'record kind that it was to become; null: not known';
comment on column cl_ops.reject.field is 'field or column that was wrong; null: the record as a whole';
comment on column cl_ops.reject.code is 'reason as one word: bad_json, bad_time, bad_email, missing, in_future, ragged_row, ...';
comment on column cl_ops.reject.reason is 'reason in words';
comment on column cl_ops.reject.raw is 'start of the text as it was read, addresses masked; null where a cookie may stand in it';

comment on table cl_ops.changed_key is 'One row: something that loading changed and the reports do not show yet. Refresh takes these rows away.';
comment on column cl_ops.changed_key.kind is 'record kind, or person, visitor, content, arrival';
comment on column cl_ops.changed_key.key is 'its key';
comment on table cl_ops.changed_day is 'One row: a day (UTC) whose views changed since the last refresh.';
comment on column cl_ops.changed_day.day is 'the day';

comment on table cl_ops.setting is 'The one row says what the reports were computed with.';
comment on column cl_ops.setting.is_only is 'true: there is one row';
comment on column cl_ops.setting.secret_fingerprint is 'fingerprint of the installation''s secret; batches made with another one are refused';
comment on column cl_ops.setting.timezone is 'reporting time zone: days and months are cut in it';
comment on column cl_ops.setting.currency is 'reporting currency, ISO 4217';
comment on column cl_ops.setting.currency_exponent is 'decimal places of its minor unit';
comment on column cl_ops.setting.lookback is 'how long before a deal was made its journey begins';
comment on column cl_ops.setting.until is 'where a journey ends: closed_at or created_at of the deal';
comment on column cl_ops.setting.half_life_days is 'half-life of the model time_decay, in days';
comment on column cl_ops.setting.history_days is 'how many days superseded credit is kept (cl_marketing.deal_touch_history); null: for good';
comment on column cl_ops.setting.history_from is 'what was reported is told from here on (cl_marketing.attribution_as_of()); -infinity: nothing was dropped yet';
comment on column cl_ops.setting.bots_above is 'a visitor with more views in a day is a robot that day (cl_core.robot_day); null: nobody is';
comment on column cl_ops.setting.model is 'model that reports show first';
comment on column cl_ops.setting.attribution is 'what else the configuration says of attribution';
comment on column cl_ops.setting.read_at is 'newest read_at of the batches that the reports show: what the reports take for now';
comment on column cl_ops.setting.refreshed_at is 'when the reports were computed';

comment on table cl_ops.run is 'One row: a run of closedloop-load.';
comment on column cl_ops.run.run_no is 'number';
comment on column cl_ops.run.command is 'run, refresh, rebuild, ...';
comment on column cl_ops.run.started_at is 'when it began';
comment on column cl_ops.run.finished_at is 'when it ended; null: it runs, or was cut off';
comment on column cl_ops.run.status is 'running, done or failed';
comment on column cl_ops.run.batches is 'batches loaded';
comment on column cl_ops.run.people is 'persons recomputed';
comment on column cl_ops.run.deals is 'deals recomputed';
comment on column cl_ops.run.days is 'days of views that changed';
comment on column cl_ops.run.message is 'why it failed';

comment on table cl_ops.quality is 'One row: something wrong with the data that reports cannot mend, as of the last refresh.';
comment on column cl_ops.quality.name is 'deal_without_rate, deal_without_amount, deal_without_close_date, deal_without_contact, deal_contact_unknown, deal_split_not_whole, deal_split_unknown, cost_without_rate, lead_without_date, lead_merge_cycle, deal_merge_cycle, account_merge_cycle, account_without_domain, address_shared, batch_refused, source_with_rejects, source_all_filtered, no_lead_has_views, source_under_earlier_rules, robots_by_number';
comment on column cl_ops.quality.item is 'what it concerns: system and key, address, currency and month, or source and file or kind';
comment on column cl_ops.quality.detail is 'what is wrong, and what reports do about it';

comment on table cl_ops.reconciliation is 'One row: a check of a refresh that two ways of counting agree. If they do not, the refresh fails (SQLSTATE CL002) and the reports stay as they were; the rows then say by how much. Kept for 90 days.';
comment on column cl_ops.reconciliation.checked_at is 'when; the same for all checks of a refresh';
comment on column cl_ops.reconciliation.name is 'what is counted';
comment on column cl_ops.reconciliation.expected is 'counted from the facts';
comment on column cl_ops.reconciliation.found is 'counted from the reports';
comment on column cl_ops.reconciliation.status is 'ok or differs';

comment on view cl_ops.status is 'The one row says how far facts and reports stand.';
comment on column cl_ops.status.facts_until is 'newest read_at of the batches loaded';
comment on column cl_ops.status.reports_until is 'newest read_at that the reports show; earlier than facts_until: a refresh is due or failed';
comment on column cl_ops.status.refreshed_at is 'when the reports were computed';
comment on column cl_ops.status.loaded_at is 'when the last batch was loaded';
comment on column cl_ops.status.pending is 'number of changes that the reports do not show yet';
comment on column cl_ops.status.batches is 'batches loaded';
comment on column cl_ops.status.refused is 'batches refused';
comment on column cl_ops.status.timezone is 'reporting time zone';
comment on column cl_ops.status.currency is 'reporting currency';

comment on view cl_ops.source is 'One row: a source and what it brought, over all batches that are loaded; batches replaced by a corrected mapping are left out.';
comment on column cl_ops.source.source is 'name in the configuration';
comment on column cl_ops.source.system is 'system whose keys it uses';
comment on column cl_ops.source.mode is 'append, upsert or snapshot';
comment on column cl_ops.source.batches is 'batches loaded';
comment on column cl_ops.source.refused is 'batches refused';
comment on column cl_ops.source.read_at is 'when it was last read';
comment on column cl_ops.source.loaded_at is 'when its last batch was loaded';
comment on column cl_ops.source.batch_id is 'its newest batch';
comment on column cl_ops.source.file is 'first file of that batch';
comment on column cl_ops.source.read is 'records read';
comment on column cl_ops.source.emitted is 'taken over as facts';
comment on column cl_ops.source.rejected is 'unusable: cl_ops.reject';
comment on column cl_ops.source.duplicate is 'brought before, or older versions';
comment on column cl_ops.source.filtered is 'left out by the configuration, as bots or as internal traffic';
comment on column cl_ops.source.emitted_by_kind is 'the same as emitted, by record kind';

comment on function cl_ops.known_batches(jsonb) is 'What the ledger knows of batches that wait. Used by loading.';
comment on function cl_ops.record_batches(jsonb) is 'Writes batches into the ledger; returns their numbers. Used by loading.';
comment on function cl_ops.note_named() is 'Notes the persons and visitors whom the changed records name. Used by refreshing.';
comment on function cl_ops.note_changed(text) is 'Notes in cl_ops.changed_key what a query yields. Used by loading.';
comment on function cl_ops.reconcile() is 'The checks of every refresh that need sums alone: name, expected, found.';
comment on function cl_ops.verify() is 'These, and the checks that read all journeys, touches and views: name, expected, found, status. Shown by closedloop-load verify.';
comment on function cl_ops.differing_checks() is 'The newest rows of cl_ops.reconciliation, if one of them differs. Used by refreshing.';
comment on function cl_ops.keep_checks(jsonb) is 'Writes such rows again, after the refresh that made them was rolled back. Used by refreshing.';
