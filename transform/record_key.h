/* Keys of records: XXH3-128 of their natural parts (common/hash.h). Names and parts are fixed, since keys of different
 * batches, sources and machines must meet.
 *
 *     ("deal", system, key)       ("account", system, key)    ("account_domain", domain)
 *     ("activity", system, key)   ("question", system, key)   ("content", canonical url)
 *     ("property_change", deal_id or person_key, property, instant, value)
 *     ("deal_contact", deal_id, person_key, role)             ("rate", currency, day)
 *     ("deal_split", system, key), or ("deal_split_parts", deal_id, owner)
 *     ("cost", system, key), or ("cost_parts", system, day, channel, campaign, source, medium, canonical url)
 *     ("view", system, event id), or ("view_parts", system, visitor_id, instant, canonical url, interaction)
 *     ("identity", system, key), or ("identity_parts", system, visitor_id, instant, person_key), or, of a view that
 *     shows a person, ("identity_of_view", view_id)
 *     ("visitor_of_view", view_id): of a view without a visitor
 *     ("arrival", channel, source, medium, campaign, term, content tag, referrer host)
 *
 * Instants and days are decimal numbers (microseconds, days since 1970); keys within keys are their 16 bytes.
 */
#ifndef CLOSEDLOOP_TRANSFORM_RECORD_KEY_H
#define CLOSEDLOOP_TRANSFORM_RECORD_KEY_H

#include "common/hash.h"
#include "transform/channel.h"
#include "transform/value.h"

#include <stdint.h>

enum { NUMBER_TEXT_SIZE = 24 };

/* A part that is a key: its bytes. */
static inline Text key_text(const Key *key)
{
    return (Text){(const char *)key->bytes, sizeof key->bytes};
}

/* A part that is a number, written into the buffer. */
Text number_text(int64_t number, char buffer[static NUMBER_TEXT_SIZE]);

/* (name, system, key): deal, deal_split, account, activity, question, cost, view, identity. */
Key record_key_of(const char *name, Text system, Text key);

Key account_key_of_domain(Text domain);
Key content_key_of(Text url);
Key deal_contact_key_of(const Key *deal_id, const Key *person_key, Text role);
Key property_change_key_of(const Key *changed, Text property, int64_t at, Text value);
Key deal_split_key_of(const Key *deal_id, Text owner);
Key rate_key_of(Text currency, int32_t day);
Key arrival_key_of(const Arrival *arrival);

/* The same of a record's value: false if it is not set. */
static inline bool record_key_of_value(const char *name, const SourceRules *rules, const Value *value, Key *ret_key)
{
    if (!value_is_set(value))
        return false;
    *ret_key = record_key_of(name, rules->system, value->text);
    return true;
}

#endif
