#!/usr/bin/env bash
# Prepares the peer of the tag search: the engine it replaces, from PyPI, in an environment of its own.
#
#   Benchmarks/tag-search/setup.sh [FOLDER]    default: $MARTLET_HOME/benchmarks-tag-search, else ~/.cache/martlet/benchmarks-tag-search
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${MARTLET_HOME:-$HOME/.cache/martlet}/benchmarks-tag-search}
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
pip=("$folder/bin/python" -m pip install --quiet --disable-pip-version-check)
# Torch only has to be there: the processor's build, where the index has one, is a twentieth of the other.
"${pip[@]}" torch==2.13.0+cpu torchvision==0.28.0+cpu 2>/dev/null || "${pip[@]}" torch==2.13.0 torchvision==0.28.0
"${pip[@]}" numpy==2.4.6 pillow==13.0.0 decord==0.6.0 openai==3.29.0 httpx2==2.13.1 opencv-python-headless pydantic pyyaml aiohttp requests
"${pip[@]}" --no-deps multiplexer-llm==0.4.0 vlm_engine==1.1.0
echo "Now run: $folder/bin/python $here/compare.py"
