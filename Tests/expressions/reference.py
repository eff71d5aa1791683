"""Facial motion features of a video, computed as the original computes them: OpenCV, dlib and SciPy, one block after the other.

    python reference.py VIDEO... --out rows.csv [--landmarks-out lm.csv] [--window hann2d|none] [--report]

Independent of Martlet: it shares no code with it and is what Martlet's features and speed are compared with. Several videos count as
one, in order. dlib's landmark file is read from --landmarks (by default where Debian's libdlib-data puts it). Needs numpy, scipy,
opencv-python-headless and dlib-bin.
"""

import argparse
import csv
import json
import math
import sys
import time

import cv2
import dlib
import numpy
import scipy.fft

LANDMARKS = "/usr/share/dlib/shape_predictor_68_face_landmarks.dat"
N = 7
# name, its landmarks, width and height after resizing
REGIONS = [
    ("mata_kiri", [*range(17, 22), *range(36, 42)], 48, 32),
    ("mata_kanan", [*range(22, 27), *range(42, 48)], 48, 32),
    ("mulut", [*range(48, 68)], 70, 35),
]
BLOCKS = {name: (width // N) * (height // N) for name, _, width, height in REGIONS}
FEATURES = [f"{name}_{value}{number + 1}" for name in BLOCKS for number in range(BLOCKS[name]) for value in "xytm"]
COLUMNS = ["frame", "video_frame", "time", "estimator", "detection", *FEATURES]
MARGIN_X, MARGIN_Y = 6, 8
HANN = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(N) / (N - 1))
WINDOWS = {"hann2d": numpy.outer(HANN, HANN), "none": numpy.ones((N, N))}


class Unusable(Exception):
    """The video holds nothing to compute features from; the text says why."""


def read_frames(path):
    """All frames, and how many come in a second."""
    video = cv2.VideoCapture(str(path))
    if not video.isOpened():
        raise Unusable(f"{path} can't be opened as a video")
    rate, frames = video.get(cv2.CAP_PROP_FPS), []
    while True:
        there, frame = video.read()
        if not there:
            break
        frames.append(frame)
    video.release()
    return frames, rate


class Faces:
    """dlib's detector and its 68 landmarks."""

    def __init__(self, landmarks=LANDMARKS):
        self.detector = dlib.get_frontal_face_detector()
        self.predictor = dlib.shape_predictor(landmarks)

    def find(self, gray):
        """The most confident face as (left, top, right, bottom), inclusive, its 68 points, and how many faces there are; or None."""
        rectangles, _, _ = self.detector.run(gray, 0, 0.0)
        if not rectangles:
            return None
        best = rectangles[0]
        shape = self.predictor(gray, best)
        points = [(shape.part(number).x, shape.part(number).y) for number in range(68)]
        return (best.left(), best.top(), best.right(), best.bottom()), points, len(rectangles)


def box(points, chosen, width, height):
    """Left, top, right, bottom around the chosen points; right and bottom exclusive."""
    xs, ys = [points[number][0] for number in chosen], [points[number][1] for number in chosen]
    return max(0, min(xs) - MARGIN_X), max(0, min(ys) - MARGIN_Y), min(width, max(xs) + MARGIN_X), min(height, max(ys) + MARGIN_Y)


def cut_regions(gray, points):
    """The three regions, resized; None when one of them lies outside of the picture."""
    found = {}
    for name, chosen, width, height in REGIONS:
        left, top, right, bottom = box(points, chosen, gray.shape[1], gray.shape[0])
        if left >= right or top >= bottom:
            return None
        found[name] = cv2.resize(gray[top:bottom, left:right], (width, height))
    return found


def blocks_of(region):
    """The whole 7x7 blocks of a region, row after row."""
    rows, columns = region.shape[0] // N, region.shape[1] // N
    return [region[N * r:N * r + N, N * c:N * c + N] for r in range(rows) for c in range(columns)]


def surface(baseline, current, window):
    """How well the second block fits the first at each displacement; no displacement is in the middle."""
    b = scipy.fft.fft2(baseline * WINDOWS[window])
    c = scipy.fft.fft2(current * WINDOWS[window])
    product = c * numpy.conj(b)
    modulus = numpy.abs(product)
    modulus[modulus == 0] = 1e-31
    return scipy.fft.fftshift(numpy.abs(scipy.fft.ifft2(product / modulus)))


def vector(r):
    """Where the peak is: x to the right, y up. No peak, or more than one, is no motion."""
    rows, columns = numpy.nonzero(r == r.max())
    if len(rows) > 1:
        return 0, 0
    return int(columns[0]) - 3, 3 - int(rows[0])


def polar(x, y):
    """Angle in degrees, from 0 to 360, and length."""
    angle = math.degrees(math.atan2(y, x))
    return round(angle + 360 if y < 0 else angle, 3), round(math.hypot(x, y), 3)


def features(baseline, current, window):
    """The 392 values of a frame against the baseline."""
    values = []
    for name in BLOCKS:
        for b, c in zip(blocks_of(baseline[name]), blocks_of(current[name])):
            x, y = vector(surface(b, c, window))
            values += [x, y, *polar(x, y)]
    return values


def correlate(baseline_blocks, current_blocks, window="hann2d"):
    """Surfaces [n, 7, 7] and vectors [n, 2] of many pairs of blocks at once."""
    b = scipy.fft.fft2(numpy.asarray(baseline_blocks, float) * WINDOWS[window], axes=(1, 2))
    c = scipy.fft.fft2(numpy.asarray(current_blocks, float) * WINDOWS[window], axes=(1, 2))
    product = c * numpy.conj(b)
    modulus = numpy.abs(product)
    modulus[modulus == 0] = 1e-31
    r = scipy.fft.fftshift(numpy.abs(scipy.fft.ifft2(product / modulus, axes=(1, 2))), axes=(1, 2))
    flat = r.reshape(-1, N * N)
    peak = flat.argmax(1)
    vectors = numpy.stack([peak % N - 3, 3 - peak // N], 1)
    vectors[(flat == flat.max(1, keepdims=True)).sum(1) > 1] = 0
    return r, vectors


def extract(paths, window="hann2d", landmarks=LANDMARKS):
    """Rows as lists in the order of COLUMNS, the faces as (video_frame, rectangle, points), and a report."""
    started, spent = time.perf_counter(), {"decode": 0.0, "detect": 0.0, "correlate": 0.0}
    frames, rate, segments = [], 0.0, 0
    for path in paths:
        more, its_rate = read_frames(path)
        frames, rate, segments = frames + more, rate or its_rate, segments + 1
    spent["decode"] = time.perf_counter() - started
    if len(frames) < 2:
        raise Unusable("the video must have at least 2 frames")
    finder, faces, usable, several = Faces(landmarks), [], [], 0
    for number, frame in enumerate(frames):
        gray = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        face = finder.find(gray)
        regions = face and cut_regions(gray, face[1])
        if regions:
            faces.append((number, face[0], face[1]))
            usable.append(regions)
            several += face[2] > 1
    spent["detect"] = time.perf_counter() - started - spent["decode"]
    if len(usable) < 2:
        raise Unusable(f"a face was found in {len(usable)} of {len(frames)} frames; it takes at least 2")
    rows = []
    for index in range(1, len(usable)):
        number = faces[index][0]
        rows.append([index + 1, number, number / rate, window, "exact", *features(usable[0], usable[index], window)])
    seconds = time.perf_counter() - started
    spent["correlate"] = seconds - spent["decode"] - spent["detect"]
    report = {
        "estimator": window, "detection": "exact",
        "frames": {"total": len(frames), "used": len(usable), "skipped": len(frames) - len(usable), "detected": len(usable),
                   "tracked": 0, "several_faces": several},
        "rows": len(rows), "segments": segments, "baseline": {"video_frame": faces[0][0], "time": faces[0][0] / rate},
        "duration": len(frames) / rate, "frame_rate": rate, "size": {"width": frames[0].shape[1], "height": frames[0].shape[0]},
        "regions": list(BLOCKS), "warnings": [], "seconds": round(seconds, 3),
        "phases": {name: round(value, 3) for name, value in spent.items()},
    }
    return rows, faces, report


def write_table(path, header, rows):
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("videos", nargs="+")
    arguments.add_argument("--out", help="write the rows here, as CSV")
    arguments.add_argument("--landmarks-out", help="write each usable frame's face and landmarks here, as CSV")
    arguments.add_argument("--landmarks", default=LANDMARKS, help="dlib's landmark file")
    arguments.add_argument("--window", choices=sorted(WINDOWS), default="hann2d")
    arguments.add_argument("--report", action="store_true", help="print a report as one line of JSON")
    options = arguments.parse_args()
    try:
        rows, faces, report = extract(options.videos, options.window, options.landmarks)
    except Unusable as reason:
        print(f"error: {reason}", file=sys.stderr)
        return 2
    if options.out:
        write_table(options.out, COLUMNS, rows)
    if options.landmarks_out:
        header = ["video_frame", "left", "top", "right", "bottom", *(f"{axis}{number}" for number in range(68) for axis in "xy")]
        write_table(options.landmarks_out, header, ([number, *rectangle, *sum(points, ())] for number, rectangle, points in faces))
    if options.report:
        print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
