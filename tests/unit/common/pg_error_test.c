// wrap: PQconnectdbParams PQstatus PQserverVersion PQerrorMessage PQfinish PQsocket PQisBusy PQconsumeInput
// wrap: PQsendQuery PQsendQueryParams PQgetResult PQresultStatus PQresultErrorField PQclear PQcmdTuples PQntuples
// wrap: PQputCopyData PQputCopyEnd PQexec PQgetCancel PQcancel PQfreeCancel
/* A scripted libpq: each test lays out the answers of a server, and what common/pg makes of them is checked. So a COPY
 * that breaks in the middle needs no server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/pg.h"
#include "common/signal.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* ---------------------------------------------------------------------------------------------- the scripted libpq */

enum { ANSWERS_MAX = 16 };

/* What stands in the place of a PGresult. */
typedef struct Answer {
    ExecStatusType type;
    const char *state, *message, *context, *tuples;
    bool loses_connection;
} Answer;

typedef struct Script {
    Answer answers[ANSWERS_MAX]; /* of PQgetResult, one after the other; type 0 (an empty query) ends a statement */
    size_t count, at;
    size_t blocks_taken; /* PQputCopyData fails once as many are taken */
    bool is_lost;
    int busy; /* how often PQisBusy says so */
    const char *said;
    /* what was asked for */
    size_t sent, blocks, cleared, cancels;
    char copy_end[64];
} Script;

static Script script;
static char connection; /* its address is the connection */

PGconn *__wrap_PQconnectdbParams(const char *const *names, const char *const *values, int expand);
ConnStatusType __wrap_PQstatus(const PGconn *handle);
int __wrap_PQserverVersion(const PGconn *handle);
char *__wrap_PQerrorMessage(const PGconn *handle);
void __wrap_PQfinish(PGconn *handle);
int __wrap_PQsocket(const PGconn *handle);
int __wrap_PQisBusy(PGconn *handle);
int __wrap_PQconsumeInput(PGconn *handle);
int __wrap_PQsendQuery(PGconn *handle, const char *sql);
int __wrap_PQsendQueryParams(PGconn *handle, const char *sql, int count, const Oid *types, const char *const *values,
                             const int *lengths, const int *formats, int format);
PGresult *__wrap_PQgetResult(PGconn *handle);
ExecStatusType __wrap_PQresultStatus(const PGresult *result);
char *__wrap_PQresultErrorField(const PGresult *result, int field);
void __wrap_PQclear(PGresult *result);
int __wrap_PQputCopyData(PGconn *handle, const char *bytes, int size);
int __wrap_PQputCopyEnd(PGconn *handle, const char *reason);
char *__wrap_PQcmdTuples(PGresult *result);
int __wrap_PQntuples(const PGresult *result);
PGresult *__wrap_PQexec(PGconn *handle, const char *sql);
PGcancel *__wrap_PQgetCancel(PGconn *handle);
int __wrap_PQcancel(PGcancel *cancel, char *reason, int size);
void __wrap_PQfreeCancel(PGcancel *cancel);

PGconn *__wrap_PQconnectdbParams(const char *const *names, const char *const *values, int expand)
{
    (void)names;
    (void)values;
    (void)expand;
    return (PGconn *)&connection;
}

ConnStatusType __wrap_PQstatus(const PGconn *handle)
{
    (void)handle;
    return script.is_lost ? CONNECTION_BAD : CONNECTION_OK;
}

int __wrap_PQserverVersion(const PGconn *handle)
{
    (void)handle;
    return 150000;
}

char *__wrap_PQerrorMessage(const PGconn *handle)
{
    (void)handle;
    static char said[128];
    snprintf(said, sizeof said, "%s", script.said ? script.said : "");
    return said;
}

void __wrap_PQfinish(PGconn *handle)
{
    (void)handle;
}

int __wrap_PQsocket(const PGconn *handle)
{
    (void)handle;
    return -1;
}

int __wrap_PQisBusy(PGconn *handle)
{
    (void)handle;
    return script.busy-- > 0;
}

int __wrap_PQconsumeInput(PGconn *handle)
{
    (void)handle;
    return 1;
}

int __wrap_PQsendQuery(PGconn *handle, const char *sql)
{
    (void)handle;
    (void)sql;
    script.sent++;
    return 1;
}

int __wrap_PQsendQueryParams(PGconn *handle, const char *sql, int count, const Oid *types, const char *const *values,
                             const int *lengths, const int *formats, int format)
{
    (void)count;
    (void)types;
    (void)values;
    (void)lengths;
    (void)formats;
    (void)format;
    return __wrap_PQsendQuery(handle, sql);
}

static Answer *take_answer(void)
{
    if (script.at == script.count)
        return NULL;
    Answer *answer = &script.answers[script.at++];
    script.is_lost = script.is_lost || answer->loses_connection;
    return answer->type == PGRES_EMPTY_QUERY ? NULL : answer;
}

PGresult *__wrap_PQgetResult(PGconn *handle)
{
    (void)handle;
    return (PGresult *)take_answer();
}

PGresult *__wrap_PQexec(PGconn *handle, const char *sql)
{
    (void)handle;
    (void)sql;
    script.sent++;
    return NULL;
}

ExecStatusType __wrap_PQresultStatus(const PGresult *result)
{
    return result ? ((const Answer *)result)->type : PGRES_FATAL_ERROR;
}

char *__wrap_PQresultErrorField(const PGresult *result, int field)
{
    const Answer *answer = (const Answer *)result;
    static char text[3][128];
    size_t slot = field == PG_DIAG_SQLSTATE ? 0 : field == PG_DIAG_MESSAGE_PRIMARY ? 1 : 2;
    const char *value = slot == 0 ? answer->state : slot == 1 ? answer->message : answer->context;
    if (!value)
        return NULL;
    snprintf(text[slot], sizeof text[slot], "%s", value);
    return text[slot];
}

void __wrap_PQclear(PGresult *result)
{
    script.cleared += result != NULL;
}

int __wrap_PQputCopyData(PGconn *handle, const char *bytes, int size)
{
    (void)handle;
    (void)bytes;
    (void)size;
    if (script.blocks == script.blocks_taken)
        return -1;
    script.blocks++;
    return 1;
}

int __wrap_PQputCopyEnd(PGconn *handle, const char *reason)
{
    (void)handle;
    snprintf(script.copy_end, sizeof script.copy_end, "%s", reason ? reason : "done");
    return script.is_lost ? -1 : 1;
}

char *__wrap_PQcmdTuples(PGresult *result)
{
    static char text[32];
    const char *tuples = ((const Answer *)result)->tuples;
    snprintf(text, sizeof text, "%s", tuples ? tuples : "");
    return text;
}

int __wrap_PQntuples(const PGresult *result)
{
    (void)result;
    return 0;
}

PGcancel *__wrap_PQgetCancel(PGconn *handle)
{
    return (PGcancel *)handle;
}

int __wrap_PQcancel(PGcancel *cancel, char *reason, int size)
{
    (void)cancel;
    (void)reason;
    (void)size;
    script.cancels++;
    return 1;
}

void __wrap_PQfreeCancel(PGcancel *cancel)
{
    (void)cancel;
}

/* ---------------------------------------------------------------------------------------------------- the tests */

typedef struct State {
    Pg *pg;
    Error error;
} State;

static void play(const Answer *answers, size_t count)
{
    script = (Script){.count = count, .blocks_taken = SIZE_MAX};
    memcpy(script.answers, answers, count * sizeof *answers);
}

#define PLAY(...) play((const Answer[]){__VA_ARGS__}, sizeof((const Answer[]){__VA_ARGS__}) / sizeof(Answer))
#define DONE                                                                                                           \
    {                                                                                                                  \
        .type = PGRES_EMPTY_QUERY                                                                                      \
    }
#define FAILED(sqlstate, words)                                                                                        \
    {                                                                                                                  \
        .type = PGRES_FATAL_ERROR, .state = (sqlstate), .message = (words)                                             \
    }

static int set_up(void **state)
{
    static State instance;
    instance = (State){.error = ERROR_INIT};
    PLAY({.type = PGRES_COMMAND_OK}, DONE);
    if (pg_connect("dbname=test", "pg_error_test", &instance.pg, &instance.error) != STATUS_OK)
        return -1;
    *state = &instance;
    return 0;
}

static int tear_down(void **state)
{
    State *test = *state;
    pg_free(test->pg);
    signal_install(); /* forgets the signal of a test */
    return 0;
}

typedef struct Class {
    const char *state;
    ErrorCode code;
    bool is_retryable;
} Class;

/* SQLSTATEs of PostgreSQL's appendix A, and what is to be done about each. */
static void sqlstate_decides_the_code_and_whether_to_try_again(void **state)
{
    State *test = *state;
    static const Class classes[] = {
        {"08006", ERROR_UNAVAILABLE, true}, /* connection_failure */
        {"57P01", ERROR_UNAVAILABLE, true}, /* admin_shutdown */
        {"57P03", ERROR_UNAVAILABLE, true}, /* cannot_connect_now */
        {"53300", ERROR_UNAVAILABLE, true}, /* too_many_connections */
        {"53100", ERROR_IO, true},          /* disk_full */
        {"40P01", ERROR_BUSY, true},        /* deadlock_detected */
        {"55P03", ERROR_BUSY, true},        /* lock_not_available */
        {"57014", ERROR_BUSY, true},        /* query_canceled */
        {"58030", ERROR_IO, false},         /* io_error */
        {"28P01", ERROR_PERMISSION, false}, /* invalid_password */
        {"42501", ERROR_PERMISSION, false}, /* insufficient_privilege */
        {"25006", ERROR_PERMISSION, false}, /* read_only_sql_transaction */
        {"22P03", ERROR_DATA, false},       /* invalid_binary_representation */
        {"42P01", ERROR_INTERNAL, false},   /* undefined_table */
        {"23505", ERROR_INTERNAL, false},   /* unique_violation */
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        PLAY(FAILED(classes[i].state, "it went wrong"), DONE);
        assert_int_equal(pg_execute(test->pg, "select", &test->error), STATUS_ERROR);
        assert_int_equal(test->error.code, classes[i].code);
        assert_int_equal(test->error.is_retryable, classes[i].is_retryable);
        char expected[64];
        snprintf(expected, sizeof expected, "the database says: it went wrong (%s)", classes[i].state);
        assert_string_equal(test->error.message, expected);
    }
}

/* Our own functions speak for themselves. */
static void refusal_of_ours_is_repeated_as_it_is(void **state)
{
    State *test = *state;
    PLAY(FAILED("CL001", "source deals: the snapshot would delete 5 of 9 deal records"), DONE);
    PgResult result = {0};
    assert_int_equal(pg_query(test->pg, "select", NULL, 0, &result, &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_REFUSED);
    assert_string_equal(test->error.message, "source deals: the snapshot would delete 5 of 9 deal records");
    assert_null(result.handle);
}

static void bug_names_the_function_in_which_it_happened(void **state)
{
    State *test = *state;
    PLAY({.type = PGRES_FATAL_ERROR,
          .state = "42703",
          .message = "column \"x\" does not exist",
          .context = "PL/pgSQL function cl_core.publish(text)\nline 9"},
         DONE);
    assert_int_equal(pg_execute(test->pg, "select", &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_INTERNAL);
    assert_string_equal(test->error.hint, "in PL/pgSQL function cl_core.publish(text) line 9");
}

/* Of several statements in one text the one that failed is told of, not those before it. */
static void error_of_a_later_statement_counts(void **state)
{
    State *test = *state;
    PLAY({.type = PGRES_COMMAND_OK}, {.type = PGRES_TUPLES_OK}, FAILED("40001", "could not serialize"), DONE);
    assert_int_equal(pg_execute(test->pg, "a; b; c", &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_BUSY);
    assert_int_equal(script.cleared, 3);
}

static void lost_connection_is_retryable_whatever_the_last_words_were(void **state)
{
    State *test = *state;
    PLAY({.type = PGRES_FATAL_ERROR,
          .message = "server closed the connection unexpectedly\n\tThis probably means",
          .loses_connection = true});
    assert_int_equal(pg_execute(test->pg, "commit", &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_UNAVAILABLE);
    assert_true(test->error.is_retryable);
    assert_null(strchr(test->error.message, '\n'));
}

static void copy_tells_how_many_rows_it_took(void **state)
{
    State *test = *state;
    PLAY({.type = PGRES_COPY_IN}, {.type = PGRES_COMMAND_OK, .tuples = "12345"}, DONE);
    int64_t rows = 0;
    assert_int_equal(pg_copy_begin(test->pg, "copy", &test->error), STATUS_OK);
    assert_int_equal(pg_copy_write(test->pg, TEXT("abc"), &test->error), STATUS_OK);
    assert_int_equal(pg_copy_end(test->pg, &rows, &test->error), STATUS_OK);
    assert_int_equal(rows, 12345);
    assert_string_equal(script.copy_end, "done");
    assert_int_equal(script.at, 3); /* drained: the connection is ready for the next statement */
}

/* The server goes away while we send: what it said last is read, and the connection is left for lost. */
static void copy_that_breaks_in_the_middle(void **state)
{
    State *test = *state;
    PLAY({.type = PGRES_COPY_IN}, {.type = PGRES_FATAL_ERROR,
                                   .state = "57P01",
                                   .message = "terminating connection due to administrator command",
                                   .loses_connection = true});
    script.blocks_taken = 2;
    assert_int_equal(pg_copy_begin(test->pg, "copy", &test->error), STATUS_OK);
    assert_int_equal(pg_copy_write(test->pg, TEXT("abc"), &test->error), STATUS_OK);
    assert_int_equal(pg_copy_write(test->pg, TEXT("abc"), &test->error), STATUS_OK);
    assert_int_equal(pg_copy_write(test->pg, TEXT("abc"), &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_UNAVAILABLE);
    assert_true(test->error.is_retryable);
    assert_non_null(strstr(test->error.message, "terminating connection"));
    assert_int_equal(script.at, script.count);
    size_t sent = script.sent;
    pg_rollback(test->pg); /* nobody is there to hear it */
    assert_int_equal(script.sent, sent);
}

/* A constraint or a full disk shows at the end of a COPY only. */
static void copy_that_fails_at_its_end(void **state)
{
    State *test = *state;
    PLAY({.type = PGRES_COPY_IN}, FAILED("53100", "could not extend file"), DONE);
    int64_t rows = -1;
    assert_int_equal(pg_copy_begin(test->pg, "copy", &test->error), STATUS_OK);
    assert_int_equal(pg_copy_end(test->pg, &rows, &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_IO);
    assert_int_equal(rows, -1);
    assert_int_equal(script.at, 3);
    size_t sent = script.sent;
    pg_rollback(test->pg);
    assert_int_equal(script.sent, sent + 1);
}

static void copy_that_is_not_allowed_to_begin(void **state)
{
    State *test = *state;
    PLAY(FAILED("42501", "permission denied for table view"), DONE);
    assert_int_equal(pg_copy_begin(test->pg, "copy", &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_PERMISSION);
}

static void copy_of_a_file_that_is_not_there(void **state)
{
    State *test = *state;
    PLAY(DONE);
    int64_t rows;
    assert_int_equal(pg_copy_file(test->pg, "copy", "/nowhere/view.copy", &rows, &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_NO_INPUT);
    assert_int_equal(script.sent, 0);
}

/* A folder opens, but cannot be read: the COPY is given up, and what was sent does not count. */
static void copy_of_a_file_that_cannot_be_read(void **state)
{
    State *test = *state;
    PLAY({.type = PGRES_COPY_IN}, FAILED("57014", "COPY from stdin failed"), DONE);
    int64_t rows;
    assert_int_equal(pg_copy_file(test->pg, "copy", "/", &rows, &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_IO);
    assert_non_null(strstr(test->error.message, "cannot read /"));
    assert_string_equal(script.copy_end, "the file cannot be read");
    assert_int_equal(script.at, 3);
}

static void signal_cancels_the_statement(void **state)
{
    State *test = *state;
    signal_install();
    raise(SIGTERM);
    PLAY(FAILED("57014", "canceling statement due to user request"), DONE, {.type = PGRES_COMMAND_OK}, DONE);
    script.busy = 3;
    assert_int_equal(pg_execute(test->pg, "select pg_sleep(1000)", &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_TERMINATED);
    assert_false(test->error.is_retryable);
    assert_int_equal(script.cancels, 1);
    /* What is to be said afterwards is not cancelled. */
    script.busy = 3;
    assert_int_equal(pg_execute(test->pg, "update run", &test->error), STATUS_OK);
    assert_int_equal(script.cancels, 1);
}

/* The answer was on its way: the signal counts all the same, since nobody knows how much of the work was done. */
static void signal_counts_though_the_statement_succeeded(void **state)
{
    State *test = *state;
    signal_install();
    raise(SIGINT);
    PLAY({.type = PGRES_TUPLES_OK}, DONE);
    script.busy = 1;
    PgResult result = {0};
    assert_int_equal(pg_query(test->pg, "select", NULL, 0, &result, &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_INTERRUPTED);
    assert_null(result.handle);
    assert_int_equal(script.cleared, 1);
}

static void signal_gives_up_a_copy(void **state)
{
    State *test = *state;
    signal_install();
    PLAY({.type = PGRES_COPY_IN}, FAILED("57014", "COPY from stdin failed: stopped by a signal"), DONE);
    raise(SIGTERM);
    int64_t rows;
    assert_int_equal(pg_copy_file(test->pg, "copy", "/proc/self/exe", &rows, &test->error), STATUS_ERROR);
    assert_int_equal(test->error.code, ERROR_TERMINATED);
    assert_string_equal(script.copy_end, "stopped by a signal");
    assert_int_equal(script.blocks, 0);
    assert_int_equal(script.at, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(sqlstate_decides_the_code_and_whether_to_try_again),
        CASE(refusal_of_ours_is_repeated_as_it_is),
        CASE(bug_names_the_function_in_which_it_happened),
        CASE(error_of_a_later_statement_counts),
        CASE(lost_connection_is_retryable_whatever_the_last_words_were),
        CASE(copy_tells_how_many_rows_it_took),
        CASE(copy_that_breaks_in_the_middle),
        CASE(copy_that_fails_at_its_end),
        CASE(copy_that_is_not_allowed_to_begin),
        CASE(copy_of_a_file_that_is_not_there),
        CASE(copy_of_a_file_that_cannot_be_read),
        CASE(signal_cancels_the_statement),
        CASE(signal_counts_though_the_statement_succeeded),
        CASE(signal_gives_up_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
