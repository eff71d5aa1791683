"""Loads lanes and pools: a child killed under load, overload, callers who leave, endpoints that come and go.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_pools.py [NAME…]

Starts its own servers, and a small OpenAI endpoint whose service time is known. Needs only the standard library and the model
smollm2-135m-instruct. Prints what it measured and "N passed, N failed"; exits with 1 when a check failed.
"""

import asyncio
import contextlib
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

from support.checks import check, run_checks
from support.server import ServerProcess, engines, resident_mib, wait_until

MODEL = "smollm2-135m-instruct"


# The endpoint. Runs as a process of its own, so that it doesn't share a clock tick with the clients.


class Endpoint:
    """Answers a chat after a fixed time, and notes when its callers leave."""

    def __init__(self, service):
        self.service = service
        self.log = {"started": 0, "running": 0, "most": 0, "left": []}

    async def serve(self):
        server = await asyncio.start_server(self.connection, "127.0.0.1", 0, backlog=1024)
        print(server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()

    async def connection(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"content-length: *(\d+)", head, re.I)
                body = await reader.readexactly(int(length.group(1))) if length else b"{}"
                if head.startswith("POST"):
                    if not await self.chat(reader, writer, json.loads(body).get("stream")):
                        break
                else:
                    body = self.log if head.startswith("GET /log") else {"data": [{"id": "mock"}]}
                    self.write(writer, "application/json", json.dumps(body).encode())
                    await writer.drain()
        writer.close()

    async def chat(self, reader, writer, streams):
        self.log["started"] += 1
        self.log["running"] += 1
        self.log["most"] = max(self.log["most"], self.log["running"])
        try:
            left = asyncio.ensure_future(reader.read(1))
            done, _ = await asyncio.wait({left}, timeout=self.service)
            if done:
                self.log["left"].append(time.monotonic())
                return False
            left.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await left
            def piece(delta, finish=None):
                choice = {"index": 0, "delta": delta, "finish_reason": finish}
                return "data: " + json.dumps({"choices": [choice]}) + "\n\n"

            if streams:
                text = piece({"content": "mock"}) + piece({}, "stop") + "data: [DONE]\n\n"
                self.write(writer, "text/event-stream", text.encode())
            else:
                choice = {"index": 0, "message": {"role": "assistant", "content": "mock"}, "finish_reason": "stop"}
                self.write(writer, "application/json", json.dumps({"choices": [choice]}).encode())
            await writer.drain()
            return True
        finally:
            self.log["running"] -= 1

    @staticmethod
    def write(writer, kind, body):
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)


class Mock:
    def __init__(self, service):
        self.service = service

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--endpoint", str(self.service)], stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def log(self):
        return get(f"http://127.0.0.1:{self.port}/log")


# The server.


class Server(ServerProcess):
    def __init__(self, configuration):
        super().__init__(configuration=configuration)

    def metrics(self):
        with urllib.request.urlopen(self.url("/metrics"), timeout=10) as answer:
            return answer.read().decode()

    def metric(self, name, **labels):
        """The sum of a family's series with these labels; None when there is none."""
        values = []
        for line in self.metrics().splitlines():
            match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if match and match[1] == name and all(f'{k}="{v}"' in (match[2] or "") for k, v in labels.items()):
                values.append(float(match[3]))
        return sum(values) if values else None

    def call(self, method, path, body=None, token=None):
        """Status and JSON of a call."""
        request = urllib.request.Request(self.url(path), method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def pool(self, name):
        return next(p for p in self.call("GET", "/v1/pools")[1]["data"] if p["id"] == name)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


# The clients.


class Answer:
    status = 0
    code = None
    headers = ""
    retry_after = None
    retry_after_ms = None
    # Seconds from the request to the answer's head, to the first piece of text, and to the end.
    head = first = end = None

    @property
    def is_whole(self):
        return self.status == 200 and self.code is None and self.first is not None


async def chat(port, model, max_tokens=8, leave_after=None):
    """Asks for a streamed answer on a connection of its own."""
    answer = Answer()
    body = json.dumps(
        {"model": model, "stream": True, "max_tokens": max_tokens, "messages": [{"role": "user", "content": "Count to nine."}]}
    ).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    started = time.monotonic()
    try:
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
        )
        if leave_after is not None:
            await asyncio.sleep(leave_after)
            return time.monotonic()
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        answer.head = time.monotonic() - started
        answer.status = int(head.split(" ", 2)[1])
        answer.headers = head
        if answer.status != 200:
            length = int(re.search(r"content-length: *(\d+)", head, re.I)[1])
            error = json.loads(await reader.readexactly(length))["error"]
            answer.code, answer.retry_after_ms = error["code"], error["retry_after_ms"]
            match = re.search(r"retry-after: *(\d+)", head, re.I)
            answer.retry_after = int(match[1]) if match else None
            return answer
        async for line in reader:
            if not line.startswith(b"data: {"):
                continue
            event = json.loads(line[6:])
            if "error" in event:
                answer.code = event["error"]["code"]
            elif event["choices"] and event["choices"][0]["delta"].get("content") and answer.first is None:
                answer.first = time.monotonic() - started
        answer.end = time.monotonic() - started
        return answer
    finally:
        writer.close()


def percentile(values, share):
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


@check
def a_child_killed_under_load_costs_no_request_its_first_byte():
    with Mock(0.3) as mock, Server(
        f"""
models: {{parallel: 2, context_length: 1024, threads: 1, offline: true}}
endpoints:
  - {{id: mock, url: "{mock.url}", slots: 4}}
pools:
  - id: crowd
    members:
      - {{model: {MODEL}, replicas: 2}}
      - {{endpoint: mock}}
"""
    ) as server:
        answers, up = [], {}
        stop = False

        async def client():
            while not stop:
                answers.append(await chat(server.port, "crowd"))

        def look():
            now = time.monotonic()
            for name, value in re.findall(r'martlet_endpoint_up\{.*endpoint="([^"]+)"\} (\d)', server.metrics()):
                if not up.get(name) or up[name][-1][1] != value:
                    up.setdefault(name, []).append((now, value))

        async def story():
            nonlocal stop
            clients = [asyncio.ensure_future(client()) for _ in range(32)]
            try:
                deadline = time.monotonic() + 40
                while len(engines(server.pid)) < 2 or sum(a.is_whole for a in answers) < 40:
                    assert time.monotonic() < deadline, f"{len(answers)} answers, {len(engines(server.pid))} engines"
                    await asyncio.sleep(0.1)
                before = engines(server.pid)
                killed_at = time.monotonic()
                os.kill(before[0], signal.SIGKILL)
                back = None
                while time.monotonic() - killed_at < 20:
                    await asyncio.to_thread(look)
                    if back is None and set(engines(server.pid)) - set(before):
                        back = time.monotonic() - killed_at
                    changes = [c for c in up.values() if [v for _, v in c][-2:] == ["0", "1"]]
                    if back is not None and changes:
                        break
                    await asyncio.sleep(0.02)
                assert back is not None, "no new child"
                assert changes, f"the figures don't show it: {up}"
                # A while longer, so that the one that came back works too.
                await asyncio.sleep(2)
                return back, changes[0][-1][0] - killed_at, changes[0][-2][0] - killed_at
            finally:
                stop = True
                await asyncio.gather(*clients)

        launched, returned, noticed = asyncio.run(story())
        early = [a for a in answers if a.status != 200 or a.code and a.first is None]
        late = [a for a in answers if a.code and a.first is not None]
        assert not early, f"{len(early)} failed before their first byte: {[(a.status, a.code) for a in early[:5]]}"
        # Only answers that the dead child was writing can break.
        assert len(late) <= 2, [a.code for a in late]
        assert launched < 2.5, f"the back-off is at most 0.5 s, and the child was started after {launched:.2f} s"
        assert mock.log()["most"] <= 4, mock.log()["most"]
        failures = server.metric("martlet_endpoint_failures_total", pool="crowd") or 0
        retries = server.metric("martlet_pool_retries_total", pool="crowd") or 0
        print(
            f"     {len(answers)} answers to 32 clients, {len(late)} broken off, 0 failed before the first byte; {failures:.0f} failures at"
            f" endpoints, {retries:.0f} retries; down seen after {noticed:.2f} s, started anew after {launched:.2f} s, up after {returned:.2f} s"
        )


@check
def overload_is_refused_fast_and_the_rest_waits_within_bounds():
    service, slots, bound, seconds = 0.25, 4, 2.0, int(os.environ.get("OVERLOAD_SECONDS", 8))
    with Mock(service) as mock, Server(
        f"""
lanes: {{capacity: 64, max_wait: {bound}s, first_guess: 250ms}}
endpoints:
  - {{id: mock, url: "{mock.url}", slots: {slots}}}
"""
    ) as server:
        rate = 4 * slots / service

        async def story(seconds):
            tasks = []
            started = time.monotonic()
            for number in range(int(rate * seconds)):
                await asyncio.sleep(max(0, started + number / rate - time.monotonic()))
                tasks.append(asyncio.ensure_future(chat(server.port, "mock")))
            return await asyncio.gather(*tasks)

        asyncio.run(story(1))
        memory = resident_mib(server.pid)
        answers = asyncio.run(story(seconds))
        grown = resident_mib(server.pid) - memory
        served = [a for a in answers if a.status == 200]
        refused = [a for a in answers if a.status != 200]
        assert all(a.is_whole for a in served), [a.code for a in served if a.code]
        assert {a.status for a in refused} == {429} and {a.code for a in refused} <= {"wait_too_long", "queue_full"}
        assert len(served) >= 0.8 * seconds * slots / service, f"only {len(served)} served"
        assert mock.log()["most"] == slots, mock.log()["most"]
        waits = [a.first - service for a in served]
        wait = percentile(waits, 0.99)
        assert wait <= bound + 0.05, f"p99 of the wait: {wait:.2f} s"
        # A wait that took longer than expected ends at the bound; that is rare.
        late = [a for a in refused if a.head > bound / 2]
        assert len(late) <= 0.02 * len(answers), f"{len(late)} refused only after waiting"
        refused = [a for a in refused if a not in late]
        for a in refused:
            # Refused as the wait was expected to take nine tenths of the bound, and told that wait.
            assert bound * 900 <= a.retry_after_ms <= bound * 1500, a.retry_after_ms
            assert a.retry_after == max(1, math.ceil(a.retry_after_ms / 1000)), (a.retry_after, a.retry_after_ms)
        fast = [a.head * 1000 for a in refused]
        assert percentile(fast, 0.5) < 50, f"refusals take {percentile(fast, 0.5):.1f} ms"
        assert grown < 24, f"memory grew by {grown:.1f} MiB"
        # Who comes back when told is served at once.
        time.sleep(refused[-1].retry_after)
        again = asyncio.run(chat(server.port, "mock"))
        assert again.is_whole and again.first < 2 * service, again.first
        rejections = server.metric("martlet_lane_rejections_total", lane="mock")
        print(
            f"     {len(answers)} requests in {seconds} s, 4 times the capacity: {len(served)} served, wait p50 {percentile(waits, 0.5):.2f} s,"
            f" p99 {wait:.2f} s of {bound} s; {len(late)} gave up waiting, {len(refused)} refused ({rejections:.0f} with the warm-up) after p50"
            f" {percentile(fast, 0.5):.1f} ms, p99 {percentile(fast, 0.99):.1f} ms; memory {memory:.0f} MiB, grown by {grown:.1f} MiB"
        )


@check
def a_caller_who_leaves_stops_the_engine_and_frees_the_place():
    with Mock(60) as mock, Server(f'endpoints: [{{id: mock, url: "{mock.url}", slots: 1}}]\n') as server:

        async def story():
            first = asyncio.ensure_future(chat(server.port, "mock", leave_after=1.0))
            await asyncio.sleep(0.3)
            waiting = asyncio.ensure_future(chat(server.port, "mock", leave_after=0.3))
            await asyncio.sleep(0.15)
            seen = await asyncio.to_thread(server.pool, "mock")
            assert seen["lane"]["waiting"] == 1 and seen["lane"]["running"] == 1, seen
            await waiting
            return await first

        left = asyncio.run(story())
        wait_until("the engine is told", lambda: mock.log()["left"], 5)
        took = mock.log()["left"][0] - left
        assert mock.log()["started"] == 1, "the one that only waited reached the engine"
        assert took < 0.1, f"{took * 1000:.0f} ms"
        wait_until("the place is free", lambda: server.pool("mock")["lane"]["running"] == 0, 5)
        assert server.pool("mock")["lane"]["waiting"] == 0
        print(f"     the engine's connection closed {took * 1000:.1f} ms after the caller's")


@check
def endpoints_come_and_go_at_run_time():
    with Mock(0.2) as one, Mock(0.2) as two, Server(
        f"""
server: {{tokens: {{ada: token-of-ada, bob: token-of-bob}}, admins: [ada]}}
endpoints: [{{id: one, url: "{one.url}", slots: 2}}]
pools: [{{id: both, members: [{{endpoint: one}}]}}]
"""
    ) as server:
        path = "/v1/pools/both/endpoints"
        new = {"id": "two", "url": two.url, "slots": 2}
        assert server.call("GET", "/v1/pools")[0] == 401
        assert server.call("POST", path, new)[0] == 401
        status, error = server.call("POST", path, new, "token-of-bob")
        assert status == 403 and error["error"]["code"] == "admin_required", error
        status, error = server.call("POST", path, {"id": "x", "url": "file:///etc/passwd"}, "token-of-ada")
        assert status == 422 and error["error"]["code"] == "invalid_endpoint", error
        status, error = server.call("POST", "/v1/pools/none/endpoints", new, "token-of-ada")
        assert status == 404 and error["error"]["code"] == "pool_not_found", error
        status, pool = server.call("POST", path, new, "token-of-ada")
        assert status == 200 and [e["id"] for e in pool["endpoints"]] == ["one", "two"] and pool["lane"]["slots"] == 4, pool
        assert server.call("POST", path, new, "token-of-ada")[0] == 409

        def ask():
            return server.call(
                "POST", "/v1/chat/completions", {"model": "both", "messages": [{"role": "user", "content": "x"}]}, "token-of-bob"
            )

        async def crowd(count):
            started = time.monotonic()
            answers = await asyncio.gather(*[asyncio.to_thread(ask) for _ in range(count)])
            assert all(status == 200 for status, _ in answers), answers
            return time.monotonic() - started

        # Four slots instead of two: half the time.
        asyncio.run(crowd(2))
        with_two = asyncio.run(crowd(12))
        status, pool = server.call("POST", f"{path}/two/drain", {}, "token-of-ada")
        assert status == 200 and pool["endpoints"][1]["state"] == "draining" and pool["lane"]["slots"] == 2, pool
        taken = two.log()["started"]
        with_one = asyncio.run(crowd(12))
        assert two.log()["started"] == taken and taken > 0
        assert server.call("DELETE", f"{path}/two", token="token-of-bob")[0] == 403
        status, pool = server.call("DELETE", f"{path}/two", token="token-of-ada")
        assert status == 200 and [e["id"] for e in pool["endpoints"]] == ["one"], pool
        assert server.call("DELETE", f"{path}/two", token="token-of-ada")[0] == 404
        assert with_two < 0.8 * with_one, (with_two, with_one)
        print(f"     12 requests: {with_two:.2f} s with two endpoints, {with_one:.2f} s with one")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--endpoint"]:
        asyncio.run(Endpoint(float(sys.argv[2])).serve())
    else:
        sys.exit(run_checks())
