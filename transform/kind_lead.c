#include "transform/identity_key.h"
#include "transform/kind.h"

#include <stdlib.h>

static void check(Conversion *conversion, Value *values, Failure *failure)
{
    (void)conversion;
    kind_need_one("contact_key", "contact_key or email is required",
                  (const Value *[]){&values[LEAD_CONTACT_KEY], &values[LEAD_EMAIL]}, 2, failure);
}

static bool make_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    return person_key_of(conversion->rules, &values[LEAD_CONTACT_KEY], &values[LEAD_EMAIL], ret_key);
}

static bool make_merged_into(Conversion *conversion, const Value *values, Key *ret_key)
{
    const SourceRules *rules = conversion->rules;
    if (!value_is_set(&values[LEAD_MERGED_INTO]))
        return false;
    *ret_key = person_key_of_contact(&rules->secret, rules->system, values[LEAD_MERGED_INTO].text);
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(Key));
}

/* Sorted, each once and without the lead's own address: the same addresses in another order are the same lead. */
static Status put_other_emails(Conversion *conversion, const Value *emails, const Value *own, CopyWriter *writer,
                               Error *error)
{
    const Secret *secret = &conversion->rules->secret;
    size_t given = value_is_set(emails) ? emails->list.count : 0, count = 0;
    Key *keys = arena_allocate(&conversion->arena, given * sizeof *keys);
    if (!keys)
        return error_no_memory(error);
    for (size_t i = 0; i < given; i++) {
        if (!value_is_set(own) || !text_equal(emails->list.items[i], own->text))
            keys[count++] = person_key_of_email(secret, emails->list.items[i]);
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !key_equal(&keys[i], &keys[i - 1]))
            keys[distinct++] = keys[i];
    }
    copy_put_uuids(writer, keys, distinct);
    return STATUS_OK;
}

static void put_email_key(const SourceRules *rules, const Value *email, CopyWriter *writer)
{
    if (!value_is_set(email)) {
        copy_put_null(writer);
        return;
    }
    Key key = person_key_of_email(&rules->secret, email->text);
    copy_put_uuid(writer, &key);
}

static Status put(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    const SourceRules *rules = conversion->rules;
    kind_put_person_key(writer, rules, &values[LEAD_CONTACT_KEY], &values[LEAD_EMAIL]);
    copy_put_text(writer, rules->system);
    kind_put_text(writer, &values[LEAD_CONTACT_KEY]);
    kind_put_text(writer, &values[LEAD_EMAIL]);
    kind_put_company_domain(writer, rules, &values[LEAD_EMAIL]);
    put_email_key(rules, &values[LEAD_EMAIL], writer);
    TRY(put_other_emails(conversion, &values[LEAD_OTHER_EMAILS], &values[LEAD_EMAIL], writer, error));
    kind_put_merged_into(writer, conversion);
    kind_put_record_key(writer, "account", rules, &values[LEAD_ACCOUNT_KEY]);
    kind_put_text(writer, &values[LEAD_NAME]);
    kind_put_text(writer, &values[LEAD_COMPANY]);
    kind_put_text(writer, &values[LEAD_TITLE]);
    kind_put_integer(writer, &values[LEAD_EMPLOYEES]);
    kind_put_text(writer, &values[LEAD_COUNTRY]);
    kind_put_text(writer, &values[LEAD_INDUSTRY]);
    kind_put_text(writer, &values[LEAD_PHONE]);
    kind_put_text(writer, &values[LEAD_STAGE]);
    kind_put_text(writer, &values[LEAD_OWNER]);
    kind_put_text(writer, &values[LEAD_SOURCE_DETAIL]);
    kind_put_timestamp(writer, &values[LEAD_CREATED_AT]);
    return STATUS_OK;
}

const Kind kind_lead = {.check = check, .key = make_key, .merged_into = make_merged_into, .put = put};
