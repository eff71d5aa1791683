#!/usr/bin/env python3
"""Measure how long a face's features take: Martlet beside the original's way of computing them (OpenCV, dlib, SciPy).

    Benchmarks/expressions/setup.sh
    ~/.cache/martlet/benchmarks-expressions/bin/python Benchmarks/expressions/compare.py > table.md

First whole videos: ten seconds of a moving face in three sizes at three frame rates; Tests/expressions/reference.py against
`martlet expressions extract` with exact and with tracked detection. Every measurement is a fresh process, contenders take turns; times
are of the whole process, memory is the most that it ever held. Blocks are equal where the two vectors are. Then the correlation of
blocks alone, against SciPy block by block, as the original calls it, and vectorised. With less memory than the reference takes (12 GiB
for 1080p at 200/s) leave such clips out.

Prints Markdown tables; --json writes all measurements. Exits with 1 when exact detection gives another feature than the reference, or
tracked detection fewer than 98 % of its blocks.
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
EXPRESSIONS = CHECKOUT / "Tests/expressions"
sys.path.insert(0, str(EXPRESSIONS))

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
SIZES = {"480p": (854, 480), "720p": (1280, 720), "1080p": (1920, 1080)}
RATES = [30, 60, 200]
# Settings of OpenBLAS that some machines need for other programs must not slow the peer down.
PEER_ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
LONG = 60  # seconds after which the peer isn't asked again
ENOUGH = 0.98


class Failed(Exception):
    pass


def run(command, environment=None):
    """Output, wall seconds and peak MiB of one process."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=environment)
        # Only wait4 tells this one child's memory.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode < 0:
            raise Failed(f"ended by signal {-process.returncode}")
        if process.returncode:
            last = errors.read().decode(errors="replace").strip().splitlines() or [f"exit status {process.returncode}"]
            raise Failed(last[-1][:200])
        return output.read().decode(), wall, usage.ru_maxrss / 1024


def film(size, rate, seconds):
    """A clip, composed when it isn't there yet."""
    import clips  # needs OpenCV, which the kernel's part doesn't

    path = HOME / f"samples/faces/benchmark-{size}-{rate}-{seconds}s.mp4"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        print(f"composing {path.name}", file=sys.stderr)
        part = path.with_name("part-" + path.name)
        clips.animate(part, *SIZES[size], rate, seconds, seed=1)
        part.rename(path)
    return path


def vectors(path):
    """x and y of every block, by the number of the frame."""
    with open(path, newline="") as file:
        return {int(row[1]): [pair for at in range(5, 397, 4) for pair in [(float(row[at]), float(row[at + 1]))]] for row in list(csv.reader(file))[1:]}


def equal_share(ours, theirs):
    """The share of the reference's blocks that are equal; a frame without a row has none."""
    pairs = [(a, b) for number, blocks in theirs.items() for a, b in zip(ours.get(number, [None] * 98), blocks)]
    return sum(a == b for a, b in pairs) / len(pairs)


def measure(clip, options):
    """Runs, vectors and faults of each contender."""
    runs, found, faults = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder, open(clip, "rb") as handle:
        while handle.read(1 << 24):  # into the page cache
            pass
        rows = pathlib.Path(folder, "rows.csv")
        reference = [sys.executable, EXPRESSIONS / "reference.py", clip, "--out", rows, "--report"]
        ours = [options.martlet, "expressions", "extract", clip, "-o", rows, "--json", "--quiet", "--estimator", "hann2d", "--detection"]
        contenders = {"exact": (ours + ["exact"], None), "tracked": (ours + ["tracked"], None), "reference": (reference, PEER_ENVIRONMENT)}
        if options.landmarks:
            contenders = {name: (command + ["--landmarks", options.landmarks], environment) for name, (command, environment) in contenders.items()}
        for turn in range(options.runs):
            for name, (command, environment) in contenders.items():
                if name in faults or (name == "reference" and turn and runs[name][0]["seconds"] > LONG):
                    continue
                print(f"{clip.name}: {name}, run {turn + 1} of {options.runs}", file=sys.stderr)
                try:
                    text, seconds, peak = run(command, environment)
                except Failed as reason:
                    faults[name] = str(reason)
                    continue
                runs.setdefault(name, []).append({"seconds": seconds, "peak_mib": peak, "report": json.loads(text)})
                found[name] = vectors(rows)
    return runs, found, faults


def median(runs, key):
    return statistics.median(one[key] for one in runs)


def lines(name, runs, found, faults):
    """The table's rows of a clip, and whether it was as it should be."""
    peer, well, out = runs.get("reference"), not faults.keys() & {"exact", "tracked"}, []
    for method, title in [("reference", "reference"), ("exact", "**Martlet, exact**"), ("tracked", "**Martlet, tracked**")]:
        if method in faults:
            out.append(f"| {name} | {title} | failed: {faults[method].replace('|', '/')} | | | | | |")
            continue
        seconds = sorted(one["seconds"] for one in runs[method])
        frames, peak = runs[method][0]["report"]["frames"]["total"], median(runs[method], "peak_mib")
        spread = f" ({seconds[0]:.1f}–{seconds[-1]:.1f})" if len(seconds) > 1 else ""
        cells = [name, title, f"{statistics.median(seconds):.1f}{spread}", f"{frames / statistics.median(seconds):.0f}", f"{peak:.0f}", "", "", ""]
        if peer and method != "reference":
            share = equal_share(found[method], found["reference"])
            well = well and (share == 1 if method == "exact" else share >= ENOUGH)
            cells[5:] = [f"{median(peer, 'seconds') / statistics.median(seconds):.1f}x", f"{median(peer, 'peak_mib') / peak:.1f}x", f"{100 * share:.2f} %"]
        out.append("| " + " | ".join(cells) + " |")
    return out, well


def videos(options):
    print(f"{options.seconds} s of a moving face, {os.cpu_count()} processors. Median of {options.runs} runs (fastest–slowest); the reference once where it "
          f"takes over {LONG} s. Ratios: the reference's ÷ Martlet's.\n", flush=True)
    print("| clip | | seconds | frames/s | peak MiB | time | memory | blocks equal |\n|---|---|---:|---:|---:|---:|---:|---:|", flush=True)
    everything, well = {}, True
    for size in options.sizes:
        for rate in options.rates:
            runs, found, faults = measure(film(size, rate, options.seconds), options)
            table, fine = lines(f"{size}, {rate}/s", runs, found, faults)
            print("\n".join(table), flush=True)
            everything[f"{size}-{rate}"], well = {"runs": runs, "faults": faults}, well and fine
    return everything, well


def kernel(options):
    ours, peers = [], []
    for _ in range(options.runs):
        ours.append(json.loads(run([options.kernel, options.blocks])[0])["blocks_per_second"])
        peers.append(json.loads(run([sys.executable, HERE / "scipy_kernel.py", options.blocks], PEER_ENVIRONMENT)[0]))
    mine = statistics.median(ours)
    print(f"\nCorrelating {options.blocks} 7x7 blocks with a baseline (Hann window, peak and vector), one thread. Median of {options.runs} runs.\n")
    print("| | blocks/s | Martlet's ÷ its |\n|---|---:|---:|")
    print(f"| **Martlet** | {mine:,.0f} | |")
    for key, title in [("one_by_one", "SciPy, block by block"), ("vectorised", "SciPy, vectorised, the baseline's transforms kept")]:
        rate = statistics.median(one[key] for one in peers)
        print(f"| {title} | {rate:,.0f} | {mine / rate:.1f}x |")
    return {"martlet": ours, "scipy": peers}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--rates", nargs="+", type=int, default=RATES, help="frames a second")
    parser.add_argument("--seconds", type=int, default=10, help="of each clip")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--part", choices=["videos", "kernel", "both"], default="both")
    parser.add_argument("--blocks", type=int, default=200_000, help="of the kernel's part")
    parser.add_argument("--martlet", default=str(CHECKOUT / ".build/release/martlet"))
    parser.add_argument("--kernel", default=str(CHECKOUT / ".build/release/PhaseCorrelationBenchmark"))
    parser.add_argument("--landmarks", help="dlib's landmark file, where it isn't in Debian's place")
    parser.add_argument("--json", help="write all measurements here")
    options = parser.parse_args()
    everything, well = {}, True
    if options.part != "kernel":
        everything["videos"], well = videos(options)
    if options.part != "videos":
        if os.access(options.kernel, os.X_OK):
            everything["kernel"] = kernel(options)
        else:
            print("the kernel's part is left out: build it with swift build -c release --product PhaseCorrelationBenchmark", file=sys.stderr)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(everything, indent=1))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
