import Engines
import Foundation
import Foundations
import ModelHub
import Testing
import VideoAnalysis

@Suite struct TagAnswererTests {
    private static let context = RequestContext(deadline: .after(.seconds(30)))

    @Test(arguments: [
        ("person", ["person"]), ("Traffic_Light", ["traffic light"]), ("stop-sign", ["stop sign"]), ("cars", ["car"]), ("buses", ["bus"]),
        ("skis", ["skis"]), ("phone", ["cell phone"]), ("bag", ["handbag", "backpack", "suitcase"]), ("walking", []), ("carpet", []), ("", []),
    ]) func theDetectorsWords(_ tag: String, _ labels: [String]) {
        #expect(DetectorTagAnswerer.labels(of: tag) == labels)
    }

    @Test func theDetectorTellsAbsentFromUnknown() async throws {
        let detector = ScriptedDetector { _ in
            [Detection(label: "car", score: 0.8, box: .init(x: 0, y: 0, width: 1, height: 1)), Detection(label: "car", score: 0.6, box: .init(x: 0, y: 0, width: 1, height: 1))]
        }
        let answerer = DetectorTagAnswerer(detector: detector)
        let scores = try await answerer.scores(of: Pictures.plain((0, 0, 0)), tags: ["cars", "dog", "walking"], context: Self.context)
        #expect(scores.count == 3 && abs((scores[0] ?? 0) - 0.8) < 1e-6 && scores[1] == 0 && scores[2] == nil)
        #expect(answerer.unsupported(["cars", "walking"]) == ["walking"])
    }

    private static func scores(_ text: String, _ deltas: [JSONValue] = [], tags: [String] = ["cat", "traffic_light"]) async throws -> [Double?] {
        var model = ScriptedModel()
        model.seesImages = true
        model.events = deltas.map(ChatEvent.delta) + [.text(text), .finished(ChatFinish(reason: "stop"))]
        return try await VisionTagAnswerer(model: model).scores(of: Pictures.plain((9, 9, 9)), tags: tags, context: context)
    }

    @Test func answersAreRead() async throws {
        #expect(try await Self.scores(#"{"cat": true, "traffic_light": false}"#) == [1, 0])
        #expect(try await Self.scores("```json\n{\"Cat\": \"yes\", \"traffic light\": 0}\n```") == [1, 0])
        #expect(try await Self.scores(#"{"cat": true}"#) == [1, nil])
        #expect(try await Self.scores(#"{"cat": null, "traffic_light": true}"#) == [nil, 1])
    }

    @Test(arguments: ["", "no cat", "[true]", #"{"dog": true}"#, #"{"cat": "perhaps"}"#, "{"]) func whatIsNoAnswerIsSaid(_ text: String) async {
        await #expect(throws: (any Error).self) { try await Self.scores(text) }
    }

    @Test func tokenProbabilitiesAreScores() async throws {
        func token(_ text: String, _ yes: Double? = nil, _ no: Double = 0) -> JSONValue {
            let others: [JSONValue] = yes.map { [["token": " true", "logprob": .number(log($0))], ["token": " false", "logprob": .number(log(no))]] } ?? []
            return ["token": .string(text), "logprob": -0.1, "top_logprobs": .array(others)]
        }
        let content: JSONValue = [
            token("{\""), token("cat"), token("\":"), token(" true", 0.6, 0.2), token(", \"traffic"), token("_light"), token("\":"),
            token(" false", 0.1, 0.9), token("}"),
        ]
        let scores = try await Self.scores(#"{"cat": true, "traffic_light": false}"#, [["logprobs": ["content": content]]])
        #expect(abs((scores[0] ?? 0) - 0.75) < 1e-9 && abs((scores[1] ?? 0) - 0.1) < 1e-9)
    }

    @Test func theRequestBindsTheAnswer() async throws {
        var model = ScriptedModel()
        model.seesImages = true
        model.events = [.text(#"{"a \"b": true}"#), .finished(ChatFinish(reason: "stop"))]
        _ = try await VisionTagAnswerer(model: model).scores(of: Pictures.plain((9, 9, 9)), tags: ["a \"b"], context: Self.context)
        let request = try #require(model.requests.all.first)
        #expect(request.temperature == 0 && request.extra["logprobs"] == true)
        let schema = request.extra["response_format"]?["json_schema"]?["schema"]
        #expect(schema?["required"] == ["a \"b"] && schema?["additionalProperties"] == false)
        guard case .image(let data, "image/jpeg") = request.messages[0].parts[0] else { throw LibraryError.noSuchFile }
        #expect(data.starts(with: [0xFF, 0xD8]))
    }

    @Test func whoAnswers() async throws {
        var model = ScriptedModel()
        let objects: @Sendable () async throws -> any Detector = { ScriptedDetector { _ in [] } }
        let blind = TagAnswerers(models: OneModel(model: model), objects: objects)
        #expect(try await blind.answerer("auto", context: Self.context).name == "detector")
        await #expect(throws: LibraryError.unusableModel("scripted")) { try await blind.answerer("scripted", context: Self.context) }
        model.seesImages = true
        let seeing = TagAnswerers(models: OneModel(model: model), objects: objects)
        #expect(try await seeing.answerer("auto", context: Self.context).name == "scripted")
        #expect(try await seeing.answerer("detector", context: Self.context).name == "detector")
    }
}
