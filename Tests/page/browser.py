"""Chromium for the page's suite: one window a check, in which nothing but the server can be reached and no rule may be broken."""

import contextlib
import mimetypes
import os
import re
from urllib.parse import quote, urlsplit

from playwright.sync_api import expect, sync_playwright

FOLDER = os.path.dirname(os.path.abspath(__file__))
SCREENSHOTS = os.environ.get("MARTLET_SCREENSHOTS")
# MARTLET_PAGE_FILES=tree: the page's files come from the checkout instead of the binary, for work on them without a build.
FROM_TREE = os.environ.get("MARTLET_PAGE_FILES") == "tree"
WEB = os.path.join(os.path.dirname(os.path.dirname(FOLDER)), "Sources/CPage/web")
with open(os.path.join(FOLDER, "audit.js"), encoding="utf-8") as audit_file:
    AUDIT = audit_file.read().split("\n", 1)[1]
CHROMIUM = os.environ.get("MARTLET_CHROMIUM", "/usr/bin/chromium")
SAMPLE = os.environ.get("MARTLET_VIDEO") or os.path.join(
    os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"), "samples/clips/sample.mp4"
)
# The server refuses variables that it doesn't know.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name == "MARTLET_HOME" or not name.startswith("MARTLET_")}
# Chromium's words for what the server, or a check in its place, refused.
REFUSED = r"Failed to load resource"
# Two cores that also run the model: what a person would wait for, times three.
PATIENCE = 180_000

WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ''}:${event.lineNumber}`));
window.firstUse = null;
new MutationObserver((_, observer) => {
  if (!document.querySelector('.drop-zone button')) return;
  window.firstUse = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
window.entries = { longtask: [], 'layout-shift': [], 'largest-contentful-paint': [] };
for (const type of Object.keys(window.entries)) {
  new PerformanceObserver((list) => window.entries[type].push(...list.getEntries().map((entry) => entry.toJSON()))).observe({ type, buffered: true });
}
"""


class Browser:
    """The browser, while the `with` lasts. `arguments` are more of Chromium's own."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.playwright = sync_playwright().start()
        # Names don't resolve: a page that wanted a font or a script from elsewhere would not get it.
        self.chromium = self.playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", *self.arguments]
        )
        return self

    def __exit__(self, *_):
        self.chromium.close()
        self.playwright.stop()

    @contextlib.contextmanager
    def page(self, base, path="/", width=1440, height=900, scheme="light", excused=(), ready="h1", **options):
        """A new window. Leaving it fails when the page broke its content policy, logged an error or asked another origin."""
        context = self.chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, base_url=base, **options)
        context.set_default_timeout(30_000)
        context.add_init_script(WATCH)
        if FROM_TREE:
            context.route(re.compile(r"/assets/"), from_tree)
        page = context.new_page()
        troubles = []
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("console", lambda message: troubles.append(f"console: {message.text}") if message.type == "error" else None)
        page.on("request", lambda request: troubles.append(f"other origin: {request.url}") if is_foreign(request.url, base) else None)
        try:
            page.goto(path)
            page.wait_for_selector(ready)
            yield page
            troubles += [f"content policy: {one}" for one in page.evaluate("window.violations")]
            # Chromium logs every refused request; what a refusal means for the page, the checks look at themselves.
            left = [one for one in troubles if not any(re.search(pattern, one) for pattern in excused)]
            assert not left, left
        finally:
            context.close()


def from_tree(route):
    path = os.path.join(WEB, urlsplit(route.request.url).path.removeprefix("/assets/"))
    if os.path.exists(path):
        route.fulfill(path=path, content_type="text/javascript" if path.endswith(".js") else mimetypes.guess_type(path)[0])
    else:
        route.continue_()


def is_foreign(url, base):
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(base).netloc


def choose_sample(page, path=SAMPLE):
    """Chooses the sample and waits for its frames."""
    page.set_input_files("input[type=file]", path)
    expect(page.locator(".frame-button").first).to_be_visible(timeout=60_000)


def ask(page, question):
    page.locator(".composer-text").fill(question)
    page.locator(".composer-text").press("Enter")
    return page.locator(".turn").last


def wait_for_status(turn, *statuses, timeout=PATIENCE):
    expect(turn).to_have_attribute("data-status", re.compile("|".join(statuses)), timeout=timeout)


def quoted(path):
    return quote(path, safe="")


def at(path, tail=""):
    """Where a video of the library is at the server."""
    return f"/api/videos/{quoted(path)}{tail}"


def holds(page, expression):
    """Waits until it is true. The content policy keeps Playwright from asking inside the page."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def picture(page, name):
    if SCREENSHOTS:
        os.makedirs(SCREENSHOTS, exist_ok=True)
        page.screenshot(path=os.path.join(SCREENSHOTS, f"{name}.png"))


def audit(page, where):
    # What still fades in has no contrast of its own yet.
    page.evaluate("Promise.allSettled(document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished))")
    findings = page.evaluate(AUDIT)
    assert not findings, f"{where}: " + "\n".join(findings)
