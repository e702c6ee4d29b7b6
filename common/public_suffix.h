/* Where companies' own domains begin: below a public suffix, such as com, co.uk or github.io (publicsuffix.org). The
 * list is the one that libpsl was built with, never a file of the machine, so that answers change with the library
 * alone. The only module that knows libpsl and libidn2.
 *
 *     public_suffix_registrable("www.example.co.uk")           // "example.co.uk"
 *     public_suffix_registrable("co.uk")                       // NULL: nobody's own
 */
#ifndef CLOSEDLOOP_COMMON_PUBLIC_SUFFIX_H
#define CLOSEDLOOP_COMMON_PUBLIC_SUFFIX_H

#include "common/text.h"

/* The end of the domain that is one label more than its longest public suffix, those of private registries included;
 * NULL if the domain is a suffix itself. What no rule of the list names has its last label for a suffix. The domain is
 * in lower case and in ASCII ("xn--"), and no label of it is empty. */
const char *public_suffix_registrable(const char *domain);

/* Writes a domain in valid UTF-8 as the domain name system does: in lower case, other letters as "xn--" (IDNA 2008,
 * with the mapping of Unicode TR46); false if it has no such form, or if that is too long. */
bool public_suffix_ascii(const char *domain, char *out, size_t space);

/* What tells one list from another; empty if the library was built without one. */
Text public_suffix_digest(void);

enum { PUBLIC_SUFFIX_DATE_SIZE = 11 };

/* Writes the day of the list as 2023-02-09. */
void public_suffix_date(char out[PUBLIC_SUFFIX_DATE_SIZE]);

#endif
