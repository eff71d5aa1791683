#!/usr/bin/env python3
"""Make the golden files of sampling and resizing by running the reference: PyPI's qwen-vl-utils, torchvision and Pillow.

    Benchmarks/frames/setup.sh V
    V/bin/python scripts/reference/qwen_cases.py Tests/MediaTests/Golden

Writes qwen_random_cases.json and resize_random_cases.json. Only two ends of the reference are replaced: the decoder, by one
that answers the wanted number, rate and size of frames, and, where only sizes matter, the resize of pixels, which records the
size that it is asked for. All that lies between runs as published.
"""

import base64
import json
import os
import pathlib
import random
import sys
import types

os.environ["FORCE_QWENVL_VIDEO_READER"] = "torchcodec"
os.environ.pop("MODEL_SEQ_LEN", None)

import cpu_torchvision  # noqa: F401  must come before torchvision
import numpy
import PIL
import torch
import torchvision
from PIL import Image
from qwen_vl_utils import vision_process as reference

SEED = 20_240_914
VIDEOS = 520
LISTS = 40
IMAGES = 80
RATES = [1.0, 5.0, 10.0, 12.5, 15.0, 24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 48.0, 50.0, 60000 / 1001, 60.0, 120.0]
SIZES = [(1080, 1920), (720, 1280), (480, 640), (360, 640), (1920, 1080), (2160, 3840), (240, 320), (64, 64), (1440, 1440)]

real_resize = torchvision.transforms.functional.resize


class FakeDecoder:
    """Stands in for torchcodec's decoder: frames without memory behind them."""

    total = rate = height = width = None

    def __init__(self, source, **options):
        self.metadata = types.SimpleNamespace(average_fps=self.rate, num_frames=self.total)

    def get_frames_at(self, indices):
        empty = torch.zeros((1, 1, 1, 1), dtype=torch.uint8)
        return types.SimpleNamespace(data=empty.expand(len(indices), 3, self.height, self.width))


def recording_resize(video, size, interpolation, antialias):
    assert antialias and interpolation == torchvision.transforms.InterpolationMode.BICUBIC
    if 0 in size:
        # Let the real one say what it thinks of it.
        return real_resize(torch.zeros((1, 3, 4, 4), dtype=torch.uint8), size, interpolation, antialias=antialias)
    return torch.zeros((1, 1, 1, 1)).expand(video.shape[0], 3, *size)


def log_uniform(generator, low, high):
    return int(round(low * (high / low) ** generator.random()))


def random_size(generator):
    if generator.random() < 0.4:
        return generator.choice(SIZES)
    height = log_uniform(generator, 16, 2200)
    width = log_uniform(generator, 16, 4000)
    if generator.random() < 0.03:
        width = height * generator.choice([199, 200, 201])
    return height, width


def random_budget(generator, parameters):
    if generator.random() < 0.35:
        parameters["min_pixels"] = log_uniform(generator, 784, 400_000)
    if generator.random() < 0.35:
        parameters["max_pixels"] = log_uniform(generator, 4_000, 3_000_000)
    if generator.random() < 0.35:
        parameters["total_pixels"] = log_uniform(generator, 100_000, 200_000_000)
    if generator.random() < 0.08:
        parameters["resized_height"] = log_uniform(generator, 10, 3000)
        parameters["resized_width"] = log_uniform(generator, 10, 3000)


def random_video(generator):
    total = generator.randint(1, 12) if generator.random() < 0.1 else log_uniform(generator, 8, 250_000)
    rate = generator.choice(RATES) if generator.random() < 0.8 else round(generator.uniform(0.5, 144), 3)
    height, width = random_size(generator)
    parameters = {}
    if generator.random() < 0.2:
        # A caller never asks for more frames than fit in memory; the reference doesn't care.
        parameters["nframes"] = log_uniform(generator, 1, 2000)
        if generator.random() < 0.1:
            parameters["fps"] = 2.0
    else:
        if generator.random() < 0.6:
            parameters["fps"] = generator.choice([0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 30.0, round(generator.uniform(0.05, 60), 4)])
        if generator.random() < 0.4:
            parameters["max_frames"] = log_uniform(generator, 1, 2000)
        if generator.random() < 0.25:
            parameters["min_frames"] = generator.randint(0, 80)
    if generator.random() < 0.3:
        parameters["video_start"] = round(generator.uniform(-0.1, 1.05) * total / rate, 3)
    if generator.random() < 0.3:
        parameters["video_end"] = round(generator.uniform(0, 1.2) * total / rate, 3)
    random_budget(generator, parameters)
    return dict(total_frames=total, fps=rate, height=height, width=width, patch=generator.choice([14, 16]), params=parameters)


def packed(indices):
    """First index, smallest step, and one digit per step for what it has beyond that."""
    steps = [b - a for a, b in zip(indices, indices[1:])]
    least = min(steps)
    assert all(0 <= step - least <= 9 for step in steps)
    return dict(first=indices[0], step=least, extra="".join(str(step - least) for step in steps))


def run_video(case, generator):
    FakeDecoder.total, FakeDecoder.rate = case["total_frames"], case["fps"]
    FakeDecoder.height, FakeDecoder.width = case["height"], case["width"]
    if generator.random() < 0.15:
        case["sequence_length"] = generator.choice([4096, 8192, 32768, 262_144])
    reference.MODEL_SEQ_LEN = case.get("sequence_length", 128_000)
    try:
        (video, metadata), sample_fps = reference.fetch_video(
            {"video": "x", **case["params"]}, image_patch_size=case["patch"], return_video_sample_fps=True,
            return_video_metadata=True)
    except Exception as error:
        return dict(case, error=type(error).__name__)
    finally:
        reference.MODEL_SEQ_LEN = 128_000
    count, _, height, width = video.shape
    grid = [count // 2, height // case["patch"], width // case["patch"]]
    return dict(
        case, nframes=count, packed_indices=packed(metadata["frames_indices"]), sample_fps=sample_fps,
        meta_total=metadata["total_num_frames"], resized=[height, width], video_tokens=grid[0] * grid[1] * grid[2] // 4)


def run_list(generator):
    height, width = generator.choice(SIZES) if generator.random() < 0.5 else (generator.randint(20, 900), generator.randint(20, 900))
    count = generator.randint(1, 5)
    parameters = {}
    random_budget(generator, parameters)
    if generator.random() < 0.4:
        parameters["sample_fps"] = generator.choice([0.5, 1.0, 4.0, 7.3])
    if generator.random() < 0.4:
        parameters["raw_fps"] = generator.choice([24.0, 30000 / 1001, 60.0])
    case = dict(height=height, width=width, count=count, patch=generator.choice([14, 16]), params=parameters)
    still = []
    fetch_image = reference.fetch_image

    def recording_fetch(*arguments):
        image = fetch_image(*arguments)
        still.append(image.size)
        return image

    reference.fetch_image = recording_fetch
    try:
        frames = [Image.new("RGB", (width, height)) for _ in range(count)]
        (video, metadata), sample_fps = reference.fetch_video(
            {"video": frames, **parameters}, image_patch_size=case["patch"], return_video_sample_fps=True,
            return_video_metadata=True)
    except Exception as error:
        return dict(case, error=type(error).__name__)
    finally:
        reference.fetch_image = fetch_image
    count, _, height, width = video.shape
    return dict(
        case, nframes=count, still=[still[0][1], still[0][0]], resized=[height, width], sample_fps=sample_fps,
        meta_fps=metadata["fps"], meta_total=metadata["total_num_frames"])


def run_image(generator):
    height, width = random_size(generator)
    parameters = {}
    random_budget(generator, parameters)
    parameters.pop("total_pixels", None)
    case = dict(height=height, width=width, patch=generator.choice([14, 16]), params=parameters)
    try:
        image = reference.fetch_image({"image": Image.new("RGB", (width, height)), **parameters}, case["patch"])
    except Exception as error:
        return dict(case, error=type(error).__name__)
    return dict(case, resized=[image.size[1], image.size[0]])


def picture(pattern, height, width):
    """HWC bytes; the tests make the same."""
    y, x, c = numpy.meshgrid(numpy.arange(height), numpy.arange(width), numpy.arange(3), indexing="ij")
    if pattern == "waves":
        return ((7 * x + 13 * y + 29 * c + 5 * ((x * y) % 17)) % 256).astype(numpy.uint8)
    value = (x * 73_856_093) ^ (y * 19_349_663) ^ (c * 83_492_791)
    value &= 0xFFFFFFFF
    value = ((value ^ (value >> 13)) * 0x5BD1E995) & 0xFFFFFFFF
    if pattern == "noise":
        return ((value >> 15) & 255).astype(numpy.uint8)
    # Soft shades with a little grain, like a photograph.
    return ((x * 160 // width + y * 80 // height + c * 5 + ((value >> 15) & 7)) % 256).astype(numpy.uint8)


PIXEL_CASES = [
    # pattern, height, width, new height, new width, every so many rows stored
    ("shades", 1080, 1920, 384, 672, 96),
    ("noise", 1080, 1920, 384, 672, 128),
    ("shades", 720, 1280, 392, 728, 112),
    ("waves", 480, 640, 416, 576, 104),
    ("shades", 240, 320, 256, 320, 64),
    ("noise", 64, 64, 384, 384, 96),
    ("waves", 101, 77, 64, 32, 1),
    ("noise", 53, 211, 28, 112, 1),
    ("waves", 37, 41, 64, 96, 4),
    ("noise", 33, 7, 96, 32, 2),
    ("shades", 97, 1, 64, 32, 4),
    ("noise", 1, 90, 32, 64, 2),
    ("waves", 500, 30, 28, 28, 1),
    ("noise", 64, 96, 64, 32, 2),
    ("noise", 61, 64, 32, 64, 2),
    ("waves", 359, 641, 56, 28, 1),
    ("noise", 2160, 3840, 96, 160, 12),
    ("noise", 3, 2, 32, 32, 4),
]


def run_pixels(pattern, height, width, new_height, new_width, every):
    image = picture(pattern, height, width)
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].contiguous()
    video = real_resize(
        tensor, [new_height, new_width], torchvision.transforms.InterpolationMode.BICUBIC, antialias=True)
    still = numpy.asarray(Image.fromarray(image).resize((new_width, new_height)))
    rows = lambda array: base64.b64encode(numpy.ascontiguousarray(array[::every]).tobytes()).decode()
    return dict(
        pattern=pattern, height=height, width=width, new_height=new_height, new_width=new_width, every=every,
        video=rows(video[0].permute(1, 2, 0).numpy()), still=rows(still))


def write(path, value):
    lists = lambda items: "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n]"
    parts = [json.dumps(key) + ":" + (lists(item) if isinstance(item, list) else json.dumps(item)) for key, item in value.items()]
    path.write_text("{" + ",\n".join(parts) + "}\n")
    print(path.name, path.stat().st_size, "bytes")


def main():
    folder = pathlib.Path(sys.argv[1])
    generator = random.Random(SEED)
    made_with = dict(torch=torch.__version__, torchvision=torchvision.__version__, pillow=PIL.__version__, qwen_vl_utils="0.0.14")
    sys.modules["torchcodec"] = types.ModuleType("torchcodec")
    sys.modules["torchcodec.decoders"] = types.SimpleNamespace(VideoDecoder=FakeDecoder)
    # After a failure the reference tries another reader, which would hide what failed.
    reference.VIDEO_READER_BACKENDS["torchvision"] = reference.VIDEO_READER_BACKENDS["torchcodec"]
    reference.transforms.functional.resize = recording_resize
    write(folder / "qwen_random_cases.json", dict(
        made_with=made_with,
        videos=[run_video(random_video(generator), generator) for _ in range(VIDEOS)],
        lists=[run_list(generator) for _ in range(LISTS)],
        images=[run_image(generator) for _ in range(IMAGES)]))
    write(folder / "resize_random_cases.json", dict(
        made_with=made_with, cases=[run_pixels(*case) for case in PIXEL_CASES]))


if __name__ == "__main__":
    main()
