"""Uses the library as people do, in Chromium, against a real server with films whose frames say what they are.

    MARTLET_BINARY=.build/release/martlet python3 Tests/page/test_library.py [NAME…]

Starts its own server, whose library has one folder (`library.roots`), and a vision model that reads the films. Needs Playwright, Debian's
Chromium (MARTLET_CHROMIUM names another one) and the ffmpeg command. MARTLET_SCREENSHOTS is a folder for pictures of the views. Prints
"N passed, N failed" and exits with 1 when a check failed.
"""

import base64
import contextlib
import http.server
import json
import os
import re
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

FOLDER = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(FOLDER))
sys.path.insert(0, os.path.join(CHECKOUT, "Tests/clients"))

# Only here, as what the suites share lies in another folder.
from browser import ENVIRONMENT, REFUSED, Browser, at, audit, holds, picture, quoted  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from support.checks import check, run_checks  # noqa: E402
from support.server import ServerProcess, wait_until  # noqa: E402
from support.videos import VisionModel, make  # noqa: E402

TOKEN = "a-token-for-tests"
TAGS = "person,car,dog"
SETTINGS = {
    "analysis_tags": TAGS, "llm_base_url": "http://127.0.0.1:1", "llm_model": "eye", "max_batch_size": 4, "livekit_url": "ws://localhost:7880",
    "frame_interval": 2, "tolerance": 0.5, "tag_rules": {}, "evidence": False, "side_car": "data",
}
# What the model sees in every film: the seconds of each tag.
SEEN = {"person": [(10, 20), (40, 50)], "car": [(25, 35)]}
# So slow that an analysis can be watched.
SLOW = 0.5
CARRIED = """(data) => {
  const carrier = new DataTransfer();
  carrier.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], 'carried.mp4', { type: 'video/mp4' }));
  return carrier;
}"""
TIME = "document.querySelector('.film-screen video').currentTime"


class World:
    """The server under test with its library, the model that looks at it, and the browser."""

    def __enter__(self):
        with contextlib.ExitStack() as self.stack:
            self.start()
            self.stack = self.stack.pop_all()
        return self

    def start(self):
        self.browser = self.stack.enter_context(Browser())
        self.model = self.stack.enter_context(VisionModel(self.sees))
        self.folder = os.path.realpath(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.films = os.path.join(self.folder, "films")
        os.makedirs(os.path.join(self.films, "older"))
        self.made = 0
        self.server = self.stack.enter_context(ServerProcess(
            f"data_dir={self.folder}/data", "jobs.workers=2", "fetch.allow_private_addresses=true",
            configuration=f"library:\n  roots: [{self.films}]\n{self.model.configuration}", environment=ENVIRONMENT))
        self.base = self.server.url("")
        self.call("PUT", "/api/config/", SETTINGS)

    def __exit__(self, *details):
        return self.stack.__exit__(*details)

    @staticmethod
    def sees(_, frame, tag):
        return any(start <= frame < end for start, end in SEEN.get(tag, ()))

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if method != "GET" else {}
        with urllib.request.urlopen(urllib.request.Request(self.base + path, data, headers, method=method), timeout=60) as answer:
            return json.load(answer)

    def film(self, name, seconds=60):
        """A new film in the server's folder; no two look the same."""
        self.made += 1
        path = os.path.join(self.films, name)
        make(path, self.made * 7919 % 65521, seconds)
        return path

    def video(self, name, seconds=60):
        """A film that is in the library."""
        return self.call("POST", "/api/videos/", {"path": self.film(name, seconds)})

    def analyzed(self, name):
        """A film whose tags are known."""
        self.model.delay = 0
        video = self.video(name)
        job = self.call("POST", at(video["path"], "/analyze"), {})["job_id"]
        wait_until("the analysis is done", lambda: self.call("GET", f"/api/jobs/{job}")["status"] == "completed", 60)
        return self.call("GET", at(video["path"]))

    def status(self, path):
        job = self.call("GET", at(path))["job"]
        return job and job["status"]

    def empty(self):
        """Takes all videos out."""
        for video in self.call("GET", "/api/videos/?limit=1000"):
            self.call("DELETE", at(video["path"]))

    def page(self, path="/#/library", ready=".library h1", **options):
        return self.browser.page(self.base, path, ready=ready, **options)

    def video_page(self, video, query="", **options):
        return self.page(f"/#/library/{quoted(video['path'])}{query}", ready=".timeline-view canvas", **options)


def card(page, title):
    return page.locator(".video", has=page.get_by_role("link", name=title, exact=True))


def progress(place):
    bar = place.get_by_role("progressbar").first
    return int(bar.get_attribute("aria-valuenow") or 0) if bar.count() else None


@check
def an_empty_library_says_what_to_do(world):
    """The ways in are on the page; the empty state goes with the first video."""
    world.empty()
    with world.page() as page:
        expect(page.locator(".library-empty")).to_contain_text("Drop files here")
        expect(page.locator(".library-counts")).to_have_text("0 videos")
        audit(page, "empty")
        picture(page, "library-empty-1440-light")
        page.locator(".library-empty").get_by_role("button", name="From an address").click()
        page.get_by_label("Address of a video").fill("ftp://example.org/a")
        page.get_by_role("dialog").get_by_role("button", name="Fetch").click()
        expect(page.get_by_role("dialog").locator(".wrong")).to_have_text("This is not an http or https address.")
        audit(page, "address")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


@check
def videos_are_added_from_the_servers_folders(world):
    """Folders are walked, several files chosen, those that are there already are marked."""
    world.empty()
    world.film("first.mp4")
    world.film("second.mp4")
    world.film("older/third.mp4")
    with world.page() as page:
        page.get_by_role("button", name="Add videos").click()
        page.get_by_role("menuitem", name="From the server’s folders").click()
        sheet = page.get_by_role("dialog")
        expect(sheet).to_contain_text("first.mp4")
        audit(page, "folders")
        picture(page, "library-folders-1440-light")
        sheet.get_by_role("button", name="older").click()
        sheet.get_by_label("third.mp4").check()
        sheet.get_by_role("button", name="films").click()
        sheet.get_by_label("first.mp4").check()
        sheet.get_by_role("button", name="Add 2 videos").click()
        expect(sheet).to_have_count(0)
        expect(card(page, "first")).to_be_visible()
        expect(card(page, "third")).to_be_visible()
        expect(page.locator(".library-counts")).to_have_text("2 videos")
        page.get_by_role("button", name="Add videos").click()
        page.get_by_role("menuitem", name="From the server’s folders").click()
        expect(sheet.get_by_label("first.mp4")).to_be_disabled()
        expect(sheet.locator("li", has_text="first.mp4")).to_contain_text("In the library")


@check
def a_file_is_dropped_and_a_second_one_like_it_refused(world):
    """It goes up, is added, and a copy of it is refused with the way to the first."""
    world.empty()
    path = world.film("carried-from.mp4", 20)
    with open(path, "rb") as file:
        data = base64.b64encode(file.read()).decode()
    with world.page(excused=(REFUSED,)) as page:
        carrier = page.evaluate_handle(CARRIED, data)
        page.dispatch_event("body", "dragenter", {"dataTransfer": carrier})
        expect(page.locator(".drop-overlay")).to_be_visible()
        page.dispatch_event("body", "drop", {"dataTransfer": carrier})
        expect(page.locator(".drop-overlay")).to_be_hidden()
        expect(card(page, "carried")).to_be_visible(timeout=30_000)
        expect(page.locator(".adding")).to_be_hidden()
        page.set_input_files("input[type=file]", path)
        expect(page.locator(".adding .notice.bad")).to_contain_text(re.compile("same|already"), timeout=30_000)
        expect(page.locator(".adding .notice.bad a")).to_have_attribute("href", re.compile(r"^#/library/.*carried\.mp4$"))
        audit(page, "duplicate")
        page.get_by_role("button", name="Dismiss carried-from.mp4").click()
        expect(page.locator(".adding")).to_be_hidden()
        nothing = os.path.join(world.folder, "notes.mp4")
        with open(nothing, "w", encoding="utf-8") as file:
            file.write("This is no video. " * 100)
        page.set_input_files("input[type=file]", nothing)
        expect(page.locator(".adding .notice.bad")).to_be_visible(timeout=30_000)


@check
def a_video_is_fetched(world):
    """From an address, as a job that shows how far it is; then it is there."""
    world.empty()
    world.film("fetched.mp4", 20)

    class Films(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=world.films)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Films) as web, world.page() as page:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        page.get_by_role("button", name="Add videos").click()
        page.get_by_role("menuitem", name="From an address").click()
        page.get_by_label("Address of a video").fill(f"http://127.0.0.1:{web.server_port}/fetched.mp4")
        page.get_by_role("dialog").get_by_label("Title", exact=True).fill("From afar")
        page.get_by_role("dialog").get_by_role("button", name="Fetch").click()
        expect(card(page, "From afar")).to_be_visible(timeout=30_000)
        expect(page.locator(".adding")).to_be_hidden()
        web.shutdown()


@check
def an_analysis_is_watched_cancelled_and_tried_again(world):
    """The bar only goes forward and tells its figures; a cancelled one goes on; the tags appear without a reload."""
    world.empty()
    video = world.video("watched.mp4", 240)
    world.model.delay = SLOW
    with world.page() as page:
        place = card(page, "watched")
        expect(place).to_contain_text("Not analyzed")
        place.get_by_role("button", name="Analyze").click()
        expect(place.locator(".job-badge").first).to_have_text("Analyzing", timeout=15_000)
        expect(page.locator(".library-counts")).to_contain_text("1 at work")
        seen = [progress(place)]
        for _ in range(40):
            page.wait_for_timeout(100)
            value = progress(place)
            if value is not None and value != seen[-1]:
                seen.append(value)
        assert len(seen) > 3 and seen == sorted(seen) and seen[-1] < 100, seen
        expect(place.locator(".job-progress")).to_contain_text(re.compile(r"Scanning · \d+\u00a0% · \d+ of \d+ frames"))
        picture(page, "library-analyzing-1440-light")
        audit(page, "analyzing")
        place.get_by_role("button", name="Cancel").click()
        expect(place.locator(".job-badge").first).to_have_text("Cancelled", timeout=10_000)
        wait_until("it is cancelled at the server", lambda: world.status(video["path"]) == "cancelled", 10)
        world.model.delay = 0
        place.get_by_role("button", name="Retry").click()
        expect(place.locator(".badge", has_text="Completed")).to_be_visible(timeout=60_000)
        expect(place).to_contain_text("2 tags")
        expect(place.locator(".coverage-row")).to_contain_text("covered by tags")


@check
def a_reload_keeps_what_is_at_work(world):
    """The state comes from the server: reloaded during an analysis, the page shows it going on."""
    world.empty()
    world.video("reloaded.mp4", 240)
    world.model.delay = SLOW
    with world.page() as page:
        place = card(page, "reloaded")
        place.get_by_role("button", name="Analyze").click()
        expect(place.locator(".job-progress")).to_be_visible(timeout=15_000)
        page.wait_for_timeout(1500)
        before = progress(place)
        page.reload()
        expect(place.locator(".job-progress")).to_be_visible()
        assert progress(place) >= before, (progress(place), before)
        expect(place.get_by_role("button", name="Cancel")).to_be_visible()
        page.get_by_role("link", name="reloaded", exact=True).click()
        expect(page.locator(".film-head .job-progress")).to_be_visible()
        expect(page.locator(".job-list .job")).to_have_count(1)
        page.locator(".film-head").get_by_role("button", name="Cancel").click()
        expect(page.locator(".film-head .badge")).to_have_text("Cancelled", timeout=10_000)
        page.locator(".film-back").click()
        expect(place.locator(".job-badge").first).to_have_text("Cancelled")
        assert "reloaded" in page.evaluate("document.activeElement.textContent")


@check
def several_are_analyzed_together(world):
    """Chosen with Shift, analyzed as a batch; then removed after a question."""
    world.empty()
    for name in ("one", "two", "three", "four"):
        world.video(f"{name}.mp4", 30)
    world.model.delay = 0
    with world.page() as page:
        boxes = page.locator(".video-pick input")
        expect(boxes).to_have_count(4)
        boxes.nth(0).check()
        boxes.nth(2).click(modifiers=["Shift"])
        expect(page.locator(".selection")).to_contain_text("3 selected")
        audit(page, "selection")
        picture(page, "library-selection-1440-light")
        page.locator(".selection").get_by_role("button", name="Analyze").click()
        expect(page.locator(".toasts")).to_contain_text("3 analyses begun")
        expect(page.locator('.video[data-status="completed"]')).to_have_count(3, timeout=60_000)
        expect(page.locator('.video[data-status="none"]')).to_have_count(1)
        page.locator(".selection").get_by_role("button", name="Select all").click()
        expect(page.locator(".selection")).to_contain_text("4 selected")
        page.locator(".selection").get_by_role("button", name="Remove").click()
        picture(page, "library-remove-1440-light")
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(boxes).to_have_count(4)
        page.locator(".selection").get_by_role("button", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.locator(".library-empty")).to_be_visible(timeout=10_000)
        assert os.path.exists(os.path.join(world.films, "one.mp4"))


@check
def all_are_analyzed(world):
    """One button, one question; those that can't be are named with the reason."""
    world.empty()
    world.video("there.mp4", 30)
    gone = world.video("gone.mp4", 30)
    os.remove(gone["path"])
    world.model.delay = 0
    with world.page() as page:
        expect(card(page, "gone")).to_contain_text("can’t be read now")
        page.get_by_role("button", name="Analyze all").click()
        page.get_by_role("dialog").get_by_role("button", name="Analyze all").click()
        expect(card(page, "there").locator(".badge", has_text="Completed")).to_be_visible(timeout=60_000)
        # Refused at once, or failed as a job: either way it is said why.
        expect(page.locator(".library-notice .notice, .job-trouble.bad").first).to_be_visible(timeout=60_000)


@check
def a_failure_is_explained(world):
    """The error's text is seen, and there is a way to try again."""
    world.empty()
    world.video("failing.mp4", 20)

    def failed(route):
        videos = route.fetch().json()
        videos[0]["job"] = {
            "id": 1, "kind": "analysis", "video_path": videos[0]["path"], "status": "failed", "progress": 40, "stage": None, "done": 4, "total": 10, "unit": "frames",
            "rate": None, "eta_seconds": None, "created_at": "2026-01-02T03:04:05.000000", "started_at": None, "completed_at": None,
            "error": "12 of 20 answers failed: connection refused", "error_code": "too_many_failed_answers", "attempt": 3, "max_attempts": 3, "retry_at": None,
            "priority": 0, "batch": None, "result": None,
        }
        route.fulfill(json=videos, headers={"X-Total-Count": str(len(videos))})

    with world.page() as page:
        page.route("**/api/videos/?*", failed)
        page.reload()
        place = card(page, "failing")
        expect(place.locator(".job-badge").first).to_have_text("Failed")
        expect(place).to_contain_text("12 of 20 answers failed: connection refused")
        expect(place.get_by_role("button", name="Retry")).to_be_visible()
        audit(page, "failed")


@check
def what_is_there_is_searched_ordered_and_filtered(world):
    """By title and by what was seen; a hit opens the video at that second."""
    world.empty()
    world.video("zebra.mp4", 20)
    world.analyzed("apple.mp4")
    with world.page() as page:
        cards = page.locator(".video")
        expect(cards).to_have_count(2)
        page.get_by_label("Order", exact=True).select_option("title")
        expect(cards.first).to_contain_text("apple")
        page.get_by_label("Status", exact=True).select_option("none")
        expect(cards).to_have_count(1)
        expect(page.locator(".library-counts")).to_have_text("1 of 2 videos")
        expect(cards.first).to_contain_text("zebra")
        page.get_by_label("Status", exact=True).select_option("")
        page.get_by_role("searchbox").fill("nowhere to be found")
        expect(page.locator(".library-foot")).to_contain_text("No video matches")
        page.get_by_role("button", name="Clear search and filter").click()
        expect(cards).to_have_count(2)
        page.get_by_role("searchbox").fill("car")
        hit = page.locator(".moments a").first
        expect(hit).to_contain_text("car")
        audit(page, "search")
        picture(page, "library-search-1440-light")
        hit.click()
        page.wait_for_selector(".timeline-view canvas")
        holds(page, f"{TIME} > 23 && {TIME} < 27")


@check
def the_layout_is_remembered(world):
    """Cards or rows, over a reload; the order of paging holds for many."""
    world.empty()
    world.video("laid-out.mp4", 20)
    with world.page() as page:
        page.get_by_role("button", name="List", exact=True).click()
        expect(page.locator(".videos")).to_have_attribute("data-layout", "rows")
        page.reload()
        expect(page.locator(".videos")).to_have_attribute("data-layout", "rows")
        one = world.call("GET", "/api/videos/")[0]
        many = [{**one, "id": number, "path": f"/films/{number}.mp4", "title": f"Film {number}", "thumbnail_path": None} for number in range(1500)]

        def paged(route):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(route.request.url).query)
            skip, limit = int(query["skip"][0]), int(query["limit"][0])
            route.fulfill(json=many[skip:skip + limit], headers={"X-Total-Count": str(len(many))})

        page.route("**/api/videos/?*", paged)
        page.reload()
        cards = page.locator(".video")
        expect(page.locator(".library-counts")).to_have_text("1500 videos")
        assert cards.count() < 200, cards.count()
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        expect(cards.nth(60)).to_be_attached()
        titles = cards.evaluate_all("(all) => all.map((one) => one.querySelector('h2').textContent)")
        assert titles == [f"Film {number}" for number in range(len(titles))], titles[:5]
        cards.first.locator("input").check()
        page.locator(".selection").get_by_role("button", name="Select all", exact=True).click()
        page.locator(".selection").get_by_role("button", name="Select all 1500").click()
        expect(page.locator(".selection")).to_contain_text("1500 selected", timeout=20_000)


@check
def the_timeline_leads_through_the_video(world):
    """A press goes there; wheel, keys and buttons zoom; a drag moves; the pointer shows what is under it."""
    video = world.analyzed("timeline.mp4")
    with world.video_page(video) as page:
        lanes = page.locator(".lane-label")
        expect(lanes.first).to_contain_text("car")
        holds(page, "document.querySelector('.film-screen video').readyState > 0")
        view = page.locator(".timeline-view")
        box = view.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 13)
        holds(page, f"Math.abs({TIME} - 30) < 0.5")
        # The car is seen from 25 to 35 s: the press chose it.
        expect(page.get_by_role("heading", name="Change a tag")).to_be_visible()
        expect(page.get_by_label("Tag", exact=True)).to_have_value("car")
        page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + 13)
        tip = page.locator(".tip")
        expect(tip).to_contain_text("car")
        expect(tip.locator("img")).to_have_js_property("complete", True)
        holds(page, "document.querySelector('.tip img').naturalWidth > 0")
        picture(page, "library-tip-1440-light")
        ruler = page.get_by_role("slider", name="Position")
        ruler.focus()
        page.keyboard.press("Home")
        holds(page, f"{TIME} < 0.1")
        page.keyboard.press("ArrowRight")
        holds(page, f"Math.abs({TIME} - 1) < 0.1")
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 13)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -400)
        page.keyboard.up("Control")
        page.wait_for_timeout(100)
        # Closer now, around the middle: the same place is 30 s, a tenth to the left is less than 6 s before.
        page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + 20)
        holds(page, f"{TIME} > 26 && {TIME} < 30")
        page.get_by_role("button", name="Fit").click()
        page.wait_for_timeout(100)
        page.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + 13)
        holds(page, f"Math.abs({TIME} - 6) < 0.5")


@check
def the_timeline_works_with_the_keyboard(world):
    """Lanes, spans, seek, play, marks: nothing needs a pointer."""
    video = world.analyzed("keyboard.mp4")
    with world.video_page(video) as page:
        person = page.locator(".lane-label", has_text="person")
        expect(person).to_be_visible()
        holds(page, "document.querySelector('.film-screen video').readyState > 0")
        page.locator(".lane-label").first.focus()
        page.keyboard.press("ArrowDown")
        assert "person" in page.evaluate("document.activeElement.textContent")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        holds(page, f"{TIME} > 37 && {TIME} < 42")
        expect(page.locator(".unseen[role=status]").last).to_contain_text(re.compile("person, 2 of 2, 0:3|person, 2 of 2, 0:4"))
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        holds(page, f"{TIME} > 7 && {TIME} < 12")
        page.keyboard.press("Space")
        holds(page, "!document.querySelector('.film-screen video').paused")
        page.keyboard.press("Space")
        holds(page, "document.querySelector('.film-screen video').paused")
        page.keyboard.press("i")
        start = page.get_by_label("Start", exact=True).input_value()
        assert re.match(r"0:(0[7-9]|1[0-9])\.\d$", start), start
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.closest('.spans') !== null"):
                break
        assert page.evaluate("document.activeElement.closest('.spans') !== null"), "the table can't be reached with Tab"


@check
def tags_are_edited(world):
    """Added from the marks, checked, changed by form and by an edge that is dragged, deleted and taken back."""
    video = world.analyzed("edited.mp4")

    def stamps():
        return world.call("GET", at(video["path"], "/timestamps/"))

    with world.video_page(video, "?t=12") as page:
        holds(page, f"Math.abs({TIME} - 12) < 0.2")
        page.locator("h1").click()
        page.keyboard.press("i")
        page.get_by_label("End", exact=True).fill("5")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".span-editor .wrong:visible").first).to_have_text("A tag needs a name.")
        expect(page.locator(".span-editor")).to_contain_text("After the start.")
        audit(page, "editor")
        page.get_by_label("Tag", exact=True).fill("umbrella")
        page.get_by_label("End", exact=True).fill("0:18")
        page.get_by_label("Confidence", exact=True).fill("0.5")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".lane-label", has_text="umbrella")).to_be_visible()
        [added] = [one for one in stamps() if one["tag_name"] == "umbrella"]
        assert (added["start_time"], added["end_time"], added["confidence"], added["source"]) == (12, 18, 0.5, "manual"), added
        row = page.locator(".spans tbody tr", has_text="umbrella")
        row.get_by_role("button", name="Change umbrella").click()
        page.get_by_label("End", exact=True).fill("24")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(row).to_contain_text("0:24.0")
        box = page.locator(".timeline-view").bounding_box()

        def at_time(seconds):
            return box["x"] + box["width"] * seconds / 60

        lane = [text for text in page.locator(".lane-name").all_inner_texts()].index("umbrella")
        page.mouse.move(at_time(24), box["y"] + 26 * lane + 13)
        page.mouse.down()
        page.mouse.move(at_time(27), box["y"] + 26 * lane + 13, steps=4)
        page.mouse.move(at_time(30), box["y"] + 26 * lane + 13, steps=4)
        page.mouse.up()
        expect(row).to_contain_text(re.compile(r"0:(29\.[5-9]|30\.[0-5])"))
        [moved] = [one for one in stamps() if one["tag_name"] == "umbrella"]
        assert abs(moved["end_time"] - 30) < 0.5 and moved["start_time"] == 12, moved
        row.get_by_role("button", name="Delete umbrella").click()
        expect(row).to_have_count(0)
        assert not [one for one in stamps() if one["tag_name"] == "umbrella"]
        page.get_by_role("button", name="Undo").click()
        expect(row).to_have_count(1)
        page.get_by_role("button", name="Start", exact=True).click()
        page.get_by_role("button", name="Tag", exact=True).click()
        expect(page.locator(".spans th").first).to_have_attribute("aria-sort", "ascending")
        expect(page.locator(".spans tbody tr").first).to_contain_text("car")


@check
def one_video_is_searched_and_exported(world):
    """Hits go to their places; each format is a file."""
    video = world.analyzed("exported.mp4")
    with world.video_page(video) as page:
        holds(page, "document.querySelector('.film-screen video').readyState > 0")
        page.locator(".find").get_by_role("searchbox").fill("car")
        expect(page.locator(".find-hit")).to_have_count(1)
        page.locator(".find-hit").click()
        holds(page, f"{TIME} > 23 && {TIME} < 27")
        page.locator(".find").get_by_role("searchbox").fill("nothing like it")
        expect(page.locator(".find")).to_contain_text("Nothing found.")
        for name, ending, begins in (("JSON side-car", ".json", "{"), ("WebVTT", ".vtt", "WEBVTT"), ("CSV table", ".csv", "")):
            page.get_by_role("button", name="Export", exact=True).click()
            with page.expect_download() as download:
                page.get_by_role("menuitem", name=name).click()
            assert download.value.suggested_filename.endswith(ending), download.value.suggested_filename
            with open(download.value.path(), encoding="utf-8") as file:
                text = file.read()
            assert text.startswith(begins) and "person" in text, text[:200]


@check
def it_is_analyzed_again_in_another_way(world):
    """With tags of its own; the history keeps both, with what they found."""
    video = world.analyzed("again.mp4")
    world.model.delay = 0
    with world.video_page(video) as page:
        expect(page.locator(".job-list .job")).to_have_count(1)
        page.get_by_role("button", name="Analyze again").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("Tags", exact=True).fill("person, , dog , person")
        expect(sheet.locator(".tag-preview")).to_contain_text("2 tags")
        sheet.get_by_label("Frame interval, seconds").fill("0")
        sheet.get_by_role("button", name="Analyze", exact=True).click()
        expect(sheet.locator(".wrong:visible")).to_have_text("A number above 0.")
        audit(page, "analyze again")
        sheet.get_by_label("Frame interval, seconds").fill("1")
        sheet.get_by_label("Shortest span of person").fill("1s")
        sheet.get_by_role("button", name="Analyze", exact=True).click()
        expect(sheet).to_have_count(0)
        expect(page.locator(".job-list .job")).to_have_count(2, timeout=15_000)
        expect(page.locator(".job-list .job").first.locator(".job-badge").first).to_have_text("Completed", timeout=60_000)
        page.locator(".job-list .job").first.get_by_text("Results").click()
        expect(page.locator(".job-list .job").first).to_contain_text("person: 2 spans")
        page.get_by_role("button", name=re.compile("^More for")).click()
        page.get_by_role("menuitem", name="Rename").click()
        page.get_by_label("Title", exact=True).fill("Seen twice")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("h1")).to_have_text("Seen twice")


@check
def settings_are_checked_and_kept(world):
    """Each fault is said beside its field, the page's and the server's; what is saved is there again."""
    with world.page(excused=(REFUSED,)) as page:
        page.get_by_role("button", name="Analysis settings").click()
        sheet = page.get_by_role("dialog")
        tags = sheet.get_by_label("Tags", exact=True)
        expect(tags).to_have_value("person, car, dog")
        tags.fill(" , ")
        sheet.get_by_label("Batch size").fill("11")
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(sheet).to_contain_text("At least one tag.")
        expect(sheet.get_by_label("Batch size")).to_have_attribute("aria-invalid", "true")
        tags.fill("person, cat")
        expect(sheet.locator(".tag-preview")).to_contain_text("2 tags")
        sheet.get_by_label("Batch size").fill("3")
        sheet.get_by_label("Threshold of cat").fill("2")
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(sheet).to_contain_text("Threshold of cat: From 0 to 1.")
        audit(page, "settings faults")
        picture(page, "library-settings-1440-light")
        sheet.get_by_label("Threshold of cat").fill("0.5")
        sheet.get_by_label("Largest gap of cat").fill("5%")
        # Above what the server takes, which the page doesn't know.
        sheet.get_by_label("Tolerance, seconds").fill("1000")
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(sheet.locator(".field", has=page.get_by_label("Tolerance, seconds")).locator(".wrong")).to_be_visible()
        sheet.get_by_label("Tolerance, seconds").fill("0.5")
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(sheet).to_have_count(0)
        kept = world.call("GET", "/api/config/")
        assert kept["analysis_tags"] == "person,cat" and kept["max_batch_size"] == 3, kept
        assert kept["tag_rules"]["cat"]["max_gap"] == "5%" and kept["tag_rules"]["cat"]["threshold"] == 0.5, kept
        page.get_by_role("button", name="Analysis settings").click()
        expect(sheet.get_by_label("Largest gap of cat")).to_have_value("5%")
    world.call("PUT", "/api/config/", SETTINGS)


@check
def a_lost_server_is_told(world):
    """Nothing is shown as if it were so: the failure is said, and tried again."""
    world.empty()
    world.video("lost.mp4", 20)
    with world.page(excused=(REFUSED,)) as page:
        page.route("**/api/videos/?*", lambda route: route.abort())
        page.reload()
        expect(page.locator(".library-foot .notice.bad")).to_contain_text("can’t be reached")
        audit(page, "lost")
        page.unroute("**/api/videos/?*")
        page.get_by_role("button", name="Try again").click()
        expect(card(page, "lost")).to_be_visible()
        page.goto("/#/library/%2Fnot%2Fthere.mp4")
        expect(page.locator(".film-missing")).to_contain_text("isn’t in the library")
        audit(page, "missing")


@check
def many_spans_stay_smooth(world):
    """26 lanes with 2000 spans: zooming and moving cost less than half a frame's time each."""
    video = world.video("crowded.mp4", 120)
    spans = [
        {"id": number, "video_path": video["path"], "tag_name": f"tag {number % 26:02}", "start_time": number * 0.058, "end_time": number * 0.058 + 0.9 if number % 9 else None,
         "confidence": (number % 10) / 10, "source": "analysis", "job_id": None}
        for number in range(2000)
    ]
    with world.page() as page:
        page.route("**/timestamps/", lambda route: route.fulfill(json=spans))
        page.goto(f"/#/library/{quoted(video['path'])}")
        expect(page.locator(".lane-label")).to_have_count(30)
        took = page.evaluate("""async () => {
          const view = document.querySelector('.timeline-view');
          const took = [];
          const box = view.getBoundingClientRect();
          for (let step = 0; step < 40; step += 1) {
            view.dispatchEvent(new WheelEvent('wheel', { deltaY: step < 20 ? -60 : 60, ctrlKey: true, clientX: box.left + box.width / 2, bubbles: true, cancelable: true }));
            await new Promise((resolve) => requestAnimationFrame((before) => setTimeout(() => { took.push(performance.now() - before); resolve(); })));
          }
          return took.sort((a, b) => a - b);
        }""")
        print(f"   a frame takes {took[20]:.1f} ms, at most {took[-1]:.1f} ms")
        assert took[20] < 25, took
        audit(page, "crowded")


@check
def nobody_is_kept_out_of_the_library(world):
    """List, rows and video in both themes and at both widths: names, roles, contrast, headings, sizes. No view is wider than its window."""
    world.empty()
    world.video("plain.mp4", 20)
    video = world.analyzed("kept-out.mp4")
    for scheme in ("light", "dark"):
        for width, height in ((1440, 900), (390, 844)):
            with world.page(scheme=scheme, width=width, height=height) as page:
                expect(page.locator(".video")).to_have_count(2)
                page.wait_for_timeout(300)
                audit(page, f"list {scheme} {width}")
                picture(page, f"library-{width}-{scheme}")
                page.get_by_role("button", name="List", exact=True).click()
                audit(page, f"rows {scheme} {width}")
                picture(page, f"library-rows-{width}-{scheme}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, "list")
                page.goto(f"/#/library/{quoted(video['path'])}")
                expect(page.locator(".lane-label").first).to_be_visible()
                page.wait_for_timeout(500)
                audit(page, f"video {scheme} {width}")
                picture(page, f"library-video-{width}-{scheme}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, "video")
    for width in (600, 820, 1100, 2560, 3840):
        with world.page(width=width, height=900, reduced_motion="reduce") as page:
            expect(page.locator(".video")).to_have_count(2)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, "list")
            page.goto(f"/#/library/{quoted(video['path'])}")
            expect(page.locator(".lane-label").first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, "video")


@check
def media_come_with_the_token(world):
    """Where the server wants one, thumbnails and the video itself are loaded with it."""
    film = world.film("guarded.mp4", 20)
    with ServerProcess(
        f"data_dir={world.folder}/guarded", f"server.tokens={TOKEN}", configuration=f"library:\n  roots: [{world.films}]\n", environment=ENVIRONMENT
    ) as server, world.browser.page(server.url(""), "/#/library", ready="dialog", excused=(REFUSED,)) as page:
        page.get_by_label("Token", exact=True).fill(TOKEN)
        page.keyboard.press("Enter")
        expect(page.locator(".library-empty")).to_be_visible()
        body = json.dumps({"path": film}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        urllib.request.urlopen(urllib.request.Request(server.url("/api/videos/"), body, headers), timeout=60).close()
        page.reload()
        place = card(page, "guarded")
        expect(place.locator("img")).to_have_attribute("src", re.compile("^blob:"))
        holds(page, "document.querySelector('.video img').naturalWidth > 0")
        page.get_by_role("link", name="guarded", exact=True).click()
        expect(page.locator(".film-screen video")).to_have_attribute("src", re.compile("^blob:"))
        holds(page, "document.querySelector('.film-screen video').readyState > 0")


if __name__ == "__main__":
    with World() as the_world:
        code = run_checks(the_world)
    sys.exit(code)
