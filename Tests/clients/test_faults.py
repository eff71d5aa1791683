"""Breaks running servers, and checks that they fail cleanly and come back.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_faults.py [NAME…]

Starts its own servers. MARTLET_CLIPS is the folder of the sample clips. Needs only the standard library; the full disk is a
small tmpfs, which takes root, and is left out and said so without. Prints "N passed, N failed" and exits with 1 when a check
failed.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

from support.checks import LeftOut, check, run_checks
from support.server import BINARY, ENVIRONMENT, ServerProcess, engines, resident_mib, stat, wait_until

CLIPS = os.environ.get("MARTLET_CLIPS") or os.path.expanduser("~/.cache/martlet/samples/clips")
CLIP = os.path.join(CLIPS, "red-green-blue.mp4")
BOUNDARY = "martlet-test-boundary"
STORY = "Write a very long story about the sea. Use at least two thousand words."
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0


def form(fields, video=None):
    body = b""
    for name, value in fields.items():
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    if video is not None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="video"; filename="clip.mp4"\r\n\r\n'
        body += head.encode() + video + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


class Server(ServerProcess):
    def open(self, method, path, body=None, headers={}, timeout=180, chunked=False):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers, encode_chunked=chunked)
        except (BrokenPipeError, ConnectionResetError):
            # Refused before the body's end: the answer is there to be read.
            pass
        return connection, connection.getresponse()

    def request(self, *arguments, **options):
        connection, response = self.open(*arguments, **options)
        with contextlib.closing(connection):
            data = response.read()
            is_json = response.headers.get("Content-Type", "").startswith("application/json")
            return response.status, json.loads(data) if is_json else data

    def ask(self, prompt="Which colours appear?", clip=CLIP, **fields):
        with open(clip, "rb") as file:
            body = form({"prompt": prompt, "max_tokens": 8, **fields}, file.read())
        status, value = self.request("POST", "/v1/inference/upload", body, FORM)
        assert status == 200, (status, value)
        assert value["response"].strip(), value
        return value

    def story(self, max_tokens=1500):
        """A long answer, begun, that the model doesn't end by itself: the connection, its response after the first words, and the engine's process."""
        body = json.dumps(
            {"model": "", "stream": True, "max_tokens": max_tokens, "ignore_eos": True, "messages": [{"role": "user", "content": STORY}]}
        )
        connection, response = self.open("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        assert response.status == 200, response.read()
        words = 0
        while words < 3:
            line = response.readline()
            assert line, "the stream ended early"
            if line.startswith(b"data: {") and json.loads(line[6:])["choices"][0]["delta"].get("content"):
                words += 1
        (engine,) = engines(self.pid)
        return connection, response, engine


def events(response):
    name = None
    for line in response:
        line = line.decode().rstrip("\n")
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def refused(connection):
    """The status and error of an answer that comes while the body is still being sent."""
    connection.settimeout(60)
    raw = b""
    while True:
        try:
            piece = connection.recv(1 << 16)
        except ConnectionResetError:
            break
        if not piece:
            break
        raw += piece
        head, found, body = raw.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if found and length and len(body) >= int(length.group(1)):
            break
    assert raw, "the connection was closed without an answer"
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]


@check
def two_gigabytes_are_refused_before_they_are_sent():
    with Server() as server:
        before = resident_mib(server.pid)
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(
                f"POST /v1/inference/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {2 << 30}\r\n"
                f"Content-Type: {FORM['Content-Type']}\r\nExpect: 100-continue\r\n\r\n".encode()
            )
            status, error = refused(connection)
        seconds = time.monotonic() - started
        assert (status, error["code"]) == (413, "upload_too_large"), (status, error)
        assert seconds < 5, f"took {seconds:.1f} s"
        after = resident_mib(server.pid)
        assert after - before < 32, f"{before:.0f} MiB grew to {after:.0f} MiB"
        print(f"  2 GiB announced: 413 after {seconds * 1000:.0f} ms; {before:.1f} MiB before, {after:.1f} MiB after")


@check
def an_endless_upload_is_cut_at_the_limit():
    limit = 256 << 20
    with Server("server.max_upload=256 MiB") as server:
        before = peak = resident_mib(server.pid)
        piece = bytes(1 << 20)
        chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
        head = form({}, b"").partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        sent = 0
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.settimeout(60)
            connection.sendall(
                f"POST /v1/inference/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
                f"Content-Type: {FORM['Content-Type']}\r\n\r\n{len(head):x}\r\n".encode() + head + b"\r\n"
            )
            try:
                while sent < 2 << 30:
                    connection.sendall(chunk)
                    sent += len(piece)
                    if sent % (16 << 20) == 0:
                        peak = max(peak, resident_mib(server.pid))
                    connection.setblocking(False)
                    try:
                        if connection.recv(1, socket.MSG_PEEK):
                            break
                    except BlockingIOError:
                        pass
                    connection.settimeout(60)
            except (BrokenPipeError, ConnectionResetError):
                pass
            status, error = refused(connection)
        assert (status, error["code"]) == (413, "upload_too_large"), (status, error)
        assert sent < limit + (64 << 20), f"{sent >> 20} MiB were taken"
        assert peak - before < 64, f"{before:.0f} MiB grew to {peak:.0f} MiB"
        print(f"  cut after {sent >> 20} MiB of an endless upload; {before:.1f} MiB before, {peak:.1f} MiB at most")
        uploads = os.path.join(server.folder.name, "martlet-data", "uploads")
        wait_until("the part that came is deleted", lambda: not os.listdir(uploads), 5)
        assert server.is_live()


@check
def a_killed_engine_is_said_and_comes_back():
    with Server() as server:
        server.ask()
        with open(CLIP, "rb") as file:
            body = form({"prompt": STORY, "stream": "true", "max_tokens": 500}, file.read())
        connection, response = server.open("POST", "/v1/inference/upload", body, FORM)
        with contextlib.closing(connection):
            assert response.status == 200, response.read()
            error = None
            killed = None
            for name, data in events(response):
                if name == "token" and killed is None:
                    (engine,) = engines(server.pid)
                    os.kill(engine, signal.SIGKILL)
                    killed = time.monotonic()
                if name == "error":
                    error = data["error"]
                    noticed = time.monotonic() - killed
                assert name != "done", "the answer went on without its engine"
        assert error, "no error event"
        assert error["code"] == "engine_died" and error["type"] == "unavailable_error" and error["request_id"], error
        server.ask()
        recovered = time.monotonic() - killed
        assert server.process.poll() is None
        (new,) = engines(server.pid)
        assert new != engine
        print(f"  error event {noticed * 1000:.0f} ms after the kill; the next question was answered {recovered:.1f} s after it")


@check
def a_killed_engine_ends_a_chat_too():
    with Server() as server:
        connection, response, engine = server.story()
        with contextlib.closing(connection):
            os.kill(engine, signal.SIGKILL)
            rest = response.read()
        assert b'"engine_died"' in rest and b"unavailable_error" in rest, rest[-400:]
        assert engine not in engines(server.pid)


@check
def a_killed_server_leaves_no_engine():
    with Server() as server:
        connection, _, engine = server.story()
        os.kill(server.pid, signal.SIGKILL)
        seconds = wait_until("the engine is gone", lambda: stat(engine) is None, 2)
        connection.close()
        server.process.wait()
        print(f"  the engine was gone {seconds * 1000:.0f} ms after kill -9 of the server")


@check
def a_stop_lets_an_answer_end():
    with Server("server.shutdown_grace=3m") as server:
        connection, response, engine = server.story(max_tokens=24)
        started = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        with contextlib.closing(connection):
            rest = response.read()
        assert rest.rstrip().endswith(b"data: [DONE]"), rest[-300:]
        code = server.process.wait(60)
        seconds = time.monotonic() - started
        assert code == 0, f"exit code {code}"
        assert stat(engine) is None, "the engine still runs"
        print(f"  stopped in {seconds:.1f} s, the running answer ended whole, exit code 0")


@check
def a_stop_cuts_what_outlasts_its_grace():
    with Server("server.shutdown_grace=2s") as server:
        connection, response, engine = server.story()
        started = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        with contextlib.closing(connection):
            try:
                rest = response.read()
            except http.client.IncompleteRead as cut:
                rest = cut.partial
        code = server.process.wait(30)
        seconds = time.monotonic() - started
        assert code == 0, f"exit code {code}"
        assert seconds < 15, f"took {seconds:.1f} s"
        assert stat(engine) is None, "the engine still runs"
        assert b'"server_stopping"' in rest, f"the caller wasn't told: {rest[-300:]}"
        print(f"  with a grace of 2 s and a long answer: stopped in {seconds:.1f} s")


@check
def a_caller_who_leaves_stops_the_engine():
    with Server() as server:
        connection, response, engine = server.story()
        response.close()
        connection.close()
        left = time.monotonic()
        while True:
            used = cpu_seconds(engine)
            time.sleep(0.4)
            if cpu_seconds(engine) - used <= 0.03:
                break
            assert time.monotonic() - left < 10, "the engine goes on working for nobody"
        seconds = time.monotonic() - left - 0.4
        print(f"  the engine was idle {seconds:.1f} s after the caller left")
        server.ask()


def drip(connection, pieces, pause):
    """Sends bytes with pauses. - Returns: whether the server had enough before they were all sent."""
    for piece in pieces:
        try:
            connection.sendall(piece)
        except OSError:
            return True
        connection.settimeout(pause)
        try:
            if connection.recv(1, socket.MSG_PEEK) == b"":
                return True
            return False
        except TimeoutError:
            pass
        except OSError:
            return True
    return False


@check
def heads_that_drip_in_are_given_up():
    with Server("server.header_timeout=1s") as server:
        crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
        with contextlib.ExitStack() as stack:
            for connection in crowd:
                stack.enter_context(connection)
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: local")
            head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"y" * 300
            with socket.create_connection(("127.0.0.1", server.port)) as slow:
                assert drip(slow, (head[i : i + 1] for i in range(len(head))), 0.1), "a head dripped in for 30 s"
            for connection in crowd:
                connection.settimeout(10)
                assert connection.recv(64) == b"", "an answer to half a head"
        # A connection that is kept is given up as well, and not while it is used.
        with socket.create_connection(("127.0.0.1", server.port)) as kept:
            kept.settimeout(10)
            for _ in range(3):
                kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert kept.recv(4096).startswith(b"HTTP/1.1 200"), "no answer"
                time.sleep(0.5)
            while kept.recv(4096):
                pass
        assert server.is_live()


@check
def a_body_that_stops_is_given_up():
    with Server("server.body_idle_timeout=1s") as server:
        for path, kind in (("/v1/chat/completions", "application/json"), ("/v1/inference/upload", FORM["Content-Type"])):
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
                head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: 1000\r\n\r\n"
                connection.sendall(head.encode() + b'{"messages"')
                answer = b""
                while piece := connection.recv(4096):
                    answer += piece
            assert answer.startswith(b"HTTP/1.1 408") and b'"body_timeout"' in answer, answer[:300]
        assert server.is_live()


@check
def a_body_that_never_ends_is_given_up():
    with Server("server.request_timeout=2s") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n"
            connection.sendall(head)
            drip(connection, (b" " for _ in range(300)), 0.1)
            connection.settimeout(30)
            answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 504") and b'"deadline_exceeded"' in answer, answer[:300]
        assert server.is_live()


@check
def half_closed_connections_leave_nothing_behind():
    chat = json.dumps({"model": "smollm2-135m-instruct", "messages": [{"role": "user", "content": STORY}], "max_tokens": 2000})
    requests = {
        "nothing": b"", "half a head": b"GET /healthz HT", "half a body": b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{",
        "a quick request": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a long chat": f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(chat)}\r\n\r\n{chat}".encode(),
    }
    with Server() as server:
        for name, request in requests.items():
            for _ in range(5):
                with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
                    connection.sendall(request)
                    connection.shutdown(socket.SHUT_WR)
                    answer = connection.recv(4096)
                    assert answer == b"" or answer.startswith(b"HTTP/1.1 "), (name, answer)
        assert server.is_live()
        sockets = [fd for fd in os.listdir(f"/proc/{server.pid}/fd") if is_socket(server.pid, fd)]
        assert len(sockets) < 30, f"{len(sockets)} sockets are still open"


def is_socket(pid, fd):
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}").startswith("socket:")
    except OSError:
        return False


@check
def a_full_disk_is_said():
    if os.geteuid() != 0:
        raise LeftOut("mounting a small disk takes root")
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]).returncode != 0:
            raise LeftOut("a small disk can't be mounted here")
        try:
            with Server(f"data_dir={folder}") as server:
                status, value = server.request("POST", "/v1/inference/upload", form({"prompt": "?"}, bytes(8 << 20)), FORM)
                assert (status, value["error"]["code"]) == (507, "storage_full"), (status, value)
                # A body of unannounced length is noticed when the disk is full indeed.
                body = form({"prompt": "?"}, bytes(8 << 20))
                pieces = (body[place : place + 65536] for place in range(0, len(body), 65536))
                status, value = server.request("POST", "/v1/inference/upload", pieces, {**FORM, "Transfer-Encoding": "chunked"}, chunked=True)
                assert (status, value["error"]["code"]) == (507, "storage_full"), (status, value)
                server.ask()
                wait_until("uploads are deleted", lambda: not os.listdir(os.path.join(folder, "uploads")), 5)
        finally:
            subprocess.run(["umount", folder], check=True)


@check
def control_c_ends_a_question_at_once():
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [BINARY, "ask", CLIP, STORY, "--max-tokens", "1500"],
            cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        try:
            assert process.stdout.read(1), process.stderr.read()
            (engine,) = engines(process.pid)
            process.send_signal(signal.SIGINT)
            started = time.monotonic()
            _, errors = process.communicate(timeout=20)
            seconds = time.monotonic() - started
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 130, f"exit code {process.returncode}: {errors[-300:]}"
    assert stat(engine) is None, "the engine still runs"
    assert seconds < 5, f"took {seconds:.1f} s"
    print(f"  ended {seconds * 1000:.0f} ms after Ctrl-C, exit code 130")


@check
def a_second_question_reuses_the_first():
    sample = os.path.join(CLIPS, "sample.mp4")
    with tempfile.TemporaryDirectory() as folder:
        # A copy with other bytes behind it, so that no earlier run's evidence is found.
        copy = os.path.join(folder, "sample.mp4")
        with open(sample, "rb") as source, open(copy, "wb") as target:
            target.write(source.read() + b"\0\0\0\x18free" + os.urandom(16))
        with Server() as server:
            server.ask(temperature=0)  # loads the model
            started = time.monotonic()
            first = server.ask("What animal appears?", copy, temperature=0)
            middle = time.monotonic()
            second = server.ask("What does the sign say?", copy, temperature=0)
            ended = time.monotonic()
    cached = second["usage"]["prompt_tokens_details"]["cached_tokens"]
    prompt = second["usage"]["prompt_tokens"]
    print(f"  first {middle - started:.1f} s, second {ended - middle:.1f} s; {cached} of {prompt} prompt tokens cached")
    assert cached > prompt / 2, second["usage"]
    assert ended - middle < (middle - started) * 0.6, (first["timings"], second["timings"])


if __name__ == "__main__":
    sys.exit(run_checks())
