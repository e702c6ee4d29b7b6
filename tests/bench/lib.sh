# shellcheck shell=bash
# What tests/bench/run and tests/bench/credit share: a private server, and what a program and its server take. Source it from
# bash with `set -euo pipefail`, after deploy/lib.sh; BENCH must name the folder for everything that is made.
#
#     bench_server            # an empty database; CLOSEDLOOP_DATABASE says where
#     measured "$BUILD/closedloop-load" --config … run
#     echo "$SECONDS_TAKEN $CPU $MEMORY"

WORK=$BENCH/work

# What the server writes it keeps: it is set up as deploy/quickstart does it. With TRACE it counts statements.
bench_server() {
    server_use "$BENCH/server"
    server_remove
    trap bench_finish EXIT
    server_start
    server_database bench
    export CLOSEDLOOP_DATABASE
    CLOSEDLOOP_DATABASE=$(server_conninfo bench)
    if [[ -n $TRACE ]]; then
        sql "alter system set shared_preload_libraries = 'pg_stat_statements'"
        server_stop
        server_start
        sql "create extension pg_stat_statements"
        sql "alter system set pg_stat_statements.track = 'all'"
        sql "select pg_reload_conf()" >"$WORK/reload"
    fi
}

bench_finish() {
    if [[ -n $KEEP ]]; then
        say bench "psql \"$(server_conninfo bench)\""
    else
        server_remove
        rm -rf "$WORK"
    fi
}

sql() {
    server_psql bench -XAtqc "$1"
}

server_postmaster() {
    server_as_user head -n 1 "$SERVER_HOME/data/postmaster.pid"
}

# Seconds of CPU that the server's processes took which have ended by now.
server_cpu() {
    sleep 0.2
    awk -v tick="$(getconf CLK_TCK)" '{print ($16 + $17) / tick}' "/proc/$(server_postmaster)/stat"
}

# measured COMMAND…: sets SECONDS_TAKEN, CPU and MEMORY (MB; unknown without /usr/bin/time). CPU is that of the program and, if it
# has one, of its server.
# shellcheck disable=SC2034 # used by those who source this
measured() {
    local status=0 figures user system server
    server=$(server_cpu)
    if [[ -x /usr/bin/time ]]; then
        /usr/bin/time -q -f '%e %U %S %M' -o "$WORK/time" "$@" >"$WORK/output" 2>&1 || status=$?
        read -r SECONDS_TAKEN user system MEMORY <"$WORK/time"
        MEMORY=$((MEMORY / 1024))
    else
        local TIMEFORMAT='%R %U %S'
        figures=$({ time "$@" >"$WORK/output" 2>&1; } 2>&1) || status=$?
        read -r SECONDS_TAKEN user system <<<"$figures"
        MEMORY=-
    fi
    if ((status != 0)); then die_with_log "$status" "${*##*/} failed" "$WORK/output"; fi
    CPU=$(calculate "$user + $system + $(server_cpu) - $server")
}

calculate() {
    awk "BEGIN {printf \"%.2f\", $1}"
}

# trace FILE: what each statement took since the last call, those within functions too: milliseconds, calls, rows, text.
trace() {
    if [[ -z $TRACE ]]; then return; fi
    sql "select lpad(round(total_exec_time)::text, 7), lpad(calls::text, 6), lpad(rows::text, 8),
            left(regexp_replace(regexp_replace(query, '^(\s*--[^\n]*\n)+', '', 'g'), '\s+', ' ', 'g'), 150)
        from public.pg_stat_statements
        where total_exec_time >= 10
        order by total_exec_time desc" >"$BENCH/$1"
    trace_reset
    say trace "$BENCH/$1"
}

trace_reset() {
    if [[ -n $TRACE ]]; then sql "select public.pg_stat_statements_reset()" >"$WORK/reset"; fi
}

# The machine, for the line above the table.
machine() {
    printf '%s cores, %s, PostgreSQL %s' "$(nproc)" "$(awk -F ': ' '/^model name/ {print $2; exit}' /proc/cpuinfo)" \
        "$(sql 'show server_version')"
}
