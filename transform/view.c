#include "transform/view.h"

#include "transform/duplicate.h"
#include "transform/identity.h"
#include "transform/identity_key.h"
#include "transform/interaction.h"
#include "transform/internal.h"
#include "transform/kind.h"
#include "transform/memo.h"
#include "transform/record_key.h"
#include "transform/version_row.h"

/* What is longer than most is worked out each time. */
enum { USER_AGENT_SLOTS = 1024, USER_AGENT_MAX = 300, VISITOR_SLOTS = 4096, COOKIE_MAX = 60 };

/* What one pass over the file needs besides the conversion. */
typedef struct ViewPass {
    Conversion *conversion;
    KeyMap seen;                /* view_ids; of a bundle with the input that had them last */
    Memo user_agents, visitors; /* user agent -> BotVerdict; cookie -> Key */
    Value values[RECORD_FIELDS_MAX];
    char interaction_space[INTERACTION_SIZE];
    /* Of the record at hand. */
    Text interaction;
    Key view_id, visitor_id, content_id, arrival_id;
    Arrival arrival;
} ViewPass;

static BotVerdict find_verdict(ViewPass *pass)
{
    const Value *user_agent = &pass->values[VIEW_USER_AGENT];
    if (!value_is_set(user_agent))
        return BOT_NONE;
    bool is_known;
    BotVerdict *verdict = memo_find(&pass->user_agents, user_agent->text, &is_known);
    if (!is_known)
        *verdict = bot_verdict(pass->conversion->bots, user_agent->text);
    return *verdict;
}

/* Why the view is left out although nothing is wrong with it, or even if something is. The first reason counts. */
static FilterReason find_filter(ViewPass *pass)
{
    const Traffic *traffic = pass->conversion->rules->traffic;
    if (value_is_true(&pass->values[VIEW_IS_BOT]))
        return FILTER_IS_BOT;
    BotVerdict verdict = find_verdict(pass);
    if (verdict != BOT_NONE)
        return verdict == BOT_HEADLESS ? FILTER_HEADLESS : FILTER_ROBOT;
    if (internal_by_address(traffic, pass->values[VIEW_IP_ADDRESS].text))
        return FILTER_INTERNAL_ADDRESS;
    return internal_by_parameter(traffic, pass->values[VIEW_URL].text) ? FILTER_INTERNAL_PARAMETER : FILTER_NONE;
}

static void check_interaction(ViewPass *pass, Failure *failure)
{
    const Value *value = &pass->values[VIEW_INTERACTION];
    if (value->state != VALUE_BAD && !interaction_conform(value->text, pass->interaction_space, &pass->interaction))
        failure_note(failure, "interaction", "bad_interaction", "has neither letter nor digit");
}

static void check(ViewPass *pass, Failure *failure)
{
    Conversion *conversion = pass->conversion;
    const Value *viewed_at = &pass->values[VIEW_VIEWED_AT];
    kind_check_past(conversion, "viewed_at", viewed_at, failure);
    if (value_is_set(viewed_at) && viewed_at->number < DAY_SET_LOWEST)
        failure_note(failure, "viewed_at", "out_of_range", "is before 1990");
    check_interaction(pass, failure);
    if (!failure->code)
        kind_check_url(conversion, "url", &pass->values[VIEW_URL], failure);
}

static Key visitor_of_cookie(ViewPass *pass, Text cookie)
{
    const SourceRules *rules = pass->conversion->rules;
    bool is_known;
    Key *key = memo_find(&pass->visitors, cookie, &is_known);
    if (!is_known)
        *key = visitor_key_of_cookie(&rules->secret, rules->system, cookie);
    return *key;
}

/* Who it was: the cookie, else the address, else the contact. False if the view shows none. */
static bool find_visitor(ViewPass *pass)
{
    const SourceRules *rules = pass->conversion->rules;
    const Value *cookie = &pass->values[VIEW_VISITOR], *email = &pass->values[VIEW_EMAIL];
    const Value *contact = &pass->values[VIEW_CONTACT_KEY];
    if (value_is_set(cookie))
        pass->visitor_id = visitor_of_cookie(pass, cookie->text);
    else if (value_is_set(email))
        pass->visitor_id = visitor_key_of_email(&rules->secret, email->text);
    else if (value_is_set(contact))
        pass->visitor_id = visitor_key_of_contact(&rules->secret, rules->system, contact->text);
    else
        return false;
    return true;
}

static void make_keys(ViewPass *pass)
{
    const Conversion *conversion = pass->conversion;
    const Value *event = &pass->values[VIEW_EVENT_ID];
    bool has_visitor = find_visitor(pass);
    if (value_is_set(event)) {
        pass->view_id = record_key_of("view", conversion->rules->system, event->text);
    } else {
        char number[NUMBER_TEXT_SIZE];
        Text parts[] = {conversion->rules->system, has_visitor ? key_text(&pass->visitor_id) : TEXT_NULL,
                        number_text(pass->values[VIEW_VIEWED_AT].number, number), conversion->url.text,
                        pass->interaction};
        pass->view_id = key_of(TEXT("view_parts"), parts, sizeof parts / sizeof *parts);
    }
    if (!has_visitor)
        pass->visitor_id = key_of(TEXT("visitor_of_view"), (Text[]){key_text(&pass->view_id)}, 1);
    pass->content_id = content_key_of(conversion->url.text);
}

static Status find_arrival(ViewPass *pass, Error *error)
{
    Conversion *conversion = pass->conversion;
    const Value *values = pass->values;
    ArrivalInput input = {.source = values[VIEW_UTM_SOURCE].text,
                          .medium = values[VIEW_UTM_MEDIUM].text,
                          .campaign = values[VIEW_UTM_CAMPAIGN].text,
                          .term = values[VIEW_UTM_TERM].text,
                          .content = values[VIEW_UTM_CONTENT].text,
                          .click_id = values[VIEW_CLICK_ID].text,
                          .referrer = values[VIEW_REFERRER].text,
                          .url = &conversion->url};
    if (!arrival_make(&conversion->rules->channels, &input, &conversion->arena, &pass->arrival))
        return error_no_memory(error);
    pass->arrival_id = arrival_key_of(&pass->arrival);
    return STATUS_OK;
}

/* Writes an arrival when it is met first. Past the set's ceiling it begins anew, and an arrival may come twice. */
static Status write_arrival(const ViewPass *pass, Error *error)
{
    Conversion *conversion = pass->conversion;
    const Arrival *arrival = &pass->arrival;
    KeyMapResult result = key_map_add(&conversion->arrivals, &pass->arrival_id, NULL);
    if (result == KEY_MAP_OLD)
        return STATUS_OK;
    if (result == KEY_MAP_FULL) {
        key_map_clear(&conversion->arrivals);
        result = key_map_add(&conversion->arrivals, &pass->arrival_id, NULL);
    }
    if (result == KEY_MAP_NO_MEMORY)
        return error_no_memory(error);
    CopyWriter *writer;
    TRY(output_table(&conversion->output, LOAD_ARRIVAL, &writer, error));
    copy_row_begin(writer);
    copy_put_uuid(writer, &pass->arrival_id);
    copy_put_text(writer, channel_name(arrival->channel));
    copy_put_text(writer, arrival->source);
    copy_put_text(writer, arrival->medium);
    copy_put_text(writer, arrival->campaign);
    copy_put_text(writer, arrival->term);
    copy_put_text(writer, arrival->content_tag);
    copy_put_text(writer, arrival->referrer_host);
    return copy_row_end(writer, error);
}

static Status write_view(const ViewPass *pass, Error *error)
{
    CopyWriter *writer;
    TRY(output_table(&pass->conversion->output, LOAD_VIEW, &writer, error));
    copy_row_begin(writer);
    copy_put_uuid(writer, &pass->view_id);
    copy_put_uuid(writer, &pass->visitor_id);
    copy_put_timestamp(writer, pass->values[VIEW_VIEWED_AT].number);
    copy_put_uuid(writer, &pass->content_id);
    copy_put_uuid(writer, &pass->arrival_id);
    if (pass->arrival.is_explicit)
        copy_put_bigint(writer, (int64_t)pass->arrival.mark);
    else
        copy_put_null(writer);
    copy_put_text(writer, pass->interaction);
    kind_put_integer(writer, &pass->values[VIEW_DWELL_SECONDS]);
    return copy_row_end(writer, error);
}

static Key identity_key_of_view(const Key *view_id)
{
    return key_of(TEXT("identity_of_view"), (Text[]){key_text(view_id)}, 1);
}

/* A view that shows a person says who its visitor is from then on. */
static Status write_identity(const ViewPass *pass, Error *error)
{
    Conversion *conversion = pass->conversion;
    const Value *contact = &pass->values[VIEW_CONTACT_KEY], *email = &pass->values[VIEW_EMAIL];
    if (!value_is_set(contact) && !value_is_set(email))
        return STATUS_OK;
    conversion->tally.derived++;
    conversion->tally.counts[RECORD_IDENTITY].read++;
    conversion->tally.counts[RECORD_IDENTITY].emitted++;
    CopyWriter *writer;
    TRY(output_table(&conversion->output, LOAD_IDENTITY, &writer, error));
    size_t digest = version_row_begin(
        writer, &(VersionRow){.key = identity_key_of_view(&pass->view_id), .ordinal = conversion->tally.ordinal});
    identity_put(writer, conversion->rules,
                 &(Identity){.visitor_id = pass->visitor_id,
                             .identified_at = pass->values[VIEW_VIEWED_AT].number,
                             .contact = contact,
                             .email = email});
    return version_row_end(writer, digest, error);
}

/* In a snapshot the view's identity, if it was to be one, counts as present. */
static Status reject(ViewPass *pass, const Record *record, const Failure *failure, Error *error)
{
    const Value *event = &pass->values[VIEW_EVENT_ID];
    Key view_id, identity_id;
    bool has_key = record_key_of_value("view", pass->conversion->rules, event, &view_id);
    if (has_key)
        identity_id = identity_key_of_view(&view_id);
    return conversion_reject(pass->conversion, RECORD_VIEW, record, failure, has_key ? &identity_id : NULL, error);
}

static Status write(ViewPass *pass, Error *error)
{
    Conversion *conversion = pass->conversion;
    int64_t viewed_at = pass->values[VIEW_VIEWED_AT].number;
    Tally *tally = &conversion->tally;
    tally->counts[RECORD_VIEW].emitted++;
    if (viewed_at < tally->first_at)
        tally->first_at = viewed_at;
    if (viewed_at > tally->last_at)
        tally->last_at = viewed_at;
    TRY(day_set_add(&conversion->days, viewed_at, error));
    TRY(content_map_note(&conversion->contents, &pass->content_id, &conversion->url, pass->values[VIEW_TITLE].text,
                         viewed_at, &conversion->output, error));
    TRY(find_arrival(pass, error));
    TRY(write_arrival(pass, error));
    TRY(write_view(pass, error));
    return write_identity(pass, error);
}

/* Whether its input had the event before. Copies in different members of a bundle are left to load, as if the members
 * had come alone: there the earliest counts. */
static Status note_view(ViewPass *pass, uint16_t file, bool *ret_is_seen, Error *error)
{
    bool is_bundle = pass->conversion->bundle.count > 0;
    void *value;
    KeyMapResult result = key_map_add(&pass->seen, &pass->view_id, &value);
    if (result == KEY_MAP_NO_MEMORY)
        return error_no_memory(error);
    *ret_is_seen = result == KEY_MAP_OLD && (!is_bundle || *(uint64_t *)value == file);
    if (!*ret_is_seen && result != KEY_MAP_NEW)
        pass->conversion->has_duplicates_left = true;
    if (is_bundle && result != KEY_MAP_FULL)
        *(uint64_t *)value = file;
    return STATUS_OK;
}

static Status convert(ViewPass *pass, const Record *record, Error *error)
{
    Conversion *conversion = pass->conversion;
    BatchCount *count = &conversion->tally.counts[RECORD_VIEW];
    Failure failure = {0};
    arena_clear(&conversion->arena);
    values_read(conversion->rules, RECORD_VIEW, record, &conversion->arena, pass->values, &failure);
    FilterReason filter = find_filter(pass);
    if (filter) {
        count->filtered++;
        conversion->tally.filtered[filter]++;
        return STATUS_OK;
    }
    check(pass, &failure);
    if (failure.code)
        return reject(pass, record, &failure, error);
    make_keys(pass);
    bool is_seen = false;
    TRY(note_view(pass, record->file, &is_seen, error));
    count->duplicate += is_seen;
    return is_seen ? STATUS_OK : write(pass, error);
}

static Status convert_records(ViewPass *pass, const char *path, Error *error)
{
    cleanup(record_reader_done) RecordReader reader = {0};
    TRY(record_reader_open(&reader, path, RECORD_VIEW, error));
    Record record;
    Status status;
    while ((status = record_reader_next(&reader, &record, error)) == STATUS_OK) {
        TRY(conversion_step(pass->conversion, record.file, error));
        TRY(convert(pass, &record, error));
    }
    return status == STATUS_END ? STATUS_OK : status;
}

Status view_convert_file(Conversion *conversion, const char *path, Error *error)
{
    ViewPass pass = {.conversion = conversion,
                     .seen = conversion->bundle.count ? key_map_make(sizeof(uint64_t), DUPLICATE_KEYS_MAX)
                                                      : key_map_make(0, DUPLICATE_SET_MAX)};
    Status status = memo_make(&pass.user_agents, USER_AGENT_SLOTS, USER_AGENT_MAX, sizeof(BotVerdict), error);
    if (status == STATUS_OK)
        status = memo_make(&pass.visitors, VISITOR_SLOTS, COOKIE_MAX, sizeof(Key), error);
    if (status == STATUS_OK)
        status = convert_records(&pass, path, error);
    memo_done(&pass.user_agents);
    memo_done(&pass.visitors);
    key_map_done(&pass.seen);
    return status;
}
