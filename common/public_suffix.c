#include "common/public_suffix.h"

#include "common/time.h"

#include <libpsl.h>

const char *public_suffix_registrable(const char *domain)
{
    return psl_registrable_domain(psl_builtin(), domain);
}

bool public_suffix_lower(const char *domain, char *out, size_t space)
{
    char *lower = NULL;
    if (psl_str_to_utf8lower(domain, "utf-8", "en", &lower) != PSL_SUCCESS)
        return false;
    size_t size = strlen(lower);
    bool fits = size < space;
    if (fits)
        memcpy(out, lower, size + 1);
    psl_free_string(lower);
    return fits;
}

Text public_suffix_digest(void)
{
    return text_from(psl_builtin_sha1sum());
}

void public_suffix_date(char out[PUBLIC_SUFFIX_DATE_SIZE])
{
    char instant[TIME_ISO_SIZE];
    time_write_iso((int64_t)psl_builtin_file_time() * 1000000, instant);
    memcpy(out, instant, PUBLIC_SUFFIX_DATE_SIZE - 1);
    out[PUBLIC_SUFFIX_DATE_SIZE - 1] = '\0';
}
