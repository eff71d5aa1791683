"""Martlet servers for suites that start their own."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BINARY = os.path.abspath(os.environ.get("MARTLET_BINARY") or os.path.join(CHECKOUT, ".build/release/martlet"))
# What tells the suites where things are is no configuration of the server, which refuses variables it doesn't know.
OURS = {"BINARY", "BASE_URL", "SERVER_PID", "CLIPS", "VIDEO", "IMAGE"}
ENVIRONMENT = {k: v for k, v in os.environ.items() if k.removeprefix("MARTLET_") not in OURS}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, condition, seconds):
    """Waits for a condition. Returns the seconds that it took."""
    started = time.monotonic()
    while True:
        value = condition()
        if value:
            return time.monotonic() - started
        assert time.monotonic() - started < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def stat(pid):
    """The fields of /proc/PID/stat after the command's name; None when the process is gone or only waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields


def children(parent):
    """The children of a process: command lines by process id."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        fields = stat(name)
        if fields and int(fields[1]) == parent:
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    found[int(name)] = file.read().decode(errors="replace")
            except OSError:
                pass
    return found


def engines(parent):
    """The llama-server children of a process: their process ids."""
    return [pid for pid, command in children(parent).items() if "llama-server" in command]


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


class ServerProcess:
    """A server with settings of its own, while the `with` lasts. It runs in an empty folder, on free ports."""

    def __init__(self, *settings, configuration=None, environment=ENVIRONMENT):
        self.settings, self.configuration, self.environment = settings, configuration, environment

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.port, self.grpc_port = free_port(), free_port()
        command = [BINARY, "serve", "--port", str(self.port), "--grpc-port", str(self.grpc_port)]
        if self.configuration is not None:
            path = os.path.join(self.folder.name, "martlet.yaml")
            with open(path, "w") as file:
                file.write(self.configuration)
            command += ["--config", path]
        for setting in self.settings:
            command += ["--set", setting]
        self.log = open(os.path.join(self.folder.name, "log"), "wb")
        self.process = subprocess.Popen(
            command, cwd=self.folder.name, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        self.pid = self.process.pid
        try:
            wait_until("the server listens", self.is_live, 30)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, *_):
        self.stop()
        self.log.close()
        if kind is not None:
            lines = [line for line in self.lines() if " request " not in line]
            sys.stdout.write("".join(f"  | {line}\n" for line in lines[-25:]))
        self.folder.cleanup()

    def stop(self):
        """Stops the server in good order. Returns its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def lines(self):
        """What the server has said."""
        with open(self.log.name, errors="replace") as file:
            return file.read().splitlines()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def call(self, method, path, body=None):
        """Calls a route that answers with JSON; raises `HTTPError` where it refuses."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if data else {}
        with urllib.request.urlopen(urllib.request.Request(self.url(path), data, headers, method=method), timeout=120) as answer:
            return json.load(answer)

    def is_live(self):
        assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
        try:
            with urllib.request.urlopen(self.url("/healthz"), timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False
