#include "transform/bot.h"

#include "transform/bot_patterns.h"

#include <stdlib.h>

/* Upper and lower case of a letter share a class. Returns the most states that the words can need. */
static size_t set_classes(BotMatcher *matcher)
{
    size_t states = 1;
    matcher->class_count = 1;
    for (size_t i = 0; i < bot_pattern_count; i++) {
        for (const char *at = bot_patterns[i].word; *at; at++, states++) {
            unsigned char byte = (unsigned char)*at;
            if (matcher->classes[byte])
                continue;
            matcher->classes[byte] = (uint8_t)matcher->class_count++;
            if (byte >= 'a' && byte <= 'z')
                matcher->classes[byte - 'a' + 'A'] = matcher->classes[byte];
        }
    }
    return states;
}

/* The trie of the words: 0 in `next` is no child, since no word leads back to the root. `ends` marks where words end,
 * also those that say nothing. */
static void add_words(BotMatcher *matcher, bool *ends)
{
    matcher->state_count = 1;
    for (size_t i = 0; i < bot_pattern_count; i++) {
        size_t state = 0;
        for (const char *at = bot_patterns[i].word; *at; at++) {
            uint16_t *child = &matcher->next[state * matcher->class_count + matcher->classes[(unsigned char)*at]];
            if (*child == 0)
                *child = (uint16_t)matcher->state_count++;
            state = *child;
        }
        matcher->says[state] = bot_patterns[i].says;
        ends[state] = true;
    }
}

/* Breadth first: a missing child becomes that of the longest proper suffix, `suffixes` of a state being known before
 * its children's. A word hides the shorter words that end with it. */
static void link_suffixes(BotMatcher *matcher, const bool *ends, uint16_t *suffixes, uint16_t *queue)
{
    size_t first = 0, last = 0, classes = matcher->class_count;
    for (size_t class = 0; class < classes; class ++) {
        if (matcher->next[class])
            queue[last++] = matcher->next[class];
    }
    while (first < last) {
        size_t state = queue[first++], suffix = suffixes[state];
        if (!ends[state])
            matcher->says[state] = matcher->says[suffix];
        for (size_t class = 0; class < classes; class ++) {
            uint16_t *child = &matcher->next[state * classes + class];
            uint16_t elsewhere = matcher->next[suffix * classes + class];
            if (*child == 0) {
                *child = elsewhere;
                continue;
            }
            suffixes[*child] = elsewhere;
            queue[last++] = *child;
        }
    }
}

Status bot_matcher_make(BotMatcher *matcher, Error *error)
{
    *matcher = (BotMatcher){.next = NULL};
    size_t states = set_classes(matcher);
    if (states > UINT16_MAX)
        return error_set(error, ERROR_INTERNAL, "the bot patterns are longer than %d bytes together", UINT16_MAX);
    matcher->next = calloc(states * matcher->class_count, sizeof *matcher->next);
    matcher->says = calloc(states, sizeof *matcher->says);
    bool *ends = calloc(states, sizeof *ends);
    uint16_t *suffixes = calloc(states, sizeof *suffixes), *queue = calloc(states, sizeof *queue);
    bool is_complete = matcher->next && matcher->says && ends && suffixes && queue;
    if (is_complete) {
        add_words(matcher, ends);
        link_suffixes(matcher, ends, suffixes, queue);
    }
    free(ends);
    free(suffixes);
    free(queue);
    if (is_complete)
        return STATUS_OK;
    bot_matcher_done(matcher);
    return error_no_memory(error);
}

void bot_matcher_done(BotMatcher *matcher)
{
    free(matcher->next);
    free(matcher->says);
    *matcher = (BotMatcher){.next = NULL};
}

static bool has_letter(Text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((text.data[i] | 0x20) >= 'a' && (text.data[i] | 0x20) <= 'z')
            return true;
    }
    return false;
}

bool bot_is_user_agent(const BotMatcher *matcher, Text user_agent)
{
    size_t state = 0, classes = matcher->class_count;
    unsigned said = 0;
    for (size_t i = 0; i < user_agent.size; i++) {
        state = matcher->next[state * classes + matcher->classes[(unsigned char)user_agent.data[i]]];
        said |= matcher->says[state];
        if (said & BOT_CERTAIN)
            return true;
    }
    if (said & BOT_COMPATIBLE)
        return !(said & BOT_OLD_BROWSER);
    return !(said & BOT_DEVICE) && has_letter(user_agent);
}
