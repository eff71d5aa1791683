"""Discord, as far as a bot sees it: gateway and REST API, in a process of its own, with faults on request.

From the public documents (https://discord.com/developers/docs): gateway version 10, rate limits with buckets, messages, voice
messages. What a client does against the rules is written down as a violation.

    with DiscordAPI() as discord:
        message = discord.push("Hello")                  # somebody writes to the bot
        answers = discord.sent()                         # what the bot did
        discord.gateway(op=7)                            # faults
        assert discord.violations() == []

Needs aiohttp.
"""

import asyncio
import base64
import binascii
import collections
import json
import os
import re
import subprocess
import sys
import time
import urllib.request

TOKEN = "bot-token.for-tests.only"
BOT = {"id": "1100000000000000001", "username": "martlet", "global_name": None, "bot": True}
USER = "1200000000000000001"
DIRECT = "1300000000000000001"
GUILD = "1400000000000000001"
CHANNEL = "1500000000000000001"
EPOCH = 1420070400000
VOICE = 1 << 13
# Messages in servers, direct messages, what stands in them.
WANTED_INTENTS = 1 << 9 | 1 << 12 | 1 << 15


# For suites.


class DiscordAPI:
    """The server, while the `with` lasts. Settings: `interval` of heartbeats; `remaining` sessions and `reset_after`; `limits` of calls by
    name, as (calls, seconds); `refuse`, close codes that identifies are answered by; `takes_voice`."""

    def __init__(self, interval=3.0, **settings):
        self.settings = {"interval": interval, **settings}

    def __enter__(self):
        command = [sys.executable, os.path.abspath(__file__), json.dumps(self.settings)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            try:
                for line in self("log")[-60:]:
                    sys.stdout.write(f"  | discord: {json.dumps(line)}\n")
                for line in self.violations():
                    sys.stdout.write(f"  | violation: {line}\n")
            except OSError:
                pass
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/api/v10"

    def __call__(self, name, **body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/control/{name}", json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def push(self, text="", **options):
        """Somebody writes. Options: `user`, `channel`, `guild` (true: a server's channel), `mention`, `reply_to`, `voice` (path of a
        file), `seconds`, `content_type`, `bot`. Returns the message's id."""
        return self("push", text=text, **options)["id"]

    def sent(self, **wanted):
        """What the bot did, oldest first: `kind` is message, edit, delete or typing."""
        return [entry for entry in self("sent") if all(entry.get(key) == value for key, value in wanted.items())]

    def texts(self, channel=DIRECT):
        """What stands in a channel now of the bot's messages, oldest first."""
        return [message["content"] for message in self("messages", channel=channel) if message["author"].get("bot")]

    def gateway(self, **what):
        """`op` (7 or 9, with `d`), `close` (a code), `drop` (cut the line), `mute` (heartbeats aren't answered), `say` (before all this
        somebody writes that, and it doesn't arrive), `refuse` (the next identify is answered by this close code), `deaf` (new connections
        aren't accepted)."""
        return self("gateway", **what)

    def fault(self, match, **what):
        """The next `times` calls whose "METHOD /path" match are answered by `status` with `code`; `late`: the call is carried out
        nevertheless; `drop`: the line is cut instead; `retry_after`, `scope`: for 429; `delay`: the call is carried out so much later, and
        that is all that happens to it."""
        return self("fault", match=match, **what)

    def state(self):
        return self("state")

    def violations(self):
        return self("violations")

    def forgive(self):
        """Forgets how often the bot called: for when its process was killed, and can't know."""
        return self("forgive")

    def file(self, url):
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read()


# The server.


class Bucket:
    """A window of calls: it begins with its first."""

    def __init__(self, limit, seconds):
        self.limit, self.seconds = limit, seconds
        self.used, self.resets, self.blocked = 0, 0.0, 0.0

    def take(self, now):
        if now >= self.resets:
            self.used, self.resets = 0, now + self.seconds
        self.used += 1
        return self.used <= self.limit

    def headers(self, name, now):
        return {
            "X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Reset": f"{time.time() + max(0, self.resets - now):.3f}", "X-RateLimit-Reset-After": f"{max(0, self.resets - now):.3f}",
            "X-RateLimit-Bucket": name}


class Session:
    def __init__(self, number):
        self.id = f"session-{number}-" + os.urandom(8).hex()
        self.sequence, self.events, self.connection, self.valid = 0, [], None, True


class Connection:
    """A bot's connection at the gateway."""

    def __init__(self, server, socket, is_resume_address):
        self.server, self.socket, self.is_resume_address = server, socket, is_resume_address
        self.session = None
        self.opened = self.beaten = time.monotonic()
        self.beats, self.payloads, self.muted = 0, [], False

    async def send(self, op, data=None, sequence=None, event=None):
        if not self.socket.closed:
            await self.socket.send_str(json.dumps({"op": op, "d": data, "s": sequence, "t": event}))

    async def watch(self):
        """Heartbeats have to come in time; the first may come at any moment of the interval."""
        while True:
            await asyncio.sleep(0.05)
            late = time.monotonic() - self.beaten - self.server.interval
            if late > max(0.5, 0.25 * self.server.interval):
                self.server.violation(f"no heartbeat in {self.server.interval} s")
                await self.socket.close(code=4009)
                return

    async def run(self):
        from aiohttp import WSMsgType

        await self.send(10, {"heartbeat_interval": int(self.server.interval * 1000)})
        watch = asyncio.ensure_future(self.watch())
        try:
            async for message in self.socket:
                if message.type != WSMsgType.TEXT:
                    self.server.violation(f"a message of type {message.type}")
                    break
                await self.receive(message.data)
        finally:
            watch.cancel()
            code = self.socket.close_code
            self.server.note("closed", code=code, by_bot=not self.socket.server_closed)
            if self.session and self.session.connection is self:
                self.session.connection = None
            # A bot that says goodbye for good has no session any more.
            if self.session and code in (1000, 1001) and not self.socket.server_closed:
                self.session.valid = False

    async def receive(self, text):
        now = time.monotonic()
        if len(text.encode()) > 4096:
            self.server.violation("a payload of more than 4096 bytes")
        self.payloads = [at for at in self.payloads if at > now - 60] + [now]
        if len(self.payloads) > 120:
            self.server.violation("more than 120 payloads in a minute")
        try:
            payload = json.loads(text)
            op, data = payload["op"], payload["d"]
        except (ValueError, KeyError, TypeError):
            self.server.violation("a payload that can't be read")
            await self.close(4002)
            return
        if op == 1:
            await self.heartbeat(data, now)
        elif op == 2:
            await self.identify(data, now)
        elif op == 6:
            await self.resume(data)
        else:
            self.server.violation(f"operation {op}")
            await self.close(4001)

    async def close(self, code):
        self.socket.server_closed = True
        await self.socket.close(code=code)

    async def heartbeat(self, sequence, now):
        self.beaten = now
        self.beats += 1
        self.server.counts["heartbeats"] += 1
        highest = self.session.sequence if self.session else None
        if sequence is not None and (highest is None or not 0 <= sequence <= highest):
            self.server.violation(f"a heartbeat with sequence {sequence} of {highest}")
        if not self.muted:
            await self.send(11)

    async def identify(self, data, now):
        server = self.server
        server.counts["identifies"] += 1
        if self.session:
            server.violation("a second identify")
            return await self.close(4005)
        if self.is_resume_address:
            server.violation("an identify at the address for resuming")
        if data.get("token") != TOKEN:
            return await self.close(4004)
        if data.get("intents") != WANTED_INTENTS:
            server.violation(f"intents {data.get('intents')}")
        if set(data.get("properties", {})) != {"os", "browser", "device"}:
            server.violation("an identify without properties")
        if server.refusals:
            return await self.close(server.refusals.popleft())
        server.identified = [at for at in server.identified if at > now - 5] + [now]
        if len(server.identified) > 1:
            server.violation("two identifies in five seconds")
            return await self.send(9, False)
        server.remaining -= 1
        self.session = Session(server.counts["identifies"])
        server.sessions[self.session.id] = self.session
        self.session.connection = self
        await server.dispatch(self.session, "READY", {
            "v": 10, "user": BOT, "session_id": self.session.id, "resume_gateway_url": server.address("ws", "/resume"), "guilds": [],
            "application": {"id": BOT["id"], "flags": 0}})

    async def resume(self, data):
        server = self.server
        server.counts["resumes"] += 1
        if not self.is_resume_address:
            server.violation("a resume at the address for new sessions")
        if data.get("token") != TOKEN:
            return await self.close(4004)
        session = server.sessions.get(data.get("session_id"))
        if not session or not session.valid:
            return await self.send(9, False)
        if not isinstance(data.get("seq"), int) or not 0 <= data["seq"] <= session.sequence:
            server.violation(f"a resume from {data.get('seq')} of {session.sequence}")
            return await self.close(4007)
        self.session, session.connection = session, self
        for sequence, event, content in session.events:
            if sequence > data["seq"]:
                server.counts["replayed"] += 1
                await self.send(0, content, sequence, event)
        await server.dispatch(session, "RESUMED", {})


class Server:
    def __init__(self, settings):
        self.interval = settings.get("interval", 3.0)
        self.remaining, self.reset_after = settings.get("remaining", 1000), settings.get("reset_after", 3600)
        self.limits = {
            "POST messages": (5, 5), "PATCH messages": (5, 5), "DELETE messages": (5, 1), "GET messages": (10, 5), "POST typing": (5, 5),
            "POST attachments": (10, 10), "GET channel": (10, 5), "GET gateway": (2, 5), **settings.get("limits", {})}
        self.began = time.monotonic()
        self.counts = collections.Counter()
        self.entries, self.faults_found, self.done = [], [], []
        self.sessions, self.messages, self.nonces, self.files, self.uploads = {}, collections.defaultdict(list), {}, {}, {}
        self.guilds = {}
        self.buckets, self.blocked, self.calls = {}, 0.0, collections.deque()
        self.faults, self.refusals, self.identified = [], collections.deque(settings.get("refuse", [])), []
        self.takes_voice = settings.get("takes_voice", True)
        self.loses, self.deaf, self.last_id = False, False, 0
        self.token_refused = False

    # What is kept.

    def note(self, what, **more):
        self.entries.append({"at": round(time.monotonic() - self.began, 3), "what": what, **more})

    def violation(self, what):
        self.faults_found.append(what)
        self.note("violation", text=what)

    def new_id(self):
        self.last_id = max(self.last_id + 1, (int(time.time() * 1000) - EPOCH) << 22)
        return str(self.last_id)

    def address(self, scheme, path):
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    # The gateway.

    async def socket(self, request):
        from aiohttp import web

        if self.deaf:
            raise web.HTTPServiceUnavailable()
        if (request.query.get("v"), request.query.get("encoding")) != ("10", "json"):
            self.violation(f"a gateway address with {request.query_string}")
        socket = web.WebSocketResponse(max_msg_size=1 << 16)
        socket.server_closed = False
        await socket.prepare(request)
        self.counts["connections"] += 1
        connection = Connection(self, socket, request.path.startswith("/resume"))
        self.note("connected", path=request.path)
        connection.transport = request.transport
        self.connection = connection
        await connection.run()
        return socket

    async def dispatch(self, session, event, content):
        session.sequence += 1
        session.events.append((session.sequence, event, content))
        if session.connection and not self.loses:
            await session.connection.send(0, content, session.sequence, event)

    async def tell(self, message):
        """Tells every session of a message, as Discord tells a bot of its own ones too."""
        event = dict(message)
        guild = self.guilds.get(message["channel_id"])
        if guild:
            event["guild_id"] = guild
        for session in list(self.sessions.values()):
            if session.valid:
                await self.dispatch(session, "MESSAGE_CREATE", event)

    # Messages.

    def message(self, channel, author, content="", flags=0, attachments=(), mentions=(), reply=None, type=0):
        message = {
            "id": self.new_id(), "channel_id": channel, "author": author, "content": content, "flags": flags, "type": 19 if reply else type,
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()), "edited_timestamp": None, "tts": False, "pinned": False,
            "mention_everyone": False, "mentions": list(mentions), "mention_roles": [], "attachments": list(attachments), "embeds": []}
        if reply:
            message["message_reference"] = {"type": 0, "message_id": reply["id"], "channel_id": channel}
            message["referenced_message"] = reply
        self.messages[channel].append(message)
        return message

    def find(self, channel, id):
        return next((m for m in self.messages[channel] if m["id"] == id), None)

    def keep(self, name, type, data, **more):
        id = self.new_id()
        self.files[id] = (type, data)
        url = self.address("http", f"/cdn/attachments/{id}/{name}")
        return {"id": id, "filename": name, "content_type": type, "size": len(data), "url": url, **more}

    # REST: limits and faults around every call.

    async def rest(self, request):
        from aiohttp import web

        now = time.monotonic()
        method, path = request.method, request.path.removeprefix("/api/v10")
        parts = path.strip("/").split("/")
        self.counts["calls"] += 1
        if self.token_refused:
            self.violation(f"{method} {path} after the token was refused")
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            self.token_refused = True
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self.violation("a call without the user agent of a bot")
        name = f"{method} {'channel' if parts[0] == 'channels' and len(parts) == 2 else parts[2] if parts[0] == 'channels' else parts[0]}"
        if name not in self.limits:
            self.note("unknown", call=f"{method} {path}")
            return web.json_response({"message": "404: Not Found", "code": 0}, status=404)
        bucket = self.buckets.setdefault((name, parts[1] if len(parts) > 1 else ""), Bucket(*self.limits[name]))
        label = binascii.hexlify(name.encode()).decode()[:32]
        while self.calls and self.calls[0] <= now - 1:
            self.calls.popleft()
        self.calls.append(now)
        if now < self.blocked or now < bucket.blocked:
            self.violation(f"{method} {path} came {max(self.blocked, bucket.blocked) - now:.3f} s before it was allowed")
        if len(self.calls) > 50:
            self.violation("more than 50 calls in a second")
        if not bucket.take(now):
            self.violation(f"{method} {path} found its bucket empty")
            return self.limited(bucket, label, bucket.resets - now, "user", now)
        fault = next((f for f in self.faults if f["times"] > 0 and re.search(f["match"], f"{method} {path}")), None)
        if fault:
            fault["times"] -= 1
            self.note("fault", call=f"{method} {path}", **{key: fault[key] for key in ("status", "drop", "delay") if fault.get(key)})
            if fault.get("late"):
                await self.serve(request, method, parts)
            if fault.get("drop"):
                request.transport and request.transport.abort()
                return web.Response()
            if fault.get("status") == 429:
                return self.limited(bucket, label, fault.get("retry_after", 1), fault.get("scope", "user"), now)
            if fault.get("status"):
                body = {"message": "a fault on request", "code": fault.get("code", 0)}
                return web.json_response(body, status=fault["status"], headers=bucket.headers(label, now))
            # Bodies are read before: whoever has gone by then is served all the same.
            await request.read()
            await asyncio.sleep(fault.get("delay", 0))
        answer = await self.serve(request, method, parts)
        answer.headers.update(bucket.headers(label, time.monotonic()))
        return answer

    def limited(self, bucket, label, seconds, scope, now):
        from aiohttp import web

        headers = {"Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope, **bucket.headers(label, now)}
        if scope == "global":
            headers["X-RateLimit-Global"] = "true"
            self.blocked = now + seconds
        else:
            bucket.blocked = now + seconds
        self.note("limited", seconds=round(seconds, 3), scope=scope)
        body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": scope == "global"}
        return web.json_response(body, status=429, headers=headers)

    async def serve(self, request, method, parts):
        from aiohttp import web

        if parts == ["gateway", "bot"]:
            limit = {"total": 1000, "remaining": max(0, self.remaining), "reset_after": int(self.reset_after * 1000), "max_concurrency": 1}
            return web.json_response({"url": self.address("ws", "/"), "shards": 1, "session_start_limit": limit})
        channel = parts[1]
        if len(parts) == 2:
            return web.json_response({"id": channel, "type": 0 if channel in self.guilds else 1})
        if parts[2] == "typing":
            self.done.append({"kind": "typing", "channel": channel, "at": time.time()})
            return web.Response(status=204)
        if parts[2] == "attachments":
            return await self.offer_upload(request, channel)
        if len(parts) == 4:
            return await self.change(request, method, channel, parts[3])
        if method == "GET":
            after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
            if not 1 <= limit <= 100:
                return self.refusal(50035, "Invalid Form Body")
            found = [m for m in self.messages[channel] if int(m["id"]) > after][:limit]
            self.note("history", channel=channel, messages=len(found))
            return web.json_response(found[::-1])
        return await self.create(request, channel)

    def refusal(self, code, text, status=400):
        from aiohttp import web

        return web.json_response({"message": text, "code": code}, status=status)

    async def offer_upload(self, request, channel):
        from aiohttp import web

        answers = []
        for file in (await request.json())["files"]:
            if not isinstance(file.get("file_size"), int) or not file.get("filename"):
                return self.refusal(50035, "Invalid Form Body")
            name = f"{os.urandom(8).hex()}/{file['filename']}"
            self.uploads[name] = {"channel": channel, "size": file["file_size"], "data": None}
            url = self.address("http", f"/upload/{name}?signature={os.urandom(8).hex()}")
            answers.append({"id": int(file.get("id", 0)), "upload_filename": name, "upload_url": url})
        return web.json_response({"attachments": answers})

    async def upload(self, request):
        from aiohttp import web

        if "Authorization" in request.headers:
            self.violation("the token was sent along with an upload")
        place = self.uploads.get(request.match_info["name"])
        data = await request.read()
        if not place or place["size"] != len(data):
            return web.Response(status=400)
        place["data"], place["type"] = data, request.headers.get("Content-Type", "")
        return web.Response(status=200)

    async def read(self, request):
        """A message's body and its files."""
        if not request.content_type.startswith("multipart/"):
            if request.content_type != "application/json":
                self.violation(f"a body of type {request.content_type}")
            return await request.json(), {}
        body, files = {}, {}
        async for part in await request.multipart():
            if part.name == "payload_json":
                body = json.loads(await part.text())
            else:
                found = re.fullmatch(r"files\[(\d+)\]", part.name or "")
                if not found or not part.filename:
                    self.violation(f"a part {part.name}")
                    continue
                files[found[1]] = (part.filename, part.headers.get("Content-Type", ""), bytes(await part.read()))
        return body, files

    async def create(self, request, channel):
        from aiohttp import web

        body, files = await self.read(request)
        nonce = body.get("nonce")
        if not isinstance(nonce, str) or not 0 < len(nonce) <= 25 or body.get("enforce_nonce") is not True:
            self.violation(f"a message with the nonce {nonce!r}")
        if nonce in self.nonces:
            self.note("repeated", nonce=nonce)
            return web.json_response(self.nonces[nonce])
        if body.get("allowed_mentions") != {"parse": []}:
            self.violation("a message that may mention people")
        content, flags = body.get("content", ""), body.get("flags", 0)
        if len(content.encode("utf-16-le")) // 2 > 2000:
            self.violation("a message of more than 2000 characters")
            return self.refusal(50035, "Invalid Form Body")
        reply, reference = None, body.get("message_reference")
        if reference:
            if reference.get("fail_if_not_exists") is not False:
                self.violation("a reply that fails where its message is gone")
            reply = self.find(channel, reference.get("message_id"))
        if flags & VOICE:
            if not self.takes_voice:
                return self.refusal(50173, "You cannot send voice messages in this channel.", 403)
            attachments = self.voice(body, channel)
        else:
            attachments = [self.keep(name, type, data) for name, type, data in files.values()]
            named = {str(a.get("id")): a.get("filename") for a in body.get("attachments", [])}
            if any(named.get(n) != name for n, (name, _, _) in files.items()):
                self.violation("files that the message doesn't name")
        if isinstance(attachments, int):
            return self.refusal(attachments, "a voice message that is none")
        if not content.strip() and not attachments:
            self.violation("an empty message")
            return self.refusal(50006, "Cannot send an empty message")
        message = self.message(channel, BOT, content, flags, attachments, reply=reply)
        message["nonce"] = nonce
        self.nonces[nonce] = message
        self.done.append({
            "kind": "message", "channel": channel, "id": message["id"], "content": content, "flags": flags, "attachments": attachments,
            "nonce": nonce, "reply_to": reference and reference.get("message_id"), "at": time.time()})
        self.note("message", id=message["id"], characters=len(content), flags=flags, files=len(attachments))
        await self.tell(message)
        return web.json_response(message)

    def voice(self, body, channel):
        """A voice message's attachments, or the code of its refusal."""
        attachments = body.get("attachments", [])
        if body.get("content") or body.get("embeds"):
            self.violation("a voice message with other content")
            return 50159
        if len(attachments) != 1:
            self.violation("a voice message without its one attachment")
            return 50160
        place = self.uploads.get(attachments[0].get("uploaded_filename"))
        if not place or place["data"] is None or place["channel"] != channel:
            self.violation("a voice message whose file isn't there")
            return 50146
        seconds, waveform = attachments[0].get("duration_secs"), attachments[0].get("waveform")
        try:
            bars = base64.b64decode(waveform, validate=True)
        except (TypeError, binascii.Error):
            bars = b""
        if not isinstance(seconds, (int, float)) or seconds <= 0 or not 1 <= len(bars) <= 256:
            self.violation("a voice message without duration or waveform")
            return 50161
        if not place["type"].startswith("audio/") or place["data"][:4] != b"OggS" or b"OpusHead" not in place["data"][:64]:
            self.violation("a voice message that isn't OGG with Opus")
            return 50123
        return [self.keep(attachments[0].get("filename", ""), "audio/ogg", place["data"], duration_secs=seconds, waveform=waveform)]

    async def change(self, request, method, channel, id):
        from aiohttp import web

        message = self.find(channel, id)
        if not message:
            return self.refusal(10008, "Unknown Message", 404)
        if message["author"]["id"] != BOT["id"]:
            self.violation(f"{method} on somebody else's message")
            return self.refusal(50005, "Cannot edit a message authored by another user", 403)
        if method == "DELETE":
            self.messages[channel].remove(message)
            self.done.append({"kind": "delete", "channel": channel, "id": id, "at": time.time()})
            return web.Response(status=204)
        if message["flags"] & VOICE:
            self.violation("an edit of a voice message")
            return self.refusal(50162, "Voice messages cannot be edited.")
        body = await request.json()
        if body.get("allowed_mentions") != {"parse": []}:
            self.violation("an edit that may mention people")
        content = body.get("content", "")
        if not content.strip() or len(content.encode("utf-16-le")) // 2 > 2000:
            self.violation(f"an edit to {len(content)} characters")
            return self.refusal(50035, "Invalid Form Body")
        message["content"] = content
        self.done.append({"kind": "edit", "channel": channel, "id": id, "content": content, "at": time.time()})
        return web.json_response(message)

    async def cdn(self, request):
        from aiohttp import web

        if "Authorization" in request.headers:
            self.violation("the token was sent along with a fetch")
        found = self.files.get(request.match_info["id"])
        if not found:
            return web.Response(status=404)
        return web.Response(body=found[1], content_type=found[0])

    # What suites ask for.

    async def control(self, request):
        from aiohttp import web

        name = request.match_info["name"]
        answer = await getattr(self, "control_" + name)(**(await request.json()))
        return web.json_response(answer)

    async def control_push(
        self, text="", user=USER, channel=None, guild=False, mention=False, reply_to=None, voice=None, seconds=None, content_type="audio/ogg",
        bot=False
    ):
        channel = channel or (CHANNEL if guild else DIRECT)
        if guild:
            self.guilds[channel] = GUILD
        attachments, flags = [], 0
        if voice:
            with open(voice, "rb") as file:
                data = file.read()
            more = {"duration_secs": seconds, "waveform": base64.b64encode(bytes(range(32))).decode()} if seconds else {}
            flags = VOICE if seconds else 0
            attachments = [self.keep("voice-message.ogg" if seconds else os.path.basename(voice), content_type, data, **more)]
        author = {"id": user, "username": f"user{user[-2:]}", "global_name": "Somebody", **({"bot": True} if bot else {})}
        message = self.message(
            channel, author, (f"<@{BOT['id']}> " if mention else "") + text, flags, attachments, [BOT] if mention else [],
            self.find(channel, reply_to) if reply_to else None)
        await self.tell(message)
        return {"id": message["id"]}

    async def control_sent(self):
        return self.done

    async def control_messages(self, channel):
        return self.messages[channel]

    async def control_gateway(self, op=None, d=None, close=None, drop=False, mute=None, say=None, refuse=None, deaf=None):
        connection = getattr(self, "connection", None)
        if refuse is not None:
            self.refusals.append(refuse)
        if say is not None:
            self.loses = True
            await self.control_push(say)
            self.loses = False
        if deaf is not None:
            self.deaf = deaf
        if mute is not None:
            connection.muted = mute
        if op == 9 and not d and connection.session:
            connection.session.valid = False
        if op is not None:
            await connection.send(op, d)
        if close is not None:
            await connection.close(close)
        if drop:
            connection.transport.abort()
        return {}

    async def control_fault(self, match, times=1, **what):
        self.faults.append({"match": match, "times": times, **what})
        return {}

    async def control_limits(self, remaining=None, reset_after=None):
        self.remaining = self.remaining if remaining is None else remaining
        self.reset_after = self.reset_after if reset_after is None else reset_after
        return {}

    async def control_forgive(self):
        self.buckets, self.blocked, self.identified = {}, 0.0, []
        self.calls.clear()
        return {}

    async def control_state(self):
        connected = any(s.connection for s in self.sessions.values() if s.valid)
        return {"connected": connected, "sessions": len(self.sessions), "faults_left": sum(f["times"] for f in self.faults), **self.counts}

    async def control_violations(self):
        return self.faults_found

    async def control_log(self):
        return self.entries

    async def start(self):
        from aiohttp import web

        application = web.Application(client_max_size=64 << 20)
        application.router.add_get("/", self.socket)
        application.router.add_get("/resume/", self.socket)
        application.router.add_route("*", "/api/v10/{path:.*}", self.rest)
        application.router.add_put("/upload/{name:.*}", self.upload)
        application.router.add_get("/cdn/attachments/{id}/{name}", self.cdn)
        application.router.add_post("/control/{name}", self.control)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        print(self.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(Server(json.loads(sys.argv[1])).start())
