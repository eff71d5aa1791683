"""The Discord bot, as people in its channels and Discord's servers meet it.

    python3 Tests/clients/test_discord.py [NAME…]

Starts Discords, chat models and Martlets of its own. What is heard and spoken goes through the real speech models. Prints
"N passed, N failed" and exits with 1 when a check failed.
"""

import base64
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

from support.brain import Brain
from support.checks import check, run_checks
from support.discord_api import BOT, CHANNEL, DIRECT, TOKEN, USER, VOICE, DiscordAPI
from support.server import ENVIRONMENT, ServerProcess, wait_until

HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
SPEECH = HOME / "samples/speech/two_cities.wav"  # "It was the best of times, it was the worst of times, …"
STRANGER = "1200000000000000066"
SMALL = "smollm2-135m-instruct"
# Whatever a bot says while a turn goes on ends so.
UNFINISHED = ("…", "...")


class World:
    """Discord, a chat model and a Martlet whose bot lives in both. `settings` are of the section `discord`."""

    def __init__(self, brain=None, model="brain", configuration="", discord=None, is_ready=True, **settings):
        self.brain, self.model, self.configuration, self.is_ready = brain or Brain(), model, configuration, is_ready
        self.settings = {"token": TOKEN, "users": USER, "per_minute": 60, **settings}
        self.discord = discord or DiscordAPI()

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        try:
            for part in (self.discord, self.brain):
                self.stack.enter_context(part)
            self.start()
        except BaseException:
            self.stack.__exit__(*sys.exc_info())
            raise
        return self

    def start(self):
        given = {f"MARTLET_DISCORD_{key.upper()}": str(value) for key, value in self.settings.items() if value is not None}
        environment = {**ENVIRONMENT, **given, "MARTLET_DISCORD_API_URL": self.discord.url, "MARTLET_MODELS_CHAT": self.model}
        self.server = ServerProcess(
            f"data_dir={self.folder}/data", configuration=self.brain.configuration + self.configuration, environment=environment)
        self.server.__enter__()
        if self.is_ready:
            self.wait_for_connection()

    def __exit__(self, kind, error, trace):
        if self.server:
            self.server.__exit__(kind, error, trace)
        self.stack.__exit__(kind, error, trace)

    def kill(self):
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.process.wait()
        self.clear()
        # Its successor can't know how often this one has called.
        self.discord.forgive()

    def clear(self):
        server, self.server = self.server, None
        server.__exit__(None, None, None)

    # What people do and see.

    def wait(self, what, condition, seconds=60):
        return wait_until(what, condition, seconds)

    def wait_for_connection(self):
        self.wait("the bot is online", lambda: self.discord.state()["connected"], 20)

    def answers(self, channel=DIRECT):
        """The bot's texts in a channel that aren't about to change."""
        return [text for text in self.discord.texts(channel) if text and not text.endswith(UNFINISHED)]

    def wait_for_text(self, part, channel=DIRECT, times=1, seconds=60):
        self.wait(f"{part!r} in channel {channel}", lambda: sum(part in text for text in self.answers(channel)) >= times, seconds)

    def ask(self, text, pattern, channel=DIRECT, seconds=60, **options):
        """Says something, and waits for the one message that answers it."""
        before = len(self.answers(channel))
        self.discord.push(text, channel=channel, **options)
        self.wait(f"an answer to {text!r}", lambda: len(self.answers(channel)) > before, seconds)
        found = self.answers(channel)[before:]
        assert len(found) == 1 and re.search(pattern, found[0], re.IGNORECASE | re.DOTALL), (text, found)
        return found[0]

    def files(self, channel=DIRECT):
        """The bot's messages with files, as they were sent."""
        return [entry for entry in self.discord.sent(kind="message", channel=channel) if entry["attachments"]]

    def speak(self, seconds=4.0, channel=DIRECT, **options):
        return self.discord.push(voice=sound(seconds), seconds=seconds, channel=channel, **options)

    def settle(self, seconds=1.5):
        """Waits until nothing has happened for a while, and no model is asked."""
        def is_quiet():
            before = self.discord.sent(), list(self.brain.asked)
            time.sleep(seconds)
            return before == (self.discord.sent(), self.brain.asked) and not self.brain.open
        self.wait("nothing happens any more", is_quiet, 60)

    def check_manners(self):
        """What holds whatever happened: Discord was treated well, and nothing private was logged."""
        assert not self.discord.violations(), self.discord.violations()[:10]
        log = "\n".join(self.server.lines())
        assert TOKEN not in log, "the token is in the log"
        # Short words may stand there for other reasons.
        assert not any(asked in log for asked in self.brain.asked if len(asked) > 8), "what somebody said is in the log"


@functools.cache
def sounds():
    return tempfile.TemporaryDirectory()


@functools.cache
def sound(seconds):
    """A file with the first seconds of the sample, as Discord's programs record it."""
    path = os.path.join(sounds().name, f"{seconds}.ogg")
    options = ["-t", str(seconds), "-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", SPEECH, *options, path], check=True)
    return path


def seconds_of(content):
    """The length of a file, which must be OGG with Opus, mono."""
    with tempfile.NamedTemporaryFile(suffix=".ogg") as file:
        file.write(content)
        file.flush()
        command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", file.name]
        facts = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    (stream,) = facts["streams"]
    assert facts["format"]["format_name"] == "ogg" and stream["codec_name"] == "opus" and stream["channels"] == 1, facts
    return float(facts["format"]["duration"])


def check_voice(world, message):
    """That a voice message is one, in the form that Discord wants."""
    assert message["flags"] & VOICE and not message["content"] and message["reply_to"], message
    (attachment,) = message["attachments"]
    seconds = seconds_of(world.discord.file(attachment["url"]))
    assert seconds > 0.4 and abs(attachment["duration_secs"] - seconds) < 0.2, (attachment["duration_secs"], seconds)
    bars = base64.b64decode(attachment["waveform"])
    assert 1 <= len(bars) <= 256 and abs(len(bars) - min(256, seconds * 10)) < 3 and max(bars) == 255 and min(bars) < 128, bars


# MARK: Conversations

@check
def a_text_is_answered():
    with World(Brain(lambda messages: f"You asked: **{messages[-1]['content']}**")) as world:
        said = world.discord.push("What time is it?")
        world.wait_for_text("You asked: **What time is it?**")
        world.settle()
        assert world.answers() == ["You asked: **What time is it?**"] and not world.files()
        (shown,) = world.discord.sent(kind="message")
        assert shown["reply_to"] == said and len(shown["nonce"]) <= 25, shown
        assert world.discord.sent(kind="typing") and world.brain.asked == ["What time is it?"]
        state = world.discord.state()
        assert state["connections"] == state["identifies"] == 1, state
        world.check_manners()


@check
def a_small_model_of_its_own_answers():
    with World(model=SMALL) as world:
        world.discord.push("Say hello.")
        world.wait("an answer", world.answers, 180)
        world.settle()
        assert len(world.answers()) == 1 and world.answers()[0].strip(), world.answers()
        world.check_manners()


@check
def a_voice_message_is_answered_by_one_and_by_text():
    with World() as world:
        said = world.speak()
        world.wait("a voice message", world.files, 120)
        world.settle()
        (voice,) = world.files()
        check_voice(world, voice)
        assert voice["reply_to"] == said
        (heard,) = world.brain.asked
        assert "times" in heard.lower(), heard
        # What was heard and the answer remain to be read.
        text = "\n".join(world.answers())
        assert text.count("It is nine o'clock.") == 1 and "times" in text.lower(), world.answers()
        # A file with sound that isn't a voice message is heard too.
        world.discord.push(voice=sound(4.0), content_type="audio/ogg")
        world.wait("another voice message", lambda: len(world.files()) == 2, 120)
        assert len(world.brain.asked) == 2
        world.check_manners()


@check
def where_voice_messages_are_refused_the_sound_comes_as_a_file():
    with World(discord=DiscordAPI(takes_voice=False)) as world:
        world.ask("!mode voice", "voice")
        # Refused at the end; the second time at the beginning already.
        for count in (1, 2):
            world.discord.push("And now?")
            world.wait("a file", lambda: len(world.files()) == count)
            world.settle()
            message = world.files()[-1]
            assert not message["flags"] & VOICE and message["attachments"][0]["content_type"] == "audio/ogg", message
            assert seconds_of(world.discord.file(message["attachments"][0]["url"])) > 0.4
            assert sum("nine" in text for text in world.answers()) == count, world.answers()
            world.discord.fault("POST .*/attachments$", status=403, code=50013)
        world.check_manners()


@check
def in_servers_it_answers_those_who_mean_it():
    with World() as world:
        world.discord.push("Good morning, everybody.", guild=True)
        world.discord.push("A bot says something.", guild=True, mention=True, bot=True)
        said = world.discord.push("what time is it?", guild=True, mention=True)
        world.wait_for_text("nine", channel=CHANNEL)
        world.settle()
        assert world.brain.asked == ["what time is it?"], world.brain.asked
        (answer,) = world.discord.sent(kind="message", channel=CHANNEL)
        assert answer["reply_to"] == said
        world.ask("And in London?", "nine", channel=CHANNEL, guild=True, reply_to=answer["id"])
        world.ask("!ping", "pong", channel=CHANNEL, guild=True)
        assert world.brain.asked == ["what time is it?", "And in London?"] and not world.answers()
        assert BOT["id"] not in json.dumps(world.brain.asked)
        world.check_manners()


@check
def commands_are_answered_at_once_and_cost_no_model():
    with World() as world:
        world.ask("!ping", "pong")
        text = world.ask("!help", "language")
        assert all(command in text for command in ("mode", "reset", "history", "voice", "cancel", "forget", "status")), text
        world.ask("/ping", "pong")
        world.ask("!status", ".")
        world.ask("!language de", "deutsch|german")
        world.ask("!there_is_no_such_command", "help")
        assert not world.brain.asked
        world.check_manners()


@check
def a_long_answer_comes_in_parts_that_discord_takes():
    paragraph = "A *word*, **another**, `code`, [a link](https://example.org/), 2*3*4, snake_case_name and 😀😀. "
    blocks = [
        "# The beginning", *(f"Paragraph {number}. {paragraph * 4}" for number in range(8)),
        "```python\n" + "\n".join(f"value_{number} = {number}  # line {number}" for number in range(150)) + "\n```",
        "unbroken" * 400, "The very end."]
    with World(Brain(lambda messages: "\n\n".join(blocks)), configuration="voice: {max_tokens: 20000}\n") as world:
        world.discord.push("Tell me everything.")
        world.wait_for_text("The very end.", seconds=120)
        world.settle()
        parts = world.discord.texts()
        assert len(parts) >= 4 and all(len(part.encode("utf-16-le")) // 2 <= 2000 for part in parts), [len(part) for part in parts]
        assert all(part.count("```") % 2 == 0 for part in parts), "code is cut so that its end isn't marked"
        whole = "".join(re.sub(r"\s+|```(python)?", "", part) for part in parts)
        for number in range(8):
            assert whole.count(f"Paragraph{number}.") == 1, number
        places = [whole.find(f"#line{number}") for number in range(150)]
        assert places == sorted(places) and -1 not in places, "lines of code are missing or out of order"
        assert whole.count("unbroken") == 400 and whole.count("Theveryend.") == 1
        # Each part is an answer to the question, and no part came twice.
        assert len({entry["nonce"] for entry in world.discord.sent(kind="message")}) == len(parts)
        world.check_manners()


@check
def nobody_is_let_in_who_is_not_listed():
    with World(users=None) as world:
        world.discord.push("Hello?")
        world.speak()
        world.discord.push("!help")
        world.settle(3)
        assert not world.brain.asked and len(world.discord.texts()) <= 1, world.discord.texts()
        world.check_manners()
    with World() as world:
        direct = "1300000000000000066"
        for text in ("Hello?", "!help", "!admin_status"):
            world.discord.push(text, user=STRANGER, channel=direct)
        world.ask("Hello!", "nine")
        world.settle()
        assert world.brain.asked == ["Hello!"] and len(world.discord.texts(direct)) <= 1, world.discord.texts(direct)
        world.check_manners()


# MARK: Limits of calls

@check
def the_pace_that_discord_sets_is_kept():
    # Every word is an edit that is wished for; the buckets hold much fewer.
    limits = {"PATCH messages": (2, 3), "POST messages": (2, 3), "POST typing": (1, 5)}
    with World(Brain(lambda messages: "word " * 40 + "end."), discord=DiscordAPI(limits=limits)) as world:
        world.brain.gate.clear()
        for number in range(3):
            world.discord.push(f"Talk {number}.")
        world.wait("it begins", lambda: world.brain.open)
        world.brain.gate.set()
        world.wait_for_text("end.", times=3, seconds=120)
        world.settle()
        assert len(world.answers()) == 3, world.answers()
        world.check_manners()


@check
def a_rest_that_discord_asks_for_is_kept():
    with World() as world:
        world.ask("Hello!", "nine")
        for call in ("POST .*/messages$", "PATCH .*/messages", "POST .*/typing", "POST .*/attachments"):
            world.discord.fault(call, status=429, retry_after=1.5, scope="shared" if "PATCH" in call else "user")
        world.ask("!mode voice", "voice")
        world.discord.push("And now?")
        world.wait("it is spoken", lambda: len(world.files()) == 1)
        world.discord.fault("POST .*/messages$", status=429, retry_after=3, scope="global")
        began = time.monotonic()
        world.ask("!ping", "pong")
        assert time.monotonic() - began > 2.9
        world.settle()
        assert world.discord.state()["faults_left"] == 0 and len(world.answers()) == 4, world.answers()
        world.check_manners()


@check
def servers_out_of_order_lose_and_double_nothing():
    with World() as world:
        world.ask("!mode voice", "voice")
        # Carried out or not, with or without an answer that says so.
        for call in ("POST .*/messages$", "PATCH .*/messages", "POST .*/attachments"):
            world.discord.fault(call, status=500)
            world.discord.fault(call, drop=True)
        world.discord.fault("POST .*/messages$", status=502, late=True)
        world.discord.fault("POST .*/messages$", drop=True, late=True)
        for count in (1, 2):
            world.discord.push(f"Question {count}.")
            world.wait("it is spoken", lambda: len(world.files()) == count, 120)
        world.settle()
        assert world.discord.state()["faults_left"] == 0
        assert sum("nine" in text for text in world.answers()) == 2 and len(world.files()) == 2, world.answers()
        assert world.brain.asked == ["Question 1.", "Question 2."]
        world.check_manners()


# MARK: The gateway

def loses(world, number, **what):
    """Has the gateway do something, and lose what somebody writes just before. Returns the state before and after."""
    before = world.discord.state()
    world.discord.gateway(say=f"Question {number}.", **what)
    world.wait(f"an answer after {what}", lambda: sum("nine" in text for text in world.answers()) == number)
    world.wait_for_connection()
    after = world.discord.state()
    assert after["connections"] > before["connections"], (before, after)
    return before, after


@check
def what_is_lost_with_a_connection_is_played_again_and_answered_once():
    with World() as world:
        cases = [{"op": 7}, {"drop": True}, {"close": 4000}, {"close": 4008}, {"close": 1001}, {"op": 9, "d": True}]
        for number, case in enumerate(cases, 1):
            before, after = loses(world, number, **case)
            assert after["identifies"] == before["identifies"] and after.get("replayed", 0) > before.get("replayed", 0), (case, after)
        world.settle()
        assert world.brain.asked == [f"Question {number}." for number in range(1, len(cases) + 1)], world.brain.asked
        assert len(world.answers()) == len(cases)
        world.check_manners()


@check
def what_is_lost_with_a_session_is_fetched_and_answered_once():
    with World() as world:
        world.ask("Question 0.", "nine")
        for number, case in enumerate([{"op": 9, "d": False}, {"close": 4009}], 2):
            before, after = loses(world, number, **case)
            assert after["identifies"] == before["identifies"] + 1, (case, after)
        world.settle()
        assert world.brain.asked == ["Question 0.", "Question 2.", "Question 3."], world.brain.asked
        world.check_manners()


@check
def a_connection_that_is_dead_is_left():
    with World(discord=DiscordAPI(interval=1.5)) as world:
        before = world.discord.state()
        world.discord.gateway(mute=True)
        world.wait("it connects anew", lambda: world.discord.state()["connections"] > before["connections"], 20)
        world.wait_for_connection()
        after = world.discord.state()
        # Left in a way that keeps the session.
        assert after["identifies"] == before["identifies"] and after["resumes"] == before.get("resumes", 0) + 1, after
        world.ask("Still there?", "nine")
        # And it goes on beating.
        beats = world.discord.state()["heartbeats"]
        time.sleep(4)
        assert world.discord.state()["heartbeats"] >= beats + 2
        world.check_manners()


@check
def an_outage_is_sat_out():
    with World() as world:
        world.ask("Hello!", "nine")
        world.discord.gateway(deaf=True)
        world.discord.gateway(drop=True)
        world.discord.push("Are you there?")
        time.sleep(4)
        assert len(world.brain.asked) == 1 and world.server.is_live()
        world.discord.gateway(deaf=False)
        world.wait_for_text("nine", times=2)
        world.settle()
        assert world.brain.asked == ["Hello!", "Are you there?"]
        world.check_manners()


@check
def what_somebody_has_to_change_is_said():
    with World(is_ready=False, token="wrong") as world:
        world.wait("it is said", lambda: any("refuses the bot's token" in line for line in world.server.lines()), 15)
        assert world.discord.state()["calls"] == 1 and world.server.is_live()
        assert "connections" not in world.discord.state()
    with World(is_ready=False, discord=DiscordAPI(refuse=[4014])) as world:
        world.wait("it is said", lambda: any("Message Content Intent" in line for line in world.server.lines()), 15)
        time.sleep(2)
        assert world.discord.state()["identifies"] == 1 and world.server.is_live()
        world.check_manners()


@check
def no_more_sessions_are_started_than_discord_allows():
    with World(is_ready=False, discord=DiscordAPI(remaining=0, reset_after=3)) as world:
        time.sleep(2)
        assert "identifies" not in world.discord.state()
        world.discord("limits", remaining=10)
        world.wait_for_connection()
        world.ask("Hello!", "nine")
        world.check_manners()


# MARK: Trouble with Martlet

@check
def a_killed_server_ends_its_turns_after_a_restart():
    with World(Brain(lambda messages: "One two three four five.")) as world:
        world.ask("Hello!", "five")
        world.brain.gate.clear()
        world.discord.push("Count.")
        world.wait("it is thought about", lambda: world.brain.open == 1)
        world.kill()
        # Nobody is there to hear this.
        world.discord.push("Are you there?")
        world.brain.gate.set()
        world.start()
        world.wait_for_text("five", times=3, seconds=90)
        world.settle(3)
        texts = world.discord.texts()
        assert sum("five" in text for text in texts) == 3 and not any(text.endswith(UNFINISHED) for text in texts), texts
        assert set(world.brain.asked) == {"Hello!", "Count.", "Are you there?"}
        world.check_manners()


@check
def a_server_killed_while_it_sends_doubles_nothing():
    for call in ("POST .*/messages$", "PATCH .*/messages", "POST .*/attachments"):
        with World() as world:
            world.ask("!mode voice", "voice")
            world.discord.fault(call, delay=2)
            world.discord.push("Speak.")
            world.wait("it is being sent", lambda: world.discord.state()["faults_left"] == 0)
            time.sleep(0.3)
            world.kill()
            # What was under way arrives all the same.
            time.sleep(2.5)
            world.start()
            world.wait_for_text("nine o'clock", seconds=90)
            world.wait("it is spoken", world.files)
            world.settle(3)
            texts = world.discord.texts()
            assert sum("nine o'clock" in text for text in texts) == 1, (call, texts)
            assert len(world.files()) == 1, (call, world.files())
            world.check_manners()


@check
def a_stop_is_quick_and_says_goodbye():
    with World() as world:
        world.ask("Hello!", "nine")
        began = time.monotonic()
        assert world.server.stop() == 0 and time.monotonic() - began < 10
        world.clear()
        closed = [entry for entry in world.discord("log") if entry["what"] == "closed"]
        assert [entry["code"] for entry in closed] == [1000], closed
        world.discord.forgive()
        world.start()
        world.ask("And now?", "nine")
        world.check_manners()


if __name__ == "__main__":
    sys.exit(run_checks())
