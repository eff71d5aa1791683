#!/usr/bin/env bash
# Prepares the peer of the tag search: the engine it replaces, from PyPI, in an environment of its own.
#
#   Benchmarks/tag-search/setup.sh [FOLDER]    default: $MARTLET_HOME/benchmarks-tag-search, else ~/.cache/martlet/benchmarks-tag-search
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${MARTLET_HOME:-$HOME/.cache/martlet}/benchmarks-tag-search}
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
# Its search never touches the pictures' pixels here: the processor's build of torch does, where there is one.
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check 'vlm_engine==1.1.0'
echo "Now run: $folder/bin/python $here/compare.py"
