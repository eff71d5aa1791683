"""Expression features: the whole pipeline against its reference, the models, the service, the jobs, the commands.

    python3 Tests/clients/test_expressions.py [NAME…]

Starts servers of its own. The reference is Tests/expressions/reference.py (OpenCV, dlib, SciPy) and tabr.py (PyTorch); models are
synthetic, clips are composed once into MARTLET_HOME/samples/faces. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import collections
import contextlib
import csv
import functools
import io
import json
import math
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy
import pyarrow.parquet
import torch
import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import InferenceServerException

from support import expressions as faces
from support.checks import check, run_checks
from support.library import Library, at, call
from support.server import ENVIRONMENT, ServerProcess, children, stat, wait_until

import reference  # noqa: E402: only now is its folder on the path
import tabr  # noqa: E402: only now is its folder on the path
import tabr_plain  # noqa: E402: only now is its folder on the path

CLIPS = ["carphone", "astronaut", "portrait"]
WINDOWS = ["hann2d", "none"]
TOKEN = "token-of-the-tests"
ENVELOPE = {"message", "type", "code", "param", "details", "retry_after_ms", "request_id"}
# What no answer may tell: places of this machine, parts of the program.
LEAKS = re.compile(r"/(tmp|root|home|usr|var|etc|proc|work)/|martlet-data|\.swift\b|0x[0-9a-f]{6,}|Optional\(|Traceback|libav|\.dat\b")
REPORT = {"estimator", "detection", "frames", "rows", "segments", "baseline", "duration", "frame_rate", "size", "regions", "warnings", "seconds"}
FRAMES = {"total", "used", "skipped", "detected", "tracked", "several_faces"}
ORIGINAL = {"prediction", "prediction_label", "confidence", "avg_probability", "total_frames", "anxiety_frame_ratio", "non_anxiety_frame_ratio",
            "frame_predictions", "frame_probabilities"}
LABELS = ["non_anxiety", "anxiety"]
models = faces.Models()


class Table:
    """A feature file: its columns, and its rows by number of the frame."""

    def __init__(self, text):
        lines = list(csv.reader(io.StringIO(text)))
        self.columns = lines[0]
        self.rows = [[*map(int, line[:2]), float(line[2]), line[3], line[4], *map(float, line[5:])] for line in lines[1:]]

    @property
    def frames(self):
        return [row[1] for row in self.rows]

    @property
    def features(self):
        return numpy.array([row[5:397] for row in self.rows])

    @property
    def vectors(self):
        return self.features.reshape(len(self.rows), 98, 4)[:, :, :2]


def extract(*names, landmarks=False, **options):
    """Runs the command on clips. Returns the table, the report and, when asked, the lines of landmarks."""
    with tempfile.TemporaryDirectory() as folder:
        rows, places = pathlib.Path(folder, "rows.csv"), pathlib.Path(folder, "places.csv")
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        said = faces.run("extract", *map(faces.clip, names), "-o", rows, *words, *(["--landmarks-out", places] if landmarks else []), "--json")
        report = json.loads(said)
        assert said.count("\n") == 1, said
        return Table(rows.read_text()), report, list(csv.reader(places.open())) if landmarks else None


def check_report(report, table, **values):
    """Whether a report's figures agree with one another and with the rows."""
    frames = report["frames"]
    assert set(report) == REPORT and set(frames) == FRAMES, report
    assert frames["used"] + frames["skipped"] == frames["total"] and frames["detected"] + frames["tracked"] == frames["used"], frames
    assert report["rows"] == frames["used"] - 1 and frames["several_faces"] <= frames["total"], report
    assert report["regions"] == list(reference.BLOCKS) and all(set(warning) == {"code", "message"} for warning in report["warnings"]), report
    if table:
        assert len(table.rows) == report["rows"] and [row[0] for row in table.rows] == list(range(2, frames["used"] + 1)), report
        assert report["baseline"]["video_frame"] < table.frames[0] and sorted(set(table.frames)) == table.frames
        assert {(row[3], row[4]) for row in table.rows} == {(report["estimator"], report["detection"])}
    for key, value in values.items():
        assert report[key] == value, (key, report[key], value)


# The pipeline


@check
def features_equal_the_reference():
    for name in CLIPS:
        for window in WINDOWS:
            rows, places, theirs = faces.expected(name, window=window)
            table, report, landmarks = extract(name, landmarks=True, estimator=window, detection="exact")
            assert table.columns == reference.COLUMNS
            check_report(report, table, estimator=window, detection="exact", frames=theirs["frames"], size=theirs["size"], segments=1)
            assert report["baseline"]["video_frame"] == theirs["baseline"]["video_frame"]
            assert math.isclose(report["duration"], theirs["duration"], abs_tol=0.01) and math.isclose(report["frame_rate"], theirs["frame_rate"], rel_tol=1e-3)
            assert table.frames == [row[1] for row in rows]
            assert all(math.isclose(ours[2], row[2], abs_tol=0.002) for ours, row in zip(table.rows, rows)), name
            different = numpy.argwhere(table.features != numpy.array([row[5:] for row in rows], float))
            assert not len(different), f"{name}, {window}: {len(different)} values differ, the first in frame {table.frames[different[0][0]]}"
            assert landmarks[0][:6] == ["video_frame", "left", "top", "right", "bottom", "x0"] and landmarks[0][-1] == "y67"
            assert [list(map(int, line)) for line in landmarks[1:]] == [[number, *box, *sum(points, ())] for number, box, points in places], name


@check
def tracked_detection_is_nearly_as_good():
    equal = blocks = 0
    for name in CLIPS:
        rows, _, theirs = faces.expected(name)
        table, report, _ = extract(name, estimator="hann2d", detection="tracked")
        check_report(report, table, detection="tracked")
        assert report["frames"]["total"] == theirs["frames"]["total"] and 0 < report["frames"]["detected"] < report["frames"]["used"], report
        vectors = dict(zip(table.frames, table.vectors))
        for row in rows:
            # A frame without a row is wrong in all of its blocks.
            blocks += 98
            if row[1] in vectors:
                equal += (vectors[row[1]] == numpy.array(row[5:], float).reshape(98, 4)[:, :2]).all(1).sum()
    print(f"     {100 * equal / blocks:.2f} % of {blocks} blocks are as with exact detection")
    assert equal >= 0.98 * blocks, equal / blocks


@check
def several_videos_count_as_one():
    rows, _, theirs = faces.expected("second", "second")
    table, report, _ = extract("second", "second")
    check_report(report, table, segments=2, frames=theirs["frames"])
    assert (table.features == numpy.array([row[5:] for row in rows], float)).all() and table.frames == [row[1] for row in rows]
    # The second one's first frame is the baseline itself.
    assert not table.features[24].any() and table.frames[24] == 25 and math.isclose(table.rows[24][2], 1, abs_tol=0.002)
    assert (table.features[25:] == table.features[:24]).all()
    assert "several_segments" in {warning["code"] for warning in report["warnings"]}


@check
def the_improved_estimator_gives_fractions():
    table, report, _ = extract("astronaut", estimator="improved")
    check_report(report, table, estimator="improved")
    x, y, theta, length = numpy.moveaxis(table.features.reshape(-1, 98, 4), 2, 0)
    assert (x != numpy.round(x)).mean() > 0.2 and numpy.isfinite(table.features).all()
    assert numpy.abs(numpy.hypot(x, y) - length).max() < 0.002 and theta.min() >= 0 and theta.max() < 360.0005
    moving = length > 0.1
    assert (numpy.abs((numpy.degrees(numpy.arctan2(y, x)) - theta + 180) % 360 - 180)[moving] < 0.1).all()


# Tensors


class Service:
    """The server that most checks ask: three models, one token. It starts when it is first asked."""

    def __init__(self):
        self.stack = contextlib.ExitStack()

    @functools.cached_property
    def server(self):
        environment = {**ENVIRONMENT, "MODEL_REGISTRY": models.registry, "AI_API_TOKEN": TOKEN}
        server = self.stack.enter_context(ServerProcess(environment=environment))

        def loaded():
            return all(faces.request(server, "GET", f"/api/v1/models/{name}/status", token=TOKEN).json["loaded"] for name in models.OPTIONS)
        wait_until("the models are loaded", loaded, 60)
        return server

    def close(self):
        self.stack.close()


service = Service()
KITS = {"HTTP": tritonclient.http, "gRPC": tritonclient.grpc}


def tensors(kit, model, parameters=None, **inputs):
    """Asks a model with Triton's client, with binary data. Returns its outputs by name."""
    server = service.server
    tensor_types = {"uint8": "UINT8", "float32": "FP32"}
    given = []
    for name, array in inputs.items():
        given.append(kit.InferInput(name, list(array.shape), tensor_types[array.dtype.name]))
        given[-1].set_data_from_numpy(array)
    over_http = kit is tritonclient.http
    port, headers = server.port if over_http else server.grpc_port, {"Authorization" if over_http else "authorization": f"Bearer {TOKEN}"}
    client = kit.InferenceServerClient(f"127.0.0.1:{port}", **({"network_timeout": 120, "connection_timeout": 10} if over_http else {}))
    try:
        known = client.get_model_metadata(model, headers=headers, **({} if over_http else {"as_json": True}))
        result = client.infer(model, given, headers=headers, parameters=parameters)
        return {output["name"]: result.as_numpy(output["name"]) for output in known["outputs"]}
    finally:
        client.close()


def correlated(kit, baseline, current, window):
    found = tensors(kit, "phase-correlation", {"estimator": window}, baseline=baseline, current=current)
    assert found["vector"].dtype == numpy.int32 and found["peak"].dtype == found["surface"].dtype == numpy.float64
    assert numpy.abs(found["surface"].max((1, 2), initial=0) - found["peak"]).max(initial=0) < 1e-15
    return found["surface"], found["vector"]


def noise(count, seed):
    return numpy.random.default_rng(seed).integers(0, 256, (count, 7, 7)).astype(numpy.uint8)


@functools.cache
def blocks():
    """10 000 pairs of blocks: noise, and the regions of a man who talks against those of his first frame."""
    frames, _ = reference.read_frames(faces.clip("carphone"))
    _, places, _ = faces.expected("carphone")
    cut = []
    for number, _, points in places[:52]:
        regions = reference.cut_regions(cv2.cvtColor(frames[number], cv2.COLOR_BGR2GRAY), points)
        cut.append(numpy.array([block for region in regions.values() for block in reference.blocks_of(region)]))
    real = numpy.concatenate(cut[1:])
    count = 10_000 - len(real)
    baseline = numpy.concatenate([noise(count, 1), numpy.tile(cut[0], (len(cut) - 1, 1, 1))])
    return baseline, numpy.concatenate([noise(count, 2), real])


@check
def block_correlations_equal_scipys():
    baseline, current = blocks()
    assert len(baseline) == len(current) == 10_000
    for name, kit in KITS.items():
        for window in WINDOWS:
            surfaces, vectors = correlated(kit, baseline, current, window)
            theirs, expected = reference.correlate(baseline, current, window)
            worst = numpy.abs(surfaces - theirs).max()
            assert worst < 1e-12, (name, window, worst)
            best = numpy.sort(theirs.reshape(-1, 49), 1)
            close = best[:, -1] - best[:, -2] < 1e-9
            assert (vectors == expected)[~close].all(), (name, window)
            print(f"     {name}, {window}: surfaces differ by {worst:.1e} at most, {close.sum()} blocks left out for two peaks")
            assert close.sum() < 100


@check
def every_circular_shift_is_found():
    start = noise(100, 3)
    shifts = [(dx, dy) for dy in range(-3, 4) for dx in range(-3, 4)]
    moved = numpy.concatenate([numpy.roll(start, (dy, dx), (1, 2)) for dx, dy in shifts])
    baseline = numpy.tile(start, (len(shifts), 1, 1))
    surfaces, vectors = correlated(tritonclient.http, baseline, moved, "none")
    assert (vectors == numpy.repeat([(dx, -dy) for dx, dy in shifts], 100, 0)).all()
    assert numpy.abs(surfaces.max((1, 2)) - 1).max() < 1e-12
    # Under the window most are missed, as the original misses them.
    _, vectors = correlated(tritonclient.http, baseline, moved, "hann2d")
    assert (vectors == reference.correlate(baseline, moved, "hann2d")[1]).all()


@check
def even_and_equal_blocks_do_not_move():
    start, zero = noise(50, 4), numpy.zeros((50, 7, 7), numpy.uint8)
    for window in WINDOWS:
        surfaces, vectors = correlated(tritonclient.http, start, start, window)
        assert not vectors.any() and numpy.abs(surfaces[:, 3, 3] - 1).max() < 1e-12
        for b, c in [(zero, start), (start, zero), (zero, zero)]:
            surfaces, vectors = correlated(tritonclient.http, b, c, window)
            assert not surfaces.any() and not vectors.any(), window
    levels = numpy.arange(256, dtype=numpy.uint8)[:, None, None] + numpy.zeros((1, 7, 7), numpy.uint8)
    for level in (1, 100, 255):
        assert not correlated(tritonclient.http, numpy.full_like(levels, level), levels, "hann2d")[1].any()
    # Exactly even blocks without a window are decided by rounding: any answer will do, as long as it is one.
    assert numpy.isfinite(correlated(tritonclient.http, levels, levels[::-1].copy(), "none")[0]).all()


@check
def tensors_that_do_not_fit_are_refused():
    start = noise(5, 5)
    cases = [
        ("phase-correlation", {"estimator": "wide"}, {"baseline": start, "current": start}), ("phase-correlation", None, {"baseline": start}),
        ("phase-correlation", None, {"baseline": start, "current": start[:3]}),
        ("phase-correlation", None, {"baseline": start[:, :5], "current": start[:, :5]}),
        ("phase-correlation", None, {"baseline": start.astype(numpy.float32), "current": start.astype(numpy.float32)}),
        ("tabr", None, {"features": numpy.zeros((2, 391), numpy.float32)}), ("tabr", None, {"rows": numpy.zeros((2, 392), numpy.float32)}),
    ]
    for kit in KITS.values():
        for model, parameters, inputs in cases:
            try:
                tensors(kit, model, parameters, **inputs)
            except InferenceServerException as error:
                assert str(error.status()) in ("400", "422", "StatusCode.INVALID_ARGUMENT"), (model, inputs.keys(), error.status(), error)
                assert not LEAKS.search(str(error.message())), error
            else:
                raise AssertionError(f"{model} took {inputs}")


# The model


@check
def predictions_equal_pytorchs():
    dice = numpy.random.default_rng(9)
    rows = tabr.draw(dice, 1100)[0][:1000].astype(numpy.float32)
    assert len(rows) == 1000
    rows[dice.random(rows.shape) < 0.001] = numpy.nan  # imputed
    for number, (name, options) in enumerate(models.OPTIONS.items()):
        kit = list(KITS.values())[number % 2]
        found = tensors(kit, name, features=rows)
        model, imputer, scaler, _, (context_x, context_y) = tabr.load_original(models.originals / name)
        expected, nearest = tabr.predict(models.originals / name, rows.astype(float))
        worst = numpy.abs(found["probability"] - expected).max()
        assert worst < 1e-5 and numpy.ptp(expected) > 0.05, (name, worst)
        clear = numpy.abs(expected - 0.5) > 1e-5
        assert (found["prediction"] == (expected > 0.5))[clear].all() and set(found["prediction"]) <= {0, 1}, name
        m = min(options.get("m", 8), len(context_y))
        assert found["neighbours"].shape == (len(rows), m) and nearest.shape == (len(rows), m), (name, found["neighbours"].shape)
        with torch.no_grad():
            inputs = torch.from_numpy(tabr.prepare(rows.astype(float), imputer, scaler))
            queries, keys = (model.WK(model.encoder(x)).double() for x in (inputs, torch.from_numpy(context_x)))
        others = 0
        for query, ours, theirs in zip(queries, found["neighbours"], nearest):
            different = sorted(set(ours.tolist()) ^ set(theirs.tolist()))
            assert len(set(ours.tolist())) == m and 0 <= ours.min() and ours.max() < len(context_y)
            if different:
                others += 1
                distances = (query - keys).square().sum(1)
                last = distances.sort().values[m - 1]
                assert ((distances[different] - last).abs() <= 1e-4 * last).all(), (name, distances[different], last)
        print(f"     {name}: probabilities differ by {worst:.1e} at most, {others} of {len(rows)} rows have other neighbours as near")


@check
def the_model_tells_its_tensors():
    for name, m in [("tabr", 8), ("deep", 8)]:
        answer = faces.request(service.server, "GET", f"/v2/models/{name}", token=TOKEN).json
        assert [(i["name"], i["datatype"], i["shape"]) for i in answer["inputs"]] == [("features", "FP32", [-1, 392])], answer
        outputs = {(o["name"], o["datatype"], tuple(o["shape"])) for o in answer["outputs"]}
        assert outputs == {("probability", "FP32", (-1,)), ("prediction", "INT64", (-1,)), ("neighbours", "INT64", (-1, m))}, answer
    body = json.dumps({"inputs": [{"name": "features", "datatype": "FP32", "shape": [1, 392], "data": [0] * 392}]})
    answer = faces.request(service.server, "POST", "/v2/models/tabr/infer", body, "application/json", TOKEN).json
    assert {o["name"]: o["shape"] for o in answer["outputs"]} == {"probability": [1], "prediction": [1], "neighbours": [1, 8]}, answer


# Files to the model


def prediction(answer):
    assert answer.status == 200, (answer.status, answer.body[:500])
    check_clean(answer)
    return answer.json["prediction"]


def check_clean(answer):
    found = LEAKS.search(answer.body.decode())
    assert not found, f"the answer leaks {found.group(0)!r}: {answer.body[:1000]}"


def check_error(answer, status, code, **details):
    """Whether an answer is a whole envelope that leaks nothing. Returns the error."""
    assert answer.status in (status if isinstance(status, tuple) else (status,)), (answer.status, answer.body[:500])
    check_clean(answer)
    error = answer.error
    assert set(answer.json) == {"error"} and set(error) == ENVELOPE and error["message"] and error["request_id"], answer.body
    assert code is None or error["code"] == code, error
    for key, value in details.items():
        assert error["details"] and error["details"].get(key) == value, (key, value, error)
    return error


def check_prediction(found, threshold=0.5):
    """Whether a prediction's figures agree with one another."""
    assert set(found) == ORIGINAL | {"estimator", "detection", "frames", "warnings", "synthetic", "note"}, set(found)
    votes, probabilities, rows = found["frame_predictions"], found["frame_probabilities"], found["total_frames"]
    assert len(votes) == len(probabilities) == rows == found["frames"]["used"] - 1 and rows > 0, found
    assert votes == [int(p > threshold) for p in probabilities] and all(0 <= p <= 1 for p in probabilities)
    ones = sum(votes)
    winner = int(2 * ones > rows)  # as many votes for both: 0
    assert found["prediction"] == winner and found["prediction_label"] == LABELS[winner], found
    assert math.isclose(found["confidence"], (ones if winner else rows - ones) / rows)
    assert math.isclose(found["anxiety_frame_ratio"], ones / rows) and math.isclose(found["non_anxiety_frame_ratio"], 1 - ones / rows, abs_tol=1e-12)
    assert math.isclose(found["avg_probability"], statistics.fmean(probabilities), abs_tol=1e-6)
    assert set(found["frames"]) == FRAMES and found["synthetic"] is True and found["note"] == tabr.NOTE
    assert all(set(warning) == {"code", "message"} for warning in found["warnings"])


def probabilities(model, rows):
    """What PyTorch says of the reference's rows."""
    return tabr.predict(models.originals / model, numpy.array([row[5:] for row in rows], float))[0]


@check
def files_are_judged_as_pytorch_judges_the_references_rows():
    for model, names, path in [("tabr", ["second"], "/api/v1/infer/"), ("deep", ["astronaut"], "/infer/"), ("few", ["carphone"], "/api/v1/infer/"),
                               ("tabr", ["second", "second"], "/infer/"), ("tabr", ["carphone", "second"], "/api/v1/infer/")]:
        answer = faces.infer(service.server, model, *names, token=TOKEN, path=path)
        found = prediction(answer)
        files = [f"{name}.mp4" for name in names]
        assert {key: answer.json[key] for key in ("model", "segments", "total_segments")} == {"model": model, "segments": files, "total_segments": len(files)}
        assert set(answer.json) == {"model", "segments", "total_segments", "prediction"} and answer.headers["Content-Type"].startswith("application/json")
        check_prediction(found)
        rows, _, report = faces.expected(*names)
        assert found["frames"] == report["frames"] and found["estimator"] == "hann2d" and found["detection"] == "exact"
        worst = numpy.abs(numpy.array(found["frame_probabilities"]) - probabilities(model, rows)).max()
        assert worst < 1e-5, (model, names, worst)
        warnings = {warning["code"] for warning in found["warnings"]}
        assert ("several_segments" in warnings) == (len(names) > 1) and "low_frame_rate" in warnings, warnings


@check
def a_tie_is_decided_for_0():
    rows, _, _ = faces.expected("second")
    ranked = numpy.sort(probabilities("tabr", rows))
    assert len(ranked) % 2 == 0 and ranked[len(ranked) // 2] - ranked[len(ranked) // 2 - 1] > 2e-5, ranked
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder, "tie")
        subprocess.run(["cp", "-r", models.imported / "tabr", target], check=True)
        facts = json.loads((target / "model.json").read_text())
        for rank, winner in [(len(ranked) // 2, 0), (len(ranked) // 2 - 1, 1)]:
            facts["threshold"] = float(ranked[rank - 1] + ranked[rank]) / 2
            (target / "model.json").write_text(json.dumps(facts))
            found = json.loads(faces.run("predict", faces.clip("second"), "--model", target, "--json"))
            check_prediction(found, facts["threshold"])
            assert sum(found["frame_predictions"]) == len(ranked) - rank and found["prediction"] == winner, found


@check
def the_routes_have_their_statuses():
    server = service.server
    clip = faces.clip("second").read_bytes()
    body, content_type = faces.form(("a.mp4", clip))

    def post(path="/api/v1/infer/tabr", body=body, content_type=content_type, token=TOKEN, method="POST"):
        return faces.request(server, method, path, body, content_type, token)
    for path in ("/api/v1/infer/tabr", "/infer/tabr"):
        for token, code in [(None, "token_missing"), ("wrong-token", "token_unknown"), ("", "token_missing")]:
            answer = post(path, token=token)
            check_error(answer, 401, code)
            assert answer.headers["WWW-Authenticate"] == "Bearer", answer.headers
        check_error(post(path.replace("tabr", "nope")), 404, "model_not_found")
    # The token comes first, whatever the body and the name.
    check_error(post(content_type="multipart/form-data", token="wrong-token"), 401, "token_unknown")
    check_error(post("/api/v1/infer/nope", b"x", token=None), 401, "token_missing")
    check_error(post(content_type="multipart/form-data"), 400, "multipart_no_boundary")
    check_error(post(body=body[:-40]), 400, "multipart_truncated")
    empty, empty_type = faces.form()
    check_error(post(body=empty, content_type=empty_type), 422, "missing")
    other, other_type = faces.form(("a.mp4", clip), field="file")
    assert check_error(post(body=other, content_type=other_type), 422, "missing")["param"] == "files"
    text = b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\ntext\r\n--b--\r\n'
    check_error(post(body=text, content_type="multipart/form-data; boundary=b"), 422, "missing")
    check_error(post(body=b"{}", content_type="application/json"), 415, "wrong_content_type")
    check_error(post(body=clip, content_type="video/mp4"), 415, "wrong_content_type")
    check_error(post("/api/v1/nothing"), 404, "route_not_found")
    answer = post(method="GET", body=None, content_type=None)
    check_error(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"
    assert faces.request(server, "GET", "/api/v1/health").json == {"status": "healthy"}
    check_error(faces.request(server, "GET", "/api/v1/models"), 401, "token_missing")
    assert faces.request(server, "GET", "/api/v1/models", token=TOKEN).json == {"models": list(models.OPTIONS)}
    answer = faces.request(server, "GET", "/api/v1/models/deep/status", token=TOKEN)
    assert answer.json == {"model": "deep", "loaded": True, "model_dir": "deep"}, answer.json
    check_clean(answer)
    check_error(faces.request(server, "GET", "/api/v1/models/nope/status", token=TOKEN), 404, "model_not_found")


@check
def the_token_is_asked_for_before_the_body():
    head = "POST /api/v1/infer/tabr HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.server.port), timeout=5) as caller:
        started = time.monotonic()
        caller.sendall(head.encode())
        first = caller.recv(1 << 16)
        assert first.startswith(b"HTTP/1.1 401 ") and time.monotonic() - started < 2, first[:200]


BAD = {
    "black": ("no_face", 20, 0), "no_face": ("no_face", 20, 0), "tiny": ("no_face", 25, 0), "one_frame": ("too_few_frames", 1, 1),
    "one_face": ("too_few_faces", 10, 1),
}


@check
def clips_of_no_use_say_why():
    server = service.server
    for name, (code, total, with_face) in BAD.items():
        check_error(faces.infer(server, "tabr", name, token=TOKEN), 422, code, reason=code, frames_total=total, frames_with_face=with_face)
    # Of several files all frames count.
    check_error(faces.infer(server, "tabr", "black", "no_face", token=TOKEN), 422, "no_face", frames_total=40, frames_with_face=0)
    for names in (["long"], ["astronaut", "astronaut", "portrait"]):
        started = time.monotonic()
        check_error(faces.infer(server, "tabr", *names, token=TOKEN), 422, "too_long", reason="too_long")
        assert time.monotonic() - started < 2


@check
def odd_clips_are_survived_and_said():
    server = service.server
    for name, warning in [("two_faces", "several_faces"), ("leaving", "few_usable_frames"), ("variable_rate", "variable_frame_rate"), ("huge", None), ("fast", None)]:
        found = prediction(faces.infer(server, "tabr", name, token=TOKEN))
        check_prediction(found)
        rows, _, report = faces.expected(name)
        assert found["frames"] == report["frames"], (name, found["frames"], report["frames"])
        worst = numpy.abs(numpy.array(found["frame_probabilities"]) - probabilities("tabr", rows)).max()
        assert worst < 1e-5, (name, worst)
        warnings = {entry["code"] for entry in found["warnings"]}
        assert warning is None or warning in warnings, (name, warnings)
        assert ("low_frame_rate" in warnings) == (name != "fast"), (name, warnings)


@check
def files_that_are_no_videos_are_refused():
    server = service.server
    clip = faces.clip("second").read_bytes()
    place = clip.index(b"stbl")
    garbled = clip[:place + 8] + b"\xff" * 400 + clip[place + 408:]
    cases = {
        "text.mp4": (b"This is not a video.\n" * 200, 415, "unsupported_media"), "empty.mp4": (b"", (415, 422), None),
        "head.mp4": (clip[:40], 422, "damaged_media"), "garbled.mp4": (garbled, 422, None), "zeros.mp4": (bytes(100_000), 415, "unsupported_media"),
        "list.mp4": (f"ffconcat version 1.0\nfile '{faces.clip('second')}'\n".encode(), 415, "unsupported_media"),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, source in {"sound.m4a": "sine=d=1"}.items():
            path = pathlib.Path(folder, name)
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, path], check=True)
            cases[name] = path.read_bytes(), 422, "no_video_stream"
    for name, (content, status, code) in cases.items():
        for before in ([], ["second"]):  # after a good file as well
            try:
                check_error(faces.infer(server, "tabr", *before, token=TOKEN, **{name: content}), status, code)
            except AssertionError as error:
                raise AssertionError(f"{name} {'behind another' if before else 'alone'}: {error}") from None
    for name in ("../../etc/passwd", "/etc/shadow.mp4", "n" * 300 + ".mp4"):
        answer = faces.infer(server, "tabr", token=TOKEN, **{name: clip})
        assert answer.status == 200 and "/" not in answer.json["segments"][0], (name, answer.status, answer.body[:200])


# Under load


def cpu_seconds(pid):
    """Of a process and its children."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = [stat(one) for one in [pid, *children(pid)]]
    return sum(int(fields[11]) + int(fields[12]) for fields in found if fields) / ticks


def wait_for_idleness(pid, seconds):
    """Waits until a process computes nothing for half a second. Returns the processor's seconds until then."""
    started, first = time.monotonic(), cpu_seconds(pid)
    while True:
        before = cpu_seconds(pid)
        time.sleep(0.5)
        used = cpu_seconds(pid) - before
        if used < 0.05:
            return cpu_seconds(pid) - first
        assert time.monotonic() - started < seconds, f"still at work after {seconds} s: {used} s of the processor in half a second"


@check
def health_is_told_during_inferences():
    server = service.server
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(faces.infer, server, "tabr", "portrait", "portrait", "portrait", token=TOKEN) for _ in range(4)]
        waits = []
        while not all(one.done() for one in asked):
            started = time.monotonic()
            assert faces.request(server, "GET", "/healthz", timeout=5).status == 200
            waits.append(time.monotonic() - started)
            time.sleep(0.05)
        assert all(prediction(one.result())["total_frames"] == 224 for one in asked)
    print(f"     asked {len(waits)} times during four inferences, {1000 * max(waits):.0f} ms at most")
    assert len(waits) > 20 and max(waits) < 1, max(waits)


@check
def a_caller_who_leaves_stops_the_work():
    server = service.server
    wait_for_idleness(server.pid, 10)
    body, content_type = faces.form(*[(f"{number}.mp4", faces.clip("portrait").read_bytes()) for number in range(3)])
    before = cpu_seconds(server.pid)
    assert faces.request(server, "POST", "/infer/tabr", body, content_type, TOKEN).status == 200
    whole = cpu_seconds(server.pid) - before
    head = (f"POST /infer/tabr HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    wait_for_idleness(server.pid, 10)
    before = cpu_seconds(server.pid)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as caller:
        caller.sendall(head.encode() + body)
        wait_until("a quarter is done", lambda: cpu_seconds(server.pid) - before > whole / 4, 30)
    rest = wait_for_idleness(server.pid, 5)
    print(f"     a whole inference takes {whole:.1f} s of the processor; after the caller left: {rest:.2f} s")
    assert rest < whole / 4, (rest, whole)


def high_water(pid):
    """The most memory that a process ever held, in MiB."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024


# The most memory that the server may ever hold, in MiB: with this crowd it came to 240 to 270, of which 195 were there after the first answer.
CALLERS, PLACES, WAITING, MEMORY = 64, 2, 16, 400


@contextlib.contextmanager
def crowded():
    """A server with little room, and its two tokens."""
    tokens = {"ada": "token-of-ada", "bob": "token-of-bob"}
    configuration = f"server: {{tokens: {json.dumps(tokens)}}}\ninference: {{concurrent: {PLACES}, waiting: {WAITING}}}\n{models.handlers}"
    with ServerProcess(configuration=configuration) as server:
        wait_until("a first answer", lambda: faces.infer(server, "tabr", "second", token=tokens["ada"]).status == 200, 60)
        yield server, tokens


def metrics(server, token):
    return faces.request(server, "GET", "/metrics", token=token).body


@check
def a_crowd_is_served_or_told_when_to_come_back():
    with crowded() as (server, tokens):
        before = high_water(server.pid)
        gate = threading.Barrier(CALLERS)

        def ask(number):
            """Comes back when it is told to, until it is served. Returns the token's name and how often it was sent away."""
            name, refusals = list(tokens)[number % 2], 0
            gate.wait()
            while True:
                answer = faces.infer(server, "tabr", "second", token=tokens[name])
                if answer.status == 200:
                    check_prediction(prediction(answer))
                    return name, refusals
                error = check_error(answer, 429, None)
                assert error["code"] in ("queue_full", "wait_too_long") and error["retry_after_ms"] > 0, error
                assert 1 <= int(answer.headers["Retry-After"]) <= 60 and time.monotonic() - started < 60, answer.headers
                refusals += 1
                time.sleep(int(answer.headers["Retry-After"]))
        started = time.monotonic()
        with ThreadPoolExecutor(CALLERS) as pool:
            served = list(pool.map(ask, range(CALLERS)))
        seconds = time.monotonic() - started
        at_once = collections.Counter(name for name, refusals in served if not refusals)
        print(f"     {at_once['ada']} and {at_once['bob']} of {CALLERS} served at once, all in {seconds:.1f} s; "
              f"memory {before:.0f} MiB before, {high_water(server.pid):.0f} MiB at most")
        # Room is given to those who come first; some of either were among them.
        assert PLACES + WAITING <= sum(at_once.values()) < CALLERS and min(at_once[name] for name in tokens) > 0, at_once
        assert high_water(server.pid) < MEMORY, high_water(server.pid)


@check
def tokens_take_turns():
    """Who comes late with little isn't kept waiting by one who came first with much."""
    with crowded() as (server, tokens):
        ended = []

        def ask(name):
            assert faces.infer(server, "tabr", "astronaut", token=tokens[name]).status == 200
            ended.append(name)
        with ThreadPoolExecutor(20) as pool:
            first = [pool.submit(ask, "ada") for _ in range(12)]
            wait_until("two are at work", lambda: b'martlet_lane_running{lane="inference"} 2' in metrics(server, tokens["ada"]), 10)
            last = [pool.submit(ask, "bob") for _ in range(3)]
            for one in first + last:
                one.result()
        print("     " + " ".join(ended))
        # The line's turns alternate: bob's third comes with ada's third in line, behind what ran and had ended before bob came.
        assert ended[-4:] == ["ada"] * 4, ended


# Jobs


class Studio(Library):
    """A library whose server knows the models."""

    def __init__(self, extra="", workers=2):
        super().__init__(models.handlers + extra, workers)

    def film(self, name):
        """A clip, copied into the folder and added."""
        path = pathlib.Path(self.films, f"{name}.mp4")
        path.write_bytes(faces.clip(name).read_bytes())
        return self.add(str(path))["path"]

    def compute(self, film, **options):
        status, answer = self("POST", at(film, "/expressions"), options or None)
        assert status == 200 and set(answer) == {"job_id", "status"} and answer["status"] == "started", (status, answer)
        return answer["job_id"]

    def raw(self, film, tail="", method="GET", headers=None):
        return call(self.server, method, at(film, "/expressions" + tail), headers=headers, raw=True)

    def features(self, film, form):
        status, content, headers = self.raw(film, f"/features?format={form}")
        assert status == 200 and "attachment" in headers["Content-Disposition"] and f".{form}" in headers["Content-Disposition"], headers
        return content

    def refused(self, method, film, tail, status, code, body=None):
        found, answer = self(method, at(film, "/expressions" + tail), body)
        assert found == status and answer["error"]["code"] == code and set(answer["error"]) == ENVELOPE, (found, answer)
        assert not LEAKS.search(answer["error"]["message"].replace(film, "")), answer

    def kept(self):
        """The files of computed features."""
        place = os.path.join(self.folder.name, "data")
        found = (os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names)
        return sorted(path for path in found if "sqlite" not in path and "thumb" not in path)


def parquet(content):
    """A Parquet file as a table, and the report within."""
    file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
    return file.read(), json.loads(file.schema_arrow.metadata[b"martlet.report"])


def check_forms(text, document, content):
    """Whether CSV, JSON and Parquet hold the same. Returns the CSV's table and the report."""
    table, document = Table(text), json.loads(document)
    assert text.endswith("\n") and '"' not in text and "\r" not in text and document["columns"] == table.columns
    assert set(document) == {"report", "columns", "rows"}
    assert [row[:5] for row in document["rows"]] == [row[:5] for row in table.rows] and [row[5:] for row in document["rows"]] == [row[5:] for row in table.rows]
    arrow, report = parquet(content)
    assert report == document["report"] and arrow.num_rows == len(table.rows) == report["rows"] and arrow.column_names == table.columns
    kinds = [str(field.type) for field in arrow.schema]
    assert kinds == ["int32", "int32", "double", "string", "string"] + ["double"] * (len(kinds) - 5), set(kinds)
    columns = arrow.to_pydict()
    for place, name in enumerate(table.columns):
        ours = [row[place] for row in table.rows]
        same = columns[name] == ours if kinds[place] in ("int32", "string") else numpy.allclose(columns[name], ours, rtol=0, atol=2e-6)
        assert same, name
    return table, report


def ffprobe(path, entries):
    command = ["ffprobe", "-v", "error", "-select_streams", "v", "-count_frames", "-show_entries", f"stream={entries}", "-of", "json", path]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"][0]


def check_overlay(path, source):
    """Whether a video has a source's frames and size, with the mouth's box drawn into it."""
    assert ffprobe(path, "width,height,nb_read_frames") == ffprobe(source, "width,height,nb_read_frames")
    drawn, plain = (reference.read_frames(one)[0] for one in (path, source))
    _, places, _ = faces.expected(source.stem)
    number, _, points = places[len(places) // 2]
    left, top, right, bottom = reference.box(points, reference.REGIONS[2][1], plain[0].shape[1], plain[0].shape[0])
    edge, corner = numpy.s_[top:top + 1, left:right], numpy.s_[:20, -20:]
    changed = [numpy.abs(drawn[number][part].astype(int) - plain[number][part]).mean() for part in (edge, corner)]
    assert changed[0] > 25 > 5 > changed[1], changed


def check_flow(table, places):
    """Whether the flow of some rows is OpenCV's, with y upwards."""
    frames, _ = reference.read_frames(faces.clip("astronaut"))
    regions = {number: reference.cut_regions(cv2.cvtColor(frames[number], cv2.COLOR_BGR2GRAY), points) for number, _, points in places}
    for row in table.rows[::10]:
        theirs = []
        for name in reference.BLOCKS:
            flow = cv2.calcOpticalFlowFarneback(
                regions[places[0][0]][name], regions[row[1]][name], None, 0.5, 2, 13, 5, 5, 1.1, cv2.OPTFLOW_FARNEBACK_GAUSSIAN)
            theirs += [value for block in reference.blocks_of(flow) for value in (block[:, :, 0].mean(), -block[:, :, 1].mean())]
        worst = numpy.abs(numpy.array(row[397:]) - theirs).max()
        assert worst < 0.01, (row[1], worst)


@check
def a_job_computes_and_everything_can_be_had():
    with Studio() as library:
        film = library.film("astronaut")
        before = library.kept()
        options = library.get("/api/expressions/options")
        assert options == {"models": list(models.OPTIONS), "estimators": ["hann2d", "none", "improved"], "detections": ["exact", "tracked"],
                           "available": True, "reason": None}, options
        for tail in ("", "/vectors", "/features", "/features?format=parquet", "/overlay"):
            library.refused("GET", film, tail, 404, "expressions_not_found")
        library.refused("DELETE", film, "", 404, "expressions_not_found")
        job = library.compute(film, flow=True, overlay=True, model="tabr")
        done = library.wait(job)
        assert done["kind"] == "expressions" and done["video_path"] == film and done["progress"] == 100 and done["error"] is None, done
        assert [entry["id"] for entry in library.get("/api/jobs?kind=expressions")] == [job]

        found = library.get(at(film, "/expressions"))
        rows, places, theirs = faces.expected("astronaut")
        assert {"video_path", "job_id", "created_at", "model", "synthetic", "note", "report", "prediction", "overlay", "series"} <= set(found), set(found)
        assert (found["video_path"], found["job_id"], found["model"], found["synthetic"], found["note"], found["overlay"]) == (
            film, job, "tabr", True, tabr.NOTE, True), found
        text = library.features(film, "csv").decode()
        table, report = check_forms(text, library.features(film, "json"), library.features(film, "parquet"))
        assert library.raw(film, "/features")[1].decode() == text and report == found["report"]
        check_report(report, table, estimator="hann2d", detection="exact", frames=theirs["frames"], segments=1)
        assert (table.features == numpy.array([row[5:] for row in rows], float)).all()
        assert table.columns == reference.COLUMNS + [f"{name}_f{axis}{n + 1}" for name, count in reference.BLOCKS.items() for n in range(count) for axis in "xy"]
        check_flow(table, places)

        series = found["series"]
        assert series["video_frame"] == table.frames and numpy.allclose(series["time"], [row[2] for row in table.rows], atol=1e-6)
        lengths = table.features.reshape(-1, 98, 4)[:, :, 3]
        for name, part in zip(reference.BLOCKS, numpy.split(lengths, [24, 48], 1)):
            assert numpy.abs(part.mean(1) - series["magnitude"][name]).max() < 1e-3, name
        expected = probabilities("tabr", rows)
        assert numpy.abs(numpy.array(series["probability"]) - expected).max() < 1e-5
        share = float((expected > 0.5).mean())
        assert found["prediction"]["prediction"] == int(share > 0.5) and math.isclose(found["prediction"]["anxiety_frame_ratio"], share), found["prediction"]

        status, content, _ = library.raw(film, "/vectors?from=1&to=2")
        vectors = json.loads(content)
        assert vectors["grid"] == {"mata_kiri": [6, 4], "mata_kanan": [6, 4], "mulut": [10, 5]}, vectors["grid"]
        assert vectors["resized"] == {"mata_kiri": [48, 32], "mata_kanan": [48, 32], "mulut": [70, 35]}, vectors["resized"]
        within = [row for row in table.rows if 1 <= row[2] <= 2]
        assert len(within) >= 30 and [row["video_frame"] for row in vectors["rows"]] == [row[1] for row in within]
        points_of = {number: points for number, _, points in places}
        for ours, row in zip(vectors["rows"], within):
            assert ours["vectors"] == numpy.array(row[5:397]).reshape(98, 4)[:, :2].flatten().tolist()
            boxes = [list(reference.box(points_of[row[1]], chosen, 640, 480)) for _, chosen, _, _ in reference.REGIONS]
            assert ours["boxes"] == boxes and math.isclose(ours["time"], row[2], abs_tol=1e-6), (ours["boxes"], boxes)
        assert json.loads(library.raw(film, "/vectors?from=100&to=110")[1])["rows"] == []
        for query in ("from=0&to=31", "from=2&to=1", "from=-1&to=1", "from=x&to=1", "from=nan&to=1"):
            status, answer = library("GET", at(film, "/expressions/vectors?" + query))
            assert status == 422 and set(answer["error"]) == ENVELOPE, (query, status, answer)
        assert library("GET", at(film, "/expressions/features?format=xml"))[0] == 422

        status, content, headers = library.raw(film, "/overlay")
        assert status == 200 and headers["Content-Type"] == "video/mp4" and headers["Accept-Ranges"] == "bytes"
        path = pathlib.Path(library.folder.name, "overlay.mp4")
        path.write_bytes(content)
        check_overlay(path, faces.clip("astronaut"))
        status, part, headers = library.raw(film, "/overlay", headers={"Range": "bytes=4-7"})
        assert status == 206 and part == b"ftyp" and headers["Content-Range"] == f"bytes 4-7/{len(content)}", (status, part)

        assert len(library.kept()) > len(before)
        status, content, _ = library.raw(film, method="DELETE")
        assert status == 204 and content == b""
        assert library.kept() == before, library.kept()
        library.refused("GET", film, "", 404, "expressions_not_found")
        library.refused("GET", film, "/overlay", 404, "expressions_not_found")


@check
def a_job_without_extras_has_none():
    with Studio() as library:
        film = library.film("second")
        library.wait(library.compute(film, estimator="none", detection="tracked"))
        found = library.get(at(film, "/expressions"))
        assert (found["model"], found["synthetic"], found["prediction"], found["overlay"], found["series"]["probability"]) == (None, False, None, False, None), found
        table = Table(library.features(film, "csv").decode())
        assert table.columns == reference.COLUMNS and {row[3] for row in table.rows} == {"none"}
        check_report(found["report"], table, estimator="none", detection="tracked")
        library.refused("GET", film, "/overlay", 404, "overlay_not_found")
        # Computed anew, the new result takes the old one's place; a failure leaves it alone.
        library.wait(library.compute(film, model="few"))
        assert library.get(at(film, "/expressions"))["model"] == "few"
        assert [job["status"] for job in library.get("/api/jobs?kind=expressions")] == ["completed"] * 2
        for body in ({"estimator": "wide"}, {"detection": "none"}, {"flow": "perhaps"}, {"model": "nope"}, {"overlay": 3}):
            status, answer = library("POST", at(film, "/expressions"), body)
            assert status == 422 and answer["error"]["param"] == next(iter(body)), (body, status, answer)
        assert library("POST", at(film + "x", "/expressions"))[0] == 404 and library("GET", at(film + "x", "/expressions"))[0] == 404
        # What was computed goes with the video.
        before = library.kept()
        assert library("DELETE", at(film))[0] == 200 and len(library.kept()) < len(before)
        assert not any("expressions" in path for path in library.kept()), library.kept()


@check
def videos_of_no_use_fail_their_jobs_at_once():
    with Studio() as library:
        for name, code in [("no_face", "no_face"), ("one_face", "too_few_faces"), ("one_frame", "too_few_frames")]:
            film = library.film(name)
            failed = library.wait(library.compute(film), ("failed",))
            assert failed["error_code"] == code and failed["attempt"] == 1 and not LEAKS.search(failed["error"]), failed
            library.refused("GET", film, "", 404, "expressions_not_found")
        # What a request may not bring, a job may.
        film = library.film("long")
        library.wait(library.compute(film))
        assert library.get(at(film, "/expressions"))["report"]["frames"]["total"] == 165


@check
def jobs_are_stopped_retried_and_go_one_at_a_time():
    with Studio() as library:
        film = library.film("joined")
        job = library.compute(film)
        status, answer = library("POST", at(film, "/expressions"))
        assert status == 409 and set(answer["error"]) == ENVELOPE, (status, answer)
        wait_until("it is at work", lambda: library.get(f"/api/jobs/{job}")["progress"] > 5, 30)
        assert library("DELETE", f"/api/jobs/{job}")[0] == 200
        wait_for_idleness(library.process.pid, 5)
        gone = library.get(f"/api/jobs/{job}")
        assert gone["status"] == "cancelled" and gone["progress"] < 100, gone
        library.refused("GET", film, "", 404, "expressions_not_found")
        assert not any("expressions" in path for path in library.kept()), library.kept()
        assert library("POST", f"/api/jobs/{job}/retry")[0] == 200
        library.wait(job)
        assert library.get(at(film, "/expressions"))["report"]["frames"] == {"total": 720, "used": 720, "skipped": 0, "detected": 720, "tracked": 0, "several_faces": 0}


@check
def a_killed_server_goes_on_with_its_job():
    with Studio() as library:
        film = library.film("joined")
        job = library.compute(film, overlay=True)
        for percent in (10, 40):
            wait_until("it is in the middle", lambda: library.get(f"/api/jobs/{job}")["progress"] >= percent, 60)
            assert library.get(f"/api/jobs/{job}")["status"] == "processing"
            os.kill(library.process.pid, signal.SIGKILL)
            library.process.process.wait()
            library.process.__exit__(None, None, None)
            library.start()
        done = library.wait(job, seconds=120)
        assert done["progress"] == 100, done
        text = library.features(film, "csv").decode()
        table, report = check_forms(text, library.features(film, "json"), library.features(film, "parquet"))
        check_report(report, table, rows=719)
        expected, _, _ = extract("joined")
        assert table.rows == expected.rows
        # Drafts of the lives before are gone.
        assert not any("draft" in path for path in library.kept()), library.kept()


# Commands


@check
def models_are_imported_and_hold_what_the_original_held():
    """The summary, the folder, and that what it answers is what the pickles answer."""
    dice = numpy.random.default_rng(13)
    rows = tabr.draw(dice, 50)[0].astype(float)
    assert models.registry and set(models.summaries) == set(models.OPTIONS)
    for name, options in models.OPTIONS.items():
        facts = models.summaries[name]
        folder, context = models.imported / name, tabr.load_original(models.originals / name)[4]
        m = options.get("m", 8)
        assert {"features": 392, "context_rows": len(context[1]), "m": m, "synthetic": True, "landmarks": False}.items() <= facts.items(), facts
        assert sorted(path.name for path in folder.iterdir()) == ["context.safetensors", "model.json", "model.safetensors"]
        model = tabr_plain.Model(folder)
        assert model.manifest["m"] == m and model.manifest["encoder_blocks"] == options.get("encoder_blocks", 0)
        assert numpy.abs(model.predict(rows)[0] - tabr.predict(models.originals / name, rows)[0]).max() < 1e-5
    with tempfile.TemporaryDirectory() as folder:
        # Landmarks come along; the summary is plain text where JSON isn't asked for.
        source = pathlib.Path(folder, "source")
        tabr.make_original(source, rows=50, batches=1, context="pt", landmarks=reference.LANDMARKS)
        said = faces.run("import", source, "--to", pathlib.Path(folder, "target"))
        assert "392 features" in said and "synthetic" in said, said
        assert pathlib.Path(folder, "target/shape_predictor_68_face_landmarks.dat").stat().st_size == os.path.getsize(reference.LANDMARKS)


@check
def evil_models_are_refused_and_nothing_is_executed():
    for place in ("checkpoint", "joblib", "array"):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            executed = tabr.make_evil(folder / "evil", place)
            for words in ([], ["--json"]):
                said = faces.run("import", folder / "evil", "--to", folder / "target", *words, code=2)
                line = said.splitlines()[-1]
                assert line.startswith("martlet: The model can't be imported: ") and "posix.system" in line, said
                assert str(folder) not in said, said
                assert not executed.exists() and not (folder / "target").exists() and sorted(path.name for path in folder.iterdir()) == ["evil"]
            # The trap does work on those who step into it.
            with contextlib.suppress(Exception):
                tabr.load_original(folder / "evil")
            assert executed.exists()


@check
def folders_that_cannot_be_imported_say_why():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source, target = folder / "source", folder / "target"
        assert "isn't there" in faces.run("import", folder / "nothing", "--to", target, code=2)
        source.mkdir()
        assert "lacks a checkpoint" in faces.run("import", source, "--to", target, code=2)
        tabr.make_original(source, rows=50, batches=1)
        (source / "imputer.joblib").write_bytes(b"\x80\x04")
        assert "imputer.joblib is damaged" in faces.run("import", source, "--to", target, code=2) and not target.exists()
        target.mkdir()
        (target / "mine").touch()
        assert "isn't empty" in faces.run("import", source, "--to", target, code=2) and sorted(path.name for path in target.iterdir()) == ["mine"]
        # A folder that isn't a model answers 503, and the server lives.
        registry = f"bad:tabr:{source},none:tabr:{folder}/nothing"
        with ServerProcess(environment={**ENVIRONMENT, "MODEL_REGISTRY": registry}) as server:
            for name in ("bad", "none"):
                check_error(faces.infer(server, name, "second"), 503, None)
                assert faces.request(server, "GET", f"/api/v1/models/{name}/status").json["loaded"] is False


@check
def feature_files_hold_the_same_in_every_form():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for words, columns in [([], 397), (["--flow", "--estimator", "improved"], 397 + 196)]:
            for form in ("csv", "json", "parquet"):
                faces.run("extract", faces.clip("second"), "-o", folder / f"rows.{form}", *words, "-q")
            text = (folder / "rows.csv").read_text()
            # Each run took its own time.
            document = json.loads((folder / "rows.json").read_text())
            document["report"]["seconds"] = parquet((folder / "rows.parquet").read_bytes())[1]["seconds"]
            table, report = check_forms(text, json.dumps(document), (folder / "rows.parquet").read_bytes())
            check_report(report, table)
            assert len(table.columns) == columns and len(table.rows) == 24
        flow = numpy.array([row[397:] for row in table.rows])
        assert numpy.isfinite(flow).all() and (flow != numpy.round(flow)).mean() > 0.5
        assert table.columns[397:401] == ["mata_kiri_fx1", "mata_kiri_fy1", "mata_kiri_fx2", "mata_kiri_fy2"] and table.columns[-1] == "mulut_fy50"
        assert sorted(path.name for path in folder.iterdir()) == ["rows.csv", "rows.json", "rows.parquet"]


@check
def the_command_makes_an_overlay():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "overlay.mp4")
        said = faces.run("extract", faces.clip("carphone"), "--overlay", path)
        frames = faces.expected("carphone")[2]["frames"]
        assert f"{frames['used'] - 1} rows from {frames['used']} of {frames['total']} frames" in said and "warning: " in said, said
        check_overlay(path, faces.clip("carphone"))
        faces.run("extract", faces.clip("portrait"), "--overlay", path, "-q")
        check_overlay(path, faces.clip("portrait"))


@check
def predictions_come_from_the_command_too():
    assert models.registry
    for model, names in [("tabr", ["second"]), ("deep", ["second", "second"])]:
        found = json.loads(faces.run("predict", *map(faces.clip, names), "--model", models.imported / model, "--json"))
        check_prediction(found)
        assert numpy.abs(numpy.array(found["frame_probabilities"]) - probabilities(model, faces.expected(*names)[0])).max() < 1e-5
    said = faces.run("predict", faces.clip("second"), "--model", models.imported / "tabr")
    assert said.startswith(LABELS[found["prediction"]]) or said.startswith(tuple(LABELS)), said
    assert tabr.NOTE in said and "synthetic" in said, said


@check
def commands_end_with_the_codes_of_the_others():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rows, text = folder / "rows.csv", folder / "text.mp4"
        text.write_text("no video " * 100)
        cases = [
            ([folder / "none.mp4", "-o", rows], 2, "There is no file"), ([text, "-o", rows], 2, "not a video"),
            ([faces.clip("no_face"), "-o", rows], 2, "No face was found in any of the 20 frames"),
            ([faces.clip("one_face"), "-o", rows], 2, "Only 1 of 10 frames"), ([faces.clip("one_frame"), "-o", rows], 2, "At least 2 are needed"),
            ([faces.clip("second"), "-o", rows, "--landmarks", folder / "none.dat"], 3, "landmark model isn't there"),
            ([faces.clip("second"), "-o", rows, "--landmarks", text], 3, "landmark model can't be read"),
            ([faces.clip("second"), "-o", folder / "rows.txt"], 64, ".csv, .json or .parquet"), ([faces.clip("second")], 64, "-o features.csv"),
            ([faces.clip("second"), "-o", rows, "--estimator", "wide"], 64, "wide"),
        ]
        for words, code, expected in cases:
            for more in ([], ["--json"]):
                said = faces.run("extract", *words, *more, code=code)
                assert expected in said, (words, said)
                assert code == 64 or said.splitlines()[-1].startswith("martlet: "), said
                assert not rows.exists(), words
        assert models.registry
        faces.run("predict", faces.clip("no_face"), "--model", models.imported / "tabr", code=2)
        said = faces.run("predict", faces.clip("second"), "--model", folder, code=3)
        assert "model.json" in said, said
    # The command has no limit of ten seconds.
    assert extract("long")[1]["frames"]["total"] == 165


@check
def ctrl_c_ends_the_command_at_once():
    with tempfile.TemporaryDirectory() as folder:
        rows = pathlib.Path(folder, "rows.csv")
        command = [faces.BINARY, "expressions", "extract", faces.clip("joined"), "-o", rows]
        process = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_until("it works", lambda: cpu_seconds(process.pid) > 0.5, 20)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        assert process.wait(10) == 130 and time.monotonic() - started < 2 and not list(pathlib.Path(folder).iterdir())


def main():
    try:
        return run_checks()
    finally:
        service.close()
        models.close()


if __name__ == "__main__":
    sys.exit(main())
