"""A chat model for bots' suites."""

import http.server
import json
import re
import threading
import time


class Brain:
    """A chat model behind an OpenAI-compatible server.

    `answer(messages)` gives the text, or a list of calls of tools, each a name and its arguments; `pause` is the wait before each word. While `gate` is closed, answers stop after their first word.
    """

    def __init__(self, answer=lambda messages: "It is nine o'clock.", pause=0.0):
        self.answer, self.pause = answer, pause
        self.gate = threading.Event()
        self.gate.set()
        self.lock = threading.Lock()
        self.calls, self.open, self.most, self.left = [], 0, 0, 0

    def __enter__(self):
        brain = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                body = json.dumps({"object": "list", "data": [{"id": "brain", "object": "model"}]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with brain.lock:
                    brain.calls.append(request["messages"])
                    brain.open += 1
                    brain.most = max(brain.most, brain.open)
                try:
                    text = brain.answer(request["messages"])
                    self.stream(text) if request.get("stream") else self.whole(text)
                except OSError:
                    with brain.lock:
                        brain.left += 1
                finally:
                    with brain.lock:
                        brain.open -= 1

            def whole(self, text):
                choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
                body = json.dumps({"id": "x", "object": "chat.completion", "created": 0, "model": "brain", "choices": [choice]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def stream(self, text):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                if isinstance(text, list):
                    calls = [
                        {"index": place, "id": f"call_{place}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
                        for place, (name, arguments) in enumerate(text)]
                    self.chunk({"tool_calls": calls})
                    text = ""
                for number, word in enumerate(re.findall(r"\s*\S+\s*|\s+", text)):
                    while number > 0 and not brain.gate.wait(0.1):
                        self.wfile.write(b": waiting\n\n")
                        self.wfile.flush()
                    time.sleep(brain.pause)
                    self.chunk({"content": word})
                self.chunk({}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")

            def chunk(self, delta, finish=None):
                choice = {"index": 0, "delta": delta, "finish_reason": finish}
                document = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "brain", "choices": [choice]}
                self.wfile.write(b"data: " + json.dumps(document).encode() + b"\n\n")
                self.wfile.flush()

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                # Callers are killed in mid-request here.
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def configuration(self):
        return f"endpoints:\n  - {{id: brain, url: 'http://127.0.0.1:{self.server.server_port}/v1', capabilities: [chat], slots: 8}}\n"

    @property
    def asked(self):
        """What people asked, in order."""
        with self.lock:
            return [messages[-1]["content"] for messages in self.calls]
