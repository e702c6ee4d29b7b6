#include "load/shapley.h"

#include <math.h>
#include <stdlib.h>

const ShapleySettings SHAPLEY_SETTINGS = {
    .work_max = (size_t)1 << 20, .permutations = 20000, .seed = UINT64_C(0x636C6F7365646C6F)};

typedef __int128 Fixed;
static const double FIXED_UNIT = 0x1p90; /* 2^24 sets of a value of 1 are below 2^115 */

enum { LOOKUP_COST = 16 }; /* of looking a set up, where seeing that one is no subset costs 1 */

/* What is known of all sets, and of the one set J whose game is being played. */
typedef struct Game {
    const StateSets *sets;
    size_t size_max;
    size_t *winning;       /* numbers of the sets that won journeys, smaller ones first */
    uint64_t *signatures;  /* of these */
    size_t *winning_until; /* by size: how many of these are not larger */
    bool *is_marked;       /* by state: of J, or of the subset that is being looked up */
    size_t *place;         /* by state: of those in J, which member it is */
    double *part;          /* by size s from 1: (s-1)!(n-s)!/n! */
    Fixed *sums;           /* by member of J */
    Fixed taken;           /* from every member of J */
    uint32_t *order;       /* a permutation of the members of J */
    double *mean, *square; /* by member of J: what it added, its square */
} Game;

static void game_done(Game *game)
{
    free(game->winning);
    free(game->signatures);
    free(game->winning_until);
    free(game->is_marked);
    free(game->place);
    free(game->part);
    free(game->sums);
    free(game->order);
    free(game->mean);
    free(game->square);
}

/* Win rate of the journeys whose states are exactly this set. */
static double value_of(const StateSet *set)
{
    if (set->size == 0 || set->journeys.won == 0)
        return 0;
    return (double)set->journeys.won / ((double)set->journeys.won + (double)set->journeys.lost);
}

/* A bit for each member, which some may share: what has a bit that another lacks is no subset of it. */
static uint64_t signature_of(const StateSets *sets, const StateSet *set)
{
    uint64_t signature = 0;
    for (size_t i = 0; i < set->size; i++)
        signature |= UINT64_C(1) << sets->members[set->first + i] % 64;
    return signature;
}

static Status game_make(const StateSets *sets, Game *game, Error *error)
{
    size_t size_max = 0;
    for (size_t i = 0; i < sets->count; i++)
        size_max = sets->sets[i].size > size_max ? sets->sets[i].size : size_max;
    game->sets = sets;
    game->size_max = size_max;
    game->winning = calloc(sets->count + 1, sizeof *game->winning);
    game->signatures = calloc(sets->count + 1, sizeof *game->signatures);
    game->winning_until = calloc(size_max + 1, sizeof *game->winning_until);
    game->is_marked = calloc(sets->state_count + 1, sizeof *game->is_marked);
    game->place = calloc(sets->state_count + 1, sizeof *game->place);
    game->part = calloc(size_max + 2, sizeof *game->part);
    game->sums = calloc(size_max + 1, sizeof *game->sums);
    game->order = calloc(size_max + 1, sizeof *game->order);
    game->mean = calloc(size_max + 1, sizeof *game->mean);
    game->square = calloc(size_max + 1, sizeof *game->square);
    bool is_complete = game->winning && game->signatures && game->winning_until && game->is_marked && game->place &&
                       game->part && game->sums && game->order && game->mean && game->square;
    return is_complete ? STATUS_OK : error_no_memory(error);
}

static int compare_sizes(const void *left, const void *right, void *context)
{
    const StateSet *sets = context;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    if (sets[a].size != sets[b].size)
        return sets[a].size < sets[b].size ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void find_winning(Game *game)
{
    const StateSet *sets = game->sets->sets;
    size_t count = 0;
    for (size_t i = 0; i < game->sets->count; i++) {
        if (value_of(&sets[i]) > 0)
            game->winning[count++] = i;
    }
    if (count > 1)
        qsort_r(game->winning, count, sizeof *game->winning, compare_sizes, game->sets->sets);
    for (size_t i = 0; i < count; i++)
        game->signatures[i] = signature_of(game->sets, &sets[game->winning[i]]);
    for (size_t size = 0, i = 0; size <= game->size_max; size++) {
        while (i < count && sets[game->winning[i]].size <= size)
            i++;
        game->winning_until[size] = i;
    }
}

/* From both ends to the middle, for they are alike: of very large sets the middle is too small for a double, and 0. */
static void find_parts(Game *game, size_t size)
{
    game->part[1] = game->part[size] = 1 / (double)size;
    for (size_t s = 1; s < size - s; s++)
        game->part[s + 1] = game->part[size - s] = game->part[s] * (double)s / (double)(size - s);
}

static void add_subset(Game *game, const StateSet *subset, size_t size)
{
    double value = value_of(subset) * FIXED_UNIT;
    Fixed given = (Fixed)(value * game->part[subset->size]);
    Fixed taken = subset->size < size ? (Fixed)(value * game->part[subset->size + 1]) : 0;
    const JourneyState *members = game->sets->members + subset->first;
    for (size_t i = 0; i < subset->size; i++)
        game->sums[game->place[members[i]]] += given + taken;
    game->taken += taken;
}

/* In the order of Gray's code, where each subset differs from the one before it by one member. */
static void add_by_lookup(Game *game, const StateSet *set)
{
    const JourneyState *members = game->sets->members + set->first;
    uint64_t hash = 0;
    size_t size = 0;
    for (size_t i = 0; i < set->size; i++)
        game->is_marked[members[i]] = false;
    for (uint64_t step = 1; step < UINT64_C(1) << set->size; step++) {
        JourneyState state = members[__builtin_ctzll(step)];
        bool is_marked = game->is_marked[state] = !game->is_marked[state];
        size = is_marked ? size + 1 : size - 1;
        hash ^= state_hash(state);
        size_t found = state_sets_find(game->sets, hash, size, game->is_marked);
        if (found != STATE_SETS_NONE)
            add_subset(game, &game->sets->sets[found], set->size);
    }
}

static void add_by_scan(Game *game, const StateSet *set)
{
    uint64_t outside = ~signature_of(game->sets, set);
    size_t count = game->winning_until[set->size];
    for (size_t i = 0; i < count; i++) {
        if (game->signatures[i] & outside)
            continue;
        const StateSet *subset = &game->sets->sets[game->winning[i]];
        const JourneyState *members = game->sets->members + subset->first;
        size_t inside = 0;
        while (inside < subset->size && game->is_marked[members[inside]])
            inside++;
        if (inside == subset->size)
            add_subset(game, subset, set->size);
    }
}

static int64_t score_of(double value)
{
    double scaled = value * (double)SCORE_UNIT;
    return scaled < 0 ? -(int64_t)(0.5 - scaled) : (int64_t)(scaled + 0.5);
}

static void solve(Game *game, const StateSet *set, bool is_lookup, ShapleyValue *values)
{
    find_parts(game, set->size);
    game->taken = 0;
    for (size_t i = 0; i < set->size; i++)
        game->sums[i] = 0;
    if (is_lookup)
        add_by_lookup(game, set);
    else
        add_by_scan(game, set);
    for (size_t i = 0; i < set->size; i++)
        values[i] = (ShapleyValue){.value = score_of((double)(game->sums[i] - game->taken) / FIXED_UNIT)};
}

/* splitmix64, cut to below the limit by its high bits. */
static size_t random_below(uint64_t *seed, size_t limit)
{
    uint64_t value = *seed += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    value ^= value >> 31;
    return (size_t)((unsigned __int128)value * limit >> 64);
}

/* Each member joins those before it, and adds the difference. Leaves all marked. */
static void play_once(Game *game, const StateSet *set)
{
    const JourneyState *members = game->sets->members + set->first;
    for (size_t i = 0; i < set->size; i++)
        game->is_marked[members[i]] = false;
    uint64_t hash = 0;
    double before = 0;
    for (size_t i = 0; i < set->size; i++) {
        uint32_t member = game->order[i];
        game->is_marked[members[member]] = true;
        hash ^= state_hash(members[member]);
        size_t found = state_sets_find(game->sets, hash, i + 1, game->is_marked);
        double value = found == STATE_SETS_NONE ? 0 : value_of(&game->sets->sets[found]);
        game->mean[member] += value - before;
        game->square[member] += (value - before) * (value - before);
        before = value;
    }
}

static void sample(Game *game, const StateSet *set, const ShapleySettings *settings, ShapleyValue *values)
{
    uint64_t seed = settings->seed ^ set->hash;
    double rounds = settings->permutations;
    for (size_t i = 0; i < set->size; i++) {
        game->order[i] = (uint32_t)i;
        game->mean[i] = game->square[i] = 0;
    }
    for (uint32_t round = 0; round < settings->permutations; round++) {
        for (size_t left = set->size; left > 1; left--) {
            size_t drawn = random_below(&seed, left);
            uint32_t last = game->order[left - 1];
            game->order[left - 1] = game->order[drawn];
            game->order[drawn] = last;
        }
        play_once(game, set);
    }
    for (size_t i = 0; i < set->size; i++) {
        double mean = game->mean[i] / rounds;
        double variance = (game->square[i] / rounds - mean * mean) / (rounds - 1);
        values[i] = (ShapleyValue){score_of(mean), score_of(variance > 0 ? sqrt(variance) : 0)};
    }
}

static void play(Game *game, const StateSet *set, const ShapleySettings *settings, Shapley *shapley)
{
    ShapleyValue *values = shapley->values + set->first;
    const JourneyState *members = game->sets->members + set->first;
    for (size_t i = 0; i < set->size; i++) {
        game->place[members[i]] = i;
        game->is_marked[members[i]] = true;
    }
    size_t scanned = game->winning_until[set->size];
    bool is_lookup = set->size < 40 && (size_t)LOOKUP_COST << set->size <= scanned;
    size_t work = is_lookup ? (size_t)1 << set->size : scanned;
    if (set->size == 1 || work <= settings->work_max) {
        solve(game, set, is_lookup, values);
    } else {
        sample(game, set, settings, values);
        shapley->sampled_count++;
    }
    for (size_t i = 0; i < set->size; i++) {
        shapley->error_max = values[i].error > shapley->error_max ? values[i].error : shapley->error_max;
        game->is_marked[members[i]] = false;
    }
}

Status shapley_fit(const StateSets *sets, const ShapleySettings *settings, Shapley *ret_shapley, Error *error)
{
    if (settings->permutations < 2)
        return error_set(error, ERROR_INTERNAL, "one permutation alone has no standard error");
    cleanup(game_done) Game game = {0};
    TRY(game_make(sets, &game, error));
    Shapley shapley = {.values = calloc(sets->member_count + 1, sizeof *shapley.values)};
    if (!shapley.values)
        return error_no_memory(error);
    find_winning(&game);
    for (size_t i = 0; i < sets->count; i++) {
        if (sets->sets[i].size > 0)
            play(&game, &sets->sets[i], settings, &shapley);
    }
    *ret_shapley = shapley;
    return STATUS_OK;
}

void shapley_done(Shapley *shapley)
{
    free(shapley->values);
    *shapley = SHAPLEY_EMPTY;
}
