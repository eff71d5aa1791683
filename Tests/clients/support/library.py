"""A server whose library has one folder, for suites that work on its videos."""

import json
import os
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from support.server import ServerProcess, wait_until
from support.videos import make


def call(server, method, path, body=None, headers=None, raw=False):
    data = json.dumps(body).encode() if body is not None else None
    headers = {**({"Content-Type": "application/json"} if data else {}), **(headers or {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url(path), data, headers, method=method), timeout=120) as answer:
            content = answer.read()
            return answer.status, (content if raw else json.loads(content)), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), error.headers


def at(path, tail=""):
    return "/api/videos/" + urllib.parse.quote(path, safe="") + tail


class Library:
    """A server whose library has one folder."""

    def __init__(self, extra="", workers=2):
        self.extra, self.workers = extra, workers

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.films = os.path.join(os.path.realpath(self.folder.name), "films")
        os.mkdir(self.films)
        self.start()
        return self

    def start(self):
        self.process = ServerProcess(
            f"data_dir={self.folder.name}/data", f"jobs.workers={self.workers}",
            configuration=f"library:\n  roots: [{self.films}]\n{self.extra}")
        self.server = self.process.__enter__()

    def __exit__(self, *information):
        self.process.__exit__(*information)
        self.folder.cleanup()

    def __call__(self, method, path, body=None, **options):
        status, answer, _ = call(self.server, method, path, body, **options)
        return status, answer

    def get(self, path):
        status, answer = self("GET", path)
        assert status == 200, (path, status, answer)
        return answer

    def film(self, name, number=1, seconds=60):
        path = os.path.join(self.films, name)
        make(path, number, seconds)
        return path

    def add(self, path, **more):
        status, answer = self("POST", "/api/videos/", {"path": path, **more})
        assert status == 200, (status, answer)
        return answer

    def analyse(self, path, **options):
        status, answer = self("POST", at(path, "/analyze"), options or None)
        assert status == 200 and answer["status"] == "started", (status, answer)
        return answer["job_id"]

    def wait(self, job, states=("completed",), seconds=60):
        def ended():
            found = self.get(f"/api/jobs/{job}")
            assert found["status"] in states or found["status"] not in ("completed", "failed", "cancelled"), found
            return found["status"] in states
        wait_until(f"job {job} is {states}", ended, seconds)
        return self.get(f"/api/jobs/{job}")
