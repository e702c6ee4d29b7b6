#include "transform/bot.h"

#include "common/classification.h"

#include <stdlib.h>

/* What a word says about the user agent that holds it. */
enum {
    BOT_ORDINARY = 0,
    BOT_CERTAIN = 1,
    BOT_DRIVEN = 2,
    BOT_COMPATIBLE = 4,
    BOT_OLD_BROWSER = 8,
    BOT_DEVICE = 16,
};

typedef struct BotSaying {
    const char *name;
    uint8_t says;
} BotSaying;

static const BotSaying sayings[] = {
    {"robot", BOT_CERTAIN},           {"headless", BOT_DRIVEN}, {"compatible", BOT_COMPATIBLE},
    {"old_browser", BOT_OLD_BROWSER}, {"device", BOT_DEVICE},   {"ordinary", BOT_ORDINARY},
};

static const BotSaying *find_saying(Text name)
{
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++)
        if (text_is(name, sayings[i].name))
            return &sayings[i];
    return NULL;
}

/* --- the list -------------------------------------------------------------------------------------------------- */

static Text word_of(const FactRow *row)
{
    return row->values[BOT_COLUMN_WORD];
}

static Status check_row(const FactList *list, const FactRow *row, Error *error)
{
    Text word = word_of(row), says = row->values[BOT_COLUMN_SAYS];
    if (!find_saying(says)) {
        fact_list_error(list, row, error, "unknown word '%.*s' for what a word says", TEXT_PRINTF(says));
        return error_hint(error, "there are: robot, headless, compatible, old_browser, device, ordinary");
    }
    for (size_t i = 0; i < word.size; i++) {
        unsigned char byte = (unsigned char)word.data[i];
        if (byte < ' ' || byte > '~' || (byte >= 'A' && byte <= 'Z'))
            return fact_list_error(list, row, error, "'%.*s' is not in lower case, or not in ASCII", TEXT_PRINTF(word));
    }
    return STATUS_OK;
}

/* Upper and lower case of a letter share a class. Returns the most states that the words can need. */
static size_t set_classes(BotMatcher *matcher, const FactList *list)
{
    size_t states = 1;
    matcher->class_count = 1;
    for (size_t i = 0; i < list->row_count; i++) {
        Text word = word_of(&list->rows[i]);
        for (size_t at = 0; at < word.size; at++, states++) {
            unsigned char byte = (unsigned char)word.data[at];
            if (matcher->classes[byte])
                continue;
            matcher->classes[byte] = (uint8_t)matcher->class_count++;
            if (byte >= 'a' && byte <= 'z')
                matcher->classes[byte - 'a' + 'A'] = matcher->classes[byte];
        }
    }
    return states;
}

/* The trie of the words: 0 in `next` is no child, since no word leads back to the root. `ends` holds the rows of the
 * words that end in a state, from 1. */
static Status add_words(BotMatcher *matcher, const FactList *list, size_t *ends, Error *error)
{
    matcher->state_count = 1;
    for (size_t i = 0; i < list->row_count; i++) {
        Text word = word_of(&list->rows[i]);
        size_t state = 0;
        for (size_t at = 0; at < word.size; at++) {
            uint16_t *child =
                &matcher->next[state * matcher->class_count + matcher->classes[(unsigned char)word.data[at]]];
            if (*child == 0)
                *child = (uint16_t)matcher->state_count++;
            state = *child;
        }
        if (ends[state])
            return fact_list_error(list, &list->rows[i], error, "'%.*s' stands in line %u already", TEXT_PRINTF(word),
                                   list->rows[ends[state] - 1].line);
        matcher->says[state] = find_saying(list->rows[i].values[BOT_COLUMN_SAYS])->says;
        ends[state] = i + 1;
    }
    return STATUS_OK;
}

/* Breadth first: a missing child becomes that of the longest proper suffix, `suffixes` of a state being known before
 * its children's. A word hides the shorter words that end with it. */
static void link_suffixes(BotMatcher *matcher, const size_t *ends, uint16_t *suffixes, uint16_t *queue)
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

static Status fill(BotMatcher *matcher, const FactList *list, size_t states, Error *error)
{
    matcher->next = calloc(states * matcher->class_count, sizeof *matcher->next);
    matcher->says = calloc(states, sizeof *matcher->says);
    size_t *ends = calloc(states, sizeof *ends);
    uint16_t *suffixes = calloc(states, sizeof *suffixes), *queue = calloc(states, sizeof *queue);
    Status status = STATUS_ERROR;
    if (!matcher->next || !matcher->says || !ends || !suffixes || !queue)
        error_no_memory(error);
    else
        status = add_words(matcher, list, ends, error);
    if (status == STATUS_OK)
        link_suffixes(matcher, ends, suffixes, queue);
    free(ends);
    free(suffixes);
    free(queue);
    return status;
}

Status bot_matcher_make(const FactList *list, BotMatcher *ret_matcher, Error *error)
{
    BotMatcher matcher = {.next = NULL};
    for (size_t i = 0; i < list->row_count; i++)
        TRY(check_row(list, &list->rows[i], error));
    size_t states = set_classes(&matcher, list);
    if (states > UINT16_MAX)
        return error_set(error, ERROR_CONFIG, "%s: its words are longer than %d bytes together", list->name,
                         UINT16_MAX);
    if (fill(&matcher, list, states, error) != STATUS_OK) {
        bot_matcher_done(&matcher);
        return STATUS_ERROR;
    }
    *ret_matcher = matcher;
    return STATUS_OK;
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

BotVerdict bot_verdict(const BotMatcher *matcher, Text user_agent)
{
    size_t state = 0, classes = matcher->class_count;
    unsigned said = 0;
    for (size_t i = 0; i < user_agent.size; i++) {
        state = matcher->next[state * classes + matcher->classes[(unsigned char)user_agent.data[i]]];
        said |= matcher->says[state];
        if (said & (BOT_CERTAIN | BOT_DRIVEN))
            return said & BOT_CERTAIN ? BOT_ROBOT : BOT_HEADLESS;
    }
    if (said & BOT_COMPATIBLE)
        return said & BOT_OLD_BROWSER ? BOT_NONE : BOT_ROBOT;
    return said & BOT_DEVICE || !has_letter(user_agent) ? BOT_NONE : BOT_ROBOT;
}
