"""Has a server make pictures of people and of chats, with the bodies that clients of the system before Martlet send.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_studio.py [NAME…]

Pictures come from an endpoint written for tests, prompts, captions and descriptions of faces from a scripted chat model. Needs the models
centerface and nudenet-320n, and the photographs in MARTLET_HOME. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import base64
import functools
import json
import os
import sys
import tempfile
import threading
import time
from email import message_from_bytes
from email.policy import HTTP

import requests

from support.brain import Brain
from support import checks
from support.painter import Painter
from support.server import ENVIRONMENT, ServerProcess, wait_until

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
PORTRAIT = os.path.join(HOME, "samples", "photos", "astronaut.png")
CAT = os.path.join(HOME, "samples", "photos", "coffee.png")
EXPANDED = (
    "Polished 3D cartoon render of two friends, @asha and @ben, sharing a big bowl of noodles at a wooden table in a warm kitchen, "
    "laughing, steam rising, soft evening light, medium shot at eye level.")
CAPTION = "You and I at our table, laughing until the noodles are cold."
LOOKS = {
    "gender": "female", "age_appearance": "adult", "skin_tone": "fair", "face_shape": "oval", "hair_length": "short",
    "hair_color": "brown", "eye_color": "brown", "hat_present": "no", "glasses_present": "no", "mask_present": "no",
}


class Mind:
    """The scripted model: writes prompts and captions, describes faces; what it is to say can be exchanged."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.prompt, self.caption, self.looks, self.fails, self.pause = EXPANDED, CAPTION, LOOKS, False, 0.0

    def __call__(self, messages):
        time.sleep(self.pause)
        if self.fails:
            return "I'd rather not."
        words = json.dumps(messages)
        if "in lines" not in words and "prompt of one picture" in words:
            return json.dumps({"expanded_prompt": self.prompt})
        if "final_prompt" in words:
            keys = ["style_line", "identity_line", "chat_mood_line", "scene_line", "pose_expression_line", "env_frame_line", "negative_line"]
            return json.dumps({**{key: f"the {key}" for key in keys}, "final_prompt": self.prompt})
        if "caption" in words:
            return json.dumps({"caption": self.caption})
        if "lower part of one person's face" in words:
            return json.dumps({"beard_style": "none", "mustache_style": "none", "facial_hair_density": "none"})
        if "image_url" in words:
            schema = features()
            return json.dumps({name: self.looks.get(name, "unknown") for name in schema} | {"confidence": {"hair_color": 0.75}})
        return json.dumps({"text": "We share a big bowl of noodles."})


def check(function):
    """A check before which the model is as it was."""
    @functools.wraps(function)
    def run():
        mind.reset()
        function()

    return checks.check(run)


def features():
    """What a vision model is asked about."""
    names = [entry["name"] for entry in requests.get(server.url("/v1/vocabulary"), timeout=30).json()["features"]]
    return [name for name in names if name not in ("facial_hair", "age_range")]


def call(method, path, **more):
    return requests.request(method, server.url(path), timeout=120, **more)


def avatar(handle, **observed):
    looks = {"gender": "female", "age_appearance": "adult", "hair_color": "red", **observed}
    return {"handle": handle, "avatar_features": {"observed": looks, "dress": {}, "accessories": {}, "meta": {}}}


def chat(**more):
    message = {"sender_handle": "@asha", "text": "I can't stop laughing at dinner", "timestamp": "10:02", "tagged_handles": ["@ben"]}
    return {
        "chat_messages": [{"sender_handle": "@ben", "text": "Noodles tonight?", "timestamp": "10:00", "tagged_handles": []}, message],
        "style": "3d_cartoon", "participants": [avatar("@asha"), avatar("@ben", gender="male")], "target_message": message, **more,
    }


def story(**more):
    return {"style": "anime", "participants": [avatar("@asha")], "user_message": "A walk in the rain", **more}


def private(text="See you at the beach", **more):
    return {
        "sender_id": "user-17", "receiver_id": "user-23", "style_request": {"style_id": "suko_3d"}, "new_message": {"text": text, "sent_at": None},
        "history": {"messages": [{"text": "Are you free?", "sent_at": "09:00"}]},
        "participants": {"sender_avatar": avatar("@asha"), "receiver_avatar": avatar("@ben"), "other_avatars": []}, **more,
    }


def general(text="A market in the morning", **more):
    return {
        "sender_id": "user-17", "style_request": {"style_id": "watercolor"}, "prompt": {"text": text},
        "participants": {"sender_avatar": avatar("@asha"), "other_avatars": []}, **more,
    }


# Each kind of chat picture: its path, its body, and where its words stand.
CHATS = {
    "/v1/chat/1to1/imagegen": (chat, lambda text: {"target_message": text}),
    "/v1/chat/shorts/generate": (story, lambda text: {"user_message": text}),
    "/v1/chat/scenes/generate": (story, lambda text: {"user_message": {"sender_handle": "@asha", "text": text}}),
    "/v1/chat/private/imagegen": (private, lambda text: {"new_message": {"text": text}}),
    "/v1/imagegen": (general, lambda text: {"prompt": {"text": text}}),
}


def is_png(data):
    return data[:8] == b"\x89PNG\r\n\x1a\n"


def error(response, status, code, old):
    """The one envelope, and beside it what older clients read."""
    assert response.status_code == status, f"{response.status_code} instead of {status}: {response.text[:400]}"
    body = response.json()
    assert body["error"]["code"] == code, body
    assert body["code"] == old and body["message"] == body["error"]["message"] and body["detail"]["code"] == old, body
    return body["error"]


def selfie(path="/v1/profile/analyze", field="selfie", file=PORTRAIT, headers=None, **fields):
    with open(file, "rb") as picture:
        return call("POST", path, files={field: ("me.png", picture, "image/png")}, data=fields, headers=headers)


# Chats


@check
def chats_get_pictures_by_the_old_bodies():
    for path in list(CHATS)[:3]:
        answer = call("POST", path, json=CHATS[path][0]())
        assert answer.status_code == 200, answer.text[:400]
        body = answer.json()
        assert is_png(base64.b64decode(body["image_base64"])) and body["caption"] == CAPTION and body["prompt_used"] == EXPANDED, body
        assert body["prompt_source"] == body["caption_source"] == "model", (path, body["prompt_source"], body["caption_source"])
        assert isinstance(body["seed"], int) and body["model"] == "painter" and body["format"] == "png"
    assert painter.requests[-1]["size"] == "512x512"


@check
def private_and_general_pictures_are_files():
    for path in list(CHATS)[3:]:
        body = CHATS[path][0](size="256x128", seed=5)
        answer = call("POST", path, json=body)
        assert answer.status_code == 200 and answer.headers["content-type"] == "image/png" and is_png(answer.content), answer.text[:300]
        assert answer.headers["x-martlet-seed"] == "5"
        document = call("POST", path, json=body, headers={"accept": "application/json"}).json()
        assert base64.b64decode(document["image_base64"]) == answer.content and document["prompt_used"] == EXPANDED
        assert document["prompt_bundle"]["style_line"] == "the style_line" and len(document["prompt_bundle"]) == 8
        assert "nudity" not in document["prompt_bundle"]["final_prompt"]
        assert call("POST", path, json={**body, "output_format": "webp"}).headers["content-type"] == "image/webp"


@check
def without_a_language_model_the_composer_writes():
    mind.fails = True
    for path, (body, _) in CHATS.items():
        answer = call("POST", path, json=body(), headers={"accept": "application/json"})
        assert answer.status_code == 200 and answer.json()["prompt_source"] == "composer", answer.text[:300]
        assert "@asha" in answer.json()["prompt_used"] and "red" in answer.json()["prompt_used"]
        again = call("POST", path, json=body(), headers={"accept": "application/json"}).json()
        assert again["prompt_used"] == answer.json()["prompt_used"]


@check
def a_language_model_that_is_gone_costs_no_picture():
    with ServerProcess("models.offline=true", "images.writer=gone", configuration=json.dumps(base(painter)), environment=ENVIRONMENT) as own:
        body = requests.post(own.url("/v1/chat/1to1/imagegen"), json=chat(), timeout=60).json()
        assert body["prompt_source"] == body["caption_source"] == "composer" and 10 <= len(body["caption"].split()) <= 15, body


@check
def what_the_language_model_wrote_is_reviewed():
    mind.prompt = "Two people, naked, having sex in a kitchen, explicit, every detail of their bodies shown, soft evening light, medium shot."
    mind.caption = "You and I naked in bed, having sex until the morning comes."
    body = call("POST", "/v1/chat/1to1/imagegen", json=chat()).json()
    assert body["prompt_source"] == body["caption_source"] == "composer" and "naked" not in json.dumps(body), body["prompt_used"]


@check
def the_hard_block_holds_on_every_route_and_text():
    bad = "a naked schoolgirl"
    before = len(painter.requests)
    for path, (body, words) in CHATS.items():
        refused = error(call("POST", path, json=body(**words(bad))), 403, "policy_blocked", "POLICY_BLOCKED")
        assert refused["details"]["reason"] == "HARD_BLOCK" and "schoolgirl" not in json.dumps(refused)
    places = [
        ("/v1/chat/1to1/imagegen", chat(chat_messages=[{"sender_handle": "@ben", "text": bad}, {"sender_handle": "@asha", "text": "look"}], target_message="look")),
        ("/v1/chat/1to1/imagegen", chat(participants=[avatar("@asha", age_range="12 years old girl"), avatar("@ben")], target_message="She is naked")),
        ("/v1/chat/shorts/generate", story(participants=[avatar("@asha", hair_style=bad)])),
        ("/v1/chat/scenes/generate", story(participants=[avatar("@naked_schoolgirl")])),
        ("/v1/chat/private/imagegen", private(history={"messages": [{"text": bad}]})),
        ("/v1/images/generations", {"prompt": bad}),
        ("/v1/images/generations", {"prompt": "a lake", "negative_prompt": bad}),
    ]
    for path, body in places:
        answer = call("POST", path, json=body)
        assert answer.status_code == 403 and answer.json()["error"]["details"]["reason"] == "HARD_BLOCK", (path, body, answer.text[:300])
        # In the background it is refused at once as well.
        assert call("POST", path, json=body, headers={"prefer": "respond-async"}).status_code == 403
    assert len(painter.requests) == before


@check
def soft_words_are_softened_and_everyday_words_left_alone():
    body = call("POST", "/v1/chat/shorts/generate", json=story(user_message="I am naked on the balcony")).json()
    assert body["softened"] and "fully clothed" in painter.requests[-1]["prompt"]
    for words in ("Grapes and a draped shawl", "I'm kidding, it's nineteen euros", "A children's toy in the shop window"):
        assert call("POST", "/v1/chat/scenes/generate", json=story(user_message=words)).json()["softened"] is False, words


@check
def what_is_wrong_is_said():
    for path, body, param in [
        ("/v1/chat/1to1/imagegen", chat(style="cubism"), "style"), ("/v1/chat/1to1/imagegen", chat(participants=[avatar("@asha")]), "participants"),
        ("/v1/chat/1to1/imagegen", chat(chat_messages=[]), "chat_messages"), ("/v1/chat/shorts/generate", story(participants=[]), "participants"),
        ("/v1/chat/shorts/generate", story(user_message=""), "user_message"), ("/v1/chat/scenes/generate", story(size="77x77"), "size"),
        ("/v1/chat/shorts/generate", story(participants=[{"handle": "two words"}]), "participants[0].handle"),
        ("/v1/chat/private/imagegen", private(new_message={}), "new_message.text"), ("/v1/imagegen", general(sender_id=None), "sender_id"),
    ]:
        answer = call("POST", path, json=body)
        found = error(answer, 422, answer.json()["error"]["code"], "BAD_INPUT")
        assert found["param"] == param, (path, param, found)


# Answers by URL and in the background


@check
def pictures_have_urls_that_end():
    made = call("POST", "/v1/images/generations", json={"prompt": "a lake", "size": "64x64", "response_format": "url"}).json()["data"][0]
    assert made["url"].startswith(server.url("/v1/images/files/")) and "b64_json" not in made and made["expires_at"] > time.time()
    assert is_png(requests.get(made["url"], timeout=30).content)
    body = call("POST", "/v1/chat/1to1/imagegen", json=chat(response_format="url")).json()
    assert "image_base64" not in body and is_png(call("GET", body["image_url"]).content)
    assert call("DELETE", body["image_url"]).status_code == 204 and call("GET", body["image_url"]).status_code == 404
    for name in ("x", "../martlet.sqlite", "0" * 32 + ".png", "0" * 32 + ".exe"):
        assert call("GET", "/v1/images/files/" + name).status_code == 404
    with ServerProcess("images.keep=2s", "models.offline=true", configuration=json.dumps(base(painter)), environment=ENVIRONMENT) as own:
        url = requests.post(own.url("/v1/images/generations"), json={"prompt": "a lake", "size": "64x64", "response_format": "url"}, timeout=60).json()["data"][0]["url"]
        assert requests.get(url, timeout=30).status_code == 200
        wait_until("its time is up", lambda: requests.get(url, timeout=30).status_code == 404, 10)


def begun(path, body, at=None, **headers):
    answer = requests.post((at or server).url(path), json=body, headers={"prefer": "respond-async", **headers}, timeout=60)
    assert answer.status_code == 202 and answer.headers["preference-applied"] == "respond-async", answer.text[:300]
    assert answer.headers["location"] == f"/api/jobs/{answer.json()['job_id']}"
    return answer.json()["job_id"]


def ended(job, at=None, within=60):
    url = (at or server).url(f"/api/jobs/{job}")
    wait_until("the job ends", lambda: requests.get(url, timeout=30).json()["status"] in ("completed", "failed", "cancelled"), within)
    return requests.get(url, timeout=30).json()


@check
def pictures_are_made_in_the_background():
    for path, body in [("/v1/chat/1to1/imagegen", chat(seed=9)), ("/v1/imagegen", general(seed=9)), ("/v1/images/generations", {"prompt": "a lake", "n": 2, "seed": 9}),
                       ("/v1/profile/generate", {"avatar_features": avatar("@asha")["avatar_features"], "seed": 9})]:
        key = f"key-{path}"
        number = begun(path, body, **{"idempotency-key": key})
        assert begun(path, body, **{"idempotency-key": key}) == number
        job = ended(number)
        assert job["status"] == "completed" and job["kind"] == "image" and job["progress"] == 100, job
        result = job["result"]
        url = result["image_url"] if "image_url" in result else result["data"][1]["url"]
        assert is_png(call("GET", url).content) and not {"image_base64", "image_bytes_b64"} & set(result) and "b64_json" not in json.dumps(result)


@check
def jobs_tell_their_place_in_line_and_can_be_cancelled():
    with Painter(delay=1.5) as slow:
        with ServerProcess("models.offline=true", configuration=json.dumps(base(slow, slots=1)), environment=ENVIRONMENT) as own:
            body = {"prompt": "a lake", "size": "64x64"}
            jobs = [begun("/v1/images/generations", body, at=own) for _ in range(3)]
            seen = []

            def look():
                seen.append([requests.get(own.url(f"/api/jobs/{job}"), timeout=30).json() for job in jobs])
                places = {job["total"] for job in seen[-1] if job["stage"] == "queue"}
                return {1, 2} <= places

            wait_until("both places in line are told", look, 20)
            assert requests.delete(own.url(f"/api/jobs/{jobs[1]}"), timeout=30).status_code == 200
            states = [ended(job, at=own)["status"] for job in jobs]
            assert states == ["completed", "cancelled", "completed"] and len(slow.requests) == 2, (states, len(slow.requests))


@check
def a_killed_server_makes_the_same_picture_afterwards():
    with tempfile.TemporaryDirectory() as data, Painter(delay=2.0) as slow:
        settings = {**base(slow), "data_dir": data}
        with ServerProcess("models.offline=true", configuration=json.dumps(settings), environment=ENVIRONMENT) as own:
            job = begun("/v1/images/generations", {"prompt": "a lake", "size": "64x64"}, at=own)
            wait_until("it is being painted", lambda: slow.requests, 20)
            own.process.kill()
        slow.delay = 0.0
        with ServerProcess("models.offline=true", configuration=json.dumps(settings), environment=ENVIRONMENT) as own:
            done = ended(job, at=own)
            assert done["status"] == "completed", done
            assert slow.requests[0]["seed"] == slow.requests[-1]["seed"] == done["result"]["data"][0]["seed"] and len(slow.requests) == 2


@check
def failed_jobs_say_why():
    with Painter(answer=lambda body: (400, {"error": {"message": "no", "code": "x"}})) as broken:
        with ServerProcess("models.offline=true", configuration=json.dumps(base(broken)), environment=ENVIRONMENT) as own:
            job = ended(begun("/v1/images/generations", {"prompt": "a lake", "size": "64x64"}, at=own), at=own)
            assert job["status"] == "failed" and job["error"] and job["error_code"], job


@check
def a_full_line_says_when_to_come_back():
    with Painter(delay=3.0) as slow:
        with ServerProcess("models.offline=true", "images.writer=gone", "lanes.capacity=0", configuration=json.dumps(base(slow, slots=1)), environment=ENVIRONMENT) as own:
            first = threading.Thread(target=lambda: requests.post(own.url("/v1/chat/shorts/generate"), json=story(), timeout=60))
            first.start()
            wait_until("the only place is taken", lambda: slow.requests, 20)
            refused = requests.post(own.url("/v1/chat/shorts/generate"), json=story(), timeout=60)
            found = error(refused, 429, "queue_full", "OVERLOADED")
            assert int(refused.headers["retry-after"]) >= 1 and refused.json()["retry_after_ms"] == found["retry_after_ms"] > 0, refused.text
            first.join()


@check
def what_is_no_picture_is_told():
    with Painter(answer=lambda body: (200, {"created": 1, "data": [{"b64_json": base64.b64encode(b"no picture").decode()}]})) as broken:
        with ServerProcess("models.offline=true", "images.writer=gone", configuration=json.dumps(base(broken)), environment=ENVIRONMENT) as own:
            error(requests.post(own.url("/v1/chat/shorts/generate"), json=story(), timeout=60), 502, "picture_unreadable", "QUALITY_FAILED")


@check
def a_server_without_jobs_says_so():
    with ServerProcess("models.offline=true", "images.jobs=0", configuration=json.dumps(base(painter)), environment=ENVIRONMENT) as own:
        answer = requests.post(own.url("/v1/images/generations"), json={"prompt": "a lake"}, headers={"prefer": "respond-async"}, timeout=60)
        assert answer.status_code == 503 and answer.json()["error"]["code"] == "no_background_pictures", answer.text


# Profiles


@check
def a_selfie_gives_features():
    for field in ("selfie", "file"):
        answer = selfie(field=field)
        assert answer.status_code == 200, answer.text[:400]
        found = answer.json()["avatar_features"]
        assert found["observed"]["hair_color"] == "brown" and found["observed"]["facial_hair"] == "none" and found["observed"]["age_range"] is None
        assert found["accessories"]["glasses_type"] == "none" and found["meta"]["face_detected"] and found["meta"]["num_faces"] == 1
        assert 0.2 < found["meta"]["quality_score"] <= 1 and found["meta"]["confidence"]["hair_color"] == 0.75 and found["meta"]["face_box"]["width"] > 20
        assert isinstance(answer.json()["tips"], list) and len(answer.json()["faces"]) == 1


@check
def bad_selfies_are_refused_with_tips():
    nobody = error(selfie(file=CAT), 422, "bad_selfie", "BAD_SELFIE")["details"]
    assert nobody["reason"] == "NO_FACE_DETECTED" and nobody["tips"], nobody
    mind.looks = {**LOOKS, "gender": "unknown", "skin_tone": "unknown", "eye_color": "unknown", "face_shape": "unknown"}
    few = error(selfie(), 422, "bad_selfie", "BAD_SELFIE")["details"]
    assert few["reason"] == "INSUFFICIENT_FEATURES" and few["max_missing_allowed"] == 2 and len(few["missing_features"]) == 4
    assert few["occlusions"] == {"hat_present": False, "glasses_present": False, "glasses_type": "none", "sunglasses_present": False, "mask_present": False}
    mind.looks = {**LOOKS, "age_appearance": "under-18"}
    assert error(selfie(), 422, "bad_selfie", "BAD_SELFIE")["details"]["reason"] == "UNDER_AGE"
    with tempfile.NamedTemporaryFile(suffix=".png") as tiny:
        tiny.write(b"not a picture at all" * 100)
        tiny.flush()
        assert error(selfie(file=tiny.name), 422, "bad_selfie", "BAD_SELFIE")["details"]["reason"] == "INVALID_IMAGE"
    assert call("POST", "/v1/profile/analyze", files={"other": b"x"}).status_code == 400


@check
def a_profile_is_created_in_two_parts_or_in_json():
    answer = selfie("/v1/profile/create", field="file")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("multipart/mixed; boundary=boundary-"), answer.text[:300]
    parts = message_from_bytes(b"Content-Type: " + answer.headers["content-type"].encode() + b"\r\n\r\n" + answer.content, policy=HTTP).get_payload()
    assert [part.get_content_type() for part in parts] == ["application/json", "image/png"] and parts[1].get_filename() == "profile.png"
    assert json.loads(parts[0].get_payload(decode=True))["avatar_features"]["observed"]["gender"] == "female"
    assert is_png(parts[1].get_payload(decode=True)) and painter.requests[-1]["size"] == "512x512"
    assert "Waist-up portrait of exactly one person" in painter.requests[-1]["prompt"]
    document = selfie("/v1/profile/create", headers={"accept": "application/json"}, seed="3").json()
    assert is_png(base64.b64decode(document["image_base64"])) and document["seed"] == 3 and "profile" not in document


@check
def profiles_are_kept_with_versions():
    made = selfie("/v1/profile/create", headers={"accept": "application/json"}, handle="Asha", style="anime").json()["profile"]
    assert made["handle"] == "@asha" and made["version"] == 1 and made["likeness"] and made["style"] == "anime" and made["expires_at"] > time.time()
    assert call("GET", "/v1/profiles/asha").json()["avatar_features"] == made["avatar_features"]
    patched = call("PATCH", "/v1/profiles/asha", json={"observed": {"hair_color": "Red", "eye_color": None}}, headers={"if-match": "1"})
    assert patched.status_code == 200 and patched.json()["version"] == 2, patched.text
    looks = patched.json()["avatar_features"]["observed"]
    assert looks["hair_color"] == "red" and looks["eye_color"] is None and looks["skin_tone"] == "fair"
    late = call("PATCH", "/v1/profiles/asha", json={"observed": {"hair_color": "gray"}}, headers={"if-match": "1"})
    assert late.status_code == 409 and late.json()["error"]["code"] == "version_conflict" and late.json()["error"]["details"]["version"] == 2
    assert call("PUT", "/v1/profiles/asha", json={"avatar_features": {}}, headers={"if-match": "1"}).status_code == 409
    wrong = call("PATCH", "/v1/profiles/asha", json={"observed": {"hair_color": "teal"}})
    assert wrong.status_code == 422 and wrong.json()["error"]["param"] == "observed.hair_color"
    assert call("PATCH", "/v1/profiles/asha", json={"observed": {"wings": "two"}}).json()["error"]["code"] == "unknown_field"
    update = call("POST", "/v1/profile/update", json={"handle": "@asha", "avatar_features": {"accessories": {"hat_present": "yes", "hat_style": "beret"}}},
                  headers={"accept": "application/json"}).json()
    assert update["profile"]["version"] == 3 and update["avatar_features"]["observed"]["hair_color"] == "red" and "beret" in painter.requests[-1]["prompt"]
    versions = call("GET", "/v1/profiles/asha/versions").json()["versions"]
    assert [one["version"] for one in versions] == [3, 2, 1] and versions[2]["avatar_features"]["observed"]["hair_color"] == "brown"
    # A chat draws whom it says nothing of from the profile.
    mind.fails = True
    assert "beret" in call("POST", "/v1/chat/shorts/generate", json=story(participants=[{"handle": "@asha"}])).json()["prompt_used"]
    assert [one["handle"] for one in call("GET", "/v1/profiles").json()["profiles"]] == ["@asha"]
    assert call("DELETE", "/v1/profiles/asha").status_code == 204
    assert call("GET", "/v1/profiles/asha").status_code == call("DELETE", "/v1/profiles/asha").status_code == call("GET", "/v1/profiles/asha/versions").status_code == 404


@check
def features_are_drawn_as_the_old_routes_take_them():
    looks = avatar("@x")["avatar_features"]
    for body in ({"avatar_features": looks}, looks):
        document = call("POST", "/v1/profile/generate", json=body).json()
        assert is_png(base64.b64decode(document["image_bytes_b64"])) and "red" in painter.requests[-1]["prompt"]
    assert call("POST", "/v1/profile/update", json={"avatar_features": looks}).headers["content-type"].startswith("multipart/mixed")
    wrong = call("POST", "/v1/profile/update", json={"avatar_features": {"observed": {"hair_color": "teal"}}})
    assert wrong.status_code == 422 and "hair_color" in wrong.json()["message"]
    young = call("POST", "/v1/profile/update", json={"avatar_features": {"observed": {"age_appearance": "child"}}})
    assert young.status_code == 422


@check
def profiles_belong_to_their_key():
    with ServerProcess("models.offline=true", configuration=json.dumps({**base(painter), "server": {"tokens": {"anna": "a-secret", "ben": "b-secret"}}}), environment=ENVIRONMENT) as own:
        anna, ben = ({"authorization": f"Bearer {token}"} for token in ("a-secret", "b-secret"))
        body = {"avatar_features": avatar("@x")["avatar_features"]}
        assert requests.put(own.url("/v1/profiles/asha"), json=body, headers=anna, timeout=30).status_code == 200
        assert requests.get(own.url("/v1/profiles/asha"), headers=ben, timeout=30).status_code == 404
        assert requests.get(own.url("/v1/profiles"), headers=ben, timeout=30).json() == {"profiles": []}
        assert requests.get(own.url("/v1/profiles"), timeout=30).status_code == 401
        job = begun("/v1/images/generations", {"prompt": "a lake", "size": "64x64"}, at=own, **anna)
        mine, all_of_mine = own.url(f"/api/jobs/{job}"), own.url("/api/jobs")
        assert requests.get(mine, headers=anna, timeout=30).status_code == 200 and len(requests.get(all_of_mine, headers=anna, timeout=30).json()) == 1
        for method in ("GET", "DELETE"):
            assert requests.request(method, mine, headers=ben, timeout=30).status_code == 404
        assert requests.get(all_of_mine, headers=ben, timeout=30).json() == []


@check
def what_is_missing_is_said():
    with ServerProcess("models.offline=true", configuration="log: {level: warning}\n", environment=ENVIRONMENT) as own:
        for path, body in [("/v1/chat/1to1/imagegen", chat()), ("/v1/imagegen", general()), ("/v1/profile/generate", avatar("@x")["avatar_features"])]:
            answer = requests.post(own.url(path), json=body, timeout=60)
            assert answer.status_code == 503 and "images" in answer.json()["message"], answer.text[:300]
    with ServerProcess("models.offline=true", "images.eye=smollm2-135m-instruct", configuration=json.dumps(base(painter)), environment=ENVIRONMENT) as own:
        with open(PORTRAIT, "rb") as picture:
            answer = requests.post(own.url("/v1/profile/analyze"), files={"selfie": picture}, timeout=60)
        assert answer.status_code == 503 and answer.json()["error"]["code"] == "no_vision_model", answer.text[:300]


# What an operator may allow


@check
def adult_pictures_need_the_operator_and_adults_who_do_not_exist():
    words = "Two lovers, topless, kissing on the bed"
    settings = {**base(painter), "images": {"writer": "brain", "one_to_one": {"policy": "adult"}}}
    settings["endpoints"].append(eye())
    mind.fails = True
    with ServerProcess("models.offline=true", configuration=json.dumps(settings), environment=ENVIRONMENT) as own:
        def ask(path, body):
            answer = requests.post(own.url(path), json=body, timeout=60)
            return answer.status_code, answer.json()

        status, body = ask("/v1/chat/1to1/imagegen", chat(target_message=words))
        assert status == 200 and not body["softened"], body
        for looks in ({"age_appearance": None}, {"age_appearance": "young"}):
            status, body = ask("/v1/chat/1to1/imagegen", chat(target_message=words, participants=[avatar("@asha", **looks), avatar("@ben")]))
            assert status == 403 and body["error"]["details"]["reason"] == "HARD_BLOCK", body
        seen = avatar("@asha")
        seen["avatar_features"]["meta"] = {"face_detected": True}
        status, body = ask("/v1/chat/1to1/imagegen", chat(target_message=words, participants=[seen, avatar("@ben")]))
        assert status == 403 and "likeness" in body["error"]["details"]["categories"], body
        status, body = ask("/v1/chat/shorts/generate", story(user_message=words))
        assert status == 200 and body["softened"] is True, body
        assert ask("/v1/chat/1to1/imagegen", chat(target_message="a naked schoolgirl"))[0] == 403
    refused = ServerProcess("images.shorts.policy=adult", configuration="log: {level: warning}\n", environment=ENVIRONMENT)
    try:
        with refused:
            raise AssertionError("a route took a policy that it can't have")
    except AssertionError as failure:
        assert "route" not in str(failure), failure


def base(painter, slots=4):
    return {"endpoints": [{"id": "painter", "url": painter.url, "capabilities": ["images"], "slots": slots}], "log": {"level": "warning"}}


def eye():
    return {"id": "brain", "url": f"http://127.0.0.1:{brain.server.server_port}/v1", "capabilities": ["chat", "vision"], "slots": 8}


if __name__ == "__main__":
    mind = Mind()
    with Painter() as painter, Brain(mind) as brain:
        settings = {**base(painter), "images": {"writer": "brain", "eye": "brain"}}
        settings["endpoints"].append(eye())
        with ServerProcess("models.offline=true", configuration=json.dumps(settings), environment=ENVIRONMENT) as server:
            code = checks.run_checks()
    sys.exit(code)
