"""The references and the converter, checked against known truth and against each other.

    python Tests/expressions/test_reference.py [NAME…]

Needs no server; the packages are those of reference.py and tabr.py. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import hashlib
import json
import math
import pathlib
import pickle
import shutil
import subprocess
import sys
import tempfile

import cv2
import joblib
import numpy
import torch

HERE = pathlib.Path(__file__).resolve().parent
CONVERTER = HERE.parents[1] / "Sources/Expressions/Import/convert.py"
sys.path[:0] = [str(HERE), str(HERE.parent / "clients")]

import reference  # noqa: E402: only now is its folder on the path
import tabr  # noqa: E402: only now is its folder on the path
import tabr_plain  # noqa: E402: only now is its folder on the path
from support.checks import check, run_checks  # noqa: E402: only now is its folder on the path

SHIFTS = [(dx, dy) for dy in range(-3, 4) for dx in range(-3, 4)]


def noise(count, seed):
    return numpy.random.default_rng(seed).integers(0, 256, (count, 7, 7)).astype(numpy.uint8)


def convert(source, target):
    return subprocess.run([sys.executable, CONVERTER, source, target], capture_output=True, text=True)


@contextlib.contextmanager
def original(**options):
    """A small synthetic model in the original's forms, and where to convert it to."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        yield tabr.make_original(folder / "original", **{"rows": 200, "batches": 5, **options}), folder / "converted"


def refused(source, target, expected):
    """The converter's one line; it must say what was expected and no path."""
    result = convert(source, target)
    line = result.stderr
    assert result.returncode == 2 and line.startswith("error: ") and line.count("\n") == 1, (result.returncode, line)
    assert expected in line and str(source.parent) not in line, line
    return line


@check
def names_and_windows():
    assert len(reference.FEATURES) == 392 and len(set(reference.FEATURES)) == 392 and reference.FEATURES == tabr.FEATURES
    assert reference.FEATURES[:5] == ["mata_kiri_x1", "mata_kiri_y1", "mata_kiri_t1", "mata_kiri_m1", "mata_kiri_x2"]
    assert reference.FEATURES[-1] == "mulut_m50" and list(reference.BLOCKS.values()) == [24, 24, 50]
    assert numpy.allclose(reference.HANN, [0, 0.25, 0.75, 1, 0.75, 0.25, 0], atol=1e-15)


@check
def polar_table():
    values = {(x, y): reference.polar(x, y) for x, y in SHIFTS}
    assert values[0, 0] == (0, 0) and {m for _, m in values.values()} == {0, 1, 1.414, 2, 2.236, 2.828, 3, 3.162, 3.606, 4.243}
    angles = {(3, 1): 18.435, (2, 1): 26.565, (3, 2): 33.69, (2, 2): 45, (2, 3): 56.31, (1, 2): 63.435, (1, 3): 71.565, (-2, 1): 153.435,
              (-1, -3): 251.565, (1, -1): 315, (3, -1): 341.565, (1, 0): 0, (0, 2): 90, (-3, 0): 180, (0, -1): 270}
    for place, angle in angles.items():
        assert values[place][0] == angle, (place, values[place])


@check
def every_circular_shift():
    blocks = noise(100, 1)
    share = {}
    for dx, dy in SHIFTS:
        moved = numpy.roll(blocks, (dy, dx), (1, 2))
        surfaces, vectors = reference.correlate(blocks, moved, "none")
        assert (vectors == (dx, -dy)).all() and numpy.allclose(surfaces.max((1, 2)), 1), (dx, dy)
        share[dx, dy] = (reference.correlate(blocks, moved, "hann2d")[1] == (dx, -dy)).all(1).mean()
    assert share[0, 0] == 1
    assert all(share[place] >= 0.95 for place in [(1, 0), (-1, 0), (0, 1), (0, -1)]), share
    assert all(0.7 <= share[place] <= 0.95 for place in [(1, 1), (-1, 1), (1, -1), (-1, -1)]), share
    assert all(value < 0.1 for (dx, dy), value in share.items() if max(abs(dx), abs(dy)) == 3), share


@check
def one_block_or_many_at_once():
    baseline, current = noise(500, 2), noise(500, 3)
    for window in reference.WINDOWS:
        surfaces, vectors = reference.correlate(baseline, current, window)
        for b, c, r, expected in zip(baseline, current, surfaces, vectors):
            alone = reference.surface(b, c, window)
            assert numpy.abs(alone - r).max() < 1e-12 and reference.vector(alone) == tuple(expected)


@check
def transform_written_out():
    """Against the sums of the definition, without any FFT."""
    f = numpy.exp(-2j * numpy.pi * numpy.outer(range(7), range(7)) / 7)
    for b, c in zip(noise(100, 4), noise(100, 5)):
        product = (f @ (c * reference.WINDOWS["hann2d"]) @ f) * numpy.conj(f @ (b * reference.WINDOWS["hann2d"]) @ f)
        r = numpy.roll(numpy.abs(f.conj() @ (product / numpy.abs(product)) @ f.conj()) / 49, (3, 3), (0, 1))
        assert numpy.abs(r - reference.surface(b, c, "hann2d")).max() < 1e-12


@check
def identical_empty_and_even_blocks():
    blocks, zero = noise(50, 6), numpy.zeros((50, 7, 7), numpy.uint8)
    for window in reference.WINDOWS:
        surfaces, vectors = reference.correlate(blocks, blocks, window)
        assert not vectors.any() and numpy.allclose(surfaces[:, 3, 3], 1, atol=1e-12)
        for b, c in [(zero, blocks), (blocks, zero), (zero, zero)]:
            surfaces, vectors = reference.correlate(b, c, window)
            assert not surfaces.any() and not vectors.any()
    for level in (0, 1, 100, 130, 255):
        _, vectors = reference.correlate(zero + numpy.uint8(100), zero + numpy.uint8(level), "hann2d")
        assert not vectors.any(), level


@check
def gray_and_resize_formulas():
    """OpenCV's arithmetic as the feature definition states it in integers."""
    dice = numpy.random.default_rng(7)
    picture = dice.integers(0, 256, (64, 64, 3)).astype(numpy.uint8)
    b, g, r = numpy.moveaxis(picture.astype(int), 2, 0)
    assert (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) == (3735 * b + 19235 * g + 9798 * r + 16384) >> 15).all()
    for _ in range(60):
        width, height = dice.integers(12, 200, 2)
        gray = dice.integers(0, 256, (height, width)).astype(numpy.uint8)
        for size in ((48, 32), (70, 35)):
            assert (cv2.resize(gray, size) == resized(gray, *size)).all(), (width, height, size)


def resized(gray, width, height):
    def places(count, source, clamps):
        f = ((numpy.arange(count) + 0.5) * (1 / (count / source)) - 0.5).astype(numpy.float32)
        s = numpy.floor(f).astype(int)
        f = f - s.astype(numpy.float32)
        if clamps:
            f[(s < 0) | (s >= source - 1)] = 0
            s = s.clip(0, source - 1)
        one = numpy.float32(1)
        weights = [numpy.rint(part * numpy.float32(2048)).astype(int) for part in (one - f, f)]
        return s.clip(0, source - 1), (s + 1).clip(0, source - 1), *weights
    left, right, a0, a1 = places(width, gray.shape[1], True)
    above, below, b0, b1 = places(height, gray.shape[0], False)
    rows = gray[:, left].astype(int) * a0 + gray[:, right].astype(int) * a1
    return ((b0[:, None] * (rows[above] >> 4) >> 16) + (b1[:, None] * (rows[below] >> 4) >> 16) + 2) >> 2


@check
def round_trips():
    """What PyTorch answers from the pickles, numpy answers from the converted folder."""
    dice = numpy.random.default_rng(8)
    rows, _ = tabr.draw(dice, 100)
    rows = rows.astype(float)
    rows[dice.random(rows.shape) < 0.01] = math.nan
    for options in ({}, {"encoder_blocks": 2, "context": "pt"}, {"rows": 5, "m": 8}, {"d": 16, "m": 1}):
        with original(**options) as (source, target):
            result = convert(source, target)
            assert result.returncode == 0 and not result.stderr, result.stderr
            model = tabr_plain.Model(target)
            expected, neighbours = tabr.predict(source, rows)
            answers, found = model.predict(rows)
            assert numpy.abs(answers - expected).max() < 1e-5, (options, numpy.abs(answers - expected).max())
            assert (found == neighbours).mean() > 0.99, options
            assert numpy.ptp(expected) > 0.05, options
            summary, manifest = json.loads(result.stdout.splitlines()[-1]), model.manifest
            assert summary == {"features": 392, "context_rows": len(model.labels), "m": options.get("m", 8), "d": options.get("d", 128),
                               "encoder_blocks": options.get("encoder_blocks", 0)}
            assert manifest["features"] == tabr.FEATURES and manifest["synthetic"] is True and manifest["note"] == tabr.NOTE
            for name, digest in manifest["files"].items():
                assert hashlib.sha256((target / name).read_bytes()).hexdigest() == digest


@check
def other_forms_of_the_files():
    """Another name, joblib's compression, plain pickles, half-precision weights, a transposed view, a note of none."""
    with original() as (source, target):
        assert convert(source, target).returncode == 0
        first = (target / "context.safetensors").read_bytes()
        x, y = joblib.load(source / "context.joblib")
        for compress in ("zlib", "gzip", "bz2", "xz", "lzma"):
            joblib.dump((numpy.asfortranarray(x), y), source / "context.joblib", compress=(compress, 1))
            assert convert(source, target).returncode == 0 and (target / "context.safetensors").read_bytes() == first, compress
        for name in ("imputer.joblib", "scaler.joblib"):
            content = joblib.load(source / name)
            with open(source / name, "wb") as file:
                pickle.dump(content, file)
        checkpoint = torch.load(source / "tabr_model.ckpt", weights_only=False)
        (source / "tabr_model.ckpt").unlink()
        (source / "martlet.json").unlink()
        state = checkpoint["state_dict"]
        state["WK.weight"] = state["WK.weight"].T.contiguous().T
        state["T.fc1.weight"] = state["T.fc1.weight"].to(torch.bfloat16)
        state["T.fc2.weight"] = state["T.fc2.weight"].to(torch.float16)
        torch.save(checkpoint, source / "some.ckpt")
        result = convert(source, target)
        assert result.returncode == 0, result.stderr
        weights = tabr_plain.load_file(target / "model.safetensors")
        assert all((weights[name] == tensor.float().numpy()).all() for name, tensor in state.items())
        manifest = json.loads((target / "model.json").read_text())
        assert manifest["synthetic"] is False and "45 %" in manifest["note"]


@check
def evil_is_refused():
    for place in ("checkpoint", "joblib", "array"):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            executed = tabr.make_evil(folder / "evil", place)
            assert "posix.system" in refused(folder / "evil", folder / "converted", "refers to")
            assert not executed.exists() and not (folder / "converted").exists()
            # The trap does work on those who step into it.
            with contextlib.suppress(Exception):
                tabr.load_original(folder / "evil")
            assert executed.exists()


@check
def mistakes_are_explained():
    def spoil_checkpoint(change):
        def spoil(source):
            checkpoint = torch.load(source / "tabr_model.ckpt", weights_only=False)
            change(checkpoint)
            torch.save(checkpoint, source / "tabr_model.ckpt")
        return spoil

    def spoil_joblib(name, change):
        def spoil(source):
            content = joblib.load(source / name)
            joblib.dump(change(content) or content, source / name)
        return spoil

    cases = [
        (lambda source: (source / "context.joblib").unlink(), "the folder lacks the context"),
        (lambda source: (source / "scaler.joblib").write_bytes(b"\x80\x04"), "scaler.joblib is damaged"),
        (lambda source: (source / "tabr_model.ckpt").write_bytes(b"text"), "it isn't a file of PyTorch"),
        (lambda source: shutil.copy(source / "imputer.joblib", source / "scaler.joblib"), "doesn't hold scikit-learn's StandardScaler"),
        (spoil_checkpoint(lambda c: c["hyper_parameters"].pop("m")), "as m"),
        (spoil_checkpoint(lambda c: c["hyper_parameters"].update(encoder_blocks=1)), "lacks encoder.blocks.0.0.weight"),
        (spoil_checkpoint(lambda c: c["hyper_parameters"].update(in_dim=391)), "it takes 391 features"),
        (spoil_checkpoint(lambda c: c["hyper_parameters"].update(d=64)), "has the shape"),
        (spoil_checkpoint(lambda c: c["state_dict"].update(more=torch.zeros(1))), "it has more, which"),
        (spoil_checkpoint(lambda c: c["state_dict"]["head.bias"].fill_(math.nan)), "head.bias holds values that are not finite"),
        (spoil_joblib("context.joblib", lambda c: (c[0][:, :5], c[1])), "[n, 392] was expected"),
        (spoil_joblib("context.joblib", lambda c: (c[0], c[1] + 1)), "labels other than"),
        (spoil_joblib("context.joblib", lambda c: (numpy.full_like(c[0], math.inf), c[1])), "not finite"),
        (spoil_joblib("context.joblib", lambda c: (c[0][:0], c[1][:0])), "it has 0 rows"),
        (spoil_joblib("feature_cols.joblib", lambda c: [*c[:-1], c[0]]), "names a feature twice"),
        (spoil_joblib("feature_cols.joblib", lambda c: [*c[:-1], "Q1_sum"]), "'Q1_sum'"),
        (spoil_joblib("feature_cols.joblib", lambda c: c[::-1]), "in another order"),
        (spoil_joblib("scaler.joblib", lambda c: setattr(c, "scale_", c.scale_ * 0)), "not above 0"),
        (spoil_joblib("imputer.joblib", lambda c: setattr(c, "statistics_", c.statistics_[:3])), "has 3 values"),
    ]
    with original(rows=30, batches=1) as (source, target):
        for number, (spoil, expected) in enumerate(cases):
            copy = shutil.copytree(source, source.parent / str(number))
            spoil(copy)
            refused(copy, target, expected)
        assert not target.exists()


if __name__ == "__main__":
    sys.exit(run_checks())
