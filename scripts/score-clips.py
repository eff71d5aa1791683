#!/usr/bin/env python3
"""Asks questions about clips of known content and scores the answers.

    scripts/score-clips.py [--martlet ./martlet] [--model ID] [--category NAME] [--answers FILE]
    scripts/score-clips.py --url http://127.0.0.1:8080 [--token TOKEN]

Questions come from Tests/clips/questions.jsonl (its keys are explained beside it), clips from
$MARTLET_HOME/samples/clips. Prints a Markdown table and the line "N passed, N failed"; exits 1 when the share of right
answers is below --at-least.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def place(text: str, phrase: str) -> int:
    """Where the phrase stands in the text as whole words, in any case, a regular plural allowed; -1 when nowhere."""
    words = re.findall(r"\w+", phrase.lower())
    pattern = r"(?<!\w)" + r"\W+".join(map(re.escape, words)) + r"(?:e?s)?(?!\w)"
    found = re.search(pattern, text.lower())
    return found.start() if found else -1


def fault(answer: str, question: dict) -> str:
    """Why the answer is wrong; empty when it is right."""
    for word in question.get("expect_none", []) + question.get("forbid", []):
        if place(answer, word) >= 0:
            return f"says “{word}”"
    before = -1
    for group in question.get("expect_all", []):
        places = [at for at in (place(answer, word) for word in group) if at >= 0]
        if not places:
            return f"lacks “{group[0]}”"
        if question.get("in_order"):
            later = [at for at in places if at > before]
            if not later:
                return f"“{group[0]}” out of order"
            before = min(later)
    return ""


def ask_command(martlet: str, clip: Path, question: str, model: str | None, timeout: float) -> str:
    command = [martlet, "ask", str(clip), question, "--json"] + (["--model", model] if model else [])
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RuntimeError(f"exit code {done.returncode}: {last[:200]}")
    return answer_in(done.stdout)


def ask_server(url: str, clip: Path, question: str, model: str | None, token: str | None, timeout: float) -> str:
    boundary = uuid.uuid4().hex
    fields = {"prompt": question} | ({"model": model} if model else {})
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="video"; filename="{clip.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    body += clip.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(f"{url.rstrip('/')}/v1/inference/upload", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return answer_in(reply.read().decode())
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"status {error.code}: {error.read(300).decode(errors='replace')}") from None


def answer_in(text: str) -> str:
    """The answer in a JSON reply: the last JSON object that holds one."""
    try:
        replies = [json.loads(text)]
    except json.JSONDecodeError:
        replies = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    for reply in reversed(replies):
        for key in ("response", "answer", "text"):
            if isinstance(reply, dict) and isinstance(reply.get(key), str):
                return reply[key]
    raise RuntimeError("the reply holds no answer")


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    home = Path(os.environ.get("MARTLET_HOME") or Path.home() / ".cache/martlet")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=Path, default=ROOT / "Tests/clips/questions.jsonl")
    parser.add_argument("--clips", type=Path, default=home / "samples/clips")
    parser.add_argument("--martlet", default=str(ROOT / "martlet"))
    parser.add_argument("--url", help="ask a running server instead of the command line")
    parser.add_argument("--token", default=os.environ.get("MARTLET_TOKEN"))
    parser.add_argument("--model")
    parser.add_argument("--category")
    parser.add_argument("--answers", type=Path, help="score answers kept in a file (JSON lines: clip, question, answer)")
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one answer")
    parser.add_argument("--at-least", type=float, default=0.75, help="share of right answers for exit code 0")
    options = parser.parse_args()

    questions = [json.loads(line) for line in options.questions.read_text().splitlines() if line.strip()]
    if options.category:
        questions = [question for question in questions if question.get("category") == options.category]
    if not questions:
        print("There are no questions to ask.", file=sys.stderr)
        return 2
    kept = {}
    if options.answers:
        lines = [json.loads(line) for line in options.answers.read_text().splitlines() if line.strip()]
        kept = {(line["clip"], line["question"]): line["answer"] for line in lines}

    print("| clip | kind | question | answer | right | seconds |\n|---|---|---|---|---|---:|")
    passed, kinds = 0, {}
    for question in questions:
        start = time.monotonic()
        try:
            if options.answers:
                answer = kept.get((question["clip"], question["question"]), "")
            elif options.url:
                answer = ask_server(
                    options.url, options.clips / question["clip"], question["question"], options.model, options.token, options.timeout)
            else:
                answer = ask_command(
                    options.martlet, options.clips / question["clip"], question["question"], options.model, options.timeout)
            wrong = fault(answer, question)
        except (RuntimeError, OSError, ValueError, subprocess.TimeoutExpired) as error:
            answer, wrong = "", str(error)
        passed += not wrong
        kind = kinds.setdefault(question.get("category", "other"), [0, 0])
        kind[bool(wrong)] += 1
        print(
            f"| {question['clip']} | {question.get('category', '')} | {cell(question['question'])} | {cell(answer)} "
            f"| {'yes' if not wrong else 'no: ' + cell(wrong)} | {time.monotonic() - start:.1f} |", flush=True)

    print("\n| kind | right | wrong |\n|---|---:|---:|")
    for name, (right, wrong) in sorted(kinds.items()):
        print(f"| {name} | {right} | {wrong} |")
    print(f"\n{passed} passed, {len(questions) - passed} failed")
    return 0 if passed >= options.at_least * len(questions) else 1


if __name__ == "__main__":
    sys.exit(main())
