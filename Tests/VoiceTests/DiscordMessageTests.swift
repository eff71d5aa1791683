import Foundation
import Foundations
import Testing
import Voice

@Suite struct DiscordMessageTests {
    static let bot = "42"

    static func message(_ changes: [String: JSONValue] = [:]) -> JSONValue {
        let usual: [String: JSONValue] = [
            "id": "175928847299117063", "channel_id": "9", "type": 0, "content": "Hello", "flags": 0, "mentions": [], "attachments": [],
            "author": ["id": "5", "username": "ada", "global_name": "Ada"],
        ]
        return .object(usual.merging(changes) { $1 })
    }

    static func read(_ changes: [String: JSONValue] = [:], isDirect: Bool = true) -> BotMessage? {
        DiscordMessage.read(message(changes), bot: bot, isDirect: isDirect)
    }

    @Test func readsADirectMessage() throws {
        let read = try #require(Self.read())
        #expect(read.platform == .discord && read.update == "discord:175928847299117063" && read.message == "175928847299117063")
        #expect(read.chat == "9" && read.user == "5" && read.userName == "Ada")
        #expect(read.text == "Hello" && read.attachment == nil && read.language == nil)
        // The id tells the time: https://discord.com/developers/docs/reference#snowflakes.
        #expect(abs(read.sent.timeIntervalSince1970 - 1_462_015_105.796) < 0.001)
        #expect(Self.read(["author": ["id": "5", "username": "ada", "global_name": nil]])?.userName == "ada")
    }

    @Test func inServersOnlyWhatIsForTheBotCounts() {
        let bot: JSONValue = ["id": "42", "username": "martlet"]
        #expect(Self.read(isDirect: false) == nil)
        #expect(Self.read(["content": "<@42> what time is it?", "mentions": [bot]], isDirect: false)?.text == "what time is it?")
        #expect(Self.read(["content": "tell me, <@!42>", "mentions": [bot]], isDirect: false)?.text == "tell me,")
        #expect(Self.read(["referenced_message": ["author": ["id": "42"]]], isDirect: false)?.text == "Hello")
        #expect(Self.read(["referenced_message": ["author": ["id": "6"]]], isDirect: false) == nil)
        #expect(Self.read(["referenced_message": nil], isDirect: false) == nil)
        #expect(Self.read(["content": "@everyone", "mention_everyone": true], isDirect: false) == nil)
        // Written without the mention's being one.
        #expect(Self.read(["content": "`<@42>`"], isDirect: false) == nil)
    }

    @Test func commandsAreHandedOnWithASlash() {
        #expect(Self.read(["content": "!ping"], isDirect: false)?.text == "/ping")
        #expect(Self.read(["content": "!play music"], isDirect: false) == nil, "another bot's command")
        #expect(Self.read(["content": "!play music"])?.text == "/play music", "to the bot alone")
        #expect(Self.read(["content": "!language de"])?.text == "/language de")
        #expect(Self.read(["content": "<@42> !ping", "mentions": [["id": "42"]]], isDirect: false)?.text == "/ping")
        #expect(Self.read(["content": "!!!"], isDirect: false) == nil && Self.read(["content": "! a"], isDirect: false) == nil)
        #expect(Self.read(["content": "!!!"])?.text == "!!!")
    }

    @Test func othersAreMentionedByName() {
        let mentions: JSONValue = [["id": "6", "username": "bob", "global_name": "Bob"], ["id": "7", "username": "eve"]]
        #expect(Self.read(["content": "Ask <@6> or <@!7>", "mentions": mentions])?.text == "Ask @Bob or @eve")
    }

    @Test func botsAndAnnouncementsAreIgnored() {
        #expect(Self.read(["author": ["id": "5", "username": "x", "bot": true]]) == nil)
        #expect(Self.read(["author": ["id": "42", "username": "x"]]) == nil)
        #expect(Self.read(["author": ["id": "5", "username": "x", "system": true]]) == nil)
        #expect(Self.read(["webhook_id": "3"]) == nil)
        for type in [1, 6, 7, 18, 20, 21, 24] { #expect(Self.read(["type": .integer(type)]) == nil) }
        #expect(Self.read(["type": 19]) != nil)
    }

    @Test func voiceMessagesAreAttachments() throws {
        let voice: JSONValue = [
            "id": "1", "filename": "voice-message.ogg", "content_type": "audio/ogg", "size": 12_345, "duration_secs": 2.5, "waveform": "AAA=",
            "url": "https://cdn.discordapp.com/attachments/9/1/voice-message.ogg?ex=1",
        ]
        let read = try #require(Self.read(["content": "", "flags": 8192, "attachments": [voice]]))
        #expect(read.text == nil)
        #expect(
            read.attachment
                == BotMessage.Attachment(reference: "https://cdn.discordapp.com/attachments/9/1/voice-message.ogg?ex=1", seconds: 2.5, bytes: 12_345))
        // A file with sound, after one without; text beside it.
        let picture: JSONValue = ["id": "2", "filename": "a.png", "content_type": "image/png", "url": "https://cdn.discordapp.com/a.png"]
        let mixed = try #require(Self.read(["attachments": [picture, voice]]))
        #expect(mixed.text == "Hello" && mixed.attachment?.bytes == 12_345)
        #expect(Self.read(["content": "", "attachments": [picture]]) == nil)
        #expect(Self.read(["content": " ", "attachments": []]) == nil)
        let untyped: JSONValue = ["id": "2", "filename": "talk.MP3", "url": "https://cdn.discordapp.com/talk.MP3"]
        #expect(Self.read(["content": "", "attachments": [untyped]])?.attachment?.seconds == nil)
        #expect(Self.read(["content": "", "attachments": [untyped]])?.attachment != nil)
    }

    @Test func whatCannotBeReadIsNoMessage() {
        for key in ["id", "channel_id", "author"] { #expect(Self.read([key: nil]) == nil) }
        #expect(Self.read(["id": "../1"]) == nil && Self.read(["channel_id": "x"]) == nil)
        #expect(DiscordMessage.read("text", bot: Self.bot, isDirect: true) == nil)
    }

    @Test func longNoncesBecomeShortOnes() {
        #expect(DiscordPort.nonce("turn-1") == "turn-1" && DiscordPort.nonce(String(repeating: "x", count: 25)).count == 25)
        let long = DiscordPort.nonce("turn-1234567890-part-1-of-2"), other = DiscordPort.nonce("turn-1234567890-part-2-of-2")
        #expect(long.utf16.count <= 25 && long == DiscordPort.nonce("turn-1234567890-part-1-of-2") && long != other)
        #expect(DiscordPort.nonce(String(repeating: "ü", count: 40)).utf16.count <= 25)
    }
}
