"""Rates of the job queue beside Celery on Redis, on one machine, in one run.

    Benchmarks/jobs/setup.sh
    ~/.cache/martlet/benchmarks-jobs/bin/python Benchmarks/jobs/compare.py [--jobs 100000] [--rounds 3]

Both are told to lose nothing: Redis writes each command to the disk before it answers (appendfsync always), SQLite and PostgreSQL
each transaction. Prints a Markdown table of medians.
"""

import argparse
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
WIDTH = 8


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def martlet(count, address=None):
    command = [CHECKOUT / ".build/release/JobsBenchmark", str(count)] + ([address] if address else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def postgres(count):
    environment = {**os.environ, "MARTLET_TEST_POSTGRES": "-c fsync=on"}
    server = subprocess.Popen([CHECKOUT / "scripts/test-postgres.sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        return martlet(count, server.stdout.readline().strip())
    finally:
        server.stdin.close()
        server.wait()


def celery(count):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        url = f"redis://127.0.0.1:{port}/0"
        environment = {**os.environ, "REDIS_URL": url, "PYTHONPATH": str(HERE)}
        redis = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "always", "--save", ""],
            stdout=subprocess.DEVNULL)
        worker = None
        try:
            os.environ["REDIS_URL"] = url
            sys.path.insert(0, str(HERE))
            sys.modules.pop("celery_app", None)
            import celery_app
            import redis as client
            database = client.Redis(port=port)
            for _ in range(100):
                try:
                    database.ping()
                    break
                except client.ConnectionError:
                    time.sleep(0.1)
            started = time.monotonic()
            for _ in range(count):
                celery_app.nothing.delay()
            submitted = count / (time.monotonic() - started)
            command = [sys.executable, "-m", "celery", "-A", "celery_app", "worker", "-c", str(WIDTH), "-l", "ERROR", "--without-gossip", "--without-mingle"]
            worker = subprocess.Popen(command, env=environment, cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while database.llen("celery") == count:
                time.sleep(0.02)
            # From the first message taken on: starting Python isn't measured.
            started = time.monotonic()
            while database.llen("celery") > 0 or database.hlen("unacked") > 0:
                time.sleep(0.1)
            return {"submitted_one_by_one_per_second": submitted, "done_per_second": count / (time.monotonic() - started)}
        finally:
            if worker:
                worker.terminate()
                worker.wait()
            redis.terminate()
            redis.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    if not shutil.which("redis-server"):
        sys.exit("redis-server isn't there: run Benchmarks/jobs/setup.sh")
    subprocess.run(["swift", "build", "-c", "release", "--product", "JobsBenchmark"], cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
    contestants = {"Martlet, SQLite": martlet, "Martlet, PostgreSQL": postgres, "Celery, Redis": celery}
    rounds = {name: [] for name in contestants}
    for number in range(options.rounds):
        for name, run in contestants.items():
            rounds[name].append(run(options.jobs))
            print(f"round {number + 1}: {name}: {rounds[name][-1]}", file=sys.stderr)
    columns = ["submitted_one_by_one_per_second", "submitted_in_batches_per_second", "claimed_per_second", "done_per_second"]
    print(f"{options.jobs} jobs that do nothing, medians of {options.rounds} rounds, jobs a second:\n")
    print("| | submitted one by one | in batches of 1000 | claimed | claimed, done and kept |\n|---|---|---|---|---|")
    for name, results in rounds.items():
        cells = []
        for column in columns:
            values = [result[column] for result in results if column in result]
            cells.append(f"{statistics.median(values):.0f}" if values else "–")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
