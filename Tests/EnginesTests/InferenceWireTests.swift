import Engines
import Foundation
import Foundations
import Testing

/// The Open Inference Protocol's bodies: JSON, and JSON with binary data.
@Suite struct InferenceWireTests {
    static let tensors: [InferenceTensor] = (try? make()) ?? []

    private static func make() throws -> [InferenceTensor] {
        func tensor<T>(_ type: InferenceTensor.Datatype, _ values: [T]) throws -> InferenceTensor {
            try InferenceTensor(
                name: "t \"\(type.rawValue)\" ü", datatype: type, shape: [values.count / 2, 2],
                data: values.withUnsafeBytes { Array($0) })
        }
        return [
            try tensor(.bool, [true, false, true, true]), try tensor(.uint8, [UInt8.min, 1, 127, .max]),
            try tensor(.uint16, [UInt16.min, 1, 256, .max]), try tensor(.uint32, [UInt32.min, 1, 65536, .max]),
            try tensor(.uint64, [UInt64.min, 1, 1 << 53 + 1, .max]), try tensor(.int8, [Int8.min, -1, 0, .max]),
            try tensor(.int16, [Int16.min, -1, 0, .max]), try tensor(.int32, [Int32.min, -1, 0, .max]),
            try tensor(.int64, [Int64.min, -1, 1 << 53 + 1, .max]),
            try tensor(.float32, [Float.leastNonzeroMagnitude, -0.1, 16_777_217, .greatestFiniteMagnitude]),
            try tensor(.float64, [Double.leastNonzeroMagnitude, -0.1, 1 / 3, .greatestFiniteMagnitude]),
            try InferenceTensor(
                name: "t \"BYTES\" ü", shape: [2, 2], elements: ["", "a\n\"\\", "größer 🐦", "\u{0}x"].map { Array($0.utf8) }),
        ]
    }

    @Test func everyDatatypeHasAnExample() {
        #expect(Set(Self.tensors.map(\.datatype)).union([.float16, .bfloat16]) == Set(InferenceTensor.Datatype.allCases))
    }

    @Test(arguments: tensors, [true, false]) func requestsMakeTheRoundTrip(tensor: InferenceTensor, binary: Bool) throws {
        let request = InferenceRequest(
            id: "id 7", parameters: ["deep": 2, "text": "x"], inputs: [tensor], outputs: [.init(name: "y", isBinary: binary ? true : nil)])
        let body = try request.encoded(binary: binary)
        #expect((body.headerLength != nil) == binary)
        #expect(try InferenceRequest(body: body.bytes, headerLength: body.headerLength) == request)
    }

    @Test(arguments: tensors, [true, false]) func responsesMakeTheRoundTrip(tensor: InferenceTensor, binary: Bool) throws {
        let response = InferenceResponse(model: "m", version: "1", id: "7", parameters: ["a": true], outputs: [tensor])
        let body = try response.encoded { _ in binary }
        #expect(try InferenceResponse(body: body.bytes, headerLength: body.headerLength) == response)
    }

    @Test func halfFloatsTravelAsBinaryDataOnly() throws {
        for type in [InferenceTensor.Datatype.float16, .bfloat16] {
            let tensor = try InferenceTensor(name: "h", datatype: type, shape: [2], data: [0, 0x3c, 0, 0xbc])
            let response = InferenceResponse(model: "m", outputs: [tensor])
            let body = try response.encoded { _ in true }
            #expect(try InferenceResponse(body: body.bytes, headerLength: body.headerLength) == response)
            #expect(throws: InferenceError.binaryOnly(name: "h")) { try response.encoded { _ in false } }
            #expect(throws: InferenceError.self) {
                try Self.request(#"{"name":"h","datatype":"\#(type.rawValue)","shape":[1],"data":[1]}"#)
            }
        }
    }

    @Test func severalTensorsShareTheBinaryPart() throws {
        let request = InferenceRequest(inputs: Self.tensors, prefersBinary: true)
        let body = try request.encoded(binary: true)
        var read = try InferenceRequest(body: body.bytes, headerLength: body.headerLength)
        #expect(read == request)
        // One as JSON between two as binary data.
        let mixed = InferenceResponse(model: "m", outputs: Array(Self.tensors.prefix(3)))
        let second = Self.tensors[1].name
        let answer = try mixed.encoded { $0 != second }
        #expect(try InferenceResponse(body: answer.bytes, headerLength: answer.headerLength) == mixed)
        read.outputs = [.init(name: "a", isBinary: false), .init(name: "b")]
        #expect(!read.wantsBinary("a") && read.wantsBinary("b") && read.wantsBinary("c"))
    }

    @Test func flatAndNestedDataAreTheSame() throws {
        let flat = try Self.request(#"{"name":"x","datatype":"INT8","shape":[2,1,3],"data":[1,2,3,4,5,6]}"#)
        let nested = try Self.request(#"{"data":[[[1,2,3]],[[4,5,6]]],"shape":[2,1,3],"datatype":"INT8","name":"x"}"#)
        #expect(flat == nested)
        #expect(flat.inputs.first?.data == [1, 2, 3, 4, 5, 6])
        #expect(try Self.request(#"{"name":"x","datatype":"FP32","shape":[0,3],"data":[]}"#).inputs.first?.count == 0)
        #expect(try Self.request(#"{"name":"x","datatype":"INT8","shape":[],"data":[5]}"#).inputs.first?.data == [5])
    }

    @Test func numbersThatJSONCannotHoldBecomeNull() throws {
        let values: [Float] = [.nan, .infinity, 1.5]
        let tensor = try InferenceTensor(
            name: "y", datatype: .float32, shape: [3], data: values.withUnsafeBytes { Array($0) })
        let body = try InferenceResponse(model: "m", outputs: [tensor]).encoded { _ in false }
        #expect(String(decoding: body.bytes, as: UTF8.self).contains("[null,null,1.5]"))
    }

    @Test(arguments: [
        // Elements that don't fit their type.
        ##"{"name":"x","datatype":"INT8","shape":[1],"data":[128]}"##,
        ##"{"name":"x","datatype":"UINT8","shape":[1],"data":[-1]}"##,
        ##"{"name":"x","datatype":"INT32","shape":[1],"data":[1.0]}"##,
        ##"{"name":"x","datatype":"INT32","shape":[1],"data":["1"]}"##,
        ##"{"name":"x","datatype":"UINT64","shape":[1],"data":[18446744073709551616]}"##,
        ##"{"name":"x","datatype":"FP32","shape":[1],"data":[1e39]}"##,
        ##"{"name":"x","datatype":"FP32","shape":[1],"data":[NaN]}"##,
        ##"{"name":"x","datatype":"FP64","shape":[1],"data":[0x10]}"##,
        ##"{"name":"x","datatype":"FP64","shape":[1],"data":[null]}"##,
        ##"{"name":"x","datatype":"BOOL","shape":[1],"data":[1]}"##,
        ##"{"name":"x","datatype":"BYTES","shape":[1],"data":[1]}"##,
        // Shapes that aren't the data's.
        ##"{"name":"x","datatype":"INT8","shape":[2],"data":[1]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[2,2],"data":[[1,2,3],[4]]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[2,2],"data":[[1,2],3,4]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[4],"data":[[1,2],[3,4]]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[],"data":[[1]]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[-1],"data":[1]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[1.5],"data":[1]}"##,
        ##"{"name":"x","datatype":"FP64","shape":[4294967296,4294967296,4294967296],"data":[1]}"##,
        ##"{"name":"x","datatype":"FP64","shape":[9223372036854775807],"data":[1]}"##,
        ##"{"name":"x","datatype":"FP64","shape":[1000000000000],"data":[1]}"##,
        // Declarations that say too little or too much.
        ##"{"datatype":"INT8","shape":[1],"data":[1]}"##,
        ##"{"name":"","datatype":"INT8","shape":[1],"data":[1]}"##,
        ##"{"name":"x","datatype":"INT7","shape":[1],"data":[1]}"##,
        ##"{"name":"x","shape":[1],"data":[1]}"##,
        ##"{"name":"x","datatype":"INT8","data":[1]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[1]}"##,
        ##"{"name":"x","datatype":"INT8","shape":[1],"data":7}"##,
        ##"{"name":"x","datatype":"INT8","shape":[1],"parameters":{"binary_data_size":1}}"##,
        ##"{"name":"x","datatype":"INT8","shape":[1],"parameters":{"binary_data_size":-1}}"##,
        ##"{"name":"x","datatype":"INT8","shape":[1],"parameters":{"shared_memory_region":"r"}}"##,
        ##"[]"##, ##"7"##, ##"{"##,
    ]) func tensorsThatDoNotFitAreRefused(tensor: String) {
        #expect(throws: InferenceError.self) { try Self.request(tensor) }
    }

    @Test func bodiesThatAreNoRequestsAreRefused() throws {
        let tensor = ##"{"name":"x","datatype":"INT8","shape":[1],"data":[1]}"##
        for text in [
            "", "{}", "[]", "null", #"{"inputs":{}}"#, #"{"inputs":[]} x"#, #"{"inputs":["#, #"{"inputs":[],"inputs":[]}"#,
            #"{"inputs":[\#(tensor),\#(tensor)]}"#, #"{"inputs":[],"id":7}"#, #"{"inputs":[],"parameters":[]}"#,
            #"{"inputs":[],"outputs":[{}]}"#, #"{"inputs":[],"outputs":[{"name":"y","parameters":{"classification":3}}]}"#,
            #"{"inputs":[],"a":\#(String(repeating: "[", count: 100))"#,
        ] {
            #expect(throws: InferenceError.self, "\(text)") { try InferenceRequest(body: Array(text.utf8), headerLength: nil) }
        }
        let many = "{\"inputs\":[" + (0...256).map { ##"{"name":"\##($0)","datatype":"INT8","shape":[0],"data":[]}"## }.joined(separator: ",") + "]}"
        #expect(throws: InferenceError.self) { try InferenceRequest(body: Array(many.utf8), headerLength: nil) }
    }

    @Test func binarySizesAreTheBodys() throws {
        func read(_ tensor: String, _ data: [UInt8], length: Int? = nil) throws -> InferenceRequest {
            let header = Array(#"{"inputs":[\#(tensor)]}"#.utf8)
            return try InferenceRequest(body: header + data, headerLength: length ?? header.count)
        }
        func declared(_ size: Int, _ type: String = "UINT8", _ shape: String = "[2]") -> String {
            #"{"name":"x","datatype":"\#(type)","shape":\#(shape),"parameters":{"binary_data_size":\#(size)}}"#
        }
        #expect(try read(declared(2), [7, 8]).inputs.first?.data == [7, 8])
        for (tensor, data) in [
            (declared(2), [7]), (declared(2), [7, 8, 9]), (declared(3), [7, 8, 9]), (declared(Int.max), [7, 8]),
            (declared(6, "BYTES", "[1]"), [9, 0, 0, 0, 1, 2]), (declared(4, "BYTES", "[1]"), [255, 255, 255, 255]),
            (declared(3, "BYTES", "[1]"), [0, 0, 0]), (declared(4, "BYTES", "[2]"), [0, 0, 0, 0]), (declared(2, "BOOL"), [1, 2]),
        ] as [(String, [UInt8])] {
            #expect(throws: InferenceError.self, "\(tensor)") { try read(tensor, data) }
        }
        for length in [-1, 0, 1, 1000, Int.max] {
            #expect(throws: InferenceError.self) { try read(declared(2), [7, 8], length: length) }
        }
    }

    /// Damaged bodies are refused or read as something whole: what is read can be written and read again.
    @Test(arguments: 0..<8) func damagedBodiesNeverDoHarm(seed: UInt64) throws {
        var random = Xorshift(state: 0x9E37_79B9 &+ seed &* 7919)
        let request = InferenceRequest(
            id: "1", parameters: ["p": 1], inputs: seed % 2 == 0 ? Self.tensors : Array(Self.tensors.suffix(2)), outputs: [.init(name: "y")])
        let body = try request.encoded(binary: seed % 2 == 0)
        var accepted = 0
        for _ in 0..<4000 {
            var bytes = body.bytes
            for _ in 0...(random.next() % 4) {
                guard !bytes.isEmpty else { break }
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(ascii: Array("[]{}\",:-0e.".unicodeScalars)[Int(random.next() % 11)]), at: place)
                default: bytes.removeLast(bytes.count - place)
                }
            }
            let length = body.headerLength.map { random.next() % 3 == 0 ? Int(random.next() % 600) : $0 }
            do {
                let read = try InferenceRequest(body: bytes, headerLength: length)
                accepted += 1
                let again = try read.encoded(binary: true)
                #expect(try InferenceRequest(body: again.bytes, headerLength: again.headerLength).inputs == read.inputs)
            } catch is InferenceError {}
        }
        #expect(accepted < 4000)
    }

    private static func request(_ tensor: String) throws -> InferenceRequest {
        try InferenceRequest(body: Array(#"{"inputs":[\#(tensor)]}"#.utf8), headerLength: nil)
    }
}

/// Numbers that are the same on every run.
struct Xorshift {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
