#!/usr/bin/env python3
"""Measure Martlet's speech: a spoken turn beside its stages one after the other, hearing beside faster-whisper, speaking beside Piper.

    Benchmarks/speech/setup.sh
    ~/.cache/martlet/benchmarks-speech/bin/python Benchmarks/speech/compare.py > table.md
    ~/.cache/martlet/benchmarks-speech/bin/python Benchmarks/speech/compare.py --parts hear words --rounds 3 --json all.json
    MARTLET_BINARY=./martlet-next ~/.cache/martlet/benchmarks-speech/bin/python Benchmarks/speech/compare.py --parts turn

turn    Time from a recorded question to the first sound of the answer: /v1/voice/turn against transcription, then chat, then speech, on the
        same server with the same models. Both write the same answer. llama-server is an endpoint with one slot, and is asked something
        else before every measurement: neither finds the prompt ready from the other.
hear    Time and memory: moonshine-tiny-en against faster-whisper's tiny.en (int8), with beam 1 and with its default beam 5.
speak   Time, first sound and memory: the voice joe against Python's piper-tts with the same file.
words   Word error rate of every recording, and of sentences that Martlet and piper-tts speak, with all three recognisers.

Martlet is a server asked over HTTP, a peer a process that keeps its model loaded and is asked over a pipe; times are the asker's. All use
the same number of threads. Contenders take turns in an order that changes each round, with a pause, as some spin on a while; a first
round warms up and isn't counted. Medians of the rounds; ratios are medians of the rounds' own. Memory is the most that the process ever
held (Martlet: the server without its children llama-server and espeak-ng, and without models that the part doesn't use). Nothing else should run.

Needs a built Martlet and its models moonshine-tiny-en, silero-vad, piper-en-us-joe and, for turn, a chat model (martlet models pull NAME).
Prints Markdown tables. Exits with 1 when the turn misses its target, 0.4 of the sequence's time, or answers differ.
"""

import argparse
import base64
import contextlib
import http.client
import io
import json
import os
import pathlib
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "Tests/clients")]

# Only here, as what is shared lies in other folders.
import recordings  # noqa: E402
from support.server import ServerProcess, free_port, wait_until  # noqa: E402

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
# Settings of OpenBLAS that some machines need for other programs must not slow the peers down.
PEER_ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
TARGET = 0.4  # of the turn's time to the first sound
PAUSE = 0.3  # seconds between measurements: OpenMP's threads spin 0.2 s after their work
SENTENCE_PAUSE = 4410  # samples of silence that Martlet leaves behind a sentence
INSTRUCTIONS = "You are a voice assistant. Answer in about ten plain sentences, as one would speak. Use no lists, no code and no markup."
QUESTION = "Please tell me a story about a small dog who gets lost in the city."


# MARK: Contenders


class Martlet:
    """A server and what the parts ask of it."""

    def __init__(self, server):
        self.server = server

    def post(self, path, body, content_type="application/json", accept="*/*"):
        """Yields what comes, as it comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=600)
        try:
            connection.request("POST", path, body, {"Content-Type": content_type, "Accept": accept})
            answer = connection.getresponse()
            if answer.status != 200:
                raise SystemExit(f"{path} answered {answer.status}: {answer.read()[:500]}")
            while piece := answer.read1(1 << 16):
                yield piece
        finally:
            connection.close()

    def form(self, path, sound, accept="*/*", **fields):
        parts = [f'--b0undary\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        parts += [b'--b0undary\r\nContent-Disposition: form-data; name="file"; filename="sound.wav"\r\n\r\n', sound, b"\r\n--b0undary--\r\n"]
        return self.post(path, b"".join(parts), "multipart/form-data; boundary=b0undary", accept)

    def hear(self, sound):
        return json.loads(b"".join(self.form("/v1/audio/transcriptions", sound, model="moonshine-tiny-en", language="en")))["text"]

    def chat(self, messages, tokens):
        body = {"model": "bench", "messages": messages, "max_tokens": tokens, "temperature": 0}
        return json.loads(b"".join(self.post("/v1/chat/completions", json.dumps(body).encode())))["choices"][0]["message"]["content"]

    def speak(self, text):
        """The sound as a file, and when its first sample had come."""
        body = {"model": "piper-en-us-joe", "voice": "joe", "input": text, "response_format": "wav"}
        begun, first, data = time.perf_counter(), None, b""
        for piece in self.post("/v1/audio/speech", json.dumps(body).encode()):
            data += piece
            if first is None and sound_begins(data):
                first = time.perf_counter() - begun
        return data, first

    def peak_mib(self):
        with open(f"/proc/{self.server.pid}/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024


class Peer:
    """One of the processes of peer.py, while the `with` lasts."""

    def __init__(self, *arguments):
        command = [sys.executable, str(HERE / "peer.py"), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=PEER_ENVIRONMENT)
        self.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(self.process.args)} ended: run Benchmarks/speech/setup.sh, and this with its Python.")
        return json.loads(line)

    def ask(self, **task):
        self.process.stdin.write(json.dumps(task).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, path):
        self.ask(path=str(path))
        return self.read()["text"]

    def speak(self, text):
        """As `Martlet.speak`."""
        begun, first, data, rate = time.perf_counter(), None, b"", 0
        self.ask(text=text)
        while not (found := self.read()).get("done"):
            data, rate = data + self.process.stdout.read(found["bytes"]), found["rate"]
            first = first or time.perf_counter() - begun
        return wav(data, rate), first

    def peak_mib(self):
        self.ask()
        return self.read()["peak_mib"]


def wav(samples, rate):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples)
    return file.getvalue()


def sound_begins(data):
    at = data.find(b"data")
    return 0 <= at < len(data) - 8


def samples_of(data):
    """The samples of a WAV file, whatever length its head gives; and how many there are a second."""
    return data[data.find(b"data") + 8:], int.from_bytes(data[24:28], "little")


def seconds_of(data):
    """How long the sound is, without the pauses behind sentences."""
    samples, rate = samples_of(data)
    return (len(samples) // 2 - SENTENCE_PAUSE * samples.count(bytes(2 * SENTENCE_PAUSE))) / rate


def timed(work, *arguments):
    time.sleep(PAUSE)
    begun = time.perf_counter()
    result = work(*arguments)
    return result, time.perf_counter() - begun


def in_turns(contenders, number):
    """The contenders, another one first each time."""
    names = list(contenders)
    number %= len(names)
    return [(name, contenders[name]) for name in names[number:] + names[:number]]


def median_ratio(these, those):
    return statistics.median(a / b for a, b in zip(these, those))


def say(*words):
    print(*words, file=sys.stderr, flush=True)


# MARK: The turn


@contextlib.contextmanager
def chat_endpoint(options):
    [weights] = (HOME / "models" / options.model).rglob("*.gguf")
    base = f"http://127.0.0.1:{(port := free_port())}"
    command = [
        HOME / "engines/llama/bin/llama-server", "-m", weights, "--host", "127.0.0.1", "--port", port, "-c", 4096, "-np", 1, "--jinja",
        "--cache-ram", 0, "-t", options.threads]

    def answers():
        try:
            with urllib.request.urlopen(base + "/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    with tempfile.TemporaryFile() as log:
        engine = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_until("llama-server answers", answers, 120)
            yield base
        finally:
            engine.terminate()
            engine.wait(30)


def spoken_question(martlet):
    """A recording that is heard as it is meant: the voice speaks a little differently each time, and other words have other answers."""
    for _ in range(20):
        sound = martlet.speak(QUESTION)[0]
        if martlet.hear(sound) == QUESTION:
            return sound
    raise SystemExit(f"In 20 attempts Martlet did not hear what it said: {QUESTION}")


def overlapped(martlet, question):
    begun, found, data = time.perf_counter(), {"audio_s": 0}, b""
    pieces = martlet.form("/v1/voice/turn", question, "text/event-stream", model="bench", language="en", format="pcm")
    for piece in pieces:
        *whole, data = (data + piece).split(b"\n\n")
        now = time.perf_counter() - begun
        for event in whole:
            name = re.search(rb"^event: (\w+)", event, re.M)
            if not name:
                continue
            told = json.loads(re.search(rb"^data: (.*)", event, re.M)[1])
            if name[1] == b"audio":
                found.setdefault("first_s", now)
                found.setdefault("first_sentence", told["text"])
                found["audio_s"] += len(base64.b64decode(told["data"])) / 2 / told["sample_rate"]
            elif name[1] == b"delta":
                found.setdefault("first_word_s", now)
            elif name[1] == b"transcribed":
                found["heard_s"] = now
            elif name[1] == b"error":
                raise SystemExit(f"the turn failed: {told}")
            elif name[1] == b"done":
                found |= {"whole_s": now, "question": told["question"], "answer": told["answer"]}
    return found


def one_after_the_other(martlet, question, tokens):
    begun = time.perf_counter()
    text = martlet.hear(question)
    heard = time.perf_counter() - begun
    answer = martlet.chat([{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": text}], tokens)
    thought = time.perf_counter() - begun
    sound, first = martlet.speak(answer)
    whole = time.perf_counter() - begun
    samples, rate = samples_of(sound)
    return {
        "first_s": whole, "streamed_first_s": thought + first, "whole_s": whole, "heard_s": heard, "thought_s": thought, "question": text,
        "answer": answer, "audio_s": len(samples) / 2 / rate}


def turn(options):
    with chat_endpoint(options) as base:
        settings = json.dumps({
            "endpoints": [{"id": "bench", "url": base + "/v1", "dialect": "llama", "slots": 1}], "generation": {"temperature": 0},
            "voice": {"max_tokens": options.tokens, "instructions": INSTRUCTIONS}, "speech": {"threads": options.threads},
            "log": {"level": "warning"}})
        with ServerProcess(configuration=settings) as server:
            martlet = Martlet(server)
            question = spoken_question(martlet)
            contenders = {
                "turn": lambda: overlapped(martlet, question),
                "sequence": lambda: one_after_the_other(martlet, question, options.tokens),
            }
            rounds = []
            for number in range(options.rounds + 1):
                results = {}
                for name, perform in in_turns(contenders, number):
                    # Takes the one slot's memory of the prompt away.
                    martlet.chat([{"role": "system", "content": secrets.token_hex(16)}, {"role": "user", "content": "Yes?"}], 1)
                    time.sleep(PAUSE)
                    results[name] = perform()
                say("turn, round", number, {name: round(one["first_s"], 3) for name, one in results.items()})
                if number:
                    rounds.append(results)
            peak = martlet.peak_mib()
    ours, theirs = [one["turn"] for one in rounds], [one["sequence"] for one in rounds]
    same = sum(a["question"] == b["question"] and a["answer"].strip() == b["answer"].strip() for a, b in zip(ours, theirs))

    def median(rows, key):
        return statistics.median(one[key] for one in rows)

    def columns(key, other):
        return [one[key] for one in ours], [one[other] for one in theirs]

    ratio = median_ratio(*columns("first_s", "first_s"))
    answer = ours[-1]["answer"]
    print(f"\n### A spoken turn\n\n{options.model}; the answer has {len(answer.split())} words, {median(ours, 'audio_s'):.0f} s of sound, and "
          f"was the same in {same} of {len(rounds)} rounds.\n")
    print("| | first sound, s | Martlet's turn ÷ it | all is spoken, s | Martlet's turn ÷ it |\n|---|---:|---:|---:|---:|")
    whole, last = median_ratio(*columns("whole_s", "whole_s")), median(theirs, "whole_s")
    first = median(theirs, "first_s")
    print(f"| one after the other, whole files | {first:.2f} | **{ratio:.2f}** | {last:.2f} | {whole:.2f} |")
    streamed = median_ratio(*columns("first_s", "streamed_first_s"))
    print(f"| one after the other, the last stage streamed | {median(theirs, 'streamed_first_s'):.2f} | {streamed:.2f} | "
          f"{last:.2f} | {whole:.2f} |")
    print(f"| **Martlet's turn** | {median(ours, 'first_s'):.2f} | | {median(ours, 'whole_s'):.2f} | |")
    print(f"\nOf the sequence {median(theirs, 'heard_s'):.2f} s are hearing, {median_gap(theirs, 'thought_s', 'heard_s'):.2f} s thinking, "
          f"{median_gap(theirs, 'whole_s', 'thought_s'):.2f} s speaking. The turn has heard after {median(ours, 'heard_s'):.2f} s and has its "
          f"first word after {median(ours, 'first_word_s'):.2f} s; it begins: “{ours[-1]['first_sentence']}” "
          f"The server held {peak:.0f} MiB at most.", flush=True)
    if same < len(rounds):
        say("answers differed:", json.dumps([(a["answer"], b["answer"]) for a, b in zip(ours, theirs)], indent=1))
    return {"rounds": rounds, "same": same, "ratio": ratio, "peak_mib": peak}, ratio <= TARGET and same == len(rounds)


def median_gap(rows, end, start):
    return statistics.median(one[end] - one[start] for one in rows)


# MARK: Hearing

RECOGNISERS = {"martlet": "Martlet", "beam1": "faster-whisper, beam 1", "beam5": "faster-whisper, beam 5"}


class Recognisers:
    """Martlet and faster-whisper, while the `with` lasts."""

    def __init__(self, options):
        self.options = options

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(ServerProcess(configuration=f"speech: {{threads: {self.options.threads}}}\nlog: {{level: warning}}\n"))
            self.martlet = Martlet(server)
            self.peers = {f"beam{beam}": stack.enter_context(Peer("whisper", beam, self.options.threads)) for beam in (1, 5)}
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *reason):
        self.stack.__exit__(*reason)

    def contenders(self, path):
        sound = path.read_bytes()
        return {"martlet": lambda: self.martlet.hear(sound)} | {name: lambda peer=peer: peer.hear(path) for name, peer in self.peers.items()}

    def peaks(self):
        return {"martlet": self.martlet.peak_mib()} | {name: peer.peak_mib() for name, peer in self.peers.items()}


def hear(options, found):
    """Time of each recogniser for each recording, and what it hears."""
    times = {one.name: {name: [] for name in RECOGNISERS} for one in found}
    heard = {one.name: {} for one in found}
    with Recognisers(options) as all_of_them:
        for number in range(options.rounds + 1):
            for at, one in enumerate(found):
                for name, perform in in_turns(all_of_them.contenders(one.path), number + at):
                    heard[one.name][name], seconds = timed(perform)
                    if number:
                        times[one.name][name].append(seconds)
            say("hear, round", number)
        peaks = all_of_them.peaks()
    lengths = {one.name: length(one.path) for one in found}
    groups = {"the reading of A Tale of Two Cities": ["two_cities"], "the reading of Beckett": ["beckett"]}
    short = [one.name for one in found if one.name not in ("two_cities", "beckett")]
    least, most = (pick(lengths[name] for name in short) for pick in (min, max))
    groups |= {f"{len(short)} of {least:.0f} to {most:.0f} s": short, "all": list(lengths)}
    print("\n### Hearing\n\nReal-time factor: seconds of work for a second of sound.\n")
    print("| recordings | sound, s | | work, s | real-time factor | its ÷ Martlet's | peak MiB | its ÷ Martlet's |")
    print("|---|---:|---|---:|---:|---:|---:|---:|")
    for group, names in groups.items():
        sound = sum(lengths[name] for name in names)
        rounds = {who: [sum(times[name][who][number] for name in names) for number in range(options.rounds)] for who in RECOGNISERS}
        for who, title in RECOGNISERS.items():
            seconds = statistics.median(rounds[who])
            ours = who == "martlet"
            cells = [group, f"{sound:.1f}", f"**{title}**" if ours else title, f"{seconds:.2f}", f"{seconds / sound:.3f}",
                     "" if ours else f"{median_ratio(rounds[who], rounds['martlet']):.2f}x", "", ""]
            if group == "all":
                cells[6:] = [f"{peaks[who]:.0f}", "" if ours else f"{peaks[who] / peaks['martlet']:.2f}x"]
            print("| " + " | ".join(cells) + " |", flush=True)
    return {"times": times, "lengths": lengths, "peaks_mib": peaks, "heard": heard}


def length(path):
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


# MARK: Speaking


def speak(options):
    results = {text: {"martlet": [], "piper": []} for text in recordings.TEXTS}
    settings = f"speech: {{threads: {options.threads}}}\nlog: {{level: warning}}\n"
    with ServerProcess(configuration=settings) as server, Peer("piper", options.threads) as peer:
        martlet = Martlet(server)
        for number in range(options.rounds + 1):
            for at, (name, text) in enumerate(recordings.TEXTS.items()):
                for who, contender in in_turns({"martlet": martlet, "piper": peer}, number + at):
                    (sound, first), seconds = timed(contender.speak, text)
                    if number:
                        results[name][who].append({"seconds": seconds, "first_s": first, "sound_s": seconds_of(sound)})
            say("speak, round", number)
        peaks = {"martlet": martlet.peak_mib(), "piper": peer.peak_mib()}
    print("\n### Speaking\n\nWithout the 0.2 s of silence that Martlet leaves behind each sentence.\n")
    print("| text | | sound, s | work, s | real-time factor | its ÷ Martlet's | first sound, ms | its ÷ Martlet's | peak MiB | its ÷ Martlet's |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, text in recordings.TEXTS.items():
        for who, title in [("martlet", "**Martlet**"), ("piper", "piper-tts")]:
            def column(key, whose):
                return [one[key] for one in results[name][whose]]

            def factor(whose):
                return [one["seconds"] / one["sound_s"] for one in results[name][whose]]

            sound, work, first = (statistics.median(column(key, who)) for key in ("sound_s", "seconds", "first_s"))
            cells = [f"{name}, {len(text.split())} words", title, f"{sound:.1f}", f"{work:.2f}", f"{statistics.median(factor(who)):.3f}", "",
                     f"{1000 * first:.0f}", "", "", ""]
            if who == "piper":
                cells[5] = f"{median_ratio(factor(who), factor('martlet')):.2f}x"
                cells[7] = f"{median_ratio(column('first_s', who), column('first_s', 'martlet')):.2f}x"
            if name == list(recordings.TEXTS)[-1]:
                cells[8:] = [f"{peaks[who]:.0f}", "" if who == "martlet" else f"{peaks[who] / peaks['martlet']:.2f}x"]
            print("| " + " | ".join(cells) + " |", flush=True)
    return {"rounds": results, "peaks_mib": peaks}


# MARK: Words


def word_errors(options, found, heard):
    """Errors of each recogniser for each recording, and for what Martlet and Piper speak."""
    import jiwer

    rows = []  # name, group, text, what each recogniser heard
    with Recognisers(options) as all_of_them, tempfile.TemporaryDirectory() as folder, Peer("piper", options.threads) as piper:
        for one in found:
            texts = heard.get(one.name) or {name: perform() for name, perform in all_of_them.contenders(one.path).items()}
            rows.append((one.name, one.group, one.text, texts))
        for voice, speaker in [("Martlet speaks", all_of_them.martlet), ("piper-tts speaks", piper)]:
            for at, sentence in enumerate(recordings.SENTENCES):
                path = pathlib.Path(folder, f"{at}.wav")
                path.write_bytes(wav(*samples_of(speaker.speak(sentence)[0])))
                texts = {name: perform() for name, perform in all_of_them.contenders(path).items()}
                rows.append((f"{voice.split()[0]}-{at}", voice, sentence, texts))
    print("\n### Words\n\nWord error rate (and wrong words); small letters, no marks, numbers as words.\n")
    print("| recording | words | " + " | ".join(RECOGNISERS.values()) + " |\n|---|---:|" + "---:|" * len(RECOGNISERS))

    def line(title, chosen):
        references = [recordings.words(text) for _, _, text, _ in chosen]
        cells = []
        for who in RECOGNISERS:
            done = jiwer.process_words(references, [recordings.words(texts[who]) for *_, texts in chosen])
            cells.append(f"{100 * done.wer:.1f} % ({done.substitutions + done.deletions + done.insertions})")
        print(f"| {title} | {sum(len(text.split()) for text in references)} | " + " | ".join(cells) + " |", flush=True)

    people = [row for row in rows if "speaks" not in row[1]]
    for row in people:
        line(row[0], [row])
    line(f"**all {len(people)} recordings of people**", people)
    for voice in ("Martlet speaks", "piper-tts speaks"):
        line(f"{voice} {len(recordings.SENTENCES)} sentences", [row for row in rows if row[1] == voice])
    return [{"name": name, "group": group, "text": text, "heard": texts} for name, group, text, texts in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=["turn", "hear", "speak", "words"], default=["turn", "hear", "speak", "words"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="of every recogniser, voice and chat model")
    parser.add_argument("--model", default="qwen2.5-coder-0.5b-instruct", help="id of a fetched chat model, for turn")
    parser.add_argument("--tokens", type=int, default=200, help="most tokens of the turn's answer")
    parser.add_argument("--recordings", type=pathlib.Path, default=pathlib.Path(sys.prefix) / "recordings")
    parser.add_argument("--json", help="write all measurements and texts here")
    options = parser.parse_args()
    everything, well = {}, True
    found = recordings.all_recordings(options.recordings) if {"hear", "words"} & set(options.parts) else []
    print(f"{os.cpu_count()} processors, {options.threads} threads each; medians of {options.rounds} rounds.", flush=True)
    if "turn" in options.parts:
        everything["turn"], well = turn(options)
    if "hear" in options.parts:
        everything["hear"] = hear(options, found)
    if "speak" in options.parts:
        everything["speak"] = speak(options)
    if "words" in options.parts:
        everything["words"] = word_errors(options, found, everything.get("hear", {}).get("heard", {}))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(everything, indent=1))
    if not well:
        say(f"missed: the turn's first sound within {TARGET} of the sequence's time, with the same answer")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
