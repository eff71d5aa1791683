"""The Telegram bot, as people in its chats and Telegram's servers meet it.

    python3 Tests/clients/test_telegram.py [NAME…]

Starts Bot API servers, chat models and Martlets of its own. What is heard and spoken goes through the real speech models. Prints
"N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import functools
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from support.bot_api import TOKEN, BotAPI
from support.brain import Brain
from support.checks import check, run_checks
from support.server import ENVIRONMENT, ServerProcess, wait_until

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
SPEECH = HOME / "samples/speech/two_cities.wav"  # "It was the best of times, it was the worst of times, …"
ADA, BEN, ROOT, STRANGER = 7, 8, 9, 66
SECRET = "a-Secret_word"
# Whatever a bot says while a turn goes on ends so.
UNFINISHED = ("…", "...")


class World:
    """Telegram, a chat model and a Martlet whose bot lives in both. `settings` are of the section `telegram`."""

    def __init__(self, brain=None, model="brain", configuration="", **settings):
        self.brain, self.model, self.configuration = brain or Brain(), model, configuration
        self.asked_at = {}
        self.settings = {"token": TOKEN, "users": f"{ADA},{BEN}", "admins": f"{ROOT}", "per_minute": 60, **settings}
        self.telegram = BotAPI()

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        try:
            for part in (self.telegram, self.brain):
                self.stack.enter_context(part)
            self.start()
        except BaseException:
            self.stack.__exit__(*sys.exc_info())
            raise
        return self

    def start(self):
        given = {f"MARTLET_TELEGRAM_{key.upper()}": str(value) for key, value in self.settings.items() if value is not None}
        environment = {**ENVIRONMENT, **given, "MARTLET_TELEGRAM_API_URL": self.telegram.url, "MARTLET_MODELS_CHAT": self.model}
        self.server = ServerProcess(
            f"data_dir={self.folder}/data", configuration=self.brain.configuration + self.configuration, environment=environment)
        self.server.__enter__()

    def __exit__(self, kind, error, trace):
        if kind is not None:
            for event in self.telegram.state()["events"][-20:]:
                print(f"  > {json.dumps({key: value for key, value in event.items() if key not in ('time', 'raw', 'entities')})[:300]}")
        if self.server:
            self.server.__exit__(kind, error, trace)
        self.stack.__exit__(kind, error, trace)

    def kill(self):
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.process.wait()
        self.clear()

    def stop(self):
        """Stops it in good order. Returns its exit code."""
        code = self.server.stop()
        self.clear()
        return code

    def clear(self):
        server, self.server = self.server, None
        server.__exit__(None, None, None)

    # What people do and see.

    def say(self, text, user=ADA, **more):
        return self.telegram.text(text, user, **more)

    def speak(self, content, user=ADA, **more):
        return self.telegram.sound(content, user, **more)

    def answers(self, chat=ADA):
        """The bot's texts in a chat that aren't about to change."""
        return [text for text in self.telegram.texts(chat) if not text.endswith(UNFINISHED)]

    def wait(self, what, condition, seconds=60):
        return wait_until(what, condition, seconds)

    def wait_for_text(self, part, chat=ADA, seconds=60, times=1):
        self.wait(f"{part!r} in chat {chat}", lambda: sum(part in text for text in self.answers(chat)) >= times, seconds)

    def wait_for_answers(self, count, chat=ADA, seconds=60):
        self.wait(f"{count} messages in chat {chat}", lambda: len(self.answers(chat)) >= count, seconds)
        return self.answers(chat)

    def ask(self, text, part, chat=None, user=ADA, seconds=60):
        """Says something, and waits for the one message that answers it."""
        chat = chat or user
        before = len(self.answers(chat))
        # Nobody types faster, and answers at once would be more than Telegram takes in a chat.
        time.sleep(max(0, self.asked_at.get(chat, 0) + 1.7 - time.monotonic()))
        self.asked_at[chat] = time.monotonic()
        self.say(text, user)
        found = self.wait_for_answers(before + 1, chat, seconds)
        assert len(found) == before + 1 and re.search(part, found[-1], re.IGNORECASE | re.DOTALL), (text, found[before:])
        return found[-1]

    def settle(self, seconds=1.5):
        """Waits until nothing has happened in any chat for a while, and no model is asked."""
        def is_quiet():
            before = len(self.telegram.state()["events"]), len(self.brain.calls)
            time.sleep(seconds)
            return before == (len(self.telegram.state()["events"]), len(self.brain.calls)) and not self.brain.open
        self.wait("nothing happens any more", is_quiet, 60)

    def check_manners(self):
        """What holds whatever happened: Telegram was treated well, and nothing private was logged."""
        assert not self.telegram.violations(), self.telegram.violations()[:10]
        log = "\n".join(self.server.lines())
        assert TOKEN not in log and TOKEN.partition(":")[2] not in log, "the token is in the log"
        assert SECRET not in log, "the webhook's secret is in the log"
        # Short words may stand there for other reasons.
        assert not any(asked in log for asked in self.brain.asked if len(asked) > 8), "what somebody said is in the log"


@functools.cache
def sound(seconds=4.0, form="ogg", start=0.0):
    """The first seconds of the sample, in a form of files."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"sound.{form}")
        options = {"ogg": ["-c:a", "libopus", "-b:a", "32k"], "mp3": [], "wav": ["-ar", "16000"],
                   "mp4": ["-f", "lavfi", "-i", "color=c=blue:s=240x240:r=10", "-shortest", "-c:v", "libx264", "-c:a", "aac"]}[form]
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-ss", str(start), "-t", str(seconds), "-i", SPEECH, *options, "-t", str(seconds), path], check=True)
        return pathlib.Path(path).read_bytes()


def made(source, seconds):
    """OGG with Opus of FFmpeg's own."""
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-t", str(seconds), "-c:a", "libopus", "-f", "ogg", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def probed(content):
    """What FFprobe says of a file."""
    with tempfile.NamedTemporaryFile(suffix=".ogg") as file:
        file.write(content)
        file.flush()
        said = subprocess.run(
            ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", file.name], check=True, capture_output=True).stdout
    return json.loads(said)


def check_voice(world, event):
    """That a voice message is one."""
    content = world.telegram.content(event["file"])
    facts = probed(content)
    (stream,) = facts["streams"]
    assert facts["format"]["format_name"] == "ogg" and stream["codec_name"] == "opus" and stream["channels"] == 1, facts
    seconds = float(facts["format"]["duration"])
    assert seconds > 0.4 and abs(event["duration"] - seconds) <= 1.01, (event["duration"], seconds)
    assert event["reply_to"], event


# MARK: Conversations

@check
def a_text_is_answered():
    with World(Brain(lambda messages: f"You asked: **{messages[-1]['content']}**")) as world:
        said = world.say("What time is it?")
        world.wait_for_text("You asked: What time is it?")
        world.settle()
        assert len(world.answers()) == 1 and not world.telegram.voices(), world.telegram.shown()
        (shown,) = world.telegram.shown()
        assert shown["reply_to"] == said["message_id"], shown
        assert any(event["action"] == "typing" for event in world.telegram.events("action"))
        last = world.telegram.events("message", "edit")[-1]
        assert [kind for kind, *_ in last["entities"]] == ["bold"] and last["mode"] == "HTML", last
        assert world.brain.asked == ["What time is it?"]
        metrics = urllib.request.urlopen(world.server.url("/metrics")).read().decode()
        assert 'martlet_bot_updates_total{platform="telegram"} 1' in metrics
        world.check_manners()


@check
def a_small_model_of_its_own_answers():
    with World(model="smollm2-135m-instruct") as world:
        world.say("Say hello.")
        world.wait_for_answers(1, seconds=180)
        world.settle()
        assert len(world.answers()) == 1 and world.answers()[0].strip(), world.telegram.shown()
        world.check_manners()


@check
def a_voice_is_answered_by_voice_and_text():
    with World() as world:
        world.speak(sound(), seconds=4)
        world.wait("a voice message", lambda: world.telegram.voices(), 120)
        world.settle()
        (voice,) = world.telegram.voices()
        check_voice(world, voice)
        (heard,) = world.brain.asked
        assert "times" in heard.lower(), heard
        # What was heard and the answer remain to be read.
        text = "\n".join(world.answers())
        assert text.count("It is nine o'clock.") == 1 and "times" in text.lower(), world.telegram.shown()
        assert any(event["action"] == "record_voice" for event in world.telegram.events("action")) or voice["duration"] <= 4
        world.check_manners()


@check
def sound_files_and_video_notes_are_heard_too():
    with World() as world:
        kinds = [("audio", "mp3", "audio/mpeg"), ("video_note", "mp4", "video/mp4"), ("document", "wav", "audio/x-wav")]
        for count, (kind, form, mime) in enumerate(kinds, 1):
            world.speak(sound(form=form), kind=kind, mime=mime, seconds=4 if kind != "document" else None)
            world.wait(f"the answer to {kind}", lambda: len(world.telegram.voices()) == count, 120)
        assert all("times" in heard.lower() for heard in world.brain.asked), world.brain.asked
        # What has no sound in it is none of its business.
        world.telegram.control("push", user=ADA, more={"document": {"file_id": "x", "mime_type": "application/pdf"}})
        world.telegram.control("push", user=ADA, more={"sticker": {"file_id": "x"}})
        world.settle()
        assert len(world.brain.calls) == 3
        world.check_manners()


@check
def the_mode_says_what_is_spoken():
    with World() as world:
        world.ask("/mode text", "text")
        world.speak(sound(), seconds=4)
        world.wait_for_text("nine o'clock")
        world.settle()
        assert not world.telegram.voices()
        world.ask("/mode voice", "voice")
        world.say("And now?")
        world.wait("it is spoken", lambda: len(world.telegram.voices()) == 1)
        check_voice(world, world.telegram.voices()[0])
        world.ask("/mode both", "both")
        world.say("And now?")
        world.wait_for_text("nine o'clock", times=3)
        world.settle()
        assert len(world.telegram.voices()) == 1
        world.ask("/mode loud", "voice.*text|text.*voice")
        world.say("/voice again")
        world.wait("it is spoken again", lambda: len(world.telegram.voices()) == 2)
        world.check_manners()


@check
def a_long_answer_comes_in_parts_that_telegram_takes():
    paragraph = "A *word* and a **strong one**, `code < here & there`, [a link](https://example.org/?a=1&b=2), 2*3*4, snake_case_name and 😀😀. "
    blocks = [
        "# The beginning", *(f"Paragraph {number}. {paragraph * 3}" for number in range(12)),
        "```python\n" + "\n".join(f"    value_{number} = {number} < {number + 1} & True  # line {number}" for number in range(160)) + "\n```",
        "\n".join(f"{number}. item {number}: {paragraph}" for number in range(1, 30)),
        "> " + "quoted words " * 60, "| name | value |\n|---|---|\n" + "\n".join(f"| row {number} | {number * 7} |" for number in range(20)),
        "unbroken" * 700, "The very end."]
    text = "\n\n".join(blocks)
    with World(Brain(lambda messages: text), configuration="voice: {max_tokens: 20000}\n") as world:
        world.say("Tell me everything.")
        world.wait_for_text("The very end.", seconds=120)
        world.settle()
        parts = world.telegram.texts()
        assert len(parts) >= 4, [len(part) for part in parts]
        whole = "".join(re.sub(r"\s+", "", part) for part in parts)
        places = [whole.find(re.sub(r"\s+", "", f"line {number}")) for number in range(160)]
        assert places == sorted(places) and -1 not in places, "lines of code are missing or out of order"
        assert all(whole.count(f"#line{number}value") == 1 for number in range(159)) and whole.count("#line159") == 1
        for number in range(12):
            assert whole.count(f"Paragraph{number}.") == 1, f"paragraph {number} is there {whole.count(f'Paragraph{number}.')} times"
        assert whole.count("unbroken") == 700 and whole.count("Theveryend.") == 1 and "2*3*4" in whole and "snake_case_name" in whole
        assert whole.count("code<here&there") == 12 * 3 + 29, whole.count("code<here&there")
        # Nothing of a message's markup is left to be seen, and each part's code is code.
        assert "**" not in whole and "```" not in whole and "&lt;" not in whole and "&amp;" not in whole
        world.check_manners()


@check
def answers_grow_before_the_readers_eyes_at_a_pace_that_telegram_takes():
    with World(Brain(lambda messages: "word " * 79 + "end.", pause=0.1)) as world:
        started = time.monotonic()
        world.say("Talk.")
        world.wait_for_text("end.")
        seconds = time.monotonic() - started
        edits = world.telegram.events("edit")
        assert 4 <= len(edits) <= seconds / 1.1 + 2, f"{len(edits)} edits in {seconds:.1f} s"
        counts = [event["text"].count("word") for event in edits]
        assert counts == sorted(counts) and counts[-1] == 79, counts
        world.check_manners()
        print(f"     {len(edits)} edits in {seconds:.1f} s")


@check
def one_turn_at_a_time_in_a_chat_and_chats_beside_each_other():
    with World(Brain(lambda messages: f"About {messages[-1]['content']}.", pause=0.3)) as world:
        for name in ("one", "two", "three"):
            world.say(name)
        world.wait_for_text("About three.")
        assert world.brain.asked == ["one", "two", "three"] and world.brain.most == 1, (world.brain.asked, world.brain.most)
        assert [text for text in world.answers() if "About" in text] == ["About one.", "About two.", "About three."], world.answers()
        world.brain.gate.clear()
        world.say("four")
        world.say("five", user=BEN)
        world.wait("both are thought about", lambda: world.brain.open == 2)
        world.brain.gate.set()
        world.wait_for_text("About four.")
        world.wait_for_text("About five.", chat=BEN)
        world.check_manners()


# MARK: Who may talk, and how much

@check
def strangers_get_one_polite_refusal_and_no_work():
    with World() as world:
        for text in ("Hello?", "/help", "/start", "/admin_status"):
            world.say(text, user=STRANGER)
        world.speak(sound(), user=STRANGER, seconds=4)
        world.ask("Hello!", "nine")
        world.settle()
        assert len(world.telegram.shown(STRANGER)) <= 1, world.telegram.shown(STRANGER)
        assert world.brain.asked == ["Hello!"] and not world.telegram.voices(STRANGER)
        world.check_manners()


@check
def without_a_list_nobody_is_let_in():
    with World(users=None, admins=None) as world:
        world.say("Hello?")
        world.speak(sound(), seconds=4)
        world.settle(3)
        assert not world.brain.calls and len(world.telegram.shown()) <= 1
    with World(users=None, admins=None, open="true") as world:
        world.ask("Hello?", "nine", user=STRANGER)


@check
def whoever_writes_too_fast_is_slowed_down_by_voice_too():
    with World(per_minute=2) as world:
        world.speak(sound(), seconds=4)
        world.wait("the first is answered", lambda: len(world.telegram.voices()) == 1, 120)
        world.say("Second.")
        world.wait_for_text("nine o'clock", times=2)
        before = len(world.telegram.shown())
        world.speak(sound(), seconds=4)
        world.say("Fourth.")
        world.speak(sound(), seconds=4)
        world.wait("it is told", lambda: len(world.telegram.shown()) > before)
        world.settle()
        assert len(world.brain.calls) == 2, world.brain.asked
        assert len(world.telegram.shown()) == before + 1 and re.search(r"\b2\b", world.answers()[-1]), world.answers()[before:]
        # Others aren't held up by it.
        world.ask("Hello!", "nine", user=BEN)
        world.check_manners()


@check
def administrators_rule_and_nobody_else():
    with World() as world:
        for command in ("/admin_status", "/admin_list_blocked", f"/admin_block {BEN}", "/admin_message_history", "/admin_help"):
            text = world.ask(command, ".")
            assert "admin_" not in text and str(BEN) not in text, (command, text)
        world.ask("Hello!", "nine", user=BEN)
        world.ask("/admin_help", "admin_block", user=ROOT)
        world.ask("/admin_status", ".", user=ROOT)
        world.ask("/admin_message_history --limit 50", "Hello", user=ROOT)
        world.ask("/admin_message_history --stats", r"\d", user=ROOT)
        world.ask("/admin_message_history --limit 5000", "admin_message_history", user=ROOT)
        world.ask(f"/admin_block {BEN} too loud", ".", user=ROOT)
        asked = len(world.brain.calls)
        before = len(world.telegram.shown(BEN))
        world.say("Hello?", user=BEN)
        world.speak(sound(), user=BEN, seconds=4)
        world.settle()
        assert len(world.brain.calls) == asked and len(world.telegram.shown(BEN)) <= before + 1
        assert str(BEN) in world.ask("/admin_list_blocked", ".", user=ROOT)
        world.ask(f"/admin_unblock {BEN}", ".", user=ROOT)
        world.ask("Hello again!", "nine", user=BEN)
        world.ask(f"/admin_clear_user {BEN}", r"\d", user=ROOT)
        world.check_manners()


# MARK: Commands

@check
def commands_are_answered_at_once_and_cost_no_model():
    with World() as world:
        world.ask("/start", "/help")
        text = world.ask("/help", "/language")
        assert all(command in text for command in ("/mode", "/reset", "/history", "/voice", "/cancel", "/forget", "/status")), text
        world.ask("/status", ".")
        world.ask("/language", "english")
        world.ask("/language de", "deutsch|german")
        world.ask("/language xx", "de|en")
        world.ask("/language en", "english")
        world.ask("/voice", ".")
        world.ask("/voice nobody-has-this-name", ".")
        world.ask("/history", ".")
        world.ask("/mode", "text")
        world.ask("/cancel", ".")
        world.ask("/reset", ".")
        world.ask("/there_is_no_such_command", "/help")
        world.ask(f"/help@{BotAPI.name}", "/mode")
        world.settle()
        assert not world.brain.calls
        # In a group, commands to other bots are theirs.
        group = -100200
        world.say("/help@some_other_bot", chat=group)
        world.say(f"/help@{BotAPI.name}", chat=group)
        world.wait_for_answers(1, group)
        world.settle()
        assert len(world.telegram.shown(group)) == 1, world.telegram.shown(group)
        world.check_manners()


@check
def it_remembers_until_told_not_to():
    with World(Brain(lambda messages: f"Answer {len(messages)}.")) as world:
        def reminded():
            return json.dumps(world.brain.calls[-1])
        world.ask("I am Ada.", "Answer")
        world.ask("Who am I?", "Answer")
        assert "I am Ada." in reminded()
        world.ask("/history", "I am Ada")
        # Others have conversations of their own.
        world.ask("Who am I?", "Answer", user=BEN)
        assert "I am Ada." not in reminded()
        world.ask("/reset", ".")
        world.ask("And now?", "Answer")
        assert "I am Ada." not in reminded()
        # Also across a restart.
        assert world.stop() == 0
        world.start()
        world.ask("And after a rest?", "Answer")
        assert "And now?" in reminded() and "I am Ada." not in reminded()
        world.ask("/language fr", ".")
        world.ask("/forget", ".")
        assert "And now?" not in world.ask("/history", ".")
        world.ask("Once more?", "Answer")
        assert "And now?" not in reminded()
        messages = world.server.call("GET", f"/v1/history/messages?platform=telegram&user_id={ADA}")["messages"]
        assert not any("And now?" in json.dumps(message) for message in messages), messages
        world.check_manners()


@check
def a_turn_is_cancelled():
    with World(Brain(lambda messages: "One two three four five.")) as world:
        world.brain.gate.clear()
        world.say("Count.")
        world.say("And again.")
        world.wait("it is thought about", lambda: world.brain.open == 1)
        world.say("/cancel")
        world.wait("the model is left", lambda: world.brain.left >= 1, 10)
        world.brain.gate.set()
        world.settle()
        assert not any("five" in text for text in world.answers() if "Count" in text)
        asked = len(world.brain.calls)
        before = sum("five" in text for text in world.answers())
        world.say("Once more.")
        world.wait_for_text("five", times=before + 1)
        assert len(world.brain.calls) == asked + 1
        assert all(not text.endswith(UNFINISHED) for text in world.telegram.texts()), world.telegram.texts()
        world.check_manners()


# MARK: Sound that can't be taken

@check
def sound_that_cannot_be_taken_is_explained():
    megabytes = 21 << 20
    cases = {
        "too long by what Telegram says": {"content": sound(), "seconds": 61},
        "too large by what Telegram says": {"content": sound(), "seconds": 4, "size": megabytes},
        "too long, which only shows": {"content": made("sine=frequency=300", 70), "seconds": None, "size": None},
        "empty": {"content": b"", "seconds": 0},
        "no sound at all": {"content": b"This is a text, and not a short one at that. " * 20, "seconds": 3},
        "broken": {"content": sound()[:900], "seconds": 4},
        "silent": {"content": made("anullsrc=r=16000:cl=mono", 3), "seconds": 3},
        "too short": {"content": made("sine=frequency=300", 0.05), "seconds": 0},
    }
    with World() as world:
        for name, options in cases.items():
            before = len(world.answers())
            world.speak(**options)
            found = world.wait_for_answers(before + 1, seconds=90)
            assert len(found) == before + 1, (name, found[before:])
            print(f"     {name}: {found[-1][:100]!r}")
        world.settle()
        assert not world.brain.calls and not world.telegram.voices()
        # And whatever was wrong, the next one is heard.
        world.speak(sound(), seconds=4)
        world.wait("a voice message", lambda: world.telegram.voices(), 120)
        uploads = [path for path in pathlib.Path(world.folder).rglob("*") if path.is_file() and path.read_bytes()[:4] == b"OggS"]
        assert not uploads, f"sound is left behind: {uploads}"
        world.check_manners()


# MARK: Trouble with Telegram

@check
def what_is_delivered_again_is_answered_once():
    with World() as world:
        first = world.say("Hello!")["update_id"]
        world.wait_for_text("nine o'clock")
        for _ in range(3):
            world.telegram.repeat(first)
            world.settle(0.5)
        command = world.say("/help")["update_id"]
        world.wait_for_text("/language")
        world.telegram.repeat(command)
        world.settle()
        assert len(world.brain.calls) == 1 and len(world.telegram.shown()) == 2, world.telegram.shown()
        # Also after a restart.
        assert world.stop() == 0
        world.start()
        world.telegram.repeat(first)
        world.ask("And now?", "nine")
        world.settle()
        assert world.brain.asked == ["Hello!", "And now?"]
        world.check_manners()


@check
def a_rest_that_telegram_asks_for_is_kept():
    with World() as world:
        world.ask("Hello!", "nine")
        for method in ("sendMessage", "editMessageText", "sendVoice", "sendChatAction", "getUpdates"):
            world.telegram.fault(method, "retry_after", seconds=3)
        world.ask("/mode voice", "voice")
        world.say("And now?")
        world.wait_for_text("nine o'clock", times=2)
        world.wait("it is spoken", lambda: len(world.telegram.voices()) == 1)
        world.settle()
        assert len(world.answers()) == 3, world.answers()
        assert len([event for event in world.telegram.state()["events"] if event["kind"] == "rest"]) >= 3
        world.check_manners()


@check
def servers_out_of_order_are_sat_out():
    with World() as world:
        world.telegram.fault("getUpdates", "status", code=500, times=2)
        world.telegram.fault("getUpdates", "status", code=502, plain=True)
        world.ask("Hello!", "nine")
        for method in ("sendMessage", "editMessageText", "sendVoice", "getFile", "file", "sendChatAction"):
            world.telegram.fault(method, "status", code=500)
        world.speak(sound(), seconds=4)
        world.wait("a voice message", lambda: world.telegram.voices(), 120)
        world.settle()
        assert len(world.telegram.voices()) == 1 and sum("nine" in text for text in world.answers()) == 2, world.telegram.shown()
        world.check_manners()


@check
def lost_connections_lose_and_double_nothing():
    long = "Part one. " + "middle " * 900 + "The end."
    with World(Brain(lambda messages: "It is nine." if "times" in messages[-1]["content"].lower() else long)) as world:
        world.telegram.fault("getUpdates", "drop", times=2)
        world.telegram.fault("getUpdates", "drop_after")
        world.telegram.fault("editMessageText", "drop")
        world.telegram.fault("editMessageText", "drop_after", after=1)
        world.say("Hello!")
        world.wait_for_text("The end.", seconds=90)
        world.settle()
        assert len(world.brain.calls) == 1
        assert sum("The end." in text for text in world.answers()) == 1 and sum("Part one." in text for text in world.answers()) == 1
        # The answer's second part was sent, and its confirmation lost: sent again, it would be there twice.
        world.telegram.fault("sendMessage", "drop_after", after=1)
        world.say("Again!")
        world.wait_for_text("The end.", seconds=90, times=2)
        world.settle()
        assert sum("The end." in text for text in world.answers()) == 2, [text[-60:] for text in world.answers()]
        for count, kind in enumerate(("drop", "truncate"), 1):
            world.telegram.fault("file", kind)
            world.speak(sound(), seconds=4)
            world.wait_for_text("It is nine.", seconds=120, times=count)
        world.check_manners()


@check
def an_edit_that_changes_nothing_is_no_trouble():
    with World() as world:
        description = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
        world.telegram.fault("editMessageText", "status", code=400, description=description, after=1, times=1)
        world.telegram.fault("deleteMessage", "status", code=400, description="Bad Request: message to delete not found")
        world.say("Hello!")
        world.wait("it is answered", lambda: world.telegram.events("message", "edit"))
        world.settle()
        assert len(world.telegram.shown()) == 1
        world.check_manners()


@check
def a_second_poller_is_said_and_outlasted():
    with World() as world:
        world.ask("Hello!", "nine")
        with contextlib.suppress(urllib.error.HTTPError):
            world.telegram.call("getUpdates", timeout=2)
        world.wait("it is said", lambda: any("warning" in line and "same bot token" in line for line in world.server.lines()), 10)
        world.ask("Still there?", "nine")
        world.check_manners()


@check
def a_wrong_token_is_said():
    with World(token="1:wrong") as world:
        world.wait("it is said", lambda: any("refuses the bot's token" in line for line in world.server.lines()), 15)
        assert world.telegram.state()["polls"] == 0
        # Everything else works all the same.
        assert world.server.is_live()


# MARK: Trouble with Martlet

@check
def a_killed_server_ends_its_turns_after_a_restart():
    with World(Brain(lambda messages: "One two three four five.")) as world:
        world.brain.gate.clear()
        world.say("Count.")
        world.wait("it is thought about", lambda: world.brain.open == 1)
        world.kill()
        world.say("Are you there?")
        world.brain.gate.set()
        world.start()
        world.wait_for_text("five", times=2, seconds=90)
        world.settle(3)
        texts = world.telegram.texts()
        assert sum("five" in text for text in texts) == 2 and not any(text.endswith(UNFINISHED) for text in texts), texts
        assert set(world.brain.asked) == {"Count.", "Are you there?"}
        world.check_manners()


@check
def a_server_killed_while_it_sends_doubles_nothing():
    for method in ("sendVoice", "sendMessage", "editMessageText"):
        with World() as world:
            world.ask("/mode voice", "voice")
            world.telegram.fault(method, "slow", seconds=2)
            world.say("Speak.")
            world.wait("it is being sent", lambda: any(fault.get("met") for fault in world.telegram.state()["faults"]))
            time.sleep(0.3)
            world.kill()
            # What was under way arrives all the same.
            time.sleep(2.5)
            world.start()
            world.wait_for_text("nine o'clock", seconds=90)
            world.wait("it is spoken", lambda: world.telegram.voices())
            world.settle(3)
            texts = world.telegram.texts()
            assert sum("nine o'clock" in text for text in texts) == 1, (method, texts)
            assert len(world.telegram.voices()) == 1, (method, world.telegram.voices())
            world.check_manners()


@check
def messages_written_while_it_is_down_are_answered():
    with World() as world:
        world.ask("Hello!", "nine")
        assert world.stop() == 0
        world.say("Anybody there?")
        world.speak(sound(), seconds=4)
        world.start()
        world.wait("a voice message", lambda: world.telegram.voices(), 120)
        world.settle()
        assert len(world.brain.calls) == 3 and sum("nine" in text for text in world.answers()) == 3
        world.check_manners()


@check
def a_stop_is_quick_and_turns_go_on_afterwards():
    with World(Brain(lambda messages: "One two three four five."), configuration="server: {shutdown_grace: 1s}\n") as world:
        world.wait("it polls", lambda: world.telegram.state()["polls"] > 0)
        started = time.monotonic()
        assert world.stop() == 0
        idle = time.monotonic() - started
        assert idle < 5, f"took {idle:.1f} s though nothing was going on"
        world.start()
        world.brain.gate.clear()
        world.say("Count.")
        world.wait("it is thought about", lambda: world.brain.open == 1)
        started = time.monotonic()
        assert world.stop() == 0
        seconds = time.monotonic() - started
        assert seconds < 15, f"took {seconds:.1f} s"
        world.brain.gate.set()
        world.start()
        world.wait_for_text("five", seconds=90)
        world.settle(3)
        assert sum("five" in text for text in world.telegram.texts()) == 1, world.telegram.texts()
        world.check_manners()
        print(f"     stopped in {idle:.1f} s at rest, {seconds:.1f} s in a turn")


# MARK: The webhook

def deliver(world, update, secret=SECRET):
    """Brings an update to the webhook. Returns the status."""
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    request = urllib.request.Request(world.server.url("/v1/telegram/webhook"), json.dumps(update).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


@check
def a_webhook_takes_what_telegram_brings_and_nothing_else():
    url = "https://bot.example.com/v1/telegram/webhook"
    with World(webhook_url=url, webhook_secret=SECRET) as world:
        world.wait("the webhook is set", lambda: world.telegram.state()["webhook"], 20)
        assert world.telegram.state()["webhook"] == {"url": url, "secret": SECRET}
        world.say("Hello!")
        (update,) = world.telegram.take()
        for secret in (None, "", SECRET + "x", SECRET[:-1], SECRET.upper()):
            assert deliver(world, update, secret) == 401, secret
        time.sleep(1)
        assert not world.brain.calls and not world.telegram.shown()
        for _ in range(3):
            assert deliver(world, update) == 200
        world.wait_for_text("nine o'clock")
        edited = {"update_id": update["update_id"] + 1, "edited_message": {**update["message"], "text": "Hello?"}}
        post = {"update_id": update["update_id"] + 2, "channel_post": update["message"]}
        robot = {"update_id": update["update_id"] + 3, "message": {**update["message"], "from": {"id": ADA, "is_bot": True, "first_name": "R"}}}
        for other in (edited, post, robot):
            assert deliver(world, other) == 200, other
        for broken in ({}, {"hello": "world"}, [], "update"):
            assert deliver(world, broken) in (400, 422), broken
        world.speak(sound(), seconds=4)
        (voice,) = world.telegram.take()
        assert deliver(world, voice) == 200
        world.wait("a voice message", lambda: world.telegram.voices(), 120)
        world.settle()
        assert len(world.brain.calls) == 2 and world.telegram.state()["polls"] == 0
        world.check_manners()


@check
def without_a_webhook_the_route_is_closed_and_a_set_one_is_deleted():
    with World() as world:
        world.say("Hello!")
        world.wait_for_text("nine o'clock")
        status = deliver(world, {"update_id": 1, "message": {}})
        assert status in (401, 403, 404), status
        world.telegram.call("setWebhook", url="https://elsewhere.example.com/")
        world.ask("Still there?", "nine")
        assert world.telegram.state()["webhook"] is None
        world.check_manners()


if __name__ == "__main__":
    sys.exit(run_checks())
