#include "transform/identity_key.h"

Key visitor_key_of_cookie(const Secret *secret, Text system, Text cookie)
{
    Text parts[] = {system, cookie};
    return key_of_secret(secret, TEXT("visitor"), parts, 2);
}

Key visitor_key_of_email(const Secret *secret, Text email)
{
    return key_of_secret(secret, TEXT("visitor_email"), &email, 1);
}

Key visitor_key_of_contact(const Secret *secret, Text system, Text contact)
{
    Text parts[] = {system, contact};
    return key_of_secret(secret, TEXT("visitor_contact"), parts, 2);
}

Key person_key_of_email(const Secret *secret, Text email)
{
    return key_of_secret(secret, TEXT("email"), &email, 1);
}

Key person_key_of_contact(const Secret *secret, Text system, Text contact)
{
    Text parts[] = {system, contact};
    return key_of_secret(secret, TEXT("contact"), parts, 2);
}

bool person_key_of(const SourceRules *rules, const Value *contact, const Value *email, Key *ret_key)
{
    if (value_is_set(contact)) {
        *ret_key = person_key_of_contact(&rules->secret, rules->system, contact->text);
        return true;
    }
    if (contact->state == VALUE_BAD || !value_is_set(email))
        return false;
    *ret_key = person_key_of_email(&rules->secret, email->text);
    return true;
}
