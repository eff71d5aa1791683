"""What those who watch a server hear: requests, figures, pools, health; and how the server is set up.

    python3 Tests/clients/test_live.py [NAME…]

Starts servers of its own. Needs only the standard library. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import json
import sys
import time
import urllib.error
import urllib.request

from support.checks import check, run_checks
from support.server import ServerProcess, free_port

TOPICS = {"models", "pools", "memory", "health", "figures", "request"}


def get(server, path, headers=None):
    return urllib.request.urlopen(urllib.request.Request(server.url(path), headers=headers or {}), timeout=60)


def events(server, query="", after=None):
    """Live events as they come: number or None, name, data."""
    with get(server, f"/v1/events?{query}", {"Last-Event-ID": str(after)} if after is not None else {}) as stream:
        fields = {}
        for line in stream:
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key:
                fields[key] = value
            elif "data" in fields:
                yield int(fields["id"]) if "id" in fields else None, fields["event"], json.loads(fields["data"])
                fields = {}


def first(stream, accepts):
    return next(event for event in stream if accepts(event))


@check
def watchers_hear_every_topic():
    with ServerProcess() as server:
        get(server, "/v1/models").read()
        seen = {}
        for number, name, data in events(server):
            if name != "request" or data["route"] == "/v1/models":
                seen.setdefault(name, (number, data))
            if set(seen) >= TOPICS:
                break
        assert seen["request"][1]["route"] == "/v1/models" and seen["request"][1]["status"] == 200, seen["request"]
        assert seen["health"][1]["status"] == "ok" and seen["memory"][1]["used_bytes"] == 0
        assert any(model["default"] for model in seen["models"][1]["data"])
        figures = seen["figures"][1]
        assert figures["memory_bytes"] > 10 << 20 and figures["cpu"] >= 0, figures
        # States have no number: they come anew with each connection.
        assert seen["models"][0] is None and seen["figures"][0] > 0


@check
def after_a_break_only_what_was_missed_comes():
    with ServerProcess() as server:
        for _ in range(3):
            get(server, "/healthz").read()
        stream = events(server, "topics=requests")
        numbers = [next(stream)[0] for _ in range(3)]
        assert numbers == sorted(numbers)
        get(server, "/readyz").read()
        number, _, data = next(events(server, "topics=requests", after=numbers[1]))
        assert number == numbers[2]
        data = first(events(server, "topics=requests", after=numbers[2]), lambda event: event[2]["route"] == "/readyz")[2]
        assert data["status"] == 200
        # A number of another run of the server means nothing.
        assert next(events(server, "topics=requests", after=10**9))[0] == 1


@check
def a_lost_endpoint_shows_in_pools_and_health():
    endpoint = f"endpoints: [{{id: far, url: 'http://127.0.0.1:{free_port()}/v1', dialect: openai}}]\n"
    with ServerProcess("balancing.failure_limit=1", configuration=endpoint) as server:
        stream = events(server, "topics=pools,health")
        next(stream)
        body = json.dumps({"model": "far", "messages": [{"role": "user", "content": "Hello"}]}).encode()
        try:
            urllib.request.urlopen(urllib.request.Request(server.url("/v1/chat/completions"), body, {"Content-Type": "application/json"}), timeout=30)
            raise AssertionError("an endpoint that isn't there answered")
        except urllib.error.HTTPError as error:
            assert error.code == 503
        pools = first(stream, lambda event: event[1] == "pools" and event[2]["data"] and event[2]["data"][0]["endpoints"][0]["state"] == "ejected")
        assert pools[2]["data"][0]["id"] == "far"
        health = first(events(server, "topics=health"), lambda event: event[2]["status"] == "down")
        assert any(part["name"] == "pool far" and part["state"] == "down" for part in health[2]["parts"]), health


@check
def watchers_do_not_hold_up_a_stop_and_leave_no_fault():
    with ServerProcess("log.format=json") as server:
        next(events(server, "topics=figures"))
        stream = events(server)
        next(stream)
        started = time.monotonic()
        assert server.stop() == 0 and time.monotonic() - started < 5
        lines = [json.loads(line) for line in server.lines() if '"/v1/events"' in line]
        assert lines and all(line["status"] == "200" for line in lines), lines


@check
def unknown_topics_are_refused():
    with ServerProcess() as server:
        try:
            get(server, "/v1/events?topics=models,weather")
            raise AssertionError("an unknown topic was taken")
        except urllib.error.HTTPError as error:
            assert error.code == 400 and json.load(error)["error"]["param"] == "topics"


@check
def the_system_says_how_it_is_set_up():
    with ServerProcess(configuration="server:\n  tokens: {ada: token-of-ada}\n  max_body: 1 MiB\n") as server:
        try:
            get(server, "/v1/system")
            raise AssertionError("no token was wanted")
        except urllib.error.HTTPError as error:
            assert error.code == 401
        text = get(server, "/v1/system", {"Authorization": "Bearer token-of-ada"}).read().decode()
        assert "token-of-ada" not in text
        system = json.loads(text)
        settings = {row["key"]: row for row in system["configuration"]}
        assert settings["server.max_body"]["source"] == "file" and settings["server.max_body"]["value"] == "1 MiB"
        assert settings["server.port"]["source"] == "flag" and settings["server.max_upload"]["source"] == "default"
        assert settings["server.tokens"]["value"] == {"ada": "********"}
        assert system["machine"]["cores"] > 0 and system["uptime_seconds"] >= 0 and system["health"]["parts"]
        assert {finding["subject"] for finding in system["findings"]} >= {"machine", "media"}


if __name__ == "__main__":
    sys.exit(run_checks())
