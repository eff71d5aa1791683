"""Uploads in pieces, questions about them, and answers in the background.

    python3 Tests/clients/test_uploads.py [NAME…]

Starts servers of its own. Uses tuspy, a client of the tus protocol. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import base64
import http.server
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from tusclient import client as tus

from support.checks import check, run_checks
from support.server import ServerProcess, engines, stat, wait_until

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
CLIPS = os.environ.get("MARTLET_CLIPS") or os.path.join(HOME, "samples/clips")
CLIP = os.path.join(CLIPS, "signs.mp4")
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]["code"]


def call(server, method, path, headers=None, body=None):
    if isinstance(body, dict):
        body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(server.url(path), body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=180) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def create(server, size, name="clip.mp4", headers=None):
    metadata = {"Upload-Metadata": "filename " + base64.b64encode(name.encode()).decode()}
    return call(server, "POST", "/v1/uploads", {**TUS, **metadata, "Upload-Length": str(size), **(headers or {})})


def upload(server, path=CLIP, headers=None):
    """Uploads a file whole. Returns its id."""
    with open(path, "rb") as file:
        data = file.read()
    made = create(server, len(data), os.path.basename(path), headers)
    assert made.status == 201, made.body
    place = made.headers["Location"]
    assert call(server, "PATCH", place, {**PIECE, "Upload-Offset": "0", **(headers or {})}, data).status == 204
    return made.json["id"]


def events(server, path, headers=None, until=None):
    """Reads server-sent events to the end of the stream, or to the first that `until` accepts: (id, name, data)."""
    request = urllib.request.Request(server.url(path), headers=headers or {})
    found, fields = [], {}
    with urllib.request.urlopen(request, timeout=180) as stream:
        for line in stream:
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key:
                fields[key] = value
            elif "event" in fields:
                found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
                fields = {}
                if until and until(found[-1]):
                    break
    return found


QUESTION = {"prompt": "What does the first sign say?", "generation_params": {"temperature": 0}}


@check
def a_tus_client_uploads_and_goes_on_after_a_break():
    with ServerProcess() as server:
        client = tus.TusClient(server.url("/v1/uploads"))
        size = os.path.getsize(CLIP)
        uploader = client.uploader(CLIP, chunk_size=size // 3, metadata={"filename": "signs.mp4"})
        uploader.upload_chunk()
        place = uploader.url
        assert call(server, "HEAD", place.removeprefix(server.url(""))).headers["Upload-Offset"] == str(size // 3)
        # Another client, which knows nothing but the address.
        again = client.uploader(CLIP, chunk_size=size // 3, url=place)
        assert again.offset == size // 3
        again.upload()
        seen = call(server, "GET", place.removeprefix(server.url(""))).json
        assert seen["complete"] and seen["bytes"] == size and seen["name"] == "signs.mp4", seen
        with open(CLIP, "rb") as file:
            assert call(server, "GET", f"/v1/uploads/{seen['id']}/content").body == file.read()


@check
def what_came_before_a_broken_connection_counts():
    with ServerProcess() as server:
        place = create(server, 3_000_000).headers["Location"]
        with socket.create_connection(("127.0.0.1", server.port)) as peer:
            peer.sendall(
                f"PATCH {place} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                "Content-Type: application/offset+octet-stream\r\nContent-Length: 3000000\r\n\r\n".encode() + b"x" * 1_000_000)
            time.sleep(0.5)
        wait_until("the offset moved", lambda: call(server, "HEAD", place).headers["Upload-Offset"] == "1000000", 5)
        assert call(server, "PATCH", place, {**PIECE, "Upload-Offset": "1000000"}, b"y" * 2_000_000).status == 204
        assert call(server, "GET", f"{place}/content").body == b"x" * 1_000_000 + b"y" * 2_000_000


@check
def uploads_outlive_a_killed_server():
    with tempfile.TemporaryDirectory() as folder:
        with ServerProcess(f"data_dir={folder}") as server:
            place = create(server, 100).headers["Location"]
            assert call(server, "PATCH", place, {**PIECE, "Upload-Offset": "0"}, b"a" * 60).status == 204
            os.kill(server.pid, signal.SIGKILL)
            server.process.wait()
        with ServerProcess(f"data_dir={folder}") as server:
            assert call(server, "HEAD", place).headers["Upload-Offset"] == "60"
            assert call(server, "PATCH", place, {**PIECE, "Upload-Offset": "60"}, b"b" * 40).status == 204
            assert call(server, "GET", f"{place}/content").body == b"a" * 60 + b"b" * 40


@check
def wrong_pieces_are_refused_and_change_nothing():
    with ServerProcess() as server:
        assert call(server, "POST", "/v1/uploads", {"Upload-Length": "5"}).code == "protocol_version"
        for length in ("", "0", "-1", "abc", "1e3", "99999999999999999999"):
            assert call(server, "POST", "/v1/uploads", {**TUS, "Upload-Length": length}).code == "invalid_header"
        assert call(server, "POST", "/v1/uploads", {**TUS, "Upload-Length": str(1 << 40)}).code == "upload_too_large"
        bad = {**TUS, "Upload-Length": "5", "Upload-Metadata": "filename !!!"}
        assert call(server, "POST", "/v1/uploads", bad).code == "invalid_header"
        place = create(server, 5, "../../etc/\x07passwd").headers["Location"]
        assert call(server, "GET", place).json["name"] == "passwd"
        assert call(server, "PATCH", place, {**PIECE, "Upload-Offset": "3"}, b"ab").code == "offset_mismatch"
        assert call(server, "PATCH", place, {**PIECE, "Upload-Offset": "0"}, b"abcdef").code == "upload_too_long"
        assert call(server, "PATCH", place, {**TUS, "Upload-Offset": "0", "Content-Type": "text/plain"}, b"a").status == 415
        assert call(server, "PATCH", place, {**PIECE, "Upload-Offset": "x"}, b"a").code == "invalid_header"
        assert call(server, "HEAD", place).headers["Upload-Offset"] == "0"
        incomplete = {**QUESTION, "upload_id": place.rpartition("/")[2]}
        assert call(server, "POST", "/v1/inference/url", body=incomplete).code == "upload_incomplete"
        assert call(server, "GET", f"{place}/content").code == "upload_incomplete"
        assert call(server, "DELETE", place).status == 204
        assert call(server, "GET", place).code == "upload_not_found"
        assert call(server, "GET", "/v1/uploads/..%2f..%2fetc").status == 404


@check
def ranges_of_the_content_are_served():
    with ServerProcess() as server:
        path = f"/v1/uploads/{upload(server)}/content"
        with open(CLIP, "rb") as file:
            data = file.read()
        whole = call(server, "GET", path)
        assert whole.status == 200 and whole.body == data and whole.headers["Content-Type"] == "video/mp4"
        assert whole.headers["Accept-Ranges"] == "bytes"
        for header, expected in {"bytes=0-0": data[:1], "bytes=100-199": data[100:200], "bytes=-50": data[-50:], "bytes=500-": data[500:]}.items():
            part = call(server, "GET", path, {"Range": header})
            assert part.status == 206 and part.body == expected, header
        assert part.headers["Content-Range"] == f"bytes 500-{len(data) - 1}/{len(data)}"
        assert call(server, "GET", path, {"Range": f"bytes={len(data)}-"}).status == 416
        assert call(server, "GET", path, {"Range": "bytes=5-2"}).status == 200
        assert call(server, "GET", path, {"Range": "bytes=99999999999999999999-"}).status == 416


@check
def questions_are_asked_about_an_upload_again_and_again():
    with ServerProcess() as server:
        question = {**QUESTION, "upload_id": upload(server)}
        first = call(server, "POST", "/v1/inference/url", body=question)
        assert first.status == 200 and "PLATFORM 4" in first.json["response"], first.body
        assert first.json["video_source"] == "signs.mp4"
        history = [{"question": question["prompt"], "answer": first.json["response"]}]
        second = call(server, "POST", "/v1/inference/url", body={**question, "prompt": "And the last one?", "history": history})
        assert second.status == 200, second.body
        assert second.json["timings"]["evidence"] < 0.5 < first.json["timings"]["total"]
        both = call(server, "POST", "/v1/inference/url", body={**question, "video_url": "https://example.org/x.mp4"})
        assert both.status == 422 and both.code == "conflict"


@check
def a_plan_says_what_a_model_would_see():
    with ServerProcess() as server:
        path = f"/v1/uploads/{upload(server)}/plan"
        plan = call(server, "POST", path, body={"video_params": {"fps": 1}, "thumbnails": {"count": 4, "height": 60}}).json
        assert plan["video"]["duration"] == 9 and plan["video"]["codec"] == "h264" and plan["video"]["audio"] is False, plan["video"]
        assert plan["plan"]["frames"] == 8 and len(plan["plan"]["times"]) == 8 and plan["plan"]["used"] is False
        times = [thumbnail["time"] for thumbnail in plan["thumbnails"]]
        assert len(times) == 4 and times == sorted(times) and times[0] == 0 and times[-1] > 8
        for thumbnail in plan["thumbnails"]:
            kind, _, data = thumbnail["image"].partition(",")
            assert kind == "data:image/jpeg;base64" and base64.b64decode(data)[:3] == b"\xff\xd8\xff"
        assert "thumbnails" in plan and not call(server, "POST", path).json["thumbnails"]
        assert call(server, "POST", path, body={"video_params": {"fps": 0}}).code == "out_of_range"
        text = os.path.join(os.path.dirname(__file__), "test_uploads.py")
        assert call(server, "POST", f"/v1/uploads/{upload(server, text)}/plan").code == "unsupported_media"


@check
def an_answer_in_the_background_is_followed_left_and_found_again():
    with ServerProcess() as server:
        question = {**QUESTION, "upload_id": upload(server)}
        accepted = call(server, "POST", "/v1/inference/url", {"Prefer": "respond-async"}, question)
        assert accepted.status == 202 and accepted.headers["Preference-Applied"] == "respond-async", accepted.body
        place = accepted.headers["Location"]
        assert accepted.json["status"] == "running" and place == f"/v1/answers/{accepted.json['id']}"
        # Leaves at the first word, and comes back.
        before = events(server, f"{place}/events", until=lambda event: event[1] == "token")
        after = events(server, f"{place}/events", {"Last-Event-ID": str(before[-1][0])})
        assert [event[0] for event in before + after] == list(range(1, len(before + after) + 1))
        assert after[-1][1] == "done"
        text = "".join(data["text"] for _, name, data in before + after if name == "token")
        assert text == after[-1][2]["response"] and "PLATFORM 4" in text
        seen = call(server, "GET", place).json
        assert seen["status"] == "done" and seen["result"] == after[-1][2] and seen["error"] is None
        assert events(server, f"{place}/events", {"Last-Event-ID": str(after[-1][0])}) == []
        assert call(server, "DELETE", place).status == 204 and call(server, "GET", place).code == "answer_not_found"


@check
def a_cancelled_answer_stops_its_engine():
    with ServerProcess() as server:
        long = {"prompt": "Describe every sign at great length.", "upload_id": upload(server), "generation_params": {"max_tokens": 2000}}
        long["generation_params"]["temperature"] = 0
        place = call(server, "POST", "/v1/inference/url", {"Prefer": "respond-async"}, long).headers["Location"]
        events(server, f"{place}/events", until=lambda event: event[1] == "token")
        assert call(server, "DELETE", place).status == 204
        wait_until("the answer has ended", lambda: call(server, "GET", place).json["status"] == "cancelled", 5)
        last = events(server, f"{place}/events")[-1]
        assert last[1] == "error" and last[2]["error"]["code"] == "answer_cancelled", last
        [engine] = engines(server.pid)

        def ticks():
            fields = stat(engine)
            return int(fields[11]) + int(fields[12])

        def is_idle():
            before = ticks()
            time.sleep(0.3)
            return ticks() - before <= 3

        wait_until("the engine is idle", is_idle, 3)


@check
def a_failed_answer_says_why():
    with ServerProcess() as server:
        text = upload(server, os.path.join(os.path.dirname(__file__), "test_uploads.py"))
        place = call(server, "POST", "/v1/inference/url", {"Prefer": "respond-async"}, {**QUESTION, "upload_id": text}).headers["Location"]
        assert events(server, f"{place}/events")[-1][2]["error"]["code"] == "unsupported_media"
        seen = call(server, "GET", place).json
        assert seen["status"] == "failed" and seen["error"]["code"] == "unsupported_media" and seen["result"] is None


@check
def nobody_sees_what_another_token_brought():
    with ServerProcess(configuration="server:\n  tokens: {ada: token-of-ada, bob: token-of-bob}\n") as server:
        ada, bob = ({"Authorization": f"Bearer token-of-{name}"} for name in ("ada", "bob"))
        identity = upload(server, headers=ada)
        path = f"/v1/uploads/{identity}"
        assert call(server, "GET", path).status == 401
        for method, place in [("GET", path), ("DELETE", path), ("GET", f"{path}/content"), ("POST", f"{path}/plan")]:
            assert call(server, method, place, bob).status == 404, (method, place)
        question = {**QUESTION, "upload_id": identity}
        assert call(server, "POST", "/v1/inference/url", bob, question).code == "upload_not_found"
        place = call(server, "POST", "/v1/inference/url", {**ada, "Prefer": "respond-async"}, question).headers["Location"]
        assert call(server, "GET", place, bob).status == 404 and call(server, "DELETE", place, bob).status == 404
        assert len(call(server, "GET", "/v1/uploads", ada).json["data"]) == 1
        assert call(server, "GET", "/v1/uploads", bob).json["data"] == []
        assert call(server, "DELETE", place, ada).status == 204


@check
def uploads_expire_and_share_a_bounded_room():
    with ServerProcess("uploads.keep=1500ms", "uploads.max_total=1000") as server:
        first = create(server, 800).headers["Location"]
        full = create(server, 300)
        assert full.status == 507 and full.code == "uploads_full" and full.headers["Retry-After"]
        time.sleep(2)
        assert create(server, 300).status == 201
        assert call(server, "GET", first).code == "upload_not_found"


@check
def a_url_becomes_an_upload():
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=CLIPS)

        def log_message(self, *_):
            pass

    peer = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=peer.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{peer.server_port}/signs.mp4"
    try:
        with ServerProcess() as server:
            assert call(server, "POST", "/v1/uploads", body={"url": address}).code == "url_not_allowed"
            assert call(server, "POST", "/v1/uploads", body={"url": "ftp://x"}).code == "invalid_url"
        with ServerProcess("fetch.allow_private_addresses=true") as server:
            made = call(server, "POST", "/v1/uploads", body={"url": address})
            assert made.status == 201 and made.json["complete"] and made.json["name"] == "signs.mp4", made.body
            with open(CLIP, "rb") as file:
                assert call(server, "GET", made.headers["Location"] + "/content").body == file.read()
            streamed = call(server, "POST", "/v1/uploads", {"Accept": "text/event-stream"}, {"url": address}).body.decode()
            assert "event: done" in streamed and '"complete":true' in streamed, streamed
    finally:
        peer.shutdown()
        peer.server_close()


if __name__ == "__main__":
    sys.exit(run_checks())
