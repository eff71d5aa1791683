#!/usr/bin/env bash
# Prepares what compare.py measures Martlet against: nginx and wrk from Debian, LiteLLM and FastAPI in a virtual environment.
#
#   Benchmarks/gateway/setup.sh [FOLDER]       default: $MARTLET_HOME/benchmarks-gateway, else ~/.cache/martlet/benchmarks-gateway
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${MARTLET_HOME:-$HOME/.cache/martlet}/benchmarks-gateway}
command -v wrk >/dev/null && command -v nginx >/dev/null || apt-get install -y --no-install-recommends wrk nginx-light
mkdir -p "$folder"
cc -O2 -D_GNU_SOURCE -o "$folder/upstream" "$here/upstream.c"
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
# Its proxy brings FastAPI, uvicorn and httpx along.
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check 'litellm[proxy]==1.83.14'
echo "Now run: $folder/bin/python $here/compare.py"
