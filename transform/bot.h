/* Robots, told by the user agent: crawlers, monitors, preview fetchers, command line clients and HTTP libraries,
 * browsers that a program drives. Three rules, in one pass over the text:
 *
 *     - a word that only robots use ("bot", "http://", "curl"), in any case, unless a longer ordinary word hides it
 *       ("Cubot", a telephone);
 *     - "compatible" without the old browsers that said so truly;
 *     - no word of any browser or device at all: a program speaks of itself ("Zapier", "Name/1.0").
 *
 * In-app browsers and apps on telephones are people. An absent or empty user agent is no robot, since many sources have
 * none; nor is a placeholder ("-", "unknown", "desktop").
 *
 * The words are data/bots.tsv, or the user's own list.
 *
 *     cleanup(bot_matcher_done) BotMatcher matcher = {0};
 *     TRY(bot_matcher_make(&config.classification.bots, &matcher, error));
 *     if (bot_verdict(&matcher, user_agent) != BOT_NONE) ...
 */
#ifndef CLOSEDLOOP_TRANSFORM_BOT_H
#define CLOSEDLOOP_TRANSFORM_BOT_H

#include "common/error.h"
#include "common/fact_list.h"
#include "common/text.h"

#include <stdint.h>

/* An Aho-Corasick automaton over all the words, as one table; about 100 KiB, read only once made. */
typedef struct BotMatcher {
    uint8_t classes[256]; /* of bytes; 0 for those in no word */
    size_t class_count, state_count;
    uint16_t *next; /* state x class -> state */
    uint8_t *says;  /* state -> what the words that end here say together */
} BotMatcher;

typedef enum BotVerdict {
    BOT_NONE,
    BOT_ROBOT,
    BOT_HEADLESS, /* a browser that a program drives */
} BotVerdict;

/* ERROR_CONFIG with file and line for a list that cannot be used. The list need not outlive the matcher; ret_matcher is
 * replaced: it must not hold one. */
Status bot_matcher_make(const FactList *list, BotMatcher *ret_matcher, Error *error);
void bot_matcher_done(BotMatcher *matcher);

BotVerdict bot_verdict(const BotMatcher *matcher, Text user_agent);

#endif
