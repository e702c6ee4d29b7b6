#include "transform/identity.h"
#include "transform/identity_key.h"
#include "transform/kind.h"
#include "transform/record_key.h"

static void check(Conversion *conversion, Value *values, Failure *failure)
{
    kind_need_one("email", "email or contact_key is required",
                  (const Value *[]){&values[IDENTITY_EMAIL], &values[IDENTITY_CONTACT_KEY]}, 2, failure);
    kind_check_past(conversion, "identified_at", &values[IDENTITY_IDENTIFIED_AT], failure);
}

static bool make_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    const SourceRules *rules = conversion->rules;
    const Value *own = &values[IDENTITY_KEY], *visitor = &values[IDENTITY_VISITOR];
    const Value *at = &values[IDENTITY_IDENTIFIED_AT];
    Key person;
    if (own->state != VALUE_ABSENT)
        return record_key_of_value("identity", rules, own, ret_key);
    if (!value_is_set(visitor) || !value_is_set(at) ||
        !person_key_of(rules, &values[IDENTITY_CONTACT_KEY], &values[IDENTITY_EMAIL], &person))
        return false;
    char number[NUMBER_TEXT_SIZE];
    Key visitor_id = visitor_key_of_cookie(&rules->secret, rules->system, visitor->text);
    Text parts[] = {rules->system, key_text(&visitor_id), number_text(at->number, number), key_text(&person)};
    *ret_key = key_of(TEXT("identity_parts"), parts, sizeof parts / sizeof *parts);
    return true;
}

void identity_put(CopyWriter *writer, const SourceRules *rules, const Identity *identity)
{
    copy_put_uuid(writer, &identity->visitor_id);
    kind_put_person_key(writer, rules, identity->contact, identity->email);
    copy_put_timestamp(writer, identity->identified_at);
    copy_put_text(writer, rules->system);
    kind_put_text(writer, identity->contact);
    kind_put_text(writer, identity->email);
    kind_put_company_domain(writer, rules, identity->email);
}

static Status put(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    const SourceRules *rules = conversion->rules;
    identity_put(
        writer, rules,
        &(Identity){.visitor_id = visitor_key_of_cookie(&rules->secret, rules->system, values[IDENTITY_VISITOR].text),
                    .identified_at = values[IDENTITY_IDENTIFIED_AT].number,
                    .contact = &values[IDENTITY_CONTACT_KEY],
                    .email = &values[IDENTITY_EMAIL]});
    return STATUS_OK;
}

const Kind kind_identity = {.check = check, .key = make_key, .put = put};
