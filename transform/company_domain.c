#include "transform/company_domain.h"

#include "common/classification.h"
#include "common/public_suffix.h"
#include "transform/url_host.h"

#include <stdlib.h>

enum { HOST_MAX = 1024, LABEL_MAX = 63 };

/* --- one form -------------------------------------------------------------------------------------------------- */

static bool is_ascii(Text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

/* The underscore is none of a host's name, and stands in some all the same. */
static bool is_label(Text label)
{
    if (label.size == 0 || label.size > LABEL_MAX)
        return false;
    for (size_t i = 0; i < label.size; i++) {
        char byte = label.data[i];
        if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '_')
            return false;
    }
    return true;
}

/* Whether it is a domain of two labels or more, in ASCII. */
static bool is_domain(Text domain)
{
    size_t labels = 0;
    for (size_t at = 0; at <= domain.size; labels++) {
        Text rest = {domain.data + at, domain.size - at};
        Text label = {rest.data, text_find(rest, '.')};
        if (!is_label(label))
            return false;
        at += label.size + 1;
    }
    return labels > 1;
}

/* The host in its one form, with a NUL behind it; 0 if it is no domain of two labels or more. */
static size_t write_host(Text host, char out[COMPANY_DOMAIN_SPACE])
{
    char canonical[URL_HOST_SPACE(HOST_MAX)];
    if (host.size > HOST_MAX)
        return 0;
    Text domain = {canonical, url_host_canonical(host, canonical)};
    if (domain.size && canonical[domain.size - 1] == '.')
        domain.size--;
    if (domain.size == 0 || canonical[0] == '[' || url_host_may_be_number(domain))
        return 0;
    canonical[domain.size] = '\0';
    if (is_ascii(domain) && domain.size < COMPANY_DOMAIN_SPACE)
        memcpy(out, canonical, domain.size + 1);
    else if (is_ascii(domain) || !public_suffix_ascii(canonical, out, COMPANY_DOMAIN_SPACE))
        return 0;
    return is_domain(text_from(out)) ? strlen(out) : 0;
}

/* --- free mail ------------------------------------------------------------------------------------------------- */

static Text domain_of(const FactRow *row)
{
    return row->values[FREE_MAIL_COLUMN_DOMAIN];
}

static int compare_rows(const void *a, const void *b)
{
    const FactRow *first = *(const FactRow *const *)a, *second = *(const FactRow *const *)b;
    int order = text_compare(domain_of(first), domain_of(second));
    return order ? order : (first->line > second->line) - (first->line < second->line);
}

static int compare_domain(const void *key, const void *row)
{
    return text_compare(*(const Text *)key, domain_of(*(const FactRow *const *)row));
}

static bool is_listed(const CompanyDomains *domains, Text domain)
{
    return domains->free_mail_count && bsearch(&domain, domains->free_mail, domains->free_mail_count,
                                               sizeof(const FactRow *), compare_domain) != NULL;
}

static Status check_row(const FactList *list, const FactRow *row, Error *error)
{
    Text kind = row->values[FREE_MAIL_COLUMN_KIND], domain = domain_of(row);
    char form[COMPANY_DOMAIN_SPACE];
    if (!text_is(kind, "access") && !text_is(kind, "mail") && !text_is(kind, "throwaway")) {
        fact_list_error(list, row, error, "unknown kind '%.*s'", TEXT_PRINTF(kind));
        return error_hint(error, "there are: access, mail, throwaway");
    }
    size_t size = write_host(domain, form);
    if (size == 0)
        return fact_list_error(list, row, error, "'%.*s' is no domain", TEXT_PRINTF(domain));
    if (!text_equal((Text){form, size}, domain))
        return fact_list_error(list, row, error, "'%.*s' must be written %s", TEXT_PRINTF(domain), form);
    return STATUS_OK;
}

static Status sort_rows(const FactList *list, const FactRow **rows, Error *error)
{
    for (size_t i = 0; i < list->row_count; i++) {
        TRY(check_row(list, &list->rows[i], error));
        rows[i] = &list->rows[i];
    }
    qsort(rows, list->row_count, sizeof *rows, compare_rows);
    for (size_t i = 1; i < list->row_count; i++)
        if (text_equal(domain_of(rows[i]), domain_of(rows[i - 1])))
            return fact_list_error(list, rows[i], error, "'%.*s' stands in line %u already",
                                   TEXT_PRINTF(domain_of(rows[i])), rows[i - 1]->line);
    return STATUS_OK;
}

Status company_domains_make(const FactList *free_mail, CompanyDomains *ret_domains, Error *error)
{
    if (public_suffix_digest().size == 0)
        return error_set(error, ERROR_CONFIG, "libpsl was built without a list of public suffixes");
    const FactRow **rows = calloc(free_mail->row_count + 1, sizeof *rows);
    if (!rows)
        return error_no_memory(error);
    if (sort_rows(free_mail, rows, error) != STATUS_OK) {
        free(rows);
        return STATUS_ERROR;
    }
    *ret_domains = (CompanyDomains){.free_mail = rows, .free_mail_count = free_mail->row_count};
    return STATUS_OK;
}

void company_domains_done(CompanyDomains *domains)
{
    free(domains->free_mail);
    *domains = (CompanyDomains){.free_mail = NULL};
}

/* --- the domain ------------------------------------------------------------------------------------------------ */

Text company_domain_of(const CompanyDomains *domains, Text host, char out[COMPANY_DOMAIN_SPACE])
{
    size_t size = write_host(host, out);
    const char *registrable = size ? public_suffix_registrable(out) : NULL;
    if (!registrable)
        return TEXT_NULL;
    for (const char *at = out; at <= registrable; at = strchr(at, '.') + 1)
        if (is_listed(domains, (Text){at, size - (size_t)(at - out)}))
            return TEXT_NULL;
    return (Text){registrable, size - (size_t)(registrable - out)};
}
