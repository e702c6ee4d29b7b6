# shellcheck shell=bash
# What deploy/quickstart, tests/run and the pipeline tests share: saying what happens, installing packages, building, and
# a private PostgreSQL. Source it from bash with `set -euo pipefail`; ROOT must name the checkout.
#
#     packages_install "${BUILD_PACKAGES[@]}"
#     programs_build release
#     server_use "$ROOT/.closedloop"          # where this server's particulars are kept
#     server_start
#     server_database closedloop
#     CLOSEDLOOP_DATABASE=$(server_conninfo closedloop) …
#     server_remove

# shellcheck disable=SC2034 # used by those who source this
{
    EXIT_USAGE=64 EXIT_UNAVAILABLE=69 EXIT_CANNOT_CREATE=73 EXIT_BUSY=75 EXIT_PERMISSION=77
    BUILD_PACKAGES=(
        build-essential cmake ninja-build pkg-config libpq-dev libxml2-dev zlib1g-dev libyaml-dev libxxhash-dev
        libsodium-dev libpsl-dev libidn2-dev libcurl4-openssl-dev liblapack-dev ca-certificates libcmocka-dev tzdata
        libjs-chart.js
    )
}

# ---------------------------------------------------------------------------------------------------- saying

# say STEP TEXT…: one line of the step's progress; on a terminal it replaces the line that say_working left.
say() {
    local step=$1
    shift
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
    printf '%-10s %s\n' "$step" "$*" >&2
}

# The same, for the time being: nothing unless somebody watches. Cut, since only a line that does not wrap can be replaced.
say_working() {
    local step=$1
    shift
    if [[ -t 2 ]]; then printf '\r\033[K%-10s %.68s' "$step" "$*" >&2; fi
}

# die CODE MESSAGE [HINT]
die() {
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
    printf '%s: error: %s\n' "${0##*/}" "$2" >&2
    if [[ -n ${3:-} ]]; then printf '%s: hint: %s\n' "${0##*/}" "$3" >&2; fi
    exit "$1"
}

# die_with_log CODE MESSAGE FILE: with the end of the log that tells why.
die_with_log() {
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
    if [[ -r $3 ]]; then tail -n 30 "$3" | sed 's/^/    /' >&2; fi
    die "$1" "$2" "all of it is in $3"
}

# ---------------------------------------------------------------------------------------------------- the machine

# system_check: a Debian, or something that is packaged as one.
system_check() {
    local id=unknown name=unknown version='' like=''
    if [[ -r /etc/os-release ]]; then
        id=$(. /etc/os-release && printf '%s' "${ID:-unknown}")
        name=$(. /etc/os-release && printf '%s' "${PRETTY_NAME:-unknown}")
        version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
        like=$(. /etc/os-release && printf '%s' "${ID_LIKE:-}")
    fi
    if [[ $id != debian && " $like " != *" debian "* ]] || ! command -v apt-get >/dev/null; then
        die "$EXIT_UNAVAILABLE" "this is $name, and not Debian" \
            "install the libraries that CMakeLists.txt names by hand, and build with: cmake --preset release"
    fi
    if [[ $id == debian && $version =~ ^[0-9]+ ]] && ((BASH_REMATCH[0] < 12)); then
        die "$EXIT_UNAVAILABLE" "$name is too old" "Debian 12 or later is needed"
    fi
}

# space_check FOLDER MEGABYTES: that much is free where the folder is or will be.
space_check() {
    local folder=$1 free
    while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
    free=$(df --output=avail -k "$folder" | tail -n 1)
    if ((free / 1024 < $2)); then
        die "$EXIT_CANNOT_CREATE" "no space: $folder has $((free / 1024)) MB free, and $2 MB are needed"
    fi
}

packages_missing() {
    local package
    for package; do
        if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
            printf '%s\n' "$package"
        fi
    done
}

# The programs of the newest server that is installed, if it is new enough.
postgresql_folder() {
    local folder version
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t / -k 5 -V -r); do
        version=${folder%/bin}
        if [[ ${version##*/} =~ ^[0-9]+$ ]] && ((${version##*/} >= 15)) && [[ -x $folder/initdb && -x $folder/psql ]]; then
            printf '%s\n' "$folder"
            return
        fi
    done
    return 1
}

# packages_install LOG PACKAGE…: those that are missing, and a PostgreSQL server if there is none of any version.
packages_install() {
    local log=$1 missing installer=()
    shift
    mapfile -t missing < <(packages_missing "$@")
    if ! postgresql_folder >/dev/null; then missing+=(postgresql); fi
    if ((${#missing[@]} == 0)); then return; fi
    space_check /usr 1500
    space_check /var 500
    if ((EUID != 0)); then
        local by_hand="as root: apt-get install ${missing[*]}; then run this again"
        if ! command -v sudo >/dev/null; then
            die "$EXIT_PERMISSION" "${#missing[@]} packages are missing, and there is no sudo to install them" "$by_hand"
        fi
        # the one place that may ask: before anything is redirected
        sudo -n true 2>/dev/null || sudo -v ||
            die "$EXIT_PERMISSION" "${#missing[@]} packages are missing, and sudo does not let $(id -un) in" "$by_hand"
        installer=(sudo)
    fi
    say_working packages "installing ${#missing[@]}: ${missing[*]}"
    local started=$SECONDS
    if ! "${installer[@]}" bash -s -- "${missing[@]}" >"$log" 2>&1 <<'INSTALL'; then
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l UCF_FORCE_CONFFOLD=1 LC_ALL=C.UTF-8
apt=(apt-get -y -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0)
install() {
    "${apt[@]}" -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install --no-install-recommends \
        "$@" </dev/null
}

# The server's package makes a cluster of its own and starts it, unless it is told not to before it is installed.
for package; do
    if [[ $package == postgresql ]]; then
        folder=/etc/postgresql-common/createcluster.d
        mkdir -p "$folder"
        trap 'rm -f "$folder/closedloop.conf"' EXIT
        echo 'create_main_cluster = false' >"$folder/closedloop.conf"
    fi
done

# lists that are missing or older than a day name versions that are gone
if [[ -z $(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 -print -quit) ]]; then
    "${apt[@]}" update </dev/null
fi
if ! install "$@"; then
    "${apt[@]}" update </dev/null
    install "$@"
fi
INSTALL
        die_with_log "$EXIT_UNAVAILABLE" "the packages could not be installed: ${missing[*]}" "$log"
    fi
    say packages "${#missing[@]} installed in $((SECONDS - started)) s: ${missing[*]}"
}

# ---------------------------------------------------------------------------------------------------- building

# programs_build PRESET LOG [TARGET…]: configured if need be; everything, or the targets named.
programs_build() {
    local preset=$1 log=$2 folder=$ROOT/build/$1 started=$SECONDS fresh=() line
    shift 2
    mkdir -p "$folder" 2>/dev/null || die "$EXIT_CANNOT_CREATE" "$folder cannot be made" "is the checkout yours?"
    if [[ ! -w $folder ]]; then die "$EXIT_PERMISSION" "$folder belongs to somebody else" "remove it, or run this as its owner"; fi
    space_check "$folder" 500
    (
        # two builds at once in one folder would spoil each other
        exec 8>"$ROOT/build/.lock"
        flock 8
        cd "$ROOT"
        if ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "$folder/CMakeCache.txt"; then fresh=(--fresh); fi
        : >"$log"
        if ((${#fresh[@]})) || [[ ! -e $folder/build.ninja ]]; then
            say_working build configuring
            cmake --preset "$preset" "${fresh[@]}" >>"$log" 2>&1 || exit 1
        fi
        NINJA_STATUS='[%f/%t] ' cmake --build --preset "$preset" ${1+--target "$@"} 2>&1 | while IFS= read -r line; do
            printf '%s\n' "$line" >>"$log"
            if [[ $line =~ ^\[([0-9]+/[0-9]+)\] ]]; then say_working build "${BASH_REMATCH[1]}"; fi
        done
    ) || die_with_log 70 "the build failed" "$log"
    say build "$preset, in $((SECONDS - started)) s"
}

# ---------------------------------------------------------------------------------------------------- the server
#
# A server of our own: no port, a socket in a folder that only its user (and root) can enter, one role, closedloop. The
# server refuses to run as root, so for root it runs as postgres, and its data stand where that user can reach them.
# What must be known to find it again stands in <state>/server.

server_use() {
    SERVER_STATE=$1
    SERVER_HOME='' SERVER_SOCKET='' SERVER_USER=''
    local key value
    if [[ -r $SERVER_STATE/server ]]; then
        while IFS='=' read -r key value; do
            case $key in
                home) SERVER_HOME=$value ;;
                socket) SERVER_SOCKET=$value ;;
                user) SERVER_USER=$value ;;
            esac
        done <"$SERVER_STATE/server"
    fi
    if [[ -n $SERVER_USER && $SERVER_USER != "$(id -un)" ]] && ((EUID != 0)); then
        die "$EXIT_PERMISSION" "the server of $SERVER_STATE is ${SERVER_USER}'s" "run this as root, or as $SERVER_USER"
    fi
}

server_remember() {
    printf 'home=%s\nsocket=%s\nuser=%s\n' "$SERVER_HOME" "$SERVER_SOCKET" "$SERVER_USER" >"$SERVER_STATE/server.new"
    mv "$SERVER_STATE/server.new" "$SERVER_STATE/server"
}

# Runs a command as the server's user, in a folder that it can enter, and without the locks that we hold.
server_as_user() (
    cd /
    exec 7>&- 8>&- 9>&- </dev/null
    unset "${!PG@}"
    if [[ $(id -un) == "$SERVER_USER" ]]; then exec "$@"; fi
    exec runuser -u "$SERVER_USER" -- env -u XDG_RUNTIME_DIR HOME=/ "$@"
)

# server_home_try FOLDER: made, and the server's user can keep data there that nobody else can read.
server_home_try() {
    local owner=()
    if ((EUID == 0)); then owner=(-o "$SERVER_USER"); fi
    install -d -m 700 "${owner[@]}" "$1" 2>/dev/null || return 1
    if [[ $(stat -c '%a %U' "$1") == "700 $SERVER_USER" ]] && server_as_user test -w "$1" 2>/dev/null; then
        SERVER_HOME=$1
        return 0
    fi
    rmdir "$1"
    return 1
}

server_home_make() {
    local digest
    digest=$(printf '%s' "$SERVER_STATE" | sha256sum | cut -c 1-12)
    if ((EUID == 0)); then
        SERVER_USER=postgres
        id postgres >/dev/null 2>&1 || die "$EXIT_UNAVAILABLE" "there is no user postgres for the server to run as"
        chmod a+x "$SERVER_STATE"
        server_home_try "$SERVER_STATE/postgresql" || server_home_try "/var/lib/closedloop-$digest" ||
            die "$EXIT_CANNOT_CREATE" "no place for the server's data: neither $SERVER_STATE nor /var/lib"
    else
        SERVER_USER=$(id -un)
        # a shared folder of a virtual machine knows no owners and modes
        server_home_try "$SERVER_STATE/postgresql" || server_home_try "$(mktemp -d /var/tmp/closedloop.XXXXXXXX)" ||
            die "$EXIT_CANNOT_CREATE" "no place for the server's data: neither $SERVER_STATE nor /var/tmp"
    fi
    server_remember
}

# The folder of programs that fits the data, or the newest.
server_programs() {
    local version folder
    if [[ -n $SERVER_HOME ]] && version=$(server_as_user cat "$SERVER_HOME/data/PG_VERSION" 2>/dev/null); then
        folder=/usr/lib/postgresql/$version/bin
        if [[ ! -x $folder/pg_ctl ]]; then
            die "$EXIT_UNAVAILABLE" "the data in $SERVER_HOME are PostgreSQL $version's, which is not installed any more" \
                "install postgresql-$version, or remove the data with: deploy/quickstart --down"
        fi
        printf '%s\n' "$folder"
    else
        postgresql_folder || die "$EXIT_UNAVAILABLE" "no PostgreSQL server is installed in /usr/lib/postgresql"
    fi
}

# Whether somebody answers.
server_is_running() {
    local programs
    [[ -n $SERVER_SOCKET ]] && programs=$(postgresql_folder) &&
        "$programs/pg_isready" -q -t 5 -h "$SERVER_SOCKET" -p 5432
}

# Settings for a small machine. With SERVER_IS_THROWAWAY nothing waits for the disk: a crash of the machine may cost the
# data, one of the server or of a program may not.
server_settings() {
    local memory shared
    memory=$(awk '$1 == "MemTotal:" {print int($2 / 1024)}' /proc/meminfo)
    shared=$((memory / 4 < 256 ? memory / 4 : 256))
    cat <<SETTINGS
# written anew at every start by deploy/lib.sh
listen_addresses = ''
port = 5432
unix_socket_directories = '$SERVER_SOCKET'
unix_socket_permissions = 0700
max_connections = 40
shared_buffers = ${shared}MB
work_mem = 32MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = lz4
synchronous_commit = on
fsync = $([[ -n ${SERVER_IS_THROWAWAY:-} ]] && echo off || echo on)
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %a '
SETTINGS
    # containers often have 64 MB of shared memory, which parallel queries outgrow
    if (($(df --output=avail -m /dev/shm 2>/dev/null | tail -n 1 || echo 0) < 512)); then
        echo "dynamic_shared_memory_type = mmap"
    fi
}

server_make() {
    local programs options=()
    programs=$(server_programs)
    if [[ -n ${SERVER_IS_THROWAWAY:-} ]]; then options=(--no-sync); fi
    server_as_user rm -rf "$SERVER_HOME/data.new"
    if ! server_as_user "$programs/initdb" -D "$SERVER_HOME/data.new" -U closedloop -A peer --encoding UTF8 \
        --locale C.UTF-8 --no-instructions "${options[@]}" >"$SERVER_STATE/initdb.log" 2>&1; then
        die_with_log "$EXIT_CANNOT_CREATE" "the server's data could not be made in $SERVER_HOME" "$SERVER_STATE/initdb.log"
    fi
    # the server asks the kernel who is at the other end of the socket
    # shellcheck disable=SC2016 # the inner shell expands it
    server_as_user bash -c '
        set -euo pipefail
        cd "$1"
        echo "local all closedloop peer map=closedloop" >pg_hba.conf
        printf "closedloop \"%s\" closedloop\n" "$2" root >pg_ident.conf
        echo "include '\''closedloop.conf'\''" >>postgresql.conf
        mv "$1" "${1%.new}"' - "$SERVER_HOME/data.new" "$SERVER_USER"
}

server_start() {
    mkdir -p "$SERVER_STATE"
    if server_is_running; then return; fi
    local started=$SECONDS programs
    if [[ -z $SERVER_HOME || ! -d $SERVER_HOME ]]; then server_home_make; fi
    space_check "$SERVER_HOME" 500
    say_working server starting
    if ! server_as_user test -d "$SERVER_HOME/data"; then server_make; fi
    programs=$(server_programs)
    # made anew if the system swept /tmp; always by the server's user, who alone may enter it
    if [[ ! -d $SERVER_SOCKET || -L $SERVER_SOCKET || $(stat -c '%a %U' "$SERVER_SOCKET") != "700 $SERVER_USER" ]]; then
        SERVER_SOCKET=$(server_as_user mktemp -d /tmp/closedloop.XXXXXXXX)
        server_remember
    fi
    server_settings | server_write "$SERVER_HOME/data/closedloop.conf"
    if ! server_as_user "$programs/pg_ctl" -D "$SERVER_HOME/data" -l "$SERVER_HOME/log" -w -t 120 -s start \
        >"$SERVER_STATE/server.log" 2>&1; then
        server_as_user tail -n 20 "$SERVER_HOME/log" >>"$SERVER_STATE/server.log" 2>&1 || true
        die_with_log "$EXIT_UNAVAILABLE" "the private PostgreSQL does not start" "$SERVER_STATE/server.log"
    fi
    say server "PostgreSQL $("$programs/postgres" -V | grep -o '[0-9][0-9.]*' | head -n 1) started in $((SECONDS - started)) s, data in $SERVER_HOME"
}

# server_write FILE: what stands on the input, as a file of the server's user.
server_write() {
    local text
    text=$(cat)
    # shellcheck disable=SC2016 # the inner shell expands it
    server_as_user bash -c 'printf "%s\n" "$2" >"$1"' - "$1" "$text"
}

server_stop() {
    if [[ -z $SERVER_HOME || ! -d $SERVER_HOME ]]; then return; fi
    if ! server_as_user test -e "$SERVER_HOME/data/postmaster.pid"; then return; fi
    server_as_user "$(server_programs)/pg_ctl" -D "$SERVER_HOME/data" -w -t 120 -s -m fast stop >/dev/null 2>&1 || true
}

# Stops it and removes its data. The folder that was recorded is removed only if it is one that server_home_make makes.
server_remove() {
    server_stop
    if [[ -n $SERVER_HOME && -d $SERVER_HOME ]]; then
        if [[ $SERVER_HOME != "$SERVER_STATE/postgresql" && ! $SERVER_HOME =~ ^/var/lib/closedloop-[0-9a-f]{12}$ &&
            ! $SERVER_HOME =~ ^/var/tmp/closedloop\.[A-Za-z0-9]{8}$ ]]; then
            die "$EXIT_PERMISSION" "$SERVER_HOME in $SERVER_STATE/server is no folder of ours: not removed"
        fi
        rm -rf -- "$SERVER_HOME"
    fi
    if [[ $SERVER_SOCKET =~ ^/tmp/closedloop\.[A-Za-z0-9]{8}$ ]]; then rm -rf -- "$SERVER_SOCKET"; fi
    rm -f "$SERVER_STATE/server" "$SERVER_STATE/server.log" "$SERVER_STATE/initdb.log"
    server_use "$SERVER_STATE"
}

# server_conninfo DATABASE
server_conninfo() {
    printf 'host=%s port=5432 user=closedloop dbname=%s' "$SERVER_SOCKET" "$1"
}

# server_psql DATABASE [ARGUMENT…]: the psql that fits the server, free of what the environment says about others.
server_psql() (
    unset "${!PG@}"
    exec "$(server_programs)/psql" "$(server_conninfo "$1")" "${@:2}"
)

# server_database NAME: made if it is not there.
server_database() {
    if [[ -z $(server_psql postgres -XAtqc "select 1 from pg_database where datname = '$1'") ]]; then
        server_psql postgres -XAtqc "create database \"$1\""
    fi
}
