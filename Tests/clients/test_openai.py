"""Talks to a running server with OpenAI's own client.

    MARTLET_BASE_URL=http://127.0.0.1:8080 python3 Tests/clients/test_openai.py

MARTLET_API_KEY is the token, where the server wants one; MARTLET_MODEL names the model, else the server chooses;
MARTLET_IMAGE and MARTLET_VIDEO are files to ask about. Without MARTLET_VIDEO the video checks are left out and said so.
Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import base64
import mimetypes
import os
import struct
import sys
import traceback
import zlib

import openai

BASE = os.environ.get("MARTLET_BASE_URL", "http://127.0.0.1:8080").rstrip("/").removesuffix("/v1") + "/v1"
KEY = os.environ.get("MARTLET_API_KEY", "none")
MODEL = os.environ.get("MARTLET_MODEL", "")
VIDEO = os.environ.get("MARTLET_VIDEO", "")
IMAGE = os.environ.get("MARTLET_IMAGE", "")

client = openai.OpenAI(base_url=BASE, api_key=KEY, max_retries=0, timeout=600)
checks = []


def check(function):
    checks.append(function)
    return function


def data_url(path):
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    with open(path, "rb") as file:
        return f"data:{kind};base64,{base64.b64encode(file.read()).decode()}"


def red_png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xff\0\0" * 64 for _ in range(64))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(png).decode()


def raises(kind, code, call):
    try:
        call()
    except kind as error:
        assert error.code == code, f"code {error.code!r} instead of {code!r}"
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def ask(content, **more):
    return client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": content}], max_tokens=12, temperature=0, **more
    )


@check
def models_are_listed_and_retrieved():
    models = list(client.models.list())
    assert models, "no models"
    assert client.models.retrieve(models[0].id).id == models[0].id


@check
def a_chat_is_answered():
    completion = ask("Say hello.")
    assert completion.object == "chat.completion"
    assert completion.choices[0].message.role == "assistant"
    assert completion.choices[0].message.content.strip()
    assert completion.choices[0].finish_reason in ("stop", "length")
    assert completion.usage.completion_tokens > 0


@check
def a_chat_is_streamed_as_it_is_answered():
    chunks = list(ask("Count to five.", stream=True, stream_options={"include_usage": True}))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text.strip(), "no text"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] in ("stop", "length")
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens > 0
    assert len({c.id for c in chunks}) == 1


@check
def a_stream_can_be_left():
    with ask("Write a long story.", stream=True) as stream:
        next(iter(stream))
    assert ask("Say yes.").choices[0].message.content


@check
def a_conversation_goes_on():
    completion = client.chat.completions.create(
        model=MODEL,
        max_tokens=12,
        messages=[
            {"role": "system", "content": "Answer in one word."},
            {"role": "user", "content": "My name is Ada."},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": [{"type": "text", "text": "What is my name?"}]},
        ],
    )
    assert completion.choices[0].message.content.strip()


@check
def an_image_is_seen_or_refused_clearly():
    url = data_url(IMAGE) if IMAGE else red_png()
    content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What is this?"}]
    try:
        assert ask(content).choices[0].message.content.strip()
    except openai.BadRequestError as error:
        assert error.code == "images_not_supported", error


def video_content(question):
    return [{"type": "video_url", "video_url": {"url": data_url(VIDEO)}}, {"type": "text", "text": question}]


if VIDEO:

    @check
    def a_video_is_answered():
        completion = ask(video_content("What is in the video?"))
        assert completion.choices[0].message.content.strip() and completion.usage.prompt_tokens > 0

    @check
    def a_video_is_streamed_and_asked_about_again():
        text = "".join(
            chunk.choices[0].delta.content or ""
            for chunk in ask(video_content("What is in the video?"), stream=True)
            if chunk.choices
        )
        assert text.strip()
        again = client.chat.completions.create(
            model=MODEL,
            max_tokens=12,
            messages=[
                {"role": "user", "content": video_content("What is in the video?")},
                {"role": "assistant", "content": text},
                {"role": "user", "content": "What else?"},
            ],
        )
        assert again.choices[0].message.content.strip()


@check
def an_unknown_model_is_not_found():
    def call(stream):
        client.chat.completions.create(model="no-such-model", messages=[{"role": "user", "content": "x"}], stream=stream)

    raises(openai.NotFoundError, "model_not_found", lambda: call(False))
    raises(openai.NotFoundError, "model_not_found", lambda: call(True))
    raises(openai.NotFoundError, "model_not_found", lambda: client.models.retrieve("no-such-model"))


@check
def bad_requests_say_what_is_wrong():
    error = raises(
        openai.BadRequestError,
        "out_of_range",
        lambda: client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "x"}], temperature=9
        ),
    )
    assert error.param == "temperature" and error.type == "invalid_request_error" and error.request_id
    raises(openai.BadRequestError, "unknown_value", lambda: ask([{"type": "smell", "smell": "rose"}]))
    raises(
        openai.BadRequestError,
        "invalid_url",
        lambda: ask([{"type": "video_url", "video_url": {"url": "file:///x.mp4"}}, {"type": "text", "text": "?"}]),
    )


@check
def private_addresses_are_refused():
    try:
        ask([{"type": "video_url", "video_url": {"url": "http://127.0.0.1:1/x.mp4"}}, {"type": "text", "text": "?"}])
    except openai.APIStatusError as error:
        assert 400 <= error.status_code < 500 and error.code, error
    else:
        raise AssertionError("a loopback address was fetched")


if KEY != "none":

    @check
    def a_wrong_key_is_refused():
        stranger = openai.OpenAI(base_url=BASE, api_key="wrong", max_retries=0)
        raises(openai.AuthenticationError, "token_unknown", lambda: stranger.models.list())


def main():
    passed = failed = 0
    for function in checks:
        try:
            function()
            passed += 1
            print("ok  ", function.__name__)
        except Exception:
            failed += 1
            print("FAIL", function.__name__)
            traceback.print_exc()
    if not VIDEO:
        print("left out: video checks, as MARTLET_VIDEO is not set")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
