/* What the kinds' checks and rows share. */
#include "transform/kind.h"

#include "transform/email.h"
#include "transform/identity_key.h"
#include "transform/record_key.h"

void kind_put_text(CopyWriter *writer, const Value *value)
{
    copy_put_text(writer, value_is_set(value) ? value->text : TEXT_NULL);
}

void kind_put_timestamp(CopyWriter *writer, const Value *value)
{
    if (value_is_set(value))
        copy_put_timestamp(writer, value->number);
    else
        copy_put_null(writer);
}

void kind_put_integer(CopyWriter *writer, const Value *value)
{
    if (value_is_set(value))
        copy_put_integer(writer, (int32_t)value->number);
    else
        copy_put_null(writer);
}

void kind_put_boolean(CopyWriter *writer, const Value *value)
{
    if (value_is_set(value))
        copy_put_boolean(writer, value->number != 0);
    else
        copy_put_null(writer);
}

void kind_put_record_key(CopyWriter *writer, const char *name, const SourceRules *rules, const Value *value)
{
    Key key;
    if (record_key_of_value(name, rules, value, &key))
        copy_put_uuid(writer, &key);
    else
        copy_put_null(writer);
}

void kind_put_merged_into(CopyWriter *writer, const Conversion *conversion)
{
    if (conversion->merged_into)
        copy_put_uuid(writer, conversion->merged_into);
    else
        copy_put_null(writer);
}

void kind_put_person_key(CopyWriter *writer, const SourceRules *rules, const Value *contact, const Value *email)
{
    Key key;
    if (person_key_of(rules, contact, email, &key))
        copy_put_uuid(writer, &key);
    else
        copy_put_null(writer);
}

void kind_put_company_domain(CopyWriter *writer, const SourceRules *rules, const Value *email)
{
    char space[COMPANY_DOMAIN_SPACE];
    Text domain = value_is_set(email) ? email_domain(email->text) : TEXT_NULL;
    copy_put_text(writer, text_is_null(domain) ? TEXT_NULL : company_domain_of(rules->companies, domain, space));
}

static bool round_amount(const Value *amount, const Value *currency, Decimal *ret_amount)
{
    int exponent;
    int64_t minor;
    bool is_exact;
    if (!currency_exponent(currency->text, &exponent) ||
        !decimal_to_minor(amount->decimal, exponent, &minor, &is_exact))
        return false;
    *ret_amount = decimal_from_minor(minor, exponent);
    return true;
}

void kind_put_money(CopyWriter *writer, const Value *amount, const Value *currency)
{
    Decimal rounded;
    if (value_is_set(amount) && round_amount(amount, currency, &rounded))
        copy_put_numeric(writer, rounded);
    else
        copy_put_null(writer);
    copy_put_text(writer, currency->text);
}

void kind_check_money(const SourceRules *rules, const char *field, const Value *amount, Value *currency,
                      Failure *failure)
{
    Decimal rounded;
    if (currency->state == VALUE_ABSENT)
        *currency = (Value){.state = VALUE_SET, .text = text_from(rules->currency)};
    if (value_is_set(amount) && value_is_set(currency) && !round_amount(amount, currency, &rounded))
        failure_note(failure, field, "bad_amount", "is too large");
}

void kind_need_one(const char *field, const char *reason, const Value *const *values, size_t count, Failure *failure)
{
    for (size_t i = 0; i < count; i++)
        if (values[i]->state != VALUE_ABSENT)
            return;
    failure_note(failure, field, "missing", reason);
}

void kind_check_past(const Conversion *conversion, const char *field, const Value *time, Failure *failure)
{
    if (value_is_set(time) && time->number > conversion_latest(conversion))
        failure_note(failure, field, "in_future", "is more than a day after the file was read");
}

void kind_check_url(Conversion *conversion, const char *field, Value *value, Failure *failure)
{
    if (!value_is_set(value))
        return;
    UrlReason reason = canonical_url_make(&conversion->url, &conversion->rules->url, value->text);
    if (reason == URL_OK)
        return;
    value->state = VALUE_BAD;
    failure_note(failure, field, "bad_url", url_reason_text(reason));
}
