"""Answers of the routes for pictures, to the letter of the API: for checks that need neither a painter nor a model that looks at faces.

`StudioAnswers(page)` stands between a page and its server for these routes alone; styles and the vocabulary are the server's own.
"""

import json
import re
import struct
import urllib.parse
import zlib

NAMES = {
    "observed": (
        "face_shape face_fullness jawline_definition hair_color hair_type hair_style hair_length hairline_type balding_pattern eye_color eye_shape skin_tone "
        "skin_undertone age_appearance age_range gender facial_hair facial_hair_density beard_style mustache_style facial_marks facial_mark_position expression"
    ).split(),
    "dress": ["dress_color", "dress_type"],
    "accessories": [f"{one}_{what}" for one, kind in (("hat", "style"), ("glasses", "type"), ("mask", "type")) for what in ("present", kind, "color")],
}
LOOKS = {
    "gender": "female", "age_appearance": "adult", "face_shape": "oval", "hair_color": "brown", "hair_length": "short", "hair_type": "wavy", "eye_color": "green",
    "skin_tone": "fair", "expression": "smile", "beard_style": "none", "facial_hair": "none", "dress_type": "jacket", "dress_color": "red", "hat_present": "no",
    "glasses_present": "yes", "glasses_type": "round-glasses", "glasses_color": "gold",
}
CONFIDENCE = {"hair_color": 0.93, "eye_color": 0.41, "face_shape": 0.72, "glasses_present": 0.99}
TIPS = [{"code": "too_dark", "message": "The picture is a little dark: turn to a window."}, {"code": "face_the_camera", "message": "Look straight into the camera."}]
CAPTION = "You and I at our table, laughing until the noodles are cold."
PROMPT = "Polished 3D cartoon render of two friends, @asha and @ben, sharing a big bowl of noodles at a wooden table in a warm kitchen."
NOW = 1_767_323_045
PICTURE_ROUTES = r"/v1/(?:profile/generate|chat/1to1/imagegen|chat/shorts/generate|chat/scenes/generate|images/generations)$"


def png(width=96, height=96, shift=0):
    """A picture with a sky and a ground, in colours that `shift` changes."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            hill = y > height * 0.62 + height * 0.08 * ((x / width * 3 + shift / 80) % 1 - 0.5)
            sun = (x - width * 0.7) ** 2 + (y - height * 0.3) ** 2 < (width * 0.12) ** 2
            red, green, blue = (60, 90 + shift % 60, 80) if hill else (250, 214, 120) if sun else (90 + shift % 120, 140 + y * 90 // height, 200)
            rows += bytes((red, green, blue))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")


def features(looks=None, meta=None):
    looks = LOOKS if looks is None else looks
    return {**{group: {name: looks.get(name) for name in names} for group, names in NAMES.items()}, "meta": meta or {"face_detected": False, "num_faces": 0, "quality_score": 0}}


def profile(handle, version=1, looks=None, style="anime", likeness=True):
    return {
        "handle": f"@{handle}", "version": version, "created_at": NOW, "updated_at": NOW + 3600 * version, "expires_at": NOW + 90 * 86400, "style": style,
        "avatar_features": features(looks), "likeness": likeness,
    }


def envelope(message, code, details=None, retry_after_ms=None):
    error = {"message": message, "type": "invalid_request_error", "code": code, "param": None, "details": details, "retry_after_ms": retry_after_ms, "request_id": "req-1"}
    return {"error": error, "code": code.upper(), "message": message, "details": details, "retry_after_ms": retry_after_ms}


class StudioAnswers:
    """What the server would say. Jobs end at once unless `holds`; then `move` and `end` say how the latest goes on."""

    def __init__(self, page, profiles=(), holds=False, vision=True, faces=1, picture=(96, 96)):
        self.holds, self.vision, self.picture = holds, vision, picture
        self.stored = {one["handle"][1:]: [one] for one in profiles}  # The versions, newest first.
        self.faces = [{"x": picture[0] * (0.3 if at == 0 else 0.05), "y": picture[1] * 0.2, "width": picture[0] * (0.4 if at == 0 else 0.2), "height": picture[1] * 0.4} for at in range(faces)]
        self.refusal = None  # (status, envelope) of the next request for pictures
        self.bad_selfie = None
        self.jobs, self.wishes = {}, {}
        self.painted = []  # (path, body) of each request for pictures
        self.sent = []  # (method, path, body, If-Match) of each change of a profile
        self.cancelled = []
        self.files = {}
        self.analysed = []  # the fields of each form with a selfie
        page.context.route(re.compile(PICTURE_ROUTES), self.paint)
        page.context.route(re.compile(r"/v1/profile/analyze$"), self.analyze)
        page.context.route(re.compile(r"/v1/profiles(?:/[^?]*)?$"), self.profiles)
        page.context.route(re.compile(r"/api/jobs/\d+(?:/events)?$"), self.job)
        page.context.route(re.compile(r"/v1/images/files/"), self.file)

    # Pictures

    def paint(self, route):
        request = route.request
        path, body = urllib.parse.urlsplit(request.url).path, json.loads(request.post_data)
        assert request.headers["prefer"] == "respond-async", request.headers
        assert body["response_format"] == "url", body
        if self.refusal:
            status, answer = self.refusal
            self.refusal = None
            route.fulfill(status=status, json=answer)
            return
        self.painted.append((path, body))
        number = len(self.jobs) + 7
        self.wishes[number] = (path, body)
        self.jobs[number] = self.document(number, "queued", stage="queue", done=0, total=3)
        if not self.holds:
            self.end(number=number)
        route.fulfill(status=202, json={"job_id": number, "status": "queued"}, headers={"Location": f"/api/jobs/{number}"})

    def document(self, number, status, stage=None, progress=0, done=None, total=None, unit=None, eta=None, error=None, code=None, result=None):
        return {
            "id": number, "kind": "image", "video_path": None, "status": status, "progress": progress, "stage": stage, "done": done, "total": total, "unit": unit, "rate": None,
            "eta_seconds": eta, "created_at": "2026-01-02T03:04:05.000000", "started_at": None, "completed_at": None, "error": error, "error_code": code, "attempt": 1,
            "max_attempts": 3, "retry_at": None, "priority": 0, "batch": None, "parent": None, "result": result,
        }

    @property
    def latest(self):
        return max(self.jobs)

    def move(self, stage, **about):
        status = "queued" if stage == "queue" else "processing"
        self.jobs[self.latest] = self.document(self.latest, status, stage=stage, **about)

    def end(self, status="completed", number=None, **about):
        number = number or self.latest
        result = self.result(number) if status == "completed" else None
        self.jobs[number] = self.document(number, status, progress=100 if result else 40, result=result, **about)

    def result(self, number):
        path, body = self.wishes[number]
        seed = body.get("seed", 1000 + number)
        facts = {"model": "tiny-painter", "softened": False}
        if "data" in path or path.endswith("generations"):
            data = [{"url": self.keep(seed + at), "expires_at": NOW, "seed": seed + at, "covered": False} for at in range(body["n"])]
            return {"created": NOW, "output_format": "png", "size": "96x96", "data": data, **facts}
        answer = {"image_url": self.keep(seed), "expires_at": NOW, "seed": seed, "format": "png", "covered": False, **facts}
        return answer if "profile" in path else {**answer, "caption": CAPTION, "caption_source": "model", "prompt_used": PROMPT, "prompt_source": "model"}

    def keep(self, seed):
        name = f"/v1/images/files/{seed:08x}{len(self.files):08x}.png"
        self.files[name] = png(*self.picture, shift=seed * 37 % 200)
        return name

    def file(self, route):
        content = self.files.get(urllib.parse.urlsplit(route.request.url).path)
        if content:
            route.fulfill(body=content, content_type="image/png")
        else:
            route.fulfill(status=404, json=envelope("There is no such picture any more.", "picture_not_found"))

    def job(self, route):
        parts = urllib.parse.urlsplit(route.request.url).path.split("/")
        number = int(parts[3])
        if number not in self.jobs:
            route.fulfill(status=404, json=envelope("There is no such job.", "job_not_found"))
        elif route.request.method == "DELETE":
            self.cancelled.append(number)
            self.end("cancelled", number)
            route.fulfill(json={"message": "Job cancelled successfully"})
        elif parts[-1] == "events":
            route.fulfill(content_type="text/event-stream", body=f"event: job\ndata: {json.dumps(self.jobs[number])}\n\n")
        else:
            route.fulfill(json=self.jobs[number])

    # Profiles

    def analyze(self, route):
        form = route.request.post_data_buffer
        self.analysed.append(re.findall(rb' name="(\w+)"', form))
        face = re.search(rb'name="face"\r\n\r\n(\d+)', form)
        if not self.vision:
            route.fulfill(status=503, json=envelope("No model here looks at pictures: pull one with `martlet models pull`.", "no_vision_model"))
        elif self.bad_selfie:
            route.fulfill(status=422, json=envelope("The selfie can’t be used.", "bad_selfie", {"reason": self.bad_selfie, "quality_score": 0.2, "num_faces": 0, "tips": TIPS}))
        else:
            looks = LOOKS if not face else {**LOOKS, "hair_color": "black"}
            meta = {"face_detected": True, "num_faces": len(self.faces), "quality_score": 0.8, "confidence": CONFIDENCE, "face_box": self.faces[int(face.group(1)) if face else 0]}
            route.fulfill(json={"avatar_features": features(looks, meta), "tips": TIPS, "faces": self.faces})

    def profiles(self, route):
        request = route.request
        parts = [urllib.parse.unquote(one) for one in urllib.parse.urlsplit(request.url).path.split("/")[3:]]
        if not parts:
            route.fulfill(json={"profiles": [versions[0] for _, versions in sorted(self.stored.items())]})
            return
        handle = parts[0]
        assert not handle.startswith("@"), handle
        versions = self.stored.get(handle)
        body = json.loads(request.post_data) if request.post_data else None
        match = request.headers.get("if-match")
        if request.method != "GET":
            self.sent.append((request.method, handle, body, match))
        if request.method == "PUT":
            self.write(handle, body["avatar_features"], body.get("style", "3d_cartoon"), body["likeness"])
            route.fulfill(json=self.stored[handle][0])
        elif not versions:
            route.fulfill(status=404, json=envelope("There is no such profile.", "profile_not_found"))
        elif parts[-1] == "versions":
            route.fulfill(json={"versions": [{"version": one["version"], "created_at": one["updated_at"], "avatar_features": one["avatar_features"], "style": one["style"]} for one in versions]})
        elif request.method == "DELETE":
            del self.stored[handle]
            route.fulfill(status=204)
        elif request.method == "PATCH":
            newest = versions[0]
            if match and match.strip('"') != str(newest["version"]):
                route.fulfill(status=409, json=envelope("The profile has changed: it has another version now.", "version_conflict"))
                return
            merged = {group: {**newest["avatar_features"][group], **body.get(group, {})} for group in NAMES}
            self.write(handle, merged, newest["style"], newest["likeness"])
            route.fulfill(json=self.stored[handle][0])
        else:
            route.fulfill(json=versions[0])

    def write(self, handle, found, style, likeness):
        versions = self.stored.setdefault(handle, [])
        looks = {name: value for group in NAMES for name, value in found.get(group, {}).items()}
        versions.insert(0, profile(handle, versions[0]["version"] + 1 if versions else 1, looks, style, likeness))
