"""Uses the page as people do, in Chromium, against a real server with the real default model.

    MARTLET_BINARY=.build/release/martlet python3 Tests/page/test_page.py [NAME…]

Starts its own server in a home of its own, which borrows the models of MARTLET_HOME. Needs Playwright and Debian's Chromium
(MARTLET_CHROMIUM names another one). MARTLET_SCREENSHOTS is a folder for pictures of the views. With MARTLET_PAGE_URL it uses a server that
runs already; checks that need settings of their own are left out then. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import base64
import contextlib
import hashlib
import http.server
import json
import os
import re
import sys
import tempfile
import threading
import time
import urllib.request

FOLDER = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(FOLDER))
sys.path.insert(0, os.path.join(CHECKOUT, "Tests/clients"))

# Only here, as what the suites share lies in another folder.
from browser import SAMPLE, SCREENSHOTS, Browser, ask, audit, choose_sample, picture, wait_for_status  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from support.checks import LeftOut, check, run_checks  # noqa: E402
from support.ranges import RangeServer  # noqa: E402
from support.server import ServerProcess  # noqa: E402

WEB = os.path.join(CHECKOUT, "Sources/CPage/web")
HOME = os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet")
RUNNING = os.environ.get("MARTLET_PAGE_URL")
VIEWS = ("ask", "library", "voice", "studio", "agents", "models", "system")
QUESTION = "What animal appears, and what does the sign say?"
REFUSED = r"Failed to load resource"
TOKEN = "a-token-for-tests"


class World:
    """The server under test, the browser, and a model to pull that comes slowly."""

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.browser = self.stack.enter_context(Browser())
        if RUNNING:
            self.base = RUNNING.rstrip("/")
            return self
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(HOME))))
        # Slowly enough to be stopped half-way.
        self.slow = self.stack.enter_context(RangeServer(os.urandom(1 << 20) * 3, pause=0.08, piece=1 << 16))
        self.home = os.path.join(folder, "home")
        self.borrow_models()
        digest = hashlib.sha256(self.slow.content).hexdigest()
        with open(os.path.join(self.home, "catalog/slow-test-model.yaml"), "w", encoding="utf-8") as file:
            file.write(
                "id: slow-test-model\nengine: llama\ncapabilities: [chat]\nlicence: Apache-2.0\nfiles:\n"
                f'  - {{name: m.gguf, sha256: "{digest}", size: {len(self.slow.content)}, sources: ["{self.slow.url}"]}}\n'
            )
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")}
        self.environment["MARTLET_HOME"] = self.home
        self.base = self.stack.enter_context(ServerProcess(environment=self.environment)).url("")
        return self

    def __exit__(self, *details):
        return self.stack.__exit__(*details)

    def borrow_models(self):
        os.makedirs(os.path.join(self.home, "models"))
        os.makedirs(os.path.join(self.home, "catalog"))
        os.symlink(os.path.join(HOME, "engines"), os.path.join(self.home, "engines"))
        for name in os.listdir(os.path.join(HOME, "models")):
            if not name.startswith("."):
                os.symlink(os.path.join(HOME, "models", name), os.path.join(self.home, "models", name))

    def page(self, path="/", **options):
        return self.browser.page(self.base, path, **options)

    def get(self, path, headers=None):
        with urllib.request.urlopen(urllib.request.Request(self.base + path, headers=headers or {}), timeout=30) as answer:
            return json.load(answer)


@check
def every_file_is_served(world):
    """What stands in the folder is in the binary, byte for byte."""
    names = [os.path.relpath(os.path.join(folder, name), WEB) for folder, _, files in os.walk(WEB) for name in files]
    for name in names:
        with urllib.request.urlopen(f"{world.base}/assets/{name}", timeout=10) as answer, open(os.path.join(WEB, name), "rb") as file:
            assert answer.read() == file.read(), name
            kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "html": "text/html"}.get(name.rpartition(".")[2])
            assert not kind or answer.headers["Content-Type"].startswith(kind), (name, answer.headers["Content-Type"])
    print(f"   {len(names)} files")


@check
def the_first_load_is_small_and_quick(world):
    """What the first view takes over the wire, and when it can be used, by the browser's own entries."""
    with world.page(ready=".drop-zone") as page:
        page.wait_for_timeout(1000)
        figures = page.evaluate("""() => {
          const files = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter((one) => !one.name.includes('/v1/'));
          const sum = (values) => values.reduce((total, value) => total + value, 0);
          return {
            files: files.length, bytes: sum(files.map((one) => one.transferSize)), unpacked: sum(files.map((one) => one.decodedBodySize)),
            paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, largest: Math.max(0, ...window.entries['largest-contentful-paint'].map((one) => one.startTime)),
            usable: window.firstUse, blocked: sum(window.entries.longtask.map((one) => Math.max(0, one.duration - 50))), shift: sum(window.entries['layout-shift'].map((one) => one.value)),
          };
        }""")
        print("   " + ", ".join(f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in figures.items()))
        assert figures["bytes"] < 120_000 and figures["usable"] < 1000 and figures["shift"] < 0.1, figures


@check
def asks_and_asks_again(world):
    """Upload, answer, times that lead into the video, a follow-up, the history."""
    with world.page() as page:
        picture(page, "ask-1440-light")
        choose_sample(page)
        expect(page.locator(".plan-facts")).to_contain_text("Frames")
        expect(page.locator(".plan .fine")).to_contain_text("doesn’t see")
        turn = ask(page, QUESTION)
        wait_for_status(turn, "done")
        expect(turn.locator(".prose")).to_contain_text(re.compile("cat", re.I))
        expect(turn.locator(".timings")).to_contain_text("tokens/s")
        turn.locator(".citation").last.click()
        start = page.evaluate("document.querySelector('video').currentTime")
        assert start > 0.5, start
        assert page.locator(".frame-button.marked").count() > 0
        first = page.url
        assert "#/ask/" in first, first
        picture(page, "answer-1440-light")
        audit(page, "answer")
        second = ask(page, "Which text appears besides it?")
        wait_for_status(second, "done")
        assert page.locator(".turn").count() == 2 and page.url == first
        page.get_by_role("button", name="New video").click()
        expect(page.locator(".history-cards li")).to_have_count(1)
        page.locator(".history-cards a").click()
        expect(page.locator(".turn")).to_have_count(2)
        expect(page.locator(".turn .prose").first).to_contain_text(re.compile("cat", re.I))


@check
def the_history_is_searched_exported_and_deleted(world):
    """Two conversations: found by their words, saved as files, deleted one by one and together."""
    with world.page() as page:
        for question in ("What is said?", "Count the scenes."):
            choose_sample(page)
            turn = ask(page, question)
            turn.get_by_role("button", name="Stop").click()
            wait_for_status(turn, "stopped")
            page.get_by_role("button", name="New video").click()
        page.get_by_role("button", name="History").click()
        entries = page.locator(".history-list .history-entry")
        expect(entries).to_have_count(2)
        audit(page, "history")
        page.get_by_label("Search history").fill("scenes")
        expect(entries).to_have_count(1)
        page.get_by_label("Search history").fill("nowhere")
        expect(page.locator(".history-list")).to_contain_text("Nothing found")
        page.get_by_label("Search history").fill("")
        for name, begins in (("Export JSON", "["), ("Export Markdown", "# sample.mp4")):
            with page.expect_download() as download:
                page.get_by_role("button", name=name).click()
            with open(download.value.path(), encoding="utf-8") as file:
                text = file.read()
            assert text.startswith(begins) and "What is said?" in text, text[:200]
        entries.first.get_by_role("button").click()
        expect(entries).to_have_count(1)
        page.get_by_role("button", name="Delete all").click()
        page.get_by_role("button", name="Delete all").last.click()
        expect(page.locator(".history-list")).to_contain_text("No questions yet")
        page.keyboard.press("Escape")
        expect(page.locator(".recent")).to_be_hidden()


@check
def an_answer_is_stopped(world):
    """The button ends it at the server too."""
    with world.page() as page:
        choose_sample(page)
        with page.expect_response("**/v1/inference/url") as sent:
            turn = ask(page, "Write down everything that appears, at length.")
        answer = sent.value.json()["id"]
        wait_for_status(turn, "working", "writing")
        turn.get_by_role("button", name="Stop").click()
        wait_for_status(turn, "stopped", timeout=5000)
        for _ in range(100):
            status = world.get(f"/v1/answers/{answer}")["status"]
            if status == "cancelled":
                break
            time.sleep(0.1)
        assert status == "cancelled", status
        expect(page.locator(".composer button.primary")).to_be_enabled()
        # The stopped answer's last words must not reach the next one.
        turn.get_by_role("button", name="Ask again").click()
        wait_for_status(turn, "working", "writing")
        page.wait_for_timeout(500)
        assert turn.get_attribute("data-status") in ("working", "writing"), turn.get_attribute("data-status")
        turn.get_by_role("button", name="Stop").click()


@check
def an_upload_is_cancelled(world):
    """On a slow line: progress is shown, and the way out leads back to the beginning."""
    with world.page() as page:
        line = page.context.new_cdp_session(page)
        line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150_000})
        page.set_input_files("input[type=file]", SAMPLE)
        expect(page.locator(".transfer-line")).to_contain_text(re.compile(r"B/s"))
        assert 0 < int(page.locator(".transfer .progress").get_attribute("aria-valuenow")) < 100
        picture(page, "uploading-1440-light")
        page.get_by_role("button", name="Cancel upload").click()
        expect(page.locator(".drop-zone")).to_be_visible()


@check
def a_large_upload_goes_on_after_a_failure(world):
    """70 MB in chunks; one is lost on the way. The page asks how far it came and goes on from there."""
    with world.page(excused=(REFUSED,)) as page, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.mp4")
        with open(SAMPLE, "rb") as sample, open(path, "wb") as file:
            content = sample.read()
            padding = 70_000_000 - len(content)
            # A box of free space: the video stays as it is.
            file.write(content + padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))
        offsets = []

        def chunk(route):
            if route.request.method == "PATCH":
                offsets.append(int(route.request.headers["upload-offset"]))
                if len(offsets) == 3:
                    route.abort()
                    return
            route.continue_()

        page.route(re.compile(r"/v1/uploads/[^/]+$"), chunk)
        choose_sample(page, path)
        assert len(offsets) == 6 and offsets[2] == offsets[3] == 2 << 24, offsets


@check
def errors_are_told_and_tried_again(world):
    """A full queue with its time to come back, a file that isn't a video, a lost server."""
    with world.page(excused=(REFUSED,)) as page, tempfile.TemporaryDirectory() as folder:
        choose_sample(page)
        busy = {"message": "All places in line are taken.", "type": "rate_limit_error", "code": "queue_full", "param": None, "details": None, "retry_after_ms": 3000, "request_id": "abc123"}
        page.route("**/v1/inference/url", lambda route: route.fulfill(status=429, json={"error": busy}), times=1)
        turn = ask(page, QUESTION)
        wait_for_status(turn, "failed")
        expect(turn.locator(".notice.bad")).to_contain_text("All places in line are taken.")
        expect(turn.locator(".notice.bad")).to_contain_text("queue_full")
        expect(turn.locator(".notice.bad")).to_contain_text("abc123")
        button = turn.get_by_role("button", name="Try again")
        expect(button).to_be_disabled()
        expect(button).to_contain_text(re.compile(r"in \d s"))
        picture(page, "error-1440-light")
        audit(page, "error")
        expect(button).to_be_enabled(timeout=5000)
        button.click()
        wait_for_status(turn, "working", "writing", "done")
        if turn.get_attribute("data-status") != "done":
            turn.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="New video").click()
        path = os.path.join(folder, "notes.mp4")
        with open(path, "w", encoding="utf-8") as file:
            file.write("This is no video. " * 100)
        page.set_input_files("input[type=file]", path)
        expect(page.locator(".video-panel .notice.bad")).to_contain_text("supported format")
        page.get_by_role("button", name="New video").click()
        page.route("**/v1/uploads", lambda route: route.abort(), times=1)
        page.set_input_files("input[type=file]", SAMPLE)
        expect(page.locator(".video-panel .notice.bad")).to_contain_text("can’t be reached")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".frame-button").first).to_be_visible(timeout=60_000)


@check
def a_reload_finds_its_answer_again(world):
    """Reloaded twice while it works and writes: the answer goes on, and nothing is missing or doubled."""
    with world.page() as page:
        choose_sample(page)
        with page.expect_response("**/v1/inference/url") as sent:
            turn = ask(page, QUESTION)
        answer = sent.value.json()["id"]
        wait_for_status(turn, "working", "writing")
        page.reload()
        wait_for_status(page.locator(".turn"), "writing", "done")
        page.wait_for_timeout(1200)
        page.reload()
        wait_for_status(page.locator(".turn"), "done")
        result = world.get(f"/v1/answers/{answer}")["result"]
        shown = page.locator(".turn .prose").inner_text()
        words = re.findall(r"\w+", result["response"])
        assert re.findall(r"\w+", shown) == words or RUNNING, (shown, result["response"])
        expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=10_000)


@check
def all_works_with_the_keyboard(world):
    """From the skip link to an answer's time and back, without a pointer."""
    with world.page() as page:
        # File choosers are watched from the start: a key can be quicker than the browser's readiness to tell of them.
        page.on("filechooser", lambda _: None)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"

        def tab_to(name, most=40, keys="Tab"):
            for _ in range(most):
                page.keyboard.press(keys)
                focus = page.evaluate("[document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || document.activeElement.placeholder || '', getComputedStyle(document.activeElement).outlineStyle]")
                if name in focus[0]:
                    return focus
            raise AssertionError(f"{name} can't be reached with Tab")

        focus = tab_to("Choose a file")
        assert focus[1] != "none", "the focus can't be seen"
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(SAMPLE)
        expect(page.locator(".frame-button").first).to_be_visible(timeout=60_000)
        assert page.evaluate("document.activeElement.className") == "composer-text"
        tab_to("What is said?")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.value") == "What is said in the video?"
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Enter")
        turn = page.locator(".turn")
        wait_for_status(turn, "working", "writing")
        tab_to("Stop", keys="Shift+Tab")
        page.keyboard.press("Space")
        wait_for_status(turn, "stopped")
        tab_to("Go to", keys="Shift+Tab")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert page.evaluate("document.querySelector('video').currentTime") > 0.5
        tab_to("History", keys="Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert "History" in page.evaluate("document.activeElement.innerText")
        tab_to("Models", keys="Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Models")
        assert page.evaluate("document.activeElement.tagName") == "H1"


@check
def nobody_is_kept_out(world):
    """Every view in both themes: names, roles, contrast, headings, landmarks, ids, labels, target sizes."""
    for scheme in ("light", "dark"):
        for width, height in ((1440, 900), (390, 844)):
            with world.page(scheme=scheme, width=width, height=height) as page:
                for view in VIEWS:
                    page.goto(f"/#/{view}")
                    expect(page.locator(f".view-{view} h1")).to_be_visible()
                    if view == "models":
                        expect(page.locator(".model").first).to_be_visible()
                    if view == "system":
                        expect(page.locator(".about dd").first).to_be_visible()
                        expect(page.locator(".log tbody tr").first).to_be_visible()
                    audit(page, f"{view} {scheme} {width}")
                    if view in ("ask", "models", "system", "voice"):
                        picture(page, f"{view}-{width}-{scheme}")
                page.goto("/#/ask")
                choose_sample(page)
                page.locator(".settings summary").click()
                page.locator(".settings input").first.fill("999")
                expect(page.locator(".settings .wrong").first).to_have_text("Above 0, to 240")
                audit(page, f"settings {scheme} {width}")
                picture(page, f"settings-{width}-{scheme}")
                page.goto("/docs")
                page.locator('.docs-nav a[href*="inference_from_upload"]').click()
                expect(page.locator("h1")).to_be_visible()
                audit(page, f"docs {scheme} {width}")
                picture(page, f"docs-{width}-{scheme}")


@check
def the_answer_is_pictured(world):
    """The answer at both widths, in both themes, for those who look at pictures. Without a folder for them nothing is asked."""
    if not SCREENSHOTS:
        raise LeftOut("MARTLET_SCREENSHOTS names no folder")
    for scheme in ("light", "dark"):
        for width, height in ((1440, 900), (390, 844)):
            with world.page(scheme=scheme, width=width, height=height) as page:
                choose_sample(page)
                turn = ask(page, "What animal appears, what does the sign say, and what is said?")
                wait_for_status(turn, "done")
                page.wait_for_timeout(500)
                audit(page, f"answer {scheme} {width}")
                picture(page, f"answer-{width}-{scheme}")


@check
def every_width_fits(world):
    """From 390 to 3840 px, no view is wider than its window. Larger letters and less motion are honoured."""
    for width in (390, 600, 820, 1100, 1440, 2560, 3840):
        with world.page(width=width, height=900, reduced_motion="reduce") as page:
            for view in VIEWS:
                page.goto(f"/#/{view}")
                expect(page.locator(f".view-{view} h1")).to_be_visible()
                page.wait_for_timeout(150)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, view)
            assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--calm').startsWith('0')")
            page.goto("/docs")
            expect(page.locator("h1")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, "docs")


@check
def the_theme_is_chosen(world):
    """Light on a dark system, kept over a reload, and given back."""
    with world.page(scheme="dark") as page:
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = page.evaluate(ground)
        page.get_by_role("button", name="Light").click()
        light = page.evaluate(ground)
        assert light != dark
        page.reload()
        page.wait_for_selector("h1")
        assert page.evaluate(ground) == light
        page.get_by_role("button", name="As the system").click()
        assert page.evaluate(ground) == dark


@check
def a_model_is_pulled_and_deleted(world):
    """With progress; stopped half-way and gone on with; its files deleted."""
    if RUNNING:
        raise LeftOut("the running server's models aren't the suite's to change")
    with world.page("/#/models") as page:
        card = page.locator(".model", has=page.get_by_role("heading", name="slow-test-model", exact=True))
        card.get_by_role("button", name="Pull").click()
        expect(card.locator(".model-progress")).to_contain_text(re.compile("of"), timeout=15_000)
        card.get_by_role("button", name="Stop").click()
        expect(card).to_contain_text("What came is kept", timeout=15_000)
        world.slow.go_on()
        card.get_by_role("button", name="Resume").click()
        expect(card.get_by_role("button", name="Delete files")).to_be_visible(timeout=30_000)
        card.get_by_role("button", name="Delete files").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete files").click()
        expect(card.get_by_role("button", name="Pull")).to_be_visible(timeout=15_000)


@check
def a_model_is_loaded_and_unloaded(world):
    """Its state, and the memory bar."""
    with world.page("/#/models") as page:
        small = page.locator(".model", has=page.get_by_role("heading", name="smollm2-135m-instruct", exact=True))
        small.get_by_role("button", name="Load").click()
        expect(small.locator(".badge").first).to_have_text("Loaded", timeout=60_000)
        expect(page.locator(".meter-legend")).to_contain_text("smollm2-135m-instruct", timeout=15_000)
        picture(page, "loaded-1440-light")
        small.get_by_role("button", name="Unload").click()
        expect(small.locator(".badge").first).to_have_text("On disk", timeout=60_000)
        page.get_by_label("Filter models").fill("smollm2")
        expect(page.locator(".model:visible")).to_have_count(1)


@check
def the_system_is_seen_live(world):
    """Figures move, a request appears by itself, the log can be paused and filtered, settings are found. Nothing is asked for twice."""
    with world.page("/#/system") as page:
        calls = []
        page.on("request", lambda request: calls.append(request.url) if "/v1/" in request.url else None)
        expect(page.locator(".spark-line[d]").first).to_be_attached(timeout=15_000)
        expect(page.locator(".health li").first).to_be_visible()
        expect(page.locator(".log tbody tr").first).to_be_visible()
        name = f"seen-live-{time.time_ns()}"
        world.get("/v1/health", {"X-Request-ID": name})
        expect(page.locator(f'.log tr[title="{name}"]')).to_contain_text("/v1/health", timeout=10_000)
        page.get_by_role("button", name="Pause").click()
        before = page.locator(".log tbody tr").first.inner_text()
        world.get("/v1/health")
        expect(page.locator(".log-head .fine").first).to_contain_text("new", timeout=10_000)
        assert page.locator(".log tbody tr").first.inner_text() == before
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Filter requests").fill("no such route")
        expect(page.locator(".log tbody tr")).to_have_count(0)
        page.get_by_label("Filter settings").fill("video.fps")
        expect(page.get_by_role("region", name="Configuration").last.locator("tbody tr")).to_have_count(1)
        page.wait_for_timeout(2500)
        assert not [url for url in calls if "/v1/events" not in url], calls


@check
def the_api_is_tried_out(world):
    """An operation is found, sent, and copied as curl, Python and Swift."""
    with world.page("/docs", permissions=["clipboard-read", "clipboard-write"], excused=(REFUSED,)) as page:
        page.get_by_label("Filter operations").fill("/v1/models")
        page.locator(".docs-nav a:visible", has_text="/v1/models").first.click()
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".response .badge")).to_contain_text("200")
        expect(page.locator(".response-body")).to_contain_text('"object": "list"')
        for name, part in (("curl", f"curl {world.base}/v1/models"), ("Python", "requests.request("), ("Swift", "URLSession.shared.data")):
            page.get_by_role("button", name=name, exact=True).click()
            page.wait_for_function(f"navigator.clipboard.readText().then((text) => text.includes({json.dumps(part)}))")
        page.get_by_label("Filter operations").fill("")
        page.locator('.docs-nav a', has_text="/v1/inference/url").first.click()
        page.get_by_role("textbox", name="Request body").fill("{")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".try .wrong")).to_have_text("The body is not valid JSON.")
        page.get_by_role("textbox", name="Request body").fill("{}")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".response .badge")).to_contain_text(re.compile("4\\d\\d"))


@check
def nothing_in_an_answer_becomes_code(world):
    """Hostile Markdown: no elements but text's, no addresses but the web's, no request, and quick whatever its shape."""
    hostile = [
        "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](data:text/html,<script>1</script>)",
        "![p](http://127.0.0.1:1/pixel.png)", "[a](\u0001javascript:alert(1))", "<javascript:alert(1)>", "[a](vbscript:x)", "[a](//elsewhere.example)", "[a](/v1/models)",
        "[![x](javascript:1)](javascript:2)", "`<b>`", "> <iframe src=javascript:1>", "| <svg onload=1> |\n|---|\n| [x](javascript:1) |", "<https://safe.example/?a=1&b=\"><b>>",
        "**" * 20_000, "[" * 20_000, "> " * 20_000, "- " * 5_000, "`" * 20_000, "a*b_" * 10_000, "(" * 9_000 + "1:00", "1:" * 9_000, "\\" * 20_000, "[a](" * 5_000,
    ]
    with world.page() as page:
        found = page.evaluate("""async (texts) => {
          const { MarkdownView } = await import('/assets/lib/markdown.js');
          const { splitTimes } = await import('/assets/lib/times.js');
          const leaf = (text) => splitTimes(text, 100).map((piece) => document.createTextNode(piece.text));
          const allowed = new Set('P SPAN STRONG EM S CODE PRE A BR UL OL LI BLOCKQUOTE DIV TABLE THEAD TBODY TR TH TD HR H4 H5 H6'.split(' '));
          return texts.map((text) => {
            const root = document.body.appendChild(document.createElement('div'));
            const started = performance.now();
            new MarkdownView(root, leaf).update(text);
            const took = performance.now() - started;
            const elements = [...root.querySelectorAll('*')];
            const bad = elements.filter((one) => !allowed.has(one.tagName) || [...one.attributes].some(({ name }) => name.startsWith('on') || name === 'src')).map((one) => one.outerHTML.slice(0, 80));
            const links = elements.filter((one) => one.tagName === 'A').filter((one) => !/^(https?|mailto):/.test(one.getAttribute('href')) || one.rel !== 'noopener noreferrer nofollow').map((one) => one.outerHTML);
            root.remove();
            return { text: text.slice(0, 30), took, bad: [...bad, ...links] };
          });
        }""", hostile)
        assert not [one for one in found if one["bad"]], [one for one in found if one["bad"]]
        slowest = max(found, key=lambda one: one["took"])
        assert slowest["took"] < 400, slowest
        print(f"   {len(found)} texts, the slowest took {slowest['took']:.0f} ms")


@check
def markdown_and_times_are_understood(world):
    """What models write looks as they meant it; places in the video are buttons, other numbers aren't."""
    with world.page() as page:
        rendered = page.evaluate("""async () => {
          const { MarkdownView } = await import('/assets/lib/markdown.js');
          const { splitTimes } = await import('/assets/lib/times.js');
          const root = document.createElement('div');
          const view = new MarkdownView(root);
          const source = '# Title\\n\\nA **bold** and *leaning* `code` word.\\nSecond line.\\n\\n1. one\\n2. two\\n   - inner\\n\\n| a | b |\\n|---|--:|\\n| 1 | 2 |\\n\\n```swift\\nlet x = "<b>"\\n```\\n\\n> said\\n\\nSee https://example.org/a_b_c, and [this](https://example.org "t").';
          for (let length = 0; length <= source.length; length += 7) view.update(source.slice(0, length));
          view.update(source);
          const whole = document.createElement('div');
          new MarkdownView(whole).update(source);
          const times = (text) => splitTimes(text, 200).filter((piece) => piece.start !== undefined).map((piece) => [piece.text, piece.start, piece.end ?? null]);
          return { markup: root.innerHTML, same: root.innerHTML === whole.innerHTML, times: ['0 s to 3.04 s', 'at 6.1 s.', '1:23 and 00:02:03', '(0:03–0:06)', 'lasts 5 seconds, at 5 seconds', 'open until 18:30', '3s', 'v1.2 s3 10:5 9.5.1 s', '720 s'].map(times) };
        }""")
        assert rendered["same"]
        for part in ("<h4>Title</h4>", "<strong>bold</strong>", "<em>leaning</em>", "<code>code</code>", "<br>Second line.", "<ol><li>", "<ul><li>", "<td", "&lt;b&gt;", "<blockquote><p>said</p></blockquote>", 'href="https://example.org/a_b_c"'):
            assert part in rendered["markup"], (part, rendered["markup"])
        assert rendered["times"] == [
            [["0 s to 3.04 s", 0, 3.04]], [["6.1 s", 6.1, None]], [["1:23", 83, None], ["00:02:03", 123, None]], [["0:03–0:06", 3, 6]], [["5 seconds", 5, None]], [], [["3s", 3, None]], [], [],
        ], rendered["times"]


@check
def a_shared_question_waits(world):
    """A link with an address and a question fills the form; nothing is fetched before somebody says so."""
    with world.page("/#/ask?url=https%3A%2F%2Fexample.org%2Fclip.mp4&prompt=What%20happens%3F") as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
        expect(page.get_by_label("Address of a video")).to_have_value("https://example.org/clip.mp4")
        page.wait_for_timeout(500)
        assert not asked, asked
    with world.page("/#/ask?url=javascript%3Aalert(1)") as page:
        expect(page.get_by_label("Address of a video")).to_have_value("")
        page.get_by_label("Address of a video").fill("ftp://example.org/a")
        page.get_by_role("button", name="Fetch").click()
        expect(page.locator(".drop-url .wrong")).to_have_text("This is not an http or https address.")


# A file as a drag or the clipboard carries it.
CARRIED = """(data) => {
  const carrier = new DataTransfer();
  carrier.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], 'carried.mp4', { type: 'video/mp4' }));
  return carrier;
}"""


@check
def videos_are_dropped_pasted_and_fetched(world):
    """Each of them shows its frames."""
    if RUNNING:
        raise LeftOut("the running server has settings of its own")

    class Clips(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=os.path.dirname(SAMPLE))

        def log_message(self, *_):
            pass

    def shows(page, name):
        expect(page.locator(".frame-button").first).to_be_visible(timeout=60_000)
        expect(page.locator("#main")).to_contain_text(name)

    with open(SAMPLE, "rb") as file:
        data = base64.b64encode(file.read()).decode()
    with ServerProcess("fetch.allow_private_addresses=true", environment=world.environment) as server:
        with world.browser.page(server.url(""), ready=".drop-zone") as page:
            carrier = page.evaluate_handle(CARRIED, data)
            for event in ("dragenter", "dragover", "drop"):
                page.dispatch_event(".drop-zone", event, {"dataTransfer": carrier})
            shows(page, "carried.mp4")
        with world.browser.page(server.url(""), ready=".drop-zone") as page:
            page.evaluate(
                "(carrier) => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carrier, bubbles: true }))",
                page.evaluate_handle(CARRIED, data))
            shows(page, "carried.mp4")
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Clips) as web:
            threading.Thread(target=web.serve_forever, daemon=True).start()
            with world.browser.page(server.url(""), ready=".drop-zone") as page:
                page.get_by_label("Address of a video").fill(f"http://127.0.0.1:{web.server_port}/signs.mp4")
                page.get_by_role("button", name="Fetch").click()
                shows(page, "signs.mp4")
            web.shutdown()


@check
def a_token_is_asked_for(world):
    """Where the server wants one: a wrong one is refused, the right one kept for the tab alone, and media come with it."""
    if RUNNING:
        raise LeftOut("the running server has settings of its own")
    with ServerProcess(f"server.tokens={TOKEN}", environment=world.environment) as server:
        with world.browser.page(server.url(""), excused=(REFUSED,)) as page:
            dialog = page.get_by_role("dialog")
            expect(dialog).to_be_visible()
            audit(page, "token")
            page.get_by_label("Token", exact=True).fill("a-wrong-token")
            page.keyboard.press("Enter")
            expect(dialog).to_contain_text("does not know this token")
            page.get_by_label("Token", exact=True).fill(TOKEN)
            page.keyboard.press("Enter")
            expect(dialog).to_have_count(0)
            assert page.evaluate("localStorage.getItem('martlet.token')") is None
            choose_sample(page)
            turn = ask(page, QUESTION)
            wait_for_status(turn, "working", "writing")
            page.reload()
            expect(page.locator(".turn")).to_have_count(1)
            expect(page.locator("video")).to_have_attribute("src", re.compile("^blob:"), timeout=20_000)


if __name__ == "__main__":
    with World() as the_world:
        code = run_checks(the_world)
    sys.exit(code)
