"""Has a server of its own hear, speak and talk: with OpenAI's own client, and by the routes that OpenAI hasn't.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_audio.py [NAME…]

Needs ffprobe and ffmpeg, the speech samples, and the models moonshine-tiny-en, piper-en-us-joe, silero-vad and smollm2-135m-instruct in
MARTLET_HOME. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import base64
import io
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
import wave

import openai
import requests

from support.checks import check, run_checks
from support.server import ENVIRONMENT, ServerProcess, wait_until

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
SAMPLES = os.path.join(HOME, "samples", "speech")
SPEECH = os.path.join(SAMPLES, "two_cities.wav")
TOKENS = {"anna": "token-of-anna", "ben": "token-of-ben", "chief": "token-of-the-chief"}
# What ffprobe calls each form that the speech route writes, and the sample rates that are right for it.
FORMS = {
    "mp3": ("mp3", "mp3"), "opus": ("ogg", "opus"), "aac": ("aac", "aac"), "flac": ("flac", "flac"), "wav": ("wav", "pcm_s16le"),
    "pcm": (None, None),
}
SENTENCE = "The train to the coast leaves at nine in the morning."
SEVERAL = " ".join([SENTENCE, "Do not forget your umbrella.", "The weather will be cold and wet.", "We will meet at the station."] * 3)


def client(name="anna"):
    return openai.OpenAI(base_url=server.url("/v1"), api_key=TOKENS[name], max_retries=0, timeout=300)


def call(method, path, name="anna", **more):
    headers = {"Authorization": f"Bearer {TOKENS[name]}", **more.pop("headers", {})}
    return requests.request(method, server.url(path), headers=headers, timeout=300, **more)


def error(response, status, code, param=None):
    assert response.status_code == status, f"{response.status_code} instead of {status}: {response.text[:400]}"
    found = response.json()["error"]
    assert found["code"] == code and (param is None or found["param"] == param), found
    return found


def ffmpeg(*arguments, data=b""):
    """Runs ffmpeg from standard input to standard output."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", *arguments, "-"], input=data, capture_output=True, check=True)
    return done.stdout


def probe(data):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        found = subprocess.run(
            ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", file.name], capture_output=True, check=True)
    return json.loads(found.stdout)


def seconds_of(data):
    """The length of what is decoded, whatever the head says."""
    return len(ffmpeg("-f", "s16le", "-ac", "1", "-ar", "16000", data=data)) / 32000


def speech_samples():
    """The sample as 16 kHz mono of 16 bits."""
    with open(SPEECH, "rb") as file:
        return ffmpeg("-f", "s16le", "-ac", "1", "-ar", "16000", data=file.read())


def wav(samples, rate=16000):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples)
    return file.getvalue()


def spoken(text=SENTENCE, form="wav"):
    return client().audio.speech.create(model="tts-1", voice="alloy", input=text, response_format=form).content


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def heard_share(text, heard):
    """How many of a text's words are among those that were heard."""
    wanted, found = words(text), words(heard)
    return sum(word in found for word in wanted) / len(wanted)


def events(response):
    """The events of a stream as (name, data, time)."""
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/event-stream"), response.text[:300]
    name, found = None, []
    # As it comes: without a size, pieces are as large as they arrive.
    for line in response.iter_lines(chunk_size=None):
        if line.startswith(b"event: "):
            name = line[7:].decode()
        elif line.startswith(b"data: "):
            found.append((name, json.loads(line[6:]) if line != b"data: [DONE]" else None, time.monotonic()))
            name = None
    return found


# Speech to text


@check
def every_form_of_a_transcript():
    with open(SPEECH, "rb") as file:
        sound = file.read()

    def transcribe(**more):
        return client().audio.transcriptions.create(model="whisper-1", file=("speech.wav", sound), **more)

    plain = transcribe()
    assert "best of times" in plain.text.lower() and "worst of times" in plain.text.lower(), plain.text
    assert plain.usage.type == "duration" and abs(plain.usage.seconds - seconds_of(sound)) <= 1
    assert transcribe(response_format="text").strip() == plain.text
    verbose = transcribe(response_format="verbose_json", timestamp_granularities=["segment", "word"])
    assert verbose.text == plain.text and verbose.language == "en" and abs(verbose.duration - seconds_of(sound)) < 0.1
    assert verbose.segments and all(0 <= s.start < s.end <= verbose.duration + 0.5 for s in verbose.segments)
    assert " ".join(s.text for s in verbose.segments) == verbose.text
    subtitles = transcribe(response_format="srt")
    assert subtitles.startswith("1\n00:00:0") and re.search(r"^\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}$", subtitles, re.M)
    web = transcribe(response_format="vtt")
    assert web.startswith("WEBVTT\n\n") and re.search(r"^\d\d:\d\d:\d\d\.\d{3} --> ", web, re.M)
    for text in (subtitles, web):
        assert all(s.text in text.replace("&amp;", "&") for s in verbose.segments)


@check
def any_container_is_heard():
    with open(SPEECH, "rb") as file:
        sound = file.read()
    with tempfile.NamedTemporaryFile(suffix=".mp4") as video:
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=c=black:s=64x64:r=5", "-i", SPEECH, "-shortest", video.name], check=True)
        files = {"film": video.read()}
    files["webm"] = ffmpeg("-c:a", "libopus", "-f", "webm", data=sound)
    files["ogg"] = ffmpeg("-c:a", "libopus", "-f", "ogg", data=sound)
    files["mp3"] = ffmpeg("-f", "mp3", data=sound)
    files["flac in stereo at 44.1 kHz"] = ffmpeg("-ac", "2", "-ar", "44100", "-f", "flac", data=sound)
    for name, data in files.items():
        text = client().audio.transcriptions.create(model="gpt-4o-transcribe", file=("sound", data), language="en").text
        assert "best of times" in text.lower(), (name, text)


@check
def a_transcript_streams_as_it_is_heard():
    pieces, final = [], None
    with open(SPEECH, "rb") as file:
        for event in client().audio.transcriptions.create(model="gpt-4o-mini-transcribe", file=file, stream=True):
            if event.type == "transcript.text.delta":
                assert final is None
                pieces.append(event.delta)
            elif event.type == "transcript.text.done":
                final = event.text
    assert pieces and final == "".join(pieces) and "best of times" in final.lower(), (pieces, final)


@check
def silence_is_an_empty_transcript():
    silence = wav(bytes(32000 * 3))
    audio = client().audio
    assert audio.transcriptions.create(model="whisper-1", file=("s.wav", silence)).text == ""
    verbose = audio.transcriptions.create(model="whisper-1", file=("s.wav", silence), response_format="verbose_json")
    assert verbose.text == "" and verbose.segments == [] and verbose.duration == 3
    assert audio.transcriptions.create(model="whisper-1", file=("s.wav", silence), response_format="vtt").strip() == "WEBVTT"
    assert audio.transcriptions.create(model="whisper-1", file=("s.wav", wav(b""))).text == ""


@check
def what_is_wrong_with_a_transcription_is_said():
    good = wav(speech_samples()[:32000])

    def post(file=good, **fields):
        files = {} if file is None else {"file": ("sound.wav", file)}
        if not files:
            files = {"nothing": (None, "")}
        return call("POST", "/v1/audio/transcriptions", files=files, data=fields)

    assert post().status_code == 200
    error(post(None), 400, "missing", "file")
    error(post(b""), 422, "empty_file", "file")
    error(post(b"This is no sound at all. " * 100), 415, "unsupported_media")
    error(post(response_format="xml"), 400, "unknown_value", "response_format")
    error(post(temperature="2"), 400, "out_of_range", "temperature")
    error(post(temperature="warm"), 400, "wrong_type", "temperature")
    error(post(language="Klingon!"), 400, "invalid_language", "language")
    error(post(language="fr"), 400, "language_not_supported", "language")
    error(post(model="none-such"), 404, "model_not_found", "model")
    error(post(model="piper-en-us-joe"), 400, "model_not_suitable", "model")
    error(post(**{"timestamp_granularities[]": "word"}), 400, "conflict", "timestamp_granularities[]")
    error(post(**{"timestamp_granularities[]": "page", "response_format": "verbose_json"}), 400, "unknown_value", "timestamp_granularities[]")
    error(post(stream="true", response_format="srt"), 400, "conflict", "stream")
    error(post(b"RIFF" + bytes(60), stream="true"), 415, "unsupported_media")
    error(post(ffmpeg("-t", "0.5", "-f", "lavfi", "-i", "color=s=32x32:r=5", "-map", "1", "-c:v", "mpeg4", "-f", "matroska", data=good)), 422, "no_audio_stream")
    error(call("POST", "/v1/audio/transcriptions", json={"file": "x"}), 415, "wrong_content_type")
    assert requests.post(server.url("/v1/audio/transcriptions"), files={"file": good}, timeout=60).status_code == 401
    found = error(call("POST", "/v1/audio/translations", files={"file": good}), 404, "model_not_suitable")
    assert "translat" in found["message"]


@check
def sound_that_is_too_long_is_refused_before_and_while_it_is_decoded():
    minutes = wav(bytes(32000 * 61))
    found = error(call("POST", "/v1/audio/transcriptions", files={"file": minutes}), 422, "audio_too_long")
    assert found["details"]["limit_seconds"] == 60 and "speech.max_seconds" in found["message"], found
    # Without a length in its head.
    headless = ffmpeg("-c:a", "libopus", "-b:a", "8k", "-f", "webm", "-live", "1", data=minutes)
    found = error(call("POST", "/v1/audio/transcriptions", files={"file": headless}), 422, "audio_too_long")
    assert "speech.max_seconds" in found["message"], found


# Text to speech


@check
def speech_in_every_form():
    lengths = {}
    for form, (container, codec) in FORMS.items():
        answer = client().audio.speech.create(model="tts-1", voice="nova", input=SENTENCE, response_format=form)
        data = answer.content
        assert answer.response.headers["content-type"].startswith("audio/"), answer.response.headers
        if form == "pcm":
            lengths[form] = len(data) / 48000
            loudest = max(abs(value) for (value,) in struct.iter_unpack("<h", data))
            assert 3000 < loudest <= 32767, loudest
            continue
        found = probe(data)
        (stream,) = found["streams"]
        assert container in found["format"]["format_name"].split(",") and stream["codec_name"] == codec, found
        assert stream["channels"] == 1 and (form != "opus" or stream["sample_rate"] == "48000")
        lengths[form] = seconds_of(data)
    assert 2 < lengths["wav"] < 8 and all(abs(length - lengths["wav"]) < 0.35 for length in lengths.values()), lengths
    assert client().audio.speech.create(model="tts-1", voice="alloy", input="Hello.").response.headers["content-type"] == "audio/mpeg"


@check
def what_is_spoken_is_understood():
    text = client().audio.transcriptions.create(model="whisper-1", file=("s.wav", spoken())).text
    assert heard_share(SENTENCE, text) > 0.7, text
    # Raw sound has 24 000 samples a second.
    raw = wav(spoken(form="pcm"), rate=24000)
    assert heard_share(SENTENCE, client().audio.transcriptions.create(model="whisper-1", file=("s.wav", raw)).text) > 0.7


@check
def speech_streams_sentence_by_sentence():
    spoken("Warm up.")
    for form in ("wav", "mp3", "pcm"):
        begun, times, size = time.monotonic(), [], 0
        with client().audio.speech.with_streaming_response.create(
            model="gpt-4o-mini-tts", voice="coral", input=SEVERAL, response_format=form, instructions="Cheerfully."
        ) as answer:
            for piece in answer.iter_bytes():
                times.append(time.monotonic() - begun)
                size += len(piece)
        assert len(times) > 3 and times[0] < 0.6 * times[-1], (form, times[0], times[-1], len(times))
    assert size / 48000 > 15, "too little sound"


@check
def speech_as_events():
    data, kinds = b"", []
    with call(
        "POST", "/v1/audio/speech", stream=True,
        json={"model": "gpt-4o-mini-tts", "voice": "ash", "input": SEVERAL, "response_format": "wav", "stream_format": "sse"},
    ) as answer:
        for _, event, _ in events(answer):
            kinds.append(event["type"])
            data += base64.b64decode(event.get("audio", ""))
    assert kinds[:-1] == ["speech.audio.delta"] * (len(kinds) - 1) and kinds[-1] == "speech.audio.done" and len(kinds) > 4
    assert data[:4] == b"RIFF" and seconds_of(data) > 15


@check
def speed_and_voices():
    lengths = {}
    for speed in (0.5, 1, 2):
        sound = client().audio.speech.create(model="tts-1-hd", voice="joe", input=SENTENCE, response_format="wav", speed=speed).content
        lengths[speed] = seconds_of(sound)
    assert 1.4 < lengths[0.5] / lengths[1] < 2.6 and 1.4 < lengths[1] / lengths[2] < 2.6, lengths
    listed = call("GET", "/v1/voices").json()
    (model,) = [entry for entry in listed["models"] if entry["default"]]
    assert model["id"] == "piper-en-us-joe" and model["voices"] == ["joe"] and model["languages"] == ["en"], listed
    assert [entry["id"] for entry in listed["transcribers"] if entry["default"]] == ["moonshine-tiny-en"], listed
    for voice in ("default", {"id": "joe"}):
        assert call("POST", "/v1/audio/speech", json={"input": "Hello.", "voice": voice}).status_code == 200


@check
def what_is_wrong_with_speech_is_said():
    def post(**body):
        return call("POST", "/v1/audio/speech", json={"model": "tts-1", "voice": "alloy", **body})

    error(post(), 400, "missing", "input")
    error(post(input=""), 400, "string_too_short", "input")
    error(post(input=5), 400, "wrong_type", "input")
    error(post(input="a" * 2001), 400, "text_too_long", "input")
    found = error(post(input="Hello.", voice="nobody"), 400, "voice_not_found", "voice")
    assert "joe" in found["message"]
    error(post(input="Hello.", voice=5), 400, "wrong_type", "voice")
    error(post(input="Hello.", response_format="midi"), 400, "unknown_value", "response_format")
    for speed in (0.2, 4.1):
        error(post(input="Hello.", speed=speed), 400, "out_of_range", "speed")
    error(post(input="Hello.", stream_format="morse"), 400, "unknown_value", "stream_format")
    error(post(input="Hello.", model="none-such"), 404, "model_not_found", "model")
    error(post(input="Hello.", model="moonshine-tiny-en"), 400, "model_not_suitable", "model")
    # Nothing to say sounds like nothing.
    assert seconds_of(post(input="…", response_format="wav").content) < 1


@check
def a_caller_who_leaves_frees_the_place():
    def leave():
        with call("POST", "/v1/audio/speech", stream=True, json={"input": SEVERAL, "response_format": "wav"}) as answer:
            next(answer.iter_content(100))

    for _ in range(5):
        leave()
    begun = time.monotonic()
    spoken("Good.")
    # One sentence after the other was given up: nobody waits for the rest of all of them.
    assert time.monotonic() - begun < 20, time.monotonic() - begun


# Turns


def turn_events(**body):
    files = body.pop("files", None)
    more = {"files": files, "data": body} if files else {"json": body}
    with call("POST", "/v1/voice/turn", stream=True, headers={"Accept": "text/event-stream"}, **more) as answer:
        return events(answer)


@check
def a_turn_told_as_it_happens():
    told = turn_events(files={"file": ("question.wav", spoken("Please tell me a short story about a small dog."))}, format="wav")
    names = [name for name, _, _ in told]
    by = {name: [data for found, data, _ in told if found == name] for name in names}
    assert set(names) == {"stage", "transcript", "transcribed", "delta", "audio", "done"}, names
    assert names[-1] == "done" and names.count("done") == 1 and names.count("transcribed") == 1
    for stage in ("decode", "transcribe", "think", "speak"):
        times = [(data["state"], data["at_ms"]) for data in by["stage"] if data["stage"] == stage]
        assert [state for state, _ in times] == ["began", "ended"] and times[0][1] <= times[1][1], (stage, times)
    heard = by["transcribed"][0]
    assert heard_share("tell me a short story about a small dog", heard["text"]) > 0.6 and heard["language"] == "en", heard
    assert heard["segments"] and 1 < heard["seconds"] < 10 and 0.5 < heard["confidence"] <= 1, heard
    assert " ".join(piece["text"] for piece in by["transcript"]) == heard["text"]
    assert all(piece["final"] is False and piece["start"] < piece["end"] for piece in by["transcript"])
    done = by["done"][0]
    assert "".join(piece["text"] for piece in by["delta"]) == done["answer"].lstrip("\0") and done["answer"].strip()
    assert [piece["index"] for piece in by["audio"]] == list(range(len(by["audio"])))
    assert sum(piece["seconds"] for piece in by["audio"]) - done["audio_seconds"] < 0.1
    for piece in by["audio"]:
        data = base64.b64decode(piece["data"])
        assert piece["format"] == "wav" and data[:4] == b"RIFF" and abs(seconds_of(data) - piece["seconds"]) < 0.05
    assert done["transcript"]["text"] == heard["text"] and done["question"] == heard["text"] and done["conversation"]
    assert (done["model"], done["transcriber"], done["synthesizer"]) == ("smollm2-135m-instruct", "moonshine-tiny-en", "piper-en-us-joe")
    assert 0 < done["first_text_ms"] <= done["first_audio_ms"] <= done["total_ms"]
    # Sound comes while the model still writes, wherever it writes more than one sentence.
    if len(by["audio"]) > 2:
        assert names.index("audio") < len(names) - 1 - names[::-1].index("delta"), names


@check
def a_written_turn_as_one_document():
    answer = call("POST", "/v1/voice/turn", json={"text": "What is the sea?", "format": "mp3"})
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert done["transcript"] is None and done["transcriber"] is None and done["question"] == "What is the sea?" and done["answer"]
    sound = base64.b64decode(done["audio"]["data"])
    assert done["audio"]["format"] == "mp3" and probe(sound)["streams"][0]["codec_name"] == "mp3"
    assert abs(seconds_of(sound) - done["audio_seconds"]) < 0.4
    silent = call("POST", "/v1/voice/turn", json={"text": "What is the sea?", "mode": "text"}).json()
    assert silent["audio"] is None and silent["audio_seconds"] == 0 and silent["synthesizer"] is None and silent["answer"]
    mute = turn_events(text="What is the sea?", mode="voice")
    assert {"audio", "done"} <= {name for name, _, _ in mute} and "delta" not in {name for name, _, _ in mute}


@check
def a_turn_as_sound_alone():
    for accept, form in (("audio/mpeg", "mp3"), ("audio/ogg", "opus"), ("audio/flac", "flac"), ("audio/wav, audio/*;q=0.5", "wav")):
        with call("POST", "/v1/voice/turn", stream=True, json={"text": "Say hello."}, headers={"Accept": accept}) as answer:
            assert answer.status_code == 200 and answer.headers["content-type"].startswith("audio/"), answer.headers
            assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-conversation"])
            found = probe(answer.content)
        assert FORMS[form][0] in found["format"]["format_name"].split(","), (accept, found)
    raw = call("POST", "/v1/voice/turn", json={"text": "Say hello.", "conversation": "mine"}, headers={"Accept": "audio/*"})
    assert raw.headers["content-type"].startswith("audio/pcm; rate=") and raw.headers["x-conversation"] == "mine" and len(raw.content) > 10000, len(raw.content)
    error(call("POST", "/v1/voice/turn", json={"text": "Hi.", "mode": "text"}, headers={"Accept": "audio/*"}), 422, "conflict", "mode")


@check
def what_is_wrong_with_a_turn_is_said():
    def post(**body):
        return call("POST", "/v1/voice/turn", json=body)

    sound = {"file": ("q.wav", spoken("Hello."))}
    error(post(), 422, "missing", "file")
    error(post(text="a", live="b"), 422, "conflict", "file")
    error(call("POST", "/v1/voice/turn", files=sound, data={"text": "a"}), 422, "conflict", "file")
    error(post(text="  "), 422, "string_too_short", "text")
    error(post(text="a" * 2001), 422, "text_too_long", "text")
    error(post(text="a", mode="loud"), 422, "unknown_value", "mode")
    error(post(text="a", format="midi"), 422, "unknown_value", "format")
    error(post(text="a", speed=9), 422, "out_of_range", "speed")
    error(post(text="a", conversation="no/path"), 422, "invalid_name", "conversation")
    error(post(text="a", voice="nobody"), 400, "voice_not_found", "voice")
    error(post(text="a", model="none-such"), 404, "model_not_found")
    error(post(text="a", synthesizer="none-such"), 404, "model_not_found")
    error(post(live="0" * 32), 404, "live_not_found")
    error(call("POST", "/v1/voice/turn", files={"file": wav(bytes(64000))}), 422, "nothing_heard")
    error(call("POST", "/v1/voice/turn", files={"file": wav(bytes(1000))}), 422, "audio_too_short")
    error(call("POST", "/v1/voice/turn", files={"file": wav(bytes(32000 * 31))}), 422, "audio_too_long")
    error(call("POST", "/v1/voice/turn", data="text", headers={"Content-Type": "text/plain"}), 415, "wrong_content_type")
    # In a stream the error is its last event.
    name, told, _ = turn_events(files={"file": ("q.wav", wav(bytes(64000)))})[-1]
    assert name == "error" and told["code"] == "nothing_heard" and told["request_id"], told


@check
def a_conversation_is_remembered_and_is_its_owners():
    def ask(text, name="anna", **more):
        return call("POST", "/v1/voice/turn", name, json={"text": text, "mode": "text", **more}).json()

    first = ask("My name is Ada Lovelace.")
    second = ask("What is my name?", conversation=first["conversation"])
    assert second["conversation"] == first["conversation"]
    chat = {"chat_id": first["conversation"]}
    messages = call("GET", "/v1/history/messages", "chief", params=chat).json()["messages"]
    assert [m["direction"] for m in messages] == ["out", "in", "out", "in"], messages
    assert messages[3]["message_content"] == "My name is Ada Lovelace." and messages[2]["raw_text"] == first["answer"]
    assert {m["user_id"] for m in messages} == {"anna"} and {m["platform"] for m in messages} == {"web"}
    # The same name is another conversation to somebody else.
    ask("Hello.", "ben", conversation=first["conversation"])
    assert len(call("GET", "/v1/history/messages", params=chat).json()["messages"]) == 4
    assert len(call("GET", "/v1/history/messages", "chief", params=chat).json()["messages"]) == 6


# Live transcriptions


def begin_live(name="anna", **body):
    answer = call("POST", "/v1/voice/live", name, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def send_live(id, sequence, samples, name="anna"):
    return call(
        "POST", f"/v1/voice/live/{id}/sound", name, params={"seq": sequence}, data=samples, headers={"Content-Type": "application/octet-stream"})


@check
def sound_is_written_down_while_it_comes_in():
    samples = speech_samples()[: 32000 * 20]
    live = begin_live(language="en")
    assert live["sample_rate"] == 16000 and live["expires_in_ms"] == 60000
    segments, texts, pieces = [], [], [samples[at:at + 32000] for at in range(0, len(samples), 32000)]
    for number, piece in enumerate(pieces):
        answer = send_live(live["id"], number, piece).json()
        again = send_live(live["id"], number, piece).json()
        assert again == answer, "a repeated piece is answered otherwise"
        assert abs(answer["seconds"] - min(number + 1, len(samples) / 32000)) < 0.01, answer
        segments += answer["segments"]
        texts.append(answer["text"])
    assert any(texts[:len(texts) // 2]) and segments, "nothing was told before the end"
    # What was heard becomes a turn's question, whole.
    done = call("POST", "/v1/voice/turn", json={"live": live["id"], "mode": "text"}).json()
    assert done["question"] == done["transcript"]["text"] and "best of times" in done["question"].lower(), done
    assert done["transcriber"] == "moonshine-tiny-en" and abs(done["transcript"]["duration"] - len(samples) / 32000) < 0.1
    assert done["question"].startswith(" ".join(s["text"] for s in segments))
    error(send_live(live["id"], len(pieces), b""), 404, "live_not_found")


@check
def a_live_transcription_has_rules():
    live = begin_live()
    found = error(send_live(live["id"], 1, bytes(100)), 409, "sound_out_of_order", "seq")
    assert found["details"]["expected"] == 0
    error(send_live(live["id"], 0, bytes(101)), 422, "half_a_sample")
    error(send_live(live["id"], 0, bytes((1 << 20) + 2)), 413, "body_too_large")
    assert send_live(live["id"], 0, bytes(100)).json()["text"] == ""
    for sequence in ("", "x", -1):
        error(send_live(live["id"], sequence, bytes(100)), 422, "missing", "seq")
    error(send_live(live["id"], 1, bytes(100), "ben"), 404, "live_not_found")
    error(call("DELETE", f"/v1/voice/live/{live['id']}", "ben"), 404, "live_not_found")
    # A second too much: 30 are allowed.
    for number in range(1, 31):
        assert send_live(live["id"], number, bytes(31996)).status_code == 200
    error(send_live(live["id"], 31, bytes(32000)), 413, "audio_too_long")
    assert call("DELETE", f"/v1/voice/live/{live['id']}").status_code == 204
    error(send_live(live["id"], 31, bytes(100)), 404, "live_not_found")
    error(call("DELETE", f"/v1/voice/live/{live['id']}"), 404, "live_not_found")
    error(call("POST", "/v1/voice/live", json={"transcriber": "none-such"}), 404, "model_not_found")
    error(call("POST", "/v1/voice/live", json={"language": "fr"}), 400, "language_not_supported")
    assert call("POST", "/v1/voice/live").status_code == 201, "a body is needed"


@check
def so_many_are_listened_to_at_once():
    ids = []
    try:
        while True:
            answer = call("POST", "/v1/voice/live", "ben", json={})
            if answer.status_code != 201:
                break
            ids.append(answer.json()["id"])
            assert len(ids) <= 64
        found = error(answer, 429, "too_many_live")
        assert found["retry_after_ms"] and "retry-after" in answer.headers
    finally:
        for id in ids:
            call("DELETE", f"/v1/voice/live/{id}", "ben")
    assert len(ids) >= 50, len(ids)
    begin_live("ben")


# The assistant's answers without a bot


@check
def a_message_to_the_assistant():
    answer = call("POST", "/api/agent/message", json={"message": "Say hello.", "user_id": 7, "chat_id": -100})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["success"] is True and told["message"] and told["rendered"] and told["message_count"] == 1 and told["turn_id"]
    assert told["validation"] == {"is_valid": True, "errors": []}, told
    for body in ({}, {"message": ""}, {"message": 5}, {"message": "a", "user_id": "x"}):
        refused = call("POST", "/api/agent/message", json=body)
        assert refused.status_code == 400 and refused.json()["success"] is False and isinstance(refused.json()["error"], str), refused.text
    broken = call("POST", "/api/agent/message", data="{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 400 and broken.json()["success"] is False


# History


@check
def messages_are_listed_page_by_page():
    for number in range(3):
        call("POST", "/v1/voice/turn", "ben", json={"text": f"Number {number}.", "mode": "text", "conversation": "pages"})
    found, before = [], None
    while True:
        page = call("GET", "/v1/history/messages", "chief", params={"user_id": "ben", "chat_id": "pages", "limit": 2, "before": before}).json()
        found += page["messages"]
        before = page["next"]
        if before is None:
            break
    ids = [message["id"] for message in found]
    assert len(found) == 6 and ids == sorted(ids, reverse=True) and len(set(ids)) == 6
    fields = {
        "id", "timestamp", "platform", "direction", "user_id", "chat_id", "conversation", "message_content", "message_type", "message_id",
        "raw_text", "formatted_text", "rendering_metadata"}
    assert all(set(message) == fields for message in found)
    assert call("GET", f"/v1/history/messages/{ids[0]}", "chief").json() == found[0]
    assert call("GET", "/v1/history/messages", "chief", params={"platform": "discord"}).json()["messages"] == []
    error(call("GET", "/v1/history/messages/999999999", "chief"), 404, "message_not_found")
    error(call("GET", "/v1/history/messages/x", "chief"), 404, "message_not_found")
    error(call("GET", "/v1/history/messages", "chief", params={"limit": 0}), 422, "out_of_range", "limit")
    error(call("GET", "/v1/history/messages", "chief", params={"platform": "fax"}), 422, "unknown_value", "platform")
    counts = call("GET", "/v1/history/stats", "chief").json()
    assert counts["total_messages"] >= 6 and counts["by_platform"]["web"] >= 6 and counts["unique_users"] >= 1
    assert call("GET", "/v1/history/analysis", "chief", params={"hours": 1}).json()["total_messages"] == counts["total_messages"]


@check
def texts_are_compared_and_validated():
    call("POST", "/v1/voice/turn", "ben", json={"text": "Say hello.", "mode": "text", "conversation": "compared"})
    (sent,) = [
        message for message in call("GET", "/v1/history/messages", "chief", params={"chat_id": "compared"}).json()["messages"]
        if message["direction"] == "out"]
    found = call("POST", "/v1/history/compare", "chief", json={"expected": sent["message_content"], "chat_id": "compared"}).json()
    assert found["similarity"] == 1 and found["id"] == sent["id"], found
    error(call("POST", "/v1/history/compare", "chief", json={"expected": "x", "platform": "discord"}), 404, "message_not_found")
    error(call("POST", "/v1/history/compare", "chief", json={}), 422, "missing", "expected")

    def validate(text, platform, mode=None):
        return call("POST", "/v1/history/validate", json={"text": text, "platform": platform, "parse_mode": mode}).json()

    assert validate("<b>Hello</b>", "telegram", "HTML")["valid"] is True
    broken = validate("<b>Hello", "telegram", "HTML")
    assert broken["valid"] is False and broken["errors"] and broken["max_length"] == 4096
    assert validate("a" * 2001, "discord")["within_length_limit"] is False
    error(call("POST", "/v1/history/validate", json={"text": "x"}), 422, "missing", "platform")
    error(call("POST", "/v1/history/validate", json={"text": "x", "platform": "fax"}), 422, "unknown_value", "platform")


@check
def others_see_only_their_own():
    for name in ("anna", "ben"):
        call("POST", "/v1/voice/turn", name, json={"text": "A secret.", "mode": "text", "conversation": "own"})
    mine = call("GET", "/v1/history/messages", "anna").json()["messages"]
    assert mine and {message["user_id"] for message in mine} == {"anna"}
    theirs = call("GET", "/v1/history/messages", "ben", params={"chat_id": "own"}).json()["messages"][0]["id"]
    error(call("GET", f"/v1/history/messages/{theirs}", "anna"), 404, "message_not_found")
    assert call("GET", f"/v1/history/messages/{theirs}", "ben").status_code == 200
    for filters in ({"user_id": "ben"}, {"platform": "telegram"}):
        error(call("GET", "/v1/history/messages", "anna", params=filters), 403, "admin_required")
        error(call("DELETE", "/v1/history/messages", "anna", params=filters), 403, "admin_required")
    error(call("GET", "/v1/history/stats", "anna"), 403, "admin_required")


@check
def what_is_deleted_is_gone():
    for name in ("anna", "ben"):
        call("POST", "/v1/voice/turn", name, json={"text": "Forget me.", "mode": "text", "conversation": "gone"})
    error(call("DELETE", "/v1/history/messages", "anna"), 400, "nothing_selected")
    assert call("DELETE", "/v1/history/messages", "anna", params={"chat_id": "gone"}).json() == {"deleted": 2}
    left = call("GET", "/v1/history/messages", "chief", params={"chat_id": "gone"}).json()["messages"]
    assert {message["user_id"] for message in left} == {"ben"} and len(left) == 2
    assert call("DELETE", "/v1/history/messages", "chief", params={"user_id": "ben"}).json()["deleted"] >= 2
    assert call("GET", "/v1/history/messages", "ben").json()["messages"] == []


# Telegram's webhook


@check
def a_webhook_that_nobody_expects_is_not_there():
    answer = requests.post(server.url("/v1/telegram/webhook"), json={"update_id": 1}, timeout=60)
    error(answer, 404, "route_not_found")


# Limits


@check
def who_comes_when_all_places_are_taken_is_told_when_to_come_back():
    answers = []

    def speak():
        answers.append(call("POST", "/v1/audio/speech", json={"input": SEVERAL, "response_format": "wav"}))

    threads = [threading.Thread(target=speak) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status_code for answer in answers)
    # Two at work, two that wait.
    assert statuses[:4] == [200] * 4 and 429 in statuses, statuses
    busy = next(answer for answer in answers if answer.status_code == 429)
    assert error(busy, 429, "queue_full")["retry_after_ms"] > 0 and busy.headers["retry-after"]


@check
def figures_are_told():
    text = call("GET", "/metrics").text
    for name in ('martlet_lane_slots{lane="speech"}', "martlet_stage_seconds", "martlet_time_to_first_audio_seconds"):
        assert name in text, name


# Behind another server


@check
def another_server_hears_and_speaks_for_one():
    def endpoint(id, **more):
        return {"id": id, "url": server.url("/v1"), "api_key": TOKENS["ben"], **more}

    settings = {"endpoints": [
        endpoint("far-ears", model="moonshine-tiny-en", capabilities=["transcription"]),
        endpoint("far-voice", model="piper-en-us-joe", capabilities=["speech"], voice="joe"),
        endpoint("nobody", model="no-such-model", capabilities=["transcription", "speech"]),
    ]}
    with open(SPEECH, "rb") as file, ServerProcess(configuration=json.dumps(settings), environment=ENVIRONMENT) as front:
        near = openai.OpenAI(base_url=front.url("/v1"), api_key="none", max_retries=0, timeout=300)
        sound = file.read()

        def hear(who, **more):
            return who.audio.transcriptions.create(file=("speech.wav", sound), response_format="verbose_json", **more)

        # Unless another is named, endpoints come first.
        far, own = hear(near, model="whisper-1"), hear(client(), model="whisper-1")
        assert far.text == own.text and far.language == "en", (far.text, own.text)
        assert [(s.text, round(s.start), round(s.end)) for s in far.segments] == [(s.text, round(s.start), round(s.end)) for s in own.segments]
        assert hear(near, model="moonshine-tiny-en").text == own.text
        pieces = list(near.audio.speech.with_streaming_response.create(
            model="far-voice", voice="joe", input=SENTENCE, response_format="wav").__enter__().iter_bytes(4096))
        assert len(pieces) > 1 and heard_share(SENTENCE, near.audio.transcriptions.create(
            model="far-ears", file=("s.wav", b"".join(pieces))).text) > 0.7
        for attempt in (
            lambda: hear(near, model="nobody"),
            lambda: near.audio.speech.create(model="nobody", voice="joe", input=SENTENCE),
        ):
            try:
                attempt()
                raise AssertionError("what the other server refuses is answered")
            except openai.APIStatusError as failure:
                assert failure.status_code in (404, 502) and failure.body["code"], failure
                assert server.url("") not in str(failure.body), failure.body


if __name__ == "__main__":
    tokens = ", ".join(f'{name}: "{token}"' for name, token in TOKENS.items())
    configuration = (
        f"server: {{tokens: {{{tokens}}}, admins: [chief]}}\n"
        "models: {chat: smollm2-135m-instruct, offline: true}\n"
        "speech: {max_characters: 2000, max_seconds: 60, concurrent: 2, waiting: 2}\n"
        "voice: {max_tokens: 60, max_seconds: 30}\n"
    )
    with ServerProcess(configuration=configuration, environment=ENVIRONMENT) as server:
        code = run_checks()
        wait_until("nothing is left of uploads", lambda: not os.listdir(os.path.join(server.folder.name, "martlet-data", "uploads")), 10)
    sys.exit(code)
