# shellcheck shell=bash
# What the fault tests share: data large enough that there is something to hit, programs killed in the middle, and the
# comparison with a run that nobody disturbed. Sourced in the place of tests/pipeline/lib.sh.
# shellcheck source=tests/pipeline/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../pipeline/lib.sh"

# shellcheck disable=SC2034 # used by those who source this
READ_AT=2026-04-06T02:00:00Z
RANDOM=20260406 # the same points each time, as far as the machine is as fast

# sample_with_views COUNT: the sample company, and that many further views of its visitors, some of whom say who they are.
sample_with_views() {
    cp "$ROOT"/deploy/sample/* "$SCRATCH/"
    cat >>"$SCRATCH/closedloop.yaml" <<'YAML'

  - name: more
    system: web
    kind: view
    format: csv
    path: more-*.csv.gz
    max_rejects: 100
    fields: {event_id: id, viewed_at: at, visitor: visitor, email: email, url: url, referrer: referrer}
YAML
    awk -v count="$1" 'BEGIN {
        srand(7)
        for (part = 1; part <= 2; part++) {
            file = "more-" part ".csv"
            print "id,at,visitor,email,url,referrer" >file
            for (i = part; i <= count; i += 2) {
                visitor = int(rand() * count / 20)
                email = rand() < 0.01 ? "person" visitor "@customer.example" : ""
                printf "m%d,2026-%02d-%02dT%02d:%02d:%02dZ,g%d,%s,https://www.nordlauf.example/page/%d,%s\n", i,
                    1 + int(i * 3 / (count + 1)), 1 + int(rand() * 28), int(rand() * 24), int(rand() * 60), i % 60, visitor,
                    email, int(rand() * 300), rand() < 0.3 ? "https://search.example/" : "" >file
            }
        }
    }'
    gzip -1 more-1.csv more-2.csv
}

now() { date +%s%N; }

# shellcheck disable=SC2034 # HIT is the answer
# kill_after NANOSECONDS PROGRAM [ARGUMENT…]: starts it and kills it after that time. HIT says whether it was still at work.
kill_after() {
    local pid code=0
    "$BUILD/closedloop-$2" "${@:3}" >"$SCRATCH/out" 2>"$SCRATCH/err" &
    pid=$!
    sleep "$(printf '%d.%09d' $(($1 / 1000000000)) $(($1 % 1000000000)))"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || code=$?
    case $code in
        137) HIT=yes ;;
        0) HIT=no ;;
        *) fail "closedloop-$2 ended with $code before it was killed" ;;
    esac
}

# moment PART OF DURATION: a time in that part of the duration, drawn at random.
moment() {
    echo $((($1 * 32768 + RANDOM) * ($3 / 32768) / $2))
}

# kill_at_points COUNT DURATION BEFORE AFTER PROGRAM [ARGUMENT…]: kills it at moments spread over its run, which took that
# long, each time with BEFORE called before and AFTER with what it was behind. One that had ended before it was to be killed,
# as the machine is less busy now, does not count: it is tried again, earlier.
kill_at_points() {
    local point=0 duration=$2
    while ((point < $1)); do
        "$3"
        kill_after "$(moment "$point" "$1" "$duration")" "${@:5}"
        "$4" "killed at point $point of $1"
        if [[ $HIT == yes ]]; then ((++point)); else duration=$((duration * 3 / 4)); fi
    done
}

# stage_digest STAGE: every byte of its batches, and their names.
stage_digest() {
    (cd "$SCRATCH/spool/$1" && find . -type f -exec sha256sum {} +) | sort -k 2
}

# expect_whole_batches STAGE: what stands there under a batch's name is a whole batch.
expect_whole_batches() {
    local folder
    for folder in "$SCRATCH/spool/$1"/*/; do
        if [[ -d $folder && ! -s $folder/manifest.json ]]; then fail "$folder is half a batch"; fi
    done
}

# ledger_dump: what the ledger says of each batch that counts, without the times and numbers of loading.
ledger_dump() {
    sql "select b.source, b.file, b.status, b.read_at, b.input_digest, c.kind, c.read, c.emitted, c.rejected, c.duplicate,
            c.filtered, (select count(*) from cl_ops.reject as r where r.batch_no = b.batch_no)
        from cl_ops.batch as b left join cl_ops.batch_count as c using (batch_no)
        order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"
}

# remember_reports: of the database as it is now; expect_remembered WHAT: the present one is equal.
remember_reports() {
    dump_reports >"$SCRATCH/reports.good"
    ledger_dump >"$SCRATCH/ledger.good"
    [[ $(wc -l <"$SCRATCH/reports.good") -gt 1000 ]] || fail 'there are hardly any reports'
}
expect_remembered() {
    dump_reports >"$SCRATCH/reports.now"
    if ! cmp -s "$SCRATCH/reports.good" "$SCRATCH/reports.now"; then
        diff --label undisturbed --label "$1" -u "$SCRATCH/reports.good" "$SCRATCH/reports.now" | head -n 40 >&2 || true
        fail "the reports differ from those of an undisturbed run: $1"
    fi
    expect_equal "the ledger: $1" "$(cat "$SCRATCH/ledger.good")" "$(ledger_dump)"
    expect_sql 'select count(*) from cl_ops.changed_key' 0
    expect_sql "select count(*) from cl_ops.reconciliation where status <> 'ok'" 0
}

# clone_database: an empty migrated database, made in no time from the first one, which stays empty.
clone_database() {
    local original=${DATABASES[0]} name=test_$$_${#DATABASES[@]}
    DATABASES+=("$name")
    server_psql postgres -XAtqc "create database \"$name\" template \"$original\"" 2>/dev/null
    use_database "$name"
}
drop_clone() {
    server_psql postgres -XAtqc "drop database if exists \"$DATABASE\" with (force)" >/dev/null
    use_database "${DATABASES[0]}"
}
