/* The words by which bot.h tells robots. */
#ifndef CLOSEDLOOP_TRANSFORM_BOT_PATTERNS_H
#define CLOSEDLOOP_TRANSFORM_BOT_PATTERNS_H

#include <stddef.h>
#include <stdint.h>

/* What a word says about the user agent that holds it. */
enum {
    BOT_ORDINARY = 0,    /* nothing; hides a shorter word that ends at the same place ("cubot" hides "bot") */
    BOT_CERTAIN = 1,     /* a robot */
    BOT_COMPATIBLE = 2,  /* a robot, unless an old browser is named too */
    BOT_OLD_BROWSER = 4, /* takes that back */
    BOT_DEVICE = 8,      /* a browser, a device or a placeholder: without any such word a program speaks of itself */
};

typedef struct BotPattern {
    const char *word; /* in lower case, ASCII */
    uint8_t says;
} BotPattern;

extern const BotPattern bot_patterns[];
extern const size_t bot_pattern_count;

#endif
