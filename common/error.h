/* What a failure is, and how it travels.
 *
 * A function that can fail returns a Status and fills an Error that its caller made; its outputs are set on success
 * only. Library code never logs and never exits: a program's driver logs the error once and maps its code to the exit
 * status with error_exit_status().
 *
 *     Status thing_open(const char *path, Thing **ret_thing, Error *error);
 *
 *     TRY(thing_open(path, &thing, error));
 *     return error_set(error, ERROR_DATA, "%s: line %zu: column is missing", path, line);
 *
 * A bad record is not an error: it is data (see common/record.h, kind reject).
 */
#ifndef CLOSEDLOOP_COMMON_ERROR_H
#define CLOSEDLOOP_COMMON_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

typedef enum Status {
    STATUS_OK = 0,
    STATUS_END = 1,    /* the expected end of a sequence; the Error is untouched */
    STATUS_ERROR = -1, /* the Error says why */
} Status;

/* The codes are the exit statuses of the programs (sysexits.h where it has one). */
typedef enum ErrorCode {
    ERROR_NONE = 0,
    ERROR_REFUSED = 2,        /* the run is done, but a source was refused for its rejects or deletions */
    ERROR_USAGE = 64,         /* the command line */
    ERROR_DATA = 65,          /* an input that cannot be used */
    ERROR_NO_INPUT = 66,      /* an input that is not there */
    ERROR_UNAVAILABLE = 69,   /* the server cannot be reached, or went away */
    ERROR_INTERNAL = 70,      /* a bug, or no memory */
    ERROR_CANNOT_CREATE = 73, /* an output cannot be made */
    ERROR_IO = 74,            /* reading or writing failed */
    ERROR_BUSY = 75,          /* somebody else is at work: try later */
    ERROR_PERMISSION = 77,    /* not permitted */
    ERROR_CONFIG = 78,        /* the configuration */
    ERROR_INTERRUPTED = 130,  /* SIGINT */
    ERROR_TERMINATED = 143,   /* SIGTERM */
} ErrorCode;

typedef struct Error {
    ErrorCode code;
    bool is_retryable;
    char message[1024]; /* lower case, no final period; names the file and the line */
    char hint[512];     /* what to do about it; empty if nothing is known */
} Error;

#define ERROR_INIT                                                                                                     \
    {                                                                                                                  \
        .code = ERROR_NONE                                                                                             \
    }

/* Returns from the calling function with any status that is not STATUS_OK. */
#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        Status try_status = (expression);                                                                              \
        if (try_status != STATUS_OK)                                                                                   \
            return try_status;                                                                                         \
    } while (0)

/* Fills the error and returns STATUS_ERROR. A later call replaces an earlier one's text and hint. A message that is
 * too long is cut at a character's boundary. */
Status error_set(Error *error, ErrorCode code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: appends ": " and the text of errno_value, and picks the code from it: EACCES and
 * EPERM are ERROR_PERMISSION, ENOENT keeps the code given, ENOSPC and EDQUOT get a hint. */
Status error_set_errno(Error *error, ErrorCode code, int errno_value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Says what to do about the error just set; returns STATUS_ERROR, so that it can end a function. */
Status error_hint(Error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before the message: the place that only an outer function knows. Returns STATUS_ERROR. */
Status error_prefix(Error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The error for an allocation that failed. */
Status error_no_memory(Error *error);

void error_clear(Error *error);

/* The exit status of a program that ends with this error; 0 for none. */
int error_exit_status(const Error *error);

#endif
