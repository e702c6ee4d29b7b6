/* What the tests of the kinds of records share: one source of a kind, and the rows that come of a batch of it.
 *
 *     static const char leads[] = SOURCE("lead", "fields: {contact_key: a}");
 *     spool_make(&spool, leads);
 *     spool_add(&spool, RECORD_LEAD, 1, "contact_key=1", NULL);
 *     Rows rows = run(&spool, "lead");
 */
#ifndef CLOSEDLOOP_TESTS_KIND_CHECK_H
#define CLOSEDLOOP_TESTS_KIND_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/transform/batch_check.h"

#define SOURCE(kind, extra)                                                                                            \
    "  - {name: crm, system: sf, kind: " kind ", format: csv, path: none.csv, mode: upsert, max_rejects: 100,\n"       \
    "     timezone: America/New_York, " extra "}\n"

/* Runs one batch and gives its rows of the table. */
static inline Rows run(Spool *spool, const char *table)
{
    spool_commit(spool, "crm", READ_AT);
    assert_int_equal(spool_run(spool), 0);
    return spool_rows(spool, 0, table);
}

#endif
