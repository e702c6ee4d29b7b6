/* A query job of Salesforce's Bulk API 2.0: made, waited for, and then read like other pages, from its results.
 *
 *     TRY(bulk_create(&insister, &question, &arena, &job, error));
 *     ... remember the job ...
 *     TRY(bulk_await(&insister, source->http, job, &arena, &results, error));
 *     question.address = results;
 *
 * (Bulk API 2.0 Developer Guide: POST .../jobs/query, GET .../jobs/query/ID, GET .../jobs/query/ID/results.)
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_BULK_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_BULK_H

#include "common/arena.h"
#include "common/error.h"
#include "extract/transport/insist.h"
#include "extract/transport/page.h"

/* The id of the new job, in the arena. */
Status bulk_create(Insister *insister, const PageQuestion *question, Arena *arena, const char **ret_job, Error *error);

/* Returns when the job is complete, with the address of its results, in the arena. ERROR_DATA for one that failed,
 * ERROR_BUSY for one that takes too long, ERROR_NO_INPUT for one that is not there. */
Status bulk_await(Insister *insister, const HttpSource *http, const char *job, Arena *arena, const char **ret_address,
                  Error *error);

#endif
