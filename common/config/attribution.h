/* The configuration's `attribution`: what a deal's journey is, and by which models it is shared. A part of
 * common/config.
 *
 *     attribution:
 *       lookback_days: 90
 *       lookback_touches: 50                                # the newest so many; no limit unless given
 *       until: closed_at
 *       half_life_days: 7
 *       model: linear
 *       models: [linear, our_split, markov_channel]         # all that are built in, and all own ones, unless given
 *       custom: [{name: our_split, first_touch: 50, deal_creation: 30, rest: 20}]
 *       scope: deal_contacts
 *       role_weights: {decision_maker: 2, influencer: 0.5}
 *       touches:
 *         interactions: {except: [email_open]}
 *         channels: {only: [Organic Search, 'Paid *']}
 *         campaigns: {except: ['newsletter-*']}
 *         activities: [meeting]
 *       path: {collapse: runs, by: channel, drop_direct: true}
 *       states: 500
 *       history_days: 730                                   # for good unless given
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_ATTRIBUTION_H
#define CLOSEDLOOP_COMMON_CONFIG_ATTRIBUTION_H

#include "common/arena.h"
#include "common/config/schema.h"
#include "common/error.h"
#include "common/text.h"

typedef enum AttributionUntil { UNTIL_CLOSED_AT, UNTIL_CREATED_AT } AttributionUntil;

typedef enum PathItem { PATH_CONTENT, PATH_CHANNEL, PATH_TOPIC } PathItem;

typedef enum PathCollapse {
    COLLAPSE_NONE,
    COLLAPSE_RUNS,  /* of touches of one item in a row the first stays */
    COLLAPSE_FIRST, /* of all touches of one item the first stays */
} PathCollapse;

/* A model of the user's own. Shares are in thousandths of what the file says; only their ratios matter. */
typedef struct CustomModel {
    const char *name;
    int64_t first_touch, lead_creation, deal_creation, closed_won, last_touch, last_non_direct, rest;
} CustomModel;

typedef struct RoleWeight {
    Text role;      /* in lower case, an underscore for what is no letter or digit */
    int64_t weight; /* in units of 10^-6 */
} RoleWeight;

/* Only these, or all but these, or all. */
typedef struct NameFilter {
    SchemaTexts only, except;
} NameFilter;

typedef struct Attribution {
    long long lookback_days, half_life_days;
    long long lookback_touches; /* 0: no limit */
    AttributionUntil until;
    const char *scope;         /* deal_contacts or account */
    const char *model;         /* the one that reports show first; one of those computed */
    const char *const *models; /* those computed */
    size_t model_count;
    const CustomModel *custom; /* all that are given, computed or not */
    size_t custom_count;
    const RoleWeight *role_weights;
    size_t role_weight_count;
    NameFilter interactions;        /* as they are written */
    NameFilter channels, campaigns; /* patterns, see text_is_like() */
    SchemaTexts activities;         /* kinds of sales activities that are touches */
    PathCollapse collapse;
    PathItem collapse_by;
    bool drops_direct;
    long long states;       /* the most that a fitted chain has */
    long long history_days; /* how long superseded credit is kept; 0: for good */
} Attribution;

/* The keys as they stand in the file. */
typedef struct AttributionEntry {
    const YamlNode *node;
    int64_t lookback_days, lookback_touches, half_life_days, states, history_days;
    int until, scope;
    Text model;
    SchemaTexts models;
    SchemaItems custom;
    SchemaPairs role_weights;
    struct {
        NameFilter interactions, channels, campaigns;
        SchemaTexts activities;
    } touches;
    struct {
        int collapse, by;
        bool drop_direct;
    } path;
} AttributionEntry;

extern const Schema attribution_schema;

Status attribution_make(const AttributionEntry *entry, Arena *arena, Attribution *ret_attribution, Error *error);

/* The models that are built in: rules and fitted ones, NULL at the end. Those computed by default come first, as many
 * as ATTRIBUTION_DEFAULT_MODELS says. */
extern const char *const attribution_models[];

enum { ATTRIBUTION_DEFAULT_MODELS = 14, CUSTOM_MODELS_MAX = 50 };

#endif
