"""A server that speaks Triton's HTTP protocol, for tests of its clients: health, metadata, repository control in explicit mode, inference
with JSON and binary tensors, generate and generate_stream. Statuses and messages are those of Triton 2.x.

    python3 Tests/clients/support/triton_server.py [--mode explicit|none]

Prints its port. Models: `adder` (FP32 [2] + [2]), `echo` (BYTES), `llm` (generates), `slow` (takes 0.6 s to load), `heavy` (doesn't fit beside
another model), `broken` (can't be loaded), `pipeline` (an ensemble of adder and echo). GET /log gives what was asked.
"""

import argparse
import base64
import json
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODELS = {
    "adder": {
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": n, "datatype": "FP32", "shape": [2]} for n in ("A", "B")],
        "outputs": [{"name": "SUM", "datatype": "FP32", "shape": [2]}],
    },
    "echo": {
        "platform": "python",
        "inputs": [{"name": "TEXT", "datatype": "BYTES", "shape": [-1]}],
        "outputs": [{"name": "TEXT_OUT", "datatype": "BYTES", "shape": [-1]}],
    },
    "llm": {
        "platform": "ensemble",
        "inputs": [
            {"name": "text_input", "datatype": "BYTES", "shape": [1]},
            {"name": "max_tokens", "datatype": "INT32", "shape": [1]},
            {"name": "stop_words", "datatype": "BYTES", "shape": [-1]},
            {"name": "stream", "datatype": "BOOL", "shape": [1]},
        ],
        "outputs": [{"name": "text_output", "datatype": "BYTES", "shape": [-1]}],
    },
    "slow": {"platform": "python", "inputs": [], "outputs": []},
    "heavy": {"platform": "python", "inputs": [], "outputs": []},
    "broken": {"platform": "python", "inputs": [], "outputs": []},
    "pipeline": {"platform": "ensemble", "inputs": [], "outputs": []},
}
PARTS = {"pipeline": ["adder", "echo"]}


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


class State:
    def __init__(self, mode):
        self.mode, self.lock = mode, threading.Lock()
        self.states = {name: ("READY", "") for name in ("adder", "llm")}
        self.counts = dict.fromkeys(MODELS, 0)
        self.log = []

    def index(self, only_ready):
        entries = []
        for name in MODELS:
            state, reason = self.states.get(name, (None, None))
            if only_ready and state != "READY":
                continue
            # Models that were never loaded stand there with their name alone.
            entries.append({"name": name} if state is None else {"name": name, "version": "1", "state": state, "reason": reason})
        return entries

    def check_control(self):
        if self.mode != "explicit":
            raise Refusal(503, "explicit model load / unload is not allowed if polling is enabled")

    def load(self, name, parameters):
        self.check_control()
        if any(key.startswith("file:") for key in parameters) and "config" not in parameters:
            raise Refusal(400, f"failed to load '{name}', override model directory requires config override")
        if "config" in parameters:
            json.loads(parameters["config"])
        for key, value in parameters.items():
            if key.startswith("file:"):
                base64.b64decode(value, validate=True)
        if name not in MODELS:
            raise Refusal(500, f"failed to load '{name}', failed to poll from model repository")
        if name == "broken":
            self.states[name] = ("UNAVAILABLE", "Internal: failed to load model 'broken'")
            raise Refusal(500, "load failed for model 'broken': version 1 is at UNAVAILABLE state: Internal: no such file;\n")
        if name == "heavy" and any(self.states.get(other, ("",))[0] == "READY" for other in MODELS if other != "heavy"):
            raise Refusal(500, "load failed for model 'heavy': version 1 is at UNAVAILABLE state: Internal: out of memory;\n")
        if name == "slow":
            self.states[name] = ("LOADING", "")
            time.sleep(0.6)
        for part in PARTS.get(name, []):
            self.states[part] = ("READY", "")
        self.states[name] = ("READY", "")

    def unload(self, name, dependents):
        self.check_control()
        if name not in MODELS:
            raise Refusal(500, f"failed to unload '{name}', unknown model")
        for part in PARTS.get(name, []) if dependents else []:
            self.finish_unload(part)
        if self.states.get(name, ("",))[0] == "READY":
            # The answer comes before the model has left.
            self.states[name] = ("UNLOADING", "")
            threading.Timer(0.3, self.finish_unload, [name]).start()

    def finish_unload(self, name):
        self.states[name] = ("UNAVAILABLE", "unloaded")

    def ready(self, name):
        return self.states.get(name, ("",))[0] == "READY"

    def need(self, name):
        if name not in MODELS:
            raise Refusal(404, f"Request for unknown model: '{name}' is not found")
        if not self.ready(name):
            raise Refusal(400, f"Request for unknown model: '{name}' has no available versions")
        return MODELS[name]


def elements(tensor, body, position):
    """A tensor's values, and where the next one's bytes begin."""
    size = tensor.get("parameters", {}).get("binary_data_size")
    if size is None:
        return tensor["data"], position
    data = body[position : position + size]
    if tensor["datatype"] == "FP32":
        return list(struct.unpack(f"<{size // 4}f", data)), position + size
    values, at = [], 0
    while at < size:
        (length,) = struct.unpack_from("<I", data, at)
        values.append(data[at + 4 : at + 4 + length].decode())
        at += 4 + length
    return values, position + size


def infer(model, head, body):
    values, position = {}, 0
    for tensor in head["inputs"]:
        wanted = next((port for port in MODELS[model]["inputs"] if port["name"] == tensor["name"]), None)
        if wanted is None:
            raise Refusal(400, f"unexpected inference input '{tensor['name']}' for model '{model}'")
        if wanted["datatype"] != tensor["datatype"]:
            raise Refusal(400, f"inference input '{tensor['name']}' data-type is '{tensor['datatype']}', but model expects '{wanted['datatype']}'")
        values[tensor["name"]], position = elements(tensor, body, position)
    missing = [port["name"] for port in MODELS[model]["inputs"] if port["name"] not in values]
    if missing:
        raise Refusal(400, f"expected {len(MODELS[model]['inputs'])} inputs but got {len(values)} inputs for model '{model}'. Got input(s) {sorted(values)}")
    if model == "adder":
        name, datatype, result = "SUM", "FP32", [a + b for a, b in zip(values["A"], values["B"])]
        raw = struct.pack(f"<{len(result)}f", *result)
    else:
        name, datatype, result = "TEXT_OUT", "BYTES", values["TEXT"]
        raw = b"".join(struct.pack("<I", len(v.encode())) + v.encode() for v in result)
    output = {"name": name, "datatype": datatype, "shape": [len(result)]}
    asked = next((o for o in head.get("outputs", []) if o["name"] == name), {})
    is_binary = asked.get("parameters", {}).get("binary_data", head.get("parameters", {}).get("binary_data_output", False))
    if is_binary:
        output["parameters"] = {"binary_data_size": len(raw)}
    else:
        output["data"], raw = result, b""
    answer = {"model_name": model, "model_version": "1", "outputs": [output]}
    if "id" in head:
        answer["id"] = head["id"]
    return json.dumps(answer).encode(), raw


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = None

    def log_message(self, *_):
        pass

    def reply(self, status, value=None, raw=None, headers=()):
        body = b"" if value is None and raw is None else raw if raw is not None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if raw is None else "application/octet-stream")
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body):
        try:
            self.route(self.command, self.path.strip("/").split("/"), body)
        except Refusal as refusal:
            self.reply(refusal.status, {"error": refusal.message})
        except (ValueError, KeyError) as error:
            self.reply(400, {"error": f"failed to parse the request JSON buffer: {error}"})
        except ConnectionError:
            self.state.log.append(["left"])

    def route(self, method, path, body):
        state = self.state
        if path == ["log"]:
            return self.reply(200, state.log)
        state.log.append([method, "/" + "/".join(path), dict(self.headers.items()), body.decode(errors="replace")[:4000]])
        match method, path:
            case "GET", ["v2"]:
                extensions = ["classification", "sequence", "model_repository", "model_repository(unload_dependents)", "model_configuration", "binary_tensor_data", "parameters", "statistics"]
                return self.reply(200, {"name": "triton", "version": "2.60.0", "extensions": extensions})
            case "GET", ["v2", "health", "live" | "ready"]:
                return self.reply(200)
            case "POST", ["v2", "repository", "index"]:
                return self.reply(200, state.index(json.loads(body or b"{}").get("ready", False)))
            case "POST", ["v2", "repository", "models", model, "load"]:
                with state.lock:
                    state.load(model, json.loads(body or b"{}").get("parameters", {}))
                return self.reply(200)
            case "POST", ["v2", "repository", "models", model, "unload"]:
                with state.lock:
                    state.unload(model, json.loads(body or b"{}").get("parameters", {}).get("unload_dependents", False))
                return self.reply(200)
            case "GET", ["v2", "models", model, "ready"]:
                return self.reply(200 if state.ready(model) else 400)
            case "GET", ["v2", "models", model]:
                return self.reply(200, {"name": model, "versions": ["1"], **state.need(model)})
            case "GET", ["v2", "models", model, "config"]:
                state.need(model)
                return self.reply(200, {"name": model, "max_batch_size": 0})
            case "GET", ["v2", "models", model, "stats"]:
                state.need(model)
                count = state.counts[model]
                stats = {"success": {"count": count, "ns": count * 1000}, "fail": {"count": 0, "ns": 0}}
                return self.reply(200, {"model_stats": [{"name": model, "version": "1", "inference_count": count, "execution_count": count, "inference_stats": stats}]})
            case "POST", ["v2", "models", model, "infer"]:
                state.need(model)
                length = int(self.headers.get("Inference-Header-Content-Length", len(body)))
                head, raw = infer(model, json.loads(body[:length]), body[length:])
                state.counts[model] += 1
                return self.reply(200, raw=head + raw, headers=[("Inference-Header-Content-Length", str(len(head)))])
            case "POST", ["v2", "models", model, "generate" | "generate_stream" as verb]:
                state.need(model)
                return self.generate(model, json.loads(body), verb == "generate_stream")
        raise Refusal(404, "Not Found")

    def generate(self, model, fields, streams):
        if model != "llm":
            raise Refusal(400, f"unexpected inference input 'text_input' for model '{model}'")
        if "text_input" not in fields or "max_tokens" not in fields:
            raise Refusal(400, "expected 4 inputs but got fewer inputs for model 'llm'.")
        words = ["You", " said", " ", str(len(fields["text_input"])), " letters", ".", "<|im_", "end|>", " Beyond the end."]
        if "forever" in fields["text_input"]:
            words = ["on "] * 2000
        words = words[: fields["max_tokens"]]
        self.state.counts[model] += 1
        if not streams:
            return self.reply(200, {"model_name": model, "model_version": "1", "text_output": "".join(words)})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for word in words:
            event = f"data: {json.dumps({'model_name': model, 'model_version': '1', 'text_output': word})}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            self.wfile.flush()
            if len(words) > 100:
                time.sleep(0.01)
        self.wfile.write(b"0\r\n\r\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=["explicit", "none"], default="explicit")
    Handler.state = State(parser.parse_args().mode)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
