import ImageStudio
import Testing

@Suite struct ComposerCaptionTests {
    private static let feelings = [
        "haha", "happy", "love", "joking", "excited", "proud", "surprised", "relax", "sad", "angry", "worried", "tired", "oops", "thanks",
        "",
    ]
    private static let places = [
        "", "beach", "hike", "forest", "snow", "moon", "airport", "train", "car", "park", "gym", "office", "exam", "sick", "wedding",
        "diwali", "xmas", "concert", "club", "cricket", "coffee", "pizza", "kitchen", "party", "home", "bed", "city", "rain", "movie",
        "xbox", "mall",
    ]

    private func captions(_ mode: PromptRequest.Mode) throws -> Set<String> {
        var captions: Set<String> = []
        // What is behind changes the choice among the variants only.
        for feeling in Self.feelings {
            for place in Self.places {
                for end in ["", "."] {
                    captions.insert(PromptComposer().caption(for: try PromptSamples.request("\(feeling) \(place)\(end)", mode: mode)))
                }
            }
        }
        return captions
    }

    @Test(arguments: [PromptRequest.Mode.oneToOne, .privateChat, .shorts, .scenes])
    func everyCaptionHasTenToFifteenWords(mode: PromptRequest.Mode) throws {
        let captions = try captions(mode)
        #expect(captions.count > 80)
        for caption in captions {
            #expect((10...15).contains(PromptText.wordCount(caption)), "\(caption)")
            #expect(!caption.contains("{"))
        }
    }

    @Test func inAChatOfTwoNobodyIsSpokenAbout() throws {
        let third: Set = ["he", "she", "him", "her", "his", "they", "them", "their", "someone", "people"]
        let own: Set = ["i", "you", "we", "me", "us", "my", "your", "our", "i'm", "we'll"]
        for caption in try captions(.oneToOne) {
            let words = Set(caption.lowercased().split { $0 == " " || $0 == "," }.map(String.init))
            #expect(words.isDisjoint(with: third) && !words.isDisjoint(with: own), "\(caption)")
        }
    }

    @Test func forEverybodyItIsAFeeling() throws {
        for caption in try captions(.shorts) {
            let words = Set(caption.lowercased().split { $0 == " " || $0 == "," }.map(String.init))
            #expect(words.isDisjoint(with: ["i", "you", "he", "she", "his", "her"]), "\(caption)")
        }
    }
}
