"""Uses the studio as people do, in Chromium.

    MARTLET_BINARY=.build/release/martlet python3 Tests/page/test_studio.py [NAME…]

The page, the styles and the words for features are the server's own; for pictures and profiles studio_answers.py answers in its place: they
look at the page alone. `the_real_thing` has the server do all of it, with an endpoint that paints and a chat model of the suites; it needs the
models centerface and nudenet-320n and the photographs in MARTLET_HOME, and is left out without them. Needs Playwright and Debian's Chromium (MARTLET_CHROMIUM names another one). MARTLET_SCREENSHOTS is a folder for
pictures of the views. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.request

FOLDER = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(FOLDER))
sys.path.insert(0, os.path.join(CHECKOUT, "Tests/clients"))

# Only here, as what the suites share lies in another folder.
from browser import ENVIRONMENT, REFUSED, Browser, audit, holds, picture  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from studio_answers import CAPTION, LOOKS, NAMES, PROMPT, TIPS, StudioAnswers, envelope, png, profile  # noqa: E402
from support.brain import Brain  # noqa: E402
from support.checks import LeftOut, check, run_checks  # noqa: E402
from support.painter import Painter  # noqa: E402
from support.server import ServerProcess  # noqa: E402

HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
PORTRAIT = os.path.join(HOME, "samples", "photos", "astronaut.png")
PARTS = ("profile", "chat", "words", "history")


class World:
    """A server and the browser."""

    def __enter__(self):
        with contextlib.ExitStack() as self.stack:
            self.browser = self.stack.enter_context(Browser())
            self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
            self.server = self.stack.enter_context(ServerProcess(f"data_dir={self.folder}/data", environment=ENVIRONMENT))
            self.base = self.server.url("")
            self.selfie = os.path.join(self.folder, "selfie.png")
            with open(self.selfie, "wb") as file:
                file.write(png())
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *details):
        return self.stack.__exit__(*details)

    @contextlib.contextmanager
    def studio(self, part="profile", width=1440, height=1100, scheme="light", options=None, **answers):
        """The studio and who answers it."""
        with self.browser.page(self.base, "/healthz", ready="body", excused=(REFUSED,), width=width, height=height, scheme=scheme, **(options or {})) as page:
            page.context.set_default_timeout(10_000)
            answers = StudioAnswers(page, **answers)
            page.goto(f"/#/studio/{part}")
            expect(page.get_by_role("heading", name="Studio")).to_be_visible()
            yield page, answers


def panel(page):
    return page.get_by_role("tabpanel")


def result(page):
    return panel(page).locator(".paint-result")


def fill_chat(page, *texts, who=("asha", "ben")):
    """Adds people and has them say something in turn."""
    for handle in who:
        field = panel(page).get_by_label("Handle of somebody")
        field.fill(handle)
        field.press("Enter")
    for number, text in enumerate(texts, 1):
        field = panel(page).get_by_label(f"Message {number}", exact=True)
        field.fill(text)
        if number < len(texts):
            field.press("Enter")


def paint(page):
    panel(page).get_by_role("button", name="Paint", exact=True).click()


def is_narrow(page, where):
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"{where}: {width} pixels too wide"


def is_shown(page, image):
    """Whether a picture really is decoded."""
    handle = image.element_handle()
    for _ in range(100):
        if handle.evaluate("(one) => one.complete && one.naturalWidth > 0"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the picture was not decoded")


@check
def a_selfie_becomes_a_profile_and_a_portrait(world):
    """Analysed, looked through, saved under a handle, painted in the background."""
    selfie = PORTRAIT if os.path.exists(PORTRAIT) else world.selfie
    with world.studio(picture=(512, 512)) as (page, answers):
        audit(page, "empty")
        picture(page, "studio-profile-empty-1440-light")
        with page.expect_request("**/v1/profile/analyze"):
            page.set_input_files("input[type=file] >> nth=0", selfie)
        expect(panel(page).get_by_role("status").filter(has_text="Features read.")).to_be_visible()
        assert answers.analysed == [[b"selfie"]], answers.analysed
        expect(panel(page).get_by_label("Hair colour")).to_have_value("brown")
        expect(panel(page).locator(".feature-note").filter(has_text="93")).to_have_text("93\u00a0% sure")
        expect(panel(page).locator(".feature-note.unsure")).to_have_text("41\u00a0% sure: look again")
        for tip in (one["message"] for one in TIPS):
            expect(panel(page)).to_contain_text(tip)
        expect(panel(page).locator(".face-box")).to_have_count(1)
        place = page.evaluate("""() => {
          const box = document.querySelector('.face-box').getBoundingClientRect();
          const image = document.querySelector('.selfie-picture img').getBoundingClientRect();
          return [(box.left - image.left) / image.width, (box.top - image.top) / image.height, box.width / image.width, box.height / image.height];
        }""")
        assert all(abs(one - wanted) < 0.01 for one, wanted in zip(place, (0.3, 0.2, 0.4, 0.4))), place
        # What a hat is like is asked of those who wear one.
        expect(panel(page).get_by_label("Kind of glasses")).to_be_visible()
        expect(panel(page).get_by_label("Kind of hat")).to_be_hidden()
        audit(page, "analysed")
        picture(page, "studio-profile-analysed-1440-light")
        panel(page).get_by_label("Hair colour").select_option("black")
        panel(page).get_by_role("button", name="Save and paint").click()
        expect(panel(page).get_by_text("Choose a handle first.")).to_be_visible()
        expect(panel(page).get_by_label("Handle", exact=True)).to_be_focused()
        panel(page).get_by_label("Handle", exact=True).fill("@Asha")
        panel(page).get_by_label("Style", exact=True).select_option("watercolor")
        answers.holds = True
        panel(page).get_by_role("button", name="Save and paint").click()
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        method, handle, body, match = answers.sent[0]
        assert (method, handle, match, body["style"], body["likeness"]) == ("PUT", "asha", None, "watercolor", True), answers.sent
        assert body["avatar_features"]["observed"]["hair_color"] == "black", body
        # Whoever chose is sure: how sure the server was is told of the rest alone.
        assert set(body["avatar_features"]["meta"]["confidence"]) == {"eye_color", "face_shape", "glasses_present"}, body
        path, body = answers.painted[0]
        assert path == "/v1/profile/generate" and body["style"] == "watercolor" and body["avatar_features"]["observed"]["hair_color"] == "black", body
        expect(panel(page).get_by_role("button", name="Open @asha")).to_be_visible()
        expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 1")
        answers.end()
        expect(result(page).get_by_role("img", name="Painted picture: Portrait of @asha")).to_be_visible()
        is_shown(page, result(page).get_by_role("img"))
        audit(page, "painted")
        picture(page, "studio-profile-painted-1440-light")


@check
def of_several_faces_one_is_chosen(world):
    """Each is a button over the picture; choosing one has its features read."""
    with world.studio(faces=2) as (page, answers):
        page.set_input_files("input[type=file] >> nth=0", world.selfie)
        expect(panel(page)).to_contain_text("2 faces were found. Choose yours.")
        expect(panel(page).get_by_role("button", name="Face 1")).to_have_attribute("aria-pressed", "true")
        panel(page).get_by_role("button", name="Face 2").click()
        expect(panel(page).get_by_label("Hair colour")).to_have_value("black")
        expect(panel(page).get_by_role("button", name="Face 2")).to_have_attribute("aria-pressed", "true")
        assert answers.analysed[-1] == [b"selfie", b"face"], answers.analysed
        audit(page, "several faces")


@check
def without_a_model_that_looks_people_describe_themselves(world):
    """The form is there all the same, empty; a picture that can't be used is told with tips."""
    with world.studio(vision=False) as (page, answers):
        page.set_input_files("input[type=file] >> nth=0", world.selfie)
        alert = panel(page).get_by_role("alert").filter(has_text="No model here can look at pictures")
        expect(alert).to_contain_text("martlet models pull")
        audit(page, "no vision model")
        picture(page, "studio-profile-no-vision-1440-light")
        alert.get_by_role("button", name="Describe yourself instead").click()
        expect(panel(page).get_by_label("Looks")).to_have_value("")
        expect(panel(page).get_by_label("Looks").locator("option").first).to_have_text("Not known")
        panel(page).get_by_label("Hair colour").select_option("red")
        panel(page).get_by_label("Hat", exact=True).select_option("yes")
        panel(page).get_by_label("Kind of hat").select_option("beret")
        panel(page).get_by_label("Handle", exact=True).fill("no blanks")
        panel(page).get_by_role("button", name="Save", exact=True).click()
        expect(panel(page).get_by_text("Letters, digits, “_” and “.” only, 32 at most.")).to_be_visible()
        panel(page).get_by_label("Handle", exact=True).fill("ben")
        panel(page).get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".toasts")).to_contain_text("@ben is saved.")
        _, _, body, _ = answers.sent[0]
        assert body["avatar_features"]["accessories"]["hat_style"] == "beret" and body["likeness"] is False and "meta" not in body["avatar_features"], body
        assert answers.painted == []
    with world.studio() as (page, answers):
        answers.bad_selfie = "NO_FACE_DETECTED"
        page.set_input_files("input[type=file] >> nth=0", world.selfie)
        expect(panel(page).get_by_role("alert").filter(has_text="This picture can’t be used")).to_contain_text("No face was found in it.")
        expect(panel(page)).to_contain_text(TIPS[0]["message"])
        expect(panel(page).locator(".studio-form")).to_be_hidden()
        audit(page, "bad selfie")


@check
def a_selfie_is_dropped_or_taken(world):
    """Anywhere in the studio, which goes to the profile then; on a phone there is a button for the camera. What is no picture is told."""
    drop = """(type) => {
      const data = new DataTransfer();
      data.items.add(new File(['something'], 'one', { type }));
      for (const name of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    with world.studio("words") as (page, answers):
        page.evaluate(drop, "text/plain")
        expect(page.locator(".toasts")).to_contain_text("This is not a picture.")
        page.evaluate(drop, "image/png")
        expect(page.get_by_role("tab", name="Profile")).to_have_attribute("aria-selected", "true")
        expect(panel(page).get_by_label("Hair colour")).to_have_value("brown")
        assert answers.analysed == [[b"selfie"]], answers.analysed
        expect(page.locator(".drop-overlay")).to_be_hidden()
        expect(panel(page).get_by_role("button", name="Take a picture")).to_have_count(0)
        panel(page).get_by_role("button", name="New profile").click()
        page.get_by_role("dialog", name="Discard your changes?").get_by_role("button", name="Cancel").click()
        expect(panel(page).get_by_label("Hair colour")).to_have_value("brown")
        panel(page).get_by_role("button", name="New profile").click()
        page.get_by_role("dialog").get_by_role("button", name="Discard").click()
        expect(panel(page).get_by_role("button", name="Choose a picture")).to_be_focused()
        expect(panel(page).locator(".studio-form")).to_be_hidden()
    with world.studio(width=390, height=844, options={"has_touch": True, "is_mobile": True}) as (page, answers):
        with page.expect_file_chooser() as chooser:
            panel(page).get_by_role("button", name="Take a picture").click()
        assert chooser.value.element.get_attribute("capture") == "user"
        audit(page, "phone")
        picture(page, "studio-profile-phone-390-light")


@check
def nobody_is_replaced_unasked(world):
    """A new profile with a handle that is taken asks first; a new style replaces the whole, as a patch knows none."""
    with world.studio(profiles=[profile("asha", 2)]) as (page, answers):
        panel(page).get_by_role("button", name="Describe yourself instead").click()
        panel(page).get_by_label("Hair colour").select_option("red")
        panel(page).get_by_label("Handle", exact=True).fill("Asha")
        panel(page).get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("dialog", name="Replace @asha?").get_by_role("button", name="Cancel").click()
        assert answers.sent == [], answers.sent
        panel(page).get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("dialog", name="Replace @asha?").get_by_role("button", name="Replace").click()
        expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 3")
        panel(page).get_by_label("Style", exact=True).select_option("pixel_art")
        panel(page).get_by_role("button", name="Save", exact=True).click()
        expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 4")
        method, _, body, match = answers.sent[-1]
        assert (method, match, body["style"], body["avatar_features"]["observed"]["hair_color"]) == ("PUT", '"3"', "pixel_art", "red"), answers.sent


@check
def a_stored_profile_is_changed_and_taken_back(world):
    """Only what changed is sent, for the version that was opened; older versions are looked at and restored; deleting asks first."""
    with world.studio(profiles=[profile("asha", 3), profile("ben", 1, {"hair_color": "red"})]) as (page, answers):
        panel(page).get_by_role("button", name="Open @asha").click()
        expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 3")
        expect(panel(page).locator(".studio-form h2")).to_be_focused()
        expect(panel(page).get_by_label("Style", exact=True)).to_have_value("anime")
        panel(page).get_by_label("Hair colour").select_option("gray")
        panel(page).get_by_label("Beard", exact=True).select_option("goatee")
        panel(page).get_by_label("Eye colour").select_option("")
        panel(page).get_by_role("button", name="Save", exact=True).click()
        expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 4")
        change = {"observed": {"hair_color": "gray", "beard_style": "goatee", "eye_color": None, "facial_hair": None}}
        assert answers.sent == [("PATCH", "asha", change, '"3"')], answers.sent
        panel(page).get_by_role("button", name="Actions for @asha").click()
        picture(page, "studio-profile-menu-1440-light")
        page.get_by_role("menuitem", name="Version history").click()
        sheet = page.get_by_role("dialog", name="Versions of @asha")
        expect(sheet.locator(".version")).to_have_count(2)
        expect(sheet.locator(".version").first).to_contain_text("Goatee")
        sheet.locator("summary").nth(1).click()
        page.wait_for_timeout(300)
        audit(page, "versions")
        picture(page, "studio-versions-1440-light")
        sheet.get_by_role("button", name="Restore version 3").click()
        expect(sheet).to_have_count(0)
        expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 5")
        expect(panel(page).get_by_label("Hair colour")).to_have_value("brown")
        assert answers.sent[-1][3] == '"4"' and answers.sent[-1][2]["observed"]["eye_color"] == "green", answers.sent
        panel(page).get_by_role("button", name="Actions for @asha").click()
        page.get_by_role("menuitem", name="Delete…").click()
        dialog = page.get_by_role("dialog", name="Delete @asha?")
        expect(dialog).to_contain_text("Your face’s features are deleted")
        audit(page, "delete")
        dialog.get_by_role("button", name="Delete").click()
        expect(panel(page).get_by_role("button", name="Open @asha")).to_have_count(0)
        expect(panel(page).get_by_role("button", name="Open @ben")).to_be_visible()
        expect(panel(page).locator(".studio-form")).to_be_hidden()
        expect(panel(page).get_by_role("heading", name="Stored profiles")).to_be_focused()
        assert "asha" not in answers.stored


@check
def changed_elsewhere_it_says_so(world):
    """The newest version can be taken, or the own changes put over it."""
    with world.studio(profiles=[profile("asha", 1)]) as (page, answers):
        for kept in (False, True):
            panel(page).get_by_role("button", name="Open @asha").click()
            answers.write("asha", {"observed": {**LOOKS, "hair_length": "long"}}, "anime", True)
            panel(page).get_by_label("Hair colour").select_option("red")
            panel(page).get_by_role("button", name="Save", exact=True).click()
            alert = panel(page).get_by_role("alert").filter(has_text="It was changed elsewhere")
            expect(alert).to_be_visible()
            audit(page, "conflict")
            picture(page, "studio-conflict-1440-light")
            alert.get_by_role("button", name="Keep my changes" if kept else "Reload").click()
            expect(alert).to_have_count(0)
            expect(panel(page).get_by_label("Hair length")).to_have_value("long")
            expect(panel(page).get_by_label("Hair colour")).to_have_value("red" if kept else "brown")
        panel(page).get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".toasts")).to_contain_text("@asha is saved.")
        assert answers.sent[-1][:3] == ("PATCH", "asha", {"observed": {"hair_color": "red"}}), answers.sent


@check
def a_chat_becomes_a_picture(world):
    """The place in line, the stages, a bar; then caption, prompt and seed, the same again and another one."""
    with world.studio("chat", profiles=[profile("asha")], holds=True) as (page, answers):
        paint(page)
        expect(panel(page).get_by_text("A chat needs two people or more.")).to_be_visible()
        expect(panel(page).get_by_label("Handle of somebody")).to_be_focused()
        audit(page, "empty chat")
        panel(page).get_by_role("button", name="Add @asha").click()
        fill_chat(page, "Noodles at my place?", "I bring the chillies!", "Then I bring the milk.", who=("ben",))
        senders = [panel(page).get_by_label(f"Sender of message {number}").input_value() for number in (1, 2, 3)]
        assert senders == ["@asha", "@ben", "@asha"], senders
        panel(page).get_by_label("Style", exact=True).select_option("comic_book")
        audit(page, "chat")
        picture(page, "studio-chat-1440-light")
        paint(page)
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        bar = result(page).get_by_role("progressbar")
        assert bar.get_attribute("aria-valuenow") is None
        path, body = answers.painted[0]
        assert path == "/v1/chat/1to1/imagegen", path
        assert body == {
            "chat_messages": [{"sender_handle": "@asha", "text": "Noodles at my place?"}, {"sender_handle": "@ben", "text": "I bring the chillies!"}, {"sender_handle": "@asha", "text": "Then I bring the milk."}],
            "participants": [{"handle": "@asha"}, {"handle": "@ben"}], "style": "comic_book", "response_format": "url",
        }, body
        answers.move("queue", done=0, total=1)
        expect(result(page).get_by_text("You are next")).to_be_visible()
        answers.move("prompt", progress=5)
        expect(result(page).get_by_text("Writing the prompt")).to_be_visible()
        answers.move("paint", progress=40, done=4, total=9, eta=12)
        expect(result(page).get_by_text("Painting", exact=True)).to_be_visible()
        expect(result(page)).to_contain_text("step 4 of 9 · about 12\u00a0s left")
        expect(bar).to_have_attribute("aria-valuenow", "40")
        audit(page, "painting")
        picture(page, "studio-chat-painting-1440-light")
        answers.move("paint", progress=60, done=0.6, total=1)
        expect(result(page).get_by_text("60\u00a0%")).to_be_visible()
        answers.move("check", progress=90)
        expect(result(page).get_by_text("Checking the picture")).to_be_visible()
        answers.move("caption", progress=95)
        expect(result(page).get_by_text("Writing the caption")).to_be_visible()
        answers.end()
        expect(result(page).get_by_role("img", name=f"Painted picture: {CAPTION}")).to_be_visible()
        is_shown(page, result(page).get_by_role("img"))
        expect(page.locator(".unseen[aria-live]")).to_have_text(f"The picture is there. {CAPTION}")
        expect(result(page).locator("code")).to_have_text("1007")
        result(page).get_by_text("Prompt that was used").click()
        expect(result(page).get_by_text(PROMPT)).to_be_visible()
        audit(page, "picture")
        picture(page, "studio-chat-picture-1440-light")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        result(page).get_by_role("button", name="Copy seed").click()
        expect(page.locator(".toasts")).to_contain_text("Seed copied.")
        assert page.evaluate("navigator.clipboard.readText()") == "1007"
        with page.expect_download() as download:
            result(page).get_by_role("button", name="Download").click()
        assert download.value.suggested_filename == "martlet-chat-1007.png", download.value.suggested_filename
        with open(download.value.path(), "rb") as file:
            assert file.read() == next(iter(answers.files.values()))
        answers.holds = False
        result(page).get_by_role("button", name="Again with this seed").click()
        expect(result(page).get_by_role("img")).to_be_visible()
        assert answers.painted[1][1] == {**body, "seed": 1007}, answers.painted[1]
        result(page).get_by_role("button", name="New seed").click()
        expect(result(page).locator("code")).to_have_text("1009")
        assert answers.painted[2][1] == body, answers.painted[2]


@check
def one_message_is_enough_for_a_scene(world):
    """For shorts and scenes: one person, one message, and settings in reach."""
    with world.studio("chat") as (page, answers):
        fill_chat(page, "first", "The rain on the pier", who=("asha",))
        panel(page).get_by_role("radio", name="Scene").check()
        expect(panel(page).get_by_label("Message 1", exact=True)).to_be_hidden()
        expect(panel(page).get_by_role("button", name="Add a message")).to_be_hidden()
        panel(page).get_by_text("More settings").click()
        panel(page).get_by_label("Size").select_option("768x1024")
        panel(page).get_by_label("Seed").fill("4294967296")
        paint(page)
        expect(panel(page).get_by_text("A whole number from 0 to 4294967295.")).to_be_visible()
        panel(page).get_by_label("Seed").fill("42")
        panel(page).get_by_label("Steps").fill("8")
        paint(page)
        expect(result(page).get_by_role("img")).to_be_visible()
        path, body = answers.painted[0]
        assert path == "/v1/chat/scenes/generate" and body["user_message"] == {"sender_handle": "@asha", "text": "The rain on the pier"}, body
        assert (body["size"], body["seed"], body["steps"]) == ("768x1024", 42, 8) and "chat_messages" not in body, body


@check
def painting_is_cancelled(world):
    """The job is deleted; it can be painted again. Painting goes on while another view is looked at."""
    with world.studio("words", holds=True) as (page, answers):
        panel(page).get_by_label("What is to be seen", exact=True).fill("A lighthouse at dawn")
        panel(page).get_by_label("Pictures", exact=True).select_option("2")
        paint(page)
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        page.get_by_role("link", name="Models").click()
        expect(page.get_by_role("heading", name="Models", level=1)).to_be_visible()
        answers.move("paint", progress=70, done=1.4, total=2)
        page.get_by_role("link", name="Studio").click()
        expect(result(page)).to_contain_text("1 of 2 pictures")
        expect(panel(page).get_by_label("What is to be seen", exact=True)).to_have_value("A lighthouse at dawn")
        result(page).get_by_role("button", name="Cancel").click()
        expect(result(page).get_by_text("Cancelled.")).to_be_visible()
        expect(page.locator(".unseen[aria-live]")).to_have_text("Painting cancelled.")
        holds(page, "true")
        assert answers.cancelled == [7], answers.cancelled
        audit(page, "cancelled")
        answers.holds = False
        result(page).get_by_role("button", name="Paint again").click()
        expect(result(page).get_by_role("img")).to_have_count(2)
        assert len(answers.painted) == 2 and answers.painted[0] == answers.painted[1], answers.painted
        page.get_by_role("link", name="Models").click()
        expect(page.get_by_role("heading", name="Models", level=1)).to_be_visible()
        page.get_by_role("link", name="Studio").click()
        is_shown(page, result(page).get_by_role("img").first)
        # Pressed twice it is painted once.
        panel(page).get_by_role("button", name="Paint", exact=True).dblclick()
        expect(result(page).locator("code").first).to_have_text("1009")
        assert len(answers.painted) == 3, answers.painted


@check
def refusals_are_said_in_plain_words(world):
    """What the policy refuses and why, what is missing, how long to wait."""
    with world.studio("words") as (page, answers):
        prompt = panel(page).get_by_label("What is to be seen", exact=True)
        paint(page)
        expect(panel(page).get_by_text("Write what is to be seen.")).to_be_visible()
        expect(prompt).to_be_focused()
        prompt.fill("something")
        answers.refusal = (403, envelope("Refused.", "policy_blocked", {"reason": "CONTENT_BLOCKED", "categories": ["explicit", "nudity"], "fields": ["message"]}))
        paint(page)
        expect(result(page).get_by_role("alert")).to_contain_text("This is not painted here")
        expect(result(page).get_by_role("alert")).to_contain_text("It reads like explicit sexual content and nudity. It stands in your words. Say it in other words, then try again.")
        # The same words would be refused again.
        expect(result(page).get_by_role("button", name="Try again")).to_have_count(0)
        audit(page, "refused")
        picture(page, "studio-refused-1440-light")
        answers.refusal = (403, envelope("Refused.", "policy_blocked", {"reason": "HARD_BLOCK", "categories": ["minors"], "fields": ["message"]}))
        paint(page)
        expect(result(page).get_by_role("alert")).to_contain_text("sexual content with minors or people of unclear age")
        expect(result(page).get_by_role("alert")).to_contain_text("That is never painted")
        expect(result(page).get_by_role("button", name="Try again")).to_have_count(0)
        answers.refusal = (503, envelope("No model makes pictures: configure an endpoint.", "no_image_model"))
        paint(page)
        expect(result(page).get_by_role("alert")).to_contain_text("No model makes pictures: configure an endpoint.")
        expect(result(page).get_by_role("link", name="Open Models")).to_be_visible()
        answers.refusal = (429, envelope("The line is full.", "queue_full", retry_after_ms=2500))
        paint(page)
        expect(result(page).get_by_role("alert")).to_contain_text("The server has too much to do")
        expect(result(page).get_by_role("button", name="Try again in")).to_be_disabled()
        expect(result(page).get_by_role("button", name="Try again", exact=True)).to_be_enabled(timeout=6000)
        result(page).get_by_role("button", name="Try again", exact=True).click()
        expect(result(page).get_by_role("img")).to_be_visible()
        panel(page).page.get_by_role("tab", name="History").click()
        expect(panel(page).locator(".picture-open")).to_have_count(1)


@check
def a_failed_job_is_tried_again(world):
    """Its words and its code; a try that the server makes by itself; a job that it no longer knows."""
    with world.studio("words", holds=True) as (page, answers):
        panel(page).get_by_label("What is to be seen", exact=True).fill("A lighthouse at dawn")
        panel(page).get_by_label("Pictures", exact=True).select_option("4")
        paint(page)
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        answers.jobs[7] = {**answers.document(7, "retrying", error="The engine went away."), "attempt": 1}
        expect(result(page).get_by_text("the server tries again")).to_be_visible()
        answers.end("failed", error="The engine went away.", code="engine_failed")
        expect(result(page).get_by_role("alert")).to_contain_text("The engine went away.")
        expect(result(page).get_by_role("alert")).to_contain_text("Code engine_failed")
        audit(page, "failed")
        result(page).get_by_role("button", name="Try again").click()
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        answers.jobs.clear()
        expect(result(page).get_by_role("alert")).to_contain_text("The server no longer knows this picture.")
        result(page).get_by_role("button", name="Try again").click()
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        # What the finished picture showed may not be in the next one.
        answers.end("failed", error="The picture showed something that isn’t given out.", code="policy_blocked")
        expect(result(page).get_by_role("alert")).to_contain_text("The picture showed something that isn’t given out.")
        result(page).get_by_role("button", name="Try again").click()
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        answers.end()
        answers.files.clear()
        expect(result(page).get_by_role("alert")).to_contain_text("The picture’s time on the server was up")
        answers.holds = False
        result(page).get_by_role("button", name="Try again").click()
        expect(result(page).get_by_role("img")).to_have_count(4)
        assert answers.painted[-1][1]["n"] == 4, answers.painted
        audit(page, "four pictures")
        picture(page, "studio-words-four-1440-light")


@check
def pictures_are_found_again(world):
    """After a reload, also one that was being painted then. Their settings can be used again; one or all are deleted."""
    with world.studio("words", profiles=[profile("asha")]) as (page, answers):
        for number in range(1, 4):
            panel(page).get_by_label("What is to be seen", exact=True).fill(f"A lighthouse, number {number}")
            panel(page).get_by_label("Pictures", exact=True).select_option(str(min(number, 2)))
            paint(page)
            expect(result(page).locator("code").first).to_have_text(str(1006 + number))
        answers.holds = True
        page.get_by_role("tab", name="Chat picture").click()
        fill_chat(page, "Noodles?")
        paint(page)
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        page.reload()
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        page.get_by_role("tab", name="History").click()
        assert page.url.endswith("#/studio/history"), page.url
        cards = panel(page).locator(".picture-open")
        expect(cards).to_have_count(4)
        expect(cards.first).to_contain_text("You are 3rd in line")
        audit(page, "history, painting")
        answers.end()
        expect(cards.first).to_contain_text(CAPTION)
        expect(cards.first).to_contain_text("seed 1010")
        is_shown(page, cards.first.locator("img"))
        audit(page, "history")
        picture(page, "studio-history-1440-light")
        answers.files.clear()
        page.reload()
        is_shown(page, cards.nth(1).locator("img"))
        cards.nth(1).click()
        sheet = page.get_by_role("dialog", name="From words")
        expect(sheet.get_by_role("img")).to_have_count(2)
        page.wait_for_timeout(400)
        audit(page, "history sheet")
        picture(page, "studio-history-sheet-1440-light")
        sheet.get_by_role("button", name="Use these settings").click()
        expect(panel(page).get_by_label("What is to be seen", exact=True)).to_have_value("A lighthouse, number 3")
        expect(panel(page).get_by_label("Pictures", exact=True)).to_have_value("2")
        page.get_by_role("tab", name="History").click()
        cards.first.click()
        page.get_by_role("dialog").get_by_role("button", name="Use these settings").click()
        expect(page.get_by_role("tab", name="Chat picture")).to_have_attribute("aria-selected", "true")
        expect(panel(page).get_by_label("Message 1", exact=True)).to_have_value("Noodles?")
        page.get_by_role("tab", name="History").click()
        cards.nth(3).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(cards).to_have_count(3)
        page.reload()
        expect(cards).to_have_count(3)
        panel(page).get_by_role("button", name="Delete all").click()
        page.get_by_role("dialog", name="Delete all pictures?").get_by_role("button", name="Delete all").click()
        expect(panel(page)).to_contain_text("No pictures yet.")
        page.reload()
        expect(panel(page)).to_contain_text("No pictures yet.")


@check
def the_oldest_pictures_leave(world):
    """No more than 60 are kept."""
    with world.studio("words") as (page, answers):
        panel(page).get_by_label("What is to be seen", exact=True).fill("Many")
        panel(page).get_by_label("Pictures", exact=True).select_option("4")
        for number in range(16):
            paint(page)
            expect(result(page).locator("code").first).to_have_text(str(1007 + number))
        page.reload()
        page.get_by_role("tab", name="History").click()
        expect(panel(page).locator(".picture-open")).to_have_count(15)


@check
def features_of_a_deleted_profile_are_forgotten(world):
    """Its pictures stay, but what they were made from doesn't."""
    with world.studio(profiles=[profile("asha")]) as (page, answers):
        panel(page).get_by_role("button", name="Open @asha").click()
        panel(page).get_by_role("button", name="Save and paint").click()
        expect(result(page).get_by_role("img")).to_be_visible()
        assert answers.sent == [], answers.sent
        panel(page).get_by_role("button", name="Actions for @asha").click()
        page.get_by_role("menuitem", name="Delete…").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(result(page)).to_contain_text("Its profile was deleted")
        page.reload()
        page.get_by_role("tab", name="History").click()
        panel(page).locator(".picture-open").click()
        expect(page.get_by_role("dialog")).to_contain_text("Its profile was deleted")
        expect(page.get_by_role("dialog").get_by_role("button", name="Use these settings")).to_have_count(0)
        kept = page.evaluate("""() => new Promise((resolve) => {
          const asked = indexedDB.open('martlet-studio');
          asked.onsuccess = () => { const all = asked.result.transaction('paintings').objectStore('paintings').getAll(); all.onsuccess = () => resolve(JSON.stringify(all.result)); };
        })""")
        assert "hair_color" not in kept, kept


@check
def words_of_the_server_stay_words(world):
    """No markup in captions, prompts and errors; files are asked of this server alone, whatever the address says."""
    evil = "<img src=x onerror=alert(1)><b>bold</b>"
    with world.studio("chat", holds=True) as (page, answers):
        page.on("dialog", lambda dialog: (_ for _ in ()).throw(AssertionError(dialog.message)))
        fill_chat(page, evil)
        paint(page)
        expect(result(page).get_by_text("You are 3rd in line")).to_be_visible()
        answers.end()
        answers.jobs[7]["result"].update(caption=evil, prompt_used=evil, model=evil, image_url="http://elsewhere.example" + answers.jobs[7]["result"]["image_url"])
        expect(result(page).locator(".painted-caption")).to_have_text(evil)
        is_shown(page, result(page).get_by_role("img"))
        answers.refusal = (500, envelope(evil, "internal_error"))
        paint(page)
        expect(result(page).get_by_role("alert")).to_contain_text(evil)
        page.get_by_role("tab", name="History").click()
        expect(panel(page).locator(".picture-name")).to_have_text(evil)
        assert page.evaluate("document.querySelectorAll('main b, main img[src=x]').length") == 0


@check
def keys_are_enough(world):
    """Tabs by arrows, people and messages by Enter, painting by Control and Enter, kinds by arrows."""
    with world.studio("profile") as (page, answers):
        page.get_by_role("tab", name="Profile").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="Chat picture")).to_be_focused()
        assert page.url.endswith("#/studio/chat"), page.url
        page.keyboard.press("Tab")
        expect(panel(page).get_by_role("radio", name="Chat of two")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(panel(page).get_by_role("radio", name="Short")).to_be_checked()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Tab")
        expect(panel(page).get_by_label("Handle of somebody")).to_be_focused()
        for handle in ("asha", "ben"):
            page.keyboard.type(handle)
            page.keyboard.press("Enter")
        expect(panel(page).locator(".who-chip")).to_have_count(2)
        panel(page).get_by_role("button", name="Remove @ben").press("Enter")
        expect(panel(page).locator(".who-chip")).to_have_count(1)
        expect(panel(page).get_by_label("Handle of somebody")).to_be_focused()
        page.keyboard.type("ben")
        page.keyboard.press("Enter")
        panel(page).get_by_label("Message 1", exact=True).focus()
        page.keyboard.type("Hello")
        page.keyboard.press("Enter")
        expect(panel(page).get_by_label("Message 2", exact=True)).to_be_focused()
        page.keyboard.type("Hi")
        page.keyboard.press("Control+Enter")
        expect(result(page).get_by_role("img")).to_be_visible()
        panel(page).get_by_role("button", name="Remove message 2").press("Enter")
        expect(panel(page).get_by_label("Message 1", exact=True)).to_be_focused()


@check
def nobody_is_kept_out_of_the_studio(world):
    """Every part in both themes and at both widths: names, roles, contrast, headings, sizes. Nothing is wider than its window."""
    for scheme in ("light", "dark"):
        for width, height in ((1440, 1100), (390, 844)):
            where = f"{width} {scheme}"
            with world.studio(width=width, height=height, scheme=scheme, profiles=[profile("asha", 3), profile("benjamin_with_a_long_handle_1234")]) as (page, answers):
                for part in PARTS:
                    page.get_by_role("tab", name={"profile": "Profile", "chat": "Chat picture", "words": "From words", "history": "History"}[part]).click()
                    if part == "profile":
                        page.set_input_files("input[type=file] >> nth=0", world.selfie)
                        expect(panel(page).locator(".face-box")).to_have_count(1)
                        panel(page).get_by_label("Handle", exact=True).fill("carla")
                        panel(page).get_by_role("button", name="Save and paint").click()
                    elif part == "chat":
                        panel(page).get_by_role("button", name="Add @asha").click()
                        panel(page).get_by_role("button", name="Add @benjamin_with_a_long_handle_1234").click()
                        fill_chat(page, "Noodles at my place?", "I bring the chillies!", who=())
                        paint(page)
                    elif part == "words":
                        panel(page).get_by_label("What is to be seen", exact=True).fill("A lighthouse at dawn, watercolour")
                        panel(page).get_by_label("Pictures", exact=True).select_option("2")
                        panel(page).get_by_text("More settings").click()
                        paint(page)
                    if part == "history":
                        expect(panel(page).locator(".picture-open")).to_have_count(3)
                    else:
                        expect(result(page).get_by_role("img").first).to_be_visible()
                    page.wait_for_timeout(600)
                    audit(page, f"{part} {where}")
                    is_narrow(page, f"{part} {where}")
                    picture(page, f"studio-{part}-result-{width}-{scheme}")
                    page.evaluate("window.scrollTo(0, 0)")
                    picture(page, f"studio-{part}-{width}-{scheme}")
    for width in (320, 600, 820, 1000, 1100, 2560):
        with world.studio(width=width, profiles=[profile("asha", 3)]) as (page, _):
            for part in PARTS:
                page.goto(f"/#/studio/{part}")
                if part == "profile":
                    panel(page).get_by_role("button", name="Open @asha").click()
                is_narrow(page, f"{part} {width}")


def mind(messages):
    """Writes prompts and captions, and sees the same face in every picture."""
    words = json.dumps(messages)
    if "expanded_prompt" in words:
        return json.dumps({"expanded_prompt": PROMPT})
    if "caption" in words:
        return json.dumps({"caption": CAPTION})
    if "beard_style" in words and "eye_color" not in words:
        return json.dumps({"beard_style": "none", "mustache_style": "none", "facial_hair_density": "none"})
    return json.dumps({name: LOOKS.get(name, "unknown") for name in SEEN} | {"confidence": {"hair_color": 0.75}})


SEEN = [name for names in NAMES.values() for name in names if name not in ("facial_hair", "age_range")]


@check
def the_real_thing(world):
    """With the server's own jobs, profiles and files: a selfie, its portrait, a chat, words, a refusal, a conflict, a cancelled job."""
    missing = [one for one in (PORTRAIT, *(os.path.join(HOME, "models", name) for name in ("centerface", "nudenet-320n"))) if not os.path.exists(one)]
    if missing:
        raise LeftOut(f"there is no {missing[0]}")
    with Painter(delay=1.0) as painter, Brain(mind) as brain, tempfile.TemporaryDirectory() as folder:
        settings = {
            "endpoints": [
                {"id": "painter", "url": painter.url, "capabilities": ["images"], "slots": 1},
                {"id": "brain", "url": f"http://127.0.0.1:{brain.server.server_port}/v1", "capabilities": ["chat", "vision"], "slots": 8},
            ],
            "images": {"writer": "brain", "eye": "brain"},
        }
        with ServerProcess("models.offline=true", f"data_dir={folder}/data", configuration=json.dumps(settings), environment=ENVIRONMENT) as server:
            base = server.url("")
            try:
                urllib.request.urlopen(base + "/v1/profiles", timeout=30)
            except urllib.error.HTTPError as error:
                raise LeftOut(f"this server keeps no profiles ({error.code})") from error
            with world.browser.page(base, "/#/studio/profile", excused=(REFUSED,)) as page:
                page.context.set_default_timeout(30_000)
                expect.set_options(timeout=30_000)
                page.set_input_files("input[type=file] >> nth=0", PORTRAIT)
                expect(panel(page).get_by_label("Hair colour")).to_have_value(LOOKS["hair_color"])
                expect(panel(page).locator(".face-box")).to_have_count(1)
                panel(page).get_by_label("Handle", exact=True).fill("asha")
                panel(page).get_by_role("button", name="Save and paint").click()
                is_shown(page, result(page).get_by_role("img"))
                picture(page, "studio-real-profile-1440-light")
                panel(page).get_by_label("Hair colour").select_option("gray")
                panel(page).get_by_role("button", name="Save", exact=True).click()
                expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 2")
                body = json.dumps({"observed": {"hair_length": "long"}}).encode()
                urllib.request.urlopen(urllib.request.Request(base + "/v1/profiles/asha", body, {"Content-Type": "application/merge-patch+json"}, method="PATCH"), timeout=30)
                panel(page).get_by_label("Eye colour").select_option("blue")
                panel(page).get_by_role("button", name="Save", exact=True).click()
                panel(page).get_by_role("button", name="Keep my changes").click()
                expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 3")
                panel(page).get_by_role("button", name="Save", exact=True).click()
                expect(panel(page).locator(".studio-form h2")).to_have_text("@asha, version 4")
                expect(panel(page).get_by_label("Hair length")).to_have_value("long")
                panel(page).get_by_role("button", name="Actions for @asha").click()
                page.get_by_role("menuitem", name="Version history").click()
                page.get_by_role("dialog").locator("summary").nth(3).click()
                page.get_by_role("button", name="Restore version 1").click()
                expect(panel(page).get_by_label("Hair colour")).to_have_value(LOOKS["hair_color"])
                page.get_by_role("tab", name="Chat picture").click()
                panel(page).get_by_role("button", name="Add @asha").click()
                fill_chat(page, "Noodles at my place?", "I bring the chillies!", who=("ben",))
                paint(page)
                expect(result(page).locator(".painted-caption")).to_have_text(CAPTION)
                is_shown(page, result(page).get_by_role("img"))
                seed = result(page).locator("code").inner_text()
                first = painter.requests[-1]
                result(page).get_by_role("button", name="Again with this seed").click()
                expect(result(page).get_by_role("button", name="Cancel")).to_be_visible()
                expect(result(page).locator("code")).to_have_text(seed)
                assert painter.requests[-1] == first, (painter.requests[-1], first)
                picture(page, "studio-real-chat-1440-light")
                page.get_by_role("tab", name="From words").click()
                prompt = panel(page).get_by_label("What is to be seen", exact=True)
                prompt.fill("a naked schoolgirl")
                paint(page)
                expect(result(page).get_by_role("alert")).to_contain_text("It reads like")
                expect(result(page).get_by_role("alert")).to_contain_text("That is never painted")
                prompt.fill("A lighthouse at dawn")
                panel(page).get_by_label("Pictures", exact=True).select_option("4")
                paint(page)
                expect(result(page).locator(".paint-stage")).to_have_text(re.compile("You are|In line|Painting"))
                page.reload()
                expect(result(page).get_by_role("button", name="Cancel")).to_be_visible()
                expect(result(page).get_by_role("img")).to_have_count(4)
                page.get_by_role("tab", name="From words").click()
                result(page).get_by_role("button", name="New seed").click()
                expect(result(page).get_by_text("Painting", exact=True)).to_be_visible()
                result(page).get_by_role("button", name="Cancel").click()
                expect(result(page).get_by_text("Cancelled.")).to_be_visible()
                jobs = json.load(urllib.request.urlopen(base + "/api/jobs/?kind=image", timeout=30))
                assert jobs[0]["status"] == "cancelled", jobs[0]
                audit(page, "the real thing")
                page.get_by_role("tab", name="Profile").click()
                panel(page).get_by_role("button", name="Actions for @asha").click()
                page.get_by_role("menuitem", name="Delete…").click()
                page.get_by_role("dialog").get_by_role("button", name="Delete").click()
                expect(panel(page)).to_contain_text("None yet.")
                assert json.load(urllib.request.urlopen(base + "/v1/profiles", timeout=30)) == {"profiles": []}
                expect.set_options(timeout=5000)


if __name__ == "__main__":
    with World() as the_world:
        code = run_checks(the_world)
    sys.exit(code)
