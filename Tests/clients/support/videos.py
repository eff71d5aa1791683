"""Videos whose every frame says which video and which frame it is, and a vision model that reads them."""

import base64
import collections
import http.server
import io
import json
import random
import subprocess
import threading
import time

import numpy
from PIL import Image

WIDTH, ROW, BITS = 256, 64, 16
CELL = WIDTH // BITS


def make(path, number, seconds, rate=1):
    """A film of grey cells: 16 bits of `number`, 16 bits of the frame's number, and brightnesses of its own."""
    dice = random.Random(number)
    levels = [dice.randrange(256) for _ in range(25)]
    count = int(seconds * rate)
    encoder = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{3 * ROW}", "-r", str(rate), "-i", "-",
         "-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-pix_fmt", "yuv420p", str(path)], stdin=subprocess.PIPE)
    for frame in range(count):
        picture = numpy.zeros((3 * ROW, WIDTH), numpy.uint8)
        for row, value in enumerate((number, frame)):
            for bit in range(BITS):
                if value >> bit & 1:
                    picture[row * ROW:(row + 1) * ROW, bit * CELL:(bit + 1) * CELL] = 255
        picture[2 * ROW:] = levels[frame * 25 // count]
        encoder.stdin.write(picture.tobytes())
    encoder.stdin.close()
    assert encoder.wait() == 0


def read(jpeg):
    """The numbers of the video and of the frame."""
    picture = numpy.asarray(Image.open(io.BytesIO(jpeg)).convert("L").resize((WIDTH, 3 * ROW)))
    return tuple(
        sum(1 << bit for bit in range(BITS) if picture[row * ROW + ROW // 2, bit * CELL + CELL // 2] > 127) for row in (0, 1))


class VisionModel:
    """An OpenAI-compatible server that looks at such frames. `truth(video, frame, tag)` says what it sees.

    `delay`: seconds for each answer. `fault(video, frame)`: a status to answer with instead, or None.
    """

    def __init__(self, truth, delay=0.0, fault=None, probability=None):
        self.truth, self.delay, self.fault, self.probability = truth, delay, fault, probability
        self.calls = []  # (seconds, video, frame), as they are answered
        self.open = 0
        self.aborted = 0
        self.lock = threading.Lock()

    def __enter__(self):
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer(200, {"object": "list", "data": [{"id": "eye", "object": "model"}]})

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                parts = request["messages"][-1]["content"]
                url = next(part["image_url"]["url"] for part in parts if part["type"] == "image_url")
                video, frame = read(base64.b64decode(url.partition(",")[2]))
                with model.lock:
                    model.open += 1
                try:
                    time.sleep(model.delay)
                    status = model.fault(video, frame) if model.fault else None
                    if status:
                        return self.answer(status, {"error": {"message": "out of order", "type": "server_error"}})
                    tags = list(request["response_format"]["json_schema"]["schema"]["properties"])
                    text = json.dumps({tag: bool(model.truth(video, frame, tag)) for tag in tags})
                    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
                    if model.probability:
                        choice["logprobs"] = {"content": model.probability(text)}
                    self.answer(200, {
                        "id": "x", "object": "chat.completion", "created": 0, "model": "eye", "choices": [choice],
                        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}})
                    with model.lock:
                        model.calls.append((time.monotonic(), video, frame))
                except (BrokenPipeError, ConnectionResetError):
                    with model.lock:
                        model.aborted += 1
                finally:
                    with model.lock:
                        model.open -= 1

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                # Callers are killed in mid-request here.
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def configuration(self):
        """What makes it an endpoint of a Martlet's, in the words of its configuration."""
        return (
            "endpoints:\n  - {id: eye, url: 'http://127.0.0.1:%d/v1', capabilities: [chat, vision], slots: 16}\n" % self.server.server_port)

    def frames(self, video):
        """How often each frame of a video was asked about."""
        with self.lock:
            return collections.Counter(frame for _, number, frame in self.calls if number == video)
