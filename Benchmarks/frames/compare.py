#!/usr/bin/env python3
"""Measure how long sampled frames of videos take: Martlet, qwen-vl-utils with each of its readers, and FFmpeg's plain decode.

    Benchmarks/frames/setup.sh
    ~/.cache/martlet/benchmarks/bin/python Benchmarks/frames/compare.py clip.mp4 another.mkv > table.md

Every measurement is a fresh process; contenders take turns, so that a busy moment hits all of them. Times are of reading alone,
as each process measures it after it has started; FFmpeg's is its whole run. Memory is the most that the process ever held.
Checks that all choose the same frames and the same size. Prints a Markdown table; --json writes all measurements.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BACKENDS = ["torchcodec", "decord", "torchvision"]
UNAVAILABLE = 3


class Unavailable(Exception):
    pass


class Failed(Exception):
    pass


def run(command, timeout):
    """Output, wall seconds and peak kilobytes of one process."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        # wait4 has no time limit of its own and only it tells this one child's memory.
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - begin > timeout:
                process.kill()
                os.wait4(process.pid, 0)
                process.returncode = -9
                raise Failed(f"took longer than {timeout} s")
            time.sleep(0.001)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        text = output.read().decode()
        if process.returncode == UNAVAILABLE and "unavailable" in text:
            raise Unavailable(json.loads(text)["unavailable"])
        if process.returncode != 0:
            if process.returncode < 0:
                raise Failed(f"ended by signal {-process.returncode}")
            last = errors.read().decode(errors="replace").strip().splitlines() or [f"exit status {process.returncode}"]
            raise Failed(last[-1][:200])
        return text, wall, usage.ru_maxrss


def parameters(arguments):
    names = ["fps", "nframes", "max_frames", "min_pixels", "max_pixels", "total_pixels"]
    values = {name: getattr(arguments, name) for name in names}
    if values["nframes"] is not None:
        values["fps"] = None
    return {name: value for name, value in values.items() if value is not None}


def martlet(file, arguments):
    command = [arguments.martlet, "frames", file, "--json"]
    for name, value in parameters(arguments).items():
        command += ["--" + name.replace("_", "-"), str(value)]
    text, wall, peak = run(command, arguments.timeout)
    answer = json.loads(text)
    return dict(seconds=answer["seconds"], wall=wall, peak_kb=peak, indices=answer["indices"], size=answer["size"])


def qwen(backend):
    def measure(file, arguments):
        command = [
            sys.executable, str(HERE / "reader.py"), file, "--backend", backend, "--patch", "16",
            "--parameters", json.dumps(parameters(arguments))]
        text, wall, _ = run(command, arguments.timeout)
        return dict(json.loads(text), wall=wall)
    return measure


def ffmpeg(file, arguments):
    _, wall, peak = run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", file, "-map", "0:v:0", "-f", "null", "-"], arguments.timeout)
    return dict(seconds=wall, wall=wall, peak_kb=peak)


def measure(file, contenders, arguments):
    """Runs and faults of each contender."""
    runs = {name: [] for name in contenders}
    faults = {}
    with open(file, "rb") as handle:  # into the page cache
        while handle.read(1 << 24):
            pass
    for turn in range(arguments.runs):
        for name, contender in contenders.items():
            if name in faults:
                continue
            print(f"{pathlib.Path(file).name}: {name}, run {turn + 1} of {arguments.runs}", file=sys.stderr)
            try:
                runs[name].append(contender(file, arguments))
            except Unavailable as error:
                faults[name] = f"not available: {error}"
            except Failed as error:
                faults[name] = f"failed: {error}"
            except FileNotFoundError as error:
                faults[name] = f"not available: {error.filename} isn't installed"
    return runs, faults


def compared(ours, theirs):
    if ours is None or "indices" not in theirs:
        return "–"
    if ours["indices"] != theirs["indices"]:
        pairs = list(zip(ours["indices"], theirs["indices"]))
        different = sum(a != b for a, b in pairs) + abs(len(ours["indices"]) - len(theirs["indices"]))
        return f"**{different} indices differ**"
    return "same" if list(ours["size"]) == list(theirs["size"]) else f"**size {theirs['size']}, not {ours['size']}**"


def report(file, runs, faults):
    """Lines of the table, and whether everything that ran agreed."""
    median = lambda name: statistics.median(run["seconds"] for run in runs[name])
    finished = [name for name in runs if runs[name] and name not in faults]
    ours = runs["martlet"][0] if "martlet" in finished else None
    lines, agreed = [], ours is not None
    for name in runs:
        if name not in finished:
            lines.append(f"| {pathlib.Path(file).name} | {name} | {faults[name].replace('|', '/')} | | | |")
            # A contender that isn't there is no fault of ours.
            continue
        seconds = sorted(run["seconds"] for run in runs[name])
        peak = statistics.median(run["peak_kb"] for run in runs[name]) / 1024
        ratio = f"{median(name) / median('martlet'):.2f}x" if ours and name != "martlet" else ""
        verdict = compared(ours, runs[name][0]) if name != "martlet" else f"{len(ours['indices'])} frames of {ours['size'][1]}×{ours['size'][0]}"
        agreed = agreed and not verdict.startswith("**")
        lines.append(
            f"| {pathlib.Path(file).name} | {name} | {median(name):.3f} ({seconds[0]:.3f}–{seconds[-1]:.3f}) | {peak:.0f} | {ratio} | {verdict} |")
    if ours:
        others = [median(name) for name in finished if name in BACKENDS]
        if others:
            lines.append(f"| {pathlib.Path(file).name} | *fastest reader ÷ Martlet* | | | **{min(others) / median('martlet'):.2f}x** | |")
        if "ffmpeg" in finished:
            lines.append(f"| {pathlib.Path(file).name} | *Martlet ÷ FFmpeg's decode* | | | **{median('martlet') / median('ffmpeg'):.2f}x** | |")
    return lines, agreed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--martlet", default=shutil.which("martlet") or str(HERE.parents[1] / ".build" / "release" / "martlet"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one process")
    parser.add_argument("--without", action="append", default=[], choices=BACKENDS + ["ffmpeg"])
    parser.add_argument("--json", help="write all measurements here")
    parser.add_argument("--fps", type=float, default=2.0)
    parser.add_argument("--nframes", type=int)
    parser.add_argument("--max-frames", type=int, default=768)
    parser.add_argument("--min-pixels", type=int, default=4096)
    parser.add_argument("--max-pixels", type=int, default=262_144)
    parser.add_argument("--total-pixels", type=int, default=20_971_520)
    arguments = parser.parse_args()
    contenders = {"martlet": martlet, **{name: qwen(name) for name in BACKENDS}, "ffmpeg": ffmpeg}
    contenders = {name: value for name, value in contenders.items() if name not in arguments.without}
    lines, everything, agreed = [], {}, True
    for file in arguments.files:
        runs, faults = measure(file, contenders, arguments)
        part, fine = report(file, runs, faults)
        lines += part
        agreed = agreed and fine
        everything[pathlib.Path(file).name] = dict(runs=runs, faults=faults)
        for name, fault in faults.items():
            print(f"{pathlib.Path(file).name}: {name} {fault}", file=sys.stderr)
    print(f"Median of {arguments.runs} runs (fastest–slowest), {os.cpu_count()} processors. Ratio: its time ÷ Martlet's.\n")
    print("| file | reader | seconds | peak MB | ratio | frames |\n|---|---|---:|---:|---:|---|")
    print("\n".join(lines))
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(everything, indent=1))
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
