#!/usr/bin/env bash
# Prepares the peer of the expression features: OpenCV, dlib and SciPy, pinned, in an environment of its own.
#
#   Benchmarks/expressions/setup.sh [FOLDER]    default: $MARTLET_HOME/benchmarks-expressions, else ~/.cache/martlet/benchmarks-expressions
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${MARTLET_HOME:-$HOME/.cache/martlet}/benchmarks-expressions}
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    numpy==2.4.6 scipy==1.17.1 opencv-python-headless==4.14.0.94 dlib-bin==20.0.1
echo "Now run: $folder/bin/python $here/compare.py"
