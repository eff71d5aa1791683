#!/usr/bin/env python3
"""Read one video through qwen-vl-utils with one backend, in a fresh process, and print what it took as JSON.

Only `fetch_video` is timed, after all imports. Exit status 3 with {"unavailable": reason} when the backend can't be used.
"""

import argparse
import json
import os
import pathlib
import resource
import sys
import time
import warnings

UNAVAILABLE = 3


def unavailable(reason):
    print(json.dumps({"unavailable": " ".join(str(reason).split())[:300]}))
    sys.exit(UNAVAILABLE)


def load(backend):
    """The reference with this backend alone: its fall-back to another one would measure the wrong thing."""
    if backend == "torchvision":
        with_video = pathlib.Path(sys.prefix) / "torchvision-with-video"
        if with_video.is_dir():
            sys.path.insert(0, str(with_video))
    os.environ["FORCE_QWENVL_VIDEO_READER"] = backend
    sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "reference"))
    try:
        import cpu_torchvision  # noqa: F401  must come before torchvision
        import torchvision
        if backend == "torchcodec":
            import torchcodec.decoders  # noqa: F401
        elif backend == "decord":
            import decord  # noqa: F401
        from qwen_vl_utils import vision_process
    except Exception as error:
        unavailable(error)
    if backend == "torchvision" and not hasattr(torchvision.io, "read_video"):
        unavailable(f"torchvision {torchvision.__version__} no longer reads videos")
    read = vision_process.VIDEO_READER_BACKENDS[backend]
    vision_process.VIDEO_READER_BACKENDS = {backend: read, "torchvision": read}
    return vision_process


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--backend", required=True, choices=["torchcodec", "decord", "torchvision"])
    parser.add_argument("--parameters", default="{}", help="JSON of a video element")
    parser.add_argument("--patch", type=int, default=16)
    parser.add_argument("--check", action="store_true", help="only say whether the backend can be used")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    reference = load(arguments.backend)
    if arguments.check:
        print(f"{arguments.backend}: ready")
        return
    element = {"video": arguments.file, **json.loads(arguments.parameters)}
    imported = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    (video, metadata), _ = reference.fetch_video(
        element, image_patch_size=arguments.patch, return_video_sample_fps=True, return_video_metadata=True)
    seconds = time.perf_counter() - begin
    print(json.dumps({
        "seconds": seconds, "indices": [int(index) for index in metadata["frames_indices"]],
        "size": list(video.shape[-2:]),
        # Kilobytes; what the imports alone took is told apart.
        "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "imported_kb": imported}))


if __name__ == "__main__":
    main()
