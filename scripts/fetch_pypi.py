#!/usr/bin/env python3
"""Fetch one pinned file of a Python package index, whole or not at all.

    fetch_pypi.py PACKAGE VERSION FILENAME SHA256 OUT

The index is the one that pip is set to use. An interrupted download goes on where it stopped (OUT.part), the
SHA-256 decides whether OUT appears, and progress goes to standard output, one line at a time. Standard library only;
`pip download` doesn't serve here, for it builds the metadata of source distributions.
"""

import base64
import glob
import hashlib
import html.parser
import json
import os
import random
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ATTEMPTS = 6
SOCKET_TIMEOUT = 60  # seconds without a byte
CHUNK = 1 << 18


class FetchError(Exception):
    """Cannot be healed by trying again."""


def pip_path():
    """A place to import pip from where the interpreter has none: the wheel that `venv` installs from."""
    patterns = ["/usr/share/python-wheels/pip-*.whl"]
    try:
        import ensurepip
        patterns.append(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled", "pip-*.whl"))
    except ImportError:
        pass
    found = [path for pattern in patterns for path in sorted(glob.glob(pattern))]
    if not found:
        raise FetchError("pip is missing: install python3-venv or python3-pip")
    return found[0]


def pip_settings():
    """pip's settings as it would use them itself (files, then PIP_* variables), and its default index."""
    environment = dict(os.environ)
    try:
        from pip._internal.models.index import PyPI
    except ImportError:
        wheel = pip_path()
        sys.path.insert(0, wheel)
        environment["PYTHONPATH"] = wheel
        from pip._internal.models.index import PyPI
    settings = {}
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60)
    for line in listed.stdout.splitlines():
        match = re.match(r"^(global|install|download|:env:)\.([a-z-]+)='(.*)'$", line)
        if match:
            settings[match.group(2)] = match.group(3)  # variables are listed last and win
    indexes = [settings.get("index-url") or PyPI.simple_url]
    indexes += settings.get("extra-index-url", "").replace("\\n", " ").split()
    return indexes, settings


def opener(settings):
    certificates = os.environ.get("SSL_CERT_FILE") or settings.get("cert")
    context = ssl.create_default_context(cafile=certificates or None)
    handlers = [urllib.request.HTTPSHandler(context=context)]
    if settings.get("proxy"):
        handlers.append(urllib.request.ProxyHandler({"http": settings["proxy"], "https": settings["proxy"]}))
    return urllib.request.build_opener(*handlers)


def request(url, headers):
    """A request for a URL that may carry a name and a password, which urllib wants in a header."""
    parts = urllib.parse.urlsplit(url)
    if "@" in parts.netloc:
        user, _, host = parts.netloc.rpartition("@")
        name, _, password = user.partition(":")
        pair = f"{urllib.parse.unquote(name)}:{urllib.parse.unquote(password)}"
        headers = {**headers, "Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        url = urllib.parse.urlunsplit(parts._replace(netloc=host))
    result = urllib.request.Request(url)
    for key, value in headers.items():
        # A redirect to another host must not see the password.
        result.add_unredirected_header(key, value) if key == "Authorization" else result.add_header(key, value)
    return result


class Links(html.parser.HTMLParser):
    """The anchors of a PEP 503 page: file name and address."""

    def __init__(self):
        super().__init__()
        self.links, self.address, self.text = [], None, ""

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.address, self.text = dict(attributes).get("href"), ""

    def handle_data(self, data):
        self.text += data

    def handle_endtag(self, tag):
        if tag == "a" and self.address:
            self.links.append((self.text.strip(), self.address))
            self.address = None


def file_address(open_url, index, package, filename):
    """Where the index keeps the file, or None."""
    project = re.sub(r"[-_.]+", "-", package).lower()
    page = index.rstrip("/") + f"/{project}/"
    accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
    try:
        with open_url(request(page, {"Accept": accept})) as response:
            body = response.read(64 << 20)
            kind = response.headers.get_content_type()
    except urllib.error.HTTPError as error:
        if error.code in (403, 404):
            return None
        raise
    if kind.endswith("json"):
        links = [(item["filename"], item["url"]) for item in json.loads(body)["files"]]
    else:
        parser = Links()
        parser.feed(body.decode("utf-8", "replace"))
        links = parser.links
    for name, address in links:
        address = urllib.parse.urldefrag(urllib.parse.urljoin(page, address)).url
        last = urllib.parse.unquote(urllib.parse.urlsplit(address).path).rpartition("/")[2]
        if filename in (name, last):
            parts, index_parts = urllib.parse.urlsplit(address), urllib.parse.urlsplit(index)
            if parts.netloc == index_parts.netloc.rpartition("@")[2]:
                address = urllib.parse.urlunsplit(parts._replace(netloc=index_parts.netloc))
            return address
    return None


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


class Progress:
    def __init__(self, done, total):
        self.start, self.first, self.total, self.shown = time.monotonic(), done, total, 0.0

    def show(self, done, force=False):
        now = time.monotonic()
        if now - self.shown < 0.5 and not force:
            return
        self.shown = now
        rate = (done - self.first) / max(now - self.start, 0.001) / 1e6
        if self.total:
            line = f"{done / 1e6:.1f} of {self.total / 1e6:.1f} MB ({100 * done // self.total} %), {rate:.1f} MB/s"
        else:
            line = f"{done / 1e6:.1f} MB, {rate:.1f} MB/s"
        print(line, flush=True)


def download(open_url, address, part):
    """Append what is missing to `part`."""
    have = os.path.getsize(part) if os.path.exists(part) else 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        response = open_url(request(address, headers))
    except urllib.error.HTTPError as error:
        if error.code == 416:  # already whole, or of another version: the digest tells
            return
        raise
    with response:
        match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if response.status == 206 and match and int(match.group(1)) == have:
            mode = "ab"
        elif response.status == 200:
            mode, have = "wb", 0
        else:
            raise OSError(f"unexpected answer {response.status} to a ranged request")
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        if total and shutil.disk_usage(os.path.dirname(part) or ".").free < total - have + (64 << 20):
            raise FetchError(f"not enough disk space: {(total - have) / 1e6:.0f} MB are needed")
        progress = Progress(have, total)
        with open(part, mode) as file:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                have += len(chunk)
                progress.show(have)
            file.flush()
            os.fsync(file.fileno())
        if total and have < total:
            raise OSError("the connection ended early")
        progress.show(have, force=True)


def fetch(package, version, filename, expected, out):
    if os.path.exists(out) and sha256(out) == expected:
        return
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    part = out + ".part"
    indexes, settings = pip_settings()
    for place in settings.get("find-links", "").replace("\\n", " ").split():
        local = os.path.join(place, filename)
        if os.path.isfile(local) and sha256(local) == expected:
            shutil.copyfile(local, part)
            os.replace(part, out)
            return
    director = opener(settings)

    def open_url(item):
        return director.open(item, timeout=SOCKET_TIMEOUT)

    for attempt in range(1, ATTEMPTS + 1):
        try:
            address = next(filter(None, (file_address(open_url, index, package, filename) for index in indexes)), None)
            if address is None:
                raise FetchError(f"the package index has no {filename} ({package} {version})")
            download(open_url, address, part)
            if sha256(part) == expected:
                os.replace(part, out)
                return
            os.remove(part)
            reason = "the SHA-256 differs from the pinned one"
        except FetchError:
            raise
        except urllib.error.HTTPError as error:
            if error.code in (400, 401, 403, 404, 410):
                raise FetchError(f"the package index answers {error.code} for {filename}") from error
            reason = f"the package index answers {error.code}"
        except (OSError, ValueError) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        if attempt == ATTEMPTS:
            raise FetchError(f"cannot fetch {filename}: {reason}")
        pause = min(2 ** (attempt - 1), 20) * random.uniform(0.7, 1.3)
        print(f"{reason}; trying again in {pause:.0f} s ({attempt} of {ATTEMPTS - 1})", flush=True)
        time.sleep(pause)


def main():
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        fetch(*sys.argv[1:])
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
