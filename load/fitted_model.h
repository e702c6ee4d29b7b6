/* The models that are fitted to all journeys: which there are, and what their states are. */
#ifndef CLOSEDLOOP_LOAD_FITTED_MODEL_H
#define CLOSEDLOOP_LOAD_FITTED_MODEL_H

#include <stddef.h>

typedef enum FittedKind {
    FITTED_MARKOV,
    FITTED_SHAPLEY,
} FittedKind;

/* What is a state: a touch has one of each. */
typedef enum FittedItem {
    FITTED_CONTENT,
    FITTED_CHANNEL,
    FITTED_TOPIC,
    FITTED_ITEM_COUNT,
} FittedItem;

/* Numbers of fitted models begin after this one; less it, they are places in the arrays of cl_marketing.fitted_touch.
 */
enum { FITTED_NUMBER_BASE = 100, FITTED_MODELS_COUNT = 5 };

typedef struct FittedModel {
    int number; /* never reused */
    FittedKind kind;
    FittedItem item;
    const char *name;
    const char *meaning; /* one line for users */
} FittedModel;

/* By number. */
extern const FittedModel FITTED_MODELS[FITTED_MODELS_COUNT];

#endif
