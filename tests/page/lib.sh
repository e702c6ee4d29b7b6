# shellcheck shell=bash
# What the tests of the page begin with: those of the pipeline, and a browser.
#
#     . "$(dirname "$0")/lib.sh"
#     write_page en                       # $SCRATCH/en.html
#     sql_json name "select …"            # one line of $SCRATCH/expected.json
#     in_browser marketing.js en          # node runs it with the page and what is expected
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tests/pipeline/lib.sh
. "$HERE/../pipeline/lib.sh"

for program in chromium node; do
    if ! command -v "$program" >/dev/null; then skip "no $program"; fi
done
if [[ ! -d $BUILD/page/node_modules/playwright-core ]]; then skip "no playwright-core: tests/page/provide $BUILD"; fi
CHARTS=/usr/share/javascript/chart.js/chart.min.js
if [[ ! -r $CHARTS ]]; then skip "no $CHARTS"; fi

# write_page LANGUAGE [NAME]: by the configuration in force, in that language.
write_page() {
    sed '/^report:/d' "$CLOSEDLOOP_CONFIG" >"$SCRATCH/page.yaml"
    printf '\nreport: {language: %s}\n' "$1" >>"$SCRATCH/page.yaml"
    CLOSEDLOOP_CONFIG=$SCRATCH/page.yaml CLOSEDLOOP_REPORT=$SCRATCH/${2:-$1}.html load report ||
        fail "closedloop-load report ended with $?"
}

# sql_json NAME SQL: the query's rows, as JSON, for the browser's test.
sql_json() {
    local rows
    rows=$(sql "select coalesce(json_agg(r), '[]') from ($2) as r") || fail "this query failed: $2"
    printf '%s\t%s\n' "$1" "${rows//$'\n'/ }" >>"$SCRATCH/expected"
}

# in_browser SCRIPT PAGE…: the pages by their names in $SCRATCH.
in_browser() {
    PAGE_MODULES=$BUILD/page/node_modules PAGE_SCRATCH=$SCRATCH timeout 300 node "$HERE/$1" "${@:2}" >"$SCRATCH/out" 2>"$SCRATCH/err" ||
        fail "$1 found fault"
}
