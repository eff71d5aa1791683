"""A small server for the Open Inference Protocol over REST: Python's standard library alone.

    import open_inference

    def predict(inputs, parameters):
        return {"sum": open_inference.Tensor("INT64", [1], [sum(inputs["x"].values)])}

    open_inference.serve(
        inputs=[("x", "INT64", [-1])], outputs=[("sum", "INT64", [1])], predict=predict)

Started by Martlet's `process` handler, which says by the environment where to listen (HANDLER_PORT), the model's name
(HANDLER_MODEL) and the bearer token that every request carries (HANDLER_KEY). Tensors come and go as JSON or binary data.
"""

import hmac
import json
import os
import signal
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# struct's letter for each datatype; 16-bit floats: FP16 has one, BF16 is handed over as its two bytes.
FORMATS = {
    "BOOL": "?", "UINT8": "B", "UINT16": "H", "UINT32": "I", "UINT64": "Q", "INT8": "b", "INT16": "h",
    "INT32": "i", "INT64": "q", "FP16": "e", "BF16": "2s", "FP32": "f", "FP64": "d",
}


class Refused(Exception):
    """What the caller did wrong; answered with status 400."""


class Tensor:
    """Values in row-major order. BYTES values are bytes."""

    def __init__(self, datatype, shape, values):
        self.datatype, self.shape, self.values = datatype, shape, values

    @classmethod
    def from_binary(cls, datatype, shape, data):
        if datatype == "BYTES":
            values, position = [], 0
            while position < len(data):
                (length,) = struct.unpack_from("<I", data, position)
                values.append(data[position + 4 : position + 4 + length])
                position += 4 + length
        else:
            values = [value for (value,) in struct.iter_unpack("<" + FORMATS[datatype], data)]
        return cls(datatype, shape, values)

    def to_binary(self):
        if self.datatype == "BYTES":
            return b"".join(struct.pack("<I", len(value)) + value for value in self.values)
        letter = FORMATS[self.datatype]
        return b"".join(struct.pack("<" + letter, value) for value in self.values)


def _flat(data):
    for item in data:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _tensor(declaration, body, position):
    """The tensor of a declaration, and where the next one's binary data begins."""
    datatype, shape = declaration["datatype"], declaration["shape"]
    size = declaration.get("parameters", {}).get("binary_data_size")
    if size is not None:
        return Tensor.from_binary(datatype, shape, body[position : position + size]), position + size
    values = list(_flat(declaration["data"]))
    if datatype == "BYTES":
        values = [value.encode() for value in values]
    return Tensor(datatype, shape, values), position


def serve(inputs, outputs, predict, load=lambda: None):
    """Serves one model until it is stopped. `load` runs before the model says that it is ready."""
    name, key = os.environ["HANDLER_MODEL"], os.environ["HANDLER_KEY"]
    ready = threading.Event()

    def ports(entries):
        return [{"name": n, "datatype": d, "shape": s} for n, d, s in entries]

    class Routes(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_):
            pass

        def answer(self, status, document, binary=b""):
            header = json.dumps(document).encode()
            self.send_response(status)
            if binary:
                self.send_header("Inference-Header-Content-Length", str(len(header)))
            self.send_header("Content-Type", "application/octet-stream" if binary else "application/json")
            self.send_header("Content-Length", str(len(header) + len(binary)))
            self.end_headers()
            self.wfile.write(header + binary)

        def allowed(self):
            given = self.headers.get("Authorization", "")
            if hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
                return True
            self.answer(401, {"error": "wrong key"})
            return False

        def do_GET(self):
            if not self.allowed():
                return
            model = f"/v2/models/{name}"
            if self.path == "/v2":
                self.answer(200, {"name": name, "version": "1", "extensions": ["binary_tensor_data"]})
            elif self.path == "/v2/health/live":
                self.answer(200, {"live": True})
            elif self.path in ("/v2/health/ready", model + "/ready"):
                self.answer(200 if ready.is_set() else 503, {"ready": ready.is_set()})
            elif self.path == model:
                self.answer(
                    200,
                    {"name": name, "versions": ["1"], "platform": "python", "inputs": ports(inputs), "outputs": ports(outputs)},
                )
            else:
                self.answer(404, {"error": "no such route"})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not self.allowed():
                return
            if self.path != f"/v2/models/{name}/infer":
                self.answer(404, {"error": "no such route"})
                return
            try:
                self.infer(body)
            except Refused as refusal:
                self.answer(400, {"error": str(refusal)})
            except Exception as error:  # Whatever the model does, the server stays up and says so.
                print(f"inference failed: {error!r}", file=sys.stderr)
                self.answer(500, {"error": "inference failed"})

        def infer(self, body):
            header_length = int(self.headers.get("Inference-Header-Content-Length", len(body)))
            request = json.loads(body[:header_length])
            position, given = header_length, {}
            for declaration in request["inputs"]:
                given[declaration["name"]], position = _tensor(declaration, body, position)
            results = predict(given, request.get("parameters", {}))
            wanted = request.get("outputs") or [{"name": output} for output in results]
            everything = request.get("parameters", {}).get("binary_data_output", False)
            declarations, binary = [], b""
            for entry in wanted:
                tensor = results[entry["name"]]
                declaration = {"name": entry["name"], "datatype": tensor.datatype, "shape": tensor.shape}
                if entry.get("parameters", {}).get("binary_data", everything):
                    data = tensor.to_binary()
                    declaration["parameters"] = {"binary_data_size": len(data)}
                    binary += data
                elif tensor.datatype == "BYTES":
                    declaration["data"] = [value.decode() for value in tensor.values]
                else:
                    declaration["data"] = tensor.values
                declarations.append(declaration)
            self.answer(200, {"model_name": name, "model_version": "1", "outputs": declarations}, binary)

    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["HANDLER_PORT"])), Routes)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())

    def prepare():
        load()
        ready.set()

    threading.Thread(target=prepare, daemon=True).start()
    server.serve_forever()
