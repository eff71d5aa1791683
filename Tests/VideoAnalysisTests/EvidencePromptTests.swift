import Engines
import Testing
import VideoAnalysis

@Suite struct EvidencePromptTests {
    static let sample = EvidenceSummary(
        duration: 12,
        tracks: [
            .init(label: "cat", start: 0, end: 3.2, score: 0.8, position: "centre", motion: "still"),
            .init(label: "person", start: 9, end: 12, score: 0.9, position: "left", motion: "right"),
            .init(label: "person", start: 9.5, end: 12, score: 0.7, position: "right", motion: "right"),
        ],
        texts: [.init(text: "OPEN DAILY", start: 3.2, end: 6.2, score: 0.98), .init(text: "9 TO 5", start: 3.2, end: 6.2, score: 0.95)],
        scenes: [.init(start: 0, end: 3.2, camera: "zoom out", colours: ["brown"]), .init(start: 3.2, end: 12, camera: "still", colours: ["dark green"])],
        speech: [.init(start: 1, end: 4.4, text: "The boat leaves in ten minutes.")], faces: 1)

    @Test func sameBeginningForEveryQuestion() {
        let prompt = EvidencePrompt(Self.sample)
        let first = prompt.message(for: "What animal appears?")
        let second = prompt.message(for: "What does the sign say?", history: [.init(question: "What animal appears?", answer: "A cat.")])
        let block = "Notes about the video:\n" + prompt.block
        #expect(first.hasPrefix(block))
        #expect(second.hasPrefix(block))
        #expect(first.hasSuffix("Question: What animal appears?"))
        #expect(second.contains("A: A cat."))
    }

    @Test func holdsEveryKindWithTimes() {
        let block = EvidencePrompt(Self.sample).block
        for fact in ["cat, from 0 s to 3.2 s", "2 people", "\"OPEN DAILY\", from 3.2 s to 6.2 s", "\"The boat leaves in ten minutes.\", from 1 s to 4.4 s", "zoom out", "dark green", "Faces at once: 1"] {
            #expect(block.contains(fact), "\(fact)")
        }
    }

    @Test func restatesWhatMattersForTheQuestion() {
        let prompt = EvidencePrompt(Self.sample)
        func important(_ question: String) -> String {
            String(prompt.message(for: question).split(separator: "Notes for this question:").last ?? "")
        }
        let sign = important("What does the sign say?")
        #expect(sign.contains("OPEN DAILY") && !sign.contains("boat"))
        let said = important("What is said?")
        #expect(said.contains("boat") && !said.contains("OPEN"))
        let animal = important("What animal appears?")
        #expect(animal.contains("a cat (0 s to 3.2 s)") && !animal.contains("boat"))
        #expect(important("How many people are visible?").contains("Most of person at once: 2."))
        #expect(important("Is the picture dark or bright?").contains("brown"))
        let whole = important("Describe the video.")
        #expect(whole.contains("cat") && whole.contains("OPEN DAILY") && whole.contains("boat"))
    }

    @Test func whatIsSeenTogetherIsNoSequence() {
        let cup = EvidenceSummary(duration: 5, tracks: [
            .init(label: "spoon", start: 0, end: 5, score: 0.6, position: "right", motion: "still"),
            .init(label: "cup", start: 0, end: 5, score: 0.9, position: "centre", motion: "still"),
        ])
        #expect(EvidencePrompt(cup).message(for: "What is on the table?").contains("Seen: a cup and a spoon (0 s to 5 s)."))
    }

    @Test func saysWhatIsNotThere() {
        let prompt = EvidencePrompt(EvidenceSummary(duration: 3, scenes: [.init(start: 0, end: 3, camera: "still", colours: ["blue"])]))
        #expect(prompt.message(for: "What does the sign say?").contains("There is no text and no sign in the video."))
        #expect(prompt.message(for: "What is said?").contains("Nobody speaks in the video."))
        #expect(prompt.message(for: "What animal is it?").contains("No known object was found"))
    }

    @Test func saysWhatWasNotExamined() {
        let prompt = EvidencePrompt(EvidenceSummary(duration: 3, missing: ["text": "No model for it is installed."]))
        #expect(prompt.message(for: "What does the sign say?").contains("Text was not examined."))
        #expect(!prompt.block.contains("no text and no sign"))
    }

    @Test(arguments: [400, 600, 1800])
    func keepsToItsBudget(budget: Int) {
        let long = EvidenceSummary(
            duration: 7200,
            tracks: (0..<500).map { .init(label: "person", start: Double($0) * 10, end: Double($0) * 10 + 5, score: 0.8, position: "left", motion: "right") },
            texts: (0..<500).map { .init(text: "LINE NUMBER \($0) OF MANY", start: Double($0) * 10, end: Double($0) * 10 + 5, score: 0.8) },
            scenes: (0..<500).map { .init(start: Double($0) * 10, end: Double($0) * 10 + 10, camera: "still", colours: ["brown", "green"]) },
            speech: (0..<2000).map { .init(start: Double($0) * 3, end: Double($0) * 3 + 2, text: "This is sentence number \($0) of a long talk.") })
        let prompt = EvidencePrompt(long, blockTokens: budget)
        #expect(EvidencePrompt.tokens(in: prompt.block) <= budget + 40)
        #expect(prompt.block.contains("sentence number 0 ") && prompt.block.contains("sentence number 1999 "))
        let message = prompt.message(for: "What is said about sentence number 777?")
        #expect(EvidencePrompt.tokens(in: message) <= budget + EvidencePrompt.factTokens + 120)
    }

    @Test func tokenEstimateIsCareful() {
        #expect(EvidencePrompt.tokens(in: "") == 0)
        #expect(EvidencePrompt.tokens(in: "The boat leaves in ten minutes.") >= 7)
        #expect(EvidencePrompt.tokens(in: "你好世界") >= 4)
        #expect(EvidencePrompt.tokens(in: "1234567890") >= 10)
    }
}

@Suite struct QuestionPartsTests {
    @Test(arguments: [
        ("What animal appears, what does the sign say, and what is said?", ["What animal appears?", "What does the sign say?", "What is said?"]),
        ("Who speaks and where does Peter live?", ["Who speaks?", "Where does Peter live?"]),
        ("What is shown first, and what after it?", ["What is shown first, and what after it?"]),
        ("Is there a cat? What does the sign say?", ["Is there a cat?", "What does the sign say?"]),
        ("Name the colours and count them.", ["Name the colours and count them."]),
        ("What is the name of the man and the woman?", ["What is the name of the man and the woman?"]),
        ("  What\n is said?  ", ["What is said?"]),
    ])
    func divides(question: String, parts: [String]) {
        let found = QuestionParts(question).questions
        #expect(found == (parts.count == 1 ? [question.split(whereSeparator: \.isWhitespace).joined(separator: " ")] : parts))
    }

    @Test func manyPartsStayWhole() {
        let question = (0..<9).map { "what is thing \($0)" }.joined(separator: ", ") + "?"
        #expect(QuestionParts(question).questions == [question])
    }

    @Test(arguments: [
        ("What does the sign say?", .text), ("What does she say?", .speech), ("What is said last?", .speech), ("What animal is it?", .objects),
        ("How many scenes are there?", .scenes), ("Which colour fills the picture?", .colour), ("In which direction does the camera pan?", .motion),
        ("Describe the video.", .everything), ("Hm", .everything), ("What is shown first?", .objects), ("How many dogs?", .objects),
    ] as [(String, QuestionParts.Topic)])
    func topics(question: String, topic: QuestionParts.Topic) { #expect(QuestionParts.topics(of: question).contains(topic)) }
}

@Suite struct RepetitionGuardTests {
    @Test func plainTextPasses() {
        var watch = RepetitionGuard()
        let accepted = watch.accepts("A cat appears at 0 s. The sign says \"OPEN DAILY\". Yes. Yes. The boat leaves in ten minutes.")
        #expect(accepted)
    }

    @Test func aRepeatedSentenceEnds() {
        var watch = RepetitionGuard()
        let first = watch.accepts("The cat is on the table. ")
        let second = watch.accepts("The cat is on the table.")
        #expect(first && !second)
    }

    @Test func aLoopWithoutSentencesEnds() {
        var watch = RepetitionGuard()
        let results = (0..<100).map { _ in watch.accepts("and so on, ") }
        #expect(results.contains(false))
    }
}
