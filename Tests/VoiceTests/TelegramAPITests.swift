import Foundation
import Foundations
import Networking
import Testing
import Voice

@Suite struct TelegramAPITests {
    @Test(arguments: [
        (#"{"ok":true,"result":{"a":1}}"#, 200, TelegramAnswer.result(["a": 1])),
        (#"{"ok":true}"#, 200, .failure(.unexpectedAnswer)),
        ("<html>", 200, .failure(.unexpectedAnswer)),
        ("", 302, .failure(.unexpectedAnswer)),
        (#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, 401, .failure(.notAuthorised)),
        (#"{"ok":false,"error_code":404,"description":"Not Found"}"#, 404, .failure(.notAuthorised)),
        (#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#, 403, .failure(.refused(code: 403))),
        (#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#, 400, .failure(.refused(code: 400))),
        (#"{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}"#, 409, .failure(.conflict)),
        (#"{"ok":false,"error_code":413,"description":"Request Entity Too Large"}"#, 413, .failure(.fileTooLarge(limit: 50 << 20))),
        (#"{"ok":false,"error_code":400,"description":"Bad Request: file is too big"}"#, 400, .failure(.fileTooLarge(limit: 20 << 20))),
        (
            #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#, 429,
            .failure(.slowDown(after: .seconds(7)))
        ),
        (#"{"ok":false,"error_code":429,"description":"Too Many Requests"}"#, 429, .failure(.slowDown(after: .seconds(1)))),
        (#"{"ok":false,"error_code":500,"description":"Internal Server Error"}"#, 500, .failure(.unavailable)),
        ("Bad Gateway", 502, .failure(.unanswered)),
        ("", 504, .failure(.unanswered)),
        ("", 503, .failure(.unavailable)),
        (
            #"{"ok":false,"error_code":400,"description":"Bad Request: message is not modified: specified new message content…"}"#, 400,
            .fault(.notModified)
        ),
        (#"{"ok":false,"error_code":400,"description":"Bad Request: message to delete not found"}"#, 400, .fault(.nothingToDelete)),
        (
            #"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 3"}"#,
            400, .fault(.unreadableMarkup)
        ),
    ])
    func answersAreToldApart(_ body: String, _ status: Int, _ expected: TelegramAnswer) {
        #expect(TelegramAnswer(status: status, body: Data(body.utf8)) == expected)
    }

    @Test func settingsAreChecked() {
        let telegram = ScriptedTelegram { _, _ in .hangs }
        for token in ["", "abc", "123", "12:a/b", "12:a b", "1:../x"] {
            #expect(throws: TelegramError.invalidToken) { try TelegramAPI(token: token, apiURL: "https://x", transport: telegram) }
        }
        for url in ["", "x", "ftp://x", "https://user:word@x/", "https://x/?a=b"] {
            #expect(throws: TelegramError.invalidAddress) { try telegram.api(url: url) }
        }
    }

    @Test func addressesAreBuiltOnTheServers() async throws {
        let telegram = ScriptedTelegram { _, _ in .result(["username": "martlet_bot"]) }
        for url in ["https://api.example.org", "https://api.example.org/", "http://10.0.0.1:8081/telegram//"] {
            #expect(try await telegram.api(url: url).name(deadline: .after(.seconds(5))) == "martlet_bot")
        }
        let bases = ["https://api.example.org", "https://api.example.org", "http://10.0.0.1:8081/telegram"]
        #expect(telegram.calls.map(\.request.url) == bases.map { "\($0)/bot\(ScriptedTelegram.token)/getMe" })
    }

    @Test func nothingTellsTheToken() async throws {
        let api = try ScriptedTelegram { _, _ in .hangs }.api()
        var text = "\(api) \(String(reflecting: api)) \(TelegramPort(api: api))"
        dump(TelegramPort(api: api), to: &text)
        #expect(!text.contains("TEST-token"))
        let replies: [ScriptedTelegram.Reply] = [
            .error(401, "Unauthorized"), .error(400, "Bad Request: \(ScriptedTelegram.token)"), .raw(502, ScriptedTelegram.token),
            .fails(.connectionFailed), .fails(.timeout), .fails(.invalidURL(reason: "is odd")),
        ]
        for reply in replies {
            let telegram = ScriptedTelegram { _, _ in reply }
            do {
                _ = try await telegram.api().name(deadline: .after(.seconds(5)))
                Issue.record("no error")
            } catch {
                #expect(error is ChatPortError)
                #expect(!"\(error)\(ErrorReport(error).message)\(ErrorReport(error).details)".contains("TEST-token"))
            }
        }
    }

    @Test(arguments: [
        (NetworkError.connectionFailed, ChatPortError.unavailable), (.hostNotFound, .unavailable), (.timeout, .unanswered),
        (.truncated(received: 1, announced: 2), .unanswered), (.tooLarge(limit: 1, announced: nil), .unexpectedAnswer),
    ])
    func theNetworksFaultsAreToldApart(_ fault: NetworkError, _ expected: ChatPortError) async throws {
        let telegram = ScriptedTelegram { _, _ in .fails(fault) }
        await #expect(throws: expected) { try await telegram.api().name(deadline: .after(.seconds(5))) }
    }

    @Test func formsHoldFieldsAndFiles() {
        var form = FormBody(boundary: "b")
        form.add("chat_id", "7")
        form.add("voice", file: Data("OggS".utf8), name: "voice.ogg", type: "audio/ogg")
        #expect(form.contentType == "multipart/form-data; boundary=b")
        #expect(
            String(decoding: form.finished, as: UTF8.self) == """
                --b\r
                Content-Disposition: form-data; name="chat_id"\r
                \r
                7\r
                --b\r
                Content-Disposition: form-data; name="voice"; filename="voice.ogg"\r
                Content-Type: audio/ogg\r
                \r
                OggS\r
                --b--\r

                """)
    }
}

@Suite struct TelegramUpdateTests {
    private func message(
        _ more: [String: JSONValue] = ["text": "Hello"], from: [String: JSONValue] = [:], botName: String? = "martlet_bot"
    ) throws -> BotMessage? {
        let update = try #require(TelegramUpdate(["update_id": 42, "message": TelegramSamples.message(5, more, from: from)], botName: botName))
        #expect(update.id == 42)
        return update.message
    }

    @Test func aTextIsRead() throws {
        let read = try #require(try message(from: ["username": "ada", "language_code": "pt-BR"]))
        let expected = BotMessage(
            platform: .telegram, update: "telegram:42", chat: "7", user: "7", userName: "ada", message: "5", language: "pt", text: "Hello",
            sent: Date(timeIntervalSince1970: 1_700_000_000))
        #expect(read == expected)
        #expect(try message()?.userName == "Ada")
        #expect(try message(from: ["language_code": "tlh"])?.language == nil)
    }

    private static let sounds: [(kind: String, file: JSONValue, seconds: Double?, bytes: Int?)] = [
        ("voice", ["file_id": "f", "duration": 3, "file_size": 999, "mime_type": "audio/ogg"], 3, 999),
        ("audio", ["file_id": "f", "duration": 200, "title": "Song"], 200, nil),
        ("video_note", ["file_id": "f", "duration": 9, "length": 240, "file_size": 5], 9, 5),
        ("document", ["file_id": "f", "mime_type": "audio/x-wav", "file_size": 44], nil, 44),
        ("voice", ["file_id": "f", "duration": 0], nil, nil),
    ]

    @Test func soundIsAnAttachment() throws {
        for (kind, file, seconds, bytes) in Self.sounds {
            let read = try #require(try message([kind: file, "caption": "what is it?"]))
            #expect(read.attachment == .init(reference: "f", seconds: seconds, bytes: bytes) && read.text == "what is it?")
            #expect(try message([kind: file])?.text == nil)
        }
    }

    @Test func whatNobodySaysToTheBotIsPassedOver() throws {
        #expect(try message(from: ["is_bot": true]) == nil)
        #expect(try message(["new_chat_members": []]) == nil)
        #expect(try message(["photo": [["file_id": "p"]], "caption": "look"]) == nil)
        #expect(try message(["document": ["file_id": "d", "mime_type": "application/pdf"]]) == nil)
        #expect(try message(["text": "post", "chat": ["id": -100, "type": "channel"]]) == nil)
        #expect(try message(["text": "hm", "from": nil]) == nil)
        for kind in ["edited_message", "channel_post", "edited_channel_post", "callback_query"] {
            let update = TelegramUpdate(.object(["update_id": 1, kind: TelegramSamples.message(1)]), botName: nil)
            #expect(update == TelegramUpdate(id: 1, message: nil))
        }
        #expect(TelegramUpdate(["message": TelegramSamples.message(1)], botName: nil) == nil)
        #expect(TelegramUpdate("hello", botName: nil) == nil)
    }

    @Test func commandsToOtherBotsArePassedOver() throws {
        #expect(try message(["text": "/status@Martlet_Bot now"])?.text == "/status now")
        #expect(try message(["text": "/status@martlet_bot"])?.text == "/status")
        #expect(try message(["text": "/status@other_bot"]) == nil)
        #expect(try message(["text": "/status@other_bot"], botName: nil)?.text == "/status")
        #expect(try message(["text": "/status now@noon"])?.text == "/status now@noon")
        #expect(try message(["text": "mail me @ada"])?.text == "mail me @ada")
    }
}
