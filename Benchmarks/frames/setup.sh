#!/usr/bin/env bash
# Prepares what compare.py measures Martlet against: qwen-vl-utils with its three readers, pinned, in a virtual environment.
#
#   Benchmarks/frames/setup.sh [FOLDER]        default: $MARTLET_HOME/benchmarks, else ~/.cache/martlet/benchmarks
#
# Packages come from the index that pip is set to use. Needs Python 3.10 to 3.13 and FFmpeg 4 to 8 with shared libraries.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${MARTLET_HOME:-$HOME/.cache/martlet}/benchmarks}
python=${PYTHON:-python3}

[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
pip=("$folder/bin/python" -m pip install --quiet --disable-pip-version-check)

# The build for processors where pip finds one, else the package index's, which brings CUDA along (several gigabytes).
"${pip[@]}" 'torch==2.13.0+cpu' 2>/dev/null || "${pip[@]}" 'torch==2.13.0'
"${pip[@]}" 'numpy==2.4.6' 'pillow==13.0.0' 'requests>=2.32,<3' 'packaging==26.3' 'av==18.1.0'
# Without their dependencies, for these name a torch of their own.
"${pip[@]}" --no-deps 'qwen-vl-utils==0.0.14' 'torchvision==0.28.0' 'torchcodec==0.13.0' 'decord==0.6.0'
# The last torchvision that reads videos; the reader puts this folder first for that backend alone.
if [ ! -f "$folder/torchvision-with-video/torchvision/__init__.py" ]; then
    "${pip[@]}" --no-deps --target "$folder/torchvision-with-video" 'torchvision==0.25.0'
fi

for backend in torchcodec decord torchvision; do
    "$folder/bin/python" "$here/reader.py" --backend "$backend" --check || true
done
echo "Now run: $folder/bin/python $here/compare.py FILE..."
