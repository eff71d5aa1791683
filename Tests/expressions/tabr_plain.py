"""TabR's answers from a converted model folder, in plain numpy and float64: a reference that needs neither PyTorch nor pickles."""

import json
import pathlib

import numpy
from safetensors.numpy import load_file


def layer_norm(x, weight, bias):
    centred = x - x.mean(1, keepdims=True)
    return centred / numpy.sqrt((centred ** 2).mean(1, keepdims=True) + 1e-5) * weight + bias


class Model:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.manifest = json.loads((folder / "model.json").read_text())
        self.weights = {name: array.astype(float) for name, array in load_file(folder / "model.safetensors").items()}
        context = load_file(folder / "context.safetensors")
        self.labels, self.keys = context["y"], self.encode(context["x"].astype(float)) @ self.weights["WK.weight"].T

    def residual(self, x, name):
        w = self.weights
        hidden = layer_norm(x, w[f"{name}.0.weight"], w[f"{name}.0.bias"]) @ w[f"{name}.1.weight"].T + w[f"{name}.1.bias"]
        return x + numpy.maximum(hidden, 0) @ w[f"{name}.4.weight"].T + w[f"{name}.4.bias"]

    def encode(self, x):
        z = x @ self.weights["encoder.linear.weight"].T + self.weights["encoder.linear.bias"]
        for number in range(self.manifest["encoder_blocks"]):
            z = self.residual(z, f"encoder.blocks.{number}")
        return z

    def predict(self, rows):
        """Probabilities of label 1 and neighbours, nearest first, of rows whose columns are in the model's order."""
        w, manifest = self.weights, self.manifest
        rows = numpy.where(numpy.isnan(rows), manifest["imputer"]["statistics"], rows)
        x = ((rows - manifest["scaler"]["mean"]) / manifest["scaler"]["scale"]).astype(numpy.float32).astype(float)
        z = self.encode(x)
        probabilities, found = [], []
        for one, k in zip(z, z @ w["WK.weight"].T):
            distances = ((k - self.keys) ** 2).sum(1)
            nearest = distances.argsort(kind="stable")[:manifest["m"]]
            weights = numpy.exp(distances[nearest[0]] - distances[nearest])
            hidden = numpy.maximum((k - self.keys[nearest]) @ w["T.fc1.weight"].T, 0)
            values = w["WY.weight"][self.labels[nearest]] + hidden @ w["T.fc2.weight"].T
            h = self.residual((one + weights / weights.sum() @ values)[None], "predictor")[0]
            logits = w["head.weight"] @ h + w["head.bias"]
            probabilities.append(1 / (1 + numpy.exp(logits[0] - logits[1])))
            found.append(nearest)
        return numpy.array(probabilities), numpy.array(found)
