"""Answers about a video's expression features, to the letter of the API, with made-up series: for checks that need no face and no landmark file.

`ExpressionAnswers(page, video)` stands between a page and its server for these routes alone.
"""

import json
import math
import re
import urllib.parse

REGIONS = ("mata_kiri", "mata_kanan", "mulut")
GRID = {"mata_kiri": [6, 4], "mata_kanan": [6, 4], "mulut": [10, 5]}
RESIZED = {"mata_kiri": [48, 32], "mata_kanan": [48, 32], "mulut": [70, 35]}
# Left, top, right, bottom in a picture of 256 by 192.
BOXES = [[56, 48, 112, 86], [144, 48, 200, 86], [84, 116, 172, 156]]
RATE = 10
# No face is found in between.
GONE = (20.0, 22.0)
NOTE = "Trained on noise, for tests."
WARNINGS = [
    {"code": "several_faces", "message": "In 12 frames there are several faces; the most certain one was taken."},
    {"code": "few_usable_frames", "message": "In 20 of 400 frames no face was found."},
]


def rows(duration):
    """The frames behind the first one in which there is a face."""
    times = [number / RATE for number in range(1, int(duration * RATE))]
    return [(int(round(time * RATE)), time) for time in times if not GONE[0] <= time < GONE[1]]


def vectors(time):
    """The left eye moves to the right, the right one up, the mouth there and back."""
    mouth = round(2 * math.sin(time))
    return [1, 0] * 24 + [0, 1] * 24 + [mouth, -1] * 50


def series(duration, with_model=True):
    found = rows(duration)

    def wave(time, speed):
        return round(0.6 + 0.5 * math.sin(time * speed) ** 2, 3)

    return {
        "video_frame": [frame for frame, _ in found],
        "time": [time for _, time in found],
        "magnitude": {region: [wave(time, 0.4 + 0.3 * at) + 0.3 * at for _, time in found] for at, region in enumerate(REGIONS)},
        "probability": [round(0.5 + 0.45 * math.sin(time / 3), 4) for _, time in found] if with_model else None,
    }


def result(video, job_id=7, with_model=True, warnings=(), overlay=True, synthetic=True):
    duration = video["duration"]
    found = rows(duration)
    total = int(duration * RATE)
    return {
        "video_path": video["path"], "job_id": job_id, "created_at": "2026-01-02T03:04:05.000000", "model": "made-up" if with_model else None,
        "synthetic": with_model and synthetic, "note": NOTE if with_model else None,
        "report": {
            "estimator": "hann2d", "detection": "tracked",
            "frames": {"total": total, "used": len(found) + 1, "skipped": total - len(found) - 1, "detected": 41, "tracked": len(found) - 40, "several_faces": 12},
            "rows": len(found), "segments": 1, "baseline": {"video_frame": 0, "time": 0.0}, "duration": duration, "frame_rate": float(RATE),
            "size": {"width": video["width"], "height": video["height"]}, "regions": list(REGIONS), "warnings": list(warnings), "seconds": 3.2,
        },
        "prediction": {
            "prediction": 0, "prediction_label": "non_anxiety", "confidence": 0.6, "avg_probability": 0.4321, "total_frames": len(found), "anxiety_frame_ratio": 0.4,
            "non_anxiety_frame_ratio": 0.6, "frame_predictions": [], "frame_probabilities": [], "estimator": "hann2d", "detection": "tracked",
            "frames": {}, "warnings": [], "synthetic": synthetic, "note": NOTE,
        } if with_model else None,
        "overlay": overlay, "series": series(duration, with_model),
    }


def job(video, number, status="processing", progress=0, error=None, code=None):
    return {
        "id": number, "kind": "expressions", "video_path": video["path"], "status": status, "progress": progress, "stage": "features" if status == "processing" else None,
        "done": progress * 4, "total": 400, "unit": "frames", "rate": 120.0, "eta_seconds": 2.5, "created_at": "2026-01-02T03:04:05.000000", "started_at": "2026-01-02T03:04:05.000000",
        "completed_at": None if status in ("pending", "processing") else "2026-01-02T03:04:09.000000", "error": error, "error_code": code, "attempt": 1, "max_attempts": 3,
        "retry_at": None, "priority": 0, "batch": None, "parent": None, "result": None,
    }


def envelope(message, code, details=None):
    return {"error": {"message": message, "type": "invalid_request_error", "code": code, "param": None, "details": details, "retry_after_ms": None, "request_id": "req-1"}}


class ExpressionAnswers:
    """What the server would say. Change `found`, `job` or `options` and the page is told so."""

    def __init__(self, page, video, found=None, job=None, available=True, reason=None, models=("made-up",)):
        self.video, self.found, self.job = video, found, job
        self.options = {"models": list(models), "estimators": ["hann2d", "none", "improved"], "detections": ["exact", "tracked"], "available": available, "reason": reason}
        self.asked = []  # (from, to) of each request for vectors
        self.posted = []
        self.told = []  # what happened to jobs: cancel, retry
        self.broken = False  # Vectors can't be had.
        name = re.escape(urllib.parse.quote(video["path"], safe=""))
        page.route(re.compile(rf"/api/videos/{name}/expressions(?:/\w+)?(?:\?.*)?$"), self.expressions)
        page.route(re.compile(r"/api/expressions/options$"), lambda route: route.fulfill(json=self.options))
        page.route(re.compile(r"/api/jobs/?\?.*kind=expressions"), lambda route: route.fulfill(json=[self.job] if self.job else []))
        page.route(re.compile(r"/api/jobs/\d+(?:/retry)?$"), self.one_job)
        page.route(re.compile(r"/api/jobs/events$"), self.events)

    def events(self, route):
        if self.job is None:
            # The server's own stream: it stays open.
            route.continue_()
            return
        active = self.job and (self.job["status"] in ("pending", "processing") or self.job["id"] in getattr(self, "news", ()))
        body = f"event: job\ndata: {json.dumps(self.job)}\n\n" if active else ": nothing\n\n"
        route.fulfill(status=200, content_type="text/event-stream", body=body)

    def end(self, status="completed", found=None, **about):
        """The job ends, and the page hears of it."""
        self.job = job(self.video, self.job["id"], status, **about)
        self.news = (self.job["id"],)
        if found:
            self.found = found

    def one_job(self, route):
        if route.request.method == "DELETE":
            self.told.append("cancel")
            self.end("cancelled")
            route.fulfill(json={"message": "Job cancelled successfully"})
            return
        if route.request.method == "POST":
            self.told.append("retry")
            self.job = job(self.video, self.job["id"], "pending")
            self.job["attempt"] = 2
        route.fulfill(json=self.job)

    def expressions(self, route):
        parts = urllib.parse.urlsplit(route.request.url)
        query = urllib.parse.parse_qs(parts.query)
        method, what = route.request.method, parts.path.rpartition("/")[2]
        if what == "vectors":
            self.vectors(route, float(query["from"][0]), float(query["to"][0]))
        elif what == "features":
            kind = query["format"][0]
            route.fulfill(body=f"frame,video_frame,time\n2,1,0.1\n{kind}", headers={"Content-Disposition": f'attachment; filename="film.expressions.{kind}"'})
        elif what == "overlay":
            route.fulfill(status=404, json=envelope("This video has no overlay.", "overlay_not_found"))
        elif method == "POST":
            if self.job and self.job["status"] in ("pending", "processing"):
                route.fulfill(status=409, json=envelope("One is at work already.", "job_exists"))
                return
            self.posted.append(json.loads(route.request.post_data))
            self.job = job(self.video, (self.job["id"] if self.job else 6) + 1, progress=10)
            route.fulfill(json={"job_id": self.job["id"], "status": "started"})
        elif method == "DELETE":
            self.found = None
            route.fulfill(status=204)
        elif self.found:
            route.fulfill(json=self.found)
        else:
            route.fulfill(status=404, json=envelope("This video has no expression features.", "expressions_not_found"))

    def vectors(self, route, start, end):
        self.asked.append((start, end))
        assert end - start <= 30, (start, end)
        if self.broken:
            route.fulfill(status=503, json=envelope("The features can’t be read now.", "unavailable"))
            return
        found = [{"video_frame": frame, "time": time, "boxes": BOXES, "vectors": vectors(time)} for frame, time in rows(self.video["duration"]) if start <= time <= end]
        route.fulfill(json={"grid": GRID, "resized": RESIZED, "rows": found})
