#!/usr/bin/env bash
# Prepares this machine and checkout. Does only what is missing, goes on where an interrupted run stopped, says nothing
# when all is there, and needs no network then.
#
#   scripts/setup.sh [program|run|images|tests]
#
#   program   what the binary needs to start: packages, speech library, ONNX Runtime, release build
#   run       also what answering needs: llama-server, sample clip, default models (default)
#   images    the program and what making pictures needs: sd-server
#   tests     also what ./test needs: sd-server, a tiny image model, recordings, clips, Python clients, a browser
#
# Environment: MARTLET_HOME (default ~/.cache/martlet) holds all that is fetched or built; MARTLET_OFFLINE=1 forbids the
# network; MARTLET_LLAMA_SERVER and MARTLET_SD_SERVER name a llama-server and an sd-server to use; MARTLET_SKIP_PACKAGES=1
# leaves Debian packages alone.
# Exit codes: 1 a step failed, 2 wrong usage, 3 something must be installed by hand, 4 the network is needed but forbidden.
set -Eeuo pipefail

scripts=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
checkout=${scripts%/*}
: "${MARTLET_HOME:=${HOME:?}/.cache/martlet}"
[[ $MARTLET_HOME == /* ]] || MARTLET_HOME=$PWD/$MARTLET_HOME
export MARTLET_HOME

for part in pins common packages sherpa onnxruntime build engines llama diffusion samples python promtool models; do
    # shellcheck source=/dev/null
    source "$scripts/setup/$part.sh"
done

case ${1:-run} in
    program) steps=(packages sherpa onnxruntime build) ;;
    run) steps=(packages sherpa onnxruntime build llama photos sample models) ;;
    images) steps=(packages sherpa onnxruntime build diffusion) ;;
    tests) steps=(packages sherpa onnxruntime build llama diffusion photos sample footage tasks clips python tiny_diffusion promtool browser) ;;
    *)
        sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
# shellcheck disable=SC2034 # read by the parts
step_count=${#steps[@]}

link_engines() {
    [[ $checkout/.engines -ef $MARTLET_HOME/engines ]] && return
    mkdir -p "$MARTLET_HOME/engines"
    ln -sfn "$MARTLET_HOME/engines" "$checkout/.engines"
}

all_ready() {
    local step
    [[ $checkout/.engines -ef $MARTLET_HOME/engines ]] || return 1
    for step in "${steps[@]}"; do "${step}_ready" || return 1; done
}

if all_ready; then exit 0; fi

# One set-up at a time. Children inherit the lock on purpose: a compiler that outlives a killed set-up still holds it.
mkdir -p "$MARTLET_HOME" || fail "\$MARTLET_HOME can't be made."
exec 9>"$MARTLET_HOME/setup.lock"
if ! flock -n 9; then
    printf 'martlet: another set-up is running; waiting for it …\n' >&2
    flock 9
fi

trap 'end_live_line; printf "martlet: interrupted; the same command goes on where this stopped.\n" >&2; exit 130' INT
trap 'end_live_line; exit 143' TERM
trap 'end_live_line; printf "martlet: the step \"%s\" failed (%s, line %s).\n" "$step_title" "${BASH_SOURCE[0]##*/}" "$LINENO" >&2' ERR
trap 'end_live_line' EXIT

# Known at once, not after minutes of other steps.
build_ready || need_swift
link_engines
for step in "${steps[@]}"; do
    step_number=$((step_number + 1))
    title=${step}_title
    # shellcheck disable=SC2034
    step_title=${!title}
    "${step}_ready" || "${step}_do"
done
