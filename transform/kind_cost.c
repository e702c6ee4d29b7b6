/* Money spent, and the rates of currencies. */
#include "transform/kind.h"
#include "transform/record_key.h"

static void check_cost(Conversion *conversion, Value *values, Failure *failure)
{
    kind_check_money(conversion->rules, "amount", &values[COST_AMOUNT], &values[COST_CURRENCY], failure);
    kind_check_url(conversion, "url", &values[COST_URL], failure);
}

/* Of a row without a key of its own: what it was spent on, and when. */
static bool make_parts_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    const Value *day = &values[COST_DAY], *url = &values[COST_URL];
    const int fields[] = {COST_CHANNEL, COST_CAMPAIGN, COST_SOURCE, COST_MEDIUM};
    enum { FIELDS = sizeof fields / sizeof *fields };
    char number[NUMBER_TEXT_SIZE];
    if (!value_is_set(day) || url->state == VALUE_BAD)
        return false;
    Text parts[2 + FIELDS + 1] = {conversion->rules->system, number_text(day->number, number)};
    for (size_t i = 0; i < FIELDS; i++) {
        if (values[fields[i]].state == VALUE_BAD)
            return false;
        parts[2 + i] = values[fields[i]].text;
    }
    if (value_is_set(url))
        parts[2 + FIELDS] = conversion->url.text;
    *ret_key = key_of(TEXT("cost_parts"), parts, 2 + FIELDS + 1);
    return true;
}

static bool make_cost_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    if (values[COST_KEY].state != VALUE_ABSENT)
        return record_key_of_value("cost", conversion->rules, &values[COST_KEY], ret_key);
    return make_parts_key(conversion, values, ret_key);
}

static Status put_content(Conversion *conversion, const Value *url, CopyWriter *writer, Error *error)
{
    if (!value_is_set(url)) {
        copy_put_null(writer);
        return STATUS_OK;
    }
    Key content_id = content_key_of(conversion->url.text);
    copy_put_uuid(writer, &content_id);
    return content_map_note(&conversion->contents, &content_id, &conversion->url, TEXT_NULL, 0, &conversion->output,
                            error);
}

static void put_day(CopyWriter *writer, const Value *day)
{
    if (value_is_set(day))
        copy_put_date(writer, (int32_t)day->number);
    else
        copy_put_null(writer);
}

static Status put_cost(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    put_day(writer, &values[COST_DAY]);
    kind_put_text(writer, &values[COST_CHANNEL]);
    kind_put_text(writer, &values[COST_CAMPAIGN]);
    kind_put_text(writer, &values[COST_SOURCE]);
    kind_put_text(writer, &values[COST_MEDIUM]);
    TRY(put_content(conversion, &values[COST_URL], writer, error));
    kind_put_money(writer, &values[COST_AMOUNT], &values[COST_CURRENCY]);
    kind_put_text(writer, &values[COST_DETAIL]);
    return STATUS_OK;
}

const Kind kind_cost = {.check = check_cost, .key = make_cost_key, .put = put_cost};

static void check_rate(Conversion *conversion, Value *values, Failure *failure)
{
    (void)conversion;
    const Value *rate = &values[RATE_RATE];
    if (value_is_set(rate) && rate->decimal.coefficient <= 0)
        failure_note(failure, "rate", "bad_number", "is not more than zero");
}

static bool make_rate_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    (void)conversion;
    if (!value_is_set(&values[RATE_CURRENCY]) || !value_is_set(&values[RATE_DAY]))
        return false;
    *ret_key = rate_key_of(values[RATE_CURRENCY].text, (int32_t)values[RATE_DAY].number);
    return true;
}

static Status put_rate(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)conversion;
    (void)error;
    kind_put_text(writer, &values[RATE_CURRENCY]);
    put_day(writer, &values[RATE_DAY]);
    copy_put_numeric(writer, values[RATE_RATE].decimal);
    return STATUS_OK;
}

const Kind kind_rate = {.check = check_rate, .key = make_rate_key, .put = put_rate};
