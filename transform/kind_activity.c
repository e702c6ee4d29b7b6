/* What sales did, and what customers asked. */
#include "transform/kind.h"
#include "transform/record_key.h"

/* Calendars and task lists hold what is still to come, and appointments that have nothing to do with customers. */
static FilterReason filter_activity(const Conversion *conversion, const Value *values)
{
    const Value *at = &values[ACTIVITY_HAPPENED_AT];
    if (value_is_set(at) && at->number > conversion_latest(conversion))
        return FILTER_PLANNED;
    bool is_about_somebody = values[ACTIVITY_CONTACT_KEY].state != VALUE_ABSENT ||
                             values[ACTIVITY_EMAIL].state != VALUE_ABSENT ||
                             values[ACTIVITY_DEAL_KEY].state != VALUE_ABSENT;
    return is_about_somebody ? FILTER_NONE : FILTER_ABOUT_NOBODY;
}

static bool make_activity_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    return record_key_of_value("activity", conversion->rules, &values[ACTIVITY_KEY], ret_key);
}

static Status put_activity(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    const SourceRules *rules = conversion->rules;
    copy_put_text(writer, rules->system);
    kind_put_text(writer, &values[ACTIVITY_KEY]);
    kind_put_person_key(writer, rules, &values[ACTIVITY_CONTACT_KEY], &values[ACTIVITY_EMAIL]);
    kind_put_text(writer, &values[ACTIVITY_CONTACT_KEY]);
    kind_put_text(writer, &values[ACTIVITY_EMAIL]);
    kind_put_record_key(writer, "deal", rules, &values[ACTIVITY_DEAL_KEY]);
    kind_put_text(writer, &values[ACTIVITY_KIND]);
    kind_put_text(writer, &values[ACTIVITY_DIRECTION]);
    kind_put_text(writer, &values[ACTIVITY_SUBJECT]);
    kind_put_text(writer, &values[ACTIVITY_OUTCOME]);
    kind_put_text(writer, &values[ACTIVITY_OWNER]);
    kind_put_timestamp(writer, &values[ACTIVITY_HAPPENED_AT]);
    kind_put_integer(writer, &values[ACTIVITY_DURATION_SECONDS]);
    return STATUS_OK;
}

const Kind kind_activity = {.filter = filter_activity, .key = make_activity_key, .put = put_activity};

static bool make_question_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    return record_key_of_value("question", conversion->rules, &values[QUESTION_KEY], ret_key);
}

static Status put_question(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    const SourceRules *rules = conversion->rules;
    copy_put_text(writer, rules->system);
    kind_put_text(writer, &values[QUESTION_KEY]);
    kind_put_person_key(writer, rules, &values[QUESTION_CONTACT_KEY], &values[QUESTION_EMAIL]);
    kind_put_text(writer, &values[QUESTION_CONTACT_KEY]);
    kind_put_text(writer, &values[QUESTION_EMAIL]);
    kind_put_record_key(writer, "deal", rules, &values[QUESTION_DEAL_KEY]);
    kind_put_text(writer, &values[QUESTION_TOPIC]);
    kind_put_text(writer, &values[QUESTION_TEXT]);
    kind_put_timestamp(writer, &values[QUESTION_ASKED_AT]);
    return STATUS_OK;
}

const Kind kind_question = {.key = make_question_key, .put = put_question};
