import Foundations
import Gateway
import Testing
import VideoAnalysis

@Suite struct VideoRequestTests {
    private let configuration = Configuration()

    private func ask(_ video: [String: JSONValue] = [:], _ generation: [String: JSONValue] = [:], _ more: [String: JSONValue] = [:])
        throws -> VideoRequest
    {
        var object: [String: JSONValue] = [
            "video_url": "http://a.example/v.mp4", "prompt": " ", "video_params": .object(video),
            "generation_params": .object(generation),
        ]
        object.merge(more) { _, new in new }
        return try VideoRequest.json(object, configuration).0
    }

    private func faults(_ body: () throws -> some Any) -> [String: String] {
        do {
            _ = try body()
        } catch GatewayError.invalidFields(let faults, kind: .unprocessable) {
            return Dictionary(faults.map { ($0.param, $0.code) }, uniquingKeysWith: { first, _ in first })
        } catch {
            Issue.record(error)
        }
        return [:]
    }

    @Test func defaultsAreTheOperators() throws {
        let request = try ask()
        #expect(request.sampling.fps == 2)
        #expect(request.sampling.maxFrames == 768)
        #expect(request.sampling.minPixels == 4096 && request.sampling.maxPixels == 262_144)
        #expect(request.sampling.totalPixels == 20_971_520)
        #expect(request.generation == GenerationOptions())
        #expect(request.evidence == .auto && request.model == nil && !request.stream && request.history.isEmpty)
    }

    @Test func nullAndUnknownMeanDefault() throws {
        let request = try ask(
            ["fps": .null, "max_frames": .null, "wonder": 3], ["temperature": .null, "seed": .null],
            ["evidence": .null, "history": .null, "stream": .null, "model": .null])
        #expect(request.sampling.fps == 2 && request.sampling.maxFrames == 768)
        // What is left out, the pipeline decides: an answer from evidence wants another temperature than one from frames.
        #expect(request.generation.temperature == nil)
        let none = try VideoRequest.json(
            ["video_url": "HTTPS://a.example", "prompt": "p", "video_params": .null, "generation_params": .null], configuration)
        #expect(none.0.sampling == request.sampling)
    }

    @Test func coercionIsLax() throws {
        let request = try ask(
            ["fps": "3", "max_frames": 8.0, "min_pixels": " 8192 ", "video_start": "1e0", "video_end": 2],
            ["max_tokens": "10", "top_k": 0, "temperature": 0, "top_p": 1, "seed": 7],
            ["evidence": "never", "stream": "true", "history": [["question": "a", "answer": "b"]]])
        #expect(request.sampling.fps == 3 && request.sampling.maxFrames == 8 && request.sampling.minPixels == 8192)
        #expect(request.sampling.start == 1 && request.sampling.end == 2)
        #expect(request.generation.maxTokens == 10 && request.generation.topK == 0 && request.generation.seed == 7)
        #expect(request.evidence == .never && request.stream)
        #expect(request.history.first?.answer == "b")
    }

    @Test func exactFrameCountReplacesTheRate() throws {
        let request = try ask(["nframes": 6])
        #expect(request.sampling.frameCount == 6 && request.sampling.fps == nil)
        #expect(faults { try ask(["nframes": 6, "fps": 1]) } == ["video_params.nframes": "conflict"])
    }

    @Test(arguments: [
        ("fps", 0, "out_of_range"), ("fps", -1, "out_of_range"), ("fps", 240.5, "out_of_range"),
        ("fps", "nan", "not_finite"), ("fps", "-inf", "not_finite"), ("fps", "0x10", "wrong_type"), ("fps", true, "wrong_type"),
        ("fps", [1], "wrong_type"), ("fps", "fast", "wrong_type"), ("max_frames", 1, "out_of_range"),
        ("max_frames", 2049, "out_of_range"), ("max_frames", 2.5, "wrong_type"), ("max_frames", 1e300, "out_of_range"),
        ("min_frames", 0, "out_of_range"), ("nframes", 1, "out_of_range"), ("min_pixels", 0, "out_of_range"),
        ("min_pixels", 300_000, "out_of_range"), ("max_pixels", 4000, "_"), ("total_pixels", -1, "out_of_range"),
        ("video_start", -0.5, "out_of_range"), ("video_end", 0, "out_of_range"),
    ] as [(String, JSONValue, String)])
    func videoRangesAreChecked(_ name: String, _ value: JSONValue, _ code: String) {
        let found = faults { try ask([name: value]) }
        // A maximum below the default minimum is reported at the minimum.
        if code == "_" { #expect(found == ["video_params.min_pixels": "out_of_range"]) } else { #expect(found == ["video_params.\(name)": code]) }
    }

    @Test(arguments: [
        ("max_tokens", 0), ("max_tokens", 32_769), ("temperature", 2.1), ("temperature", -0.1), ("top_p", 1.5),
        ("top_k", -3), ("top_k", 1001), ("seed", -1),
    ] as [(String, JSONValue)])
    func generationRangesAreChecked(_ name: String, _ value: JSONValue) {
        #expect(faults { try ask([:], [name: value]) } == ["generation_params.\(name)": "out_of_range"])
    }

    @Test func framesAndTimesMustFitTogether() {
        #expect(faults { try ask(["min_frames": 10, "max_frames": 8]) } == ["video_params.min_frames": "out_of_range"])
        #expect(faults { try ask(["video_start": 5, "video_end": 5]) } == ["video_params.video_end": "out_of_range"])
    }

    @Test func allFaultsAreReportedAtOnce() {
        let found = faults {
            try VideoRequest.json(
                ["video_url": "ftp://a", "video_params": ["fps": 0], "generation_params": 3, "evidence": "maybe"], configuration)
        }
        #expect(
            found == [
                "video_url": "invalid_url", "prompt": "missing", "video_params.fps": "out_of_range",
                "generation_params": "wrong_type", "evidence": "unknown_value",
            ])
    }

    @Test(arguments: ["", "a", "http://", "file:///etc/passwd", "http:///x", "javascript:alert(1)", "//a/b"])
    func onlyWebAddresses(_ url: String) {
        #expect(!VideoRequest.isWebAddress(url))
    }

    @Test func formsAreCheckedTheSame() throws {
        let form = try VideoRequest.form(
            ["prompt": "p", "fps": "3", "max_frames": "", "temperature": "0.5", "history": #"[{"question":"a","answer":"b"}]"#],
            hasFile: true, configuration)
        #expect(form.sampling.fps == 3 && form.sampling.maxFrames == 768 && form.generation.temperature == 0.5)
        #expect(form.history.count == 1)
        #expect(
            faults { try VideoRequest.form(["prompt": "", "temperature": "9", "top_k": "-3"], hasFile: false, configuration) }
                == ["prompt": "missing", "video": "missing", "temperature": "out_of_range", "top_k": "out_of_range"])
    }
}
