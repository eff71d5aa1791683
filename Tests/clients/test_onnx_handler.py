"""Asks ONNX files about pictures and tables, as their handler.yaml says.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_onnx_handler.py [NAME…]

Makes its own models (support/onnx_file.py) and starts its own server. Prints "N passed, N failed"; exits with 1 when a check failed.
"""

import io
import json
import math
import os
import random
import shutil
import sys
import tempfile
import urllib.error
import urllib.request

from PIL import Image

from support import onnx_file
from support.checks import check, run_checks
from support.server import CHECKOUT, ServerProcess, wait_until

EXAMPLE = os.path.join(CHECKOUT, "Examples/onnx-classifier")
COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}

# age, income and height: one number, and two classes.
PRICE = onnx_file.line([[2, 0.5, 1]], [100])
CHOICE = onnx_file.line([[0, 0, 0], [1, 0, 0]], [0, 0])
TABLE = "input: {kind: table, columns: [age, income, height], missing: {age: 38.5}"

HANDLERS = {
    "single": (onnx_file.colours(batch=1), "input: {kind: image, scale: 0.00392156862745098}\noutput: {kind: classes, top: 1}"),
    "means": (onnx_file.colours(), "input: {kind: image, colour: bgr, mean: [1, 2, 3], std: 2}\noutput: {kind: values, name: scores}"),
    "padded": (onnx_file.colours(), "input: {kind: image, resize: pad, pad: 0}\noutput: {kind: values}"),
    "price": (PRICE, TABLE + "}\noutput: {kind: values}"),
    "scaled": (PRICE, TABLE + ", mean: [10, 0, 0], std: [2, 1, 1]}\noutput: {kind: values}"),
    "choice": (CHOICE, TABLE + "}\noutput: {kind: classes, activation: softmax, labels: [no, yes]}"),
    "rows": (onnx_file.line([[2, 0.5, 1]], [100], batch=1), TABLE + "}\noutput: {kind: values}"),
    "plain": (PRICE, None),
    "wrong": (PRICE, "input:\n  kind: table\n  column: [age]\noutput: {kind: values}"),
    "unfit": (onnx_file.colours(side=8), "input: {kind: image, width: 9}\noutput: {kind: values}"),
}
BROKEN = ["wrong", "unfit"]


def write(root):
    """The handlers' folders. Returns the configuration that names them."""
    shutil.copytree(EXAMPLE, os.path.join(root, "colours"))
    with open(os.path.join(root, "colours/model.onnx"), "wb") as file:
        file.write(onnx_file.colours())
    for name, (model, plan) in HANDLERS.items():
        os.mkdir(os.path.join(root, name))
        with open(os.path.join(root, name, "model.onnx"), "wb") as file:
            file.write(model)
        if plan is not None:
            with open(os.path.join(root, name, "handler.yaml"), "w") as file:
                file.write(plan)
    lines = [f'  - {{name: {name}, handler: onnx, dir: "{root}/{name}"}}\n' for name in ["colours", *HANDLERS]]
    return "handlers:\n" + "".join(lines)


def picture(colour, width=8, height=8, format="PNG"):
    written = io.BytesIO()
    Image.new("RGB", (width, height), COLOURS.get(colour, colour)).save(written, format)
    return written.getvalue()


def post(server, name, *files):
    """Asks about files, which are pairs of name and content. Returns the status and the answer."""
    boundary = "boundary-of-the-test"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{file}"\r\n\r\n'.encode()
        + (content.encode() if isinstance(content, str) else content) + b"\r\n"
        for file, content in files
    ]
    request = urllib.request.Request(
        server.url(f"/infer/{name}"), b"".join(parts) + f"--{boundary}--\r\n".encode(),
        {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def results(server, name, *files):
    status, answer = post(server, name, *files)
    assert status == 200, (status, answer)
    assert [result["file"] for result in answer["prediction"]["results"]] == [file for file, _ in files], answer
    return answer["prediction"]["results"]


def refused(server, name, status, code, *files):
    """The error's message, when it is the one expected."""
    found, answer = post(server, name, *files)
    assert (found, answer["error"]["code"]) == (status, code), (found, answer)
    return answer["error"]


def close(numbers, wanted, tolerance=1e-4):
    assert len(numbers) == len(wanted) and all(math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in zip(numbers, wanted)), (numbers, wanted)


@check
def the_example_tells_colours_apart(server):
    files = [(f"{colour}.png", picture(colour, 40, 20)) for colour in COLOURS]
    answers = results(server, "colours", *files)
    best = 1 / (1 + 2 * math.exp(-10))
    for colour, answer in zip(COLOURS, answers):
        classes = answer["classes"]
        assert classes[0]["label"] == colour and classes[0]["index"] == list(COLOURS).index(colour), answer
        close([entry["score"] for entry in classes], [best, (1 - best) / 2, (1 - best) / 2])
    # More than one run holds, of other formats and sizes too.
    order = [random.choice(list(COLOURS)) for _ in range(20)]
    many = [(f"{n}.jpg", picture(colour, 10 + n, 50 - n, random.choice(["JPEG", "BMP", "WEBP", "GIF"]))) for n, colour in enumerate(order)]
    assert [answer["classes"][0]["label"] for answer in results(server, "colours", *many)] == order


@check
def a_model_of_one_picture_takes_several(server):
    files = [(f"{colour}.png", picture(colour)) for colour in COLOURS]
    answers = results(server, "single", *files)
    for index, answer in enumerate(answers):
        assert len(answer["classes"]) == 1 and answer["classes"][0]["index"] == index and "label" not in answer["classes"][0]
        close([answer["classes"][0]["score"]], [10])


@check
def values_are_prepared_as_written(server):
    # Blue, green and red in this order, each less its mean and halved; the model gives ten times the means.
    [answer] = results(server, "means", ("a.png", picture((30, 20, 10))))
    close(answer["values"], [10 * (10 - 1) / 2, 10 * (20 - 2) / 2, 10 * (30 - 3) / 2])
    # Half of the target is padding.
    [answer] = results(server, "padded", ("a.png", picture((200, 100, 50), 16, 8)))
    close(answer["values"], [1000, 500, 250])


@check
def tables_are_read(server):
    text = "height,name,income,age\r\n1,\"a, b\",10,20\r\n2,c,30,\r\n"
    price = [{"values": [146]}, {"values": [194]}]
    [csv] = results(server, "price", ("a.csv", text))
    assert csv == {"file": "a.csv", "rows": price}, csv
    rows = [{"age": 20, "income": 10, "height": 1, "name": "a"}, {"age": None, "income": 30, "height": 2}]
    both = results(server, "price", ("a.json", json.dumps(rows)), ("b.csv", "\ufeff" + text.replace("\r\n", "\n")), ("c.csv", "age,income,height\n"))
    assert [answer["rows"] for answer in both] == [price, price, []], both
    [alone] = results(server, "rows", ("a.csv", text))
    assert alone["rows"] == price, alone
    [scaled] = results(server, "scaled", ("a.csv", text))
    close([row["values"][0] for row in scaled["rows"]], [2 * 5 + 5 + 1 + 100, 2 * 14.25 + 15 + 2 + 100])
    [choice] = results(server, "choice", ("a.csv", "age,income,height\n0,0,0\n2,0,0\n-2,0,0\n"))
    assert [row["classes"][0]["label"] for row in choice["rows"]] == ["no", "yes", "no"], choice
    assert all(len(row["classes"]) == 2 for row in choice["rows"])
    close([row["classes"][0]["score"] for row in choice["rows"]], [0.5, 1 / (1 + math.exp(-2)), 1 / (1 + math.exp(-2))])
    # Rows beyond one run, in their order.
    long = "age,income,height\n" + "".join(f"0,0,{n}\n" for n in range(5000))
    [answer] = results(server, "price", ("long.csv", long))
    assert [row["values"] for row in answer["rows"]] == [[100 + n] for n in range(5000)]


@check
def bad_files_are_the_callers_fault(server):
    red = ("red.png", picture("red", 100, 100))
    error = refused(server, "colours", 422, "not_a_picture", red, ("notes.txt", "no picture at all"))
    assert error["details"] == {"file": "notes.txt"} and "notes.txt" in error["message"] and error["param"] == "files", error
    for content in (b"", b"\x89PNG\r\n\x1a\n", red[1][:60], b"\xff\xd8\xff" + bytes(500), random.randbytes(5000)):
        status, answer = post(server, "colours", ("x.png", content))
        assert 400 <= status < 500 and "x.png" in answer["error"]["message"], (status, answer)
    error = refused(server, "price", 422, "missing_column", ("a.csv", "age,height\n1,2\n"))
    assert error["details"] == {"file": "a.csv", "column": "income"}, error
    error = refused(server, "price", 422, "missing_column", ("a.csv", "age,income,height\n1,2,3\n4,,6\n"))
    assert error["details"] == {"file": "a.csv", "row": 2, "column": "income"}, error
    error = refused(server, "price", 422, "missing_column", ("a.json", '[{"income": 1, "height": 2}, {"height": 1}]'))
    assert error["details"]["row"] == 2, error
    refused(server, "price", 422, "not_a_number", ("a.csv", "age,income,height\n1,many,3\n"))
    for text in ("", "a,\"b", "age,income,height\n1,2\n", "[1]", "[{", '{"a": 1,}', b"age,\xff\n"):
        refused(server, "price", 422, "malformed_table", ("a", text))
    header = "age,income,height\n"
    refused(server, "price", 413, "too_many_rows", ("a.csv", header + "1,2,3\n" * 100_001))
    error = refused(server, "price", 413, "too_many_rows", *[(f"{n}.csv", header + "1,2,3\n" * 50_001) for n in range(2)])
    assert error["details"] == {"limit_rows": 100_000}, error


@check
def tensors_are_taken_as_before(server):
    body = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [2, 3], "data": [20, 10, 1, 38.5, 30, 2]}]}
    for name in ("price", "plain"):
        assert server.call("GET", f"/v2/models/{name}")["inputs"] == [{"name": "x", "datatype": "FP32", "shape": [-1, 3]}]
        answer = server.call("POST", f"/v2/models/{name}/infer", body)
        assert answer["outputs"][0]["data"] == [146, 194], answer
    refused(server, "plain", 422, "takes_no_files", ("a.csv", "age,income,height\n1,2,3\n"))


@check
def a_bad_plan_says_what_is_wrong(server):
    error = refused(server, "wrong", 503, "handler_unusable", ("a.csv", "age\n1\n"))
    assert "handler.yaml, line 3: input.column isn't known" in error["message"], error
    error = refused(server, "unfit", 503, "handler_unusable", ("a.png", picture("red")))
    assert "input.width is 9, where the model takes 8" in error["message"], error


def main():
    with tempfile.TemporaryDirectory() as root, ServerProcess(configuration=write(root)) as server:
        good = [name for name in ["colours", *HANDLERS] if name not in BROKEN]

        def are_loaded():
            return all(server.call("GET", f"/api/v1/models/{name}/status")["loaded"] for name in good)

        wait_until("the handlers are loaded", are_loaded, 60)
        return run_checks(server)


if __name__ == "__main__":
    sys.exit(main())
