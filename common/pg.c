#include "common/pg.h"

#include "common/signal.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct Pg {
    PGconn *connection;
    bool is_stopped;  /* by a signal that was told of: what cleans up after it goes through */
    bool is_foreign;  /* not our own database: we only read */
    char *row;        /* of a COPY TO STDOUT, libpq's */
    bool is_asked;    /* pg_ask_binary() was called, and pg_answer() not yet */
    PGresult *answer; /* the answer, once it is there */
    PgComplaint complaint;
};

enum { POLL_MILLISECONDS = 200 };

static const char session[] = "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';"
                              "set search_path = pg_catalog; set lock_timeout = '60s'; set statement_timeout = 0;"
                              "set idle_in_transaction_session_timeout = 0; set jit = off; set work_mem = '64MB';"
                              "set client_min_messages = warning; set standard_conforming_strings = on;"
                              /* so that no statement and no lock outlives a program that was killed; not every system
                               * can tell */
                              "do $$ begin set client_connection_check_interval = '2s'; "
                              "exception when others then null; end $$";

/* No more than what any server and any pooler takes. */
static const char session_to_read[] =
    "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';"
    "set extra_float_digits = 3; set bytea_output = 'hex';"
    "set client_min_messages = warning; set standard_conforming_strings = on;";

/* One line, without the prefix and the line end that libpq gives. */
static void clean(char *text, size_t capacity, const char *message)
{
    snprintf(text, capacity, "%s", message && *message ? message : "no reason given");
    size_t size = strlen(text);
    while (size && (text[size - 1] == '\n' || text[size - 1] == ' '))
        text[--size] = '\0';
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < ' ')
            text[i] = ' ';
}

/* What libpq says of a connection that broke goes on with the server's last words and with guesses at the cause. */
static void cut_explanation(char *message)
{
    static const char *const beginnings[] = {" CONTEXT: ", " server closed the connection", "  This probably means"};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        char *at = strstr(message, beginnings[i]);
        if (at && at > message)
            *at = '\0';
    }
}

typedef struct StateClass {
    const char *prefix;
    ErrorCode code;
    bool is_retryable;
} StateClass;

/* SQLSTATE, the first match counts (PostgreSQL, appendix A). */
static const StateClass classes[] = {
    {"CL001", ERROR_REFUSED, false},     /* our own: too many deletions */
    {"CL002", ERROR_DATA, false},        /* our own: a reconciliation differs */
    {"CL003", ERROR_CONFIG, false},      /* our own: a condition that fails on a row */
    {"08", ERROR_UNAVAILABLE, true},     /* connection exceptions */
    {"57P", ERROR_UNAVAILABLE, true},    /* shutdown, crash, starting up */
    {"57014", ERROR_BUSY, true},         /* cancelled by somebody else */
    {"53300", ERROR_UNAVAILABLE, true},  /* too many connections */
    {"53100", ERROR_IO, true},           /* disk full */
    {"53", ERROR_UNAVAILABLE, true},     /* insufficient resources */
    {"40", ERROR_BUSY, true},            /* serialization failure, deadlock */
    {"55P03", ERROR_BUSY, true},         /* lock not available */
    {"58", ERROR_IO, false},             /* the server's system */
    {"28", ERROR_PERMISSION, false},     /* authorisation */
    {"42501", ERROR_PERMISSION, false},  /* insufficient privilege */
    {"3D000", ERROR_UNAVAILABLE, false}, /* no such database */
    {"25006", ERROR_PERMISSION, false},  /* read-only transaction */
    {"22", ERROR_DATA, false},           /* data exceptions */
};

/* What no class tells of: our own SQL is at fault, or the user's. */
static StateClass unknown_class(const Pg *pg, const char *state)
{
    if (!pg->is_foreign)
        return (StateClass){"", ERROR_INTERNAL, false};
    bool is_statement = strncmp(state, "42", 2) == 0; /* syntax error or access rule violation */
    return (StateClass){"", is_statement ? ERROR_CONFIG : ERROR_DATA, false};
}

static void keep_complaint(Pg *pg, const PGresult *result, const char *state, const char *message)
{
    const char *position = result ? PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION) : NULL;
    pg->complaint = (PgComplaint){.position = position ? strtoul(position, NULL, 10) : 0};
    snprintf(pg->complaint.state, sizeof pg->complaint.state, "%s", state ? state : "");
    snprintf(pg->complaint.message, sizeof pg->complaint.message, "%s", message);
}

const PgComplaint *pg_complaint(const Pg *pg)
{
    return &pg->complaint;
}

static Status fail(Pg *pg, const PGresult *result, Error *error)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *context = result ? PQresultErrorField(result, PG_DIAG_CONTEXT) : NULL;
    char message[700];
    clean(message, sizeof message, primary ? primary : PQerrorMessage(pg->connection));
    if (!primary)
        cut_explanation(message);
    keep_complaint(pg, result, state, message);
    StateClass class = state ? unknown_class(pg, state) : (StateClass){"", ERROR_UNAVAILABLE, true};
    for (size_t i = 0; state && i < sizeof classes / sizeof classes[0]; i++)
        if (strncmp(state, classes[i].prefix, strlen(classes[i].prefix)) == 0) {
            class = classes[i];
            break;
        }
    if (PQstatus(pg->connection) == CONNECTION_BAD)
        class = (StateClass){"", ERROR_UNAVAILABLE, true};
    if (class.code == ERROR_REFUSED)
        error_set(error, class.code, "%s", message);
    else
        error_set(error, class.code, "the database says: %s%s%s%s", message, state ? " (" : "", state ? state : "",
                  state ? ")" : "");
    error->is_retryable = class.is_retryable;
    if (class.code == ERROR_INTERNAL && context) {
        char where[300];
        clean(where, sizeof where, context);
        error_hint(error, "in %s", where);
    }
    return STATUS_ERROR;
}

static Status hint_at_conninfo(const Pg *pg, Error *error)
{
    return error_hint(error, "look at `%s` in the configuration; psql with the same string must connect",
                      pg->is_foreign ? "query: {database: ...}" : "database");
}

/* A connection string that is none is told of before anybody is asked. libpq quotes what it cannot read, so its words
 * are repeated only where no password can be among them. */
static Status check_conninfo(const Pg *pg, const char *conninfo, Error *error)
{
    bool is_uri = strncmp(conninfo, "postgres://", 11) == 0 || strncmp(conninfo, "postgresql://", 13) == 0;
    if (!is_uri && !strchr(conninfo, '='))
        return STATUS_OK; /* the name of a database */
    char *reason = NULL;
    PQconninfoOption *parts = PQconninfoParse(conninfo, &reason);
    if (parts) {
        bool has_password = false;
        for (const PQconninfoOption *part = parts; part->keyword; part++)
            has_password |= part->val && (strcmp(part->keyword, "password") == 0);
        PQconninfoFree(parts);
        if (!has_password || !pg->is_foreign)
            return STATUS_OK;
        error_set(error, ERROR_CONFIG, "the connection string of the database holds a password");
        return error_hint(error, "put it into a password file (~/.pgpass, or passfile=...) or a service file");
    }
    char message[300];
    clean(message, sizeof message, reason);
    PQfreemem(reason);
    bool may_quote_password = is_uri || strstr(conninfo, "pass");
    error_set(error, ERROR_CONFIG, "the connection string of the database cannot be read%s%s",
              may_quote_password ? "" : ": ", may_quote_password ? "" : message);
    return hint_at_conninfo(pg, error);
}

/* libpq has no code for what went wrong before the server spoke, nor for what it said then. */
static Status connect_failed(Pg *pg, Error *error)
{
    static const char *const refusals[] = {"authentication failed",
                                           "no pg_hba.conf entry",
                                           "Permission denied",
                                           "permission denied",
                                           "no password supplied",
                                           "is not permitted to log in",
                                           "role \""};
    static const char *const mistakes[] = {"definition of service", "service file", "invalid sslmode value",
                                           "invalid port number"};
    char message[700];
    clean(message, sizeof message, PQerrorMessage(pg->connection));
    ErrorCode code = ERROR_UNAVAILABLE;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (strstr(message, refusals[i]))
            code = ERROR_PERMISSION;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
        if (strstr(message, mistakes[i]))
            code = ERROR_CONFIG;
    error_set(error, code, "cannot connect to the database: %s", message);
    hint_at_conninfo(pg, error);
    error->is_retryable = code == ERROR_UNAVAILABLE && !strstr(message, "does not exist");
    return STATUS_ERROR;
}

/* `pg` holds a connection, whatever became of it. */
static Status check_connection(Pg *pg, Error *error)
{
    int least = pg->is_foreign ? 100000 : 140000;
    if (!pg->connection)
        return error_no_memory(error);
    if (PQstatus(pg->connection) != CONNECTION_OK)
        return connect_failed(pg, error);
    if (PQserverVersion(pg->connection) < least)
        return error_set(error, ERROR_UNAVAILABLE, "the server is PostgreSQL %d: %d or later is needed",
                         PQserverVersion(pg->connection) / 10000, least / 10000);
    return pg_execute(pg, pg->is_foreign ? session_to_read : session, error);
}

static Status open_connection(bool is_foreign, const char *conninfo, const char *application, Pg **ret_pg, Error *error)
{
    /* What stands before dbname gives way to the connection string, what stands behind it does not. */
    const char *names[] = {"fallback_application_name",
                           "connect_timeout",
                           "keepalives_idle",
                           "keepalives_interval",
                           "keepalives_count",
                           "tcp_user_timeout",
                           "dbname",
                           "client_encoding",
                           NULL};
    const char *values[] = {application, "10", "30", "10", "3", "60000", conninfo && *conninfo ? conninfo : NULL,
                            "UTF8",      NULL};
    Pg *pg = calloc(1, sizeof *pg);
    if (!pg)
        return error_no_memory(error);
    pg->is_foreign = is_foreign;
    Status status = conninfo && *conninfo ? check_conninfo(pg, conninfo, error) : STATUS_OK;
    if (status == STATUS_OK) {
        pg->connection = PQconnectdbParams(names, values, 1);
        status = check_connection(pg, error);
    }
    if (status != STATUS_OK) {
        pg_free(pg);
        return status;
    }
    *ret_pg = pg;
    return STATUS_OK;
}

Status pg_connect(const char *conninfo, const char *application, Pg **ret_pg, Error *error)
{
    return open_connection(false, conninfo, application, ret_pg, error);
}

Status pg_connect_to_read(const char *conninfo, const char *application, Pg **ret_pg, Error *error)
{
    return open_connection(true, conninfo, application, ret_pg, error);
}

static void cancel(Pg *pg)
{
    char ignored[256];
    PGcancel *request = PQgetCancel(pg->connection);
    if (request)
        PQcancel(request, ignored, sizeof ignored);
    PQfreeCancel(request);
}

/* Waits a moment for something from the server. On a signal it is asked to stop, and *error says so. */
static Status await_once(Pg *pg, bool *ret_is_lost, Error *error)
{
    Status status = STATUS_OK;
    struct pollfd waiting = {.fd = PQsocket(pg->connection), .events = POLLIN};
    int ready = poll(&waiting, 1, POLL_MILLISECONDS);
    if (!pg->is_stopped && signal_check(error) != STATUS_OK) {
        cancel(pg);
        pg->is_stopped = true;
        status = STATUS_ERROR;
    }
    *ret_is_lost = ready > 0 && !PQconsumeInput(pg->connection);
    return status;
}

/* Waits until the server has something to say. */
static Status await(Pg *pg, Error *error)
{
    Status status = STATUS_OK;
    bool is_lost = false;
    while (!is_lost && PQisBusy(pg->connection))
        if (await_once(pg, &is_lost, error) != STATUS_OK)
            status = STATUS_ERROR;
    return status;
}

/* The last result of what was sent, or the first of a COPY; NULL if the connection failed. *ret_status is an error
 * after a signal, whatever became of the statement. */
static PGresult *take_result(Pg *pg, bool is_sent, Status *ret_status, Error *error)
{
    PGresult *last = NULL;
    *ret_status = STATUS_OK;
    while (is_sent) {
        if (await(pg, error) != STATUS_OK)
            *ret_status = STATUS_ERROR;
        PGresult *result = PQgetResult(pg->connection);
        if (!result)
            break;
        PQclear(last);
        last = result;
        ExecStatusType type = PQresultStatus(result);
        if (type == PGRES_COPY_IN || type == PGRES_COPY_OUT || PQstatus(pg->connection) == CONNECTION_BAD)
            break;
    }
    return last;
}

/* Takes the outcome of a statement with rows, or fails. */
static Status take_rows(Pg *pg, bool is_sent, PGresult **ret_result, Error *error)
{
    Status status;
    PGresult *result = take_result(pg, is_sent, &status, error);
    ExecStatusType type = PQresultStatus(result);
    if (status == STATUS_OK && type != PGRES_COMMAND_OK && type != PGRES_TUPLES_OK)
        status = fail(pg, result, error);
    if (status == STATUS_OK)
        *ret_result = result;
    else
        PQclear(result);
    return status;
}

/* Before anything else is sent: what was asked ahead is waited for, and kept for pg_answer(). */
static Status settle(Pg *pg, Error *error)
{
    if (!pg->is_asked || pg->answer)
        return STATUS_OK;
    Status status = take_rows(pg, true, &pg->answer, error);
    pg->is_asked = status == STATUS_OK;
    return status;
}

static void forget_asked(Pg *pg)
{
    PQclear(pg->answer);
    pg->answer = NULL;
    pg->is_asked = false;
}

Status pg_execute(Pg *pg, const char *sql, Error *error)
{
    TRY(settle(pg, error));
    Status stopped;
    PGresult *result = take_result(pg, PQsendQuery(pg->connection, sql), &stopped, error);
    if (stopped != STATUS_OK) {
        PQclear(result);
        return stopped;
    }
    ExecStatusType type = PQresultStatus(result);
    Status status = STATUS_OK;
    if (type != PGRES_COMMAND_OK && type != PGRES_TUPLES_OK && type != PGRES_EMPTY_QUERY)
        status = fail(pg, result, error);
    PQclear(result);
    return status;
}

static void give(PGresult *result, PgResult *ret_result)
{
    pg_result_free(ret_result);
    *ret_result = (PgResult){result, (size_t)PQntuples(result)};
}

static Status query(Pg *pg, const char *sql, const char *const *parameters, size_t parameter_count, int format,
                    PgResult *ret_result, Error *error)
{
    TRY(settle(pg, error));
    bool is_sent = PQsendQueryParams(pg->connection, sql, (int)parameter_count, NULL, parameters, NULL, NULL, format);
    PGresult *result;
    TRY(take_rows(pg, is_sent, &result, error));
    give(result, ret_result);
    return STATUS_OK;
}

Status pg_ask_binary(Pg *pg, const char *sql, Error *error)
{
    TRY(settle(pg, error));
    forget_asked(pg);
    if (!PQsendQueryParams(pg->connection, sql, 0, NULL, NULL, NULL, NULL, 1))
        return fail(pg, NULL, error);
    pg->is_asked = true;
    return PQflush(pg->connection) < 0 ? fail(pg, NULL, error) : STATUS_OK;
}

Status pg_answer(Pg *pg, PgResult *ret_result, Error *error)
{
    if (!pg->is_asked)
        return error_set(error, ERROR_INTERNAL, "the database was asked nothing");
    TRY(settle(pg, error));
    give(pg->answer, ret_result);
    pg->answer = NULL;
    pg->is_asked = false;
    return STATUS_OK;
}

Status pg_query(Pg *pg, const char *sql, const char *const *parameters, size_t parameter_count, PgResult *ret_result,
                Error *error)
{
    return query(pg, sql, parameters, parameter_count, 0, ret_result, error);
}

Status pg_query_binary(Pg *pg, const char *sql, PgResult *ret_result, Error *error)
{
    return query(pg, sql, NULL, 0, 1, ret_result, error);
}

Text pg_value(const PgResult *result, size_t row, size_t column)
{
    const PGresult *handle = result->handle;
    if (PQgetisnull(handle, (int)row, (int)column))
        return TEXT_NULL;
    return (Text){PQgetvalue(handle, (int)row, (int)column), (size_t)PQgetlength(handle, (int)row, (int)column)};
}

int64_t pg_value_int64(const PgResult *result, size_t row, size_t column)
{
    long long value = 0;
    text_to_int64(pg_value(result, row, column), &value);
    return value;
}

void pg_result_free(PgResult *result)
{
    PQclear(result->handle);
    *result = (PgResult){0};
}

/* Reads what the server has to say, and leaves COPY behind. */
static Status drain(Pg *pg, int64_t *ret_rows, Error *error)
{
    Status status = STATUS_OK;
    int64_t rows = 0;
    for (;;) {
        if (await(pg, error) != STATUS_OK)
            status = STATUS_ERROR;
        PGresult *result = PQgetResult(pg->connection);
        if (!result)
            break;
        ExecStatusType type = PQresultStatus(result);
        long long count;
        if (type == PGRES_COMMAND_OK && text_to_int64(text_from(PQcmdTuples(result)), &count))
            rows = count;
        else if (type != PGRES_COMMAND_OK && status == STATUS_OK)
            status = fail(pg, result, error);
        PQclear(result);
        if (type == PGRES_COPY_IN || PQstatus(pg->connection) == CONNECTION_BAD)
            break;
    }
    if (status == STATUS_OK && PQstatus(pg->connection) == CONNECTION_BAD)
        status = fail(pg, NULL, error);
    if (status == STATUS_OK && ret_rows)
        *ret_rows = rows;
    return status;
}

static Status begin_copy(Pg *pg, const char *sql, ExecStatusType expected, Error *error)
{
    TRY(settle(pg, error));
    Status status;
    PGresult *result = take_result(pg, PQsendQuery(pg->connection, sql), &status, error);
    if (status == STATUS_OK && PQresultStatus(result) != expected)
        status = fail(pg, result, error);
    PQclear(result);
    return status;
}

Status pg_copy_begin(Pg *pg, const char *sql, Error *error)
{
    return begin_copy(pg, sql, PGRES_COPY_IN, error);
}

static void abandon_copy(Pg *pg, const char *reason)
{
    Error ignored;
    PQputCopyEnd(pg->connection, reason);
    drain(pg, NULL, &ignored);
}

Status pg_copy_write(Pg *pg, Text bytes, Error *error)
{
    if (!pg->is_stopped && signal_check(error) != STATUS_OK) {
        pg->is_stopped = true;
        abandon_copy(pg, "stopped by a signal");
        return STATUS_ERROR;
    }
    if (PQputCopyData(pg->connection, bytes.data, (int)bytes.size) == 1)
        return STATUS_OK;
    Status status = drain(pg, NULL, error);
    return status == STATUS_OK ? fail(pg, NULL, error) : status;
}

Status pg_copy_end(Pg *pg, int64_t *ret_rows, Error *error)
{
    if (PQputCopyEnd(pg->connection, NULL) != 1) {
        Status status = drain(pg, NULL, error);
        return status == STATUS_OK ? fail(pg, NULL, error) : status;
    }
    return drain(pg, ret_rows, error);
}

static Status take_all(void *context, Pg *pg, Text block, Error *error)
{
    (void)context;
    return pg_copy_write(pg, block, error);
}

Status pg_copy_file(Pg *pg, const char *sql, const char *path, int64_t *ret_rows, Error *error)
{
    return pg_copy_file_through(pg, sql, path, take_all, NULL, ret_rows, error);
}

Status pg_copy_file_through(Pg *pg, const char *sql, const char *path, PgCopyTake take, void *context,
                            int64_t *ret_rows, Error *error)
{
    enum { BLOCK_SIZE = 256 * 1024 };
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_NO_INPUT, errno, "cannot open %s", path);
    char *block = malloc(BLOCK_SIZE);
    Status status = block ? pg_copy_begin(pg, sql, error) : error_no_memory(error);
    ssize_t size = 0;
    while (status == STATUS_OK) {
        size = read(descriptor, block, BLOCK_SIZE);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            break;
        status = take(context, pg, (Text){block, (size_t)size}, error);
        if (status != STATUS_OK && take != take_all)
            abandon_copy(pg, "the file cannot be used");
    }
    if (status == STATUS_OK && size < 0) {
        int reason = errno;
        abandon_copy(pg, "the file cannot be read");
        status = error_set_errno(error, ERROR_IO, reason, "cannot read %s", path);
    } else if (status == STATUS_OK) {
        status = pg_copy_end(pg, ret_rows, error);
    }
    free(block);
    close(descriptor);
    return status;
}

Status pg_copy_out_begin(Pg *pg, const char *sql, Error *error)
{
    return begin_copy(pg, sql, PGRES_COPY_OUT, error);
}

Status pg_copy_out_read(Pg *pg, Text *ret_row, Error *error)
{
    for (bool is_lost = false;;) {
        PQfreemem(pg->row);
        int size = PQgetCopyData(pg->connection, &pg->row, 1);
        if (size > 0) {
            *ret_row = (Text){pg->row, (size_t)size};
            return STATUS_OK;
        }
        pg->row = NULL;
        if (size == -1) {
            TRY(drain(pg, NULL, error));
            return STATUS_END;
        }
        if (size == -2 || is_lost)
            return fail(pg, NULL, error);
        TRY(await_once(pg, &is_lost, error));
    }
}

void pg_rollback(Pg *pg)
{
    if (pg->is_asked && !pg->answer)
        cancel(pg); /* nobody wants to know any more */
    forget_asked(pg);
    if (PQstatus(pg->connection) == CONNECTION_OK)
        PQclear(PQexec(pg->connection, "rollback"));
}

void pg_free(Pg *pg)
{
    if (!pg)
        return;
    PQfreemem(pg->row);
    PQclear(pg->answer);
    PQfinish(pg->connection);
    free(pg);
}

void pg_free_pointer(Pg **pg)
{
    pg_free(*pg);
}
