"""Compare Martlet's search for tags over time with the engine it replaces, a linear scan and dense sampling.

    Benchmarks/tag-search/setup.sh
    ~/.cache/martlet/benchmarks-tag-search/bin/python Benchmarks/tag-search/compare.py > table.md

Random videos with known truth; an answerer that is always right, and one that errs with a probability of 2 % for each frame and tag.
Every method gets the same videos and the same answers. Prints a Markdown table; exits with 1 when Martlet misses a target: IoU of 0.99
(0.95 with noise), every span found, at most 1.4 times the calls of the linear scan, at most a sixth of those of dense sampling.
"""

import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import videos  # noqa: E402

INTERVAL, TOLERANCE = 2.0, 0.25


def martlet(binary, films, noise):
    task = {"videos": films, "interval": INTERVAL, "tolerance": TOLERANCE, "noise": noise}
    return json.loads(subprocess.run([binary], input=json.dumps(task), capture_output=True, text=True, check=True).stdout)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--videos", type=int, default=6, help="random videos of each kind")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--simulation", type=pathlib.Path, help="a built TagSearchSimulation; built here by default")
    arguments.add_argument("--without-original", action="store_true", help="leave the engine from PyPI out")
    options = arguments.parse_args()
    binary = options.simulation
    if not binary:
        subprocess.run(["swift", "build", "-c", "release", "--product", "TagSearchSimulation"], cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
        binary = CHECKOUT / ".build/release/TagSearchSimulation"
    missed = []
    print(f"Scan interval {INTERVAL} s, tolerance {TOLERANCE} s, {options.videos} videos a kind; calls for each video.\n")
    print("| videos | answers | method | calls | IoU | spans found | predicted |\n|---|---|---|---|---|---|---|")
    for name, minutes, tags, count, overlapping in videos.SETS:
        films = videos.make_set(minutes, tags, count, overlapping, options.videos, options.seed)
        for noise in (0.0, 0.02):
            rows = {}
            if not options.without_original:
                import original
                rows["vlm_engine 1.1.0"] = videos.score(films, [original.hybrid(f, noise, INTERVAL) for f in films])
                rows["linear scan, its own post-processing"] = videos.score(films, [original.linear(f, noise, INTERVAL) for f in films])
                rows["dense sampling"] = videos.score(films, [original.dense(f, noise, TOLERANCE) for f in films])
            ours = rows["Martlet"] = videos.score(films, martlet(binary, films, noise))
            for method, row in rows.items():
                cells = [name, f"{noise:.0%} wrong" if noise else "ideal", method, f"{row['calls']:.0f}", f"{row['iou']:.3f}",
                         f"{row['found']} of {row['truth']}", str(row["predicted"])]
                print("| " + " | ".join(cells) + " |", flush=True)
            linear, dense = minutes * 60 / INTERVAL, minutes * 60 / TOLERANCE
            for target, met in {
                "IoU": ours["iou"] >= (0.95 if noise else 0.99), "all spans found": ours["found"] == ours["truth"],
                "1.4 times linear": ours["calls"] <= 1.4 * linear, "a sixth of dense": ours["calls"] <= dense / 6,
            }.items():
                if not met:
                    missed.append(f"{name}, noise {noise}: {target}")
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
