/* Robots, told by the user agent: crawlers, monitors, preview fetchers, command line clients and HTTP libraries,
 * headless browsers. Three rules, in one pass over the text:
 *
 *     - a word that only robots use ("bot", "http://", "curl"), in any case, unless a longer ordinary word hides it
 *       ("Cubot", a telephone);
 *     - "compatible" without the old browsers that said so truly;
 *     - no word of any browser or device at all: a program speaks of itself ("Zapier", "Name/1.0").
 *
 * In-app browsers and apps on telephones are people. An absent or empty user agent is no robot, since many sources have
 * none; nor is a placeholder ("-", "unknown", "desktop").
 *
 *     cleanup(bot_matcher_done) BotMatcher matcher = {0};
 *     TRY(bot_matcher_make(&matcher, error));
 *     if (bot_is_user_agent(&matcher, user_agent)) ...
 */
#ifndef CLOSEDLOOP_TRANSFORM_BOT_H
#define CLOSEDLOOP_TRANSFORM_BOT_H

#include "common/error.h"
#include "common/text.h"

#include <stdint.h>

/* An Aho-Corasick automaton over all the words, as one table; about 100 KiB, read only once made. */
typedef struct BotMatcher {
    uint8_t classes[256]; /* of bytes; 0 for those in no word */
    size_t class_count, state_count;
    uint16_t *next; /* state x class -> state */
    uint8_t *says;  /* state -> what the words that end here say together */
} BotMatcher;

Status bot_matcher_make(BotMatcher *matcher, Error *error);
void bot_matcher_done(BotMatcher *matcher);

bool bot_is_user_agent(const BotMatcher *matcher, Text user_agent);

#endif
