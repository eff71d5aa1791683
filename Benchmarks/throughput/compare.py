#!/usr/bin/env python3
"""Measure a language model's throughput through Martlet beside the same llama-server called directly.

    python3 Benchmarks/throughput/compare.py > table.md

One llama-server runs; Martlet has it as an endpoint. Both are asked in turns for streamed answers of a fixed number of tokens, by 1, 4
and 8 callers at once. Counted are all tokens from the first request to the last answer's end. Medians of the rounds, and of the
ratios within each round. Needs only Python's own library, a built Martlet and a fetched model.
"""

import argparse
import json
import os
import pathlib
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/clients"))
from support.server import ServerProcess, free_port, wait_until  # noqa: E402

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))


def is_healthy(base):
    try:
        with urllib.request.urlopen(base + "/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def ask(base, model, tokens, word):
    """Reads one streamed answer. Returns the tokens that its usage counts."""
    body = {
        "model": model, "stream": True, "stream_options": {"include_usage": True}, "max_tokens": tokens, "temperature": 0,
        # Both go to the engine as they are: every answer has the same length, and none is helped by an earlier one.
        "ignore_eos": True, "cache_prompt": False,
        "messages": [{"role": "user", "content": f"Tell a long story about {word}."}],
    }
    body = json.dumps(body).encode()
    host, port = base.removeprefix("http://").split(":")
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    # As little work as can be: the engine needs the processor that a careful client would take from it.
    answer = b""
    with socket.create_connection((host, int(port)), timeout=600) as peer:
        peer.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        while piece := peer.recv(1 << 16):
            answer += piece
    counts = re.findall(rb'"completion_tokens":(\d+)', answer)
    count = int(counts[-1]) if counts else 0
    assert count == tokens, f"{count} tokens instead of {tokens}"
    return count


def rate(base, model, callers, tokens):
    """Tokens a second with so many callers at once, each asking once."""
    counts = []
    threads = [
        threading.Thread(target=lambda: counts.append(ask(base, model, tokens, secrets.token_hex(4)))) for _ in range(callers)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == callers, "an answer failed"
    return sum(counts) / (time.monotonic() - started)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--model", default="qwen2.5-coder-0.5b-instruct", help="id of a fetched chat model")
    options.add_argument("--callers", type=int, nargs="+", default=[1, 4, 8])
    options.add_argument("--tokens", type=int, default=128, help="tokens of an answer")
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()

    [weights] = (HOME / "models" / options.model).rglob("*.gguf")
    server = HOME / "engines/llama/bin/llama-server"
    base = f"http://127.0.0.1:{(port := free_port())}"
    slots = max(options.callers)
    command = [server, "-m", weights, "--host", "127.0.0.1", "--port", port, "-c", slots * 1024, "-np", slots, "-t", os.cpu_count()]
    with tempfile.TemporaryFile() as log:
        engine = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_until("llama-server answers", lambda: is_healthy(base), 120)
            settings = f"endpoints: [{{id: bench, url: '{base}/v1', dialect: llama, slots: {slots}}}]\nlog: {{level: warning}}\n"
            with ServerProcess(configuration=settings) as martlet:
                print(f"{options.model}, {options.tokens} tokens an answer, {options.rounds} rounds\n")
                print("| callers | llama-server tokens/s | through Martlet | ratio |\n|---:|---:|---:|---:|")
                for callers in options.callers:
                    rates = []
                    for turn in range(options.rounds + 1):
                        contenders = [(base, 0), (martlet.url(""), 1)]
                        pair = {at: rate(url, "bench", callers, options.tokens) for url, at in contenders[:: 1 if turn % 2 else -1]}
                        # The first round warms up.
                        if turn:
                            rates.append((pair[0], pair[1]))
                        print(callers, turn, pair, file=sys.stderr)
                    direct, through = (statistics.median(values) for values in zip(*rates))
                    ratio = statistics.median(b / a for a, b in rates)
                    print(f"| {callers} | {direct:.1f} | {through:.1f} | {ratio:.3f} |", flush=True)
        finally:
            engine.terminate()
            engine.wait(30)


if __name__ == "__main__":
    main()
