#!/usr/bin/env python3
"""Tag a ten-minute film of known content with the offline default, the object detector, and say how right it was.

    python3 Benchmarks/tag-search/film.py [--seed 1] [--minutes 10]

The film is cut from the sample clips that set-up makes, in random order and lengths of 3 to 8 s; what each clip shows is known. Prints a
Markdown table of precision and recall in time, for each tag. Needs only Python's own library, ffmpeg and a built Martlet.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "Tests/clients"))
from support.server import ServerProcess  # noqa: E402

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
CLIPS = {
    "cat.mp4": "cat", "motorcycle.mp4": "motorcycle", "astronaut.mp4": "person", "coffee.mp4": "cup", "carphone_pristine.mp4": "person",
    "bigbuckbunny.mp4": None, "cityCC0.mpg": None, "world.mp4": None, "telephone.mp4": None, "red-green-blue.mp4": None,
}
# Two of them never come.
TAGS = ["person", "cat", "motorcycle", "cup", "dog", "umbrella"]
FPS = 25


def cut(folder, minutes, seed):
    """Makes the film. Returns its path, its length and where each tag is."""
    dice = random.Random(seed)
    truth, pieces, position, last = {tag: [] for tag in TAGS}, [], 0, None
    while position < minutes * 60 * FPS:
        name = dice.choice([clip for clip in CLIPS if clip != last])
        frames, last = dice.randrange(3 * FPS, 8 * FPS), name
        piece = f"{folder}/{len(pieces)}.ts"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-stream_loop", "-1", "-i", HOME / "samples/clips" / name, "-frames:v", str(frames), "-an", "-vf",
             f"scale=640:360:force_original_aspect_ratio=decrease,pad=640:360:-1:-1,setsar=1,fps={FPS}", "-c:v", "libx264", "-preset", "veryfast",
             "-bf", "0", "-pix_fmt", "yuv420p", piece], check=True)
        if CLIPS[name]:
            spans = truth[CLIPS[name]]
            if spans and spans[-1][1] == position / FPS:
                spans[-1][1] = (position + frames) / FPS
            else:
                spans.append([position / FPS, (position + frames) / FPS])
        position += frames
        pieces.append(piece)
    with open(f"{folder}/list", "w") as file:
        file.writelines(f"file '{piece}'\n" for piece in pieces)
    film = f"{folder}/film.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", f"{folder}/list", "-c", "copy", film], check=True)
    return film, position / FPS, truth


def common(a, b):
    return sum(max(0, min(e, f) - max(s, t)) for s, e in a for t, f in b)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--minutes", type=float, default=10)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        film, length, truth = cut(folder, options.minutes, options.seed)
        with ServerProcess(f"library.roots={folder}", f"data_dir={folder}/data") as server:
            server.call("POST", "/api/videos", {"path": film})
            path = "/api/videos/" + film.replace("/", "%2F")
            started = time.monotonic()
            job = server.call("POST", path + "/analyze", {"tags": TAGS, "model": "detector", "evidence": False})["job_id"]
            while (state := server.call("GET", f"/api/jobs/{job}"))["status"] not in ("completed", "failed"):
                time.sleep(0.2)
            seconds = time.monotonic() - started
            assert state["status"] == "completed", state
            found = {tag: [] for tag in TAGS}
            for stamp in server.call("GET", path + "/timestamps"):
                found[stamp["tag_name"]].append([stamp["start_time"], stamp["end_time"]])
    print(f"{length:.0f} s of film, {state['result']['calls']} looks, {seconds:.0f} s.\n")
    print("| tag | true spans | predicted | precision | recall |\n|---|---|---|---|---|")
    sums = [0.0, 0.0, 0.0]
    for tag in TAGS:
        true, said = (sum(e - s for s, e in spans) for spans in (truth[tag], found[tag]))
        both = common(truth[tag], found[tag])
        sums = [sums[0] + true, sums[1] + said, sums[2] + both]
        cells = [f"{both / said:.3f}" if said else "–", f"{both / true:.3f}" if true else "–"]
        print(f"| {tag} | {len(truth[tag])} ({true:.0f} s) | {len(found[tag])} ({said:.0f} s) | {cells[0]} | {cells[1]} |")
    print(f"| **all** | {sums[0]:.0f} s | {sums[1]:.0f} s | **{sums[2] / sums[1]:.3f}** | **{sums[2] / sums[0]:.3f}** |")


if __name__ == "__main__":
    main()
