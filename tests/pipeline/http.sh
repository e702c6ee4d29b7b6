# shellcheck shell=bash
# What the tests of HTTP sources share: a web server that answers as a script says (http_server.c), and the search for
# secrets. Source it behind lib.sh.
#
#     . "$(dirname "$0")/http.sh"
#     web_script <<'SCRIPT'
#     page first has "GET /deals" file 1.json
#     SCRIPT
#     web_start
#     … http: {url: "http://127.0.0.1:$WEB_PORT/deals"} …
#     expect_requests 'first GET /deals'
#     expect_no_secret

# What is searched for afterwards: long and odd enough to be encoded in an address.
SECRET='s3cret+/t0ken=&é~x'
WEB_PORT=''

# web_script: what the server answers from here on.
web_script() {
    cat >"$SCRATCH/web/script.new"
    mv "$SCRATCH/web/script.new" "$SCRATCH/web/script"
}

web_start() {
    "$BUILD/tests/test_http_server" "$SCRATCH/web/script" "$SCRATCH/web/port" "$SCRATCH/web/log" &
    local deadline=$((SECONDS + 20))
    until [[ -s $SCRATCH/web/port ]]; do
        ((SECONDS < deadline)) || fail 'the web server does not start'
        sleep 0.05
    done
    WEB_PORT=$(<"$SCRATCH/web/port")
    disown
}

# expect_requests LINE…: these were asked since the last call: "PAGE METHOD ADDRESS BODY".
expect_requests() {
    local found
    found=$(sed -E 's|^([^ ]*) [0-9]+|\1|; s| HTTP/1\.1||; s/ +$//' "$SCRATCH/web/log")
    : >"$SCRATCH/web/log"
    expect_equal 'what the server was asked' "$(printf '%s\n' "$@")" "$found"
}

# web_wait PAGE: until the server was asked for it.
web_wait() {
    local deadline=$((SECONDS + 20))
    until grep -q "^$1 " "$SCRATCH/web/log"; do
        ((SECONDS < deadline)) || fail "nobody asked for $1"
        sleep 0.05
    done
}

# expect_no_secret: neither the secret nor its encoded form is in what was printed, or in any file of the spool.
expect_no_secret() {
    local encoded='s3cret%2B%2Ft0ken%3D%26%C3%A9~x'
    if grep -rqF -e "$SECRET" -e "$encoded" -e 's3cret' "$SCRATCH/out" "$SCRATCH/err" "$CLOSEDLOOP_SPOOL" 2>/dev/null; then
        grep -rF -e s3cret "$SCRATCH/out" "$SCRATCH/err" "$CLOSEDLOOP_SPOOL" >&2
        fail 'the secret was told'
    fi
}

mkdir -p "$SCRATCH/web"
: >"$SCRATCH/web/log"
