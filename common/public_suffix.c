#include "common/public_suffix.h"

#include "common/time.h"

#include <idn2.h>
#include <libpsl.h>

const char *public_suffix_registrable(const char *domain)
{
    return psl_registrable_domain(psl_builtin(), domain);
}

bool public_suffix_ascii(const char *domain, char *out, size_t space)
{
    char *ascii = NULL;
    if (idn2_to_ascii_8z(domain, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return false;
    size_t size = strlen(ascii);
    bool fits = size < space;
    if (fits)
        memcpy(out, ascii, size + 1);
    idn2_free(ascii);
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
