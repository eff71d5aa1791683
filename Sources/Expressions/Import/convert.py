"""Converts a TabR model, as its training saved it, to safetensors and JSON.

    python convert.py SOURCE_DIR TARGET_DIR

The source holds pickles: a Lightning checkpoint, scikit-learn's imputer and scaler, the names of the features and the context.
Nothing in them is run. Both kinds of file are read here, with an unpickler that knows a short list of harmless names, builds inert
stand-ins for the classes of a few libraries and refuses all else. Needs numpy and safetensors; neither PyTorch, scikit-learn nor joblib.

The source may also hold martlet.json, an object with any of "synthetic" (true or false), "note" (text to show with predictions)
and "estimator" (hann2d or none). Prints what it does and, last, a summary as one line of JSON. When something is wrong it prints
one line, "error: …", on standard error and exits with 2.
"""

import bz2
import collections
import contextlib
import gzip
import hashlib
import io
import json
import lzma
import math
import pathlib
import pickle
import re
import shutil
import sys
import zipfile
import zlib

import numpy
from safetensors.numpy import save_file

LABELS = ["non_anxiety", "anxiety"]
LANDMARKS = "shape_predictor_68_face_landmarks.dat"
REGIONS = {"mata_kiri": 24, "mata_kanan": 24, "mulut": 50}
KNOWN_FEATURES = {f"{name}_{value}{number + 1}" for name, count in REGIONS.items() for number in range(count) for value in "xytm"}
NOTE = ("The author of the original measured that such a model labels 45 % of the frames right for people whom it had not seen in "
        "training, which is no better than chance. It is no test for anxiety.")

MEGABYTE = 1 << 20
MAX_CHECKPOINT, MAX_CONTEXT, MAX_SMALL, MAX_LANDMARKS = 1024 * MEGABYTE, 2048 * MEGABYTE, 64 * MEGABYTE, 256 * MEGABYTE
MAX_WIDTH, MAX_BLOCKS, MAX_NEIGHBOURS, MAX_CONTEXT_ROWS = 4096, 64, 4096, 10_000_000


class Refused(Exception):
    """The source can't be converted; the text tells a person why."""


def require(condition, text):
    if not condition:
        raise Refused(text)


@contextlib.contextmanager
def reading(name):
    """Whatever goes wrong within is this file's fault."""
    try:
        yield
    except Refused as reason:
        raise Refused(f"{name}: {reason}") from None
    except OSError as reason:
        raise Refused(f"{name} can't be read: {reason.strerror or type(reason).__name__}") from None
    except MemoryError:
        raise Refused(f"{name} asks for more memory than there is") from None
    except Exception as reason:
        raise Refused(f"{name} is damaged or of another kind ({type(reason).__name__}: {str(reason)[:120]})") from None


# Stand-ins for what pickles hold. None does anything but keep what it is given.

class Inert(dict):
    """An object of a class that isn't needed, or of which only attributes are."""

    name = "object"

    def __init__(self, *_, **__):
        super().__init__()
        self.state = {}

    def __setstate__(self, state):
        self.state = state if isinstance(state, dict) else {}

    def __hash__(self):
        return id(self)

    def append(self, _):
        pass

    def extend(self, _):
        pass

    add = append


class Storage:
    """The name of a type of storage."""

    def __init__(self, kind):
        self.dtype = numpy.dtype(kind)


class Tensor:
    """Where a tensor's numbers lie; they are read when it is needed."""

    def __init__(self, storage, offset, size, stride, *_):
        self.storage, self.offset, self.size, self.stride = storage, offset, size, stride


class DType:
    """A type of numbers, as numpy writes it."""

    def __init__(self, code, *_):
        require(isinstance(code, str) and re.fullmatch(r"[biufOUS]\d*", code), "it holds an array of an unknown type")
        self.code, self.order = code, "="

    def __setstate__(self, state):
        require(state[1] in ("<", ">", "=", "|"), "it holds an array of an unknown byte order")
        self.order = state[1]

    @property
    def is_object(self):
        return self.code[0] == "O"

    @property
    def dtype(self):
        return numpy.dtype(self.order + self.code)


class Array:
    """An array within a pickle. `value` is a numpy array, or a list when it holds objects."""

    def __init__(self, value=None):
        self.value = value

    def __setstate__(self, state):
        _, shape, kind, in_columns, content = state
        if kind.is_object:
            require(isinstance(content, list), "it holds an array of objects in an unknown form")
            self.value = content
        else:
            content = content.encode("latin1") if isinstance(content, str) else content
            self.value = numpy.frombuffer(content, kind.dtype).reshape(shape, order="F" if in_columns else "C")


class ArrayWrapper:
    """What joblib writes before an array's bytes."""

    def __setstate__(self, state):
        self.shape, self.order, self.kind = state["shape"], state["order"], state["dtype"]
        self.aligned = state.get("numpy_array_alignment_bytes") is not None

    def read(self, file):
        if self.kind.is_object:
            # joblib reads these with a plain unpickler.
            return JoblibUnpickler(file).load()
        if self.aligned:
            file.read(file.read(1)[0])
        require(all(isinstance(n, int) and n >= 0 for n in self.shape), "it holds an array of an impossible shape")
        size = math.prod(self.shape) * self.kind.dtype.itemsize
        content = file.read(size)
        require(len(content) == size, "an array in it ends early")
        return Array(numpy.frombuffer(content, self.kind.dtype).reshape(self.shape, order=self.order))


def make_scalar(kind, content=b""):
    require(not kind.is_object, "it holds a number of an unknown type")
    return numpy.frombuffer(content.encode("latin1") if isinstance(content, str) else content, kind.dtype, 1)[0]


def make_array_of_bytes(content, kind, shape, order="C", *_):
    return Array(numpy.frombuffer(content, kind.dtype).reshape(shape, order=order))


def encode(text, encoding="latin1"):
    require(encoding == "latin1", "it holds text in an unknown encoding")
    return text.encode("latin1")


BUILTINS = {kind.__name__: kind for kind in (bool, complex, dict, float, frozenset, int, list, object, set, str, tuple)}
COLLECTIONS = {name: getattr(collections, name) for name in ("Counter", "OrderedDict", "defaultdict", "deque")}
NUMPY = {
    "ndarray": Array, "dtype": DType, "scalar": make_scalar, "_reconstruct": lambda *_: Array(), "_frombuffer": make_array_of_bytes,
}
NUMPY_MODULES = {"numpy", "numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric"}
STORAGES = {
    "FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "BFloat16Storage": "<u2", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1", "BoolStorage": "?",
}
# Libraries whose objects come along in a checkpoint or are read for their attributes. Nothing of them is loaded.
INERT_IN_CHECKPOINTS = {"lightning", "lightning_fabric", "pytorch_lightning", "lightning_utilities", "torchmetrics", "omegaconf",
                        "pathlib", "torch", "argparse", "datetime", "functools", "typing", "__main__"}
INERT_IN_JOBLIB = {"sklearn"}


class Unpickler(pickle._Unpickler):
    """Knows only harmless names. Written on Python's own unpickler, as joblib's arrays lie between a pickle's instructions."""

    inert = set()

    def find_class(self, module, name):
        if module in ("builtins", "__builtin__") and name in BUILTINS:
            return BUILTINS[name]
        if module in NUMPY_MODULES and name in NUMPY:
            return NUMPY[name]
        if module == "collections" and name in COLLECTIONS:
            return COLLECTIONS[name]
        if (module, name) == ("_codecs", "encode"):
            return encode
        if module.split(".")[0] in self.inert:
            return type("Inert", (Inert,), {"name": name})
        raise Refused(f"it refers to {module}.{name}"[:120] + ", which a model has no use for; nothing was run")


class CheckpointUnpickler(Unpickler):
    inert = INERT_IN_CHECKPOINTS

    def find_class(self, module, name):
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return Tensor
        if module == "torch" and name in STORAGES:
            return Storage(STORAGES[name])
        return super().find_class(module, name)

    def persistent_load(self, identity):
        kind, storage, key, _, count = identity
        require(kind == "storage" and isinstance(storage, Storage), "it holds tensors in an unknown form")
        require(isinstance(key, str) and isinstance(count, int) and count >= 0, "it holds tensors in an unknown form")
        return storage.dtype, key, count


class JoblibUnpickler(Unpickler):
    inert = INERT_IN_JOBLIB
    dispatch = pickle._Unpickler.dispatch.copy()

    def __init__(self, file):
        super().__init__(file)
        self.file = file

    def find_class(self, module, name):
        if (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
            return ArrayWrapper
        require(module.split(".")[0] != "joblib", "it was written by a joblib that is too old; save it again with a new one")
        return super().find_class(module, name)

    def load_build(self):
        super().load_build()
        if isinstance(self.stack[-1], ArrayWrapper):
            self.stack.append(self.stack.pop().read(self.file))

    dispatch[pickle.BUILD[0]] = load_build


def check_size(path, limit):
    require(path.stat().st_size <= limit, f"it is larger than {limit // MEGABYTE} MB")


def unpacked(content, limit):
    """What joblib may have compressed."""
    if content[:1] == b"\x78":
        plain = zlib.decompressobj().decompress(content, limit + 1)
    else:
        openers = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open, b"]\x00": lzma.open}
        opener = openers.get(content[:2])
        if not opener:
            return content
        with opener(io.BytesIO(content)) as file:
            plain = file.read(limit + 1)
    require(len(plain) <= limit, f"it unpacks to more than {limit // MEGABYTE} MB")
    return plain


def read_joblib(path, limit):
    check_size(path, limit)
    return JoblibUnpickler(io.BytesIO(unpacked(path.read_bytes(), limit))).load()


class Checkpoint:
    """A file of torch.save: a zip of one pickle and the storages that it refers to."""

    def __init__(self, path, limit):
        self.limit = limit
        check_size(path, limit)
        require(zipfile.is_zipfile(path), "it isn't a file of PyTorch 1.6 or newer")
        self.zip = zipfile.ZipFile(path)
        inner = [name for name in self.zip.namelist() if name.count("/") == 1 and name.endswith("/data.pkl")]
        require(len(inner) == 1, "it isn't a file of PyTorch 1.6 or newer")
        self.folder = inner[0].removesuffix("data.pkl")
        if self.folder + "byteorder" in self.zip.namelist():
            require(self.entry("byteorder", 16) == b"little", "it was written on a machine of another byte order")
        self.content = CheckpointUnpickler(io.BytesIO(self.entry("data.pkl", MAX_SMALL))).load()

    def entry(self, name, limit):
        size = self.zip.getinfo(self.folder + name).file_size
        require(size <= limit, f"it holds an entry larger than {limit // MEGABYTE} MB")
        return self.zip.read(self.folder + name)

    def numbers(self, tensor, what):
        """A tensor's numbers as an array of their own."""
        require(isinstance(tensor, Tensor), f"{what} isn't a tensor")
        dtype, key, count = tensor.storage
        size, stride = tuple(tensor.size), tuple(tensor.stride)
        places = [tensor.offset, *size, *stride]
        possible = len(size) == len(stride) <= 2 and all(type(n) is int and n >= 0 for n in places) and 0 < math.prod(size) <= count
        last = possible and tensor.offset + sum((n - 1) * step for n, step in zip(size, stride))
        require(possible and last < count, f"{what} has an impossible shape")
        content = self.entry(f"data/{key}", self.limit)
        require(len(content) == count * dtype.itemsize, f"the numbers of {what} are too few or too many")
        flat = numpy.frombuffer(content, dtype)[tensor.offset:]
        view = numpy.lib.stride_tricks.as_strided(flat, size, [step * dtype.itemsize for step in stride])
        if dtype == numpy.uint16:  # bfloat16
            return (view.astype(numpy.uint32) << 16).view(numpy.float32)
        return view.copy()


def attributes(path, kind, features):
    """The attributes of scikit-learn's object of that kind, which must have been fitted on these features."""
    value = read_joblib(path, MAX_SMALL)
    require(isinstance(value, Inert) and value.name == kind, f"it doesn't hold scikit-learn's {kind}")
    fitted = plain(value.state.get("feature_names_in_"))
    same = fitted is None or list(fitted) == features
    require(same, "it was fitted on other features than feature_cols.joblib names, or in another order")
    return value.state


def plain(value):
    """Arrays as numpy's, whatever brought them."""
    return value.value if isinstance(value, Array) else value


def column_of(state, name, features):
    """One finite number for each feature."""
    value = plain(state.get(name))
    require(isinstance(value, numpy.ndarray) and value.dtype.kind in "fiu", f"{name} is missing")
    require(value.shape == (len(features),), f"{name} has {value.size} values, but there are {len(features)} features")
    require(numpy.isfinite(value).all(), f"{name} holds values that are not finite")
    return value.astype(numpy.float64)


def whole(hyper, name, low, high, default=None):
    value = hyper.get(name, default)
    possible = isinstance(value, (int, numpy.integer)) and not isinstance(value, bool) and low <= value <= high
    require(possible, f"its hyper_parameters should have a whole number from {low} to {high} as {name}")
    return int(value)


def read_features(path):
    names = plain(read_joblib(path, MAX_SMALL))
    names = names.tolist() if isinstance(names, numpy.ndarray) else names
    listed = isinstance(names, (list, tuple)) and names and all(isinstance(name, str) for name in names)
    require(listed, "it doesn't hold a list of names")
    require(len(set(names)) == len(names), "it names a feature twice")
    for name in names:
        require(name in KNOWN_FEATURES, f"it names the feature {name[:40]!r}, which isn't computed from videos")
    return list(names)


def read_imputer(path, features):
    state = attributes(path, "SimpleImputer", features)
    missing = state.get("missing_values", math.nan)
    require(isinstance(missing, (float, numpy.floating)) and math.isnan(missing), "it replaces other values than NaN")
    require(not state.get("add_indicator"), "it adds columns of its own")
    return column_of(state, "statistics_", features)


def read_scaler(path, features):
    state = attributes(path, "StandardScaler", features)
    mean = column_of(state, "mean_", features) if state.get("with_mean", True) else numpy.zeros(len(features))
    scale = column_of(state, "scale_", features) if state.get("with_std", True) else numpy.ones(len(features))
    require((scale > 0).all(), "scale_ holds values that are not above 0")
    return mean, scale


def expected_shapes(features, classes, d, blocks):
    """Every weight of the architecture, with its shape."""
    shapes = {"encoder.linear.weight": (d, features), "encoder.linear.bias": (d,), "WK.weight": (d, d), "WY.weight": (classes, d),
              "T.fc1.weight": (d, d), "T.fc2.weight": (d, d), "head.weight": (classes, d), "head.bias": (classes,)}
    for part in ["predictor", *(f"encoder.blocks.{number}" for number in range(blocks))]:
        shapes |= {f"{part}.0.weight": (d,), f"{part}.0.bias": (d,), f"{part}.1.weight": (d, d), f"{part}.1.bias": (d,),
                   f"{part}.4.weight": (d, d), f"{part}.4.bias": (d,)}
    return shapes


def read_checkpoint(path, features):
    """The weights as float32, and m, encoder_blocks and d."""
    checkpoint = Checkpoint(path, MAX_CHECKPOINT)
    content = checkpoint.content
    require(isinstance(content, dict), "it isn't a checkpoint of Lightning")
    hyper, state = content.get("hyper_parameters"), content.get("state_dict")
    require(isinstance(state, dict), "it has no state_dict, as Lightning's checkpoints have")
    require(isinstance(hyper, dict), "it has no hyper_parameters, which say how many neighbours the model looks at")
    m, blocks = whole(hyper, "m", 1, MAX_NEIGHBOURS), whole(hyper, "encoder_blocks", 0, MAX_BLOCKS, 0)
    d, in_dim = whole(hyper, "d", 1, MAX_WIDTH, 128), whole(hyper, "in_dim", 1, MAX_WIDTH, len(features))
    classes = whole(hyper, "num_classes", len(LABELS), len(LABELS), len(LABELS))
    require(in_dim == len(features), f"it takes {in_dim} features, but feature_cols.joblib names {len(features)}")
    shapes, weights = expected_shapes(len(features), classes, d, blocks), {}
    for key in state:
        require(key in shapes, f"it has {str(key)[:60]}, which a model of its hyper_parameters doesn't have")
    for key, shape in shapes.items():
        require(key in state, f"it lacks {key}, which a model of its hyper_parameters has")
        numbers = checkpoint.numbers(state[key], key)
        require(numbers.dtype.kind == "f", f"{key} doesn't hold fractions")
        require(numbers.shape == shape, f"{key} has the shape {list(numbers.shape)}; {list(shape)} was expected")
        weights[key] = finite(numbers, key)
    return weights, m, blocks, d


def finite(numbers, what):
    """As float32."""
    with numpy.errstate(over="ignore"):
        numbers = numpy.ascontiguousarray(numbers, numpy.float32)
    require(numpy.isfinite(numbers).all(), f"{what} holds values that are not finite")
    return numbers


def read_context(path, features):
    """Rows as float32, labels as int64."""
    if path.suffix == ".pt":
        checkpoint = Checkpoint(path, MAX_CONTEXT)
        content = checkpoint.content
        require(isinstance(content, dict) and "ctx_x" in content and "ctx_y" in content, "it doesn't hold ctx_x and ctx_y")
        x, y = (checkpoint.numbers(content[key], key) for key in ("ctx_x", "ctx_y"))
    else:
        content = read_joblib(path, MAX_CONTEXT)
        require(isinstance(content, (tuple, list)) and len(content) == 2, "it doesn't hold a pair of rows and labels")
        x, y = (plain(part) for part in content)
    for part in (x, y):
        require(isinstance(part, numpy.ndarray) and part.dtype.kind in "fiu", "it doesn't hold arrays of numbers")
    require(x.ndim == 2 and x.shape[1] == len(features), f"its rows have the shape {list(x.shape)}; [n, {len(features)}] was expected")
    require(1 <= len(x) <= MAX_CONTEXT_ROWS, f"it has {len(x)} rows; 1 to {MAX_CONTEXT_ROWS} are possible")
    require(y.shape == (len(x),), f"it has {len(x)} rows, but its labels have the shape {list(y.shape)}")
    require(numpy.isin(y, range(len(LABELS))).all(), "it holds labels other than 0 and 1")
    return finite(x, "a row"), numpy.ascontiguousarray(y, numpy.int64)


def read_options(path):
    """What martlet.json says, if it is there."""
    found = {"synthetic": False, "note": NOTE, "estimator": "hann2d"}
    if path.is_file():
        check_size(path, MEGABYTE)
        options = json.loads(path.read_bytes())
        require(isinstance(options, dict), "it doesn't hold an object")
        for key, value in options.items():
            require(key in found, f"it has {key[:40]!r}; {', '.join(found)} are known")
            require(type(value) is type(found[key]), f"{key} is of the wrong type")
        found |= options
        require(found["estimator"] in ("hann2d", "none"), "estimator should be hann2d or none")
        require(len(found["note"].encode()) <= 2000, "the note is longer than 2000 bytes")
    return found


def first_of(folder, names, what):
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise Refused(f"the folder lacks {what}")


def convert(source, target):
    require(source.is_dir(), "the source isn't a folder")
    checkpoints = ["tabr_model.ckpt", "model.ckpt", *sorted(path.name for path in source.glob("*.ckpt"))]
    checkpoint = first_of(source, checkpoints, "a checkpoint (tabr_model.ckpt, model.ckpt or another .ckpt)")
    context = first_of(source, ["context.joblib", "context.pt"], "the context (context.joblib or context.pt)")
    imputer, scaler, names = (first_of(source, [name], name) for name in ("imputer.joblib", "scaler.joblib", "feature_cols.joblib"))

    def read(path, reader, *arguments):
        print(f"reading {path.name}", flush=True)
        with reading(path.name):
            return reader(path, *arguments)

    with reading("martlet.json"):
        options = read_options(source / "martlet.json")
    features = read(names, read_features)
    statistics = read(imputer, read_imputer, features)
    mean, scale = read(scaler, read_scaler, features)
    weights, m, blocks, d = read(checkpoint, read_checkpoint, features)
    x, y = read(context, read_context, features)

    print("writing the model", flush=True)
    target.mkdir(parents=True, exist_ok=True)
    save_file(weights, target / "model.safetensors")
    save_file({"x": x, "y": y}, target / "context.safetensors")
    hashes = {}
    for name in ("model.safetensors", "context.safetensors"):
        (target / name).chmod(0o644)
        with open(target / name, "rb") as file:
            hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    manifest = {
        "format": "martlet-tabr-1", "architecture": "lit-tabr", "features": features, "labels": LABELS, "m": m, "encoder_blocks": blocks,
        "d": d, "threshold": 0.5, "estimator": options["estimator"], "imputer": {"statistics": statistics.tolist()},
        "scaler": {"mean": mean.tolist(), "scale": scale.tolist()}, "synthetic": options["synthetic"], "note": options["note"],
        "files": hashes}
    (target / "model.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if (source / LANDMARKS).is_file():
        print(f"copying {LANDMARKS}", flush=True)
        with reading(LANDMARKS):
            check_size(source / LANDMARKS, MAX_LANDMARKS)
            shutil.copyfile(source / LANDMARKS, target / LANDMARKS)
    print(json.dumps({"features": len(features), "context_rows": len(x), "m": m, "d": d, "encoder_blocks": blocks}), flush=True)


def failure(text):
    """One line, whatever names a file holds."""
    print("error: " + "".join(letter if letter.isprintable() else " " for letter in text), file=sys.stderr)
    return 2


def main():
    if len(sys.argv) != 3:
        return failure("usage: convert.py SOURCE_DIR TARGET_DIR")
    try:
        convert(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    except Refused as reason:
        return failure(str(reason))
    except OSError as reason:
        return failure(f"{pathlib.Path(reason.filename or 'a file').name} can't be read or written: {reason.strerror}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
