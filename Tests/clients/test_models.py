"""Loads, unloads and switches models on a real server, and gives it models that are too large for the machine.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_models.py [NAME…]

Starts its own servers, in a MARTLET_HOME of its own with the small test model and two headers of models with more than 30
billion parameters. Needs only the standard library. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

from support.checks import check, run_checks
from support.ranges import RangeServer
from support.server import BINARY, ServerProcess, children, resident_mib, wait_until

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
SMALL = os.path.join(HOME, "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")
TOKEN = "a-token-for-tests"


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def giant(architecture, experts):
    """The header of a GGUF file with some 31 billion parameters, and not one weight."""
    keys = text("general.architecture") + struct.pack("<I", 8) + text(architecture)
    numbers = {"context_length": 32768, "block_count": 48, "embedding_length": 2048}
    if experts:
        numbers["expert_count"] = experts
    for name, number in numbers.items():
        keys += text(f"{architecture}.{name}") + struct.pack("<II", 4, number)
    shape = (2048, 832, experts) if experts else (5120, 40960)
    tensors = b""
    for block in range(48):
        for part in ("gate", "up", "down"):
            tensors += text(f"blk.{block}.ffn_{part}.weight") + struct.pack("<I", len(shape))
            tensors += struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", 12, 0)
    return b"GGUF" + struct.pack("<IQQ", 3, 144, len(numbers) + 1) + keys + tensors


def manifest(name, file, content, source):
    digest = hashlib.sha256(content).hexdigest()
    return (
        f"id: {name}\nengine: llama\ncapabilities: [chat]\nlicence: Apache-2.0\nfiles:\n"
        f'  - {{name: {file}, sha256: "{digest}", size: {len(content)}, sources: ["{source}"]}}\n'
    )


class World:
    """A home of its own, and commands that run in it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(HOME)))
        self.home = os.path.join(self.folder.name, "home")
        os.makedirs(os.path.join(self.home, "catalog"))
        os.symlink(os.path.join(HOME, "engines"), os.path.join(self.home, "engines"))
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")}
        self.environment.update(MARTLET_HOME=self.home, MARTLET_TOKEN=TOKEN)
        with open(SMALL, "rb") as file:
            small = file.read()
        for name in ("small-a", "small-b"):
            self.add(name, small, SMALL)
        for name, architecture, experts in (("giant", "qwen3", 0), ("giant-mixture", "qwen3moe", 128)):
            content = giant(architecture, experts)
            path = os.path.join(self.folder.name, f"{name}.gguf")
            with open(path, "wb") as file:
                file.write(content)
            self.add(name, content, path)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def add(self, name, content, path, source=None):
        with open(os.path.join(self.home, "catalog", f"{name}.yaml"), "w", encoding="utf-8") as file:
            file.write(manifest(name, "m.gguf", content, source or f"file://{path}"))
        if source:
            return
        folder = os.path.join(self.home, "models", name)
        os.makedirs(folder)
        try:
            os.link(path, os.path.join(folder, "m.gguf"))
        except OSError:
            shutil.copy(path, os.path.join(folder, "m.gguf"))

    def run(self, *arguments, code=0, environment=None):
        done = subprocess.run(
            [BINARY, *arguments], cwd=self.folder.name, env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}, {done.stdout} {done.stderr}"
        return done

    def server(self, *settings):
        return Server(f"server.tokens={TOKEN}", *settings, environment=self.environment)


class Server(ServerProcess):
    @property
    def options(self):
        return "--server", self.url("")

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        content = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {TOKEN}", **({"Content-Type": "application/json"} if content else {}), **(headers or {})}
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, json.loads(data) if data[:1] in (b"{", b"[") else data.decode(), response.headers

    def events(self, query):
        """Live events, as they come: name and data."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"/v1/events?{query}", headers={"Authorization": f"Bearer {TOKEN}"})
        with contextlib.closing(connection):
            name = None
            for line in connection.getresponse():
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    yield name, json.loads(value)

    def chat(self, model=None, tokens=3):
        body = {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": tokens}
        if model:
            body["model"] = model
        return self.call("POST", "/v1/chat/completions", body)

    def state(self, name):
        return self.call("GET", f"/v1/models/{name}")[1]["state"]


@check
def giants_are_refused_before_anything_is_taken():
    """More than 30 billion parameters and no GPU: 503 at once, no child, no memory. Dense, and a mixture of experts."""
    with World() as world, world.server() as server:
        for name in ("giant", "giant-mixture"):
            shown = json.loads(world.run("models", "show", name, "--json").stdout)
            assert shown["facts"]["parameters"] > 30e9, shown
            before, started = resident_mib(server.pid), time.monotonic()
            status, body, headers = server.chat(name)
            took = time.monotonic() - started
            error = body["error"]
            assert status == 503 and error["code"] == "gpu_required" and "Retry-After" not in headers, (status, body)
            assert error["details"]["parameters"] > 30e9 and error["details"]["missing"], error
            assert took < 2, took
            status, body, _ = server.call("POST", f"/v2/repository/models/{name}/load")
            assert status == 503 and body["code"] == "gpu_required" and "GPU" in body["error"], body
            failed = world.run("models", "load", name, *server.options, code=3)
            assert "billion parameters" in failed.stderr, failed.stderr
            assert not children(server.pid), children(server.pid)
            assert server.state(name) == "failed"
            print(f"   {name}: refused in {took * 1000:.0f} ms, memory {before:.1f} -> {resident_mib(server.pid):.1f} MiB")
        assert server.chat("small-a")[0] == 200


@check
def a_gpu_alone_is_not_enough():
    """A GPU with room, and an engine that can't use it: still no silent run on the processor, whatever is allowed."""
    with World() as world:
        tools = os.path.join(world.folder.name, "tools")
        os.makedirs(tools)
        tool = os.path.join(tools, "nvidia-smi")
        with open(tool, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho 'Test GPU, 81559, 80000'\n")
        os.chmod(tool, 0o755)
        path = {"PATH": f"{tools}:{world.environment['PATH']}"}
        for allowed in ("[]", "[giant]"):
            shown = world.run("models", "show", "giant", "--set", f"models.allow_cpu_offload={allowed}", environment=path)
            assert "built without support" in shown.stdout, shown.stdout
        world.environment.update(path)
        with world.server("models.allow_cpu_offload=[giant]") as server:
            status, body, _ = server.chat("giant")
            assert status == 503 and body["error"]["details"]["missing"] == "engine_gpu_support", body
            assert not children(server.pid)


@check
def loads_switches_and_unloads_from_the_command_line():
    """load, status, switch, unload against a running server; wrong tokens and absent servers are told apart."""
    with World() as world, world.server("models.chat=small-a", "models.context_length=1024") as server:
        world.run("models", "load", "small-a", *server.options)
        rows = json.loads(world.run("models", "status", "--json", *server.options).stdout)
        row = next(row for row in rows if row["id"] == "small-a")
        assert row["state"] == "ready" and row["memory_bytes"] > 50 << 20 and row["users"] == 0, row
        assert len(children(server.pid)) == 1
        done = json.loads(world.run("models", "switch", "small-b", "--json", *server.options).stdout)
        assert done["from"] == "small-a" and done["to"] == "small-b" and done["overlapped"], done
        assert server.state("small-a") == "onDisk" and len(children(server.pid)) == 1
        assert server.chat()[1]["model"] == "small-b"
        index = {row["name"]: row for row in server.call("POST", "/v2/repository/index")[1]}
        assert index["small-b"]["state"] == "READY" and index["small-a"]["reason"] == "unloaded", index
        text = server.call("GET", "/metrics")[1]
        assert 'martlet_model_state{model="small-b",state="ready"} 1' in text
        assert 'martlet_model_load_seconds_count{model="small-b",result="loaded"} 1' in text
        assert float(re.search(r'martlet_model_memory_bytes\{model="small-b"\} (\d+)', text).group(1)) > 50 << 20
        world.run("models", "unload", "small-b", *server.options)
        assert not children(server.pid) and server.state("small-b") == "onDisk"
        world.run("models", "load", "none", *server.options, code=2)
        world.run("models", "status", *server.options, code=2, environment={"MARTLET_TOKEN": "another-token"})
        world.run("models", "status", "--server", "http://127.0.0.1:1", code=1)
        world.run("models", "load", "a/../b", *server.options, code=2)


@check
def a_failed_switch_leaves_the_old_model():
    """The new model is too large for the machine: the old one goes on answering, its engine untouched."""
    with World() as world, world.server("models.chat=small-a", "models.context_length=1024") as server:
        assert server.chat()[0] == 200
        before = children(server.pid)
        failed = world.run("models", "switch", "giant", *server.options, code=3)
        assert "GPUs only" in failed.stderr, failed.stderr
        assert children(server.pid) == before and server.chat()[1]["model"] == "small-a"


@check
def one_model_makes_room_for_the_other_under_load():
    """A budget for one model, two asked for in turn by several clients: all are answered, never two engines at once."""
    with World() as world, world.server(
        "models.context_length=1024", "models.parallel=1", "models.memory_budget=300MiB", "models.memory_timeout=60s"
    ) as server:
        answers, most = [], [0]

        def client(name):
            for _ in range(3):
                answers.append(server.chat(name, tokens=8)[0])

        threads = [threading.Thread(target=client, args=(name,)) for name in ("small-a", "small-b", "small-a", "small-b")]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            most[0] = max(most[0], len(children(server.pid)))
            time.sleep(0.01)
        assert answers == [200] * 12, answers
        assert most[0] == 1, most


@contextlib.contextmanager
def world_with_a_slow_model():
    """A world in which the model `big` comes slowly, and its web server."""
    with open(SMALL, "rb") as file:
        content = file.read()
    with World() as world, RangeServer(content, pause=0.02) as web:
        world.add("big", content, SMALL, source=web.url)
        yield world, web


@check
def a_killed_pull_goes_on_where_it_was():
    """kill -9 in the middle of a fetch in several ranges: the next pull asks for what is missing, and no more."""
    with world_with_a_slow_model() as (world, web):
        part = os.path.join(world.home, "models/.staging/big/m.gguf.ranged.json")
        pull = subprocess.Popen(
            [BINARY, "models", "pull", "big", "-q"], cwd=world.folder.name, env=world.environment, stdin=subprocess.DEVNULL
        )

        def received():
            with contextlib.suppress(OSError, ValueError):
                with open(part, encoding="utf-8") as file:
                    return sum(row["next"] - row["start"] for row in json.load(file)["map"]["ranges"])
            return 0

        wait_until("a third is there", lambda: received() > len(web.content) // 3, 60)
        pull.send_signal(signal.SIGKILL)
        pull.wait()
        kept = received()
        at_once = len({first // (16 << 20) for first, _ in web.asked[1:5]})
        web.go_on()
        world.run("models", "pull", "big", "-q")
        asked = web.bytes_asked()
        assert asked <= len(web.content) - kept and at_once == 4, (asked, kept, at_once)
        world.run("models", "verify", "big")
        print(f"   {kept >> 20} of {len(web.content) >> 20} MiB kept, {asked >> 20} MiB asked for again")


@check
def pulls_by_request_are_followed_stopped_and_continued():
    """POST /v1/pulls goes on by itself, tells how far it has come, stops by DELETE, goes on from there; DELETE removes the files."""
    with world_with_a_slow_model() as (world, web):
        with world.server() as server:
            assert server.call("POST", "/v1/pulls", {"id": "none"})[0] == 404
            status, body, _ = server.call("POST", "/v1/pulls", {"id": "big"})
            assert status == 202 and body["state"] == "running", body
            assert server.call("POST", "/v1/pulls", {"id": "big"})[1]["error"]["code"] == "model_busy"
            seen = []
            for name, data in server.events("topics=pulls"):
                assert name == "pull" and data["id"] == "big"
                seen.append(data)
                if data["done"] > len(web.content) // 4 and data["rate"]:
                    break
            assert data["total"] == len(web.content) and data["eta"] > 0, data
            assert [row["done"] for row in seen] == sorted(row["done"] for row in seen)
            assert server.call("DELETE", "/v1/pulls/big")[0] == 204
            assert next(server.events("topics=pulls"))[1]["state"] == "stopped"
            assert server.state("big") == "absent"
            web.go_on()
            assert server.call("POST", "/v1/pulls", {"id": "big"})[0] == 202
            assert next(data for _, data in server.events("topics=pulls") if data["state"] != "running")["state"] == "done"
            asked = web.bytes_asked()
            assert asked <= len(web.content) * 4 // 5, (asked, len(web.content))
            assert server.chat("big")[0] == 200
            models = next(data for name, data in server.events("topics=models"))["data"]
            row = next(row for row in models if row["id"] == "giant")
            assert "GPUs only" in row["obstacle"] and row["needs"]["gpu"] is False, row
            memory = next(server.events("topics=memory"))[1]
            assert memory["used_bytes"] > 50 << 20 and [m["id"] for m in memory["models"]] == ["big"], memory
            assert server.call("DELETE", "/v1/models/big")[0] == 204
            assert server.state("big") == "absent" and not children(server.pid)
        with world.server("server.admins=[nobody]") as server:
            for method, path in [("POST", "/v1/pulls"), ("DELETE", "/v1/pulls/big"), ("DELETE", "/v1/models/small-a")]:
                assert server.call(method, path, {"id": "big"} if method == "POST" else None)[1]["error"]["code"] == "admin_required", path


@check
def bench_measures():
    """`models bench` gives figures that can be."""
    with World() as world:
        report = json.loads(
            world.run("models", "bench", "small-a", "--streams", "1,2", "--tokens", "16", "--prompt-words", "64", "--json", "-q").stdout
        )
        assert [row["streams"] for row in report["measurements"]] == [1, 2] and report["loadSeconds"] > 0, report
        for row in report["measurements"]:
            assert row["completionTokens"] == 16 * row["streams"] and row["promptTokens"] > 64 * row["streams"], row
            assert 0 < row["firstTokenMedian"] <= row["firstTokenLargest"] <= row["seconds"], row
            assert row["tokensPerSecond"] > 1 and row["promptTokensPerSecond"] > 1, row


if __name__ == "__main__":
    sys.exit(run_checks())
