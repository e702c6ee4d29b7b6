/* The page that people read: one HTML file with the reports in it, which loads nothing from anywhere.
 *
 *     PageOutcome outcome;
 *     TRY(page_write(pg, config.database, "closedloop-load", PAGE_CHARTS, config.page.language, config.page.file,
 * &outcome, error));
 *
 * deploy/report/page/ holds what it is made of, carried in the program: page.html with its places, style, scripts, the
 * texts of each language, and blocks/NAME.sql, each a query of one value, the JSON that the script finds as data.NAME.
 * All of them see one state of the database, with the rights of the connection's role: a block that reads what the role
 * may not see is null, and named in data.withheld. Whatever titles and names hold, the page takes it as text: `<` is
 * written as \u003c, and a Content-Security-Policy lets run only what has the digest of the program's own script. The
 * role needs nothing but the rights to read: everything happens in a read-only transaction.
 */
#ifndef CLOSEDLOOP_LOAD_PAGE_H
#define CLOSEDLOOP_LOAD_PAGE_H

#include "common/config/page.h"
#include "common/error.h"
#include "common/pg.h"

#include <stdint.h>

/* Where the distribution puts Chart.js. */
#define PAGE_CHARTS "/usr/share/javascript/chart.js/chart.min.js"

typedef struct PageOutcome {
    uint64_t bytes;
    size_t withheld; /* blocks that the role may not see */
    bool has_charts; /* false: the library of charts is not there; tables alone */
} PageOutcome;

/* Replaces the file at once or not at all; it is readable by its owner and group. conninfo and application are those of
 * the connection, for a second one like it. */
Status page_write(Pg *pg, const char *conninfo, const char *application, const char *charts_path, PageLanguage language,
                  const char *path, PageOutcome *ret_outcome, Error *error);

#endif
