"""Writes small ONNX files, with nothing but the standard library.

    python3 Tests/clients/support/onnx_file.py FILE      the classifier of colours

The numbers of the fields are those of onnx.proto.
"""

import struct
import sys

FLOAT = 1  # TensorProto.DataType


def varint(value):
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def port(name, shape):
    """An input or output of floats. Dimensions that are words are free."""
    dims = b"".join(block(1, block(2, size) if isinstance(size, str) else number(1, size)) for size in shape)
    return block(1, name) + block(2, block(1, number(1, FLOAT) + block(2, dims)))


def constant(name, shape, values):
    """A tensor of floats."""
    dims = b"".join(number(1, size) for size in shape)
    return dims + number(2, FLOAT) + block(8, name) + block(9, struct.pack(f"<{len(values)}f", *values))


def node(operator, inputs, output):
    return b"".join(block(1, name) for name in inputs) + block(2, output) + block(4, operator)


def model(nodes, inputs, outputs, constants=()):
    """A whole file: IR version 8, operators of version 13."""
    graph = b"".join(block(1, part) for part in nodes) + block(2, "graph") + b"".join(block(5, part) for part in constants)
    graph += b"".join(block(11, part) for part in inputs) + b"".join(block(12, part) for part in outputs)
    return number(1, 8) + block(7, graph) + block(8, block(1, "") + number(2, 13))


def colours(batch="n", side=8):
    """Tells red, green and blue pictures apart: ten times the mean of each channel."""
    return model(
        [node("GlobalAveragePool", ["images"], "means"), node("Flatten", ["means"], "flat"), node("MatMul", ["flat", "weights"], "scores")],
        [port("images", [batch, 3, side, side])], [port("scores", [batch, 3])],
        [constant("weights", [3, 3], [10, 0, 0, 0, 10, 0, 0, 0, 10])])


def line(weights, bias, batch="n"):
    """A row's numbers times `weights` (a list for each output), plus `bias`."""
    columns, outputs = len(weights[0]), len(weights)
    turned = [weights[output][column] for column in range(columns) for output in range(outputs)]
    return model(
        [node("MatMul", ["x", "weights"], "products"), node("Add", ["products", "bias"], "y")],
        [port("x", [batch, columns])], [port("y", [batch, outputs])],
        [constant("weights", [columns, outputs], turned), constant("bias", [outputs], bias)])


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(colours())
