import Foundation
import Foundations
import Gateway
import Hummingbird
import HummingbirdTesting
import Testing

@Suite struct EmbeddingsRouteTests {
    private func embed(_ body: JSONValue, _ bench: TestBench = TestBench()) async throws -> TestResponse {
        try await bench.test { client in
            try await client.execute(
                uri: "/v1/embeddings", method: .post, headers: TestBench.jsonType, body: ByteBuffer(bytes: body.encoded()))
        }
    }

    @Test func numbersOrBytes() async throws {
        let bench = TestBench()
        let floats = try await embed(["input": "one two", "model": "scripted-vectors", "user": "u"], bench)
        #expect(floats.json == [
            "object": "list", "model": "scripted-vectors", "usage": ["prompt_tokens": 2, "total_tokens": 2],
            "data": [["object": "embedding", "index": 0, "embedding": [0.6, 0.8]]],
        ])
        #expect(bench.logs.all.contains { $0.contains("model=scripted-vectors") && $0.contains("prompt_tokens=2") })
        let bytes = try await embed(["input": ["a", "b c"], "encoding_format": "base64"]).json
        #expect(bytes["data"]?.arrayValue?.count == 2 && bytes["usage"]?["total_tokens"] == 3)
        // 0.6 and 0.8 as 32-bit numbers, lowest byte first.
        #expect(bytes["data"]?.arrayValue?[1]["embedding"] == .string(Data([0x9A, 0x99, 0x19, 0x3F, 0xCD, 0xCC, 0x4C, 0x3F]).base64EncodedString()))
        #expect(bytes["data"]?.arrayValue?[1]["index"] == 1)
        let tokens = try await embed(["input": [5, 6, 7], "dimensions": 1]).json
        #expect(tokens["data"] == [["object": "embedding", "index": 0, "embedding": [0.6]]] && tokens["usage"]?["total_tokens"] == 3)
        #expect(try await embed(["input": [[5], [6, 7]]]).json["data"]?.arrayValue?.count == 2)
    }

    @Test func badRequestsSayWhere() async throws {
        func fault(_ body: JSONValue) async throws -> (Int, String?, String?) {
            let response = try await embed(body, TestBench { $0.embeddings.maxInputs = 3; $0.embeddings.maxTokens = 4 })
            return (response.status.code, response.error["code"]?.stringValue, response.error["param"]?.stringValue)
        }
        #expect(try await fault([:]) == (400, "missing", "input"))
        #expect(try await fault(["input": ""]) == (400, "wrong_type", "input[0]"))
        #expect(try await fault(["input": []]) == (400, "out_of_range", "input"))
        #expect(try await fault(["input": ["a", "b", "c", "d"]]) == (400, "out_of_range", "input"))
        #expect(try await fault(["input": ["a", 5]]) == (400, "wrong_type", "input[1]"))
        #expect(try await fault(["input": [5, "a"]]) == (400, "wrong_type", "input[0]"))
        #expect(try await fault(["input": [[1, 2, 3, 4, 5]]]) == (400, "out_of_range", "input[0]"))
        #expect(try await fault(["input": [[]]]) == (400, "wrong_type", "input[0]"))
        #expect(try await fault(["input": true]) == (400, "wrong_type", "input[0]"))
        #expect(try await fault(["input": "x", "dimensions": 0]) == (400, "out_of_range", "dimensions"))
        #expect(try await fault(["input": "x", "encoding_format": "hex"]) == (400, "unknown_value", "encoding_format"))
        #expect(try await fault(["input": "x", "model": "none"]) == (404, "model_not_found", "model"))
        let none = try await embed(["input": "x"], TestBench(embedders: nil))
        #expect(none.status == .serviceUnavailable && none.error["code"] == "model_not_fetched")
    }

    @Test func theyStandInTheLineOfInference() async throws {
        let bench = TestBench { configuration in
            configuration.inference.concurrent = 1
            configuration.inference.waiting = 0
        }
        let place = try await bench.services.inferenceGate.enter(.init(deadline: .after(.seconds(60))))
        let full = try await embed(["input": "x"], bench)
        #expect(full.status == .tooManyRequests && full.error["code"] == "queue_full" && full.headers[.retryAfter] != nil)
        await bench.services.inferenceGate.leave(place, served: nil)
        #expect(try await embed(["input": "x"], bench).status == .ok)
    }
}
