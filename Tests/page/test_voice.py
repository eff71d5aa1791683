"""Uses the voice view as people do, in Chromium whose microphone is a recording.

    MARTLET_BINARY=.build/release/martlet python3 Tests/page/test_voice.py [NAME…]

The server is a real one that hears and speaks with the default models (moonshine-tiny-en, silero-vad, piper-en-us-joe in MARTLET_HOME); most
checks have an endpoint of this suite think for it, so that answers are known and quick. `the_real_thing` thinks with the default chat model.
Needs the speech samples, Playwright and Debian's Chromium (MARTLET_CHROMIUM names another one). MARTLET_SCREENSHOTS is a folder for pictures
of the view. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import os
import re
import sys
import tempfile
import wave

FOLDER = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(FOLDER))
sys.path.insert(0, os.path.join(CHECKOUT, "Tests/clients"))

# Only here, as what the suites share lies in another folder.
from browser import ENVIRONMENT, PATIENCE, REFUSED, Browser, audit, holds, picture  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from support.brain import Brain  # noqa: E402
from support.checks import check, run_checks  # noqa: E402
from support.server import ServerProcess  # noqa: E402

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
# "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better."
SPEECH = os.path.join(HOME, "samples", "speech", "beckett.wav")
SHORT = "The train leaves at nine."
LONG = " ".join(f"This is sentence number {number} of a long answer that somebody wants to interrupt." for number in ("one", "two", "three", "four", "five", "six"))
# What is really given to the loudspeaker: how loud each piece is, when it begins and how long it is; and when pieces are stopped.
SOUND = """
window.sound = { started: [], stopped: 0 };
const { start, stop } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (at) {
  window.sound.started.push({ at, seconds: this.buffer.duration, peak: this.buffer.getChannelData(0).reduce((most, one) => Math.max(most, Math.abs(one)), 0) });
  return start.apply(this, arguments);
};
AudioBufferSourceNode.prototype.stop = function () {
  window.sound.stopped += 1;
  return stop.apply(this, arguments);
};
"""


def answer(messages):
    return LONG if "long" in messages[-1]["content"] else SHORT


class World:
    """The server, who thinks for it, and a browser whose microphone is a recording."""

    def __enter__(self):
        with contextlib.ExitStack() as self.stack:
            self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
            self.browser = self.stack.enter_context(Browser("--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={SPEECH}%noloop"))
            self.brain = self.stack.enter_context(Brain(answer, pause=0.02))
            settings = [f"data_dir={self.folder}/data", "models.chat=brain", "voice.max_seconds=11"]
            self.server = self.stack.enter_context(ServerProcess(*settings, configuration=self.brain.configuration, environment=ENVIRONMENT))
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *details):
        return self.stack.__exit__(*details)

    @contextlib.contextmanager
    def page(self, base=None, microphone=True, excused=(), **options):
        permissions = ["microphone"] if microphone else []
        with self.browser.page(base or self.server.url(""), "/#/voice", permissions=permissions, excused=excused, **options) as page:
            page.context.add_init_script(SOUND)
            page.reload()
            expect(page.get_by_role("button", name="Hold to talk")).to_be_visible()
            yield page


def dock(page):
    return page.locator(".dock")


def turn(page, number=-1):
    return page.locator(".voice-turn").nth(number)


def wait_for_phase(page, phase, timeout=30_000):
    expect(dock(page)).to_have_attribute("data-phase", phase, timeout=timeout)


def wait_for_status(page, status, number=-1, timeout=60_000):
    expect(turn(page, number)).to_have_attribute("data-status", status, timeout=timeout)


def write(page, text):
    field = page.get_by_label("Or write")
    field.fill(text)
    field.press("Enter")


def sound(page):
    return page.evaluate("window.sound")


def talk_for(page, seconds):
    """Holds the button, from the moment that the microphone is open."""
    page.locator(".talk-button").hover()
    page.mouse.down()
    wait_for_phase(page, "listening")
    page.wait_for_timeout(seconds * 1000)
    page.mouse.up()


@check
def held_it_hears_and_answers(world):
    """What is said is written while it is said; the answer is written and heard, without gaps between its pieces."""
    with world.page() as page:
        heard = []
        page.on("response", lambda response: heard.append(response) if "/sound?" in response.url else None)
        page.locator(".talk-button").hover()
        page.mouse.down()
        wait_for_phase(page, "listening")
        wait_for_status(page, "listening")
        expect(page.locator(".talk-button")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".talk-button")).to_have_text("Release to send")
        expect(turn(page).locator(".said-text")).to_contain_text(re.compile("ever tried", re.I), timeout=10_000)
        holds(page, "Number(document.querySelector('.dock-level').getAttribute('aria-valuenow')) > 10")
        audit(page, "listening")
        picture(page, "voice-listening-1440-light")
        page.mouse.up()
        wait_for_status(page, "done")
        expect(turn(page).locator(".said-text")).to_contain_text(re.compile("ever tried", re.I))
        expect(turn(page).locator(".prose")).to_have_text(SHORT)
        expect(page.locator(".unseen[aria-live]")).to_have_text(f"Martlet: {SHORT}")
        started = sound(page)["started"]
        assert started and all(one["peak"] > 0.05 for one in started), started
        assert sum(one["seconds"] for one in started) > 1, started
        numbers = [int(re.search(r"seq=(\d+)", response.url).group(1)) for response in heard]
        assert len(numbers) > 1 and numbers == list(range(len(numbers))), numbers
        wait_for_phase(page, "idle")


@check
def tapped_it_records_until_the_next_tap(world):
    """By pointer, and by keys: Space held, Enter tapped, Escape."""
    with world.page() as page:
        page.locator(".talk-button").click()
        wait_for_phase(page, "listening")
        page.wait_for_timeout(1200)
        wait_for_phase(page, "listening")
        expect(page.locator(".talk-button")).to_have_text("Press to send")
        page.locator(".talk-button").click()
        wait_for_status(page, "done")
        page.locator(".talk-button").focus()
        page.keyboard.down(" ")
        wait_for_phase(page, "listening")
        page.wait_for_timeout(1500)
        page.keyboard.up(" ")
        expect(page.locator(".voice-turn")).to_have_count(2)
        wait_for_status(page, "done")
        page.keyboard.press("Enter")
        wait_for_phase(page, "listening")
        page.keyboard.press("Escape")
        expect(page.locator(".voice-turn")).to_have_count(2)
        expect(page.locator(".talk-button")).to_be_focused()
        wait_for_phase(page, "idle")


@check
def who_speaks_is_listened_to(world):
    """Talk while the answer is heard: it falls silent at once, its request ends, and a recording begins. Stop does the first two."""
    with world.page() as page:
        write(page, "Tell me something long.")
        holds(page, "window.sound.started.length > 0")
        expect(dock(page)).to_have_attribute("data-sound", "playing")
        expect(page.locator(".talk-button")).to_have_text("Hold to interrupt")
        picture(page, "voice-speaking-1440-light")
        page.locator(".talk-button").hover()
        page.mouse.down()
        assert dock(page).get_attribute("data-sound") == "silent"
        assert sound(page)["stopped"] > 0
        wait_for_phase(page, "listening")
        before = len(sound(page)["started"])
        expect(turn(page, 0)).to_have_attribute("data-status", re.compile("stopped|done"))
        page.wait_for_timeout(1500)
        assert len(sound(page)["started"]) == before, "sound goes on"
        page.mouse.up()
        wait_for_status(page, "done")
        write(page, "Something long again.")
        expect(dock(page)).to_have_attribute("data-sound", "playing", timeout=30_000)
        dock(page).get_by_role("button", name="Stop").click()
        expect(dock(page)).to_have_attribute("data-sound", "silent")
        wait_for_phase(page, "idle")
        expect(page.locator(".talk-button")).to_be_focused()


@check
def a_written_question_is_answered(world):
    """Its sound can be heard again, stopped, and saved; its times are a table."""
    with world.page() as page:
        write(page, "When does the train leave?")
        wait_for_status(page, "done")
        expect(turn(page).locator(".said-text")).to_have_text("When does the train leave?")
        wait_for_phase(page, "idle")
        before = len(sound(page)["started"])
        turn(page).get_by_role("button", name="Play again").click()
        expect(dock(page)).to_have_attribute("data-sound", "playing")
        assert len(sound(page)["started"]) > before
        turn(page).get_by_role("button", name="Stop playing").click()
        expect(dock(page)).to_have_attribute("data-sound", "silent")
        with page.expect_download() as download:
            turn(page).get_by_role("button", name="Download sound").click()
        assert download.value.suggested_filename == "martlet-answer-1.wav"
        with wave.open(str(download.value.path())) as file:
            assert file.getnchannels() == 1 and file.getnframes() / file.getframerate() > 1
        turn(page).locator("summary").click()
        rows = turn(page).locator("tbody th").all_inner_texts()
        assert rows == ["Think", "Speak", "First word", "First sound", "Heard here"], rows
        expect(turn(page).locator("tbody tr").first).to_contain_text(re.compile(r"\d\ss"))
        audit(page, "done")
        picture(page, "voice-answer-1440-light")


@check
def a_recording_is_answered(world):
    """A file that is chosen; one that is no sound is refused with the server’s words."""
    with world.page() as page:
        page.locator(".dock input[type=file]").set_input_files(SPEECH)
        wait_for_status(page, "done")
        expect(turn(page).locator(".said-text")).to_contain_text(re.compile("fail better", re.I))
        turn(page).locator("summary").click()
        rows = turn(page).locator("tbody th").all_inner_texts()
        assert rows[:4] == ["Decode", "Transcribe", "Think", "Speak"], rows
        page.locator(".dock input[type=file]").set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"not a sound"})
        wait_for_status(page, "failed")
        expect(turn(page).locator(".notice.bad")).to_contain_text("Code ")


@check
def what_failed_is_tried_again(world):
    """The server's words, and a way to try again: a recording goes as a file then, as the server has forgotten what it heard."""
    with world.page(excused=(REFUSED,)) as page:
        gone = re.compile(r"/v1/voice/turn$")
        refusal = {"error": {"message": "The brain is tired.", "code": "endpoint_failed", "request_id": "4711"}}
        page.route(gone, lambda route: route.fulfill(status=502, json=refusal))
        talk_for(page, 2.5)
        notice = turn(page).locator(".notice.bad")
        expect(notice).to_contain_text("The brain is tired.")
        expect(notice).to_contain_text("endpoint_failed")
        audit(page, "failed")
        picture(page, "voice-failed-1440-light")
        page.unroute(gone)
        with page.expect_request(gone) as request:
            notice.get_by_role("button", name="Try again").click()
        assert request.value.headers["content-type"].startswith("multipart/form-data"), request.value.headers
        wait_for_status(page, "done")
        expect(notice).to_have_count(0)
        expect(turn(page).locator(".said-text")).to_contain_text(re.compile("ever tried", re.I))
        page.route(gone, lambda route: route.abort())
        write(page, "Are you there?")
        expect(notice).to_contain_text("can’t be reached")
        page.unroute(gone)
        # The line breaks in the middle of an answer.
        page.route(gone, lambda route: route.fulfill(content_type="text/event-stream", body='event: delta\ndata: {"text":"The tr"}\n\n'))
        write(page, "And now?")
        expect(page.locator(".voice-turn")).to_have_count(3)
        expect(notice).to_contain_text("can’t be reached")
        expect(turn(page).locator(".prose")).to_have_text("The tr")


@check
def a_lost_line_loses_no_sound(world):
    """A piece that can't be sent is sent again; a live transcription that is lost is replaced by the whole recording."""
    with world.page(excused=(REFUSED,)) as page:
        refused = []

        def piece(route):
            if len(refused) < 2:
                refused.append(route.request.url)
                route.abort()
            else:
                route.continue_()

        page.route(re.compile("/sound"), piece)
        talk_for(page, 2.5)
        wait_for_status(page, "done")
        assert len(refused) == 2 and refused[0] == refused[1], refused
        expect(turn(page).locator(".said-text")).to_contain_text(re.compile("ever tried", re.I))
        page.unroute(re.compile("/sound"))
        page.route(re.compile("/sound"), lambda route: route.fulfill(status=404, json={"error": {"message": "Gone.", "code": "live_not_found"}}))
        talk_for(page, 2.5)
        expect(page.locator(".voice-turn")).to_have_count(2)
        wait_for_status(page, "done")
        expect(turn(page).locator(".said-text")).to_contain_text(re.compile("ever tried", re.I))


@check
def without_a_microphone_it_says_what_to_do(world):
    """Refused by the person, or none there; writing still works."""
    with world.page(microphone=False) as page:
        page.locator(".talk-button").click()
        expect(page.locator(".dock-trouble [role=alert]")).to_contain_text("The microphone is not allowed")
        wait_for_phase(page, "idle")
        expect(page.locator(".voice-turn")).to_have_count(0)
        audit(page, "refused")
        picture(page, "voice-refused-1440-light")
        write(page, "Then in writing.")
        wait_for_status(page, "done")
        expect(page.locator(".dock-trouble [role=alert]")).to_have_count(0)
        page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError')); }")
        page.locator(".talk-button").click()
        expect(page.locator(".dock-trouble")).to_contain_text("No microphone was found")


@check
def without_models_it_names_them(world):
    """A server whose models aren't there says so before anybody has spoken, and again when somebody does."""
    home = os.path.join(world.folder, "bare")
    os.makedirs(home, exist_ok=True)
    with ServerProcess(environment={**ENVIRONMENT, "MARTLET_HOME": home}) as server, world.page(base=server.url(""), excused=(REFUSED,)) as page:
        expect(page.locator(".voice-missing")).to_contain_text("martlet models pull moonshine-tiny-en silero-vad piper-en-us-joe")
        audit(page, "no models")
        page.locator(".talk-button").click()
        expect(turn(page).locator(".notice.bad")).to_contain_text("moonshine-tiny-en")
        wait_for_phase(page, "idle")


@check
def near_the_limit_it_counts_down(world):
    """And sends what was said when the time is up."""
    with world.page() as page:
        page.locator(".talk-button").click()
        wait_for_phase(page, "listening")
        expect(page.locator(".dock-time")).to_have_text(re.compile(r"^[4-8] s left$"), timeout=10_000)
        assert page.locator(".dock-time").evaluate("(time) => time.classList.contains('near')")
        wait_for_status(page, "done", timeout=20_000)
        expect(turn(page).locator(".said-text")).to_contain_text(re.compile("fail better", re.I))


@check
def the_conversation_stays_with_the_tab(world):
    """A reload shows it, and the server remembers; a new one begins without what was said."""
    with world.page() as page:
        write(page, "My name is Ada.")
        wait_for_status(page, "done")
        page.reload()
        expect(turn(page).locator(".said-text")).to_have_text("My name is Ada.")
        expect(turn(page).locator(".prose")).to_have_text(SHORT)
        write(page, "What is my name?")
        expect(page.locator(".voice-turn")).to_have_count(2)
        wait_for_status(page, "done")
        asked = [message["content"] for message in world.brain.calls[-1]]
        assert "My name is Ada." in asked and asked[-1] == "What is my name?", asked
        page.goto("/#/models")
        page.goto("/#/voice")
        expect(page.locator(".voice-turn")).to_have_count(2)
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".voice-turn")).to_have_count(0)
        write(page, "What is my name now?")
        wait_for_status(page, "done")
        asked = [message["content"] for message in world.brain.calls[-1]]
        assert "My name is Ada." not in asked, asked
        kept = page.evaluate("JSON.stringify(localStorage)")
        assert "Ada" not in kept and "name" not in kept, kept


@check
def choices_are_kept_and_sent(world):
    """Voice, transcriber, language, speed, and whether answers are spoken."""
    with world.page() as page:
        choices = page.locator(".choices")
        choices.get_by_label("Voice", exact=True).select_option(label="joe (piper-en-us-joe)")
        choices.get_by_label("Heard by").select_option("moonshine-tiny-en")
        choices.get_by_label("Language").select_option(label="English")
        choices.get_by_label("Speed").select_option("1.5")
        page.reload()
        expect(choices.get_by_label("Speed")).to_have_value("1.5")
        with page.expect_request(re.compile("/v1/voice/turn$")) as request:
            write(page, "Faster, please.")
        body = request.value.post_data_json
        assert {**body, "conversation": ""} == {
            "conversation": "", "synthesizer": "piper-en-us-joe", "voice": "joe", "transcriber": "moonshine-tiny-en", "language": "en", "speed": 1.5, "text": "Faster, please.",
        }, body
        wait_for_status(page, "done")
        wait_for_phase(page, "idle")
        before = len(sound(page)["started"])
        choices.get_by_label("Speak answers").uncheck()
        write(page, "Silently, please.")
        expect(page.locator(".voice-turn")).to_have_count(2)
        wait_for_status(page, "done")
        assert len(sound(page)["started"]) == before
        expect(turn(page).get_by_role("button", name="Play again")).to_have_count(0)


@check
def it_fits_and_can_be_read(world):
    """Light and dark, wide and narrow: nothing is wider than the window, everything is named and can be read."""
    for width, height in ((1440, 900), (390, 844)):
        for scheme in ("light", "dark"):
            with world.page(width=width, height=height, scheme=scheme, reduced_motion="reduce") as page:
                audit(page, f"idle {width} {scheme}")
                picture(page, f"voice-idle-{width}-{scheme}")
                write(page, "When does the train leave?")
                wait_for_status(page, "done")
                turn(page).locator("summary").click()
                if width < 900:
                    page.locator(".choices summary").click()
                audit(page, f"done {width} {scheme}")
                picture(page, f"voice-done-{width}-{scheme}")
                page.locator(".talk-button").click()
                wait_for_phase(page, "listening")
                audit(page, f"listening {width} {scheme}")
                picture(page, f"voice-recording-{width}-{scheme}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, scheme)


@check
def the_real_thing(world):
    """Heard, thought and spoken by the default models."""
    with ServerProcess(f"data_dir={world.folder}/real", environment=ENVIRONMENT) as server, world.page(base=server.url("")) as page:
        talk_for(page, 3)
        wait_for_status(page, "done", timeout=PATIENCE)
        assert sound(page)["started"]
        print("   " + turn(page).locator("summary").inner_text().replace("\n", " "))


if __name__ == "__main__":
    with World() as world:
        code = run_checks(world)
    sys.exit(code)
