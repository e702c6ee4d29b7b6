# shellcheck shell=bash
# The small data of the tests that kill at every step, and the killing.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$SCRATCH"
command -v strace >/dev/null || skip 'strace is not installed'
# Leaks cannot be looked for in a program that is traced.
export ASAN_OPTIONS=detect_leaks=0
strace -o /dev/null true 2>/dev/null || skip 'strace may not trace here'

write_config <<'YAML'
sources:
  - {name: web, kind: view, format: csv, path: web.csv, fields: {event_id: id, viewed_at: at, url: page, visitor: v, email: mail}}
  - {name: leads, system: crm, kind: lead, mode: upsert, format: csv, path: leads.csv, fields: {contact_key: id, email: mail, created_at: made}}
  - name: deals
    system: crm
    kind: deal
    mode: snapshot
    format: json
    path: "deals-*.json"
    max_rejects: 50%
    max_deleted: 100%
    fields: {deal_key: id, created_at: made, closed_at: closed, is_won: won, amount: amount}
    also: [{kind: deal_contact, each: who, fields: {deal_key: ../id, contact_key: nr}}]
YAML
{
    echo 'id,at,page,v,mail'
    for ((i = 0; i < 60; i++)); do
        echo "e$i,2026-01-0$((1 + i % 9))T10:00:0$((i % 7))Z,https://a.example/$((i % 5)),v$((i % 4)),$( ((i % 10)) || echo "p$((i % 3))@a.example")"
    done
} >web.csv
printf 'id,mail,made\n1,p0@a.example,2026-01-05\n2,p1@a.example,2026-01-05\n' >leads.csv
echo '[{"id":"D1","made":"2026-01-05","closed":"2026-01-20","won":true,"amount":"10.00","who":[{"nr":"1"},{"nr":"2"}]},{"id":"D2","made":"soon"}]' >deals-1.json
echo '[{"id":"D1","made":"2026-01-05","closed":"2026-01-20","won":true,"amount":"12.00","who":[{"nr":"1"}]},{"id":"D2","made":"2026-01-06"}]' >deals-2.json

# shellcheck disable=SC2034 # HIT is the answer
# kill_at CALL STEP PROGRAM [ARGUMENT…]: kills it as it begins the STEPth of these system calls; HIT=no if there are fewer.
kill_at() {
    local code=0
    strace -qq -o /dev/null -e trace="$1" -e inject="$1:signal=KILL:when=$2" \
        "$BUILD/closedloop-$3" "${@:4}" >out 2>err &
    wait $! 2>/dev/null || code=$?
    case $code in
        137) HIT=yes ;;
        0) HIT=no ;;
        *) fail "closedloop-$3 ended with $code at step $2" ;;
    esac
}
