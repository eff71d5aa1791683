"""The original's TabR in PyTorch, as a reference for predictions, and synthetic artifacts in the original's forms.

    python tabr.py make FOLDER [--seed 1] [--rows 2000] [--encoder-blocks 0] [--context pt]
    python tabr.py predict FOLDER rows.csv
    python tabr.py evil FOLDER

`make` trains on synthetic rows for a few seconds. The result has the shape of the original's model and knows nothing about people:
use it for tests of software alone. `evil` writes a folder whose checkpoint runs a command when it is unpickled. Needs torch,
scikit-learn, joblib and numpy; opening a folder runs what its pickles say, so open only what this file made.
"""

import argparse
import csv
import json
import os
import pathlib
import shutil
import warnings

import joblib
import numpy
import torch
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler
from torch import nn

BLOCKS = {"mata_kiri": 24, "mata_kanan": 24, "mulut": 50}
FEATURES = [f"{name}_{value}{number + 1}" for name in BLOCKS for number in range(BLOCKS[name]) for value in "xytm"]
NOTE = "Trained on synthetic rows for tests of software; its answers mean nothing."


def residual(d, dropout):
    return nn.Sequential(nn.LayerNorm(d), nn.Linear(d, d), nn.ReLU(), nn.Dropout(dropout), nn.Linear(d, d))


class Encoder(nn.Module):
    def __init__(self, in_dim, d, blocks, dropout):
        super().__init__()
        self.linear = nn.Linear(in_dim, d)
        self.blocks = nn.ModuleList(residual(d, dropout) for _ in range(blocks))

    def forward(self, x):
        z = self.linear(x)
        for block in self.blocks:
            z = z + block(z)
        return z


class Difference(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(d, d, bias=False), nn.Linear(d, d, bias=False)

    def forward(self, delta):
        return self.fc2(torch.relu(self.fc1(delta)))


class LitTabR(nn.Module):
    """Named as the original's, so that its state dict has the same keys."""

    def __init__(self, in_dim, num_classes=2, d=128, m=96, encoder_blocks=0, dropout=0.1, **_):
        super().__init__()
        self.m = m
        self.encoder = Encoder(in_dim, d, encoder_blocks, dropout)
        self.WK = nn.Linear(d, d, bias=False)
        self.WY = nn.Embedding(num_classes, d)
        self.T = Difference(d)
        self.predictor = residual(d, dropout)
        self.head = nn.Linear(d, num_classes)

    def neighbours(self, keys, context_keys):
        """The m nearest context rows of each key, nearest first; of equally near ones the first."""
        found = []
        for some in keys.split(32):
            distances = (some[:, None] - context_keys[None]).square().sum(2)
            found.append(distances.sort(dim=1, stable=True).indices[:, :self.m])
        return torch.cat(found)

    def forward(self, x, context_x, context_y):
        """Logits and neighbours."""
        z, context_keys = self.encoder(x), self.WK(self.encoder(context_x))
        k = self.WK(z)
        with torch.no_grad():
            nearest = self.neighbours(k, context_keys)
        delta = k[:, None] - context_keys[nearest]
        weights = torch.softmax(-delta.square().sum(2), 1)
        values = self.WY(context_y[nearest]) + self.T(delta)
        h = z + (weights[:, :, None] * values).sum(1)
        return self.head(h + self.predictor(h)), nearest


def load_original(folder):
    """The model, imputer, scaler, feature names and context of a folder in the original's forms."""
    folder = pathlib.Path(folder)
    checkpoint = torch.load(folder / "tabr_model.ckpt", map_location="cpu", weights_only=False)
    model = LitTabR(**checkpoint["hyper_parameters"])
    model.load_state_dict(checkpoint["state_dict"])
    if (folder / "context.joblib").exists():
        context = joblib.load(folder / "context.joblib")
    else:
        stored = torch.load(folder / "context.pt", weights_only=False)
        context = stored["ctx_x"].numpy(), stored["ctx_y"].numpy()
    imputer, scaler, names = (joblib.load(folder / f"{name}.joblib") for name in ("imputer", "scaler", "feature_cols"))
    return model.eval(), imputer, scaler, names, context


def prepare(rows, imputer, scaler):
    """Imputed and scaled, as float32."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that rows carry no names
        return scaler.transform(imputer.transform(rows)).astype(numpy.float32)


def predict(folder, rows):
    """Probabilities of label 1 [n] and neighbours [n, m] of rows whose columns are in the model's order."""
    model, imputer, scaler, _, (context_x, context_y) = load_original(folder)
    with torch.no_grad():
        inputs = prepare(rows, imputer, scaler), context_x, context_y
        logits, nearest = model(*(torch.from_numpy(array) for array in inputs))
    return torch.softmax(logits, 1)[:, 1].numpy(), nearest.numpy()


def read_rows(path, names):
    with open(path, newline="") as file:
        return numpy.array([[float(row[name]) for name in names] for row in csv.DictReader(file)])


def draw(dice, count):
    """Synthetic rows, no two alike, and labels. Few blocks move; in rows of label 1 more of them do, with much overlap."""
    labels = dice.integers(0, 2, count)
    rate = numpy.where(labels, 0.045, 0.02) * dice.lognormal(0, 0.5, count)
    steps, weights = numpy.arange(-3, 4), numpy.array([1, 3, 12, 30, 12, 3, 1]) / 62
    blocks = sum(BLOCKS.values())
    moving = dice.random((count, blocks)) < rate[:, None]
    moving[numpy.arange(count), dice.integers(0, blocks, count)] = True
    x, y = (numpy.where(moving, dice.choice(steps, (count, blocks), p=weights), 0) for _ in "xy")
    theta = numpy.round(numpy.degrees(numpy.arctan2(y, x)) % 360, 3)
    rows = numpy.stack([x, y, theta, numpy.round(numpy.hypot(x, y), 3)], 2).reshape(count, -1)
    _, first = numpy.unique(rows, axis=0, return_index=True)
    return rows[numpy.sort(first)], labels[numpy.sort(first)].astype(numpy.int64)


def train(model, context, dice, batches, optimizer):
    x, y, context_x, context_y = (torch.from_numpy(array) for array in context)
    for _ in range(batches):
        chosen = torch.from_numpy(dice.integers(0, len(x), 64))
        logits, _ = model(x[chosen], context_x, context_y)
        loss = nn.functional.cross_entropy(logits, y[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def save(content, path):
    """Through an open file, as Lightning does, so that the archive's inner folder is called `archive`."""
    with open(path, "wb") as file:
        torch.save(content, file)


def make_original(folder, seed=1, rows=2000, encoder_blocks=0, d=128, m=8, context="joblib", landmarks=None, batches=40):
    """Writes a synthetic model in the original's forms. `rows`: of the context, about. `landmarks`: a file to copy along."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    dice = numpy.random.default_rng(seed)
    context_rows, context_y = draw(dice, rows)
    train_rows, train_y = draw(dice, 2000)
    holes = context_rows.astype(float)
    holes[dice.random(holes.shape) < 0.001] = numpy.nan
    imputer = SimpleImputer(strategy="mean").fit(holes)
    scaler = StandardScaler().fit(imputer.transform(holes))
    imputer.feature_names_in_ = scaler.feature_names_in_ = numpy.array(FEATURES, dtype=object)  # as after fitting on a data frame
    context_x = prepare(context_rows, imputer, scaler)
    hyper = {"in_dim": len(FEATURES), "num_classes": 2, "d": d, "m": m, "encoder_blocks": encoder_blocks, "dropout": 0.1, "lr": 1e-3,
             "freeze_context_epoch": 12}
    model = LitTabR(**hyper)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    train(model, (prepare(train_rows, imputer, scaler), train_y, context_x, context_y), dice, batches, optimizer)
    stopping = {"wait_count": 0, "stopped_epoch": 0, "best_score": torch.tensor(0.5), "patience": 10}
    save({
        "epoch": 20, "global_step": batches, "pytorch-lightning_version": "2.5.5", "state_dict": model.state_dict(),
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 21, "completed": 20}}}},
        "callbacks": {"EarlyStopping{'monitor': 'val_loss', 'mode': 'min'}": stopping}, "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [], "hparams_name": "kwargs", "hyper_parameters": hyper}, folder / "tabr_model.ckpt")
    joblib.dump(imputer, folder / "imputer.joblib")
    joblib.dump(scaler, folder / "scaler.joblib")
    joblib.dump(FEATURES, folder / "feature_cols.joblib")
    if context == "joblib":
        joblib.dump((context_x, context_y), folder / "context.joblib")
    else:
        torch.save({"ctx_x": torch.from_numpy(context_x), "ctx_y": torch.from_numpy(context_y)}, folder / "context.pt")
    (folder / "martlet.json").write_text(json.dumps({"synthetic": True, "note": NOTE}))
    if landmarks:
        shutil.copyfile(landmarks, folder / "shape_predictor_68_face_landmarks.dat")
    return folder


class Command:
    """Runs a command when it is unpickled."""

    def __init__(self, text):
        self.text = text

    def __reduce__(self):
        return os.system, (self.text,)


def make_evil(folder, place="checkpoint"):
    """A folder that creates the file `executed` in itself when opened carelessly; returns that file's path.

    `place`: "checkpoint"; "joblib", the list of features; or "array", an array of objects within the imputer, which joblib opens with
    a plain unpickler.
    """
    folder = make_original(folder, rows=50, batches=1).absolute()
    executed = folder / "executed"
    command = Command(f"touch '{executed}'")
    if place == "checkpoint":
        checkpoint = torch.load(folder / "tabr_model.ckpt", weights_only=False)
        save({**checkpoint, "callbacks": {"ModelCheckpoint": command}}, folder / "tabr_model.ckpt")
    elif place == "joblib":
        joblib.dump([*FEATURES[:-1], command], folder / "feature_cols.joblib")
    else:
        imputer = joblib.load(folder / "imputer.joblib")
        imputer.feature_names_in_ = numpy.array([*FEATURES[:-1], command], dtype=object)
        joblib.dump(imputer, folder / "imputer.joblib")
    return executed


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=["make", "predict", "evil"])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("rows_file", nargs="?", help="CSV with the model's columns, for predict")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--rows", type=int, default=2000, help="of the context")
    arguments.add_argument("--encoder-blocks", type=int, default=0)
    arguments.add_argument("--context", choices=["joblib", "pt"], default="joblib")
    arguments.add_argument("--landmarks", help="dlib's landmark file, to copy along")
    options = arguments.parse_args()
    if options.what == "make":
        make_original(options.folder, options.seed, options.rows, options.encoder_blocks, context=options.context,
                      landmarks=options.landmarks)
    elif options.what == "evil":
        make_evil(options.folder)
    else:
        names = joblib.load(options.folder / "feature_cols.joblib")
        probabilities, nearest = predict(options.folder, read_rows(options.rows_file, names))
        print(json.dumps({"probabilities": probabilities.tolist(), "neighbours": nearest.tolist()}))


if __name__ == "__main__":
    main()
