/* What changed in deals and contacts, and when. A change has no key of its own: it is what it says, so that one which
 * is read again, in whatever file, is the same. */
#include "transform/identity_key.h"
#include "transform/kind.h"
#include "transform/record_key.h"

static bool names_contact(const Value *values)
{
    return values[PROPERTY_CHANGE_CONTACT_KEY].state != VALUE_ABSENT ||
           values[PROPERTY_CHANGE_EMAIL].state != VALUE_ABSENT;
}

static bool names_deal(const Value *values)
{
    return values[PROPERTY_CHANGE_DEAL_KEY].state != VALUE_ABSENT;
}

static void check(Conversion *conversion, Value *values, Failure *failure)
{
    if (names_deal(values) && names_contact(values))
        failure_note(failure, "deal_key", "ambiguous", "names a deal and a contact; a change is of one of them");
    if (!names_deal(values) && !names_contact(values))
        failure_note(failure, "deal_key", "missing", "deal_key, or contact_key or email, is required");
    kind_check_past(conversion, "changed_at", &values[PROPERTY_CHANGE_CHANGED_AT], failure);
}

static bool make_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    const SourceRules *rules = conversion->rules;
    const Value *property = &values[PROPERTY_CHANGE_PROPERTY], *at = &values[PROPERTY_CHANGE_CHANGED_AT];
    const Value *value = &values[PROPERTY_CHANGE_VALUE];
    Key changed;
    bool is_known = names_deal(values) ? record_key_of_value("deal", rules, &values[PROPERTY_CHANGE_DEAL_KEY], &changed)
                                       : person_key_of(rules, &values[PROPERTY_CHANGE_CONTACT_KEY],
                                                       &values[PROPERTY_CHANGE_EMAIL], &changed);
    if (!is_known || !value_is_set(property) || !value_is_set(at) || value->state == VALUE_BAD)
        return false;
    *ret_key = property_change_key_of(&changed, property->text, at->number, value->text);
    return true;
}

static Status put(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    const SourceRules *rules = conversion->rules;
    copy_put_text(writer, rules->system);
    kind_put_record_key(writer, "deal", rules, &values[PROPERTY_CHANGE_DEAL_KEY]);
    kind_put_text(writer, &values[PROPERTY_CHANGE_DEAL_KEY]);
    kind_put_person_key(writer, rules, &values[PROPERTY_CHANGE_CONTACT_KEY], &values[PROPERTY_CHANGE_EMAIL]);
    kind_put_text(writer, &values[PROPERTY_CHANGE_CONTACT_KEY]);
    kind_put_text(writer, &values[PROPERTY_CHANGE_EMAIL]);
    kind_put_text(writer, &values[PROPERTY_CHANGE_PROPERTY]);
    kind_put_text(writer, &values[PROPERTY_CHANGE_VALUE]);
    kind_put_timestamp(writer, &values[PROPERTY_CHANGE_CHANGED_AT]);
    kind_put_text(writer, &values[PROPERTY_CHANGE_SOURCE_DETAIL]);
    return STATUS_OK;
}

const Kind kind_property_change = {.check = check, .key = make_key, .put = put};
