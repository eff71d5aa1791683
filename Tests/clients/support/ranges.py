"""One file on a web server that knows ranges, as slow as it is told."""

import contextlib
import http.server
import re
import threading
import time


class RangeServer:
    """Serves `content` at `url` while the `with` lasts. `asked` holds the ranges so far, `pause` the seconds between pieces."""

    def __init__(self, content, pause=0.0, piece=1 << 18):
        self.content, self.pause, self.piece, self.asked = content, pause, piece, []
        ours = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                ours.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/m.gguf"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        size = len(self.content)
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        first = int(match.group(1)) if match else 0
        last = min(int(match.group(2)), size - 1) if match and match.group(2) else size - 1
        self.asked.append((first, last))
        request.send_response(206 if match else 200)
        if match:
            request.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        request.send_header("ETag", '"v1"')
        request.send_header("Content-Length", str(last - first + 1))
        request.end_headers()
        with contextlib.suppress(OSError):
            for start in range(first, last + 1, self.piece):
                request.wfile.write(self.content[start : min(start + self.piece, last + 1)])
                time.sleep(self.pause)

    def go_on(self):
        """No more pauses, and what was asked so far is forgotten."""
        self.pause, self.asked = 0, []

    def bytes_asked(self):
        """All but the first range, which only finds out whether ranges are known."""
        return sum(last - first + 1 for first, last in self.asked[1:])
