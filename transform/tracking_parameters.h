/* The query parameters that say how a visitor came, not what is shown: the canonical URL drops them, and the arrival is
 * read from some of them. */
#ifndef CLOSEDLOOP_TRANSFORM_TRACKING_PARAMETERS_H
#define CLOSEDLOOP_TRANSFORM_TRACKING_PARAMETERS_H

#include <stddef.h>

/* What a parameter tells about the arrival. */
typedef enum UrlRole {
    URL_ROLE_NONE,
    URL_ROLE_SOURCE,
    URL_ROLE_MEDIUM,
    URL_ROLE_CAMPAIGN,
    URL_ROLE_TERM,
    URL_ROLE_CONTENT,
    URL_ROLE_CLICK_ID, /* the first of these; one for each advertiser */
    URL_ROLE_GCLID = URL_ROLE_CLICK_ID,
    URL_ROLE_WBRAID,
    URL_ROLE_GBRAID,
    URL_ROLE_DCLID,
    URL_ROLE_MSCLKID,
    URL_ROLE_YCLID,
    URL_ROLE_LI_FAT_ID,
    URL_ROLE_TTCLID,
    URL_ROLE_TWCLID,
    URL_ROLE_RDT_CID,
    URL_ROLE_SCCID,
    URL_ROLE_EPIK,
    URL_ROLE_GCLSRC,     /* stands beside a gclid, unless that was taken away */
    URL_ROLE_GAD_SOURCE, /* likewise */
    URL_ROLE_MC_CID,     /* of a newsletter by Mailchimp ... */
    URL_ROLE_MC_EID,     /* ... and of who got it */
    URL_ROLE_FBCLID,     /* last: it marks every outbound link, paid or not, so any other one says more */
    URL_ROLE_COUNT,
} UrlRole;

typedef struct TrackingParameter {
    const char *name; /* in lower case; a final * stands for any ending */
    UrlRole role;
} TrackingParameter;

/* Sorted by the first byte of the name; the first that matches decides. */
extern const TrackingParameter tracking_parameters[];
extern const size_t tracking_parameter_count;

#endif
