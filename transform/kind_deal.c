/* Deals, the people who take part in them, and those in sales who share them. */
#include "transform/identity_key.h"
#include "transform/kind.h"
#include "transform/record_key.h"

static void check_deal(Conversion *conversion, Value *values, Failure *failure)
{
    kind_check_money(conversion->rules, "amount", &values[DEAL_AMOUNT], &values[DEAL_CURRENCY], failure);
    if (value_is_true(&values[DEAL_IS_WON]))
        values[DEAL_IS_CLOSED] = (Value){.state = VALUE_SET, .number = 1};
}

static bool make_deal_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    return record_key_of_value("deal", conversion->rules, &values[DEAL_KEY], ret_key);
}

static bool make_merged_into(Conversion *conversion, const Value *values, Key *ret_key)
{
    return value_is_set(&values[DEAL_MERGED_INTO]) &&
           record_key_of_value("deal", conversion->rules, &values[DEAL_MERGED_INTO], ret_key);
}

static Status put_deal(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    copy_put_text(writer, conversion->rules->system);
    kind_put_text(writer, &values[DEAL_KEY]);
    kind_put_text(writer, &values[DEAL_NAME]);
    kind_put_record_key(writer, "account", conversion->rules, &values[DEAL_ACCOUNT_KEY]);
    kind_put_text(writer, &values[DEAL_OWNER]);
    kind_put_text(writer, &values[DEAL_STAGE]);
    kind_put_money(writer, &values[DEAL_AMOUNT], &values[DEAL_CURRENCY]);
    kind_put_boolean(writer, &values[DEAL_IS_WON]);
    kind_put_boolean(writer, &values[DEAL_IS_CLOSED]);
    kind_put_merged_into(writer, conversion);
    kind_put_timestamp(writer, &values[DEAL_CREATED_AT]);
    kind_put_timestamp(writer, &values[DEAL_CLOSED_AT]);
    return STATUS_OK;
}

const Kind kind_deal = {.check = check_deal, .key = make_deal_key, .merged_into = make_merged_into, .put = put_deal};

static void check_contact(Conversion *conversion, Value *values, Failure *failure)
{
    (void)conversion;
    kind_need_one("contact_key", "contact_key or email is required",
                  (const Value *[]){&values[DEAL_CONTACT_CONTACT_KEY], &values[DEAL_CONTACT_EMAIL]}, 2, failure);
}

static bool make_contact_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    Key deal, person;
    const Value *role = &values[DEAL_CONTACT_ROLE];
    if (!record_key_of_value("deal", conversion->rules, &values[DEAL_CONTACT_DEAL_KEY], &deal) ||
        !person_key_of(conversion->rules, &values[DEAL_CONTACT_CONTACT_KEY], &values[DEAL_CONTACT_EMAIL], &person) ||
        role->state == VALUE_BAD)
        return false;
    *ret_key = deal_contact_key_of(&deal, &person, role->text);
    return true;
}

static Status put_contact(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    const SourceRules *rules = conversion->rules;
    kind_put_record_key(writer, "deal", rules, &values[DEAL_CONTACT_DEAL_KEY]);
    kind_put_person_key(writer, rules, &values[DEAL_CONTACT_CONTACT_KEY], &values[DEAL_CONTACT_EMAIL]);
    copy_put_text(writer, rules->system);
    kind_put_text(writer, &values[DEAL_CONTACT_CONTACT_KEY]);
    kind_put_text(writer, &values[DEAL_CONTACT_EMAIL]);
    kind_put_company_domain(writer, rules, &values[DEAL_CONTACT_EMAIL]);
    kind_put_text(writer, &values[DEAL_CONTACT_ROLE]);
    kind_put_boolean(writer, &values[DEAL_CONTACT_IS_PRIMARY]);
    return STATUS_OK;
}

const Kind kind_deal_contact = {.check = check_contact, .key = make_contact_key, .put = put_contact};

/* A share is said as a percentage: the point moves. */
static void conform_share(Value *values, Failure *failure)
{
    static const __int128 most = (__int128)1000000000000000000 * 1000000000000000000; /* two digits less than fit */
    Value *percent = &values[DEAL_SPLIT_PERCENT];
    if (percent->state != VALUE_ABSENT || !value_is_set(&values[DEAL_SPLIT_SHARE]))
        return;
    *percent = values[DEAL_SPLIT_SHARE];
    Decimal *decimal = &percent->decimal;
    if (decimal->coefficient >= most || decimal->coefficient <= -most) {
        failure_note(failure, "share", "bad_number", "is too large");
        return;
    }
    decimal->coefficient *= decimal->scale == 0 ? 100 : decimal->scale == 1 ? 10 : 1;
    decimal->scale = decimal->scale > 2 ? decimal->scale - 2 : 0;
}

static void check_split(Conversion *conversion, Value *values, Failure *failure)
{
    (void)conversion;
    const Value *percent = &values[DEAL_SPLIT_PERCENT];
    if (!value_is_true(&values[DEAL_SPLIT_IS_DELETED]))
        kind_need_one("percent", "percent or share is required", (const Value *[]){percent, &values[DEAL_SPLIT_SHARE]},
                      2, failure);
    bool is_share = percent->state == VALUE_ABSENT;
    conform_share(values, failure);
    if (value_is_set(percent) && percent->decimal.coefficient < 0)
        failure_note(failure, is_share ? "share" : "percent", "bad_number", "is less than zero");
}

static bool make_split_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    Key deal;
    if (values[DEAL_SPLIT_KEY].state != VALUE_ABSENT)
        return record_key_of_value("deal_split", conversion->rules, &values[DEAL_SPLIT_KEY], ret_key);
    if (!record_key_of_value("deal", conversion->rules, &values[DEAL_SPLIT_DEAL_KEY], &deal) ||
        !value_is_set(&values[DEAL_SPLIT_OWNER]))
        return false;
    *ret_key = deal_split_key_of(&deal, values[DEAL_SPLIT_OWNER].text);
    return true;
}

static Status put_split(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    kind_put_record_key(writer, "deal", conversion->rules, &values[DEAL_SPLIT_DEAL_KEY]);
    copy_put_text(writer, conversion->rules->system);
    kind_put_text(writer, &values[DEAL_SPLIT_KEY]);
    kind_put_text(writer, &values[DEAL_SPLIT_OWNER]);
    if (value_is_set(&values[DEAL_SPLIT_PERCENT]))
        copy_put_numeric(writer, values[DEAL_SPLIT_PERCENT].decimal);
    else
        copy_put_null(writer);
    return STATUS_OK;
}

const Kind kind_deal_split = {.check = check_split, .key = make_split_key, .put = put_split};
