#!/usr/bin/env python3
"""Writes SelfieQualityGolden.swift: what OpenCV measures on pictures that both languages make from the same formulas.

    pip install opencv-python-headless numpy
    scripts/reference/selfie_quality.py PHOTO Tests/ImageStudioTests/Selfies

PHOTO is astronaut.png of the sample photos (scripts/setup.sh).
"""
import pathlib
import sys

import cv2
import numpy

SIZES = [(64, 48), (33, 17), (101, 57), (2, 2), (1, 1), (1, 9), (9, 1), (256, 200)]
KINDS = ["noise", "gradient", "flat", "checks"]


def picture(kind, width, height, seed):
    """Rows of red, green, blue; the same as `SelfieSamples.picture`."""
    pixels = numpy.zeros((height, width, 3), numpy.uint8)
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                pixels[y, x, channel] = {
                    "noise": (x * x * 3 + y * 7 * x + y * y * 5 + channel * 31 * (x + y + 1) + seed * 97) & 255,
                    "gradient": min(255, x * 200 // width + y * channel * 40 // height + seed),
                    "flat": (seed * (3 + 2 * channel)) & 255,
                    "checks": 255 - seed if (x + y) & 1 else seed,
                }[kind]
    return pixels


def measures(rgb):
    gray = cv2.cvtColor(rgb[:, :, ::-1].copy(), cv2.COLOR_BGR2GRAY)
    variance = float(cv2.Laplacian(gray, cv2.CV_64F).var())
    mean = float(gray.mean())
    return variance, mean, [
        (0.6 * min(1.0, variance / 150.0) + 0.4 * (1.0 - min(1.0, abs(mean - 128.0) / 128.0))) * penalty
        for penalty in (0.3, 1.0, 0.7)
    ]


def main():
    rows = []
    for kind in KINDS:
        for number, (width, height) in enumerate(SIZES):
            seed = number * 13 + 5
            variance, mean, scores = measures(picture(kind, width, height, seed))
            rows.append(f'        .init("{kind}", {width}, {height}, seed: {seed}, {variance!r}, {mean!r}, {scores!r}),')
    variance, mean, scores = measures(cv2.imread(sys.argv[1])[:, :, ::-1])
    text = f"""// Made by selfie_quality.py with OpenCV {cv2.__version__}.

struct SelfieQualityGolden: Sendable {{
    let kind: String
    let width: Int
    let height: Int
    let seed: Int
    let sharpness: Double
    let meanGrey: Double
    /// With no face, with one, with two.
    let scores: [Double]

    init(_ kind: String, _ width: Int, _ height: Int, seed: Int, _ sharpness: Double, _ meanGrey: Double, _ scores: [Double]) {{
        self.kind = kind
        self.width = width
        self.height = height
        self.seed = seed
        self.sharpness = sharpness
        self.meanGrey = meanGrey
        self.scores = scores
    }}

    static let cases: [SelfieQualityGolden] = [
{chr(10).join(rows)}
    ]

    /// The whole of astronaut.png.
    static let photo = SelfieQualityGolden("photo", 512, 512, seed: 0, {variance!r}, {mean!r}, {scores!r})
}}
"""
    (pathlib.Path(sys.argv[2]) / "SelfieQualityGolden.swift").write_text(text)


main()
