/* The canonical URL: what content is.
 *
 * A URL is read as a browser reads it, by the WHATWG URL standard (url.spec.whatwg.org): white space around it and tabs
 * and line ends within go, backslashes are slashes, dot segments are resolved, hosts are normalised (url_host.h says
 * how far), and what the standard says must fail, fails. Then what does not make the content is dropped:
 *
 *     http and https are one                     https://
 *     user information, fragment                 dropped
 *     port                                       80 and 443 dropped, for either scheme, since the schemes are one
 *     trailing slashes, index files              dropped, again and again: /a/index.html/ is /a; the root stays /
 *     query                                      sorted, without tracking parameters and addresses: url_query.h
 *     percent-encoding                           in the one form of percent.h
 *     case of the path, repeated slashes         kept
 *
 * Only http and https are content. canonical(canonical(x)) = canonical(x).
 *
 *     UrlRules rules;                                      // once for each source
 *     reason = url_rules_make(&rules, TEXT("https://example.com"), NULL, 0);
 *     CanonicalUrl url;                                    // once for each thread: 60 KiB, nothing to set up or free
 *     reason = canonical_url_make(&url, &rules, TEXT("/Pricing/?utm_source=x&b=2&a=1#top"));
 *     url.text                                             // https://example.com/Pricing?a=1&b=2
 *     url_query_role(&url.query, URL_ROLE_SOURCE)          // x
 */
#ifndef CLOSEDLOOP_TRANSFORM_CANONICAL_URL_H
#define CLOSEDLOOP_TRANSFORM_CANONICAL_URL_H

#include "common/text.h"
#include "transform/url_query.h"

enum { URL_BASE_MAX = 1024 };

/* Why a URL is no content. */
typedef enum UrlReason {
    URL_OK = 0,
    URL_EMPTY,
    URL_TOO_LONG,
    URL_OTHER_SCHEME,
    URL_RELATIVE,
    URL_BAD_HOST,
    URL_BAD_PORT,
    URL_TOO_MANY_PARAMETERS,
    URL_BAD_RULES, /* of url_rules_make(): too many names, or they are too long */
} UrlReason;

/* "the url has no scheme, and its source no base_url": lower case, no final period. */
const char *url_reason_text(UrlReason reason);

/* What a source says about its URLs. Holds copies: nothing of the caller's. */
typedef struct UrlRules {
    UrlQueryRules query;
    char base[URL_BASE_MAX];                                  /* the base URL behind its scheme's slashes */
    size_t base_authority, base_folder, base_path, base_size; /* where its parts end; all 0 without a base */
    bool is_base_https;
} UrlRules;

/* base_url: an absolute http or https URL that relative ones are resolved against, or the absent text. named: the only
 * query parameters that make this source's content, perhaps none; NULL: all but tracking ones do. */
UrlReason url_rules_make(UrlRules *rules, Text base_url, const Text *named, size_t named_count);

/* All spans are valid until the next call; the query's also need the text that was given. */
typedef struct CanonicalUrl {
    Text text; /* ASCII, but for a host in other letters */
    Text host; /* without port; IPv6 in brackets */
    Text path; /* starts with / */
    UrlQuery query;
    char bytes[URL_CEILING * 3 + 64];
    char input[URL_CEILING]; /* what was given, where it had to be changed before it could be read */
} CanonicalUrl;

/* Fills the url. On failure its contents are undefined. */
UrlReason canonical_url_make(CanonicalUrl *url, const UrlRules *rules, Text raw);

enum { URL_REFERRER_HOST_SPACE = URL_CEILING + 64 };

/* The host of a referrer, canonical, written to out: of an http, https, android-app or ios-app URL, or of a text that
 * is a host name, perhaps with a path. The absent text if there is none. */
Text url_referrer_host(Text referrer, char out[URL_REFERRER_HOST_SPACE]);

#endif
