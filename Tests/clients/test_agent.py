"""`martlet agent` and `martlet eval` as people start them, with a scripted model behind an endpoint.

    python3 Tests/clients/test_agent.py [NAME…]

Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

from support.brain import Brain
from support.checks import check, run_checks
from support.server import BINARY, ENVIRONMENT, wait_until

BROKEN = "def mean(values):\n    return sum(values) / (len(values) - 1)\n"
MENDED = "def mean(values):\n    return sum(values) / len(values)\n"
TEST = "from stats import mean\n\nassert mean([1, 2, 3]) == 2\nprint('all good')\n"


def scripted(*turns):
    """Says or calls what is in the script, turn by turn: counted by the answers that the conversation has."""
    def answer(messages):
        place = sum(1 for message in messages if message["role"] == "assistant")
        return turns[min(place, len(turns) - 1)]
    return answer


@contextlib.contextmanager
def bench(answer):
    """A folder with a bug, a model, and what the program is called with."""
    with tempfile.TemporaryDirectory() as folder, Brain(answer) as brain:
        work = os.path.join(folder, "work")
        os.mkdir(work)
        for name, text in (("stats.py", BROKEN), ("test_stats.py", TEST)):
            with open(os.path.join(work, name), "w") as file:
                file.write(text)
        with open(os.path.join(folder, "martlet.yaml"), "w") as file:
            file.write(brain.configuration)
        yield folder, work, brain


def command(folder, *words):
    return [BINARY, *words, "--config", os.path.join(folder, "martlet.yaml"), "--model", "brain"]


def run(folder, *words, code=0):
    done = subprocess.run(
        command(folder, *words), cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def content(folder, name="stats.py"):
    with open(os.path.join(folder, name)) as file:
        return file.read()


MEND = (
    [("list_files", {})], [("read_file", {"file_path": "stats.py"}), ("read_file", {"file_path": "test_stats.py"})],
    [("execute_command", {"command": "python3 test_stats.py"})],
    [("edit_file", {"file_path": "stats.py", "old_text": "(len(values) - 1)", "new_text": "len(values)"})],
    [("execute_command", {"command": "python3 test_stats.py"})], "The mean was divided by one too few.",
)


@check
def a_bug_is_mended_and_results_go_back_to_the_model():
    with bench(scripted(*MEND)) as (folder, work, brain):
        done = run(folder, "agent", "--workspace", work, "The test fails. Mend it.", "--json", "--transcript", os.path.join(folder, "said.json"))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert content(work) == MENDED
        last = events[-1]
        assert last["type"] == "finished" and last["result"]["success"] and last["result"]["answer"] == "The mean was divided by one too few.", last
        assert [diff["file_path"] for diff in last["result"]["diffs"]] == ["stats.py"], last
        results = [event for event in events if event["type"] == "tool_result"]
        assert results[3]["content"]["returncode"] == 1 and "AssertionError" in results[3]["content"]["stderr"], results[3]
        assert results[4]["diff"].startswith("--- a/stats.py\n+++ b/stats.py\n"), results[4]
        assert results[5]["content"]["stdout"] == "all good\n", results[5]
        told = [message for message in brain.calls[-1] if message["role"] == "tool"]
        assert len(told) == 6 and "all good" in told[5]["content"] and told[5]["tool_call_id"], told
        said = json.loads(content(folder, "said.json"))
        assert said["result"]["success"] and said["messages"][1]["text"] == "The test fails. Mend it.", said
        # For people: words on standard output, deeds on standard error.
        with open(os.path.join(work, "stats.py"), "w") as file:
            file.write(BROKEN)
        done = run(folder, "agent", "--workspace", work, "The test fails. Mend it.")
        assert done.stdout == "The mean was divided by one too few.\n", done.stdout
        assert "+    return sum(values) / len(values)" in done.stderr and "stats.py +1 -1" in done.stderr, done.stderr


@check
def a_bound_ends_it_with_a_code_of_its_own():
    with bench(scripted([("list_files", {})])) as (folder, work, _):
        done = run(folder, "agent", "--workspace", work, "Go on.", "--max-iterations", "3", code=1)
        assert "the bound on iterations was reached" in done.stderr, done.stderr
        assert "isn't a folder" in run(folder, "agent", "--workspace", "nowhere", "Go on.", code=2).stderr


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, folder, *words):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command(folder, *words), cwd=folder, env=ENVIRONMENT, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        self.shown = ""

    def expect(self, text, seconds=60):
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < deadline, f"{text!r} isn't shown: {self.shown[-2000:]!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.shown += os.read(self.master, 65536).decode(errors="replace").replace("\r\n", "\n")
                except OSError:
                    break
        assert text in self.shown, self.shown[-2000:]
        self.shown = self.shown.partition(text)[2]

    def type(self, line):
        os.write(self.master, (line + "\n").encode())

    def end(self):
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
            os.close(self.master)


@check
def dangerous_commands_are_asked_about():
    remove = [("execute_command", {"command": "rm stats.py"})]
    for reply, code, is_there in (("n", 0, True), ("y", 0, False)):
        with bench(scripted(remove, "So be it.")) as (folder, work, brain):
            terminal = Terminal(folder, "agent", "--workspace", work, "Tidy up.")
            terminal.expect("This deletes files. Do it? [y/N] ")
            terminal.type(reply)
            terminal.expect("So be it.")
            assert terminal.end() == code and os.path.exists(os.path.join(work, "stats.py")) == is_there
            assert ("wasn't approved" in brain.calls[-1][-1]["content"]) == is_there
    # Nobody is there to be asked.
    with bench(scripted(remove, "So be it.")) as (folder, work, _):
        run(folder, "agent", "--workspace", work, "Tidy up.")
        assert os.path.exists(os.path.join(work, "stats.py"))
        run(folder, "agent", "--workspace", work, "Tidy up.", "--approve", "always")
        assert not os.path.exists(os.path.join(work, "stats.py"))


@check
def a_conversation_remembers_until_it_is_reset():
    with bench(lambda messages: f"Heard {sum(1 for message in messages if message['role'] == 'user')}.") as (folder, work, _):
        terminal = Terminal(folder, "agent", "--workspace", work)
        for line, shown in (("first", "Heard 1."), ("second", "Heard 2."), ("/reset", "Forgotten."), ("third", "Heard 1."), ("/help", "/quit ends")):
            terminal.expect("\n> " if line != "first" else "> ")
            terminal.type(line)
            terminal.expect(shown)
        terminal.type("/quit")
        assert terminal.end() == 0


@check
def ctrl_c_stops_it_and_leaves_what_it_came_to():
    with bench(scripted([("list_files", {})], "This goes on and on.")) as (folder, work, brain):
        transcript = os.path.join(folder, "said.json")
        process = subprocess.Popen(
            command(folder, "agent", "--workspace", work, "Go.", "--transcript", transcript), cwd=folder, env=ENVIRONMENT,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        brain.gate.clear()
        try:
            wait_until("the second answer begins", lambda: len(brain.calls) == 2, 60)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
            brain.gate.set()
        assert process.returncode == 130 and "Interrupted." in errors, (process.returncode, errors)
        said = json.loads(content(folder, "said.json"))
        assert [message["role"] for message in said["messages"]] == ["system", "user", "assistant", "tool"] and said["result"] is None, said


ADD = {"task_id": "HumanEval/0", "prompt": "def add(a, b):\n    \"\"\"Adds.\"\"\"\n", "canonical_solution": "    return a + b\n",
       "test": "def check(candidate):\n    assert candidate(2, 3) == 5\n", "entry_point": "add"}


def tasks(folder, count):
    path = os.path.join(folder, "tasks.jsonl")
    with open(path, "w") as file:
        for number in range(count):
            file.write(json.dumps({**ADD, "task_id": f"HumanEval/{number}"}) + "\n")
    return path


@check
def a_model_is_evaluated_and_a_killed_run_goes_on():
    right = "```python\ndef add(a, b):\n    return a + b\n```"
    with bench(lambda messages: right) as (folder, _, brain):
        path = tasks(folder, 8)
        words = ("eval", "humaneval", "--dataset-path", path, "--output", os.path.join(folder, "run"), "--jobs", "1", "--json")
        log = os.path.join(folder, "run/humaneval/samples.jsonl")
        process = subprocess.Popen(
            command(folder, *words), cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("three samples are kept", lambda: os.path.exists(log) and content(folder, log).count("\n") >= 4, 60)
        process.kill()
        process.wait()
        kept, asked = content(folder, log).count("\n") - 1, len(brain.calls)
        assert "--resume" in run(folder, *words, code=2).stderr
        report = json.loads(run(folder, *words, "--resume").stdout)
        assert report["pass_at_1"] == 1 and report["total_tasks"] == 8, report
        # The one that was being asked when it was killed is asked again, those that were kept aren't.
        assert len(brain.calls) - asked == 8 - kept, (len(brain.calls), asked, kept)
        assert not any("assert" in message["content"] for call in brain.calls for message in call)
        brain.answer = lambda messages: "```python\ndef add(a, b):\n    return a - b\n```"
        run(folder, "eval", "humaneval", "--dataset-path", path, "--output", os.path.join(folder, "worse"))
        done = subprocess.run([BINARY, "eval", "compare", "worse", "run", "--json"], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        compared = json.loads(done.stdout)[0]
        assert compared["difference"] == 1 and compared["only_second"] == 8 and compared["is_significant"], compared


@check
def a_harness_that_cannot_measure_says_so():
    with bench(lambda messages: "") as (folder, _, _brain):
        path = tasks(folder, 3)
        known = [BINARY, "eval", "humaneval", "--dataset-path", path, "--json", "--solutions"]
        for solutions, share in (("canonical", 1), ("empty", 0)):
            done = subprocess.run([*known, solutions], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
            assert json.loads(done.stdout)["pass_at_1"] == share, done
        # A test that asserts what isn't so makes right solutions fail.
        with open(path, "w") as file:
            file.write(json.dumps({**ADD, "test": ADD["test"].replace("== 5", "== 6")}))
        done = subprocess.run([*known, "canonical"], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        assert json.loads(done.stdout)["pass_at_1"] == 0, done
        assert "pass@5 needs at least 5 samples" in run(folder, "eval", "humaneval", "--dataset-path", path, "--k", "5", code=64).stderr
        assert "--dataset-path" in run(folder, "eval", "mbpp", code=3).stderr


if __name__ == "__main__":
    sys.exit(run_checks())
