"""Compose short clips of moving faces, and of what is no use: no face, two faces, odd rates and sizes.

    python clips.py OUT_DIR [--bad]

Writes carphone.mp4 (a real talking head, enlarged), astronaut.mp4 and portrait.mp4 (a photograph whose head drifts while mouth, brows
and lids move); with --bad also the clips that should be refused or survived. Reads $MARTLET_HOME/samples, where set-up puts the
originals. The same call writes the same pixels. Needs ffmpeg, numpy and OpenCV.
"""

import argparse
import contextlib
import math
import os
import pathlib
import subprocess

import cv2
import numpy

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
PHOTOS, CLIPS = HOME / "samples/photos", HOME / "samples/clips"
ENCODER = ["-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p", "-threads", "1",
           "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]

# Where things are in astronaut.png: centre, then the spread of the motion, in its pixels.
FACE = (225, 135)
LOWER_LIP, UPPER_LIP = (223, 153, 15, 8), (223, 138, 13, 5)
BROWS = [(202, 88, 13, 7), (252, 91, 13, 7)]
LIDS = [(204, 99, 9, 4), (248, 102, 9, 4)]
NOISE = 1.5  # grey levels


@contextlib.contextmanager
def film(path, width, height, rate, filters=None):
    """An encoder; what it gives takes BGR pictures."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(rate)]
    encoder = subprocess.Popen(command + ["-i", "-"] + (filters or []) + ENCODER + [str(path)], stdin=subprocess.PIPE)
    yield lambda picture: encoder.stdin.write(numpy.ascontiguousarray(picture).tobytes())
    encoder.stdin.close()
    if encoder.wait():
        raise SystemExit(f"ffmpeg could not write {path}")


def photo(name, mirrored=False):
    picture = cv2.imread(str(PHOTOS / name))
    if picture is None:
        raise SystemExit(f"{PHOTOS / name} is missing")
    return picture[:, ::-1].copy() if mirrored else picture


def bump(xs, ys, place, mirrored, columns):
    """A Gaussian hill over the picture; the axes are separate, so it is one product."""
    x, y, wide, high = place
    x = columns - 1 - x if mirrored else x
    return numpy.outer(numpy.exp(-((ys - y) / high) ** 2 / 2), numpy.exp(-((xs - x) / wide) ** 2 / 2))


def look(picture, width, height, centre, tall, mouth=0.0, brows=0.0, lids=0.0, mirrored=False):
    """The photograph seen in a window `tall` of its pixels high around `centre`; mouth, brows and lids moved by so many pixels."""
    scale = tall / height
    xs = (centre[0] + (numpy.arange(width) - (width - 1) / 2) * scale).astype(numpy.float32)
    ys = (centre[1] + (numpy.arange(height) - (height - 1) / 2) * scale).astype(numpy.float32)
    moved = numpy.zeros((height, width), numpy.float32)
    pushes = [(LOWER_LIP, mouth), (UPPER_LIP, -0.3 * mouth)] + [(b, -brows) for b in BROWS] + [(lid, lids) for lid in LIDS]
    for place, push in pushes:
        if push:
            moved += numpy.float32(push) * bump(xs, ys, place, mirrored, picture.shape[1])
    across = numpy.broadcast_to(xs, moved.shape).copy()
    return cv2.remap(picture, across, ys[:, None] - moved, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def portrait(width, height, rate, seconds, seed, tall=240, mirrored=False, blink=None):
    """Pictures of a head that drifts, talks and raises its brows; it closes its eyes at `blink` seconds."""
    dice = numpy.random.default_rng(seed)
    phases = dice.uniform(0, 2 * math.pi, 6)
    tall = max(tall, tall * height / width)
    picture = photo("astronaut.png", mirrored)
    face = picture.shape[1] - 1 - FACE[0] if mirrored else FACE[0]

    def wave(hertz, phase):
        return math.sin(2 * math.pi * hertz * second + phases[phase])
    for number in range(round(rate * seconds)):
        second = number / rate
        centre = face + 4 * wave(0.23, 0) + 1.5 * wave(0.61, 1), FACE[1] + 15 + 3 * wave(0.19, 2)
        mouth = 3 * (1 + wave(1.7, 3)) * (0.6 + 0.4 * wave(0.37, 4))
        brows = 2.5 * max(0, wave(0.31, 5)) ** 2
        lids = 5 * math.exp(-((second - blink) / 0.07) ** 2) if blink is not None else 0
        clean = look(picture, width, height, centre, tall * (1 + 0.04 * wave(0.13, 1)), mouth, brows, lids, mirrored)
        noise = dice.standard_normal(clean.shape, numpy.float32) * numpy.float32(NOISE)
        yield numpy.clip(clean + noise + 0.5, 0, 255).astype(numpy.uint8)


def write(path, pictures, rate, filters=None):
    first = next(pictures)
    height, width = first.shape[:2]
    with film(path, width, height, rate, filters) as add:
        add(first)
        for picture in pictures:
            add(picture)


def animate(path, width, height, rate, seconds, seed):
    """A clip of the photograph's face at any size and rate."""
    write(path, portrait(width, height, rate, seconds, seed), rate)


def carphone(path):
    """A man who talks in a car, 120 frames, four times as large."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", CLIPS / "carphone_pristine.mp4", "-frames:v", "120",
                    "-vf", "scale=704:576:flags=lanczos,setsar=1"] + ENCODER + [str(path)], check=True)


def good(folder):
    carphone(folder / "carphone.mp4")
    animate(folder / "astronaut.mp4", 640, 480, 30, 4, seed=1)
    write(folder / "portrait.mp4", portrait(1280, 720, 25, 3, seed=2, tall=200, mirrored=True, blink=1.4), 25)


def black(path):
    write(path, (numpy.zeros((240, 320, 3), numpy.uint8) for _ in range(20)), 25)


def no_face(path):
    """A cat, seen closer and closer."""
    cat = photo("chelsea.png")
    write(path, (look(cat, 320, 240, (225, 150), 250 - 2 * number) for number in range(20)), 25)


def two_faces(path):
    """The same head twice, the right one smaller and mirrored."""
    pairs = zip(portrait(320, 360, 25, 1, seed=3, tall=220), portrait(320, 360, 25, 1, seed=4, tall=300, mirrored=True))
    write(path, (numpy.hstack(pair) for pair in pairs), 25)


def leaving(path):
    """The window slides off the face within four frames, half-way."""
    picture, frames = photo("astronaut.png"), 40
    slide = [min(max(number - (frames // 2 - 2), 0) / 4, 1) for number in range(frames)]
    write(path, (look(picture, 480, 360, (225 + 180 * s, 150 + 200 * s), 200) for s in slide), 25)


def one_frame(path):
    animate(path, 480, 360, 25, 1 / 25, seed=5)


def long(path):
    """Eleven seconds."""
    animate(path, 320, 240, 15, 11, seed=6)


def variable_rate(path):
    """Two seconds' worth of frames, each third of which stays three times as long."""
    write(path, portrait(480, 360, 30, 2, seed=7), 30, ["-vf", "setpts=(N+2*floor((N+2)/3))/30/TB", "-vsync", "vfr"])


def huge(path):
    animate(path, 3840, 2160, 25, 2 / 25, seed=8)


def fast(path):
    """240 frames in a second."""
    animate(path, 320, 240, 240, 1, seed=9)


def tiny(path):
    animate(path, 16, 16, 25, 1, seed=10)


BAD = [black, no_face, two_faces, leaving, one_frame, long, variable_rate, huge, fast, tiny]


def bad(folder):
    for make in BAD:
        make(folder / f"{make.__name__}.mp4")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--bad", action="store_true", help="also those that are no use")
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    good(options.folder)
    if options.bad:
        bad(options.folder)


if __name__ == "__main__":
    main()
