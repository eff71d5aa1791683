"""Asks a vision model about videos, through the whole program: real image tokens, frame order, prompt cache, a context too small.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_vision.py

The model is tiny and has random weights, so its words mean nothing; everything around it is real. Starts its own servers and
keeps them away from the user's catalog. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from support.checks import check, run_checks
from support.server import BINARY, CHECKOUT, ENVIRONMENT, ServerProcess, wait_until

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
CLIPS = pathlib.Path(os.environ.get("MARTLET_CLIPS") or HOME / "samples/clips")
MODEL = "tiny-vision"

def prepare(root):
    """A home of its own whose catalog holds the tiny model, with the user's engines and models in it."""
    made = root / "made"
    subprocess.run([sys.executable, os.path.join(CHECKOUT, "scripts/make-tiny-vision-model.py"), str(made)], check=True, stdout=subprocess.DEVNULL)
    home = root / "home"
    (home / "catalog").mkdir(parents=True)
    for name in ["engines", "models", "samples"]:
        if name == "models":
            (home / name).mkdir()
            for entry in (HOME / name).iterdir():
                (home / name / entry.name).symlink_to(entry)
        else:
            (home / name).symlink_to(HOME / name)
    files = ""
    for name in ["model.gguf", "mmproj.gguf"]:
        data = (made / name).read_bytes()
        files += f"  - name: {name}\n    sha256: {hashlib.sha256(data).hexdigest()}\n    size: {len(data)}\n"
        files += f"    sources: [\"file://{made / name}\"]\n"
    (home / "catalog" / "tiny.yaml").write_text(
        f"id: {MODEL}\nengine: llama\ncapabilities: [chat, vision]\nlicence: Apache-2.0\ncontextLength: 8192\npatchSize: 14\nfiles:\n{files}")
    ENVIRONMENT["MARTLET_HOME"] = str(home)


def ask(*arguments, stdin=subprocess.DEVNULL):
    command = [BINARY, "ask", *map(str, arguments), "--model", MODEL, "--max-tokens", "8", "--temperature", "0", "--json", "--quiet"]
    done = subprocess.run(command, env=ENVIRONMENT, stdin=stdin, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def request(port, method, path, body=None, headers={}):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def form(fields, video):
    boundary = "martlet-vision-boundary"
    body = b""
    for name, value in fields.items():
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    body += f'--{boundary}\r\nContent-Disposition: form-data; name="video"; filename="clip.mp4"\r\n\r\n'.encode()
    body += pathlib.Path(video).read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


@check
def frames_become_tokens(root):
    answer = ask(CLIPS / "red-green-blue.mp4", "Which colours?", "--nframes", 4)
    assert answer["frames"]["count"] == 4 and answer["used_evidence"] is False, answer
    assert answer["model"] == MODEL and answer["backend"] == "llama"
    # The grid is the model's own: 28 pixels for patches of 14.
    assert answer["frames"]["width"] % 28 == 0 and answer["frames"]["height"] % 28 == 0, answer["frames"]
    assert answer["notices"] == [], answer["notices"]
    more = ask(CLIPS / "red-green-blue.mp4", "Which colours?", "--nframes", 8)
    # 16 tokens for each picture of this model, and its time in letters.
    difference = more["usage"]["prompt_tokens"] - answer["usage"]["prompt_tokens"]
    assert 4 * 16 < difference < 4 * 48, difference


@check
def standard_input_is_a_video(root):
    with open(CLIPS / "red-green-blue.mp4", "rb") as clip:
        piped = ask("-", "Which colours?", "--nframes", 4, stdin=clip)
    plain = ask(CLIPS / "red-green-blue.mp4", "Which colours?", "--nframes", 4)
    assert piped["response"] == plain["response"] and piped["plan"] == plain["plan"]


@check
def evidence_goes_along_when_asked_for(root):
    answer = ask(CLIPS / "red-green-blue.mp4", "Which colours?", "--nframes", 4, "--evidence", "always")
    assert answer["used_evidence"] and answer["frames"]["count"] == 4, answer


@check
def a_small_context_gets_what_fits(root):
    answer = ask(CLIPS / "red-green-blue.mp4", "Which colours?", "--fps", 8, "--set", "models.context_length=1024")
    assert 2 <= answer["frames"]["count"] < 48, answer["frames"]
    assert any("1024 tokens" in notice for notice in answer["notices"]), answer["notices"]
    assert answer["usage"]["prompt_tokens"] < 1024, answer["usage"]


@check
def a_follow_up_reads_the_frames_from_the_cache(root):
    with ServerProcess("models.parallel=1") as server:
        fields = {"prompt": "Which colours?", "nframes": 6, "max_tokens": 8, "temperature": 0, "model": MODEL}
        status, first = request(server.port, "POST", "/v1/inference/upload", *form(fields, CLIPS / "red-green-blue.mp4"))
        assert status == 200, first
        history = json.dumps([{"question": "Which colours?", "answer": first["response"] or "?"}])
        status, second = request(
            server.port, "POST", "/v1/inference/upload",
            *form({**fields, "prompt": "And in which order?", "history": history}, CLIPS / "red-green-blue.mp4"))
        assert status == 200, second
        cached = second["usage"]["prompt_tokens_details"]["cached_tokens"]
        assert cached >= 6 * 16, second["usage"]
        assert "decode" in first["timings"] and second["timings"]["decode"] < 0.1, second["timings"]


@check
def chats_with_pictures_and_videos(root):
    import base64

    photo = HOME / "samples/photos/chelsea.png"
    picture = "data:image/png;base64," + base64.b64encode(photo.read_bytes()).decode()
    video = "data:video/mp4;base64," + base64.b64encode((CLIPS / "red-green-blue.mp4").read_bytes()).decode()
    with ServerProcess() as server:
        for part, content in [("image_url", picture), ("video_url", video)]:
            body = json.dumps({
                "model": MODEL, "max_tokens": 8, "temperature": 0,
                "messages": [{"role": "user", "content": [{"type": part, part: {"url": content}}, {"type": "text", "text": "What?"}]}]})
            status, answer = request(server.port, "POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
            assert status == 200, answer
            assert answer["usage"]["prompt_tokens"] > 16, answer["usage"]


@check
def the_library_asks_it_about_tags(root):
    subprocess.run([BINARY, "models", "pull", MODEL, "--quiet"], env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    films = root / "films"
    films.mkdir()
    film = films / "clip.mp4"
    film.write_bytes((CLIPS / "four-scenes.mp4").read_bytes())
    with ServerProcess(f"library.roots={os.path.realpath(films)}") as server:
        def call(method, path, body=None):
            return request(server.port, method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
        path = os.path.realpath(film)
        assert call("POST", "/api/videos", {"path": path})[0] == 200
        tags = ["cat", "traffic_light", 'a "quoted" one']
        options = {"model": MODEL, "tags": tags, "evidence": False, "frame_interval": 2.5}
        status, started = call("POST", "/api/videos/" + path.replace("/", "%2F") + "/analyze", options)
        assert status == 200, started
        wait_until("it is done", lambda: call("GET", f"/api/jobs/{started['job_id']}")[1]["status"] not in ("pending", "processing"), 240)
        done = call("GET", f"/api/jobs/{started['job_id']}")[1]
        # Its weights are random, its answers are bound to the schema all the same: each look is answered.
        assert done["status"] == "completed" and done["result"]["failed_calls"] == 0 and done["result"]["unknown_seconds"] == 0, done


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        prepare(root)
        sys.exit(run_checks(root))
