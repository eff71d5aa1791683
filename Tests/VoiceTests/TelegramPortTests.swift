import Foundation
import Foundations
import Networking
import Testing
import Voice

@Suite struct TelegramPortTests {
    private static let sent: JSONValue = ["message_id": 99]

    @Test func aMessageIsSentWithItsMarkup() async throws {
        let telegram = ScriptedTelegram { _, _ in .result(Self.sent) }
        let port = TelegramPort(api: try telegram.api())
        #expect(try await port.send("It is **nine**.", to: "7", replyingTo: "5", nonce: "n") == "99")
        let call = try #require(telegram.calls.first)
        #expect(call.method == "sendMessage" && call.parameters["chat_id"] == 7 && call.parameters["parse_mode"] == "HTML")
        #expect(call.parameters["text"]?.stringValue == MarkdownDocument("It is **nine**.").rendered(as: .telegramHTML))
        #expect(call.parameters["link_preview_options"] == ["is_disabled": true])
        #expect(call.parameters["reply_parameters"] == ["message_id": 5, "allow_sending_without_reply": true])
    }

    @Test func markupThatTelegramDoesNotLikeIsLeftOut() async throws {
        let telegram = ScriptedTelegram { call, _ in
            call.parameters["parse_mode"] == nil ? .result(Self.sent) : .error(400, "Bad Request: can't parse entities: unexpected end tag")
        }
        let port = TelegramPort(api: try telegram.api())
        #expect(try await port.send("**a**", to: "7", replyingTo: nil, nonce: nil) == "99")
        try await port.edit("99", in: "7", to: "**b**")
        #expect(telegram.methods == ["sendMessage", "sendMessage", "editMessageText", "editMessageText"])
        #expect(telegram.calls[1].parameters["text"]?.stringValue == MarkdownDocument("**a**").rendered(as: .plain))
    }

    @Test func whatIsDoneAlreadyIsNoError() async throws {
        let telegram = ScriptedTelegram { call, _ in
            .error(400, call.method == "deleteMessage" ? "Bad Request: message to delete not found" : "Bad Request: message is not modified")
        }
        let port = TelegramPort(api: try telegram.api())
        try await port.edit("99", in: "7", to: "same")
        try await port.delete("99", in: "7")
        // Where it makes no sense, it is a refusal like others.
        await #expect(throws: ChatPortError.refused(code: 400)) { try await port.send("x", to: "7", replyingTo: nil, nonce: nil) }
    }

    @Test func aVoiceMessageIsAForm() async throws {
        let telegram = ScriptedTelegram { _, _ in .result(Self.sent) }
        let port = TelegramPort(api: try telegram.api())
        let note = VoiceNote(ogg: Data("OggS".utf8), seconds: 2.6, waveform: [1])
        #expect(try await port.sendVoice(note, caption: "a & b", to: "-100", replyingTo: "5", nonce: nil) == "99")
        let call = try #require(telegram.calls.first)
        #expect(call.method == "sendVoice")
        #expect(call.request.headers.contains { $0.name == "Content-Type" && $0.value.hasPrefix("multipart/form-data; boundary=") })
        for field in [
            "name=\"chat_id\"\r\n\r\n-100\r\n", "name=\"duration\"\r\n\r\n3\r\n", "name=\"caption\"\r\n\r\na & b\r\n",
            "name=\"reply_parameters\"\r\n\r\n{\"allow_sending_without_reply\":true,\"message_id\":5}\r\n",
            "name=\"voice\"; filename=\"voice.ogg\"\r\nContent-Type: audio/ogg\r\n\r\nOggS\r\n",
        ] {
            #expect(call.body.contains(field))
        }
    }

    @Test func aRestIsWaitedForWhenThereIsTime() async throws {
        let telegram = ScriptedTelegram { _, before in
            before == 0 ? .error(429, "Too Many Requests: retry after 1", retryAfter: 1) : .result(Self.sent)
        }
        let port = TelegramPort(api: try telegram.api())
        #expect(try await port.send("x", to: "7", replyingTo: nil, nonce: nil) == "99")
        let times = telegram.calls.map(\.time)
        #expect(times.count == 2 && times[1] - times[0] >= .seconds(1))
    }

    @Test func whoeverWaitsForATurnKeepsARestThatBeginsMeanwhile() async throws {
        let telegram = ScriptedTelegram { call, before in
            call.method == "editMessageText" && before == 0 ? .error(429, "Too Many Requests", retryAfter: 2) : .result(Self.sent)
        }
        let port = TelegramPort(api: try telegram.api(), pace: SendPace(chat: .init(interval: .milliseconds(500), burst: 1)))
        async let edit: Void = port.edit("99", in: "7", to: "a")
        try await Task.sleep(for: .milliseconds(100))
        _ = try await port.send("b", to: "7", replyingTo: nil, nonce: nil)
        try await edit
        let times = telegram.calls.map(\.time)
        #expect(times.count == 3 && times[1] - times[0] >= .seconds(2) && times[2] - times[1] >= .milliseconds(400))
    }

    @Test func aLongRestIsToldAtOnceAndKept() async throws {
        let telegram = ScriptedTelegram { call, before in
            call.method == "sendMessage" && before == 0 ? .error(429, "Too Many Requests", retryAfter: 300) : .result(Self.sent)
        }
        let port = TelegramPort(api: try telegram.api())
        let started = ContinuousClock.now
        for _ in 0..<2 {
            do {
                _ = try await port.send("x", to: "7", replyingTo: nil, nonce: nil)
                Issue.record("sent during the rest")
            } catch ChatPortError.slowDown(let rest) {
                #expect(rest > .seconds(290) && rest <= .seconds(300))
            }
        }
        // What isn't worth waiting for is left out, and other chats go on.
        try await port.show(.typing, in: "7")
        #expect(telegram.methods == ["sendMessage"])
        _ = try await port.send("x", to: "8", replyingTo: nil, nonce: nil)
        #expect(telegram.methods == ["sendMessage", "sendMessage"])
        #expect(ContinuousClock.now - started < .seconds(5))
    }

    @Test func activitiesAreShown() async throws {
        let telegram = ScriptedTelegram { _, _ in .result(true) }
        let port = TelegramPort(api: try telegram.api())
        try await port.show(.typing, in: "7")
        try await port.show(.recordingVoice, in: "7")
        #expect(telegram.calls.map { $0.parameters["action"] } == ["typing", "record_voice"])
    }

    @Test func aBurstIsPaced() async throws {
        let telegram = ScriptedTelegram { _, _ in .result(Self.sent) }
        let pace = SendPace(chat: .init(interval: .milliseconds(100), burst: 2))
        let port = TelegramPort(api: try telegram.api(), pace: pace)
        let started = ContinuousClock.now
        for _ in 0..<5 { _ = try await port.send("x", to: "7", replyingTo: nil, nonce: nil) }
        #expect(ContinuousClock.now - started >= .milliseconds(300))
    }

    @Test func cancellationEndsAWait() async throws {
        let telegram = ScriptedTelegram { _, before in before == 0 ? .error(429, "Too Many Requests", retryAfter: 15) : .result(Self.sent) }
        let port = TelegramPort(api: try telegram.api())
        let started = ContinuousClock.now
        let sending = Task { try await port.send("x", to: "7", replyingTo: nil, nonce: nil) }
        try await Task.sleep(for: .milliseconds(100))
        sending.cancel()
        await #expect(throws: CancellationError.self) { try await sending.value }
        #expect(ContinuousClock.now - started < .seconds(5))
    }

    @Test func filesAreFetched() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "in.oga")
        let telegram = ScriptedTelegram { call, _ in
            switch (call.method, call.parameters["file_id"]?.stringValue) {
            case ("download", _): call.request.url.hasSuffix("gone") ? .raw(404, "") : .raw(200, "OggS…")
            case (_, "large"): .result(["file_path": "voice/large.oga", "file_size": 5000])
            case (_, "huge"): .error(400, "Bad Request: file is too big")
            case (_, "evil"): .result(["file_path": "voice/../../etc/passwd"])
            case (_, "gone"): .result(["file_path": "voice/gone"])
            default: .result(["file_path": "voice/file 1.oga", "file_size": 7])
            }
        }
        let port = TelegramPort(api: try telegram.api())
        func fetch(_ reference: String, maxBytes: Int = 100) async throws {
            try await port.fetch(.init(reference: reference, seconds: nil, bytes: nil), into: file, maxBytes: maxBytes)
        }
        try await fetch("good")
        #expect(try Data(contentsOf: file) == Data("OggS…".utf8))
        #expect(telegram.calls.last?.request.url == "https://api.example.org/file/bot\(ScriptedTelegram.token)/voice/file%201.oga")
        await #expect(throws: ChatPortError.fileTooLarge(limit: 100)) { try await fetch("large") }
        await #expect(throws: ChatPortError.fileTooLarge(limit: 20 << 20)) { try await fetch("huge") }
        await #expect(throws: ChatPortError.unexpectedAnswer) { try await fetch("evil") }
        await #expect(throws: ChatPortError.refused(code: 404)) { try await fetch("gone") }
    }
}
