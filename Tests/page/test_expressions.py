"""Uses the view of a video's expression features as people do, in Chromium.

    MARTLET_BINARY=.build/release/martlet python3 Tests/page/test_expressions.py [NAME…]

Most checks answer for the server (expression_answers.py): they look at the page alone, with a film that has no face. `the_real_thing` computes
with the server, from a clip with a face; it is left out where the server says that it can't. Needs Playwright, Debian's Chromium
(MARTLET_CHROMIUM names another one) and the ffmpeg command. MARTLET_SCREENSHOTS is a folder for pictures of the views,
MARTLET_PAGE_SETTINGS are more settings of the server. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

FOLDER = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(FOLDER))
sys.path.insert(0, os.path.join(CHECKOUT, "Tests/clients"))

# Only here, as what the suites share lies in another folder.
from browser import ENVIRONMENT, REFUSED, Browser, at, audit, holds, picture, quoted  # noqa: E402
from expression_answers import BOXES, NOTE, WARNINGS, ExpressionAnswers, job, result  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from support.checks import LeftOut, check, run_checks  # noqa: E402
from support.server import ServerProcess  # noqa: E402
from support.videos import make  # noqa: E402

CLIPS = os.path.join(CHECKOUT, "Tests/expressions/clips.py")
# More of the server's settings, `key=value` with blanks between: where the landmark file is, say.
SETTINGS = os.environ.get("MARTLET_PAGE_SETTINGS", "").split()
SECONDS = 40
TIME = "document.querySelector('.film-screen video').currentTime"
HONEST = "It makes no claim to detect emotions or anxiety"
# How many pixels of a region's colour lie in a part of the picture, given in pixels of the video.
COUNT = """([region, left, top, right, bottom]) => {
  const canvas = document.querySelector('.film-overlay');
  const video = document.querySelector('.film-screen video');
  if (!canvas || canvas.hidden || !canvas.width) return -1;
  const zoom = canvas.width / video.clientWidth;
  const scale = Math.min(video.clientWidth / video.videoWidth, video.clientHeight / video.videoHeight) * zoom;
  const [x, y] = [(canvas.width - video.videoWidth * scale) / 2, (canvas.height - video.videoHeight * scale) / 2];
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--mark-${region}`).trim();
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  const box = [x + left * scale, y + top * scale, (right - left) * scale, (bottom - top) * scale].map(Math.round);
  const { data } = canvas.getContext('2d').getImageData(...box);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 200 && Math.abs(data[at] - r) < 24 && Math.abs(data[at + 1] - g) < 24 && Math.abs(data[at + 2] - b) < 24) count += 1;
  }
  return count;
}"""
WHOLE = [0, 0, 256, 192]


class World:
    """A server with a film in its library, and the browser."""

    def __enter__(self):
        with contextlib.ExitStack() as self.stack:
            self.browser = self.stack.enter_context(Browser())
            self.folder = os.path.realpath(self.stack.enter_context(tempfile.TemporaryDirectory()))
            self.films = os.path.join(self.folder, "films")
            os.mkdir(self.films)
            settings = [f"data_dir={self.folder}/data", "jobs.workers=2", *SETTINGS]
            self.server = self.stack.enter_context(ServerProcess(*settings, configuration=f"library:\n  roots: [{self.films}]\n", environment=ENVIRONMENT))
            self.base = self.server.url("")
            path = os.path.join(self.films, "film.mp4")
            make(path, 4711, SECONDS, rate=10)
            self.video = self.call("POST", "/api/videos/", {"path": path})
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *details):
        return self.stack.__exit__(*details)

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if method != "GET" else {}
        with urllib.request.urlopen(urllib.request.Request(self.base + path, data, headers, method=method), timeout=60) as answer:
            return json.load(answer)

    @contextlib.contextmanager
    def page(self, path="/#/library", ready="h1", excused=(), **options):
        """A page before it has gone to the video: answers can be put in between."""
        with self.browser.page(self.base, "/healthz", ready="body", excused=(REFUSED, *excused), **options) as page:
            page.context.set_default_timeout(10_000)
            yield page

    @contextlib.contextmanager
    def expressions(self, query="?part=expressions", width=1440, height=1200, scheme="light", device_scale_factor=1, **answers):
        """The page of the film, with the part Expressions, and who answers it."""
        with self.page(width=width, height=height, scheme=scheme, device_scale_factor=device_scale_factor) as page:
            answers = ExpressionAnswers(page, self.video, **answers)
            page.goto(f"/#/library/{quoted(self.video['path'])}{query}")
            if "part=" in query:
                expect(page.locator(".expressions h2")).to_be_visible()
            yield page, answers


def paints(page, region, area, least, most=None, patience=60):
    """Waits until a region's colour covers so many pixels of an area."""
    for _ in range(patience):
        count = page.evaluate(COUNT, [region, *area])
        if count >= least and (most is None or count <= most):
            return count
        page.wait_for_timeout(100)
    raise AssertionError(f"region {region} in {area}: {count} pixels instead of {least} to {most}")


def go(page, time):
    """Takes the player to a time by its own means."""
    holds(page, "document.querySelector('.film-screen video').readyState > 0")
    page.evaluate(f"document.querySelector('.film-screen video').currentTime = {time}")
    holds(page, f"Math.abs({TIME} - {time}) < 0.01 && !document.querySelector('.film-screen video').seeking")


def charts(page):
    return page.locator(".chart")


@check
def without_a_result_it_says_what_it_does(world):
    """One sentence, the honest words, a form whose wishes arrive; the way there by tab, and kept over a reload."""
    with world.expressions(query="") as (page, answers):
        expect(page.locator(".timeline-view canvas")).to_be_visible()
        tabs = page.get_by_role("tab")
        expect(tabs).to_have_count(2)
        page.get_by_role("tab", name="Timeline").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="Expressions")).to_be_focused()
        expect(page.locator(".timeline-view canvas")).to_be_hidden()
        panel = page.get_by_role("tabpanel", name="Expressions")
        expect(panel).to_contain_text("Measures how small blocks")
        expect(panel).to_contain_text(HONEST)
        expect(panel).to_contain_text("45 % on unseen subjects")
        assert panel.get_by_label("Estimator").locator("option").all_inner_texts() == ["hann2d: as served originally", "none: as its training saw it", "improved: sub-pixel, Martlet’s own"]
        assert panel.get_by_label("Model", exact=True).locator("option").all_inner_texts() == ["None", "made-up"]
        assert "part=expressions" in page.url, page.url
        audit(page, "form")
        picture(page, "expressions-form-1440-light")
        page.reload()
        expect(panel.get_by_role("button", name="Compute")).to_be_visible()
        panel.get_by_label("Estimator").select_option("improved")
        panel.get_by_label("Detection").select_option("tracked")
        panel.get_by_label("Model", exact=True).select_option("made-up")
        panel.get_by_label("Dense flow too").check()
        panel.get_by_label("Overlay video too").check()
        panel.get_by_role("button", name="Compute").click()
        expect(panel.get_by_role("progressbar")).to_be_visible()
        assert answers.posted == [{"estimator": "improved", "detection": "tracked", "flow": True, "model": "made-up", "overlay": True}], answers.posted
        page.get_by_role("tab", name="Timeline").click()
        expect(page.locator(".timeline-view canvas")).to_be_visible()
        assert "part=" not in page.url, page.url
        expect(page.locator(".job-list .job")).to_have_count(0)


@check
def where_it_cannot_be_computed_the_reason_is_said(world):
    """Instead of the form."""
    reason = "The landmark file is not set up (expressions.landmarks)."
    with world.expressions(available=False, reason=reason) as (page, _):
        expect(page.locator(".expressions")).to_contain_text(reason)
        expect(page.locator(".expressions")).to_contain_text(HONEST)
        expect(page.locator(".expressions").get_by_role("button", name="Compute")).to_have_count(0)
        audit(page, "unavailable")
    with world.expressions(available=False, reason=reason, found=result(world.video)) as (page, _):
        expect(charts(page)).to_have_count(2)
        expect(page.get_by_role("button", name="Compute again…")).to_be_disabled()


@check
def the_job_is_watched(world):
    """Progress over a reload, cancel, an end that brings the result without a reload."""
    with world.expressions(job=job(world.video, 7, progress=20)) as (page, answers):
        bar = page.locator(".expressions").get_by_role("progressbar")
        expect(bar).to_have_attribute("aria-valuenow", "20")
        expect(page.locator(".expressions .job-badge")).to_have_text("Computing")
        expect(page.locator(".expressions .job-progress")).to_contain_text("Comparing frames · 20\u00a0% · 80 of 400 frames")
        audit(page, "computing")
        picture(page, "expressions-computing-1440-light")
        answers.job = job(world.video, 7, progress=60)
        expect(bar).to_have_attribute("aria-valuenow", "60", timeout=15_000)
        page.reload()
        expect(bar).to_have_attribute("aria-valuenow", "60")
        page.locator(".expressions").get_by_role("button", name="Cancel").click()
        expect(page.locator(".expressions").get_by_role("button", name="Compute")).to_be_visible(timeout=15_000)
        assert answers.told == ["cancel"]
        page.locator(".expressions").get_by_role("button", name="Compute").click()
        expect(bar).to_have_attribute("aria-valuenow", "10")
        answers.end(found=result(world.video, job_id=8))
        expect(charts(page)).to_have_count(2, timeout=15_000)
        expect(bar).to_have_count(0)
        expect(page.locator(".toasts")).to_contain_text("are there")


@check
def a_failure_is_told_and_tried_again(world):
    """The message, its code, and a retry; over a reload too. One beside an older result leaves that there."""
    message = "In 3 of 400 frames a face was found; 2 at least are needed one after the other."
    failed = job(world.video, 7, "failed", error=message, code="too_few_faces")
    with world.expressions(job=failed) as (page, answers):
        notice = page.locator(".expressions .notice.bad")
        expect(notice).to_contain_text(message)
        expect(notice).to_contain_text("too_few_faces")
        expect(page.get_by_role("button", name="Compute")).to_be_visible()
        audit(page, "failed")
        picture(page, "expressions-failed-1440-light")
        page.reload()
        expect(notice).to_contain_text(message)
        notice.get_by_role("button", name="Try again").click()
        expect(page.locator(".expressions .job-badge")).to_have_text("Pending")
        expect(notice).to_have_count(0)
        assert answers.told == ["retry"]
        answers.end("failed", error="Again not.", code="no_face")
        expect(notice).to_contain_text("Again not.", timeout=15_000)
        answers.found = result(world.video, job_id=5)
        page.reload()
        expect(notice).to_contain_text("Again not.")
        expect(charts(page)).to_have_count(2)
        answers.found = result(world.video, job_id=9)
        page.reload()
        expect(charts(page)).to_have_count(2)
        expect(notice).to_have_count(0)


@check
def an_answer_that_fails_can_be_asked_for_again(world):
    """The server's words where the result can't be had, and where the wish is refused."""
    with world.page() as page:
        ExpressionAnswers(page, world.video)
        broken = re.compile(r"/api/expressions/options$")
        page.route(broken, lambda route: route.abort())
        page.goto(f"/#/library/{quoted(world.video['path'])}?part=expressions")
        notice = page.locator(".expressions .notice.bad")
        expect(notice).to_contain_text("can’t be reached")
        page.unroute(broken)
        ExpressionAnswers(page, world.video)
        notice.get_by_role("button", name="Try again").click()
        form = page.locator(".expression-form")
        expect(form).to_be_visible()
        page.route(re.compile(r"/expressions$"), lambda route: route.fulfill(status=409, json={"error": {"message": "One is at work.", "code": "conflict"}}))
        form.get_by_role("button", name="Compute").click()
        expect(form.locator(".notice.bad")).to_contain_text("One is at work.")


@check
def the_facts_are_complete(world):
    """Numbers, warnings, the prediction with its note and badge; nothing is called confidence."""
    with world.expressions(found=result(world.video, warnings=WARNINGS)) as (page, _):
        facts = page.locator(".expression-facts")
        for text in ("hann2d", "tracked", "380 of 400", "Skipped", "20", "Tracked", "339", "With several faces", "12", "3.2\u00a0s", "made-up"):
            expect(facts).to_contain_text(text)
        expect(facts.locator(".warning-list li")).to_have_text([one["message"] for one in WARNINGS])
        said = page.locator(".expression-prediction")
        expect(said).to_contain_text("non_anxiety")
        expect(said).to_contain_text(re.compile("Share of rows\\s*60\u00a0%"))
        expect(said).to_contain_text("0.432")
        expect(said).to_contain_text(NOTE)
        expect(said.locator(".badge")).to_have_text("synthetic model")
        assert "onfidence" not in page.locator(".expressions").inner_text()
        expect(page.locator(".expressions")).to_contain_text(HONEST)
        audit(page, "facts")
    with world.expressions(found=result(world.video, with_model=False, overlay=False)) as (page, _):
        expect(charts(page)).to_have_count(1)
        expect(page.locator(".expression-prediction")).to_have_count(0)
        expect(page.locator(".warning-list")).to_have_count(0)
        expect(page.get_by_role("link", name="Overlay video")).to_have_count(0)
    with world.expressions(found=result(world.video, synthetic=False)) as (page, _):
        expect(page.locator(".expression-prediction")).to_contain_text(NOTE)
        expect(page.locator(".expression-prediction .badge")).to_have_count(0)


@check
def files_are_saved(world):
    """CSV, Parquet, JSON by the server's name, and the link to the overlay video."""
    with world.expressions(found=result(world.video)) as (page, _):
        for name, kind in (("CSV", "csv"), ("Parquet", "parquet"), ("JSON", "json")):
            with page.expect_download() as download:
                page.get_by_role("button", name=f"Download as {name}").click()
            assert download.value.suggested_filename == f"film.expressions.{kind}", download.value.suggested_filename
        expect(page.get_by_role("link", name="Overlay video")).to_have_attribute("href", at(world.video["path"], "/expressions/overlay"))


@check
def the_chart_leads_through_the_video(world):
    """Lines, legend, axes and threshold; click, drag and keys go there; the cursor is where the player is."""
    with world.expressions(found=result(world.video)) as (page, _):
        go(page, 0)
        magnitude, probability = charts(page).nth(0), charts(page).nth(1)
        expect(magnitude.locator(".chart-line")).to_have_count(3)
        expect(probability.locator(".chart-line")).to_have_count(1)
        expect(magnitude.locator(".chart-threshold")).to_have_count(0)
        expect(probability.locator(".chart-threshold")).to_have_count(1)
        expect(probability).to_contain_text("threshold 0.5")
        labels = magnitude.locator(".chart-text").all_text_contents()
        assert "0:10" in labels and "0:30" in labels, labels
        assert "1" in probability.locator(".chart-text").all_text_contents()
        expect(page.locator(".chart-head").first).to_contain_text("px of the resized region")
        # The stretch without a face isn't bridged: two pieces.
        assert magnitude.locator(".chart-line").first.get_attribute("d").count("M") == 2
        line = magnitude.locator('.chart-line[data-line="mata_kanan"]')
        legend = page.get_by_role("group", name="Shown lines")
        for name in ("Left eye (image left)", "Right eye (image right)", "Mouth"):
            expect(legend.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        legend.get_by_role("button", name="Right eye (image right)").click()
        expect(line).to_have_count(0)
        expect(magnitude.locator(".chart-line")).to_have_count(2)
        legend.get_by_role("button", name="Right eye (image right)").press("Enter")
        expect(line).to_have_count(1)
        magnitude.scroll_into_view_if_needed()
        axis = magnitude.locator(".chart-axis").first.bounding_box()
        box = magnitude.bounding_box()
        page.mouse.click(axis["x"] + axis["width"] / 2, box["y"] + 60)
        holds(page, f"Math.abs({TIME} - 20) < 0.3")
        cursor = magnitude.locator(".chart-cursor")
        assert abs(float(cursor.get_attribute("x1")) + box["x"] - axis["x"] - axis["width"] / 2) < 3
        assert cursor.get_attribute("x1") == probability.locator(".chart-cursor").get_attribute("x1")
        page.mouse.move(axis["x"] + axis["width"] / 4, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(axis["x"] + axis["width"] * 3 / 4, box["y"] + 60, steps=5)
        page.mouse.up()
        holds(page, f"Math.abs({TIME} - 30) < 0.3")
        # Where the pointer is, values are told.
        page.mouse.move(axis["x"] + axis["width"] / 4, box["y"] + 60)
        expect(page.locator(".chart-when")).to_contain_text("at 0:10")
        expect(magnitude.locator(".chart-guide")).to_have_attribute("visibility", "visible")
        page.mouse.move(1, 1)
        expect(page.locator(".chart-when")).to_contain_text("at 0:30")
        slider = page.get_by_role("slider", name="Mean magnitude over time")
        slider.focus()
        page.keyboard.press("Home")
        holds(page, f"{TIME} < 0.01")
        for expected in (0.1, 0.2):
            page.keyboard.press("ArrowRight")
            holds(page, f"Math.abs({TIME} - {expected}) < 0.01")
        page.keyboard.press("ArrowLeft")
        holds(page, f"Math.abs({TIME} - 0.1) < 0.01")
        page.keyboard.press("Shift+ArrowRight")
        holds(page, f"Math.abs({TIME} - 1.1) < 0.01")
        expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0:01\.1, Left eye \(image left\) [\d.]+ px, Right eye \(image right\) [\d.]+ px, Mouth [\d.]+ px$"))
        page.get_by_role("slider", name="Probability over time").focus()
        page.keyboard.press("PageUp")
        holds(page, f"Math.abs({TIME} - 11.1) < 0.01")
        expect(page.get_by_role("slider", name="Probability over time")).to_have_attribute("aria-valuetext", re.compile("0:11.1, .* 0[.]\\d\\d$"))
        page.keyboard.press("Space")
        holds(page, "!document.querySelector('.film-screen video').paused")
        page.keyboard.press("Space")
        holds(page, "document.querySelector('.film-screen video').paused")
        page.keyboard.press("End")
        holds(page, f"{TIME} > 39.5")


@check
def vectors_lie_over_the_picture(world):
    """Boxes where the face is, arrows the right way round and at scale; nothing beside the picture, nothing without a face."""
    with world.expressions(found=result(world.video)) as (page, answers):
        go(page, 5.02)
        expect(page.locator(".vector-note")).to_have_text("Frame 50")
        seen = [paints(page, region, BOXES[region], 200) for region in range(3)]
        print(f"   pixels of the regions: {seen}")
        # Nothing of it elsewhere: a box with its line and the arrows of its border blocks around it.
        assert page.evaluate(COUNT, [0, 0, 0, 50, 192]) == 0 and page.evaluate(COUNT, [0, 0, 100, 256, 192]) == 0
        # The black at the sides of a 4:3 picture stays black.
        assert page.evaluate("""() => {
          const canvas = document.querySelector('.film-overlay');
          return canvas.getContext('2d').getImageData(0, 0, Math.round(canvas.width * 0.1), canvas.height).data.every((one) => one === 0);
        }""")
        picture(page, "expressions-vectors-1440-light")
        scale = page.get_by_role("slider", name="Length of arrows")
        scale.focus()
        for _ in range(8):
            page.keyboard.press("ArrowLeft")
        expect(page.locator(".vector-scale output")).to_have_text("×1")
        page.wait_for_timeout(200)
        short = page.evaluate(COUNT, [1, *WHOLE])
        for _ in range(7):
            page.keyboard.press("ArrowRight")
        expect(page.locator(".vector-scale output")).to_have_text("×8")
        paints(page, 1, WHOLE, short + 1)
        # The right eye moves up: over the top of its box, not under its bottom.
        left, top, right, bottom = BOXES[1]
        paints(page, 1, [left, top - 6, right, top - 2], 10)
        assert page.evaluate(COUNT, [1, left, bottom + 2, right, bottom + 12]) == 0
        # The left eye moves to the right.
        left, top, right, bottom = BOXES[0]
        # The unused columns at the right of the 48 take the arrow's end: it still passes the last block.
        paints(page, 0, [left + (right - left) * 0.9, top + 6, right - 2, bottom - 6], 5)
        assert page.evaluate(COUNT, [0, left + 1.5, top + 2, left + 3, bottom - 2]) == 0
        # Found again after a reload, with the switch.
        page.get_by_role("switch", name="Boxes and arrows").uncheck()
        expect(page.locator(".film-overlay")).to_be_hidden()
        page.reload()
        expect(page.get_by_role("switch", name="Boxes and arrows")).not_to_be_checked()
        page.get_by_role("switch", name="Boxes and arrows").press("Space")
        expect(page.locator(".vector-scale output")).to_have_text("×8")
        go(page, 21)
        expect(page.locator(".vector-note")).to_have_text("No face was found at this time.")
        assert page.evaluate(COUNT, [0, *WHOLE]) == 0
        go(page, 0)
        expect(page.locator(".vector-note")).to_contain_text("all others are compared with it")
        go(page, 33)
        paints(page, 2, BOXES[2], 200)
        # On the timeline the picture is bare.
        page.get_by_role("tab", name="Timeline").click()
        expect(page.locator(".film-overlay")).to_be_hidden()
        page.get_by_role("tab", name="Expressions").click()
        paints(page, 2, BOXES[2], 200)
        print(f"   windows asked for: {answers.asked}")
        assert len(answers.asked) <= 5 and all(end - start <= 30 for start, end in answers.asked), answers.asked
        before = len(answers.asked)
        for time in (5, 12, 31, 5.5):
            go(page, time)
            paints(page, 0, BOXES[0], 200)
        assert len(answers.asked) <= before + 1, answers.asked[before:]


@check
def vectors_follow_while_it_plays(world):
    """Painted anew with the frames, at a high density sharp: as many pixels as the screen has."""
    with world.expressions(found=result(world.video, with_model=False), device_scale_factor=2) as (page, _):
        go(page, 2)
        paints(page, 2, BOXES[2], 200)
        sizes = page.evaluate("(() => { const c = document.querySelector('.film-overlay'); return [c.width, c.clientWidth]; })()")
        assert sizes[0] == 2 * sizes[1], sizes
        page.get_by_role("slider", name="Mean magnitude over time").focus()
        page.keyboard.press("Space")
        holds(page, f"{TIME} > 3")
        x = float(charts(page).first.locator(".chart-cursor").get_attribute("x1"))
        page.wait_for_timeout(500)
        assert float(charts(page).first.locator(".chart-cursor").get_attribute("x1")) > x
        page.keyboard.press("Space")
        holds(page, "document.querySelector('.film-screen video').paused")
        paints(page, 0, BOXES[0], 200)


@check
def vectors_that_cannot_be_had_are_told(world):
    """And can be asked for again; charts and facts are there all the same."""
    with world.expressions(found=result(world.video)) as (page, answers):
        go(page, 0)
        answers.broken = True
        go(page, 30)
        expect(page.locator(".vector-note")).to_contain_text("can’t be read now")
        expect(charts(page)).to_have_count(2)
        audit(page, "no vectors")
        answers.broken = False
        page.locator(".vector-note").get_by_role("button", name="Try again").click()
        paints(page, 0, BOXES[0], 200)


@check
def it_is_computed_again(world):
    """With the choices of before; the result stays until the new one is there."""
    with world.expressions(found=result(world.video), job=job(world.video, 7, "completed")) as (page, answers):
        page.get_by_role("button", name="Compute again…").click()
        sheet = page.get_by_role("dialog")
        expect(sheet.get_by_label("Detection")).to_have_value("tracked")
        expect(sheet.get_by_label("Model", exact=True)).to_have_value("made-up")
        expect(sheet.get_by_label("Overlay video too")).to_be_checked()
        audit(page, "again")
        picture(page, "expressions-again-1440-light")
        sheet.get_by_label("Model", exact=True).select_option("")
        sheet.get_by_role("button", name="Compute", exact=True).click()
        expect(sheet).to_have_count(0)
        assert answers.posted[-1]["model"] is None, answers.posted
        expect(page.locator(".expressions").get_by_role("progressbar")).to_be_visible()
        expect(charts(page)).to_have_count(2)
        expect(page.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
        answers.end(found=result(world.video, job_id=8, with_model=False))
        expect(charts(page)).to_have_count(1, timeout=15_000)
        expect(page.locator(".film-overlay")).to_have_count(1)
        expect(page.get_by_role("button", name="Delete", exact=True)).to_be_enabled()


@check
def all_of_it_is_deleted(world):
    """After a question; then the form is there again and nothing lies over the player."""
    with world.expressions(found=result(world.video)) as (page, answers):
        go(page, 5)
        paints(page, 0, BOXES[0], 200)
        page.get_by_role("button", name="Delete", exact=True).click()
        audit(page, "delete")
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(charts(page)).to_have_count(2)
        assert answers.found
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.locator(".expression-form")).to_be_visible()
        expect(page.locator(".film-overlay")).to_have_count(0)
        assert answers.found is None
        expect(page.locator(".expressions h2")).to_be_focused()


@check
def a_long_video_is_drawn_quickly(world):
    """2000 points a line, thinned, as many as the server gives: a move of the player costs less than half a frame."""
    found = result(world.video)
    times = [number * SECONDS / 2000 for number in range(2000)]
    found["series"] = {
        "video_frame": [number * 9 for number in range(2000)], "time": times, "thinned": 9,
        "magnitude": {region: [(number * 7919 % 997) / 997 + at for number in range(2000)] for at, region in enumerate(found["report"]["regions"])},
        "probability": [(number * 31 % 101) / 101 for number in range(2000)],
    }
    with world.expressions(found=found) as (page, _):
        go(page, 1)
        expect(page.locator(".expressions")).to_contain_text("Every 9th row is drawn.")
        took = page.evaluate("""async () => {
          const video = document.querySelector('.film-screen video');
          const took = [];
          for (let step = 0; step < 30; step += 1) {
            video.currentTime = 2 + step;
            await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
            const before = performance.now();
            video.dispatchEvent(new Event('timeupdate'));
            await new Promise((resolve) => requestAnimationFrame(() => { took.push(performance.now() - before); resolve(); }));
          }
          return took.sort((a, b) => a - b);
        }""")
        print(f"   a frame takes {took[15]:.1f} ms, at most {took[-1]:.1f} ms")
        assert took[15] < 25, took
        picture(page, "expressions-long-1440-light")


@check
def nobody_is_kept_out_of_the_expressions(world):
    """Every state in both themes and at both widths: names, roles, contrast, headings, sizes. Nothing is wider than its window."""
    states = {
        "form": {}, "result": {"found": result(world.video, warnings=WARNINGS)}, "plain": {"found": result(world.video, with_model=False, overlay=False)},
        "both": {"found": result(world.video), "job": job(world.video, 9, progress=30)}, "failed": {"job": job(world.video, 7, "failed", error="No face was found.", code="no_face")},
    }
    for scheme in ("light", "dark"):
        for width, height in ((1440, 1400), (390, 844)):
            for name, answers in states.items():
                with world.expressions(width=width, height=height, scheme=scheme, **answers) as (page, _):
                    expect(page.locator(".expression-form, .chart").first).to_be_visible()
                    if "found" in answers:
                        go(page, 7)
                        paints(page, 0, BOXES[0], 40)
                    page.wait_for_timeout(200)
                    audit(page, f"{name} {scheme} {width}")
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width, page.evaluate("document.documentElement.scrollWidth"))
                    if width == 390 and "found" in answers:
                        page.locator(".expressions").scroll_into_view_if_needed()
                    picture(page, f"expressions-{name}-{width}-{scheme}")
                    if width == 390 and name == "result":
                        page.locator(".expression-side").scroll_into_view_if_needed()
                        picture(page, f"expressions-side-{width}-{scheme}")
    for width in (600, 820, 1100, 2560):
        with world.expressions(width=width, found=result(world.video, warnings=WARNINGS)) as (page, _):
            expect(charts(page)).to_have_count(2)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


@check
def the_real_thing(world):
    """With the server's own job and a face: computed, charted, drawn over the face, deleted."""
    if not os.path.exists(CLIPS):
        raise LeftOut("Tests/expressions/clips.py is missing")
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([sys.executable, CLIPS, folder], capture_output=True, text=True)
        if made.returncode:
            raise LeftOut(f"the clips can't be made: {made.stderr.strip().splitlines()[-1]}")
        clip = os.path.join(world.films, "astronaut.mp4")
        os.replace(os.path.join(folder, "astronaut.mp4"), clip)
    try:
        options = world.call("GET", "/api/expressions/options")
    except urllib.error.HTTPError as error:
        raise LeftOut(f"this server has no such route ({error.code})") from error
    if not options["available"]:
        raise LeftOut(f"the server says: {options['reason']}")
    video = world.call("POST", "/api/videos/", {"path": clip})
    with world.page() as page:
        page.goto(f"/#/library/{quoted(video['path'])}?part=expressions")
        panel = page.locator(".expressions")
        panel.get_by_label("Overlay video too").check()
        panel.get_by_role("button", name="Compute").click()
        expect(charts(page).first).to_be_visible(timeout=180_000)
        expect(charts(page).first.locator(".chart-line")).to_have_count(3)
        found = world.call("GET", at(video["path"], "/expressions"))
        size = found["report"]["size"]
        time = found["series"]["time"][len(found["series"]["time"]) // 2]
        go(page, round(time + 0.005, 3))
        for region in range(3):
            paints(page, region, [0, 0, size["width"], size["height"]], 100)
        audit(page, "the real thing")
        picture(page, "expressions-real-1440-light")
        expect(page.locator(".expression-facts")).to_contain_text(f"of {found['report']['frames']['total']}")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as CSV").click()
        with open(download.value.path(), encoding="utf-8") as file:
            assert file.readline().startswith("frame,video_frame,time,estimator,detection,mata_kiri_x1,")
        overlay = page.request.get(at(video["path"], "/expressions/overlay"))
        assert overlay.ok and overlay.headers["content-type"] == "video/mp4", overlay.headers
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.locator(".expression-form")).to_be_visible()


if __name__ == "__main__":
    with World() as the_world:
        code = run_checks(the_world)
    sys.exit(code)
