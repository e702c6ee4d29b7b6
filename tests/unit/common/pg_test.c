/* What pg_connect() says where no server answers: real libpq, and a socket's folder that is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/pg.h"

#include <stdlib.h>

static int set_up(void **state)
{
    (void)state;
    static const char *const names[] = {"PGHOST",    "PGHOSTADDR", "PGPORT",    "PGDATABASE", "PGUSER",
                                        "PGSERVICE", "PGPASSWORD", "PGSSLMODE", "PGPASSFILE"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
    setenv("PGSERVICEFILE", "/nowhere/pg_service.conf", 1);
    setenv("PGSYSCONFDIR", "/nowhere", 1);
    return 0;
}

static void expect_failure(const char *conninfo, ErrorCode code, bool is_retryable, const char *words)
{
    Pg *pg = NULL;
    Error error = ERROR_INIT;
    assert_int_equal(pg_connect(conninfo, "pg_test", &pg, &error), STATUS_ERROR);
    assert_null(pg);
    assert_int_equal(error.code, code);
    assert_int_equal(error.is_retryable, is_retryable);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
    assert_non_null(strstr(error.hint, "`database`"));
    assert_null(strchr(error.message, '\n'));
    assert_null(strstr(error.message, "hunter2"));
    assert_null(strstr(error.hint, "hunter2"));
}

static void server_that_is_not_there_may_come(void **state)
{
    (void)state;
    expect_failure("host=/nowhere dbname=reports password=hunter2", ERROR_UNAVAILABLE, true,
                   "cannot connect to the database: connection to server on socket \"/nowhere/.s.PGSQL.5432\" failed");
    expect_failure("postgresql:///reports?host=/nowhere&password=hunter2", ERROR_UNAVAILABLE, true, "/nowhere");
}

static void environment_decides_what_the_string_leaves_open(void **state)
{
    (void)state;
    setenv("PGHOST", "/nowhere/at/all", 1);
    expect_failure("", ERROR_UNAVAILABLE, true, "/nowhere/at/all/.s.PGSQL.5432");
    expect_failure(NULL, ERROR_UNAVAILABLE, true, "/nowhere/at/all/.s.PGSQL.5432");
    expect_failure("reports", ERROR_UNAVAILABLE, true, "/nowhere/at/all/.s.PGSQL.5432");
}

static void string_that_is_none_is_the_configurations_fault(void **state)
{
    (void)state;
    expect_failure("hots=/nowhere", ERROR_CONFIG, false, "invalid connection option \"hots\"");
    expect_failure("host=/nowhere dbname", ERROR_CONFIG, false, "missing \"=\" after \"dbname\"");
    expect_failure("service=closedloop", ERROR_CONFIG, false, "service");
    expect_failure("host=/nowhere sslmode=maybe", ERROR_CONFIG, false, "sslmode");
}

/* libpq quotes the word that it cannot read: it may be half of a password. */
static void password_is_never_repeated(void **state)
{
    (void)state;
    expect_failure("host=/nowhere password=correct hunter2", ERROR_CONFIG, false, "cannot be read");
    expect_failure("password='hunter2", ERROR_CONFIG, false, "cannot be read");
    expect_failure("postgresql://closedloop:hunter2%zz@example.com/reports", ERROR_CONFIG, false, "cannot be read");
    expect_failure("postgres://closedloop:hunter2@[example.com/reports", ERROR_CONFIG, false, "cannot be read");
}

static void nothing_to_free(void **state)
{
    (void)state;
    Pg *pg = NULL;
    pg_free(NULL);
    pg_free_pointer(&pg);
    PgResult result = {0};
    pg_result_free(&result);
    assert_null(result.handle);
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(server_that_is_not_there_may_come),
        CASE(environment_decides_what_the_string_leaves_open),
        CASE(string_that_is_none_is_the_configurations_fault),
        CASE(password_is_never_repeated),
        CASE(nothing_to_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
