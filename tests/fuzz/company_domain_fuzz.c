/* Any bytes as a host, and as a list of free mail: no crash, everything within the ceilings, and a company's domain is
 * in its one form: its own domain, in lower case and in ASCII. The first byte chooses. */
#include "common/classification.h"
#include "transform/company_domain.h"
#include "transform/email.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static const CompanyDomains *shipped(void)
{
    static Classification lists;
    static CompanyDomains domains;
    static Arena arena;
    Error error = ERROR_INIT;
    if (domains.free_mail)
        return &domains;
    arena = arena_make(8 << 20);
    require(classification_read(&(ClassificationFiles){.sites = NULL}, &arena, &lists, &error) == STATUS_OK);
    require(company_domains_make(&lists.free_mail, &domains, &error) == STATUS_OK);
    return &domains;
}

static void check_host(const CompanyDomains *domains, Text host)
{
    char out[COMPANY_DOMAIN_SPACE], again[COMPANY_DOMAIN_SPACE];
    Text domain = company_domain_of(domains, host, out);
    if (text_is_null(domain))
        return;
    require(domain.size >= 3 && domain.size < COMPANY_DOMAIN_SPACE && text_find(domain, '.') < domain.size);
    for (size_t i = 0; i < domain.size; i++) {
        char byte = domain.data[i];
        require((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' ||
                byte == '_');
    }
    require(text_equal(company_domain_of(domains, domain, again), domain));
}

static void check_email(Text raw)
{
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    Text email;
    if (email_normalize(raw, &arena, &email))
        check_host(shipped(), email_domain(email));
}

static void check_list(Text raw)
{
    static const char *const columns[] = {"kind", "domain"};
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    cleanup(company_domains_done) CompanyDomains domains = {.free_mail = NULL};
    FactList list;
    Error error = ERROR_INIT;
    const char *content = arena_printf(&arena, "# date: 2026-01-01\nkind\tdomain\n%.*s", TEXT_PRINTF(raw));
    if (!content || fact_list_parse(text_from(content), "f", columns, 2, &arena, &list, &error) != STATUS_OK ||
        company_domains_make(&list, &domains, &error) != STATUS_OK)
        return;
    char out[COMPANY_DOMAIN_SPACE];
    for (size_t i = 0; i < list.row_count; i++)
        require(text_is_null(company_domain_of(&domains, list.rows[i].values[FREE_MAIL_COLUMN_DOMAIN], out)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Text raw = {(const char *)data + 1, size - 1};
    switch (data[0] % 3) {
    case 0:
        check_host(shipped(), raw);
        break;
    case 1:
        check_email(raw);
        break;
    default:
        check_list(raw);
    }
    return 0;
}
