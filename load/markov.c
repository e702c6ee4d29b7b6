#include "load/markov.h"

#include <stdbool.h>
#include <stdlib.h>

/* LAPACK, as Fortran calls it: all by reference, matrices by column. Its C interface would bring two more libraries. */
void dgetrf_(const int *rows, const int *columns, double *matrix, const int *stride, int *pivots, int *ret_info);
void dgetri_(const int *order, double *matrix, const int *stride, const int *pivots, double *work, const int *work_size,
             int *ret_info);

static const double TOLERANCE = 1e-9;
enum { WORK_BLOCK = 64 }; /* columns at a time; what LAPACK's own parameters ask for at most */

typedef struct Chain {
    size_t size;
    double *visits;  /* by state */
    double *inverse; /* N by row; first I - Q */
    double *win;     /* r */
} Chain;

static void chain_done(Chain *chain)
{
    free(chain->visits);
    free(chain->inverse);
    free(chain->win);
}

static void free_memory(void *variable)
{
    free(*(void **)variable);
}

static Status chain_make(const TransitionCounts *counts, Chain *chain, Error *error)
{
    size_t size = counts->state_count;
    chain->size = size;
    chain->visits = calloc(size + 1, sizeof *chain->visits);
    chain->inverse = calloc(size * size + 1, sizeof *chain->inverse);
    chain->win = calloc(size + 1, sizeof *chain->win);
    if (!chain->visits || !chain->inverse || !chain->win)
        return error_no_memory(error);
    for (JourneyState from = 0; from < size; from++) {
        double visits = (double)transition_count_from(counts, from);
        double *row = chain->inverse + from * size;
        chain->visits[from] = visits;
        for (JourneyState to = 0; to < size && visits > 0; to++) {
            OutcomeCount count = transition_count(counts, from, to);
            row[to] = -(double)(count.won + count.lost) / visits;
        }
        row[from] += 1; /* a state that nobody visited leads nowhere */
    }
    return STATUS_OK;
}

/* Rows of ours are columns of LAPACK's: it sees the transposed matrix, and leaves the transposed inverse. */
static Status chain_invert(Chain *chain, Error *error)
{
    int size = (int)chain->size, work_size = size * WORK_BLOCK, info = 0;
    if (size == 0)
        return STATUS_OK;
    cleanup(free_memory) void *pivots = calloc(chain->size, sizeof(int));
    cleanup(free_memory) void *work = calloc((size_t)work_size, sizeof(double));
    if (!pivots || !work)
        return error_no_memory(error);
    dgetrf_(&size, &size, chain->inverse, &size, pivots, &info);
    if (info == 0)
        dgetri_(&size, chain->inverse, &size, pivots, work, &work_size, &info);
    if (info != 0)
        return error_set(error, ERROR_INTERNAL, "the chain of %d states cannot be solved (%d)", size, info);
    return STATUS_OK;
}

/* r = N w, with w the chances to win at the next step. */
static void chain_win(const TransitionCounts *counts, Chain *chain)
{
    for (JourneyState to = 0; to < chain->size; to++) {
        double next = (double)transition_count(counts, to, STATE_WON).won;
        if (next == 0)
            continue;
        next /= chain->visits[to];
        for (size_t from = 0; from < chain->size; from++)
            chain->win[from] += chain->inverse[from * chain->size + to] * next;
    }
}

/* The chance to win from the start, by the solution and as counted: a check that costs nothing, and fails for a matrix
 * too ill-conditioned, as for a broken library. */
static Status chain_check(const TransitionCounts *counts, const Chain *chain, double journeys, Error *error)
{
    double win = (double)transition_count(counts, STATE_START, STATE_WON).won;
    for (JourneyState to = 0; to < chain->size; to++) {
        OutcomeCount count = transition_count(counts, STATE_START, to);
        win += (double)(count.won + count.lost) * chain->win[to];
    }
    double off = (win - (double)counts->total.won) / journeys;
    if (!(off <= TOLERANCE && off >= -TOLERANCE))
        return error_set(error, ERROR_INTERNAL, "the chain of %zu states is solved to a win rate that is %g off",
                         chain->size, off);
    return STATUS_OK;
}

static int64_t score_of(double chance)
{
    return chance >= 1 ? SCORE_UNIT : chance > 0 ? (int64_t)(chance * (double)SCORE_UNIT + 0.5) : 0;
}

Status markov_fit(const TransitionCounts *counts, Markov *ret_markov, Error *error)
{
    cleanup(chain_done) Chain chain = {0};
    double won = (double)counts->total.won, journeys = won + (double)counts->total.lost;
    TRY(chain_make(counts, &chain, error));
    TRY(chain_invert(&chain, error));
    chain_win(counts, &chain);
    if (journeys > 0)
        TRY(chain_check(counts, &chain, journeys, error));
    MarkovState *states = calloc(chain.size + 1, sizeof *states);
    if (!states)
        return error_no_memory(error);
    for (size_t i = 0; i < chain.size && journeys > 0; i++) {
        double visiting = chain.visits[i] / chain.inverse[i * chain.size + i]; /* walks of so many journeys */
        states[i].visit = score_of(visiting / journeys);
        states[i].win = score_of(chain.win[i]);
        states[i].effect = won > 0 ? score_of(visiting * chain.win[i] / won) : 0;
    }
    *ret_markov =
        (Markov){.state_count = chain.size, .states = states, .win = journeys > 0 ? score_of(won / journeys) : 0};
    return STATUS_OK;
}

void markov_done(Markov *markov)
{
    free(markov->states);
    *markov = MARKOV_EMPTY;
}
