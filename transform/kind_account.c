#include "transform/kind.h"
#include "transform/record_key.h"

/* The host of what stands there: CRMs hold "acme.example", "www.Acme.example" and "https://acme.example/en" alike.
 * Where the domain is the account's key it must be one; else what is none is kept as text. */
static void conform_domain(Conversion *conversion, Value *domain, bool is_key, Failure *failure)
{
    char space[URL_REFERRER_HOST_SPACE];
    Text host = url_referrer_host(domain->text, space);
    if (text_is_null(host) && is_key) {
        domain->state = VALUE_BAD;
        failure_note(failure, "domain", "bad_domain", "is no domain");
        return;
    }
    if (text_is_null(host))
        return;
    if (host.size > 4 && text_starts_with(host, TEXT("www.")))
        host = (Text){host.data + 4, host.size - 4};
    domain->text = arena_copy_text(&conversion->arena, host);
}

static void check(Conversion *conversion, Value *values, Failure *failure)
{
    const Value *key = &values[ACCOUNT_KEY];
    Value *domain = &values[ACCOUNT_DOMAIN];
    kind_need_one("account_key", "account_key or domain is required", (const Value *[]){key, domain}, 2, failure);
    if (value_is_set(domain))
        conform_domain(conversion, domain, key->state == VALUE_ABSENT, failure);
}

static bool make_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    const Value *key = &values[ACCOUNT_KEY], *domain = &values[ACCOUNT_DOMAIN];
    if (key->state != VALUE_ABSENT)
        return record_key_of_value("account", conversion->rules, key, ret_key);
    if (!value_is_set(domain))
        return false;
    *ret_key = account_key_of_domain(domain->text);
    return true;
}

static bool make_merged_into(Conversion *conversion, const Value *values, Key *ret_key)
{
    return value_is_set(&values[ACCOUNT_MERGED_INTO]) &&
           record_key_of_value("account", conversion->rules, &values[ACCOUNT_MERGED_INTO], ret_key);
}

/* What is kept as text since it is no host has none. */
static void put_company_domain(const Conversion *conversion, const Value *domain, CopyWriter *writer)
{
    char space[COMPANY_DOMAIN_SPACE];
    copy_put_text(writer, value_is_set(domain) ? company_domain_of(conversion->rules->companies, domain->text, space)
                                               : TEXT_NULL);
}

static Status put(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    copy_put_text(writer, conversion->rules->system);
    kind_put_text(writer, &values[ACCOUNT_KEY]);
    kind_put_text(writer, &values[ACCOUNT_DOMAIN]);
    put_company_domain(conversion, &values[ACCOUNT_DOMAIN], writer);
    kind_put_text(writer, &values[ACCOUNT_NAME]);
    kind_put_text(writer, &values[ACCOUNT_INDUSTRY]);
    kind_put_integer(writer, &values[ACCOUNT_EMPLOYEES]);
    kind_put_text(writer, &values[ACCOUNT_COUNTRY]);
    kind_put_text(writer, &values[ACCOUNT_OWNER]);
    kind_put_merged_into(writer, conversion);
    kind_put_timestamp(writer, &values[ACCOUNT_CREATED_AT]);
    return STATUS_OK;
}

const Kind kind_account = {.check = check, .key = make_key, .merged_into = make_merged_into, .put = put};
