# shellcheck shell=bash
# A Python environment with real clients, for the tests.

python_title="Python test clients"
python_folder=$MARTLET_HOME/python

# The folder is part of the key: an environment holds its own absolute path.
python_key() { python_stamp_key="$(sha256sum <"$scripts/requirements-test.txt") $python_folder"; }

python_ready() {
    python_key
    stamped python "$python_stamp_key" && [[ -x $python_folder/bin/python ]]
}

show_pip() {
    case $1 in
        Collecting* | Downloading* | Installing*) shown="${1:0:70}" ;;
    esac
}

python_do() {
    need_network
    progress "creating"
    # Made in place, for it can't be moved; only the stamp makes it count.
    rm -rf "$python_folder"
    "$python" -m venv "$python_folder" </dev/null >&2 || fail "the environment could not be made: is python3-venv there?"
    logged python.log show_pip "$python_folder/bin/python" -m pip install --disable-pip-version-check --no-input \
        --only-binary :all: --require-hashes -r "$scripts/requirements-test.txt" ||
        fail "the Python test clients could not be installed (see above)."
    python_key
    stamp python "$python_stamp_key"
    say "ready"
}
