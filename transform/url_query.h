/* The query of a URL: its parameters as given, and the canonical query.
 *
 * Canonical: tracking parameters and those that hold an e-mail address are dropped, or, if a source names the
 * parameters that make its content, all others; what remains is in the one form of percent.h and sorted by (name,
 * value) in byte order, equal ones as given. A parameter without a name and without = is nothing. "+" stays "+".
 */
#ifndef CLOSEDLOOP_TRANSFORM_URL_QUERY_H
#define CLOSEDLOOP_TRANSFORM_URL_QUERY_H

#include "common/text.h"
#include "transform/tracking_parameters.h"

#include <stdint.h>

enum {
    URL_CEILING = 8192,        /* bytes of a URL, as given and canonical */
    URL_PARAMETERS_MAX = 256,  /* of one URL */
    URL_NAMED_MAX = 64,        /* parameters that a source may name */
    URL_NAMED_SIZE_MAX = 2048, /* bytes of their names together */
    URL_TRACKING_MAX = 512,    /* entries of the table of tracking parameters */
};

/* What is dropped, prepared once for each source. */
typedef struct UrlQueryRules {
    uint16_t bucket[257];           /* entries of the tracking table whose names start with that byte */
    uint8_t size[URL_TRACKING_MAX]; /* of their names, without the star */
    bool is_named_only;
    uint16_t named_end[URL_NAMED_MAX]; /* where each name ends in named_bytes, in canonical form */
    size_t named_count;
    char named_bytes[URL_NAMED_SIZE_MAX * 3];
} UrlQueryRules;

/* One parameter as it stands in the URL: still percent-encoded. Without = the value is the absent text. */
typedef struct UrlParameter {
    Text name, value;
} UrlParameter;

typedef struct UrlKept {
    uint32_t start, size, name_size; /* in the canonical query */
} UrlKept;

typedef struct UrlQuery {
    UrlParameter parameters[URL_PARAMETERS_MAX]; /* all of them, dropped ones too, in the order given */
    size_t parameter_count;
    uint32_t roles;                   /* bit 1 << role: there is such a parameter with a value */
    Text role_values[URL_ROLE_COUNT]; /* of the first such parameter, percent-encoded; only where the bit is set */
    UrlKept kept[URL_PARAMETERS_MAX]; /* used within url_query_write() */
    char scratch[URL_CEILING * 3];    /* the same */
} UrlQuery;

/* named NULL keeps all parameters that do not track; a list without names keeps none. False if the names are too many
 * or too long. */
bool url_query_rules_make(UrlQueryRules *rules, const Text *named, size_t named_count);

/* Reads the raw query (behind ?, before #; at most URL_CEILING bytes) and writes the canonical one, of at most three
 * times its size. False if there are too many parameters. The parameters are spans into raw. */
bool url_query_write(UrlQuery *query, const UrlQueryRules *rules, Text raw, char *out, size_t *ret_size);

/* A parameter's value of that role, percent-encoded, or the absent text. */
static inline Text url_query_role(const UrlQuery *query, UrlRole role)
{
    return query->roles >> role & 1 ? query->role_values[role] : TEXT_NULL;
}

/* The role of a parameter of that name, URL_ROLE_NONE if it has none; names are compared without case. *ret_is_tracking
 * says whether it is dropped. */
UrlRole url_query_role_of(const UrlQueryRules *rules, Text name, bool *ret_is_tracking);

#endif
