"""Jobs that outlive everything: killed servers, stopped workers, both databases.

    python3 Tests/clients/test_jobs.py [NAME…]

Starts servers, workers, databases and a vision model of its own. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from support.checks import check, run_checks
from support.postgres import Postgres
from support.server import BINARY, ENVIRONMENT, ServerProcess, wait_until
from support.videos import VisionModel, make

JOBS, KILLS = 50, 20
SECONDS, INTERVAL = 240, 10
SEGMENT = 60


def truth(video, frame, tag):
    return 65 + video <= frame < 185


class SQLite:
    """The other database, with the same face as `Postgres`."""

    address = None

    def __init__(self, folder):
        self.file = os.path.join(folder, "data/martlet.sqlite")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=20)) as database:
            return [["" if value is None else str(value) for value in row] for row in database.execute(sql)]


def killed_again_and_again(store):
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as folder, VisionModel(truth, delay=0.12) as model:
        films = os.path.join(os.path.realpath(folder), "films")
        os.mkdir(films)
        paths = [os.path.join(films, f"{number}.mp4") for number in range(JOBS)]
        for number, path in enumerate(paths):
            make(path, number, SECONDS)
        with (Postgres() if store == "postgres" else SQLite(folder)) as database:
            configuration = f"library:\n  roots: [{films}]\n{model.configuration}"
            if database.address:
                configuration += f"database:\n  url: {database.address}\n"

            def start():
                return ServerProcess(f"data_dir={folder}/data", "jobs.workers=4", configuration=configuration)
            server = start().__enter__()
            try:
                for path in paths:
                    server.call("POST", "/api/videos", {"path": path})
                options = {"all": True, "tags": ["cat"], "model": "eye", "evidence": False, "frame_interval": INTERVAL, "tolerance": 2}
                batch = server.call("POST", "/api/batches", options)["batch"]
                progress = {}

                def look():
                    jobs = server.call("GET", f"/api/jobs?batch={batch}&limit=1000")
                    assert len(jobs) == JOBS
                    for job in jobs:
                        assert job["progress"] >= progress.get(job["id"], 0), (job["id"], job["progress"], progress[job["id"]])
                        progress[job["id"]] = job["progress"]
                    return jobs
                committed = []
                for life in range(KILLS):
                    if life % 3 == 2:
                        # A job that dies again and again where it is counts as the cause, however short the lives are.
                        before = dict(progress)
                        busy = [job["id"] for job in look() if job["status"] != "completed"][-4:]
                        wait_until("the jobs in work got on", lambda: look() and all(progress[job] > before[job] for job in busy), 60)
                    deadline = time.monotonic() + dice.uniform(0.3, 1.0)
                    while time.monotonic() < deadline:
                        look()
                        time.sleep(0.05)
                    os.kill(server.pid, signal.SIGKILL)
                    server.process.wait()
                    # What the model was asked from here on, it was asked by a later life.
                    killed = time.monotonic()
                    rows = database.rows(
                        "SELECT j.subject, c.name, c.value FROM job_checkpoints c JOIN jobs j ON j.id = c.job_id WHERE c.name LIKE 'segment-%'")
                    for subject, name, value in rows:
                        committed.append((killed, int(os.path.basename(subject)[:-4]), int(name.partition("-")[2]), json.loads(value)))
                    server.__exit__(None, None, None)
                    server = start().__enter__()
                wait_until("every job is done", lambda: all(job["status"] == "completed" for job in look()), 120)
                jobs = look()
                assert all(job["progress"] == 100 and job["result"]["segments"] == SECONDS // SEGMENT and job["error"] is None for job in jobs)
                # Each segment that was kept at a kill was never looked at again. (What lies before its first frame belongs to the gap
                # that it was entered by.)
                again = 0
                with model.lock:
                    calls = list(model.calls)
                for killed, video, segment, record in committed:
                    frames = [row[0] for row in record["observations"] if row[0] >= segment * SEGMENT]
                    again += sum(1 for at, number, frame in calls if at > killed + 0.5 and number == video and min(frames) <= frame < max(frames))
                assert again == 0, again
                # Once in effect: one span each, where it is.
                stamps = database.rows(
                    "SELECT v.path, t.start_time, t.end_time FROM library_timestamps t JOIN library_videos v ON v.id = t.video_id")
                assert len(stamps) == JOBS, len(stamps)
                for path, first, last in stamps:
                    number = int(os.path.basename(path)[:-4])
                    assert abs(float(first) - 65 - number) <= 2 and abs(float(last) - 185) <= 2, (path, first, last)
                assert database.rows("SELECT COUNT(*) FROM jobs WHERE state IN ('processing', 'retrying', 'pending')") == [["0"]]
                lost = int(database.rows("SELECT COUNT(*) FROM job_events WHERE event = 'worker_lost'")[0][0])
                assert lost >= KILLS, lost
                print(f"     {KILLS} kills, {lost} jobs taken back, {len(calls)} looks")
            finally:
                server.__exit__(None, None, None)


@check
def nothing_is_lost_or_done_twice_on_sqlite():
    killed_again_and_again("sqlite")


@check
def nothing_is_lost_or_done_twice_on_postgresql():
    killed_again_and_again("postgres")


class Worker:
    def __init__(self, folder, configuration):
        path = os.path.join(folder, "worker.yaml")
        with open(path, "w") as file:
            file.write(configuration)
        self.log = tempfile.NamedTemporaryFile(dir=folder, delete=False)
        self.process = subprocess.Popen(
            [BINARY, "work", "--config", path, "--at-once", "1"], cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def said(self, text):
        with open(self.log.name, errors="replace") as file:
            return text in file.read()

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)


@check
def a_stopped_worker_loses_its_job_and_cannot_write():
    with tempfile.TemporaryDirectory() as folder, Postgres() as database, VisionModel(truth, delay=0.4) as model:
        films = os.path.join(os.path.realpath(folder), "films")
        os.mkdir(films)
        film = os.path.join(films, "3.mp4")
        make(film, 3, SECONDS)
        configuration = (
            f"library: {{roots: [{films}]}}\ndata_dir: {folder}/data\n{model.configuration}"
            f"database: {{url: '{database.address}'}}\njobs: {{lease: 2s}}\n")
        workers = []
        with ServerProcess("jobs.workers=0", configuration=configuration) as server:
            try:
                server.call("POST", "/api/videos", {"path": film})
                options = {"tags": ["cat"], "model": "eye", "evidence": False, "frame_interval": 4, "tolerance": 2}
                job = server.call("POST", "/api/videos/" + film.replace("/", "%2F") + "/analyze", options)["job_id"]
                workers = [Worker(folder, configuration) for _ in range(2)]

                def holder():
                    (name,) = database.rows(f"SELECT worker FROM jobs WHERE id = {job}")[0]
                    return next((w for w in workers if name and int(name.split("|")[2]) == w.process.pid), None)
                wait_until("a worker has it", lambda: holder() is not None, 20)
                first = holder()
                wait_until("a segment is done", lambda: database.rows(f"SELECT 1 FROM job_checkpoints WHERE job_id = {job} AND name = 'segment-0'"), 30)
                fence = database.rows(f"SELECT fence FROM jobs WHERE id = {job}")
                os.kill(first.process.pid, signal.SIGSTOP)
                wait_until("the other one has it", lambda: holder() not in (None, first), 20)
                assert database.rows(f"SELECT fence FROM jobs WHERE id = {job}") > fence
                os.kill(first.process.pid, signal.SIGCONT)
                wait_until("the first one sees that it lost", lambda: first.said("job lost to another worker"), 10)
                wait_until("it is done", lambda: server.call("GET", f"/api/jobs/{job}")["status"] == "completed", 60)
                done = server.call("GET", f"/api/jobs/{job}")
                assert done["attempt"] == 1 and done["progress"] == 100, done
                assert [row[0] for row in database.rows(f"SELECT event FROM job_events WHERE job_id = {job}")] == ["worker_lost"]
                assert len(database.rows("SELECT id FROM library_timestamps")) == 1
                assert all(worker.stop() == 0 for worker in workers)
            finally:
                for worker in workers:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(worker.process.pid, signal.SIGCONT)
                        worker.process.kill()


def command(folder, *words, configuration=None, code=0):
    result = subprocess.run([BINARY, "jobs", *words, *(["--config", configuration] if configuration else [])], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert result.returncode == code, (words, result)
    return result.stdout


@check
def jobs_are_seen_and_changed_from_the_command_line():
    with tempfile.TemporaryDirectory() as folder, VisionModel(truth, delay=0.2) as model:
        films = os.path.join(os.path.realpath(folder), "films")
        os.mkdir(films)
        film = os.path.join(films, "4.mp4")
        make(film, 4, SECONDS)
        path = os.path.join(folder, "martlet.yaml")
        configuration = f"library: {{roots: [{films}]}}\ndata_dir: {folder}/data\n{model.configuration}"
        with open(path, "w") as file:
            file.write(configuration)
        with ServerProcess(configuration=configuration) as server:
            assert "no jobs" in command(folder, "list", configuration=path)
            server.call("POST", "/api/videos", {"path": film})
            options = {"tags": ["cat"], "model": "eye", "evidence": False, "frame_interval": 4, "tolerance": 2}
            job = str(server.call("POST", "/api/videos/" + film.replace("/", "%2F") + "/analyze", options)["job_id"])
            wait_until("it runs", lambda: len(model.calls) > 3, 20)
            assert json.loads(command(folder, "list", "--json", configuration=path))[0]["status"] == "processing"
            started = time.monotonic()
            assert "cancelled" in command(folder, "cancel", job, configuration=path)
            wait_until("the server's worker stopped", lambda: model.open == 0, 5)
            assert time.monotonic() - started < 1.5
            command(folder, "cancel", job, configuration=path, code=2)
            assert "cancelled" in command(folder, "show", job, configuration=path)
            model.delay = 0.02
            command(folder, "retry", job, configuration=path)
            lines = command(folder, "watch", job, "--json", configuration=path).splitlines()
            assert json.loads(lines[-1])["status"] == "completed" and len(lines) >= 2
            assert "Forgot 0 jobs" in command(folder, "prune", configuration=path)
            assert json.loads(command(folder, "prune", "--older-than", "0.001s", "--json", configuration=path)) == {"forgotten": 1}


@check
def a_database_that_is_gone_is_said_plainly():
    result = subprocess.run(
        [BINARY, "jobs", "list", "--set", "database.url=postgres://nobody@127.0.0.1:1/none"], env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0 and "database can't be reached" in result.stderr and "nobody" not in result.stderr, result


if __name__ == "__main__":
    sys.exit(run_checks())
