"""How many 7x7 blocks SciPy correlates with a baseline in a second, as one line of JSON: one after the other, as the original does, and
frame after frame vectorised, with the baseline's transforms kept.

    python scipy_kernel.py [BLOCKS]
"""

import json
import pathlib
import sys
import time

import numpy
import scipy.fft

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests/expressions"))

import reference  # noqa: E402

WINDOW = reference.WINDOWS["hann2d"]
FRAME = sum(reference.BLOCKS.values())
ONE_BY_ONE = 5000
# Frames at once: fewer leave SciPy waiting for Python, more leave the processor's caches.
TOGETHER = 20


def vectors(spectra, blocks):
    """Of blocks [frames, 98, 7, 7] against the conjugate transforms of a baseline [98, 7, 7]."""
    product = scipy.fft.fft2(blocks * WINDOW) * spectra
    modulus = numpy.abs(product)
    modulus[modulus == 0] = 1e-31
    r = numpy.abs(scipy.fft.ifft2(product / modulus)).reshape(-1, 49)
    peak = r.argmax(1)
    # Without the shift to the middle: a displacement of 4 is one of -3.
    found = numpy.stack([(peak % 7 + 3) % 7 - 3, 3 - (peak // 7 + 3) % 7], 1)
    found[(r == r.max(1, keepdims=True)).sum(1) > 1] = 0
    return found


def main():
    frames = max(1, (int(sys.argv[1]) if len(sys.argv) > 1 else 100_000) // FRAME)
    dice = numpy.random.default_rng(1)
    baseline = dice.integers(0, 256, (FRAME, 7, 7)).astype(numpy.uint8)
    blocks = dice.integers(0, 256, (frames, FRAME, 7, 7)).astype(numpy.uint8)
    some = list(zip(numpy.tile(baseline, (frames, 1, 1))[:ONE_BY_ONE], blocks.reshape(-1, 7, 7)[:ONE_BY_ONE]))
    started = time.perf_counter()
    alone = [reference.vector(reference.surface(b, c, "hann2d")) for b, c in some]
    one_by_one = len(some) / (time.perf_counter() - started)
    started = time.perf_counter()
    spectra = numpy.conj(scipy.fft.fft2(baseline * WINDOW))
    together = numpy.concatenate([vectors(spectra, blocks[place:place + TOGETHER]) for place in range(0, frames, TOGETHER)])
    vectorised = frames * FRAME / (time.perf_counter() - started)
    assert (together[:len(some)] == alone).all()
    print(json.dumps({"one_by_one": one_by_one, "vectorised": vectorised}))


if __name__ == "__main__":
    main()
