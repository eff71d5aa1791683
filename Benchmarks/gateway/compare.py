#!/usr/bin/env python3
"""Measure what proxies cost in front of the same mock endpoint: Martlet, nginx, LiteLLM, FastAPI with httpx.

    Benchmarks/gateway/setup.sh
    ~/.cache/martlet/benchmarks-gateway/bin/python Benchmarks/gateway/compare.py > table.md

Each contender is one process group on loopback with default settings and one worker. Two figures count: requests for each second of
processor time that the contender itself used (its load generator and the endpoint are left out), at 32 connections; and the
latency that it adds to the endpoint's own at one connection. Contenders take turns; medians of the rounds are shown. Answers of 32
words, whole and streamed. Needs wrk.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
LUA = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer sk-benchmark"
wrk.body = '%s'
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(group):
    """Processor seconds of all living processes of a group."""
    total = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


class Contender:
    """One proxy, started in a group of its own."""

    def __init__(self, name, command, port, folder, environment={}):
        self.name, self.port = name, port
        self.log = open(folder / f"{name}.log", "wb")
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            start_new_session=True)
        deadline = time.monotonic() + 120
        while True:
            if self.process.poll() is not None:
                sys.exit(f"{name} ended: see {self.log.name}")
            try:
                if b"word" in self.ask(False) and b"word" in self.ask(True):
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                sys.exit(f"{name} doesn't answer: see {self.log.name}")
            time.sleep(0.2)

    def ask(self, stream):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/chat/completions", data=json.dumps(body(stream)).encode(),
            headers={"Content-Type": "application/json", "Authorization": "Bearer sk-benchmark"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read()

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


def body(stream):
    return {"model": "mock", "stream": stream, "messages": [{"role": "user", "content": "Say thirty-two words, please."}]}


def load(contender, stream, connections, seconds, folder):
    """Requests a second, milliseconds at the median and the 99th percentile, requests for each processor second, failures."""
    script = folder / f"request-{stream}.lua"
    script.write_text(LUA % json.dumps(body(stream)))
    before = cpu_seconds(contender.process.pid)
    text = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", str(script),
         f"http://127.0.0.1:{contender.port}/v1/chat/completions"],
        capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(contender.process.pid) - before
    requests = int(re.search(r"(\d+) requests in", text).group(1))
    failed = int((re.search(r"Non-2xx or 3xx responses: (\d+)", text) or [0, 0])[1])

    def milliseconds(share):
        value, unit = re.search(rf"\s{share}%\s+([\d.]+)(us|ms|s)", text).groups()
        return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return dict(
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), p50=milliseconds(50), p99=milliseconds(99),
        per_core=requests / used if used > 0 else 0, failed=failed)


def contenders(arguments, folder, upstream):
    base = f"http://127.0.0.1:{upstream}/v1"
    wanted = set(arguments.only or ["nginx", "martlet", "fastapi", "litellm"])
    made = []
    if "nginx" in wanted:
        port = free_port()
        (folder / "nginx.conf").write_text(
            f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
            events {{ worker_connections 1024; }}
            http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
              uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
              upstream mock {{ server 127.0.0.1:{upstream}; keepalive 256; }}
              server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://mock; proxy_http_version 1.1;
                proxy_set_header Connection ""; proxy_buffering off; }} }} }}""")
        made.append(Contender("nginx", ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port, folder))
    if "martlet" in wanted:
        port = free_port()
        (folder / "martlet.yaml").write_text(arguments.martlet_yaml.format(port=port, base=base))
        made.append(Contender(
            "martlet", [arguments.martlet, "serve", "--config", str(folder / "martlet.yaml")], port, folder))
    if "fastapi" in wanted:
        port = free_port()
        made.append(Contender(
            "fastapi", [sys.executable, "-m", "uvicorn", "fastapi_proxy:app", "--app-dir", str(HERE), "--port", str(port),
                        "--log-level", "warning", "--no-access-log"], port, folder, {"UPSTREAM": base}))
    if "litellm" in wanted:
        port = free_port()
        (folder / "litellm.yaml").write_text(
            "model_list:\n  - model_name: mock\n    litellm_params:\n      model: openai/mock\n"
            f"      api_base: {base}\n      api_key: sk-benchmark\nlitellm_settings:\n  telemetry: false\n")
        made.append(Contender(
            "litellm", [str(pathlib.Path(sys.executable).parent / "litellm"), "--config", str(folder / "litellm.yaml"), "--host",
                        "127.0.0.1", "--port", str(port), "--num_workers", "1"], port, folder,
            {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}))
    return made


MARTLET = """server:
  port: {port}
  grpc_port: 0
log:
  level: warning
lanes:
  capacity: 1000
endpoints:
  - id: mock
    url: {base}
    dialect: openai
    slots: 64
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--martlet", default=str(ROOT / ".build/release/martlet"))
    parser.add_argument("--upstream", default=str(pathlib.Path(sys.executable).parent.parent / "upstream"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="for each measurement")
    parser.add_argument("--only", action="append", choices=["nginx", "martlet", "fastapi", "litellm"])
    parser.add_argument("--json", help="write all measurements here")
    parser.set_defaults(martlet_yaml=MARTLET)
    arguments = parser.parse_args()

    figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        upstream = free_port()
        direct = Contender("direct", [arguments.upstream, str(upstream), "32"], upstream, folder)
        running = [direct]
        try:
            running += contenders(arguments, folder, upstream)
            for turn in range(arguments.rounds + 1):
                for contender in running:
                    for stream in [False, True]:
                        for connections in [1, 32]:
                            # The first round only warms up.
                            seconds = arguments.seconds if turn else 2
                            print(f"round {turn}: {contender.name}, {'streamed' if stream else 'whole'}, {connections}", file=sys.stderr)
                            result = load(contender, stream, connections, seconds, folder)
                            if turn:
                                figures.setdefault((contender.name, stream, connections), []).append(result)
        finally:
            for contender in running:
                contender.stop()

    def median(key, figure):
        return statistics.median(run[figure] for run in figures[key])

    print(f"Median of {arguments.rounds} rounds of {arguments.seconds} s, {os.cpu_count()} processors.\n")
    print("| answers | proxy | requests/s per core | Martlet's ÷ its | added p50 ms | added p99 ms | requests/s at 32 | failed |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for stream in [False, True]:
        for contender in running:
            many, one = (contender.name, stream, 32), (contender.name, stream, 1)
            own = (direct.name, stream, 1)
            is_direct = contender is direct
            ratio = ""
            if ("martlet", stream, 32) in figures and not is_direct and contender.name != "martlet":
                ratio = f"{median(('martlet', stream, 32), 'per_core') / median(many, 'per_core'):.2f}x"
            added = ["–", "–"] if is_direct else [f"{median(one, f) - median(own, f):.3f}" for f in ["p50", "p99"]]
            failed = sum(run["failed"] for run in figures[many] + figures[one])
            per_core = "–" if is_direct else f"{median(many, 'per_core'):.0f}"
            print(f"| {'streamed' if stream else 'whole'} | {contender.name} | {per_core} | {ratio} | {added[0]} | {added[1]} | {median(many, 'rate'):.0f} | {failed} |")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps([
            dict(proxy=name, streamed=stream, connections=connections, runs=runs)
            for (name, stream, connections), runs in figures.items()], indent=1))


if __name__ == "__main__":
    main()
