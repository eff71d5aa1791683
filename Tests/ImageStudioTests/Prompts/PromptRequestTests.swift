import Foundation
import ImageStudio
import Testing

@Suite struct PromptRequestTests {
    private func names(_ request: PromptRequest) -> [String] { request.cast.map(\.handle.name) }

    @Test func everybodyOfAChatIsDrawnOnce() throws {
        var request = try PromptSamples.request("hi")
        request.participants.append(PromptParticipant(handle: try Handle("ASHA"), features: PromptSamples.ben))
        #expect(names(request) == ["@asha", "@ben"])
        #expect(request.cast.first?.features == PromptSamples.asha)
    }

    @Test func ofTwoWithOneHandleTheKnownOneCounts() throws {
        var request = try PromptSamples.request("hi")
        request.participants.insert(PromptParticipant(handle: try Handle("asha")), at: 0)
        #expect(request.cast.first?.features == PromptSamples.asha)
    }

    @Test func taggedPeopleWithoutFeaturesAreDrawnByDefault() throws {
        var request = try PromptSamples.request("hi")
        request.target.tags = [try Handle("cleo"), try Handle("ben")]
        #expect(names(request) == ["@asha", "@ben", "@cleo"])
        #expect(PromptComposer().compose(request).prompt.contains("@cleo: adult person; natural skin"))
    }

    @Test(arguments: [
        ("look @ben", PromptRequest.Mode.privateChat, ["@ben"]), ("look", .privateChat, ["@asha", "@ben"]),
        ("@ben @asha", .general, ["@ben", "@asha"]),
        ("@stranger", .general, ["@asha", "@ben"]), ("look @ben", .shorts, ["@asha", "@ben"]), ("look", .profile, ["@asha"]),
    ])
    func theModeDecidesWhoIsDrawn(text: String, mode: PromptRequest.Mode, cast: [String]) throws {
        #expect(names(try PromptSamples.request(text, mode: mode)) == cast)
    }

    @Test func aCrowdIsCutBehindThoseWhomItIsAbout() throws {
        var request = try PromptSamples.request("with @p9", mode: .scenes)
        request.participants += try (0..<20).map { PromptParticipant(handle: try Handle("p\($0)")) }
        #expect(names(request) == ["@p9", "@asha", "@ben", "@p0", "@p1", "@p2"])
    }

    @Test func aMoodStaysInItsRange() throws {
        let mood = try JSONDecoder().decode(
            PromptMood.self, from: Data(#"{"mood": "tense", "intensity": 9, "confidence": -1, "unreplied_count": 3}"#.utf8))
        #expect(mood == PromptMood(.tense, intensity: 2, confidence: 0, unrepliedCount: 3))
        #expect(try JSONDecoder().decode(PromptMood.self, from: Data("{}".utf8)) == PromptMood())
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PromptMood.self, from: Data(#"{"mood": "hungry"}"#.utf8)) }
    }
}
