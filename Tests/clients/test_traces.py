"""Traces as a collector sees them: what a server exports is decoded with OpenTelemetry's own messages.

    python3 Tests/clients/test_traces.py [NAME…]

Starts servers, a collector and an engine of its own. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import collections
import http.server
import json
import os
import sys
import threading
import urllib.error
import urllib.request

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from support.checks import check, run_checks
from support.server import ENVIRONMENT, ServerProcess, wait_until

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
CLIPS = os.environ.get("MARTLET_CLIPS") or os.path.join(HOME, "samples/clips")
PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Listener:
    """An HTTP server on a free port, while the `with` lasts."""

    def __init__(self, handle):
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, content_type, answer = handle(self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_GET(self):
                self.do_POST()

            def log_message(self, *_):
                pass

        listener.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        listener.url = f"http://127.0.0.1:{listener.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Collector(Listener):
    def __init__(self, refusals=0):
        self.spans, self.headers, self.resources, self.posts, self.refusals = [], [], [], 0, refusals
        super().__init__(self.take)

    def take(self, path, headers, body):
        self.posts += 1
        if self.posts <= self.refusals:
            return 503, "text/plain", b"later"
        assert path == "/v1/traces" and headers["content-type"] == "application/x-protobuf"
        message = ExportTraceServiceRequest.FromString(body)
        # What isn't in the protocol would be kept as unknown fields and make the message longer.
        message.DiscardUnknownFields()
        assert len(message.SerializeToString()) == len(body)
        self.headers.append(headers)
        for resource in message.resource_spans:
            self.resources.append({a.key: a.value.string_value for a in resource.resource.attributes})
            for scope in resource.scope_spans:
                self.spans += scope.spans
        return 200, "application/x-protobuf", ExportTraceServiceResponse().SerializeToString()

    def await_span(self, name, count=1):
        wait_until(f"a span {name}", lambda: len(self.named(name)) >= count, 30)
        return self.named(name)

    def named(self, name):
        return [span for span in self.spans if span.name == name]


class Engine(Listener):
    """An endpoint that answers chats and keeps the headers it was asked with."""

    def __init__(self):
        self.asked = []
        super().__init__(self.answer)

    def answer(self, path, headers, body):
        if not path.endswith("/chat/completions"):
            return 200, "application/json", b'{"data":[{"id":"m"}]}'
        self.asked.append(headers)
        answer = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
                  "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}}
        return 200, "application/json", json.dumps(answer).encode()


def attributes(span):
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}


def configuration(collector, engine=None, extra=""):
    text = f"telemetry: {{otlp_endpoint: '{collector.url}', otlp_headers: {{x-key: secret}}, service_name: bird}}\n{extra}"
    if engine:
        text += f"endpoints: [{{id: far, url: '{engine.url}/v1', dialect: openai, model: m}}]\n"
    return text


def post(server, path, body, headers=None, content_type="application/json"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(server.url(path), data, {"Content-Type": content_type, **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=180) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


CHAT = {"model": "far", "messages": [{"role": "user", "content": "Hello"}]}


@check
def a_chat_is_one_trace_from_the_caller_to_the_engine():
    with Collector() as collector, Engine() as engine, ServerProcess(configuration=configuration(collector, engine)) as server:
        headers = {"traceparent": f"00-{PARENT[0]}-{PARENT[1]}-01", "tracestate": "vendor=1", "X-Request-ID": "abc"}
        assert post(server, "/v1/chat/completions", CHAT, headers)[0] == 200
        [surface] = collector.await_span("POST /v1/chat/completions")
        [wait], [call] = collector.await_span("lane wait"), collector.await_span("endpoint call")
        assert {s.trace_id.hex() for s in (surface, wait, call)} == {PARENT[0]}
        assert surface.parent_span_id.hex() == PARENT[1] and surface.kind == Span.SPAN_KIND_SERVER
        assert wait.parent_span_id == call.parent_span_id == surface.span_id
        assert call.kind == Span.SPAN_KIND_CLIENT and attributes(call)["martlet.endpoint"] == "far"
        assert surface.start_time_unix_nano <= call.start_time_unix_nano <= call.end_time_unix_nano <= surface.end_time_unix_nano
        seen = attributes(surface)
        assert seen["http.response.status_code"] == 200 and seen["martlet.request_id"] == "abc"
        assert seen["gen_ai.usage.input_tokens"] == 3 and seen["gen_ai.usage.output_tokens"] == 1
        assert surface.status.code == Status.STATUS_CODE_UNSET and surface.trace_state == "vendor=1"
        # What the engine was told continues from the call.
        [asked] = engine.asked
        assert asked["traceparent"] == f"00-{PARENT[0]}-{call.span_id.hex()}-01" and asked["tracestate"] == "vendor=1"
        assert collector.resources[0]["service.name"] == "bird" and collector.headers[0]["x-key"] == "secret"


@check
def a_video_question_shows_its_stages_and_the_load_of_its_model():
    with Collector() as collector, ServerProcess(configuration=configuration(collector)) as server:
        form = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nWhich colours?\r\n--x\r\n'
        form += b'Content-Disposition: form-data; name="max_tokens"\r\n\r\n8\r\n--x\r\n'
        form += b'Content-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\n'
        with open(os.path.join(CLIPS, "red-green-blue.mp4"), "rb") as clip:
            form += clip.read() + b"\r\n--x--\r\n"
        status, answer = post(server, "/v1/inference/upload", form, content_type="multipart/form-data; boundary=x")
        assert status == 200, answer
        [surface] = collector.await_span("POST /v1/inference/upload")
        below = collections.Counter(s.name for s in collector.spans if s.trace_id == surface.trace_id)
        for name in ("lane wait", "model load", "endpoint call", "video_question open", "video_question evidence", "video_question answer"):
            assert below[name] >= 1, (name, below)
        [call] = collector.named("endpoint call")
        [load] = collector.named("model load")
        assert load.parent_span_id == call.span_id
        timings = json.loads(answer)["timings"]
        [stage] = collector.named("video_question answer")
        assert abs((stage.end_time_unix_nano - stage.start_time_unix_nano) / 1e9 - timings["answer"]) < 0.01


@check
def faults_of_engines_are_errors_and_faults_of_callers_are_not():
    with Collector() as collector, Engine() as engine:
        text = configuration(collector, engine)
        engine.__exit__()
        with ServerProcess(configuration=text) as server:
            assert post(server, "/v1/chat/completions", CHAT)[0] == 503
            assert post(server, "/v1/chat/completions", b"{")[0] == 400
            first, second = collector.await_span("POST /v1/chat/completions", 2)
            assert first.status.code == Status.STATUS_CODE_ERROR and attributes(first)["error.type"] == "engine_unavailable"
            assert second.status.code == Status.STATUS_CODE_UNSET and attributes(second)["error.type"] == "malformed_json"
            [call] = [s for s in collector.named("endpoint call") if s.trace_id == first.trace_id]
            assert call.status.code == Status.STATUS_CODE_ERROR
    assert engine.url not in str([span for span in collector.spans])


@check
def a_collector_that_is_busy_gets_everything_later():
    with Collector(refusals=2) as collector, ServerProcess(configuration=configuration(collector)) as server:
        for _ in range(20):
            urllib.request.urlopen(server.url("/v1/models"), timeout=10).read()
        spans = collector.await_span("GET /v1/models", 20)
        assert len({s.span_id for s in spans}) == 20
        warnings = [line for line in server.lines() if "traces can't be exported" in line]
        assert len(warnings) == 1, warnings


@check
def the_last_traces_go_out_when_the_server_stops():
    with Collector() as collector, ServerProcess(configuration=configuration(collector)) as server:
        urllib.request.urlopen(server.url("/v1/models"), timeout=10).read()
        assert server.stop() == 0
        assert len(collector.named("GET /v1/models")) == 1


@check
def callers_and_the_share_decide_what_is_recorded():
    with Collector() as collector, Engine() as engine:
        text = configuration(collector, engine).replace("service_name", "trace_share: 0, service_name")
        with ServerProcess(configuration=text) as server:
            assert post(server, "/v1/chat/completions", CHAT)[0] == 200
            unsampled = f"00-{PARENT[0]}-{PARENT[1]}-00"
            assert post(server, "/v1/chat/completions", CHAT, {"traceparent": unsampled})[0] == 200
            sampled = f"00-{PARENT[0]}-{PARENT[1]}-01"
            assert post(server, "/v1/chat/completions", CHAT, {"traceparent": sampled})[0] == 200
            assert len(collector.await_span("POST /v1/chat/completions")) == 1
            assert engine.asked[0]["traceparent"].endswith("-00") and engine.asked[1]["traceparent"] == unsampled


@check
def calls_by_grpc_are_traced():
    import tritonclient.grpc as grpc

    with Collector() as collector, ServerProcess(configuration=configuration(collector)) as server:
        client = grpc.InferenceServerClient(f"127.0.0.1:{server.grpc_port}")
        client.is_server_live(headers={"traceparent": f"00-{PARENT[0]}-{PARENT[1]}-01"})
        [span] = collector.await_span("inference.GRPCInferenceService/ServerLive")
        assert span.trace_id.hex() == PARENT[0] and span.parent_span_id.hex() == PARENT[1]
        assert attributes(span)["rpc.grpc.status_code"] == "OK"


@check
def the_variables_of_opentelemetry_are_read():
    with Collector() as collector:
        environment = {**ENVIRONMENT, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "swift",
                       "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b"}
        with ServerProcess(environment=environment) as server:
            urllib.request.urlopen(server.url("/v1/models"), timeout=10).read()
            collector.await_span("GET /v1/models")
            assert collector.resources[0]["service.name"] == "swift" and collector.headers[0]["x-key"] == "a b"


if __name__ == "__main__":
    sys.exit(run_checks())
