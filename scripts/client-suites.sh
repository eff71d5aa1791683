#!/usr/bin/env bash
# Real clients against a running server: every Tests/clients/*.py, the references' own checks and the page in a browser, one after the other.
# Those of the bots run beside the others: they mostly wait for times that chat platforms ask for.
#
#   scripts/client-suites.sh PYTHON
#
# Each script gets MARTLET_BASE_URL (without /v1), MARTLET_SERVER_PID, MARTLET_BINARY, MARTLET_CLIPS, MARTLET_VIDEO, MARTLET_IMAGE and
# MARTLET_HOME, and fails by its exit code.
set -euo pipefail

python=${1:?usage: client-suites.sh PYTHON}
scripts=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
checkout=${scripts%/*}
: "${MARTLET_HOME:=${HOME:?}/.cache/martlet}"
export MARTLET_HOME
binary=$checkout/.build/release/martlet

shopt -s nullglob
suites=("$checkout"/Tests/clients/*.py "$checkout"/Tests/expressions/test_*.py "$checkout"/Tests/page/test_*.py)
((${#suites[@]} > 0)) || { echo "client-suites.sh: there are no suites" >&2; exit 1; }

work=$(mktemp -d)
server=
bots=
stop() {
    if [[ -n $bots ]]; then kill "$bots" 2>/dev/null || true; fi
    if [[ -n $server ]] && kill "$server" 2>/dev/null; then
        for _ in {1..150}; do kill -0 "$server" 2>/dev/null || break; sleep 0.2; done
        kill -9 "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(cd "$work" && exec "$binary" serve --port "$port" --grpc-port 0 >"$work/server.log" 2>&1) &
server=$!
base=http://127.0.0.1:$port
for _ in {1..300}; do
    if curl -fsS -m 2 -o /dev/null "$base/healthz" 2>/dev/null; then break; fi
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.2
done
if ! curl -fsS -m 2 -o /dev/null "$base/healthz"; then
    tail -n 40 "$work/server.log" >&2
    echo "client-suites.sh: the server didn't start" >&2
    exit 1
fi

# Only now: the server refuses MARTLET_ variables that aren't keys of its configuration.
export MARTLET_BASE_URL=$base MARTLET_SERVER_PID=$server MARTLET_BINARY=$binary
export MARTLET_CLIPS=$MARTLET_HOME/samples/clips MARTLET_IMAGE=$MARTLET_HOME/samples/photos/chelsea.png
export MARTLET_VIDEO=$MARTLET_CLIPS/sample.mp4

# Prints what the suite said once it has ended, and how long it took.
run() {
    local suite=$1 started=$SECONDS status=0
    timeout 900 "$python" "$suite" </dev/null >"$work/${suite##*/}.log" 2>&1 || status=1
    printf '== %s (%s s)\n%s\n' "${suite##*/}" $((SECONDS - started)) "$(<"$work/${suite##*/}.log")"
    return "$status"
}
beside() {
    local suite
    for suite in "$checkout"/Tests/clients/test_{telegram,discord}.py; do
        run "$suite" || printf '%s\n' "${suite##*/}" >>"$work/failed"
    done
}

: >"$work/failed"
beside &
bots=$!
for suite in "${suites[@]}"; do
    case $suite in */test_telegram.py | */test_discord.py) continue ;; esac
    run "$suite" || printf '%s\n' "${suite##*/}" >>"$work/failed"
done
wait "$bots"
mapfile -t failed <"$work/failed"
if ((${#failed[@]} > 0)); then
    tail -n 40 "$work/server.log" >&2
    echo "client-suites.sh: ${#failed[@]} of ${#suites[@]} suites failed: ${failed[*]}" >&2
    exit 1
fi
echo "client suites: ${#suites[@]} passed"
