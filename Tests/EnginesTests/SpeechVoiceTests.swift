import Engines
import Foundation
import Foundations
import Media
import Testing

/// The default voice, and the default transcriber to hear it with.
@Suite struct SpeechVoiceTests {
    static let folder = NativeSamples.model("piper-en-us-joe")
    private let context = RequestContext(deadline: .after(.seconds(120)))

    private static func model(in folder: URL = folder) -> SpeechVoiceModel {
        SpeechVoiceModel(
            name: "Joe", family: .piper, model: folder.appending(path: "en_US-joe-medium.onnx"),
            tokens: folder.appending(path: "en_US-joe-medium.onnx.json"), voices: ["joe"],
            languages: ["en"], espeakVoice: "en-us")
    }

    private func voice() async throws -> SpeechVoice { try await SpeechVoice(model: Self.model(), home: NativeSamples.home) }

    private func sound(of request: SpeechRequest) async throws -> [AudioSamples] {
        var pieces: [AudioSamples] = []
        for try await piece in try await voice().speak(request, context: context) { pieces.append(piece) }
        return pieces
    }

    @Test func whatIsSaidIsHeard() async throws {
        let pieces = try await sound(of: SpeechRequest(text: "The quick brown fox jumps over the lazy dog. Where does it go?"))
        #expect(pieces.count == 2, "a sentence at a time")
        let spoken = AudioSamples(sampleRate: pieces[0].sampleRate, samples: pieces.flatMap(\.samples))
        #expect(spoken.sampleRate == 22_050 && (3...9).contains(spoken.duration))
        #expect(spoken.samples.allSatisfy { abs($0) <= 1 } && spoken.samples.contains { abs($0) > 0.1 })

        let wav = try AudioEncoder.file(spoken, format: .wav, outputRate: 16_000)
        let file = try await MediaFile.open(.data(wav))
        let audio = try #require(try await file.audio())
        let transcriber = try await SpeechTranscriber(
            model: TranscriberTests.model(voiceDetector: TranscriberTests.voiceDetector), home: NativeSamples.home)
        let heard = try await transcriber.transcribe(audio).text.lowercased()
        // A voice speaks a little differently each time: two of thirteen words may be heard wrong.
        let words = Set(heard.split { !$0.isLetter }.map(String.init))
        let missed = Set("the quick brown fox jumps over lazy dog where does it go".split(separator: " ").map(String.init)).subtracting(words)
        #expect(missed.count <= 2, "heard \(heard)")
    }

    @Test func speedChangesTheLength() async throws {
        let text = "One two three four five six seven."
        let slow = try await sound(of: SpeechRequest(text: text, speed: 0.5)).reduce(0) { $0 + $1.duration }
        let fast = try await sound(of: SpeechRequest(text: text, speed: 2)).reduce(0) { $0 + $1.duration }
        #expect(slow > 2.5 * fast)
    }

    @Test(arguments: ["", "   ", "...", "\u{1F600}", "—"])
    func nothingToSayIsSilence(text: String) async throws {
        #expect(try await sound(of: SpeechRequest(text: text)).isEmpty)
    }

    @Test func whatCannotBeSpokenIsRefused() async throws {
        let voice = try await voice()
        await #expect(throws: SpeechError.unknownVoice("nobody", voices: ["joe"])) {
            try await voice.speak(SpeechRequest(text: "Hello", voice: "nobody"), context: context)
        }
        await #expect(throws: SpeechError.languageNotSpoken("de", model: "Joe", languages: ["en"])) {
            try await voice.speak(SpeechRequest(text: "Hallo", language: "de-DE"), context: context)
        }
        await #expect(throws: SpeechError.speedOutOfRange) {
            try await voice.speak(SpeechRequest(text: "Hello", speed: 9), context: context)
        }
    }

    @Test func whoLetsGoStopsTheWork() async throws {
        let text = String(repeating: "This is one of very many sentences. ", count: 200)
        let voice = try await voice()
        let begun = ContinuousClock.now
        for try await _ in try await voice.speak(SpeechRequest(text: text), context: context) { break }
        // The next one has to wait for the sentence at hand only.
        for try await _ in try await voice.speak(SpeechRequest(text: "Next."), context: context) {}
        #expect(ContinuousClock.now - begun < .seconds(30))
    }

    @Test(arguments: ["", "{}", "[]", #"{"audio":{"sample_rate":1},"phoneme_id_map":{"^":[1],"$":[2],"_":[0],"a":[3]}}"#,
        #"{"audio":{"sample_rate":22050},"phoneme_id_map":{"^":[1],"$":[2],"_":[0],"a":[-1]}}"#,
        #"{"audio":{"sample_rate":22050},"phoneme_id_map":{"^":[1],"$":[2],"_":[0],"ab":[3]}}"#,
        #"{"audio":{"sample_rate":22050},"phoneme_id_map":{"^":[1],"$":[2],"_":[0]}}"#, #"{"audio":{"sample_rate":22050},"phoneme_id_map":{"a":[3]}}"#,
        #"{"audio":{"sample_rate":22050},"inference":{"noise_scale":-1},"phoneme_id_map":{"^":[1],"$":[2],"_":[0],"a":[3]}}"#])
    func damagedDescriptionsAreRefused(json: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "voice-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(json.utf8).write(to: file)
        var model = Self.model()
        model.tokens = file
        await #expect(throws: SpeechError.voiceMalformed) { try await SpeechVoice(model: model, home: NativeSamples.home) }
    }

    @Test func anotherModelIsNoVoice() async throws {
        var model = Self.model()
        model.model = NativeSamples.model("silero-vad").appending(path: "silero_vad.onnx")
        await #expect(throws: NativeEngineError.self) { try await SpeechVoice(model: model, home: NativeSamples.home) }
    }

    @Test func missingFilesAreClearErrors() async throws {
        await #expect(throws: NativeEngineError.modelMissing(name: "Joe")) {
            try await SpeechVoice(model: Self.model(in: URL(fileURLWithPath: "/nonexistent")), home: NativeSamples.home)
        }
    }
}

@Suite struct PhonemesTests {
    private func phonemes(_ text: String) async throws -> String {
        let codes = try await utterances(text).map(\.codes).joined(separator: [124])
        return String(String.UnicodeScalarView(codes.compactMap { Unicode.Scalar(UInt32($0)) })).precomposedStringWithCanonicalMapping
    }

    private func utterances(_ text: String) async throws -> [Phonemes.Utterance] {
        try await Phonemes(voice: "en-us").utterances(of: text, by: .after(.seconds(20)))
    }

    @Test func aProcessStartedAheadSaysTheSame() async throws {
        let phonemes = try Phonemes(voice: "en-us")
        let fresh = try await phonemes.utterances(of: "The boat is here.", by: .after(.seconds(20)))
        await phonemes.prepare()
        #expect(try await phonemes.utterances(of: "The boat is here.", by: .after(.seconds(20))) == fresh && !fresh.isEmpty)
        // One that was killed while it waited costs nothing but time. Voices of other tests may have one too.
        let others = try ProcessTable.children(named: "espeak-ng")
        await phonemes.prepare()
        let killed = try ProcessTable.children(named: "espeak-ng").subtracting(others)
        #expect(killed.count == 1)
        for process in killed { kill(process, SIGKILL) }
        #expect(try await phonemes.utterances(of: "The boat is here.", by: .after(.seconds(20))) == fresh)
    }

    @Test func whatWasStartedAheadDoesNotStay() async throws {
        let others = try ProcessTable.children(named: "espeak-ng")
        var ahead: Set<pid_t> = []
        do {
            let phonemes = try Phonemes(voice: "en-us")
            await phonemes.prepare()
            ahead = try ProcessTable.children(named: "espeak-ng").subtracting(others)
            #expect(ahead.count == 1)
        }
        for _ in 0..<100 where try !ProcessTable.children(named: "espeak-ng").isDisjoint(with: ahead) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try ProcessTable.children(named: "espeak-ng").isDisjoint(with: ahead))
    }

    @Test func aLongBeginningComesInParts() async throws {
        let long = "When the sun had gone down behind the hills of the old town, the people came out, and they sat in front of their houses until late. "
        let parts = try await utterances(long + "And " + long)
        #expect(parts.map(\.endsSentence) == [false, true, true], "only the first sentence is cut")
        #expect(parts.first?.codes.last == 44, "behind a comma")
        #expect(try await utterances("Well, yes, that is so, I think.").count == 1)
    }

    @Test func sentencesWithoutEndAreCutAtPausesAndBetweenWords() async throws {
        let words = try await utterances("Hello. " + String(repeating: "never ", count: 300))
        #expect(words.count > 4 && words.allSatisfy { $0.codes.count <= 160 } && words.last?.endsSentence == true)
        let pauses = try await utterances("Hello. " + String(repeating: "one two three four five, ", count: 40))
        #expect(pauses.count > 2 && pauses.allSatisfy { $0.codes.count <= 160 })
        #expect(pauses.dropFirst().dropLast().allSatisfy { $0.codes.suffix(2) == [44, 32] })
    }

    @Test func clausesKeepTheirMarks() async throws {
        #expect(try await phonemes("Hello world, how are you?") == "həlˈoʊ wˈɜːld, hˈaʊ ɑːɹ juː?")
        #expect(try await phonemes("I'm fine!") == "aɪm fˈaɪn!")
    }

    @Test func sentencesStandAlone() async throws {
        #expect(try await phonemes("\"Stop!\" he said. Then he left...") == "stˈɑːp!|hiː sˈɛd.|ðˈɛn hiː lˈɛft.")
        #expect(try await phonemes("Dr. Smith met Mrs. Jones, e.g. here. No. 5 is 9 a.m. today.").split(separator: "|").count == 2)
    }

    @Test func textIsNeverAnOption() async throws {
        #expect(try await phonemes("--version").contains("vˈɜːʒən"))
        #expect(try await phonemes("-q -v de hello").contains("həlˈoʊ"))
    }

    @Test(arguments: ["", " ", "?!", "\u{0}", "\n\n", "…"])
    func nothingGivesNothing(text: String) async throws {
        #expect(try await phonemes(text) == "")
    }

    @Test func numbersAndAddressesStayWhole() async throws {
        let spoken = try await phonemes("Version 3.14 costs 2,500 at 10:30, see example.com.")
        #expect(spoken.contains("pɔɪnt") && spoken.filter { $0 == "," }.count == 1 && spoken.hasSuffix(".") && !spoken.contains("|"))
    }

    @Test func hostileTextsComeBack() async throws {
        for text in [
            String(repeating: "a", count: 5000), String(repeating: "\u{202E}\u{0301}", count: 500), "<speak><break time='9s'/></speak>", "[[_^_]] x", "\u{1}5s \u{7}bell",
            String(repeating: "word ", count: 2000),
        ] {
            _ = try await phonemes(text)
        }
    }
}

@Suite struct SpeechListenerTests {
    private func transcriber() async throws -> SpeechTranscriber {
        var options = SpeechTranscriber.Options()
        // Files are heard in longer pieces than somebody who still speaks; here both must be heard alike.
        options.joinedSegment = options.joinedWhileListening
        return try await SpeechTranscriber(
            model: TranscriberTests.model(voiceDetector: TranscriberTests.voiceDetector), options: options, home: NativeSamples.home)
    }

    @Test(arguments: [1600, 7001]) func soundInPiecesIsHeardAsAWhole(piece: Int) async throws {
        let audio = try NativeSamples.speech("two_cities.wav")
        let transcriber = try await transcriber()
        let whole = try await transcriber.transcribe(audio)
        let listener = try await transcriber.listener(TranscriptionOptions())
        var updates: [ListeningUpdate] = []
        for start in stride(from: 0, to: audio.samples.count, by: piece) {
            updates.append(try await listener.accept(Array(audio.samples[start..<min(start + piece, audio.samples.count)])))
        }
        let heard = try await listener.finish()
        #expect(heard == whole)
        #expect(updates.flatMap(\.segments) == Array(whole.segments.prefix(updates.flatMap(\.segments).count)))
        let early = try #require(updates.firstIndex { !$0.text.isEmpty })
        #expect(Double(early * piece) / 16_000 < 4, "people see soon that they are heard")
        #expect(try await listener.finish() == whole, "finishing twice changes nothing")
        #expect(try await listener.accept(audio.samples).segments.isEmpty, "what comes behind the end is passed over")
    }

    @Test func languagesThatItDoesntKnowAreRefused() async throws {
        let transcriber = try await transcriber()
        _ = try await transcriber.listener(TranscriptionOptions(language: "en-GB"))
        await #expect(throws: SpeechError.languageNotSpoken("de", model: "Moonshine", languages: ["en"])) {
            try await transcriber.listener(TranscriptionOptions(language: "de"))
        }
    }
}

/// The children of this process, by /proc.
private enum ProcessTable {
    static func children(named name: String) throws -> Set<pid_t> {
        try Set(FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }).filter { process in
            guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = line.lastIndex(of: ")") else { return false }
            // PID (NAME) STATE PARENT: one that is dead and not yet collected counts no more.
            let rest = line[line.index(after: end)...].split(separator: " ")
            return line.contains("(\(name))") && rest.count > 1 && rest[0] != "Z" && pid_t(rest[1]) == getpid()
        }
    }
}
