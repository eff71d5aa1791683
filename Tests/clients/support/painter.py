"""An image endpoint as OpenAI's protocol has it, which paints what the request's numbers say, after a while."""

import base64
import hashlib
import http.server
import json
import struct
import threading
import time
import zlib


def png(width, height, colour):
    """A picture of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


class Painter:
    """The endpoint, while the `with` lasts.

    `answer` takes a request's body and gives a status and a body; the usual one paints. `requests` are the bodies that came.
    """

    def __init__(self, delay=0.0, answer=None):
        self.delay, self.answer = delay, answer or self.paint
        self.requests, self.left = [], 0

    @staticmethod
    def paint(body):
        width, height = map(int, body["size"].split("x"))
        colour = hashlib.sha256(json.dumps([body["prompt"], body["seed"], body.get("steps")]).encode()).digest()[:3]
        return 200, {"created": 1, "data": [{"b64_json": base64.b64encode(png(width, height, colour)).decode()}]}

    def __enter__(self):
        painter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                self.reply(200, {"object": "list", "data": [{"id": "painter", "object": "model"}]})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                painter.requests.append(body)
                end = time.monotonic() + painter.delay
                while time.monotonic() < end:
                    time.sleep(0.005)
                try:
                    self.reply(*painter.answer(body))
                except OSError:
                    painter.left += 1

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
