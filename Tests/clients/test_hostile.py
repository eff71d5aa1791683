"""Sends a running server what it must refuse, and checks each answer's status, code and whole error envelope.

    MARTLET_BASE_URL=http://127.0.0.1:8080 python3 Tests/clients/test_hostile.py

MARTLET_CLIPS is the folder of the sample clips. At the end a good question must still be answered.
Needs only the standard library and the ffmpeg command, with which the broken files are composed.
Prints "N passed, N failed" and exits with 1 when a case failed.
"""

import io
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import zipfile

BASE = os.environ.get("MARTLET_BASE_URL", "http://127.0.0.1:8080").rstrip("/").removesuffix("/v1")
HOST, PORT = urllib.parse.urlsplit(BASE).hostname, urllib.parse.urlsplit(BASE).port
CLIPS = os.environ.get("MARTLET_CLIPS") or os.path.expanduser("~/.cache/martlet/samples/clips")
PID = os.environ.get("MARTLET_SERVER_PID")
UPLOAD, FETCH, CHAT = "/v1/inference/upload", "/v1/inference/url", "/v1/chat/completions"
EMBED = "/v1/embeddings"
BOUNDARY = "martlet-test-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
ENVELOPE = {"message", "type", "code", "param", "details", "retry_after_ms", "request_id"}
LEAKS = [
    re.compile(pattern)
    for pattern in (
        r"/(tmp|root|home|usr|var|etc|proc)/", r"martlet-data", r"\.swift\b", r"0x[0-9a-f]{6,}", r"Optional\(",
        r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", r"Error Domain=", r"(?i)stack trace|fatal error|libav|\bav_",
    )
]

cases = []


class Answer:
    def __init__(self, raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        assert lines[0].startswith("HTTP/1.1 "), f"no HTTP answer: {raw[:80]!r}"
        self.status = int(lines[0].split()[1])
        self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if ": " in line)}
        if self.headers.get("transfer-encoding") == "chunked":
            body = self.unchunked(body)
        self.body = body

    @staticmethod
    def unchunked(body):
        out = b""
        while body:
            size, _, rest = body.partition(b"\r\n")
            size = int(size, 16)
            out, body = out + rest[:size], rest[size + 2 :]
            if size == 0:
                break
        return out


def exchange(head, body=b"", timeout=120):
    """Sends raw bytes and reads the answer to its end; an answer before the end of the body is taken as such."""
    with socket.create_connection((HOST, PORT), timeout=timeout) as connection:
        try:
            connection.sendall(head)
            view = memoryview(body)
            while view:
                connection.settimeout(timeout)
                view = view[connection.send(view[: 1 << 18]) :]
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was sent
        raw = b""
        while True:
            try:
                piece = connection.recv(1 << 16)
            except ConnectionResetError:
                break
            if not piece:
                break
            raw += piece
        return Answer(raw)


def request(method, path, body=b"", content_type=None, timeout=120, **headers):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {headers.pop('host', f'{HOST}:{PORT}')}", "Connection: close"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    if body or method == "POST":
        lines.append(f"Content-Length: {headers.pop('length', len(body))}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return exchange(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), body, timeout)


def part(name, value, filename=None, content_type=None):
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
    if filename is not None:
        head += b'; filename="' + (filename if isinstance(filename, bytes) else filename.encode()) + b'"'
    if content_type:
        head += f"\r\nContent-Type: {content_type}".encode()
    return head + b"\r\n\r\n" + (value if isinstance(value, bytes) else str(value).encode()) + b"\r\n"


def upload(data, filename="clip.mp4", prompt="What is this?", **fields):
    body = part("video", data, filename, "video/mp4")
    if prompt is not None:
        body += part("prompt", prompt)
    fields.setdefault("max_tokens", 4)
    for name, value in fields.items():
        body += part(name, value)
    return request("POST", UPLOAD, body + f"--{BOUNDARY}--\r\n".encode(), FORM)


def post(path, value):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return request("POST", path, body, "application/json")


def fetch(url):
    return post(FETCH, {"video_url": url, "prompt": "What is this?"})


def chat(**fields):
    return post(CHAT, {"model": "", "max_tokens": 4, "messages": [{"role": "user", "content": "x"}], **fields})


def case(name, expected, call):
    """`expected` is (status, code); the code None where only the status counts."""
    cases.append((name, expected, call))


def check_envelope(answer, name):
    assert answer.headers.get("content-type", "").startswith("application/json"), answer.headers
    value = json.loads(answer.body)
    assert set(value) == {"error"}, f"top-level keys {sorted(value)}"
    error = value["error"]
    assert set(error) == ENVELOPE, f"keys {sorted(error)}"
    for key in ("message", "type", "code", "request_id"):
        assert isinstance(error[key], str) and error[key], f"{key} is {error[key]!r}"
    assert answer.headers.get("x-request-id", error["request_id"]) == error["request_id"], "two request ids"
    assert len(answer.body) < 8192, f"an envelope of {len(answer.body)} bytes"
    text = json.dumps({**error, "request_id": ""})
    for leak in LEAKS:
        found = leak.search(text)
        assert not found, f"the text leaks {found.group(0)!r}: {text}"
    return error


def ffmpeg(folder, name, *arguments):
    path = os.path.join(folder, name)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-nostdin", *arguments, path], check=True, timeout=120)
    with open(path, "rb") as file:
        return file.read()


def compose(folder):
    """The hostile files."""
    with open(os.path.join(CLIPS, "red-green-blue.mp4"), "rb") as file:
        mp4 = file.read()
    small = ("-f", "lavfi", "-i", "testsrc=s=64x64:d=2:r=10")
    files = {"mp4": mp4}
    files["mkv"] = ffmpeg(folder, "x.mkv", *small, "-c:v", "mpeg4")
    files["late index"] = ffmpeg(folder, "late.mp4", *small, "-c:v", "mpeg4")
    files["audio"] = ffmpeg(folder, "x.m4a", "-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac")
    files["wav"] = ffmpeg(folder, "x.wav", "-f", "lavfi", "-i", "sine=d=1")
    files["png"] = ffmpeg(folder, "x.png", *small, "-frames:v", "1")
    files["jpeg"] = ffmpeg(folder, "x.jpg", *small, "-frames:v", "1")
    maps = [word for _ in range(60) for word in ("-map", "0:v")]
    files["streams"] = ffmpeg(folder, "many.mkv", "-f", "lavfi", "-i", "testsrc=s=32x32:d=1:r=2", *maps, "-c:v", "mpeg4")
    raw = bytearray(ffmpeg(folder, "x.avi", *small, "-c:v", "rawvideo", "-pix_fmt", "bgr24", "-frames:v", "5"))
    at = raw.index(b"strf") + 12  # chunk id, its size, the header's own size; then width and height
    raw[at : at + 8] = struct.pack("<ii", 60000, 60000)
    files["huge"] = bytes(raw)
    strip = bytearray(raw)
    strip[at : at + 8] = struct.pack("<ii", 40000, 2)
    files["strip"] = bytes(strip)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip:
        zip.writestr("clip.mp4", mp4)
    files["zip"] = archive.getvalue()
    clip = os.path.join(CLIPS, "sample.mp4")
    files["concat"] = f"ffconcat version 1.0\nfile '{clip}'\n".encode()
    files["hls"] = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{clip}\n#EXT-X-ENDLIST\n".encode()
    files["hls http"] = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{BASE}/metrics\n#EXT-X-ENDLIST\n".encode()
    files["sdp"] = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    files["dash"] = f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>file://{clip}</BaseURL></Period></MPD>'.encode()
    return files


def media_cases(files):
    not_media = (415, "unsupported_media")
    case("text as video", not_media, lambda: upload(b"This is not a video.\n" * 200))
    case("PDF as video", not_media, lambda: upload(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" * 50))
    case("ZIP as video", not_media, lambda: upload(files["zip"]))
    case("HTML as video", not_media, lambda: upload(b"<!doctype html><title>x</title><script>alert(1)</script>" * 40))
    case("PNG as video", not_media, lambda: upload(files["png"]))
    case("JPEG as video", not_media, lambda: upload(files["jpeg"]))
    case("ELF as video", not_media, lambda: upload(open("/bin/true", "rb").read(4096)))
    case("zero bytes", (422, None), lambda: upload(b""))
    case("one byte", not_media, lambda: upload(b"\0"))
    case("a megabyte of zeros", not_media, lambda: upload(bytes(1 << 20)))
    case("random bytes", not_media, lambda: upload(os.urandom(1 << 16)))
    case("MP4 cut before its index", (422, "damaged_media"), lambda: upload(files["late index"][:2000]))
    case("MP4 of its first 40 bytes", (422, "damaged_media"), lambda: upload(files["mp4"][:40]))
    case("MKV cut in its header", (422, "damaged_media"), lambda: upload(files["mkv"][:120], "x.mkv"))
    case("MP4 with a garbled index", (422, None), lambda: upload(garbled(files["mp4"])))
    case("sound only", (422, "no_video_stream"), lambda: upload(files["audio"]))
    case("WAV named mp4", (422, "no_video_stream"), lambda: upload(files["wav"]))
    case("60000x60000 declared", (422, "media_limit_exceeded"), lambda: upload(files["huge"], "x.avi"))
    case("40000x2 declared", (422, "media_limit_exceeded"), lambda: upload(files["strip"], "x.avi"))
    case("60 streams", (422, "media_limit_exceeded"), lambda: upload(files["streams"], "x.mkv"))
    case("concat list", not_media, lambda: upload(files["concat"], "x.ffconcat"))
    case("HLS playlist of a file", not_media, lambda: upload(files["hls"], "x.m3u8"))
    case("HLS playlist of a URL", not_media, lambda: upload(files["hls http"], "x.mp4"))
    case("SDP", not_media, lambda: upload(files["sdp"], "x.sdp"))
    case("DASH manifest", not_media, lambda: upload(files["dash"], "x.mpd"))
    case("lying extension", not_media, lambda: upload(files["png"], "holiday.webm"))
    case("a text as data: video", not_media, lambda: chat(messages=[video_message("data:video/mp4;base64,aGVsbG8=")]))
    case("data: that isn't base64", (400, None), lambda: chat(messages=[video_message("data:video/mp4;base64,???")]))


def garbled(mp4):
    at = mp4.index(b"stbl")
    return mp4[: at + 8] + b"\xff" * 400 + mp4[at + 408 :]


def video_message(url):
    return {"role": "user", "content": [{"type": "video_url", "video_url": {"url": url}}, {"type": "text", "text": "?"}]}


def sound(**audio):
    return {"role": "user", "content": [{"type": "input_audio", "input_audio": audio}]}


def field_cases(files):
    mp4 = files["mp4"]
    case("no prompt", (422, "missing"), lambda: upload(mp4, prompt=None))
    case("empty prompt", (422, "missing"), lambda: upload(mp4, prompt=""))
    case("blank prompt", (422, None), lambda: upload(mp4, prompt="  \n\t "))
    case("a prompt of 200 kB", (422, "prompt_too_long"), lambda: upload(mp4, prompt="why " * 50_000))
    case("a prompt of 2 MB", (413, "field_too_long"), lambda: upload(mp4, prompt="x" * (2 << 20)))
    case("no file", (422, "missing"), lambda: request("POST", UPLOAD, part("prompt", "?") + end(), FORM))
    case("video as a text field", (422, "missing"), lambda: request("POST", UPLOAD, part("video", "x") + part("prompt", "?") + end(), FORM))
    case("two videos", (400, "repeated_field"), lambda: request("POST", UPLOAD, part("video", mp4, "a.mp4") + part("video", mp4, "b.mp4") + part("prompt", "?") + end(), FORM))
    for value in ("NaN", "inf", "-1", "0", "1e308", "fast", "9" * 400):
        case(f"fps {value[:12]}", (422, None), lambda value=value: upload(mp4, fps=value))
    for value in ("-4", "0", "2.5", "99999999999999999999", "1e9", "NaN"):
        case(f"max_frames {value}", (422, None), lambda value=value: upload(mp4, max_frames=value))
    case("nframes with fps", (422, "conflict"), lambda: upload(mp4, fps=1, nframes=4))
    case("more frames than any question may have", (422, "out_of_range"), lambda: upload(mp4, nframes=200_000))
    case("temperature 9", (422, "out_of_range"), lambda: upload(mp4, temperature=9))
    case("max_tokens -1", (422, "out_of_range"), lambda: upload(mp4, max_tokens=-1))
    case("min_pixels above max_pixels", (422, "out_of_range"), lambda: upload(mp4, min_pixels=200000, max_pixels=100000))
    case("end before start", (422, None), lambda: upload(mp4, video_start=2, video_end=1))
    case("start past the end", (422, None), lambda: upload(mp4, video_start=5000))
    case("unknown model", (404, "model_not_found"), lambda: upload(mp4, model="no-such-model"))
    case("a path as model", (404, "model_not_found"), lambda: upload(mp4, model="../../weights.gguf"))
    case("unknown evidence mode", (422, "unknown_value"), lambda: upload(mp4, evidence="perhaps"))


def end():
    return f"--{BOUNDARY}--\r\n".encode()


def body_cases(files):
    json_body = (400, "malformed_json")
    case("no body", json_body, lambda: post(FETCH, b""))
    case("broken JSON", json_body, lambda: post(FETCH, b'{"video_url": "http://x/'))
    case("a JSON list", json_body, lambda: post(FETCH, b"[1, 2]"))
    case("JSON NaN", json_body, lambda: post(FETCH, b'{"video_url": NaN}'))
    case("JSON in latin-1", (400, None), lambda: post(FETCH, b'{"prompt": "\xe9", "video_url": "http://example.com/x.mp4"}'))
    case("JSON nested 100000 deep", (400, "json_too_deep"), lambda: post(CHAT, b"[" * 100_000))
    case("100 MB of JSON", (413, "body_too_large"), lambda: post(CHAT, b'{"x":"' + b"a" * (100 << 20) + b'"}'))
    case("100 MB of JSON announced", (413, "body_too_large"), lambda: request("POST", CHAT, b"{", "application/json", length=100 << 20))
    case("JSON as text/plain", (415, "wrong_content_type"), lambda: request("POST", FETCH, b"{}", "text/plain"))
    case("JSON without a type", (415, "wrong_content_type"), lambda: request("POST", FETCH, b"{}"))
    case("a bare video", (415, "wrong_content_type"), lambda: request("POST", UPLOAD, files["mp4"], "video/mp4"))
    case("a URL-encoded form", (415, "wrong_content_type"), lambda: request("POST", UPLOAD, b"prompt=x", "application/x-www-form-urlencoded"))
    case("no fields", (422, "missing"), lambda: post(FETCH, {}))
    case("numbers for texts", (422, "wrong_type"), lambda: post(FETCH, {"video_url": 7, "prompt": ["x"]}))
    case("form without boundary", (400, "multipart_no_boundary"), lambda: request("POST", UPLOAD, b"x", "multipart/form-data"))
    case("form with another boundary", (400, None), lambda: request("POST", UPLOAD, part("prompt", "?") + end(), "multipart/form-data; boundary=other"))
    case("form with a boundary of 300", (400, "multipart_bad_boundary"), lambda: request("POST", UPLOAD, b"x", "multipart/form-data; boundary=" + "b" * 300))
    case("truncated form", (400, "multipart_truncated"), lambda: request("POST", UPLOAD, part("video", files["mp4"], "x.mp4"), FORM))
    case("form with bare line feeds", (400, None), lambda: request("POST", UPLOAD, (part("prompt", "?") + end()).replace(b"\r\n", b"\n"), FORM))
    case("form part without a name", (400, "multipart_bad_header"), lambda: request("POST", UPLOAD, f"--{BOUNDARY}\r\nX: y\r\n\r\n?\r\n".encode() + end(), FORM))
    case("form part with 100 kB of headers", (400, "multipart_headers_too_long"), lambda: request("POST", UPLOAD, f"--{BOUNDARY}\r\nX: {'y' * 100_000}\r\n\r\n?\r\n".encode() + end(), FORM))
    case("5000 form parts", (400, "multipart_too_many_parts"), lambda: request("POST", UPLOAD, b"".join(part(f"f{i}", "x") for i in range(5000)) + end(), FORM))
    text = b"not a video"
    for name in ("../../etc/passwd", "/etc/passwd", "x\0.mp4", "n" * 5000 + ".mp4", "..\\..\\boot.ini", "$(reboot).mp4", "\u202egpm.mp4"):
        status = (400, None) if "\0" in name else (415, "unsupported_media")
        case(f"file name {name[:20]!r}", status, lambda name=name: upload(text, name))


def url_cases():
    private = (403, "url_not_allowed")
    own = f":{PORT}/metrics"
    for host in (
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "0.0.0.0", "[::]", "LOCALHOST.",
    ):
        # A spelling that isn't read as an address at all is as good a refusal as a private one.
        case(f"URL of {host}", ((400, 403, 422), None), lambda host=host: fetch(f"http://{host}{own}"))
    for host in ("10.0.0.1", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "224.0.0.1", "255.255.255.255"):
        case(f"URL of {host}", private, lambda host=host: fetch(f"http://{host}/latest/meta-data/"))
    case("URL with a user", ((400, 403, 422), None), lambda: fetch(f"http://example.com@127.0.0.1{own}"))
    case("URL with a password", ((400, 403, 422), None), lambda: fetch("http://a:b@example.com/x.mp4"))
    case("URL with a line break", ((400, 422), None), lambda: fetch("http://127.0.0.1/\r\nX-Evil: 1"))
    for url in ("file:///etc/passwd", "ftp://example.com/x.mp4", "data:video/mp4;base64,AAAA", "gopher://127.0.0.1/_x", "concat:/etc/passwd", "//example.com/x", "javascript:alert(1)", ""):
        case(f"URL {url[:24]!r}", (422, None), lambda url=url: fetch(url))
    case("URL of 20 kB", (422, "invalid_url"), lambda: fetch("http://example.com/" + "a" * 20_000))
    case("file: in a chat", (400, "invalid_url"), lambda: chat(messages=[video_message("file:///etc/passwd")]))
    case("loopback in a chat", (403, "url_not_allowed"), lambda: chat(messages=[video_message(f"http://127.0.0.1{own}")]))


def http_cases():
    case("unknown path", (404, "route_not_found"), lambda: request("GET", "/v1/nothing"))
    case("path that climbs", (404, "route_not_found"), lambda: request("GET", "/v1/../../../etc/passwd"))
    case("encoded path that climbs", (404, None), lambda: request("GET", "/v1/models/..%2f..%2f..%2fetc%2fpasswd"))
    case("unknown model", (404, "model_not_found"), lambda: request("GET", "/v1/models/none"))
    case("GET of an upload", (405, "method_not_allowed"), lambda: request("GET", UPLOAD))
    case("DELETE of models", (405, "method_not_allowed"), lambda: request("DELETE", "/v1/models"))
    case("made-up method", ((400, 405), None), lambda: request("BREW", "/v1/models"))
    case("foreign Host", (421, "host_not_allowed"), lambda: request("GET", "/v1/models", host="evil.example"))
    case("foreign origin's preflight", (400, "origin_not_allowed"), lambda: request("OPTIONS", CHAT, Origin="https://evil.example", Access_Control_Request_Method="POST"))
    case("100 kB of headers", ((400, 431), None), lambda: request("GET", "/v1/models", X_Long="x" * 100_000))
    case("not HTTP", (400, None), lambda: exchange(b"\x16\x03\x01\x02\x00 hello\r\n\r\n"))
    case("two lengths", (400, None), lambda: exchange(f"POST {CHAT} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 2\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{{}}".encode()))
    case("a negative length", (400, None), lambda: exchange(f"POST {CHAT} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: -5\r\nConnection: close\r\n\r\n".encode()))
    case("chat: temperature 9", (400, "out_of_range"), lambda: chat(temperature=9))
    case("chat: no messages", (400, None), lambda: chat(messages=[]))
    case("chat: messages a text", (400, None), lambda: chat(messages="hello"))
    case("chat: unknown role", (400, None), lambda: chat(messages=[{"role": "king", "content": "x"}]))
    case("chat: unknown model", (404, "model_not_found"), lambda: chat(model="gpt-9"))
    case("chat: 10 000 messages", (400, "wrong_type"), lambda: chat(messages=[{"role": "user", "content": "x"}] * 10_000))
    case("chat: no content", (400, "missing"), lambda: chat(messages=[{"role": "user"}]))
    case("chat: no parts", (400, "missing"), lambda: chat(messages=[{"role": "user", "content": []}]))
    case("chat: content of numbers", (400, None), lambda: chat(messages=[{"role": "user", "content": [1, None, {}]}]))
    case("chat: NaN", (400, "malformed_json"), lambda: post(CHAT, b'{"messages": [{"role": "user", "content": "x"}], "temperature": NaN}'))
    case("chat: 1e999", (400, "malformed_json"), lambda: post(CHAT, b'{"messages": [{"role": "user", "content": "x"}], "top_p": 1e999}'))
    case("chat: a number of 10 000 digits", (400, "malformed_json"), lambda: post(CHAT, b'{"seed": ' + b"9" * 10_000 + b"}"))
    case("chat: model twice", (400, "malformed_json"), lambda: post(CHAT, b'{"model": "a", "messages": [], "model": "b"}'))
    case("chat: half a surrogate pair", (400, "malformed_json"), lambda: post(CHAT, b'{"model": "\\ud83d", "messages": []}'))
    case("chat: n of a million", (400, "out_of_range"), lambda: chat(n=1_000_000))
    case("chat: tools a text", (400, "wrong_type"), lambda: chat(tools="all"))
    case("chat: 5000 tools", (400, "wrong_type"), lambda: chat(tools=[{"type": "function", "function": {"name": f"f{i}"}} for i in range(5000)]))
    case("chat: a tool that isn't there", (400, "unknown_value"), lambda: chat(tool_choice={"type": "function", "function": {"name": "f"}}))
    case("chat: format XML", (400, "unknown_value"), lambda: chat(response_format={"type": "xml"}))
    case("chat: an impossible schema", ((400, 422, 502), None), lambda: chat(response_format={"type": "json_schema", "json_schema": {"schema": {"type": "no such type"}}}))
    case("chat: sound that isn't base64", (400, "invalid_audio"), lambda: chat(messages=[sound(data="?!", format="wav")]))
    case("chat: sound that isn't sound", (415, "unsupported_media"), lambda: chat(messages=[sound(data="aGVsbG8gd29ybGQ=", format="wav")]))
    case("chat: sound of file:", (400, "invalid_url"), lambda: chat(messages=[sound(url="file:///etc/passwd")]))
    case("chat: sound of loopback", (403, "url_not_allowed"), lambda: chat(messages=[sound(url=f"http://127.0.0.1:{PORT}/metrics")]))
    case("chat: 20 files to fetch", ((400, 403), None), lambda: chat(messages=[sound(url="http://127.0.0.1/x.wav")] * 20))
    case("embeddings: no input", (400, "missing"), lambda: post(EMBED, {}))
    case("embeddings: an empty text", (400, "wrong_type"), lambda: post(EMBED, {"input": ""}))
    case("embeddings: 100 000 texts", (400, "out_of_range"), lambda: post(EMBED, {"input": ["x"] * 100_000}))
    case("embeddings: 20 MB of text", (422, "context_length_exceeded"), lambda: post(EMBED, {"input": "wordlessness " * 1_600_000}))
    case("embeddings: tokens below zero", (422, "unknown_token"), lambda: post(EMBED, {"input": [-1]}))
    case("embeddings: half tokens", (400, "wrong_type"), lambda: post(EMBED, {"input": [1, 2.5]}))
    case("embeddings: an object", (400, "wrong_type"), lambda: post(EMBED, {"input": {"x": 1}}))
    case("embeddings: unknown model", (404, "model_not_found"), lambda: post(EMBED, {"input": "x", "model": "../x"}))
    case("chat: longer than the model's context", ((400, 413, 422), None), lambda: chat(messages=[{"role": "user", "content": "why not " * 40_000}]))


def still_answers(files):
    answer = upload(files["mp4"], prompt="Which colours appear?", max_tokens=8)
    assert answer.status == 200, (answer.status, answer.body[:400])
    value = json.loads(answer.body)
    assert value["response"].strip(), value


def resident_kib():
    with open(f"/proc/{PID}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = compose(folder)
        media_cases(files)
        field_cases(files)
        body_cases(files)
        url_cases()
        http_cases()
        wanted = sys.argv[1] if len(sys.argv) > 1 else ""
        before = resident_kib() if PID else None
        for name, (status, code), call in cases:
            if wanted not in name:
                continue
            started = time.monotonic()
            try:
                answer = call()
                allowed = status if isinstance(status, tuple) else (status,)
                assert answer.status in allowed, f"status {answer.status} instead of {status}: {answer.body[:300]}"
                error = check_envelope(answer, name)
                assert code is None or error["code"] == code, f"code {error['code']!r} instead of {code!r}: {error['message']}"
                passed += 1
                seconds = time.monotonic() - started
                if seconds > 3:
                    print(f"slow {name}: {seconds:.1f} s")
            except Exception as error:
                failed += 1
                print(f"FAIL {name}: {type(error).__name__}: {error}")
        print(f"{passed} of {passed + failed} hostile inputs refused as they should be")
        try:
            still_answers(files)
            passed += 1
        except Exception:
            failed += 1
            print("FAIL a good question afterwards")
            traceback.print_exc()
        if before:
            print(f"resident memory of the server: {before >> 10} MiB before, {resident_kib() >> 10} MiB after")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
