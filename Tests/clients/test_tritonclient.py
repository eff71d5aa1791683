"""Talks to a server of its own with Triton's client, over HTTP and gRPC.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_tritonclient.py

Needs the models centerface, silero-vad and pp-ocrv4 in MARTLET_HOME. Prints "N passed, N failed" and exits with 1 when a check
failed.
"""

import http.client
import json
import os
import queue
import random
import socket
import subprocess
import sys
import tempfile
import time

import grpc
import ml_dtypes
import numpy
import tritonclient.grpc
import tritonclient.http
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import InferenceServerException

from support.checks import check, checks, run_checks
from support.server import BINARY, CHECKOUT, ServerProcess, free_port, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.environ.get("MARTLET_HOME", os.path.expanduser("~/.cache/martlet"))
NAMES = {key: value for key, value in os.environ.items() if not key.startswith("MARTLET_") and key != "AI_API_TOKEN"}
TOKEN = "token-of-the-tests"
AUTHORIZATION = {"authorization": f"Bearer {TOKEN}"}


class HTTP(tritonclient.http.InferenceServerClient):
    kit = tritonclient.http

    def __init__(self, port, token=TOKEN):
        super().__init__(f"127.0.0.1:{port}", network_timeout=120, connection_timeout=10)
        self.token = token

    def asked(self, method, *arguments, **options):
        return getattr(self, method)(*arguments, headers={"Authorization": f"Bearer {self.token}"}, **options)

    def tensor(self, name, array, type):
        tensor = self.kit.InferInput(name, list(array.shape), type)
        tensor.set_data_from_numpy(array, binary_data=True)
        return tensor


class GRPC(tritonclient.grpc.InferenceServerClient):
    kit = tritonclient.grpc

    def __init__(self, port, token=TOKEN):
        super().__init__(f"127.0.0.1:{port}")
        self.token = token

    def asked(self, method, *arguments, **options):
        if method == "infer":
            options.setdefault("client_timeout", 120)
        return getattr(self, method)(*arguments, headers={"authorization": f"Bearer {self.token}"}, **options)

    def tensor(self, name, array, type):
        tensor = self.kit.InferInput(name, list(array.shape), type)
        tensor.set_data_from_numpy(array)
        return tensor


def examples():
    def ends(kind):
        return numpy.array([[numpy.iinfo(kind).min, numpy.iinfo(kind).max], [1, 2]], kind)

    arrays = {f"{sign}INT{bits}": ends(f"{sign.lower()}int{bits}") for sign in ("", "U") for bits in (8, 16, 32, 64)}
    arrays["BOOL"] = numpy.array([[True, False]])
    arrays["FP16"] = numpy.array([[1.5, -0.25], [65504, 0]], numpy.float16)
    arrays["BF16"] = numpy.array([[1.5, -0.25], [3e38, 0]], ml_dtypes.bfloat16)
    arrays["FP32"] = numpy.array([[0.1, -1e38], [numpy.nan, numpy.inf]], numpy.float32)
    arrays["FP64"] = numpy.array([[0.1, -1e300], [numpy.nan, -numpy.inf]], numpy.float64)
    arrays["BYTES"] = numpy.array([[b"", b"\x00\xff"], ["größer 🐦".encode(), b"x" * 70000]], numpy.object_)
    return arrays


def same(got, sent, type):
    if type == "BYTES":
        return [bytes(item) for item in got.flatten()] == [bytes(item) for item in sent.flatten()]
    return got.shape == sent.shape and got.tobytes() == sent.tobytes()


def refused(call, *statuses):
    try:
        call()
    except InferenceServerException as error:
        assert str(error) and isinstance(error.message(), str), repr(error.message())
        assert error.status() in statuses, f"status {error.status()} ({error.message()}) instead of {statuses}"
        return error.message()
    raise AssertionError("an error was expected")


def bad_request(client):
    return "400" if isinstance(client, HTTP) else "StatusCode.INVALID_ARGUMENT"


def both(function):
    """A check that runs over HTTP and over gRPC."""
    for kind in (HTTP, GRPC):

        def run(kind=kind):
            client = kind(server.port if kind is HTTP else server.grpc_port)
            try:
                function(client)
            finally:
                client.close()

        run.__name__ = f"{function.__name__} ({kind.__name__})"
        checks.append(run)
    return function


# Over both


@both
def the_server_lives_and_is_ready(client):
    assert client.asked("is_server_live") and client.asked("is_server_ready")
    for name in ("echo", "words", "vad", "centerface", "silero-vad", "pp-ocrv4.det", "pp-ocrv4.rec", "pp-ocrv4.cls"):
        assert client.asked("is_model_ready", name), name
    for name in ("broken", "nope"):
        assert not client.asked("is_model_ready", name), name
    assert client.asked("is_model_ready", "echo", "1") and not client.asked("is_model_ready", "echo", "2")


@both
def metadata_is_told(client):
    def plain(document):
        if isinstance(client, HTTP):
            return document
        return json.loads(json.dumps(tritonclient_json(document)))

    server_data = plain(client.asked("get_server_metadata"))
    assert server_data["name"] == "martlet" and "binary_tensor_data" in server_data["extensions"]
    face = plain(client.asked("get_model_metadata", "centerface"))
    assert face["platform"] == "onnxruntime_onnx" and face["versions"] == ["1"]
    assert face["inputs"][0]["datatype"] == "FP32" and len(face["outputs"]) == 4, face
    echo = plain(client.asked("get_model_metadata", "echo"))
    assert {port["datatype"] for port in echo["inputs"]} == set(examples())
    refused(lambda: client.asked("get_model_metadata", "nope"), "404", "StatusCode.NOT_FOUND")
    refused(lambda: client.asked("get_model_metadata", "broken"), "503", "StatusCode.UNAVAILABLE")
    config = client.asked("get_model_config", "centerface")
    config = plain(config) if isinstance(client, HTTP) else plain(config)["config"]
    assert config["input"][0]["data_type"] == "TYPE_FP32" and config["name"] == "centerface"


def tritonclient_json(message):
    from google.protobuf import json_format

    return json_format.MessageToDict(message, preserving_proto_field_name=True)


@both
def every_type_makes_the_round_trip(client):
    arrays = examples()
    inputs = [client.tensor(f"in_{type.lower()}", array, type) for type, array in arrays.items()]
    result = client.asked("infer", "echo", inputs, request_id="r 7")
    response = result.get_response()
    assert (response["id"] if isinstance(client, HTTP) else response.id) == "r 7"
    for type, array in arrays.items():
        assert same(result.as_numpy(f"out_{type.lower()}"), array, type), type
    wanted = [client.kit.InferRequestedOutput(name) for name in ("out_bytes", "out_int8")]
    result = client.asked("infer", "echo", inputs, outputs=wanted)
    assert result.as_numpy("out_fp32") is None and same(result.as_numpy("out_bytes"), arrays["BYTES"], "BYTES")


@both
def real_models_compute(client):
    state = numpy.zeros((2, 1, 128), numpy.float32)
    tone = (numpy.sin(numpy.arange(512) / 8) * 0.3).astype(numpy.float32).reshape(1, 512)
    inputs = lambda: [
        client.tensor("input", tone, "FP32"), client.tensor("state", state, "FP32"),
        client.tensor("sr", numpy.array(16000, numpy.int64), "INT64"),
    ]
    first = client.asked("infer", "silero-vad", inputs())
    chance = first.as_numpy("output")
    assert chance.shape == (1, 1) and 0 <= chance[0][0] <= 1 and first.as_numpy("stateN").shape == (2, 1, 128)
    assert client.asked("infer", "vad", inputs()).as_numpy("output").tobytes() == chance.tobytes()
    picture = numpy.zeros((1, 3, 64, 96), numpy.float32)
    found = client.asked("infer", "pp-ocrv4.det", [client.tensor("x", picture, "FP32")])
    output = found.get_output(found.get_response()["outputs"][0]["name"]) if isinstance(client, HTTP) else found.get_response().outputs[0]
    shape = output["shape"] if isinstance(client, HTTP) else list(output.shape)
    assert shape == [1, 1, 64, 96], shape


@both
def what_does_not_fit_is_refused(client):
    bad = bad_request(client)
    x = numpy.zeros((1, 3, 32, 32), numpy.float32)
    text = refused(lambda: client.asked("infer", "centerface", [client.tensor("nope", x, "FP32")]), bad)
    assert "nope" in text, text
    refused(lambda: client.asked("infer", "centerface", []), bad)
    refused(lambda: client.asked("infer", "pp-ocrv4.det", [client.tensor("x", x.astype(numpy.float64), "FP64")]), bad)
    refused(lambda: client.asked("infer", "pp-ocrv4.det", [client.tensor("x", x[0], "FP32")]), bad)
    refused(
        lambda: client.asked("infer", "pp-ocrv4.det", [client.tensor("x", x[:, :1], "FP32")]), bad, "422")
    ok = client.tensor("x", x, "FP32")
    refused(
        lambda: client.asked("infer", "pp-ocrv4.det", [ok], outputs=[client.kit.InferRequestedOutput("nope")]), bad)
    refused(lambda: client.asked("infer", "nope", [ok]), "404", "StatusCode.NOT_FOUND")
    refused(lambda: client.asked("infer", "pp-ocrv4.det", [ok], model_version="3"), "404", "StatusCode.NOT_FOUND")
    refused(lambda: client.asked("infer", "pp-ocrv4.det", [ok], sequence_id=5, sequence_start=True), bad)


@both
def a_handler_that_fails_or_dies_is_told_and_comes_back(client):
    inputs = [client.tensor(f"in_{type.lower()}", array, type) for type, array in examples().items()]
    refused(lambda: client.asked("infer", "echo", inputs, parameters={"fail": True}), "502", "StatusCode.INTERNAL")
    refused(lambda: client.asked("infer", "echo", inputs, parameters={"crash": True}), "503", "StatusCode.UNAVAILABLE")
    assert same(client.asked("infer", "echo", inputs).as_numpy("out_bool"), examples()["BOOL"], "BOOL")
    started = time.monotonic()
    refused(
        lambda: client.asked("infer", "echo", inputs, parameters={"sleep": 30}, timeout=300_000),
        "504", "StatusCode.DEADLINE_EXCEEDED")
    assert time.monotonic() - started < 10


@both
def tokens_are_wanted(client):
    client.token = "wrong-token"
    refused(lambda: client.asked("get_server_metadata"), "401", "StatusCode.UNAUTHENTICATED")
    refused(lambda: client.asked("infer", "echo", []), "401", "StatusCode.UNAUTHENTICATED")
    assert client.asked("is_server_live")


# HTTP


@check
def json_and_binary_may_be_mixed():
    client = HTTP(server.port)
    inputs = []
    for type, array in examples().items():
        tensor = tritonclient.http.InferInput(f"in_{type.lower()}", list(array.shape), type)
        binary = type in ("FP16", "BF16", "FP32", "FP64", "BYTES", "INT8")
        tensor.set_data_from_numpy(array, binary_data=binary)
        inputs.append(tensor)
    outputs = [
        tritonclient.http.InferRequestedOutput(f"out_{name}", binary_data=binary)
        for name, binary in (("int64", False), ("uint64", False), ("bool", False), ("fp32", False), ("int8", True), ("bytes", True))
    ]
    result = client.asked("infer", "echo", inputs, outputs=outputs)
    for type in ("INT64", "UINT64", "BOOL", "INT8", "BYTES"):
        assert same(result.as_numpy(f"out_{type.lower()}"), examples()[type], type), type
    # JSON has no NaN and no infinity: both come as null.
    assert numpy.isnan(result.as_numpy("out_fp32")[1]).all()
    wanted = [tritonclient.http.InferRequestedOutput("out_bytes", binary_data=False)]
    refused(lambda: client.asked("infer", "echo", inputs, outputs=wanted), "400")


def post(path, body, headers={}):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", path, body, {**AUTHORIZATION, **headers})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, json.loads(data)


@check
def bad_bodies_have_their_statuses():
    path = "/v2/models/pp-ocrv4.det/infer"
    huge = {"name": "x", "datatype": "FP32", "shape": [1, 3, 10**9, 10**9], "data": [1]}
    cases = {
        b"": 400, b"{": 400, b"[]": 400, b'{"inputs":[{}]}': 400, b"\xff\xfe": 400, b"[" * 100_000: 400,
        json.dumps({"inputs": [huge]}).encode(): 400,
        json.dumps({"inputs": [{**huge, "shape": [2**62, 2**62]}]}).encode(): 400,
        json.dumps({"inputs": [{**huge, "shape": [1, 3, 1, 1], "data": [1, 2, float("nan")]}]}).encode(): 400,
        json.dumps({"inputs": [{**huge, "shape": "1"}]}).encode(): 400,
        json.dumps({"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 3, 0, 0], "data": []}]}).encode(): 422,
    }
    for body, status in cases.items():
        got = post(path, body)
        assert got[0] == status and isinstance(got[1]["error"], str) and got[1]["code"], (body[:80], got)
    for length in ("x", "-1", "99999999999999999999", "7"):
        assert post(path, b'{"inputs":[]}', {"Inference-Header-Content-Length": length})[0] == 400, length
    assert post(path, b"x", {"Content-Length": str(10**12)})[0] == 413


@check
def files_go_to_handlers():
    boundary = "frontier"
    parts = [("a.txt", b"one two two"), ("../b.txt", b"three")]
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n"
        for name, data in parts
    ) + f"--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    for path in ("/infer/words", "/api/v1/infer/words"):
        status, answer = post(path, body, headers)
        assert status == 200 and answer["segments"] == ["a.txt", "b.txt"] and answer["total_segments"] == 2, answer
        assert answer["prediction"]["words"] == 4 and answer["prediction"]["files"][1]["name"] == "b.txt", answer
    assert post("/infer/vad", body, headers)[0] == 422
    assert post("/infer/broken", body, headers)[0] == 503
    assert post("/infer/nope", body, headers)[0] == 404


# gRPC


@check
def streams_answer_in_order_and_outlive_errors():
    client = GRPC(server.grpc_port)
    answers = queue.Queue()
    client.start_stream(lambda result, error: answers.put((result, error)), headers=AUTHORIZATION)
    arrays = examples()
    inputs = [client.tensor(f"in_{type.lower()}", array, type) for type, array in arrays.items()]
    for index in range(20):
        client.async_stream_infer("nope" if index == 7 else "echo", inputs, request_id=str(index))
    for index in range(20):
        result, error = answers.get(timeout=60)
        if index == 7:
            assert "nope" in str(error)
        else:
            assert error is None and result.get_response().id == str(index), (index, error)
    client.stop_stream()
    client.close()


@check
def typed_contents_are_taken():
    channel = grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}")
    stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
    request = service_pb2.ModelInferRequest(model_name="silero-vad")
    request.inputs.add(name="input", datatype="FP32", shape=[1, 512]).contents.fp32_contents.extend([0.0] * 512)
    request.inputs.add(name="state", datatype="FP32", shape=[2, 1, 128]).contents.fp32_contents.extend([0.0] * 256)
    request.inputs.add(name="sr", datatype="INT64", shape=[]).contents.int64_contents.append(16000)
    answer = stub.ModelInfer(request, metadata=list(AUTHORIZATION.items()), timeout=60)
    assert not answer.raw_output_contents and len(answer.outputs[0].contents.fp32_contents) == 1
    request.inputs[0].shape[1] = 2**40
    try:
        stub.ModelInfer(request, metadata=list(AUTHORIZATION.items()), timeout=60)
        raise AssertionError("an error was expected")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    # Calls of the protocol that aren't served.
    try:
        stub.ModelStatistics(service_pb2.ModelStatisticsRequest(), metadata=list(AUTHORIZATION.items()), timeout=60)
        raise AssertionError("an error was expected")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED
    # A message over the limit.
    big = service_pb2.ModelInferRequest(model_name="silero-vad", raw_input_contents=[b"x" * (80 << 20)])
    try:
        stub.ModelInfer(big, metadata=list(AUTHORIZATION.items()), timeout=60)
        raise AssertionError("an error was expected")
    except grpc.RpcError as error:
        # The transport cuts such a call off where it passes the limit.
        assert error.code() in (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED), error
    assert stub.ServerLive(service_pb2.ServerLiveRequest(), timeout=60).live
    channel.close()


@check
def models_are_unloaded_and_loaded():
    client = GRPC(server.grpc_port)
    index = {model.name: model.state for model in client.asked("get_model_repository_index").models}
    assert index["echo"] == "READY" and index["broken"] == "UNAVAILABLE" and "pp-ocrv4.rec" in index, index
    picture = [client.tensor("x", numpy.zeros((1, 3, 32, 32), numpy.float32), "FP32")]
    for name, inputs in (("pp-ocrv4.det", picture), ("words", [client.tensor("files", numpy.array([b"a"], numpy.object_), "BYTES")])):
        client.asked("infer", name, inputs)
        client.asked("unload_model", name)
        assert not client.asked("is_model_ready", name)
        client.asked("load_model", name)
        assert client.asked("is_model_ready", name)
        client.asked("unload_model", name)
        client.asked("infer", name, inputs)
        assert client.asked("is_model_ready", name)
    refused(lambda: client.asked("load_model", "nope"), "StatusCode.NOT_FOUND")
    refused(lambda: client.asked("load_model", "broken"), "StatusCode.UNAVAILABLE")
    client.close()


@check
def garbage_on_the_grpc_port_harms_nobody():
    noise = random.Random(7)
    for index in range(60):
        with socket.create_connection(("127.0.0.1", server.grpc_port), timeout=10) as connection:
            prefix = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" if index % 2 else b""
            try:
                connection.sendall(prefix + noise.randbytes(noise.randrange(2000)))
            except OSError:
                pass
    client = GRPC(server.grpc_port)
    assert client.asked("is_server_live") and client.asked("is_model_ready", "echo")
    client.close()


@check
def a_taken_grpc_port_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with tempfile.TemporaryDirectory() as folder:
            result = subprocess.run(
                [BINARY, "serve", "--port", str(free_port()), "--grpc-port", str(port)], cwd=folder, timeout=60,
                env={**NAMES, "MARTLET_HOME": HOME}, stdin=subprocess.DEVNULL, capture_output=True)
    assert result.returncode != 0 and b"server.grpc_port" in result.stderr, (result.returncode, result.stderr[-500:])


@check
def zz_the_server_stops_in_good_order():
    """Last: an open stream and a connection don't keep it, and its children end with it."""
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True).stdout.split()
    assert len(children) >= 2, children
    client = GRPC(server.grpc_port)
    client.start_stream(lambda result, error: None, headers=AUTHORIZATION)
    client.async_stream_infer("words", [client.tensor("files", numpy.array([b"a"], numpy.object_), "BYTES")])
    time.sleep(0.5)
    started = time.monotonic()
    status = server.stop()
    assert status == 0, f"exit status {status}"
    assert time.monotonic() - started < 15
    wait_until("its children ended", lambda: not any(os.path.exists(f"/proc/{pid}") for pid in children), 10)
    client.stop_stream()
    client.close()


registry = ",".join(
    [
        f"echo:process:{HERE}/handlers/echo", f"words:process:{CHECKOUT}/Examples/process-handler",
        f"vad:onnx:{HOME}/models/silero-vad", "broken:process:/nonexistent",
    ]
)
server = ServerProcess(
    environment={
        **NAMES, "MARTLET_HOME": HOME, "MODEL_REGISTRY": registry, "AI_API_TOKEN": TOKEN, "MARTLET_SERVER_SHUTDOWN_GRACE": "5s"
    }
)


def main():
    with server:
        ready = HTTP(server.port)
        wait_until("the server is live", lambda: ready.asked("is_server_live"), 30)
        wait_until("the handlers are ready", lambda: all(ready.asked("is_model_ready", name) for name in ("echo", "words", "vad")), 30)
        code = run_checks()
        if code:
            print("".join(f"  | {line}\n" for line in server.lines()[-25:]))
    return code


if __name__ == "__main__":
    sys.exit(main())
