#include "transform/record_key.h"

Text number_text(int64_t number, char buffer[static NUMBER_TEXT_SIZE])
{
    char *end = buffer + NUMBER_TEXT_SIZE, *at = end;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        *--at = '-';
    return (Text){at, (size_t)(end - at)};
}

Key record_key_of(const char *name, Text system, Text key)
{
    Text parts[] = {system, key};
    return key_of(text_from(name), parts, 2);
}

Key account_key_of_domain(Text domain)
{
    return key_of(TEXT("account_domain"), &domain, 1);
}

Key content_key_of(Text url)
{
    return key_of(TEXT("content"), &url, 1);
}

Key deal_contact_key_of(const Key *deal_id, const Key *person_key, Text role)
{
    Text parts[] = {key_text(deal_id), key_text(person_key), role};
    return key_of(TEXT("deal_contact"), parts, 3);
}

Key property_change_key_of(const Key *changed, Text property, int64_t at, Text value)
{
    char number[NUMBER_TEXT_SIZE];
    Text parts[] = {key_text(changed), property, number_text(at, number), value};
    return key_of(TEXT("property_change"), parts, sizeof parts / sizeof *parts);
}

Key deal_split_key_of(const Key *deal_id, Text owner)
{
    Text parts[] = {key_text(deal_id), owner};
    return key_of(TEXT("deal_split_parts"), parts, 2);
}

Key rate_key_of(Text currency, int32_t day)
{
    char number[NUMBER_TEXT_SIZE];
    Text parts[] = {currency, number_text(day, number)};
    return key_of(TEXT("rate"), parts, 2);
}

Key arrival_key_of(const Arrival *arrival)
{
    Text parts[] = {
        channel_name(arrival->channel), arrival->source,       arrival->medium, arrival->campaign, arrival->term,
        arrival->content_tag,           arrival->referrer_host};
    return key_of(TEXT("arrival"), parts, sizeof parts / sizeof *parts);
}
