/* Keys of visitors and persons: digests under the installation's secret, so that nobody without it can look a cookie or
 * an address up. Names of the keys are fixed: closedloop-load computes the same ones.
 *
 *     ("visitor", system, cookie)            a visitor
 *     ("visitor_email", address)             one that shows an address and no cookie
 *     ("visitor_contact", system, contact)   one that shows a contact alone
 *     ("email", address)                     a person's address, normalised (transform/email.h)
 *     ("contact", system, contact)           a person's contact
 */
#ifndef CLOSEDLOOP_TRANSFORM_IDENTITY_KEY_H
#define CLOSEDLOOP_TRANSFORM_IDENTITY_KEY_H

#include "common/hash.h"
#include "transform/value.h"

Key visitor_key_of_cookie(const Secret *secret, Text system, Text cookie);
Key visitor_key_of_email(const Secret *secret, Text email);
Key visitor_key_of_contact(const Secret *secret, Text system, Text contact);

Key person_key_of_email(const Secret *secret, Text email);
Key person_key_of_contact(const Secret *secret, Text system, Text contact);

/* The person that a record names: its contact if it gives one, else its address. False if it gives neither, or if what
 * decides is bad. */
bool person_key_of(const SourceRules *rules, const Value *contact, const Value *email, Key *ret_key);

#endif
