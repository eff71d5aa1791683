import Foundation
import ImageStudio
import Testing

@Suite struct PromptBundleTests {
    private let composer = PromptComposer()

    @Test func itHasItsEightLines() throws {
        let bundle = composer.bundle(try PromptSamples.request("sunset at the beach 😍", mode: .general))
        let object = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(bundle)) as? [String: String])
        #expect(
            Set(object.keys) == [
                "style_line", "identity_line", "chat_mood_line", "scene_line", "pose_expression_line", "env_frame_line", "negative_line",
                "final_prompt",
            ])
        #expect(object.values.allSatisfy { !$0.isEmpty })
        #expect(bundle.identityLine.contains("@asha: adult woman") && bundle.identityLine.contains("@ben: young man"))
        #expect(bundle.envFrameLine.contains("sandy beach") && bundle.envFrameLine.contains("sunset"))
        #expect(bundle.poseExpressionLine.hasPrefix("@asha: a tender warm smile"))
        #expect(PromptText.wordCount(bundle.finalPrompt) <= 90)
        #expect(bundle.finalPrompt.contains("@asha") && bundle.finalPrompt.contains("@ben") && bundle.finalPrompt.contains("beach"))
    }

    @Test func moodAndHistoryAreUsedWithoutTheWordsOfTheChat() throws {
        let mood = PromptMood(.sad, intensity: 2, pendingReply: true)
        let bundle = composer.bundle(
            try PromptSamples.request("ok", mode: .privateChat, history: ["secret plans for the beach"], mood: mood))
        #expect(
            bundle.chatMoodLine
                == "Sad mood, strongly felt, in a chat that has just been about being at the beach, still waiting for an answer")
        let json = String(decoding: try JSONEncoder().encode(bundle), as: UTF8.self)
        #expect(json.contains("sandy beach") && !json.contains("secret"))
        #expect(!composer.bundle(try PromptSamples.request("ok", mode: .general, history: ["at the beach"])).chatMoodLine.contains("beach"))
    }
}
