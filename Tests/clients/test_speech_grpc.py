"""Calls the speech-to-text, text-to-speech and language model services of a server of its own over gRPC.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_speech_grpc.py [NAME…]

Needs protoc, ffmpeg, the speech samples, and the models moonshine-tiny-en, piper-en-us-joe, silero-vad, smollm2-135m-instruct and
minilm-l6-v2-int8 in MARTLET_HOME. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time

import grpc
import openai
import requests

from support.checks import check, run_checks
from support.protocol import Service, status_of
from support.server import ENVIRONMENT, ServerProcess, wait_until

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
SPEECH = os.path.join(HOME, "samples", "speech", "two_cities.wav")
TOKEN = "token-of-anna"
METADATA = [("authorization", f"Bearer {TOKEN}")]
BEGINNING = "it was the best of times it was the worst of times"
SENTENCE = "The train to the coast leaves at nine in the morning."


def ffmpeg(*arguments, data=b""):
    return subprocess.run(["ffmpeg", "-v", "error", "-i", "-", *arguments, "-"], input=data, capture_output=True, check=True).stdout


def sample(rate=16000, channels=1, seconds=12):
    with open(SPEECH, "rb") as file:
        return ffmpeg("-t", str(seconds), "-f", "s16le", "-ac", str(channels), "-ar", str(rate), data=file.read())


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def pieces(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


def recognised(messages):
    return list(asr.RecognizeStream(iter(messages), metadata=METADATA, timeout=120))


def chunks(data, size=8000, config=None, **fields):
    """A recording as the messages of a stream, the first with the configuration."""
    found = [asr.message("AudioChunk", audio_data=piece, **fields) for piece in pieces(data, size)]
    if config:
        found.insert(0, asr.message("AudioChunk", config=asr.message("RecognitionConfig", **config), **fields))
    return found


def final_text(results):
    return " ".join(result.transcript for result in results if result.is_final)


def chat(*messages, call=None, **fields):
    request = llm.message("ChatRequest", messages=[llm.message("ChatMessage", role=role, content=text) for role, text in messages])
    for name, value in fields.items():
        getattr(request, name).CopyFrom(value)
    return (call or llm.Chat)(request, metadata=METADATA, timeout=120)


# Speech to text


@check
def a_recording_is_heard():
    with open(SPEECH, "rb") as file:
        content = file.read()
    for data, encoding, rate in ((content, "wav", 0), (ffmpeg("-f", "ogg", "-c:a", "libopus", data=content), "ogg", 0), (sample(), "pcm", 0), (sample(44100), "pcm", 44100)):
        request = asr.message("RecognitionRequest", audio_data=data, encoding=encoding, sample_rate=rate)
        answer = asr.Recognize(request, metadata=METADATA, timeout=120)
        assert len(answer.results) == 1 and answer.results[0].is_final and answer.processing_time_ms > 0, answer
        assert BEGINNING in " ".join(words(answer.results[0].transcript)), (encoding, answer)
        assert answer.results[0].end_time_us > 3_000_000, answer
        # The model says how sure it is.
        assert 0.5 < answer.results[0].confidence <= 1, answer


@check
def silence_gives_no_result():
    answer = asr.Recognize(asr.message("RecognitionRequest", audio_data=bytes(64000), encoding="pcm"), metadata=METADATA, timeout=60)
    assert not answer.results


@check
def a_stream_is_heard_while_it_comes():
    for rate, channels in ((16000, 1), (48000, 2)):
        data = sample(rate, channels)
        first = threading.Event()
        results = []

        def messages():
            parts = chunks(data, rate * channels // 2, {"language": "en", "interim_results": True}, sample_rate=rate, channels=channels)
            yield from parts[:-1]
            # The last piece waits until something was heard of those before.
            assert first.wait(60)
            yield parts[-1]

        for result in asr.RecognizeStream(messages(), metadata=METADATA, timeout=120):
            results.append(result)
            first.set()
        assert BEGINNING in " ".join(words(final_text(results))), results
        assert any(not result.is_final for result in results) and results[-1].is_final, results
        assert results[-1].detected_language == "en", results[-1]
        times = [(result.start_time_us, result.end_time_us) for result in results if result.is_final]
        assert all(start < end for start, end in times) and times == sorted(times), times


@check
def interim_results_come_only_when_wanted():
    data = sample(seconds=6)
    assert all(result.is_final for result in recognised(chunks(data, config={"interim_results": False})))
    # Clients that know no configuration get them.
    assert any(not result.is_final for result in recognised(chunks(data)))


@check
def samples_may_be_cut_anywhere():
    data = sample(seconds=6)
    whole, cut = (recognised(chunks(data, size, {"interim_results": False})) for size in (len(data), 3333))
    assert words(final_text(whole)) == words(final_text(cut)) != [], (whole, cut)


@check
def what_a_stream_cannot_take_is_said():
    for messages, part in (
        (chunks(bytes(3200), sample_rate=99), "sample_rate"),
        (chunks(bytes(3200), channels=5), "channels"),
        (chunks(bytes(3200), encoding="webm"), "Recognize"),
        (chunks(bytes(3200), config={"enable_diarization": True}), "speakers"),
        (chunks(bytes(3200), config={"language": "not a language"}), "language"),
        (chunks(bytes(3200), sample_rate=16000) + chunks(bytes(3200), sample_rate=8000), "sample_rate"),
    ):
        error = status_of(lambda: recognised(messages))
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT and part in error.details(), error
    error = status_of(lambda: recognised(chunks(bytes(3200), config={"model": "nobody"})))
    assert error.code() == grpc.StatusCode.NOT_FOUND, error
    error = status_of(lambda: recognised([asr.message("AudioChunk", audio_data=bytes(32000)) for _ in range(40)]))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED and "voice.max_seconds" in error.details(), error


@check
def what_a_recording_cannot_be_is_said():
    for fields, code in (
        ({}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"audio_data": b"no sound at all", "encoding": "wav"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"audio_data": bytes(100), "encoding": "pcm", "sample_rate": 7}, grpc.StatusCode.INVALID_ARGUMENT),
    ):
        error = status_of(lambda: asr.Recognize(asr.message("RecognitionRequest", **fields), metadata=METADATA, timeout=60))
        assert error.code() == code and "/" not in error.details(), error


@check
def a_caller_who_leaves_frees_the_place():
    # More than may be listened to at once, if none were freed.
    for _ in range(70):
        gate = threading.Event()

        def messages():
            yield asr.message("AudioChunk", audio_data=bytes(3200))
            gate.wait(10)

        call = asr.RecognizeStream(messages(), metadata=METADATA, timeout=60)
        time.sleep(0.01)
        call.cancel()
        gate.set()
    assert final_text(recognised(chunks(sample(seconds=6))))


# Text to speech


@check
def a_text_is_spoken():
    answer = tts.Synthesize(tts.message("SynthesisRequest", text=SENTENCE, voice_id="default", language="en"), metadata=METADATA, timeout=120)
    assert (answer.sample_rate, answer.encoding) == (16000, "pcm16") and len(answer.audio_data) % 2 == 0
    seconds = len(answer.audio_data) / 32000
    assert 1.5 < seconds < 8 and abs(seconds - answer.duration_ms / 1000) < 0.05, answer.duration_ms
    heard = asr.Recognize(asr.message("RecognitionRequest", audio_data=answer.audio_data, encoding="pcm"), metadata=METADATA, timeout=60)
    assert {"coast", "leaves", "nine", "morning"} <= set(words(heard.results[0].transcript)), heard


@check
def sound_comes_in_the_wanted_form():
    for encoding, name in (("wav", "pcm_s16le"), ("opus", "opus"), ("mp3", "mp3"), ("flac", "flac"), ("aac", "aac")):
        config = tts.message("SynthesisConfig", encoding=encoding, speed=2)
        answer = tts.Synthesize(tts.message("SynthesisRequest", text="Good morning.", config=config), metadata=METADATA, timeout=120)
        with tempfile.NamedTemporaryFile() as file:
            file.write(answer.audio_data)
            file.flush()
            found = subprocess.run(
                ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,sample_rate", "-of", "csv=p=0", file.name],
                capture_output=True, check=True, text=True).stdout.strip().split(",")
        assert found == [name, str(answer.sample_rate)] and answer.encoding == encoding, (found, answer.sample_rate)


@check
def speed_counts():
    def seconds(speed):
        config = tts.message("SynthesisConfig", speed=speed)
        return tts.Synthesize(tts.message("SynthesisRequest", text=SENTENCE, config=config), metadata=METADATA, timeout=120).duration_ms

    assert seconds(2) < 0.7 * seconds(1)


@check
def texts_are_spoken_as_they_come():
    spoken = threading.Event()

    def messages():
        yield tts.message("SynthesisRequest", text="It is raining.")
        assert spoken.wait(60), "nothing was heard of the first text before the second came"
        yield tts.message("SynthesisRequest", text=SENTENCE)

    data, ends, times = b"", 0, []
    for piece in tts.SynthesizeStream(messages(), metadata=METADATA, timeout=120):
        data += piece.audio_data
        ends += piece.is_final
        times.append(piece.timestamp_us)
        assert (piece.sample_rate, piece.channels, piece.encoding) == (16000, 1, "pcm16"), piece
        spoken.set()
    assert ends >= 2 and times == sorted(times) and times[0] == 0, (ends, times)
    heard = asr.Recognize(asr.message("RecognitionRequest", audio_data=data, encoding="pcm"), metadata=METADATA, timeout=60)
    assert {"raining", "coast", "morning"} <= set(words(heard.results[0].transcript)), heard


@check
def what_cannot_be_spoken_is_said():
    for fields, code in (
        ({"text": ""}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"text": "Hello", "voice_id": "nobody"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"text": "Hello", "model": "nobody"}, grpc.StatusCode.NOT_FOUND),
        ({"text": "Hello", "config": tts.message("SynthesisConfig", speed=9)}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"text": "Hello", "config": tts.message("SynthesisConfig", encoding="midi")}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"text": "<speak/>", "config": tts.message("SynthesisConfig", enable_ssml=True)}, grpc.StatusCode.INVALID_ARGUMENT),
    ):
        request = tts.message("SynthesisRequest", **fields)
        error = status_of(lambda: tts.Synthesize(request, metadata=METADATA, timeout=60))
        assert error.code() == code and error.details(), (fields, error)
        error = status_of(lambda: list(tts.SynthesizeStream(iter([request]), metadata=METADATA, timeout=60)))
        assert error.code() == code, (fields, error)


# Language models


@check
def a_chat_is_answered_as_over_http():
    client = openai.OpenAI(base_url=server.url("/v1"), api_key=TOKEN)
    said = client.chat.completions.create(
        model="smollm2-135m-instruct", messages=[{"role": "user", "content": "Name three colours."}], max_tokens=24, temperature=0, seed=7)
    parameters = llm.message("GenerationParameters", max_tokens=24, temperature=0.0, seed=7)
    answer = chat(("user", "Name three colours."), params=parameters)
    assert answer.message.role == "assistant" and answer.message.content == said.choices[0].message.content, (answer, said)
    assert answer.usage.completion_tokens == answer.tokens_generated == said.usage.completion_tokens, (answer, said)
    assert answer.usage.prompt_tokens == said.usage.prompt_tokens and answer.tokens_per_second > 0, answer
    streamed = list(chat(("user", "Name three colours."), params=parameters, call=llm.ChatStream))
    assert "".join(piece.content_delta for piece in streamed) == answer.message.content, streamed
    assert len(streamed) > 5 and [piece.is_final for piece in streamed] == [False] * (len(streamed) - 1) + [True]
    assert streamed[-1].usage.total_tokens == answer.usage.total_tokens, streamed[-1]
    expected = "LENGTH" if said.choices[0].finish_reason == "length" else "STOP"
    for found in (answer, streamed[-1]):
        assert found.DESCRIPTOR.fields_by_name["finish_reason"].enum_type.values_by_number[found.finish_reason].name == expected


@check
def a_prompt_is_continued():
    parameters = llm.message("GenerationParameters", max_tokens=16, temperature=0.0, stop_sequences=["zebra"])
    request = llm.message("GenerationRequest", prompt="Count from one to five.", params=parameters)
    answer = llm.Generate(request, metadata=METADATA, timeout=120)
    assert answer.text and answer.tokens_generated > 0, answer
    tokens = list(llm.GenerateStream(request, metadata=METADATA, timeout=120))
    assert "".join(token.token for token in tokens) == answer.text, (tokens, answer)
    assert [token.index for token in tokens] == list(range(len(tokens))) and tokens[-1].is_final, tokens


@check
def tools_and_their_answers_go_the_whole_way():
    tool = llm.message("ToolDefinition", name="clock", description="Tells the time", parameters_schema='{"type": "object", "properties": {}}')
    context = llm.message("Context", enable_tools=True, available_tools=[tool])
    messages = [
        llm.message("ChatMessage", role="user", content="What time is it?"),
        llm.message("ChatMessage", role="assistant", tool_calls=[
            llm.message("ToolCall", id="a", type="function", function=llm.message("FunctionCall", name="clock", arguments="{}"))]),
        llm.message("ChatMessage", role="tool", content="nine o'clock"),
    ]
    request = llm.message(
        "ChatRequest", messages=messages, context=context, params=llm.message("GenerationParameters", max_tokens=16, temperature=0.0))
    answer = llm.Chat(request, metadata=METADATA, timeout=120)
    assert answer.message.content or answer.message.tool_calls, answer
    broken = llm.message("Context", enable_tools=True, available_tools=[llm.message("ToolDefinition", name="clock", parameters_schema="{")])
    error = status_of(lambda: chat(("user", "Hello"), context=broken))
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT and "schema" in error.details(), error


@check
def a_chat_that_is_left_stops_the_model():
    call = chat(("user", "Write a very long story."), params=llm.message("GenerationParameters", max_tokens=2000), call=llm.ChatStream)
    next(call)
    call.cancel()

    def idle():
        text = requests.get(server.url("/metrics"), headers={"authorization": f"Bearer {TOKEN}"}, timeout=30).text
        running = [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if re.match(r'martlet_lane_running\{.*smollm2', line)]
        return running and sum(running) == 0

    wait_until("the model's place is free", idle, 10)


@check
def bad_chats_are_refused():
    for call, code in (
        (lambda: chat(), grpc.StatusCode.INVALID_ARGUMENT),
        (lambda: chat(("pirate", "Arr")), grpc.StatusCode.INVALID_ARGUMENT),
        (lambda: chat(("user", "Hello"), params=llm.message("GenerationParameters", temperature=99)), grpc.StatusCode.INVALID_ARGUMENT),
        (lambda: chat(("user", "Hello"), context=llm.message("Context", rag_document_ids=["a"])), grpc.StatusCode.INVALID_ARGUMENT),
        (lambda: llm.Chat(llm.message("ChatRequest", model="nobody", messages=[llm.message("ChatMessage", role="user", content="Hi")]), metadata=METADATA), grpc.StatusCode.NOT_FOUND),
        (lambda: llm.Embed(llm.message("EmbeddingRequest"), metadata=METADATA), grpc.StatusCode.INVALID_ARGUMENT),
    ):
        error = status_of(call)
        assert error.code() == code and error.details(), error


@check
def texts_are_embedded_as_over_http():
    texts = ["a cat on a mat", "a kitten on a rug", "the rate of interest"]
    answer = llm.Embed(llm.message("EmbeddingRequest", texts=texts), metadata=METADATA, timeout=120)
    assert len(answer.embeddings) == 3 * answer.dimension > 0
    vectors = [answer.embeddings[place * answer.dimension : (place + 1) * answer.dimension] for place in range(3)]
    same = openai.OpenAI(base_url=server.url("/v1"), api_key=TOKEN).embeddings.create(model="minilm-l6-v2-int8", input=texts)
    assert all(abs(a - b) < 1e-6 for vector, other in zip(vectors, same.data) for a, b in zip(vector, other.embedding))
    dot = lambda a, b: sum(x * y for x, y in zip(a, b))
    assert dot(vectors[0], vectors[1]) > dot(vectors[0], vectors[2])


# All services


@check
def health_needs_no_token_and_everything_else_does():
    assert asr.HealthCheck(asr.message("HealthRequest")).healthy
    voices = tts.HealthCheck(tts.message("HealthRequest"))
    assert voices.healthy and voices.available_voices
    model = llm.HealthCheck(llm.message("HealthRequest"))
    assert model.healthy and model.model_name == "smollm2-135m-instruct" and model.max_context_length > 0 and model.supports_streaming, model
    for call in (
        lambda: asr.Recognize(asr.message("RecognitionRequest", audio_data=bytes(3200), encoding="pcm")),
        lambda: list(asr.RecognizeStream(iter(chunks(bytes(3200))))),
        lambda: tts.Synthesize(tts.message("SynthesisRequest", text="Hello")),
        lambda: llm.Chat(llm.message("ChatRequest", messages=[llm.message("ChatMessage", role="user", content="Hi")])),
    ):
        assert status_of(call).code() == grpc.StatusCode.UNAUTHENTICATED


if __name__ == "__main__":
    configuration = (
        f'server: {{tokens: {{anna: "{TOKEN}"}}}}\n'
        "models: {chat: smollm2-135m-instruct, offline: true}\n"
        "voice: {max_seconds: 30}\n"
    )
    with ServerProcess(configuration=configuration, environment=ENVIRONMENT) as server:
        with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}", options=[("grpc.max_receive_message_length", 64 << 20)]) as channel:
            asr = Service(channel, "asr.proto", "june.asr.SpeechToText")
            tts = Service(channel, "tts.proto", "june.tts.TextToSpeech")
            llm = Service(channel, "llm.proto", "june.llm.LLMInference")
            code = run_checks()
    sys.exit(code)
