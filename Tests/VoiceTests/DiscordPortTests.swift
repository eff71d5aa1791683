import Foundation
import Foundations
import Networking
import Testing
import Voice

/// What the port refuses by itself: no server stands behind it here.
@Suite struct DiscordPortTests {
    static func withPort(_ body: (DiscordPort) async throws -> Void) async throws {
        var configuration = DiscordConfiguration()
        configuration.token = "token"
        configuration.apiURL = "http://127.0.0.1:9/api"
        configuration.maxFileBytes = 1000
        let network = NetworkClient()
        let rest = try #require(DiscordREST(configuration: configuration, network: network, metrics: MetricsRegistry()))
        try await body(DiscordPort(rest))
        await network.shutdown()
    }

    static let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    @Test func filesComeFromDiscordOnly() async throws {
        try await Self.withPort { port in
            for url in [
                "http://cdn.discordapp.com/a.ogg", "https://cdn.discordapp.com:8443/a.ogg", "https://cdn.discordapp.com.example.org/a.ogg",
                "https://example.org/cdn.discordapp.com/a.ogg", "https://user@cdn.discordapp.com/a.ogg", "http://169.254.169.254/latest",
                "http://127.0.0.1:8080/", "https://127.0.0.1:9/", "file:///etc/passwd", "",
            ] {
                await #expect(throws: ChatPortError.refused(code: 403), "\(url)") {
                    try await port.fetch(.init(reference: url, seconds: nil, bytes: nil), into: Self.file, maxBytes: 100)
                }
            }
            await #expect(throws: ChatPortError.fileTooLarge(limit: 100)) {
                try await port.fetch(.init(reference: "https://cdn.discordapp.com/a.ogg", seconds: nil, bytes: 101), into: Self.file, maxBytes: 100)
            }
            #expect(!FileManager.default.fileExists(atPath: Self.file.path))
        }
    }

    @Test func idsAreNumbers() async throws {
        try await Self.withPort { port in
            for id in ["", "1/2", "../1", "1?x", "-1", "@me"] {
                await #expect(throws: ChatPortError.refused(code: 404)) { try await port.send("Hello", to: id, replyingTo: nil, nonce: nil) }
                await #expect(throws: ChatPortError.refused(code: 404)) { try await port.edit(id, in: "1", to: "Hello") }
                await #expect(throws: ChatPortError.refused(code: 404)) { try await port.show(.typing, in: id) }
            }
            // One that doesn't exist is gone already.
            try await port.delete("../1", in: "1")
        }
    }

    @Test func voiceMessagesAreBounded() async throws {
        try await Self.withPort { port in
            let voice = VoiceNote(ogg: Data(count: 1001), seconds: 1, waveform: [0])
            await #expect(throws: ChatPortError.fileTooLarge(limit: 1000)) {
                try await port.sendVoice(voice, caption: nil, to: "1", replyingTo: nil, nonce: nil)
            }
        }
    }

    @Test func withoutATokenThereIsNoBot() async {
        let network = NetworkClient()
        let rest = DiscordREST(configuration: DiscordConfiguration(), network: network, metrics: MetricsRegistry())
        #expect(rest == nil)
        await network.shutdown()
    }
}
