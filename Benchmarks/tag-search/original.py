"""The engine that Martlet's tag search replaces: vlm_engine 1.1.0, its own search and its own post-processing.

Only what would look at pixels is replaced: a frame is its number, and the answerer knows the truth about it. Answers come back after
short random times, as a model's do.
"""

import asyncio
import contextlib
import logging
import random

from vlm_engine import parallel_binary_search_engine as search
from vlm_engine.postprocessing import AIVideoResult, compute_video_tag_info

from videos import answer

# The player's settings, as it hands them to its engine.
RULE = {"MinMarkerDuration": "1s", "MaxGap": "30s", "RequiredDuration": "1s", "TagThreshold": 0.5}
CATEGORY = "actiondetection"
CONCURRENT = 10


class _NoCollection:
    """The engine collects garbage after every answer, which costs time and changes nothing here."""

    @staticmethod
    def collect(*_):
        return 0


search.gc = _NoCollection
logging.getLogger("logger").setLevel(logging.CRITICAL)


def _spans(video, frames, interval):
    """What its post-processing makes of frames."""
    tags = [str(tag) for tag in range(video["tags"])]
    result = AIVideoResult.from_server_result({
        "frames": frames, "video_duration": video["duration"], "frame_interval": interval, "threshold": 0.5,
        "ai_models_info": [(1.0, 93848, "vlm", [CATEGORY])]})
    config = {CATEGORY: {tag: {**RULE, "RenamedTag": tag} for tag in tags}}
    spans = compute_video_tag_info(result, config).tag_timespans.get(CATEGORY, {})
    return [{"tag": int(tag), "start": s.start, "end": s.end} for tag, found in spans.items() for s in found]


def _scores(video, frame, noise):
    seen = set(answer(video, frame, noise))
    return {str(tag): 0.99 if tag in seen else 0.0 for tag in range(video["tags"])}


def hybrid(video, noise, interval):
    """As it is."""
    engine = search.ParallelBinarySearchEngine([str(tag) for tag in range(video["tags"])], threshold=0.5, device_str="cpu")
    total = int(video["duration"] * video["fps"])
    search.get_video_metadata = lambda *_: (float(video["fps"]), total)
    dice = random.Random(video["id"])
    calls = 0

    @contextlib.contextmanager
    def frame(_path, number, phase=""):
        yield number, number

    async def look(number):
        nonlocal calls
        calls += 1
        await asyncio.sleep(dice.uniform(0, 0.0004))
        return _scores(video, number, noise)
    engine.temp_frame = frame
    found = asyncio.run(engine.process_video_binary_search("film", look, interval, True, CONCURRENT))
    frames = [
        {"frame_index": entry["frame_index"], CATEGORY: list(entry["action_results"].items())}
        for entry in sorted(found, key=lambda entry: entry["frame_index"])]
    return {"calls": calls, "spans": _spans(video, frames, interval)}


def linear(video, noise, interval):
    """Its plain scan, with its own post-processing."""
    step = max(1, round(interval * video["fps"]))
    numbers = range(0, int(video["duration"] * video["fps"]), step)
    frames = [{"frame_index": n / video["fps"], CATEGORY: list(_scores(video, n, noise).items())} for n in numbers]
    return {"calls": len(numbers), "spans": _spans(video, frames, interval)}


def dense(video, noise, interval):
    """A sample at every step of the tolerance, neighbours joined: what a search competes with."""
    numbers = [int(place * interval * video["fps"]) for place in range(int(video["duration"] / interval))]
    spans = []
    for tag in range(video["tags"]):
        run = None
        for number in numbers:
            seconds = number / video["fps"]
            if tag in answer(video, number, noise):
                if run is None:
                    run = {"tag": tag, "start": max(0, seconds - interval / 2), "end": 0}
                    spans.append(run)
                run["end"] = seconds + interval / 2
            else:
                run = None
    return {"calls": len(numbers), "spans": spans}
