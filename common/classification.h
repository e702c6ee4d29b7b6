/* The lists of facts by which records are classified: sites that refer, words of robots, domains of free mail. Part of
 * the configuration, since what they hold decides what a record becomes; closedloop-transform alone knows what they
 * mean.
 *
 *     classification: {sites: my-sites.tsv}         in closedloop.yaml: in place of the list shipped with the program
 *
 *     Classification lists;
 *     TRY(classification_read(&(ClassificationFiles){.bots = "/etc/closedloop/bots.tsv"}, &arena, &lists, error));
 */
#ifndef CLOSEDLOOP_COMMON_CLASSIFICATION_H
#define CLOSEDLOOP_COMMON_CLASSIFICATION_H

#include "common/arena.h"
#include "common/embedded.h"
#include "common/error.h"
#include "common/fact_list.h"

enum { SITE_COLUMN_CATEGORY, SITE_COLUMN_PATTERN, SITE_COLUMN_SOURCE, SITE_COLUMN_COUNT };
enum { BOT_COLUMN_SAYS, BOT_COLUMN_WORD, BOT_COLUMN_COUNT };
enum { FREE_MAIL_COLUMN_KIND, FREE_MAIL_COLUMN_DOMAIN, FREE_MAIL_COLUMN_COUNT };

typedef struct Classification {
    FactList sites, bots, free_mail;
} Classification;

/* Where the lists are. NULL stands for the list shipped with the program. */
typedef struct ClassificationFiles {
    const char *sites, *bots, *free_mail;
} ClassificationFiles;

/* The files of transform/data as they were when the programs were built. */
extern const EmbeddedFile shipped_lists[];
extern const size_t shipped_list_count;

/* The lists and what they say stay in the arena; the paths must outlive them. ERROR_CONFIG, naming file and line, for
 * what is no such list. */
Status classification_read(const ClassificationFiles *files, Arena *arena, Classification *ret_lists, Error *error);

#endif
