"""A Bot API server (https://core.telegram.org/bots/api) for tests of bots, in a process of its own.

    python3 Tests/clients/support/bot_api.py [PORT]      says its port, and serves until its standard input ends

It keeps chats, messages and files as Telegram does, and notes as a violation what Telegram wouldn't put up with: markup that breaks
the rules, texts that are too long, messages and edits that come too fast or during a rest that was asked for, voice messages that
aren't OGG with Opus. Tests play the people in the chats, and make it misbehave, by `BotAPI`, which starts it.
"""

import base64
import contextlib
import email.message
import http.server
import json
import os
import re
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

TOKEN = "123456:TEST-token_of_the-bot"
NAME = "martlet_test_bot"
LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
LARGEST_DOWNLOAD, LARGEST_UPLOAD = 20 << 20, 50 << 20
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker",
    "find_location", "record_video_note", "upload_video_note"}
# Messages and edits of a chat within so many seconds that Telegram takes, bursts included; and of all chats.
CHAT_PACE, EDIT_PACE, ALL_PACE = (10, 14), (5, 6), (1, 30)
SENDING = {"sendmessage", "sendvoice", "editmessagetext", "deletemessage", "sendchataction"}


class Refusal(Exception):
    """An answer that isn't ok."""

    def __init__(self, code, description, **parameters):
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class Dropped(Exception):
    """The connection ends without an answer."""


def units(text):
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


# MARK: Markup

NAMES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline", "s": "strikethrough",
         "strike": "strikethrough", "del": "strikethrough", "span": "spoiler", "tg-spoiler": "spoiler", "a": "text_link", "code": "code",
         "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji"}
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9.-]+))?)*)\s*>")
ATTRIBUTE = re.compile(r"([A-Za-z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.-]+)))?")
REFERENCE = re.compile(r"&(?:#(\d+)|#x([0-9A-Fa-f]+)|(lt|gt|amp|quot));?")


def resolved(text):
    def one(match):
        decimal, hexadecimal, name = match.groups()
        if name:
            return {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name]
        return chr(int(decimal) if decimal else int(hexadecimal, 16))
    return REFERENCE.sub(one, text)


def parse_html(text):
    """The visible text, its entities, and what Telegram would pass over but nobody means. Raises `Refusal` as Telegram does."""
    def fault(what, at):
        raise Refusal(400, f"Bad Request: can't parse entities: {what} at byte offset {len(text[:at].encode())}")

    visible, entities, remarks, open_tags, place = "", [], [], [], 0
    while place < len(text):
        mark = text.find("<", place)
        piece = text[place:mark if mark >= 0 else len(text)]
        remarks += [f"an ampersand that isn't escaped in {piece!r}" for _ in re.findall(r"&(?!#\d+;|#x[0-9A-Fa-f]+;|(?:lt|gt|amp|quot);)", piece)]
        visible += resolved(piece)
        if mark < 0:
            break
        match = TAG.match(text, mark)
        if not match:
            fault(f'Unsupported start tag "{re.match("<([^ >]*)", text[mark:]).group(1)}"', mark)
        closes, name, rest = match.group(1), match.group(2).lower(), match.group(3)
        if closes:
            if not open_tags:
                fault("Unexpected end tag", mark)
            opened, start, kind, extra = open_tags.pop()
            if opened != name:
                fault(f'Unmatched end tag, expected "</{opened}>", found "</{name}>"', mark)
            if units(visible) > start:
                entities.append((kind, start, units(visible) - start, extra))
            place = match.end()
            continue
        if name not in NAMES:
            fault(f'Unsupported start tag "{name}"', mark)
        given = {key.lower(): resolved(a or b or c) for key, a, b, c in ATTRIBUTE.findall(rest)}
        if name == "span" and given.get("class") != "tg-spoiler":
            fault('Tag "span" must have class "tg-spoiler"', mark)
        extra = given.get("href", "") if name == "a" else given.get("class", "") if name == "code" else ""
        if name == "a" and not re.match(r"(https?|tg|mailto|tel|ton)://?|mailto:|tel:", extra):
            remarks.append(f"a link to {extra!r}")
        inside = [tag[2] for tag in open_tags]
        if ("code" in inside or "pre" in inside) and not (name == "code" and inside[-1] == "pre"):
            remarks.append(f"{name} inside code")
        if name == "blockquote" and "blockquote" in inside:
            remarks.append("a quotation inside a quotation")
        open_tags.append((name, units(visible), NAMES[name], extra))
        place = match.end()
    if open_tags:
        fault(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"', len(text))
    return visible.strip(), sorted(entities), remarks


# MARK: The server's state

class Telegram:
    """Chats, messages, files and updates. Everything happens under `changed`, which also tells those who wait."""

    def __init__(self):
        self.changed = threading.Condition()
        self.chats, self.files, self.queue, self.given = {}, {}, [], {}
        self.events, self.violations, self.faults = [], [], []
        self.webhook, self.commands, self.allowed = None, [], None
        self.last_update, self.last_file, self.poll, self.polls = 1000, 0, 0, 0
        self.rests, self.calls = {}, []
        self.confirmed = 0

    def violate(self, what):
        self.violations.append({"time": time.time(), "what": what})

    def event(self, kind, chat, **more):
        self.events.append({"time": time.time(), "kind": kind, "chat": chat, **more})
        self.changed.notify_all()

    # MARK: People

    def push(self, user, chat=None, language="en", is_bot=False, more=None, sound=None, update=None):
        """Somebody writes. - Returns: the ids of the update and of the message."""
        chat = user if chat is None else chat
        kind = {"id": chat, "type": "private", "first_name": "User"} if chat > 0 else {"id": chat, "type": "supergroup", "title": "Group"}
        messages = self.chats.setdefault(chat, {})
        number = max(messages, default=0) + 1
        message = {
            "message_id": number, "date": int(time.time()), "chat": kind,
            "from": {"id": user, "is_bot": is_bot, "first_name": "User", "username": f"user{user}", "language_code": language}}
        if sound:
            content = base64.b64decode(sound["content"])
            file = self.keep(content, f"{sound['kind']}/file_{self.last_file}.oga")
            entry = {"file_id": file, "file_unique_id": "u" + file, "mime_type": sound.get("mime", "audio/ogg")}
            if sound.get("seconds") is not None:
                entry["duration"] = sound["seconds"]
            size = sound.get("size", len(content))
            if size is not None:
                entry["file_size"] = size
            message[sound["kind"]] = entry
        message.update(more or {})
        messages[number] = {"message": message, "by_bot": False}
        return self.deliver({update or "message": message}), number

    def deliver(self, content):
        self.last_update += 1
        kind = next(iter(content))
        if self.allowed is None or kind in self.allowed:
            self.queue.append({"update_id": self.last_update, **content})
        self.changed.notify_all()
        return self.last_update

    def keep(self, content, path):
        self.last_file += 1
        name = f"file{self.last_file}"
        self.files[name] = {"content": content, "path": path}
        return name

    def repeat(self, number):
        """Delivers an update once more that was confirmed already."""
        self.queue.insert(0, {**self.given[number], "again": True})
        self.changed.notify_all()

    # MARK: Faults

    def fault(self, method, chat):
        for fault in self.faults:
            if fault["method"].lower() not in (method, "*") or fault.get("chat", chat) != chat or fault.get("times", 1) < 1:
                continue
            if fault.get("after", 0) > 0:
                fault["after"] -= 1
                continue
            fault["times"] = fault.get("times", 1) - 1
            fault["met"] = fault.get("met", 0) + 1
            return fault
        return None

    def check_pace(self, method, chat, message=None):
        """Notes what comes too fast."""
        now = time.time()
        rest = self.rests.get(chat if method in SENDING else method, 0)
        if now < rest - 0.02:
            self.violate(f"{method} came {rest - now:.2f} s before the end of the rest in chat {chat}")
        if method not in ("sendmessage", "sendvoice", "editmessagetext"):
            return
        self.calls.append((now, chat, message))

        def within(pace, which, what):
            seconds, most = pace
            count = sum(1 for time, *rest in self.calls if now - time < seconds and which(*rest))
            if count > most:
                self.violate(f"{count} {what} within {seconds} s")
        within(CHAT_PACE, lambda c, m: c == chat, "messages and edits in a chat")
        within(ALL_PACE, lambda c, m: True, "messages and edits")
        if message is not None:
            within(EDIT_PACE, lambda c, m: (c, m) == (chat, message), "edits of a message")

    # MARK: Methods

    def messages(self, chat):
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        return self.chats[chat]

    def text(self, given, field, limit, what):
        """A text or caption: visible, with its entities."""
        raw, mode = given.get(field, ""), given.get("parse_mode")
        if not isinstance(raw, str):
            raise Refusal(400, f"Bad Request: {field} must be a string")
        entities, remarks = [], []
        if mode == "HTML":
            try:
                visible, entities, remarks = parse_html(raw)
            except Refusal as refusal:
                self.violate(f"{refusal.description}: {raw[:200]!r}")
                raise
        elif mode:
            raise Refusal(400, f"Bad Request: unsupported parse_mode {mode}")
        else:
            visible = raw.strip()
        for remark in remarks:
            self.violate(f"{remark}: {raw[:200]!r}")
        if units(visible) > limit:
            self.violate(f"a {what} of {units(visible)} units")
            raise Refusal(400, f"Bad Request: {'message' if what == 'text' else 'message caption'} is too long")
        return visible, entities

    def add(self, chat, given, **more):
        messages = self.messages(chat)
        number = max(messages, default=0) + 1
        message = {"message_id": number, "date": int(time.time()), "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"}}
        reply = given.get("reply_parameters") or {}
        if reply:
            if reply.get("message_id") in messages:
                message["reply_to_message"] = {"message_id": reply["message_id"]}
            elif not reply.get("allow_sending_without_reply"):
                raise Refusal(400, "Bad Request: message to be replied not found")
        message["from"] = {"id": 1, "is_bot": True, "first_name": "Martlet", "username": NAME}
        message.update(more)
        messages[number] = {"message": message, "by_bot": True, "edits": 0}
        return number, message

    def send_message(self, given, chat):
        self.messages(chat)
        visible, entities = self.text(given, "text", LONGEST_TEXT, "text")
        if not visible:
            raise Refusal(400, "Bad Request: message text is empty")
        number, message = self.add(chat, given, text=visible)
        self.chats[chat][number]["entities"] = entities
        self.event(
            "message", chat, message=number, text=visible, raw=given["text"], mode=given.get("parse_mode"), entities=entities,
            reply_to=message.get("reply_to_message", {}).get("message_id"))
        return message

    def edit_message_text(self, given, chat):
        entry = self.messages(chat).get(given.get("message_id"))
        if not entry:
            raise Refusal(400, "Bad Request: message to edit not found")
        if not entry["by_bot"]:
            raise Refusal(400, "Bad Request: message can't be edited")
        if "text" not in entry["message"]:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        visible, entities = self.text(given, "text", LONGEST_TEXT, "text")
        if not visible:
            raise Refusal(400, "Bad Request: message text is empty")
        if (visible, entities) == (entry["message"]["text"], entry["entities"]):
            raise Refusal(
                400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message")
        entry["message"]["text"], entry["entities"] = visible, entities
        entry["edits"] += 1
        self.event("edit", chat, message=given["message_id"], text=visible, raw=given["text"], mode=given.get("parse_mode"), entities=entities)
        return entry["message"]

    def delete_message(self, given, chat):
        if self.messages(chat).pop(given.get("message_id"), None) is None:
            raise Refusal(400, "Bad Request: message to delete not found")
        self.event("delete", chat, message=given["message_id"])
        return True

    def send_voice(self, given, chat):
        self.messages(chat)
        content = given.get("voice")
        if not isinstance(content, bytes):
            raise Refusal(400, "Bad Request: there is no voice in the request")
        if not content:
            raise Refusal(400, "Bad Request: file must be non-empty")
        if len(content) > LARGEST_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
        if content[:4] != b"OggS" or b"OpusHead" not in content[:100]:
            self.violate("a voice message that isn't OGG with Opus")
        visible, entities = self.text(given, "caption", LONGEST_CAPTION, "caption")
        file = self.keep(content, f"voice/file_{self.last_file}.oga")
        duration = int(given.get("duration") or 0)
        voice = {"file_id": file, "file_unique_id": "u" + file, "duration": duration, "mime_type": "audio/ogg", "file_size": len(content)}
        number, message = self.add(chat, given, voice=voice, **({"caption": visible} if visible else {}))
        self.event(
            "voice", chat, message=number, caption=visible, entities=entities, duration=duration, file=file, bytes=len(content),
            reply_to=message.get("reply_to_message", {}).get("message_id"))
        return message

    def send_chat_action(self, given, chat):
        self.messages(chat)
        if given.get("action") not in ACTIONS:
            raise Refusal(400, "Bad Request: wrong parameter action in request")
        self.event("action", chat, action=given["action"])
        return True

    def get_file(self, given, _):
        file = self.files.get(given.get("file_id"))
        if not file:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(file["content"]) > LARGEST_DOWNLOAD:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": given["file_id"], "file_unique_id": "u" + given["file_id"], "file_size": len(file["content"]), "file_path": file["path"]}

    def get_me(self, *_):
        return {"id": 1, "is_bot": True, "first_name": "Martlet", "username": NAME, "can_join_groups": True}

    def set_webhook(self, given, _):
        url, secret = given.get("url", ""), given.get("secret_token")
        if url and not url.startswith("https://"):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = {"url": url, "secret": secret} if url else None
        self.allowed = given.get("allowed_updates") or self.allowed
        self.changed.notify_all()
        return True

    def delete_webhook(self, given, _):
        self.webhook = None
        if given.get("drop_pending_updates"):
            self.queue = []
        return True

    def set_my_commands(self, given, _):
        commands = given.get("commands") or []
        if len(commands) > 100:
            raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command.get("description", "")) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands = commands
        return True

    def get_updates(self, given, is_gone):
        """Waits for updates. Called with `changed` held; gives it back while it waits."""
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
        if "allowed_updates" in given:
            self.allowed = given["allowed_updates"] or None
        self.poll += 1
        self.polls += 1
        mine, until = self.poll, time.time() + min(50, int(given.get("timeout") or 0))
        offset, limit = given.get("offset"), max(1, min(100, int(given.get("limit") or 100)))
        self.changed.notify_all()
        if offset is not None:
            self.queue = [update for update in self.queue if update["update_id"] >= offset or update.get("again")]
            self.confirmed = max(self.confirmed, offset)
        while True:
            if self.poll != mine:
                raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
            if self.webhook:
                raise Refusal(409, "Conflict: terminated by setWebhook request")
            if is_gone():
                raise Dropped
            if self.queue or time.time() >= until:
                break
            self.changed.wait(min(0.2, max(0.01, until - time.time())))
        found = self.queue[:limit]
        # What was repeated is so once.
        self.queue = [update for update in self.queue if not (update in found and update.get("again"))]
        clean = [{key: value for key, value in update.items() if key != "again"} for update in found]
        for update in clean:
            self.given[update["update_id"]] = update
        return clean

    METHODS = {
        "getme": get_me, "sendmessage": send_message, "editmessagetext": edit_message_text, "deletemessage": delete_message,
        "sendvoice": send_voice, "sendchataction": send_chat_action, "getfile": get_file, "setwebhook": set_webhook,
        "deletewebhook": delete_webhook, "setmycommands": set_my_commands,
        "getmycommands": lambda self, *_: self.commands,
        "getwebhookinfo": lambda self, *_: {"url": (self.webhook or {}).get("url", ""), "pending_update_count": len(self.queue)}}

    # MARK: For tests

    def state(self):
        chats = {
            chat: [
                {"message": number, "text": entry["message"].get("text"), "caption": entry["message"].get("caption"),
                 "voice": entry["message"].get("voice"), "edits": entry["edits"],
                 "reply_to": entry["message"].get("reply_to_message", {}).get("message_id")}
                for number, entry in sorted(messages.items()) if entry["by_bot"]]
            for chat, messages in self.chats.items()}
        return {
            "events": self.events, "violations": self.violations, "chats": chats, "webhook": self.webhook, "commands": self.commands,
            "polls": self.polls, "pending": [update["update_id"] for update in self.queue], "confirmed": self.confirmed,
            "faults": [{key: fault.get(key) for key in ("method", "kind", "times", "met")} for fault in self.faults]}


# MARK: HTTP

def form(content_type, body):
    """The fields of a form: texts, and files as bytes."""
    head = email.message.Message()
    head["Content-Type"] = content_type
    boundary = head.get_param("boundary")
    if not boundary:
        raise Refusal(400, "Bad Request: the form has no boundary")
    fields = {}
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        if not part.startswith(b"\r\n") or not part.endswith(b"\r\n"):
            raise Refusal(400, "Bad Request: the form can't be read")
        raw, _, content = part[2:-2].partition(b"\r\n\r\n")
        lines = email.message_from_bytes(raw)
        name = lines.get_param("name", header="content-disposition")
        is_file = lines.get_param("filename", header="content-disposition") is not None
        fields[name] = content if is_file else content.decode()
    return fields


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    telegram = None

    def log_message(self, *_):
        pass

    def respond(self, status, document, content_type="application/json"):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drop(self):
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def is_gone(self):
        ready, _, _ = select.select([self.connection], [], [], 0)
        with contextlib.suppress(BlockingIOError):
            return bool(ready) and self.connection.recv(1, socket.MSG_PEEK) == b""
        return False

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        if url.path.startswith("/control/"):
            with self.telegram.changed:
                answer = CONTROLS[url.path.removeprefix("/control/")](self.telegram, json.loads(body or b"{}"))
            return self.respond(200, answer)
        match = re.fullmatch(r"(/file)?/bot([^/]+)/(.+)", url.path)
        if not match:
            return self.respond(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        if match.group(2) != TOKEN:
            return self.respond(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        try:
            if match.group(1):
                return self.give_file(urllib.parse.unquote(match.group(3)))
            self.answer(match.group(3).lower(), self.parameters(url, body))
        except Dropped:
            self.drop()

    def parameters(self, url, body):
        """From wherever Telegram takes them; in forms, what isn't a text is JSON."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        found = dict(urllib.parse.parse_qsl(url.query))
        try:
            if kind == "application/json":
                given = json.loads(body or b"{}")
                return {**found, **given} if isinstance(given, dict) else found
            if kind == "multipart/form-data":
                found.update(form(self.headers["Content-Type"], body))
            elif kind == "application/x-www-form-urlencoded":
                found.update(urllib.parse.parse_qsl(body.decode()))
            for field, value in found.items():
                if field in ("chat_id", "message_id", "offset", "limit", "timeout", "duration") and re.fullmatch(r"-?\d+", value):
                    found[field] = int(value)
                elif field in ("reply_parameters", "link_preview_options", "allowed_updates", "commands"):
                    found[field] = json.loads(value)
        except (ValueError, Refusal) as error:
            with self.telegram.changed:
                self.telegram.violate(f"parameters that can't be read: {error}")
            return {}
        return found

    def answer(self, method, given):
        telegram = self.telegram
        chat = given.get("chat_id")
        with telegram.changed:
            telegram.check_pace(method, chat, given.get("message_id") if method == "editmessagetext" else None)
            fault = telegram.fault(method, chat)
        kind = fault["kind"] if fault else None
        if kind == "slow":
            time.sleep(fault["seconds"])
        if kind == "drop":
            raise Dropped
        if kind == "status":
            if fault.get("plain"):
                return self.respond(fault["code"], b"<html>out of order</html>", "text/html")
            return self.refuse(Refusal(fault["code"], fault.get("description", "Internal Server Error")))
        if kind == "retry_after":
            with telegram.changed:
                telegram.rests[chat if method in SENDING else method] = time.time() + fault["seconds"]
                telegram.event("rest", chat, seconds=fault["seconds"], method=method)
            return self.refuse(Refusal(429, f"Too Many Requests: retry after {fault['seconds']}", retry_after=fault["seconds"]))
        try:
            with telegram.changed:
                if method == "getupdates":
                    result = telegram.get_updates(given, self.is_gone)
                elif method in telegram.METHODS:
                    result = telegram.METHODS[method](telegram, given, chat)
                else:
                    raise Refusal(404, "Not Found: method not found")
        except Refusal as refusal:
            return self.refuse(refusal)
        if kind == "drop_after":
            raise Dropped
        self.respond(200, {"ok": True, "result": result})

    def refuse(self, refusal):
        document = {"ok": False, "error_code": refusal.code, "description": refusal.description}
        if refusal.parameters:
            document["parameters"] = refusal.parameters
        self.respond(refusal.code, document)

    def give_file(self, path):
        with self.telegram.changed:
            fault = self.telegram.fault("file", None)
            content = next((file["content"] for file in self.telegram.files.values() if file["path"] == path), None)
        if fault and fault["kind"] == "drop":
            raise Dropped
        if fault and fault["kind"] == "status":
            return self.refuse(Refusal(fault["code"], "Internal Server Error"))
        if content is None:
            return self.refuse(Refusal(404, "Not Found"))
        if fault and fault["kind"] == "truncate":
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:len(content) // 2])
            raise Dropped
        self.respond(200, content, "application/octet-stream")


def push(telegram, given):
    update, message = telegram.push(**given)
    return {"update_id": update, "message_id": message}


def add_fault(telegram, given):
    telegram.faults.append(given)
    return {}


def clear_faults(telegram, _):
    telegram.faults = []
    return {}


def repeat(telegram, given):
    telegram.repeat(given["update_id"])
    return {}


def take(telegram, _):
    """Hands out what waits to be delivered, for tests that deliver it themselves."""
    updates, telegram.queue = telegram.queue, []
    return {"updates": updates}


def file_content(telegram, given):
    return {"content": base64.b64encode(telegram.files[given["file"]]["content"]).decode()}


CONTROLS = {
    "push": push, "fault": add_fault, "clear_faults": clear_faults, "repeat": repeat, "take": take, "file": file_content,
    "state": lambda telegram, _: telegram.state()}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    Handler.telegram = Telegram()
    server = Server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()


# MARK: The tests' side

class BotAPI:
    """The server, while the `with` lasts, seen by the people in its chats and by the test."""

    token, name = TOKEN, NAME

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)

    def control(self, what, **given):
        request = urllib.request.Request(f"{self.url}/control/{what}", json.dumps(given).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def call(self, method, **given):
        """Calls a method as another process with the same token would."""
        request = urllib.request.Request(f"{self.url}/bot{TOKEN}/{method}", json.dumps(given).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["result"]

    # What people do.

    def text(self, text, user=7, **more):
        return self.control("push", user=user, more={"text": text, **more.pop("more", {})}, **more)

    def sound(self, content, user=7, kind="voice", seconds=1, size="true", mime="audio/ogg", caption=None, **more):
        """Somebody sends sound. `seconds` and `size` are what Telegram says of it; None: nothing."""
        sound = {"content": base64.b64encode(content).decode(), "kind": kind, "seconds": seconds, "mime": mime}
        if size != "true":
            sound["size"] = size
        return self.control("push", user=user, sound=sound, more={"caption": caption} if caption else {}, **more)

    def repeat(self, update):
        """Delivers an update once more."""
        self.control("repeat", update_id=update)

    def take(self):
        """The updates that wait to be delivered; they aren't any more."""
        return self.control("take")["updates"]

    # What goes wrong.

    def fault(self, method, kind, **more):
        """`kind`: slow, drop, drop_after, status (with `code`), retry_after (with `seconds`), for files also truncate; `times`, `after`, `chat`."""
        self.control("fault", method=method, kind=kind, **more)

    # What is to be seen.

    def state(self):
        return self.control("state")

    def events(self, *kinds, chat=7):
        """What the bot did in a chat, in order."""
        return [event for event in self.state()["events"] if event["chat"] == chat and (not kinds or event["kind"] in kinds)]

    def shown(self, chat=7):
        """The bot's messages that stand in a chat now."""
        return self.state()["chats"].get(str(chat), [])

    def texts(self, chat=7):
        return [message["text"] for message in self.shown(chat) if message["text"] is not None]

    def voices(self, chat=7):
        return self.events("voice", chat=chat)

    def content(self, file):
        return base64.b64decode(self.control("file", file=file)["content"])

    def violations(self):
        return [violation["what"] for violation in self.state()["violations"]]


if __name__ == "__main__":
    main()
