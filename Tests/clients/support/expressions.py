"""What the checks of expression features share: clips of faces, the reference's answers, models, and forms of files."""

import functools
import hashlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import uuid

from support.server import BINARY, CHECKOUT, ENVIRONMENT

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
FACES = HOME / "samples/faces"
sys.path.insert(0, os.path.join(CHECKOUT, "Tests/expressions"))

import clips  # noqa: E402: only now is its folder on the path
import reference  # noqa: E402: only now is its folder on the path


def second(path):
    """One second, 25 frames."""
    clips.animate(path, 480, 360, 25, 1, seed=11)


def one_face(path):
    """A face in the first frame alone."""
    face = next(clips.portrait(480, 360, 25, 1, seed=12))
    clips.write(path, (face if number == 0 else face * 0 for number in range(10)), 25)


def joined(path):
    """Twenty-four seconds: astronaut.mp4 six times."""
    clip = path.parent / "astronaut.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "5", "-i", clip, "-c", "copy", "-map_metadata", "-1", path], check=True)


@functools.cache
def folder():
    """The folder of clips, which are composed once, and again where what composes them has changed."""
    recipe = b"".join(pathlib.Path(module).read_bytes() for module in (clips.__file__, __file__))
    stamp, digest = FACES / "stamp", hashlib.sha256(recipe).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        FACES.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        clips.good(FACES)
        clips.bad(FACES)
        for make in (second, one_face, joined):
            make(FACES / f"{make.__name__}.mp4")
        stamp.write_text(digest)
    return FACES


def clip(name):
    return folder() / f"{name}.mp4"


@functools.cache
def expected(*names, window="hann2d"):
    """The reference's rows, faces and report of clips that count as one."""
    return reference.extract([clip(name) for name in names], window)


def run(*arguments, code=0, **options):
    """Runs `martlet expressions`. Returns standard output, or standard error where it should fail."""
    command = [BINARY, "expressions", *map(str, arguments)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300, **options)
    assert done.returncode == code, f"{command[1:]}: exit code {done.returncode}, not {code}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stderr if code else done.stdout


class Models:
    """Synthetic models in the original's forms (`originals`) and imported (`imported`), by name."""

    OPTIONS = {
        "tabr": {},
        "deep": {"encoder_blocks": 2, "seed": 2, "rows": 1000},
        "few": {"rows": 150, "m": 200, "seed": 3},  # more neighbours asked for than there are rows
    }

    def __init__(self):
        self.place = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.place.name)
        self.originals, self.imported = root / "originals", root / "models"
        self.summaries = {}

    @functools.cached_property
    def registry(self):
        """What MODEL_REGISTRY wants; makes and imports the models."""
        import tabr  # PyTorch takes seconds to come

        self.imported.mkdir(parents=True, exist_ok=True)
        for name, options in self.OPTIONS.items():
            if not (self.originals / name).exists():
                tabr.make_original(self.originals / name, **options)
            if not (self.imported / name).exists():
                said = run("import", self.originals / name, "--to", self.imported / name, "--json")
                self.summaries[name] = json.loads(said.splitlines()[-1])
        return ",".join(f"{name}:tabr:{self.imported / name}" for name in self.OPTIONS)

    @property
    def handlers(self):
        """The same in the words of the configuration file."""
        entries = [entry.split(":") for entry in self.registry.split(",")]
        return "handlers:\n" + "".join(f"  - {{name: {name}, handler: {kind}, dir: '{folder}'}}\n" for name, kind, folder in entries)

    def close(self):
        self.place.cleanup()


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json["error"]


def form(*files, field="files"):
    """The body and the content type of a form; files are names with contents."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: video/mp4\r\n\r\n'.encode()
        + content + b"\r\n" for name, content in files]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def request(server, method, path, body=None, content_type=None, token=None, timeout=120):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    headers = {"Content-Type": content_type} if content_type else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response, response.read())
    finally:
        connection.close()


def infer(server, model, *names, token=None, path="/api/v1/infer/", **files):
    """Asks a model about clips, by their names, and further files."""
    contents = [(f"{name}.mp4", clip(name).read_bytes()) for name in names] + list(files.items())
    body, content_type = form(*contents)
    return request(server, "POST", path + model, body, content_type, token)
