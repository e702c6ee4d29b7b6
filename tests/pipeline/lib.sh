# shellcheck shell=bash
# What every pipeline test begins with. A test tests/pipeline/<name>.test is a bash script:
#
#     . "$(dirname "$0")/lib.sh"
#     write_config <<'YAML'
#     sources:
#       - {name: web, kind: view, format: csv, path: views.csv, mode: append, fields: {viewed_at: at, url: page}}
#     YAML
#     cat >"$SCRATCH/views.csv" <<'CSV'
#     …
#     CSV
#     run_all
#     expect_sql "select count(*) from cl_core.view" 2
#
# It works in $SCRATCH, a folder that is removed at its end, on a database of its own that is dropped at its end, in a
# PostgreSQL that all tests of the build folder share. A test that hurts the server says own_server first. It fails by
# its exit status, at the first command that fails, and prints what it expected.
#
# Of its own: SCRATCH, ROOT, BUILD, and what the programs read: CLOSEDLOOP_CONFIG, CLOSEDLOOP_SPOOL, CLOSEDLOOP_DATABASE,
# CLOSEDLOOP_SECRET_FILE. The programs' output stands in $SCRATCH/out and $SCRATCH/err after each call.
set -euo pipefail

ROOT=${CLOSEDLOOP_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
BUILD=${CLOSEDLOOP_BUILD:-$ROOT/build/release}
# shellcheck disable=SC2034 # for the tests
CONFORMANCE=${CLOSEDLOOP_CONFORMANCE:-$ROOT/../shared/conformance}
# shellcheck source=deploy/lib.sh
. "$ROOT/deploy/lib.sh"

# ---------------------------------------------------------------------------------------------------- failing

# fail MESSAGE: the test ends here, and says in which line.
fail() {
    local depth=0
    while [[ ${BASH_SOURCE[depth]} == "${BASH_SOURCE[0]}" && -n ${BASH_SOURCE[depth + 1]:-} ]]; do ((++depth)); done
    printf '%s:%s: %s\n' "${BASH_SOURCE[depth]##*/}" "${BASH_LINENO[depth - 1]}" "$1" >&2
    exit 1
}

# skip REASON: what the test needs is not there.
skip() {
    SKIPS=1
    printf 'skipped: %s\n' "$1"
    exit 77
}

show_output() {
    local file
    for file in "$SCRATCH/out" "$SCRATCH/err"; do
        if [[ -s $file ]]; then sed "s|^|    ${file##*/}: |" "$file" | tail -n 40 >&2; fi
    done
}

# ---------------------------------------------------------------------------------------------------- beginning and end

test_begin() {
    SERVER_IS_THROWAWAY=1
    DATABASES=() OWN_SERVER=''
    # in /tmp whatever TMPDIR says: short, and the server's user can reach it
    SCRATCH=$(mktemp -d /tmp/closedloop-test.XXXXXXXX)
    chmod 711 "$SCRATCH"
    unset "${!PG@}" "${!CLOSEDLOOP_@}"
    export LC_ALL=C.UTF-8 TZ=UTC
    export CLOSEDLOOP_CONFIG=$SCRATCH/closedloop.yaml CLOSEDLOOP_SPOOL=$SCRATCH/spool
    export CLOSEDLOOP_SECRET_FILE=$SCRATCH/secret CLOSEDLOOP_PROGRAMS=$BUILD
    : >"$SCRATCH/out"
    : >"$SCRATCH/err"
    STARTED_AT=${EPOCHREALTIME/[.,]/}
    READ_FROM=$(date -u -d 'today 03:03:03' +%s)000000
    trap test_end EXIT
    trap 'exit 143' TERM
    trap 'exit 130' INT
    CLOSEDLOOP_ROOT=$ROOT CLOSEDLOOP_BUILD=$BUILD "$ROOT/tests/pipeline/server" start 2>"$SCRATCH/server.log" ||
        fail "the tests' PostgreSQL does not start: $(cat "$SCRATCH/server.log")"
    server_use "$(cd "$BUILD/server" && pwd -P)"
    new_database
}

test_end() {
    local code=$?
    trap - EXIT
    set +e
    if ((code == 77)) && [[ -z ${SKIPS:-} ]]; then code=1; fi # a program ended with it, for want of rights
    if ((code != 0 && code != 77)); then show_output; fi
    if [[ -n $OWN_SERVER ]]; then
        server_remove
    else
        local database
        for database in "${DATABASES[@]}"; do
            server_psql postgres -XAtqc "drop database if exists \"$database\" with (force)" >/dev/null 2>&1
        done
    fi
    rm -rf "$SCRATCH"
    exit "$code"
}

# An empty database, migrated, which all that follows uses: its name is in DATABASE. The former ones stay until the end.
new_database() {
    DATABASE=test_$$_${#DATABASES[@]}
    DATABASES+=("$DATABASE")
    server_psql postgres -XAtq -c "drop database if exists \"$DATABASE\" with (force)" -c "create database \"$DATABASE\"" \
        2>/dev/null
    use_database "$DATABASE"
    load_quietly migrate || fail "closedloop-load migrate ended with $?"
}

# use_database NAME: back to one that new_database made.
use_database() {
    DATABASE=$1
    CLOSEDLOOP_DATABASE=$(server_conninfo "$1")
    export CLOSEDLOOP_DATABASE
}

# new_spool: as on another machine, or as if the spool was lost. The secret stays.
new_spool() {
    rm -rf "$CLOSEDLOOP_SPOOL"
}

# own_server: from here on a server of the test's own, which it may stop and kill as it likes (server_stop,
# server_start, and pg_ctl by server_as_user); with an empty database.
own_server() {
    server_psql postgres -XAtqc "drop database if exists \"$DATABASE\" with (force)"
    OWN_SERVER=1 DATABASES=()
    server_use "$SCRATCH/server"
    server_start 2>/dev/null
    new_database
}

# ---------------------------------------------------------------------------------------------------- the programs

# write_config: the configuration from the input; `database`, `spool` and `secret_file` come from the environment.
write_config() {
    {
        printf 'database: ""\nspool: spool\n'
        cat
    } >"$CLOSEDLOOP_CONFIG"
}

# What a program prints goes to $SCRATCH/out and $SCRATCH/err; the status is the program's.
program() {
    "$BUILD/closedloop-$1" "${@:2}" >"$SCRATCH/out" 2>"$SCRATCH/err"
}
# What is read without --read-at is read at 03:03:03 on the day of the test, and later by as much as the test takes: reports
# say how many days lie between events and the newest reading, and at a real time one more might pass from one database of
# a test to the next.
extract() {
    if [[ " $* " != *' --read-at'* ]]; then
        local at=$((READ_FROM + ${EPOCHREALTIME/[.,]/} - STARTED_AT))
        set -- "$@" --read-at "$(date -u -d "@${at::-6}.${at: -6}" +%FT%T.%6NZ)"
    fi
    program extract "$@"
}
# shellcheck disable=SC2120 # the tests pass some
transform() { program transform "$@"; }
load() { program load "$@"; }

load_quietly() {
    local had='' code=0
    if [[ ! -e $CLOSEDLOOP_CONFIG ]]; then
        had=no
        write_config <<<'sources: []'
    fi
    load "$@" || code=$?
    if [[ $had == no ]]; then rm -f "$CLOSEDLOOP_CONFIG"; fi
    return "$code"
}

# run_all [EXTRACT'S OPTIONS]: the three in order; all must do.
run_all() {
    extract "$@" || fail "closedloop-extract $* ended with $?"
    # shellcheck disable=SC2119
    transform || fail "closedloop-transform ended with $?"
    load || fail "closedloop-load ended with $?"
}

# ---------------------------------------------------------------------------------------------------- asking and expecting

# sql TEXT…: rows as lines, columns with | between them, nulls empty.
sql() {
    server_psql "$DATABASE" -XAtq -v ON_ERROR_STOP=1 -c "$*"
}

# expect_equal WHAT EXPECTED ACTUAL
expect_equal() {
    if [[ $2 != "$3" ]]; then
        diff --label expected --label found -u <(printf '%s\n' "$2") <(printf '%s\n' "$3") >&2 || true
        fail "$1 differs"
    fi
}

# expect_sql SQL EXPECTED
expect_sql() {
    local found
    found=$(sql "$1") || fail "this query failed: $1"
    expect_equal "$1" "$2" "$found"
}

# expect_exit CODE COMMAND…
expect_exit() {
    local code=0
    "${@:2}" || code=$?
    if [[ $code != "$1" ]]; then fail "expected exit status $1, found $code: ${*:2}"; fi
}

# expect_text FILE TEXT: the file (out or err, or a path) holds the text.
expect_text() {
    local file=$1
    case $file in out | err) file=$SCRATCH/$file ;; esac
    if ! grep -qF -e "$2" "$file"; then fail "$1 does not say: $2"; fi
}

# dump_reports: every row of every table and view that reports are made of, in an order of its own. Equal output of two
# databases: the same reports. Left out is what says when and in which batch something came: the columns batch_no, place,
# loaded_at, refreshed_at, the bookkeeping of what was brought twice, and what was reported before. dump_reports QUERY:
# with this query's lines too.
dump_reports() {
    server_psql "$DATABASE" -XAtq -v ON_ERROR_STOP=1 <<SQL
set timezone = 'UTC';
select
    format(
        'select line from (select %L || row(%s)::text as line from %I.%I) as t order by line collate "C"',
        n.nspname || '.' || c.relname || ' ', string_agg(format('%I', a.attname), ', ' order by a.attnum),
        n.nspname, c.relname
    )
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname in ('cl_core', 'cl_marketing', 'cl_sales', 'cl_smarketing')
    and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
    and a.attname not in ('batch_no', 'place', 'loaded_at', 'refreshed_at')
    and (n.nspname, c.relname) not in (('cl_core', 'view_duplicate'), ('cl_core', 'content_seen'), ('cl_core', 'arrival_seen'),
        ('cl_marketing', 'deal_report'), ('cl_marketing', 'deal_touch_history'), ('cl_marketing', 'reported_content'),
        ('cl_marketing', 'reported_arrival'), ('cl_marketing', 'report_month'), ('cl_marketing', 'fitted_touch_month'))
group by n.nspname, c.relname
order by n.nspname, c.relname
\gexec
${1:-}
SQL
}

# expect_same_reports DATABASE DATABASE
expect_same_reports() {
    local now=$DATABASE
    use_database "$1"
    dump_reports >"$SCRATCH/reports.1"
    use_database "$2"
    dump_reports >"$SCRATCH/reports.2"
    use_database "$now"
    if [[ ! -s $SCRATCH/reports.1 ]]; then fail "there is no report in $1"; fi
    if ! cmp -s "$SCRATCH/reports.1" "$SCRATCH/reports.2"; then
        diff --label "$1" --label "$2" -u "$SCRATCH/reports.1" "$SCRATCH/reports.2" | head -n 60 >&2 || true
        fail "the reports of $1 and $2 differ"
    fi
}

# file_mode PATH: such as 700.
file_mode() {
    stat -c %a "$1"
}

test_begin
