"""The library: videos, timestamps, analyses, settings, as its clients call it.

    python3 Tests/clients/test_library.py [NAME…]

Starts servers and a vision model of its own. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import csv
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from support.checks import check, run_checks
from support.library import Library, at, call
from support.ranges import RangeServer
from support.server import wait_until
from support.videos import VisionModel

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
CLIPS = os.environ.get("MARTLET_CLIPS") or os.path.join(HOME, "samples/clips")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$")
SEEING = {"evidence": False, "model": "eye"}


@check
def a_video_is_added_listed_renamed_and_removed():
    with Library() as library:
        clip = shutil.copy(os.path.join(CLIPS, "four-scenes.mp4"), os.path.join(library.films, "four scenes#1.mp4"))
        video = library.add(clip)
        assert video["path"] == clip and video["title"] == "four scenes#1" and video["has_ai_data"] is False, video
        assert video["duration"] == 10 and video["codec"] == "h264" and video["file_size"] == os.path.getsize(clip)
        assert TIME.match(video["created_at"]) and re.fullmatch("[0-9a-f]{16}", video["phash"]) and video["job"] is None
        for path in (at(clip), at(clip[1:]), "/api/videos/" + urllib.parse.quote(clip), "/api/videos/" + urllib.parse.quote(clip[1:])):
            assert library.get(path)["id"] == video["id"], path
        status, picture, headers = call(library.server, "GET", video["thumbnail_path"], raw=True)
        assert status == 200 and picture[:2] == b"\xff\xd8" and headers["Content-Type"] == "image/jpeg"
        moments = {call(library.server, "GET", at(clip, f"/thumbnail?time={t}&height=90"), raw=True)[1] for t in (0.5, 3.2, 5.7, 8.7)}
        assert len(moments) == 4
        status, part, headers = call(library.server, "GET", at(clip, "/content"), headers={"Range": "bytes=4-7"}, raw=True)
        assert status == 206 and part == b"ftyp" and headers["Content-Type"] == "video/mp4", (status, part)
        other = library.add(shutil.copy(os.path.join(CLIPS, "motorcycle.mp4"), library.films), title="Motor")
        assert [v["path"] for v in library.get("/api/videos/")] == [other["path"], clip]
        assert library("PUT", at(clip, "/move-to-front"))[0] == 200
        assert [v["path"] for v in library.get("/api/videos")] == [clip, other["path"]]
        assert [v["title"] for v in library.get("/api/videos?search=MOTOR")] == ["Motor"]
        assert [v["title"] for v in library.get("/api/videos?sort=title&limit=1")] == ["four scenes#1"]
        assert library.get("/api/videos?status=completed") == [] and len(library.get("/api/videos?status=none")) == 2
        assert library("PATCH", at(clip), {"title": "Four"})[1]["title"] == "Four"
        status, answer = library("DELETE", at(clip))
        assert status == 200 and "message" in answer and os.path.exists(clip)
        assert library("GET", at(clip))[0] == 404 and library("DELETE", at(clip))[0] == 404


@check
def what_is_not_in_the_roots_is_not_there():
    with Library() as library, tempfile.TemporaryDirectory() as outside:
        secret = shutil.copy(os.path.join(CLIPS, "cat.mp4"), os.path.join(outside, "secret.mp4"))
        os.symlink(secret, os.path.join(library.films, "link.mp4"))
        os.symlink(outside, os.path.join(library.films, "way"))
        os.mkdir(os.path.join(library.films, "folder.mp4"))
        evil = [
            secret, "/etc/passwd", f"{library.films}/../../../../..{secret}", f"{library.films}/link.mp4", f"{library.films}/way/secret.mp4",
            f"{library.films}/none.mp4", f"{library.films}/folder.mp4", library.films, "", "/", "films", "\0", f"{library.films}/a\0.mp4",
            "/uploads/../../etc/passwd", "/uploads/", "/proc/self/environ", library.films + "-sibling/x.mp4"]
        bodies = set()
        for path in evil:
            status, answer = library("POST", "/api/videos", {"path": path})
            assert status in (404, 422), (path, status, answer)
            bodies.add(answer["error"]["message"])
        assert not any(outside in body or library.films in body for body in bodies)
        assert library.get("/api/roots")["roots"] == [{"path": library.films, "name": "films"}]
        for path in ("/etc", f"{library.films}/..", f"{library.films}/way", f"{library.films}/link.mp4"):
            assert library("GET", "/api/roots/files?path=" + urllib.parse.quote(path))[0] == 404, path
        # A video that becomes a link later isn't followed either.
        film = library.add(library.film("a.mp4", 1, 30))["path"]
        os.remove(film)
        os.symlink(secret, film)
        assert library("GET", at(film, "/content"))[0] == 404 and library.get(at(film))["available"] is False


@check
def duplicates_are_refused_and_nothing_stays_behind():
    with Library() as library:
        clip = shutil.copy(os.path.join(CLIPS, "sample.mp4"), os.path.join(library.films, "a.mp4"))
        copy = shutil.copy(clip, os.path.join(library.films, "b.mp4"))
        with open(copy + ".AI.json", "w") as file:
            json.dump({"tags": {"cat": {"time_frames": [{"start": 1, "end": 2}]}}}, file)
        library.add(clip)
        assert library("POST", "/api/videos", {"path": clip})[1]["error"]["code"] == "video_exists"
        status, answer = library("POST", "/api/videos", {"path": copy})
        assert status == 409 and answer["error"]["code"] == "video_duplicate" and answer["error"]["details"]["path"] == clip, answer
        assert library.get("/api/search?q=cat")["hits"] == []
        for name in ("text.mp4", "empty.mp4"):
            with open(os.path.join(library.films, name), "w") as file:
                file.write("no video" if name == "text.mp4" else "")
            status, answer = library("POST", "/api/videos", {"path": file.name})
            assert status in (415, 422), (status, answer)
        assert len(library.get("/api/videos")) == 1


@check
def uploads_and_urls_become_videos_of_its_own():
    extra = "fetch: {allow_private_addresses: true}\n"
    with open(os.path.join(CLIPS, "cat.mp4"), "rb") as file:
        cat = file.read()
    with Library(extra) as library, RangeServer(cat) as web:
        clip = os.path.join(CLIPS, "motorcycle.mp4")
        with open(clip, "rb") as file:
            data = file.read()
        tus = {"Tus-Resumable": "1.0.0"}
        request = urllib.request.Request(
            library.server.url("/v1/uploads"), b"", {**tus, "Upload-Length": str(len(data)), "Upload-Metadata": "filename bW90b3IubXA0"}, method="POST")
        with urllib.request.urlopen(request) as answer:
            place = answer.headers["Location"]
        request = urllib.request.Request(
            library.server.url(place), data, {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}, method="PATCH")
        urllib.request.urlopen(request).read()
        upload = place.rpartition("/")[2]
        status, video = library("POST", "/api/videos", {"upload": upload})
        assert status == 200 and video["path"].startswith("/uploads/") and video["path"].endswith("/motor.mp4") and video["title"] == "motor", video
        assert call(library.server, "GET", at(video["path"], "/content"), raw=True)[1] == data
        assert library("POST", "/api/videos", {"upload": upload})[1]["error"]["code"] == "video_duplicate"
        assert library("POST", "/api/videos", {"upload": "0" * 32})[0] == 404
        # The upload itself may go; the library has its own.
        urllib.request.urlopen(urllib.request.Request(library.server.url(place), headers=tus, method="DELETE"))
        assert call(library.server, "GET", at(video["path"], "/content"), raw=True)[1] == data
        files = os.path.join(library.folder.name, "data/library/videos")
        assert len(os.listdir(files)) == 1
        status, job = library("POST", "/api/videos", {"url": web.url, "title": "A cat"})
        assert status == 202 and job["kind"] == "fetch", job
        done = library.wait(job["id"])
        fetched = library.get(at(done["result"]["video_path"]))
        assert fetched["title"] == "A cat" and done["video_path"] == fetched["path"], done
        # The same once more: the job fails, and its file doesn't stay.
        again = library.wait(library("POST", "/api/videos", {"url": web.url})[1]["id"], ("failed",))
        assert again["error_code"] == "video_duplicate" and again["attempt"] == 1, again
        assert len(os.listdir(files)) == 2
        for video in library.get("/api/videos"):
            library("DELETE", at(video["path"]))
        wait_until("the files are gone", lambda: os.listdir(files) == [], 5)
        assert library("POST", "/api/videos", {"url": "ftp://x/y"})[0] == 422
        assert library("POST", "/api/videos", {"url": "http://a/b", "path": "/c"})[0] == 422


@check
def side_cars_come_in_and_go_out_the_same():
    with Library() as library:
        film = library.film("a.mp4", 3, 120)
        with open(film + ".AI.json", "w") as file:
            json.dump({
                "video_metadata": {"video_id": 1001, "duration": 120.5, "phash": "abc", "models": {}},
                "tags": {
                    "walking": {"ai_model_name": "actiondetection", "time_frames": [
                        {"start": 5.0, "end": 25.0, "confidence": 0.92}, {"start": 60.0, "confidence": 0.78}]},
                    "ta,g \"x\"": {"time_frames": [{"end": 3}]}}}, file)
        video = library.add(film)
        assert video["has_ai_data"] and video["timestamp_count"] == 3 and video["tag_count"] == 2, video
        stamps = library.get(at(film, "/timestamps/"))
        key = [(s["tag_name"], s["start_time"], s["end_time"], s["confidence"], s["source"]) for s in stamps]
        assert key == [('ta,g "x"', 0, 3, 0, "import"), ("walking", 5, 25, 0.92, "import"), ("walking", 60, None, 0.78, "import")], key
        status, data, headers = call(library.server, "GET", at(film, "/export?format=json"), raw=True)
        assert "attachment" in headers["Content-Disposition"] and "a.mp4.AI.json" in headers["Content-Disposition"]
        library("DELETE", at(film))
        with open(film + ".AI.json", "wb") as file:
            file.write(data)
        library.add(film)
        again = [(s["tag_name"], s["start_time"], s["end_time"], s["confidence"], s["source"]) for s in library.get(at(film, "/timestamps/"))]
        assert again == key
        text = call(library.server, "GET", at(film, "/export?format=vtt"), raw=True)[1].decode()
        assert text.startswith("WEBVTT\n") and "00:00:05.000 --> 00:00:25.000\nwalking\n" in text, text
        rows = list(csv.DictReader(io.StringIO(call(library.server, "GET", at(film, "/export?format=csv"), raw=True)[1].decode())))
        assert rows[0]["tag_name"] == 'ta,g "x"' and rows[1]["end_time"] == "25.000" and rows[2]["end_time"] == "", rows
        assert library("GET", at(film, "/export?format=xml"))[0] == 422
        broken = library.film("b.mp4", 4, 30)
        with open(broken + ".AI.json", "w") as file:
            file.write("{")
        assert library("POST", "/api/videos", {"path": broken})[1]["error"]["code"] == "bad_sidecar"


@check
def timestamps_are_edited():
    with Library() as library:
        film = library.add(library.film("a.mp4", 5, 100))["path"]
        status, stamp = library("POST", at(film, "/timestamps/"), {"tag_name": " dog ", "start_time": 10, "end_time": 35})
        assert status == 200 and stamp["tag_name"] == "dog" and stamp["confidence"] == 1 and stamp["source"] == "manual", stamp
        library("POST", at(film, "/timestamps"), {"tag_name": "cat", "start_time": 30, "end_time": 40, "confidence": 0.5})
        video = library.get(at(film))
        assert video["tags"] == ["cat", "dog"] and abs(video["coverage"] - 0.3) < 0.02, video["coverage"]
        status, stamp = library("PUT", at(film, f"/timestamps/{stamp['id']}"), {"tag_name": "dog", "start_time": 20, "end_time": None})
        assert status == 200 and stamp["end_time"] is None and stamp["start_time"] == 20
        for body in ({"tag_name": "", "start_time": 1}, {"tag_name": "x"}, {"tag_name": "x", "start_time": -1}, {"tag_name": "x", "start_time": 5, "end_time": 4},
                     {"tag_name": "x", "start_time": 1, "confidence": 2}, {"tag_name": "x" * 81, "start_time": 1}):
            assert library("POST", at(film, "/timestamps/"), body)[0] == 422, body
        assert library("DELETE", at(film, f"/timestamps/{stamp['id']}"))[0] == 200
        assert library("DELETE", at(film, f"/timestamps/{stamp['id']}"))[0] == 404
        assert library("PUT", at(film, "/timestamps/999"), {"tag_name": "x", "start_time": 1})[0] == 404
        hits = library.get("/api/search?q=CA")["hits"]
        assert [(h["kind"], h["text"], h["start"]) for h in hits] == [("tag", "cat", 30)], hits
        assert library.get("/api/search?q=100%25")["hits"] == [] and library("GET", "/api/search?q=")[0] == 422


@check
def settings_are_kept_and_checked():
    with Library() as library:
        settings = library.get("/api/config/")
        assert len(settings["analysis_tags"].split(",")) == 26 and settings["frame_interval"] == 2 and settings["tolerance"] == 0.25, settings
        assert library.get("/api/config/available-models/")["models"][:2] == ["auto", "detector"]
        good = {"analysis_tags": " cat, ,dog,Cat ", "llm_base_url": " http://x ", "llm_model": "auto", "max_batch_size": 3}
        status, saved = library("PUT", "/api/config/", {**good, "tag_rules": {"cat": {"threshold": 0.7, "max_gap": "5%"}}, "side_car": "none"})
        assert status == 200 and saved["analysis_tags"] == "cat,dog" and saved["llm_base_url"] == "http://x", saved
        assert library.get("/api/config")["tag_rules"] == {"cat": {"threshold": 0.7, "max_gap": "5%"}} and TIME.match(saved["updated_at"])
        bad = [
            ({"analysis_tags": " , "}, "analysis_tags"), ({"llm_base_url": " "}, "llm_base_url"), ({"llm_model": None}, "llm_model"),
            ({"max_batch_size": 0}, "max_batch_size"), ({"max_batch_size": 11}, "max_batch_size"), ({"livekit_url": "http://x"}, "livekit_url"),
            ({"frame_interval": 0}, "frame_interval"), ({"tolerance": 3}, "tolerance"), ({"side_car": "moon"}, "side_car"),
            ({"tag_rules": {"cat": {"max_gap": "5 bananas"}}}, "tag_rules.cat"), ({"tag_rules": {"cat": {"threshold": 7}}}, "tag_rules.cat")]
        for change, field in bad:
            status, answer = library("PUT", "/api/config", {**good, **change})
            assert status == 422 and answer["error"]["param"] == field, (change, status, answer)


@check
def an_analysis_finds_spans_and_writes_them_everywhere():
    def truth(video, frame, tag):
        return {"cat": 20 <= frame < 50 or 100 <= frame < 130, "dog": 45 <= frame < 110}.get(tag, False)
    with VisionModel(truth) as model, Library(model.configuration) as library:
        film = library.add(library.film("a.mp4", 7, 180))["path"]
        assert "eye" in library.get("/api/config/available-models")["models"]
        job = library.analyse(film, tags=["cat", "dog", "bird"], **SEEING)
        done = library.wait(job)
        assert done["progress"] == 100 and done["error"] is None and TIME.match(done["completed_at"]), done
        result = done["result"]
        assert result["answered_by"] == "eye" and result["failed_calls"] == 0 and result["segments"] == 3 and result["calls"] == len(model.calls), result
        spans = sorted((s["tag_name"], s["start_time"], s["end_time"]) for s in library.get(at(film, "/timestamps/")))
        expected = [("cat", 20, 50), ("cat", 100, 130), ("dog", 45, 110)]
        # Frames are a second apart: no change can be placed closer.
        assert len(spans) == 3 and all(a[0] == b[0] and abs(a[1] - b[1]) <= 1 and abs(a[2] - b[2]) <= 1 for a, b in zip(spans, expected)), spans
        assert max(model.frames(7).values()) == 1 and len(model.calls) <= 120, len(model.calls)
        video = library.get(at(film))
        assert video["has_ai_data"] and video["analysis_model"] == "eye" and video["tags"] == ["cat", "dog"] and video["job"]["id"] == job
        with open(os.path.join(library.folder.name, f"data/library/side-cars/{video['id']}.AI.json")) as file:
            written = json.load(file)
        assert sorted(written["tags"]) == ["cat", "dog"] and written["video_metadata"]["models"]["actiondetection"]["ai_model_config"]["frame_interval"] == 2
        # Again, with what a person wrote: that stays, the old results go.
        library("POST", at(film, "/timestamps/"), {"tag_name": "mine", "start_time": 1})
        library.wait(library.analyse(film, tags=["bird", "cat"], **SEEING))
        assert library.get(at(film))["tags"] == ["cat", "mine"]
        assert [j["status"] for j in library.get(at(film, "/jobs"))] == ["completed"] * 2
        assert [j["id"] for j in library.get("/api/jobs/?status=completed&limit=1")] == [job + 1]
        assert library.get("/api/jobs/?status=nonsense") == []


@check
def token_probabilities_become_scores():
    def tokens(text):
        found = []
        for piece in re.findall(r'true|false|"[^"]*"|[{}:,]| ', text):
            other = [{"token": "true", "logprob": -0.3567}, {"token": "false", "logprob": -1.204}] if piece in ("true", "false") else []
            found.append({"token": piece, "logprob": -0.1, "top_logprobs": other})
        return found
    with VisionModel(lambda *_: True, probability=tokens) as model, Library(model.configuration) as library:
        film = library.add(library.film("a.mp4", 8, 40))["path"]
        library.wait(library.analyse(film, tags=["cat"], **SEEING))
        stamps = library.get(at(film, "/timestamps/"))
        assert len(stamps) == 1 and abs(stamps[0]["confidence"] - 0.7) < 0.01, stamps


@check
def one_analysis_at_a_time_cancel_and_retry():
    with VisionModel(lambda video, frame, tag: frame >= 90, delay=0.15) as model, Library(model.configuration) as library:
        film = library.add(library.film("a.mp4", 9, 300))["path"]
        job = library.analyse(film, tags=["cat"], **SEEING)
        status, answer = library("POST", at(film, "/analyze"))
        assert status == 400 and answer["error"]["message"] == f"Analysis already in progress for this video (job_id: {job})", answer
        wait_until("the first segment is done", lambda: library.get(f"/api/jobs/{job}")["done"] > 45, 30)
        started = time.monotonic()
        assert library("DELETE", f"/api/jobs/{job}")[1] == {"message": "Job cancelled successfully"}
        wait_until("the model is left alone", lambda: model.open == 0, 5)
        # What the model had begun it answers; nothing new is asked.
        assert time.monotonic() - started < 0.5 + model.delay
        asked = len(model.calls)
        time.sleep(0.5)
        assert len(model.calls) == asked
        gone = library.get(f"/api/jobs/{job}")
        assert gone["status"] == "cancelled" and gone["error"] == "Job cancelled by user" and gone["completed_at"], gone
        status, answer = library("DELETE", f"/api/jobs/{job}")
        assert status == 400 and answer["error"]["message"] == "Cannot cancel job with status: cancelled"
        model.delay = 0
        assert library("POST", f"/api/jobs/{job}/retry")[1]["status"] == "pending"
        done = library.wait(job)
        assert done["id"] == job and done["result"]["segments"] == 5
        # Frames of the finished segment were asked about once, however often the job began.
        seen = model.frames(9)
        assert all(seen[frame] <= 1 for frame in range(0, 59)), seen
        assert library("POST", f"/api/jobs/{job}/retry")[0] == 409
        assert library("GET", "/api/jobs/999")[1]["error"]["message"] == "Job not found" and library("GET", "/api/jobs/x")[0] == 422


@check
def failed_answers_are_gaps_and_too_many_fail_the_job():
    # Every twentieth frame can't be answered: that is known to be unknown.
    with VisionModel(lambda video, frame, tag: True, fault=lambda video, frame: 400 if frame % 40 == 20 else None) as model:
        with Library(model.configuration + "balancing: {ejection: 500ms}\n") as library:
            film = library.add(library.film("a.mp4", 10, 200))["path"]
            done = library.wait(library.analyse(film, tags=["cat"], **SEEING))
            assert done["result"]["failed_calls"] >= 5 and done["result"]["unknown_seconds"] >= 0, done
            # A dead model fails the job, soon and visibly, and leaves the old result alone.
            model.fault = lambda *_: 500
            before = library.get(at(film, "/timestamps/"))
            job = library.analyse(film, tags=["cat"], **SEEING)
            wait_until("it failed once", lambda: library.get(f"/api/jobs/{job}")["status"] == "retrying", 60)
            failed = library.get(f"/api/jobs/{job}")
            assert failed["error_code"] == "too_many_failed_answers" and failed["retry_at"] and failed["attempt"] == 1, failed
            assert library.get(at(film, "/timestamps/")) == before
            # Mended, the next attempt succeeds.
            model.fault = None
            library.wait(job)


@check
def the_detector_knows_what_it_does_not_know():
    with Library() as library:
        clip = library.add(shutil.copy(os.path.join(CLIPS, "motorcycle-then-cat.mp4"), library.films))["path"]
        job = library.analyse(clip, tags=["motorcycle", "cats", "walking", "umbrella"], model="detector", frame_interval=1, evidence=True)
        done = library.wait(job, seconds=240)
        assert done["result"]["unsupported_tags"] == ["walking"] and done["result"]["answered_by"] == "detector", done
        spans = {s["tag_name"]: (s["start_time"], s["end_time"], s["confidence"]) for s in library.get(at(clip, "/timestamps/"))}
        assert set(spans) == {"motorcycle", "cats"}, spans
        assert spans["motorcycle"][0] < 0.5 and 3 < spans["motorcycle"][1] < 6.5 and spans["cats"][1] > spans["cats"][0] >= spans["motorcycle"][1] - 1, spans
        assert 0.3 < spans["motorcycle"][2] < 1
        timeline = library.get(at(clip, "/timeline"))
        assert len(timeline["scenes"]) == 2 and {o["text"] for o in timeline["objects"]} >= {"motorcycle", "cat"}, timeline
        assert any(hit["kind"] == "object" for hit in library.get("/api/search?q=motorcycle&kinds=object")["hits"])
        job = library.analyse(clip, tags=["walking"], model="detector")
        assert library.wait(job, ("failed",))["attempt"] == 1


@check
def speech_and_signs_can_be_searched():
    with Library() as library:
        clip = library.add(shutil.copy(os.path.join(CLIPS, "sample.mp4"), library.films))["path"]
        library.wait(library.analyse(clip, tags=["cat"], model="detector"), seconds=240)
        timeline = library.get(at(clip, "/timeline"))
        words = " ".join(entry["text"] for entry in timeline["transcript"])
        assert len(words.split()) >= 5 and timeline["screen_text"] and all(e["end"] >= e["start"] for e in timeline["transcript"]), timeline
        word = max(words.split(), key=len).strip(".,!?")
        hits = library.get("/api/search?kinds=transcript&q=" + urllib.parse.quote(word.lower()))["hits"]
        assert hits and hits[0]["kind"] == "transcript" and hits[0]["video_path"] == clip, (word, hits)


@check
def batches_run_and_say_what_cannot():
    with VisionModel(lambda *_: False, delay=0.02) as model, Library(model.configuration) as library:
        films = [library.add(library.film(f"{n}.mp4", 20 + n, 60))["path"] for n in range(4)]
        busy = library.analyse(films[0], tags=["cat"], **SEEING)
        status, batch = library("POST", "/api/batches", {"all": True, "tags": ["cat"], **SEEING})
        assert status == 200 and len(batch["jobs"]) == 3 and [r["code"] for r in batch["refused"]] == ["analysis_in_progress"], batch
        status, missing = library("POST", "/api/batches", {"paths": ["/none"], **SEEING})
        assert missing["refused"][0]["code"] == "video_not_found"
        for job in [busy] + [entry["job_id"] for entry in batch["jobs"]]:
            library.wait(job)
        assert len(library.get(f"/api/jobs?batch={batch['batch']}")) == 3
        assert library("POST", "/api/batches", {})[0] == 422 and library("POST", "/api/batches", {"all": True, "frame_interval": 0})[0] == 422
        headers = {"Idempotency-Key": "once"}
        first = call(library.server, "POST", at(films[1], "/analyze"), SEEING, headers)[1]
        assert call(library.server, "POST", at(films[1], "/analyze"), SEEING, headers)[1] == first


@check
def a_pool_of_two_works_on_one_video():
    with VisionModel(lambda *_: False, delay=0.1) as one, VisionModel(lambda *_: False, delay=0.1) as two:
        extra = one.configuration + two.configuration.replace("endpoints:\n", "").replace("id: eye,", "id: other, model: eye,")
        extra += "pools:\n  - {id: eyes, members: [{endpoint: eye}, {endpoint: other}]}\n"
        with Library(extra) as library:
            film = library.add(library.film("a.mp4", 33, 240))["path"]
            settings = {"analysis_tags": "cat", "llm_base_url": "x", "llm_model": "eyes", "max_batch_size": 8}
            assert library("PUT", "/api/config", settings)[0] == 200
            library.wait(library.analyse(film, evidence=False))
            assert min(len(one.calls), len(two.calls)) > 30 and len(one.calls) + len(two.calls) <= 130, (len(one.calls), len(two.calls))


@check
def events_tell_a_job_to_its_end():
    with VisionModel(lambda *_: False, delay=0.05) as model, Library(model.configuration) as library:
        film = library.add(library.film("a.mp4", 30, 180))["path"]
        everything = urllib.request.urlopen(library.server.url("/api/jobs/events"), timeout=60)
        job = library.analyse(film, tags=["cat"], **SEEING)

        def follow(stream, until):
            seen = []
            for line in stream:
                if line.startswith(b"data: "):
                    seen.append(json.loads(line[6:]))
                    if until(seen[-1]):
                        break
            return seen
        own = follow(urllib.request.urlopen(library.server.url(f"/api/jobs/{job}/events"), timeout=60), lambda _: False)
        assert own[-1]["status"] == "completed" and own[-1]["result"], own[-1]
        steps = [entry["progress"] for entry in own]
        assert steps == sorted(steps) and len(set(steps)) > 4, steps
        working = [entry for entry in own if entry["status"] == "processing" and entry["stage"] == "scan"]
        assert any(entry["rate"] and entry["eta_seconds"] is not None for entry in working) and working[-1]["done"] <= working[-1]["total"]
        assert follow(everything, lambda entry: entry["status"] == "completed")[-1]["id"] == job


@check
def a_deleted_video_stops_its_analysis():
    with VisionModel(lambda *_: True, delay=0.1) as model, Library(model.configuration) as library:
        film = library.add(library.film("a.mp4", 31, 300))["path"]
        job = library.analyse(film, tags=["cat"], **SEEING)
        wait_until("it runs", lambda: len(model.calls) > 4, 20)
        assert library("DELETE", at(film))[0] == 200
        wait_until("it stopped", lambda: model.open == 0, 5)
        asked = len(model.calls)
        time.sleep(0.5)
        assert len(model.calls) == asked and library("GET", f"/api/jobs/{job}")[0] == 404
        library.add(film)


@check
def results_are_kept_across_a_restart():
    with VisionModel(lambda *_: True) as model, Library(model.configuration) as library:
        film = library.add(library.film("a.mp4", 32, 60))["path"]
        library.wait(library.analyse(film, tags=["cat"], **SEEING))
        before = library.get(at(film)), library.get(at(film, "/timestamps/")), library.get("/api/jobs")
        assert library.server.stop() == 0
        library.process.__exit__(None, None, None)
        library.start()
        assert (library.get(at(film)), library.get(at(film, "/timestamps/")), library.get("/api/jobs")) == before


if __name__ == "__main__":
    sys.exit(run_checks())
