/* The company's own domain that an e-mail address or a host is of: the part that somebody registered, by the list of
 * public suffixes (common/public_suffix.h), in lower case and in ASCII, other letters as "xn--". So people and accounts
 * are of one company if they have one text.
 *
 *     cleanup(company_domains_done) CompanyDomains domains = {0};
 *     TRY(company_domains_make(&config.classification.free_mail, &domains, error));
 *     char out[COMPANY_DOMAIN_SPACE];
 *     company_domain_of(&domains, TEXT("Mail.Example.co.uk"), out)        // "example.co.uk"
 *     company_domain_of(&domains, TEXT("googlemail.com"), out)            // absent, as it is for addresses of
 * machines,
 *                                                                         // names of one label and public suffixes
 *
 * The domains of free mail are data/free_mail.tsv, or the user's own list. A listed domain stands for itself and all
 * below it, so that a list may also name a part of a company's domain.
 */
#ifndef CLOSEDLOOP_TRANSFORM_COMPANY_DOMAIN_H
#define CLOSEDLOOP_TRANSFORM_COMPANY_DOMAIN_H

#include "common/error.h"
#include "common/fact_list.h"
#include "common/text.h"

typedef struct CompanyDomains {
    const FactRow **free_mail; /* in the order of their domains */
    size_t free_mail_count;
} CompanyDomains;

/* The list must outlive them. ERROR_CONFIG with file and line for what cannot be used, or if the library of public
 * suffixes has no list. ret_domains is replaced: it must not hold any. */
Status company_domains_make(const FactList *free_mail, CompanyDomains *ret_domains, Error *error);
void company_domains_done(CompanyDomains *domains);

/* 253 bytes, as the domain name system has it, and a NUL. */
enum { COMPANY_DOMAIN_SPACE = 254 };

/* Of a host, or of what stands behind the @ of an address. Lies in out; the absent text if there is none. */
Text company_domain_of(const CompanyDomains *domains, Text host, char out[COMPANY_DOMAIN_SPACE]);

#endif
