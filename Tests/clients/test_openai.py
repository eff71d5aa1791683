"""Talks to a running server with OpenAI's own client, with real small models behind it.

    MARTLET_BASE_URL=http://127.0.0.1:8080 python3 Tests/clients/test_openai.py [NAME…]

MARTLET_API_KEY is the token, where the server wants one. MARTLET_MODEL answers plain chats, MARTLET_TOOL_MODEL calls tools and
keeps to JSON schemas; MARTLET_IMAGE, MARTLET_VIDEO and MARTLET_SPEECH are files to ask about. Checks whose model or file isn't
there are left out and said so. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import asyncio
import base64
import json
import math
import mimetypes
import os
import struct
import sys
import time
import zlib

import openai

from support.checks import LeftOut, check, run_checks

BASE = os.environ.get("MARTLET_BASE_URL", "http://127.0.0.1:8080").rstrip("/").removesuffix("/v1") + "/v1"
KEY = os.environ.get("MARTLET_API_KEY", "none")
MODEL = os.environ.get("MARTLET_MODEL", "smollm2-135m-instruct")
TOOL_MODEL = os.environ.get("MARTLET_TOOL_MODEL", "qwen2.5-coder-0.5b-instruct")
EMBEDDER = "minilm-l6-v2-int8"
VIDEO = os.environ.get("MARTLET_VIDEO", "")
IMAGE = os.environ.get("MARTLET_IMAGE", "")
SAMPLES = os.path.join(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"), "samples")
SPEECH = os.environ.get("MARTLET_SPEECH") or os.path.join(SAMPLES, "speech", "beckett.wav")

client = openai.OpenAI(base_url=BASE, api_key=KEY, max_retries=0, timeout=600)

def data_url(path):
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64_of(path)}"


def base64_of(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


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
        assert type(error) is kind, f"{type(error).__name__} instead of {kind.__name__}"
        assert error.code == code, f"code {error.code!r} instead of {code!r}"
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def settings(**more):
    return {"model": MODEL, "max_tokens": 12, "temperature": 0, **more}


def ask(content, **more):
    return client.chat.completions.create(messages=[{"role": "user", "content": content}], **settings(**more))


def models():
    return {model.id: model for model in client.models.list()}


def need(model):
    if model not in models() or models()[model].state == "absent":
        raise LeftOut(f"the model {model} isn't fetched")


# Models


@check
def models_are_listed_and_retrieved():
    known = models()
    assert known, "no models"
    for model in list(known.values())[:3]:
        found = client.models.retrieve(model.id)
        assert found.id == model.id and found.object == "model" and found.owned_by and found.created > 0
    assert "embedding" in known[EMBEDDER].capabilities


# Chats


@check
def a_chat_is_answered():
    completion = ask("Say hello.")
    assert completion.object == "chat.completion" and completion.model == MODEL and completion.id.startswith("chatcmpl-")
    assert abs(completion.created - time.time()) < 600
    choice = completion.choices[0]
    assert choice.index == 0 and choice.message.role == "assistant" and choice.message.content.strip()
    assert choice.message.refusal is None and choice.message.tool_calls is None and choice.logprobs is None
    assert choice.finish_reason in ("stop", "length")
    usage = completion.usage
    assert usage.completion_tokens > 0 and usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens_details.cached_tokens >= 0
    assert completion.system_fingerprint is None and completion.service_tier is None


@check
def a_chat_is_streamed_as_it_is_answered():
    chunks = list(ask("Count to five.", stream=True, stream_options={"include_usage": True}))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text.strip(), "no text"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert all(c.object == "chat.completion.chunk" for c in chunks)
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] in ("stop", "length")
    assert all(c.usage is None for c in chunks[:-1])
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens > 0
    assert len({c.id for c in chunks}) == 1
    assert text == ask("Count to five.").choices[0].message.content
    assert all(c.choices and c.usage is None for c in ask("Count to five.", stream=True)), "usage that nobody asked for"


@check
def the_stream_helper_puts_the_answer_together():
    asked = settings(max_tokens=60, stop=[".", "!", "?", "\n"])
    with client.chat.completions.stream(messages=[{"role": "user", "content": "Say hello."}], **asked) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds, kinds
    assert final.choices[0].message.content == ask("Say hello.", **asked).choices[0].message.content


@check
def a_conversation_goes_on():
    completion = client.chat.completions.create(
        messages=[
            {"role": "system", "content": "Answer in one word."},
            {"role": "user", "content": "My name is Ada.", "name": "ada"},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": [{"type": "text", "text": "What is my name?"}]},
        ],
        **settings(),
    )
    assert completion.choices[0].message.content.strip()


@check
def several_answers_are_given():
    completion = ask("Tell me a story.", n=3, temperature=1.2, seed=5, max_tokens=16)
    assert [choice.index for choice in completion.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in completion.choices}) > 1, "three times the same answer"
    assert completion.usage.completion_tokens > 16 and completion.usage.prompt_tokens < 100
    chunks = list(ask("Tell me a story.", n=2, temperature=1.2, stream=True, stream_options={"include_usage": True}))
    for index in (0, 1):
        own = [c.choices[0] for c in chunks if c.choices and c.choices[0].index == index]
        assert "".join(choice.delta.content or "" for choice in own).strip()
        assert own[0].delta.role == "assistant" and own[-1].finish_reason in ("stop", "length")
    assert chunks[-1].usage.completion_tokens > 2


@check
def a_seed_repeats_an_answer():
    answers = [ask("Invent a name.", temperature=1.5, seed=seed).choices[0].message.content for seed in (3, 3, 4, 5)]
    assert answers[0] == answers[1], answers
    assert len(set(answers)) > 1, answers
    assert ask("Hi", seed=9007199254740993, max_tokens=2).choices[0].message.content


@check
def bounds_and_stops_are_kept():
    limited = ask("Write a long story.", max_tokens=openai.omit, max_completion_tokens=5)
    assert limited.choices[0].finish_reason == "length" and limited.usage.completion_tokens <= 5
    text = ask("Count: one two three four five six", max_tokens=40).choices[0].message.content
    word = text.split()[2]
    for stop in (word, ["never said", word]):
        stopped = ask("Count: one two three four five six", max_tokens=40, stop=stop)
        assert stopped.choices[0].finish_reason == "stop" and word not in stopped.choices[0].message.content


@check
def logprobs_stand_in_their_place():
    completion = ask("Say hello.", logprobs=True, top_logprobs=3, max_tokens=5)
    tokens = completion.choices[0].logprobs.content
    assert "".join(t.token for t in tokens).strip() in completion.choices[0].message.content + " "
    assert all(t.logprob <= 0 and len(t.top_logprobs) == 3 and t.bytes is not None for t in tokens)
    assert "logprobs" not in completion.choices[0].message.model_extra
    streamed = []
    for chunk in ask("Say hello.", logprobs=True, top_logprobs=3, max_tokens=5, stream=True):
        choice = chunk.choices[0]
        assert "logprobs" not in (choice.delta.model_extra or {}), "inside the delta"
        if choice.logprobs:
            streamed += choice.logprobs.content
    assert [t.token for t in streamed] == [t.token for t in tokens]
    plain = ask("Say hello.", logprobs=True, max_tokens=2).choices[0].logprobs.content
    assert plain and all(t.top_logprobs == [] for t in plain)


@check
def unknown_fields_reach_the_engine():
    extra = {"grammar": 'root ::= "martlet"', "min_p": 0.1, "a_field_nobody_knows": {"x": [1, 2]}}
    assert ask("Say something.", extra_body=extra).choices[0].message.content == "martlet"
    assert ask("Hi", user="ada", metadata={"a": "b"}, store=False, logit_bias={"5": -1}).choices[0].message.content


# Tools and formats

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city's name"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {"name": "get_time", "description": "Tells the time.", "parameters": {"type": "object", "properties": {}}},
}


# The small model writes its calls without the tags it is told to put around them, so they are begun for it.
BEGUN = {"role": "assistant", "content": "<tool_call>\n"}


def called(*cities):
    """An earlier turn in which tools were called: small models do as they did before."""
    calls = [
        {"id": f"call{city}", "type": "function", "function": {"name": "get_weather", "arguments": json.dumps({"city": city})}}
        for city in cities
    ]
    return [
        {"role": "user", "content": f"What is the weather in {' and '.join(cities)}?"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        *({"role": "tool", "tool_call_id": call["id"], "content": "sunny"} for call in calls),
    ]


def tool_chat(messages, **more):
    need(TOOL_MODEL)
    return client.chat.completions.create(
        **{"model": TOOL_MODEL, "messages": messages, "tools": [WEATHER], "temperature": 0, "max_tokens": 70, **more}
    )


def forced(messages, **more):
    return tool_chat([*messages, BEGUN], **{"tool_choice": "required", **more})


ASKED = [{"role": "user", "content": "What is the weather in Paris?"}]


@check
def a_tool_is_called_and_its_result_is_used():
    choice = forced(ASKED, parallel_tool_calls=False).choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.content is None, choice
    (call,) = choice.message.tool_calls
    assert call.type == "function" and call.id and call.function.name == "get_weather"
    assert "paris" in json.loads(call.function.arguments)["city"].lower()
    result = {"role": "tool", "tool_call_id": call.id, "content": "heavy snow"}
    question = {"role": "user", "content": "Say in one sentence what the weather in Paris is."}
    answer = tool_chat([*ASKED, choice.message.to_dict(), result, question], tool_choice="none", max_tokens=30).choices[0]
    assert answer.finish_reason in ("stop", "length") and "snow" in answer.message.content.lower(), answer


@check
def a_named_tool_is_called():
    named = {"type": "function", "function": {"name": "get_time"}}
    (call,) = forced(ASKED, tools=[WEATHER, CLOCK], tool_choice=named).choices[0].message.tool_calls
    assert call.function.name == "get_time" and json.loads(call.function.arguments) == {}


@check
def a_tool_call_is_streamed_in_pieces():
    calls, reason = {}, None
    for chunk in forced(ASKED, parallel_tool_calls=False, stream=True):
        choice = chunk.choices[0]
        reason = choice.finish_reason or reason
        for piece in choice.delta.tool_calls or []:
            call = calls.setdefault(piece.index, {"id": "", "name": "", "arguments": []})
            call["id"] += piece.id or ""
            call["name"] += piece.function.name or ""
            call["arguments"].append(piece.function.arguments or "")
    assert reason == "tool_calls" and list(calls) == [0]
    assert calls[0]["name"] == "get_weather" and calls[0]["id"]
    assert len([piece for piece in calls[0]["arguments"] if piece]) > 1, "the arguments came at once"
    assert "city" in json.loads("".join(calls[0]["arguments"]))


@check
def tools_are_called_in_parallel():
    asked = [*called("Rome", "Oslo"), {"role": "user", "content": "What is the weather in Paris and Cairo?"}]
    pieces, message = {}, {"role": "assistant", "content": None}
    for chunk in forced(asked, parallel_tool_calls=True, stream=True):
        for piece in chunk.choices[0].delta.tool_calls or []:
            call = pieces.setdefault(piece.index, {"id": "", "name": "", "arguments": ""})
            call["id"] += piece.id or ""
            call["name"] += piece.function.name or ""
            call["arguments"] += piece.function.arguments or ""
    assert sorted(pieces) == [0, 1] and pieces[0]["id"] != pieces[1]["id"], pieces
    assert [json.loads(call["arguments"])["city"] for call in pieces.values()] == ["Paris", "Cairo"]
    message["tool_calls"] = [
        {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
        for call in pieces.values()
    ]
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "windy"} for call in pieces.values()]
    answer = tool_chat([*asked, message, *results], tool_choice="none", max_tokens=10).choices[0].message
    assert answer.content.strip() and not answer.tool_calls


@check
def a_json_schema_is_kept_to():
    need(TOOL_MODEL)
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 12},
            "age": {"type": "integer"},
            "colour": {"type": "string", "enum": ["red", "green"]},
        },
        "required": ["name", "age", "colour"],
        "additionalProperties": False,
    }
    completion = client.chat.completions.create(
        model=TOOL_MODEL,
        messages=[{"role": "user", "content": "Describe Ada, who is 36 and likes green."}],
        response_format={"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": schema}},
        temperature=0,
        max_tokens=80,
    )
    person = json.loads(completion.choices[0].message.content)
    assert set(person) == {"name", "age", "colour"} and isinstance(person["age"], int)
    assert person["colour"] in ("red", "green")


@check
def a_json_object_is_an_object():
    need(TOOL_MODEL)
    completion = client.chat.completions.create(
        model=TOOL_MODEL,
        messages=[{"role": "user", "content": "Give a JSON object with the one key answer and the value 42."}],
        response_format={"type": "json_object"},
        temperature=0,
        max_tokens=60,
    )
    assert isinstance(json.loads(completion.choices[0].message.content), dict)


# Pictures, sound, video


def image_parts(url):
    return [{"type": "image_url", "image_url": {"url": url, "detail": "low"}}, {"type": "text", "text": "What is this?"}]


@check
def an_image_is_refused_by_a_text_model():
    for url in (red_png(), data_url(IMAGE) if IMAGE else red_png()):
        error = raises(openai.BadRequestError, "images_not_supported", lambda: ask(image_parts(url)))
        assert error.param == "messages"


@check
def speech_is_written_down_for_a_model_that_does_not_hear():
    if not os.path.exists(SPEECH):
        raise LeftOut("no recording")
    recording = {"type": "input_audio", "input_audio": {"data": base64_of(SPEECH), "format": "wav"}}
    by_url = {"type": "input_audio", "input_audio": {"url": data_url(SPEECH)}}
    bare = ask("x", max_tokens=1).usage.prompt_tokens
    for part in (recording, by_url):
        completion = ask([part], max_tokens=2)
        # Ever tried, ever failed, no matter, try again, fail again, fail better.
        assert completion.usage.prompt_tokens > bare + 10, completion.usage
    need(TOOL_MODEL)
    question = {"type": "text", "text": "Repeat the recording word by word."}
    answer = ask([recording, question], model=TOOL_MODEL, max_tokens=40).choices[0].message.content.lower()
    assert "fail" in answer, answer
    silence = {"type": "input_audio", "input_audio": {"data": base64.b64encode(wav(bytes(32000))).decode(), "format": "wav"}}
    raises(openai.UnprocessableEntityError, "no_speech", lambda: ask([silence]))
    raises(openai.BadRequestError, "invalid_audio", lambda: ask([{"type": "input_audio", "input_audio": {"data": "?", "format": "wav"}}]))


def wav(samples):
    return b"RIFF" + struct.pack("<I4s4sIHHIIHH4sI", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 16000, 32000, 2, 16, b"data", len(samples)) + samples


def video_content(question):
    return [{"type": "video_url", "video_url": {"url": data_url(VIDEO)}}, {"type": "text", "text": question}]


@check
def a_video_is_answered_and_streamed_and_asked_about_again():
    if not VIDEO:
        raise LeftOut("MARTLET_VIDEO is not set")
    completion = ask(video_content("What is in the video?"))
    assert completion.choices[0].message.content.strip() and completion.usage.prompt_tokens > 0
    chunks = list(ask(video_content("What is in the video?"), stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.strip() and chunks[-1].usage.total_tokens > 0
    again = client.chat.completions.create(
        messages=[
            {"role": "user", "content": video_content("What is in the video?")},
            {"role": "assistant", "content": text},
            {"role": "user", "content": "What else?"},
        ],
        **settings(),
    )
    assert again.choices[0].message.content.strip()


# Embeddings


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


@check
def texts_are_embedded():
    need(EMBEDDER)
    texts = ["The cat sat on the mat.", "A feline rested on the rug.", "Stock markets fell sharply on Monday."]
    made = client.embeddings.create(model=EMBEDDER, input=texts)  # asks for base64, as the client does by itself
    assert made.object == "list" and made.model == EMBEDDER and [item.index for item in made.data] == [0, 1, 2]
    vectors = [item.embedding for item in made.data]
    assert all(len(vector) == 384 and abs(cosine(vector, vector) - 1) < 1e-6 for vector in vectors)
    assert abs(sum(x * x for x in vectors[0]) - 1) < 1e-5
    assert cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[2]) + 0.2
    assert made.usage.prompt_tokens == made.usage.total_tokens > 15
    numbers = client.embeddings.create(model=EMBEDDER, input=texts[0], encoding_format="float").data[0].embedding
    assert max(abs(a - b) for a, b in zip(numbers, vectors[0])) < 1e-7
    assert client.embeddings.create(model="", input=texts[0]).model == EMBEDDER
    short = client.embeddings.create(model=EMBEDDER, input=texts[0], dimensions=64).data[0].embedding
    assert len(short) == 64 and abs(sum(x * x for x in short) - 1) < 1e-5
    tokens = client.embeddings.create(model=EMBEDDER, input=[7592, 2088])  # hello world
    assert tokens.usage.prompt_tokens == 4
    words = client.embeddings.create(model=EMBEDDER, input="hello world").data[0].embedding
    assert max(abs(a - b) for a, b in zip(words, tokens.data[0].embedding)) < 1e-7
    assert len(client.embeddings.create(model=EMBEDDER, input=[f"text {i}" for i in range(100)]).data) == 100


@check
def what_cannot_be_embedded_is_refused():
    need(EMBEDDER)

    def embed(**more):
        return lambda: client.embeddings.create(**{"model": EMBEDDER, "input": "x", **more})

    raises(openai.UnprocessableEntityError, "context_length_exceeded", embed(input="word " * 600))
    raises(openai.UnprocessableEntityError, "unknown_token", embed(input=[99999]))
    raises(openai.UnprocessableEntityError, "too_many_dimensions", embed(dimensions=385))
    raises(openai.BadRequestError, "out_of_range", embed(input=["x"] * 2049))
    raises(openai.BadRequestError, "out_of_range", embed(input=[]))
    raises(openai.BadRequestError, "wrong_type", embed(input=""))
    raises(openai.NotFoundError, "model_not_found", embed(model="text-embedding-3-small"))
    raises(openai.BadRequestError, "model_not_suitable", embed(model=MODEL))
    raises(openai.BadRequestError, "model_not_suitable", lambda: ask("x", model=EMBEDDER))


# Errors, timeouts, leaving


@check
def an_unknown_model_is_not_found():
    def call(stream):
        client.chat.completions.create(model="no-such-model", messages=[{"role": "user", "content": "x"}], stream=stream)

    raises(openai.NotFoundError, "model_not_found", lambda: call(False))
    raises(openai.NotFoundError, "model_not_found", lambda: call(True))
    raises(openai.NotFoundError, "model_not_found", lambda: client.models.retrieve("no-such-model"))


@check
def bad_requests_say_what_is_wrong():
    error = raises(openai.BadRequestError, "out_of_range", lambda: ask("x", temperature=9))
    assert error.param == "temperature" and error.type == "invalid_request_error" and error.request_id
    assert error.status_code == 400 and "temperature" in str(error)
    raises(openai.BadRequestError, "unknown_value", lambda: ask([{"type": "smell", "smell": "rose"}]))
    raises(openai.BadRequestError, "out_of_range", lambda: ask("x", n=1000))
    raises(openai.BadRequestError, "conflict", lambda: ask("x", tool_choice="required"))
    raises(openai.UnprocessableEntityError, "context_length_exceeded", lambda: ask("why not " * 20_000))
    video = [{"type": "video_url", "video_url": {"url": "file:///x.mp4"}}, {"type": "text", "text": "?"}]
    raises(openai.BadRequestError, "invalid_url", lambda: ask(video))


@check
def private_addresses_are_refused():
    for kind in ("video_url", "image_url"):
        part = {"type": kind, kind: {"url": "http://127.0.0.1:1/x"}}
        try:
            ask([part, {"type": "text", "text": "?"}])
        except openai.APIStatusError as error:
            assert error.status_code in (400, 403) and error.code in ("url_not_allowed", "images_not_supported"), error
        else:
            raise AssertionError("a loopback address was fetched")
    sound = {"type": "input_audio", "input_audio": {"url": "http://127.0.0.1:1/x.wav"}}
    raises(openai.PermissionDeniedError, "url_not_allowed", lambda: ask([sound]))


@check
def a_wrong_key_is_refused():
    if KEY == "none":
        raise LeftOut("the server wants no token")
    stranger = openai.OpenAI(base_url=BASE, api_key="wrong", max_retries=0)
    raises(openai.AuthenticationError, "token_unknown", lambda: stranger.models.list())


@check
def an_impatient_client_gives_up_and_the_engine_stops():
    story = "Write a very long story about the sea."
    try:
        ask(story, max_tokens=2000, timeout=1.0)
        raise AssertionError("two thousand tokens within a second")
    except openai.APITimeoutError:
        pass
    for _ in range(3):
        with ask(story, max_tokens=2000, stream=True) as stream:
            next(iter(stream))
    # Were the four stories still being told, there would be no free place for this.
    started = time.monotonic()
    assert ask("Say yes.", max_tokens=2).choices[0].message.content
    assert time.monotonic() - started < 10, "the engine still works for those who left"


@check
def the_asynchronous_client_works_as_well():
    async def run():
        async with openai.AsyncOpenAI(base_url=BASE, api_key=KEY, max_retries=0, timeout=600) as patient:
            async def one(number):
                completion = await patient.chat.completions.create(
                    messages=[{"role": "user", "content": f"Say {number}."}], **settings()
                )
                return completion.choices[0].message.content

            answers = await asyncio.gather(*(one(number) for number in range(4)))
            assert all(answer.strip() for answer in answers)
            text = ""
            stream = await patient.chat.completions.create(
                messages=[{"role": "user", "content": "Say hello."}], stream=True, **settings()
            )
            async for chunk in stream:
                text += chunk.choices[0].delta.content or ""
            assert text.strip()
            leaving = asyncio.create_task(one("a very long story"))
            await asyncio.sleep(0.05)
            leaving.cancel()
            try:
                await leaving
            except asyncio.CancelledError:
                pass
            try:
                await patient.models.retrieve("no-such-model")
                raise AssertionError("found")
            except openai.NotFoundError:
                pass
            assert len((await patient.embeddings.create(model=EMBEDDER, input="x")).data) == 1

    need(EMBEDDER)
    asyncio.run(run())


if __name__ == "__main__":
    sys.exit(run_checks())
