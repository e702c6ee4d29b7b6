# shellcheck shell=bash
# What the benchmarks that need a database share: a private server, and what a program and its server take. Source it from
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

# The most memory of their own, in MB, that the server's processes have together while work/watching is there: shared buffers
# do not count. Looked at five times a second.
watch_server() {
    local postmaster children most=0 now
    postmaster=$(server_postmaster)
    while [[ -e $WORK/watching ]] && kill -0 $$; do
        read -r -a children <"/proc/$postmaster/task/$postmaster/children" || true # without a newline
        children=("${children[@]/#//proc/}")
        children=("${children[@]/%//status}")
        # some have ended by now
        now=$(awk '$1 == "RssAnon:" {sum += $2} END {print int(sum / 1024)}' "${children[@]}" 2>/dev/null || true)
        if ((${now:-0} > most)); then most=$now; fi
        sleep 0.2
    done
    printf '%s\n' "$most" >"$WORK/server-memory"
}

# load NAME COMMAND…: closedloop-load; leaves the seconds of its steps in work/NAME. The server logs all statements.
load() {
    local name=$1 from watcher
    shift
    say_working bench "$name"
    sql checkpoint
    from=$(server_as_user cat "$SERVER_HOME/log" | wc -l)
    : >"$WORK/watching"
    watch_server &
    watcher=$!
    measured "$BUILD/closedloop-load" --config "$WORK/closedloop.yaml" "$@"
    rm "$WORK/watching"
    wait "$watcher"
    server_as_user tail -n "+$((from + 1))" "$SERVER_HOME/log" >"$WORK/log"
    {
        steps <"$WORK/log"
        printf '%s %s\n' whole "$SECONDS_TAKEN" cpu "$CPU" memory "$MEMORY" server "$(<"$WORK/server-memory")"
    } >"$WORK/$name"
    trace "trace-$name"
}

# The log as seconds for each step: what passed since the statement before belongs to the statement that then ended, but for
# the page's blocks, which are asked two at a time. These and files of sql/refresh are known by their first lines.
steps() {
    awk -v files="$ROOT/sql/refresh/*.sql $ROOT/deploy/report/page/blocks/*.sql" '
        function add(step, seconds) { taken[step] += seconds }
        BEGIN {
            command = "ls " files
            while ((command | getline file) > 0) {
                getline line <file
                close(file)
                is_block[line] = file ~ /blocks/
                sub(/.*\//, "", file)
                step_of[line] = file
            }
            step = "begin"
        }
        $5 != "closedloop-load" || !match($0, / duration: [0-9.]+ ms  /) { next }
        {
            split($2, time, ":")
            now = time[1] * 3600 + time[2] * 60 + time[3]
            if (now < last) now += 86400
            text = substr($0, RSTART + RLENGTH)
            lasted = substr($0, RSTART + 11) / 1000
            passed = last == "" ? lasted : now - last
            last = now
            sub(/^(statement|parse|bind|execute) ?[^:]*: /, "", text)
            if (text in step_of) {
                step = step_of[text]
                add(step, is_block[text] ? lasted : passed)
            } else if (text ~ /^(declare|fetch [0-9]+ from|close) reader/) {
                if (text ~ /^declare/) reading = text ~ /as they stood/ ? "take" : text ~ /own row/ ? "read" : step
                add(reading, lasted)
                add(reading == "read" ? "compute" : reading, passed - lasted)
            } else if (text ~ /^copy cl_marketing.deal_touch/) {
                add("write", lasted)
                add("compute", passed - lasted)
            } else if (text ~ /^copy cl_marketing.fitted_touch/) {
                add("56_fit_scores.sql", passed)
            } else if (text ~ /^copy pg_temp.journey_part/) {
                add("60_sums.sql", passed)
            } else if (text ~ /^commit/) {
                add("commit", passed)
            } else {
                add(step, passed)
            }
        }
        END { for (step in taken) print step, taken[step] }'
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
