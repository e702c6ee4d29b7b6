/* The lists of facts by which views are classified: sites that refer, words of robots. Part of the configuration, since
 * what they hold decides what a view becomes; closedloop-transform alone knows what they mean.
 *
 *     classification: {sites: my-sites.tsv}         in closedloop.yaml: in place of the list shipped with the program
 *
 *     Classification lists;
 *     TRY(classification_read(NULL, "/etc/closedloop/bots.tsv", &arena, &lists, error));
 */
#ifndef CLOSEDLOOP_COMMON_CLASSIFICATION_H
#define CLOSEDLOOP_COMMON_CLASSIFICATION_H

#include "common/arena.h"
#include "common/embedded.h"
#include "common/error.h"
#include "common/fact_list.h"

enum { SITE_COLUMN_CATEGORY, SITE_COLUMN_PATTERN, SITE_COLUMN_SOURCE, SITE_COLUMN_COUNT };
enum { BOT_COLUMN_SAYS, BOT_COLUMN_WORD, BOT_COLUMN_COUNT };

typedef struct Classification {
    FactList sites, bots;
} Classification;

/* The files transform/data/sites.tsv and bots.tsv as they were when the programs were built. */
extern const EmbeddedFile shipped_lists[];
extern const size_t shipped_list_count;

/* NULL stands for the list shipped with the program. The lists and what they say stay in the arena; the paths must
 * outlive them. ERROR_CONFIG, naming file and line, for what is no such list. */
Status classification_read(const char *sites_path, const char *bots_path, Arena *arena, Classification *ret_lists,
                           Error *error);

#endif
