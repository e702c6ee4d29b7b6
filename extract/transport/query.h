/* A query to somebody else's PostgreSQL as an input: COPY (...) TO STDOUT as CSV with a header, streamed.
 *
 *     cleanup(stream_freep) Stream *stream = NULL;
 *     TRY(query_open(&source->query, "query", &stream, error));
 *     TRY(format_read(&emitter, stream, &result, error));
 *
 * It is read in one read-only transaction that sees the database as of one moment, so that a query of several tables
 * agrees with itself. Texts are UTF-8; times with a zone come with the offset +00.
 */
#ifndef CLOSEDLOOP_EXTRACT_TRANSPORT_QUERY_H
#define CLOSEDLOOP_EXTRACT_TRANSPORT_QUERY_H

#include "common/config/config.h"
#include "common/error.h"
#include "common/stream.h"

/* Connects and begins. The stream's errors start with the name: ERROR_CONFIG for a query that the server does not
 * understand, ERROR_PERMISSION, ERROR_UNAVAILABLE, ERROR_BUSY for one that took too long. A stream that ends was whole;
 * one that is freed before its end ends the query. */
Status query_open(const SourceQuery *query, const char *name, Stream **ret_stream, Error *error);

#endif
