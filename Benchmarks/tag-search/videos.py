"""Random videos with tags over time, and how well a method found them."""

import random

SETS = [
    # name, minutes, tags, spans, whether spans of different tags may overlap
    ("10 min, 5 tags, 8 spans", 10, 5, 8, False),
    ("10 min, 5 tags, 8 overlapping spans", 10, 5, 8, True),
    ("30 min, 10 tags, 20 spans", 30, 10, 20, True),
    ("60 min, 10 tags, 40 spans", 60, 10, 40, True),
]
FPS = 30


def make(number, minutes, tags, count, overlapping, dice):
    """One video: spans of 3 to 40 s, those of one tag at least 35 s apart."""
    duration = minutes * 60
    spans = []
    while len(spans) < count:
        tag, length = dice.randrange(tags), dice.uniform(3, 40)
        start = dice.uniform(1, duration - length - 1)
        end = start + length
        if any(s["tag"] == tag and start < s["end"] + 35 and s["start"] < end + 35 for s in spans):
            continue
        if not overlapping and any(start < s["end"] and s["start"] < end for s in spans):
            continue
        spans.append({"tag": tag, "start": start, "end": end})
    return {"id": number, "duration": duration, "fps": FPS, "tags": tags, "spans": spans}


def make_set(minutes, tags, count, overlapping, videos, seed):
    dice = random.Random(seed)
    return [make(seed * 1000 + number, minutes, tags, count, overlapping, dice) for number in range(videos)]


def is_flipped(video, frame, tag, noise):
    """As in Simulation/main.swift: every method gets the same answers."""
    mask = (1 << 64) - 1
    state = ((video * 1_000_003 + frame) * 0x9E3779B97F4A7C15 + tag * 0xBF58476D1CE4E5B9) & mask
    state ^= state >> 30
    state = state * 0xBF58476D1CE4E5B9 & mask
    state ^= state >> 27
    state = state * 0x94D049BB133111EB & mask
    state ^= state >> 31
    return (state >> 11) / 9007199254740992 < noise


def answer(video, frame, noise):
    """The tags that an answerer sees in a frame."""
    seconds = frame / video["fps"]
    there = {s["tag"] for s in video["spans"] if s["start"] <= seconds < s["end"]}
    return [tag for tag in range(video["tags"]) if (tag in there) != is_flipped(video["id"], frame, tag, noise)]


def _length(spans):
    return sum(end - start for start, end in spans)


def _union(spans):
    merged = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def score(videos, results):
    """Pooled temporal IoU, spans found (IoU of at least a half with one that was predicted), and how many were predicted."""
    common = union = found = predicted = truth = calls = 0
    for video, result in zip(videos, results):
        calls += result["calls"]
        for tag in range(video["tags"]):
            true = [(s["start"], s["end"]) for s in video["spans"] if s["tag"] == tag]
            said = [(s["start"], s["end"]) for s in result["spans"] if s["tag"] == tag]
            both = _length(_union(true + said))
            union += both
            common += _length(_union(true)) + _length(_union(said)) - both
            truth += len(true)
            predicted += len(said)
            for start, end in true:
                best = max(
                    ((min(end, e) - max(start, s)) / (max(end, e) - min(start, s)) for s, e in said), default=0)
                found += best >= 0.5
    return {"calls": calls / len(videos), "iou": common / union if union else 1.0, "found": found, "truth": truth, "predicted": predicted}
