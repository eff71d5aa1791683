import Engines
import Foundation
import Foundations
import ImageStudio
import Media
import ModelHub
import Testing

/// Pictures, faces and answers for the tests of selfies.
enum SelfieSamples {
    static let context = RequestContext(deadline: .after(.seconds(600)))
    static let photos = MartletHome().samples.appending(path: "photos")
    static let faceModel = MartletHome().models.appending(path: "centerface/centerface.onnx")

    /// A picture that the script of the golden values makes, too.
    static func picture(_ kind: String, _ width: Int, _ height: Int, seed: Int = 5) -> RGBImage {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<3 {
                    let value =
                        switch kind {
                        case "noise": (x * x * 3 + y * 7 * x + y * y * 5 + channel * 31 * (x + y + 1) + seed * 97) & 255
                        case "gradient": min(255, x * 200 / width + y * channel * 40 / height + seed)
                        case "flat": (seed * (3 + 2 * channel)) & 255
                        default: (x + y) & 1 == 1 ? 255 - seed : seed
                        }
                    pixels.append(UInt8(value))
                }
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// One grey, with a little of another: a PNG file of one colour would be too small to be taken for a photo.
    static func grey(_ value: UInt8, side: Int = 400) -> RGBImage {
        let pixels = (0..<side * side).flatMap { place -> [UInt8] in
            let grey = value &+ UInt8((place * place / 7 + place * 31) & 1)
            return [grey, grey, grey]
        }
        return RGBImage(width: side, height: side, pixels: pixels)
    }

    static func face(_ x: Double, _ y: Double, _ width: Double, _ height: Double, landmarks: FaceLandmarks? = nil) -> Detection {
        Detection(label: "face", score: 0.9, box: PixelRect(x: x, y: y, width: width, height: height), landmarks: landmarks)
    }

    /// One face well inside a picture of 400 times 300.
    static let usualFace = face(100, 80, 120, 140)

    static let adult: [String: String] = [
        "gender": "male", "age_appearance": "adult", "skin_tone": "brown", "face_shape": "oval", "hair_length": "short",
        "hair_color": "black", "eye_color": "brown", "hat_present": "no", "glasses_present": "no", "mask_present": "no",
    ]

    /// An answer to the question about a schema: unknown but for what is given.
    static func answer(
        _ schema: FeatureSchema = .face, _ words: [String: String] = adult, confidence: [String: Double] = [:], without key: String? = nil
    ) -> String {
        var object = Dictionary(uniqueKeysWithValues: schema.features.map { ($0.rawValue, JSONValue.string("unknown")) })
        for (feature, word) in words { object[feature] = .string(word) }
        if let key { object[key] = nil }
        if !confidence.isEmpty { object["confidence"] = .object(confidence.mapValues(JSONValue.number)) }
        return String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
    }

    static func woman(_ changes: [String: String] = [:]) -> [String: String] {
        adult.merging(["gender": "female"]) { $1 }.merging(changes) { $1 }
    }

    /// A JPEG file with an EXIF block: an orientation, and a secret.
    static func withEXIF(_ jpeg: Data, orientation: UInt8) -> Data {
        let tiff: [UInt8] = [
            0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 2, 0x01, 0x0F, 0, 2, 0, 0, 0, 10, 0, 0, 0, 38, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
            0, 0, 0, 0,
        ]
        let block = Data("Exif\0\0".utf8) + Data(tiff) + Data("SecretCam\0".utf8)
        let length = block.count + 2
        return jpeg.prefix(2) + Data([0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)]) + block + jpeg.dropFirst(2)
    }

    /// The markers of a JPEG file's segments, up to the pixels.
    static func segments(of jpeg: Data) -> [UInt8] {
        let bytes = [UInt8](jpeg)
        var markers: [UInt8] = []
        var place = 2
        while place + 3 < bytes.count, bytes[place] == 0xFF, bytes[place + 1] != 0xDA {
            markers.append(bytes[place + 1])
            place += 2 + (Int(bytes[place + 2]) << 8 | Int(bytes[place + 3]))
        }
        return markers
    }
}

/// Finds what it's told to.
struct ScriptedFaces: Detector {
    let found: [Detection]

    func detect(in image: RGBImage) async throws -> [Detection] { found }
}

/// A vision model that answers as it was told to, and remembers what it was asked.
actor ScriptedVision: SelfieVision {
    struct Question: Sendable {
        let instruction: String
        let picture: Data
        let schema: String
        let maxTokens: Int
    }

    typealias Failure = ScriptedAnswers.Failure

    private var answers: ScriptedAnswers
    private(set) var questions: [Question] = []

    init(_ answers: [ScriptedAnswers.Answer]) { self.answers = ScriptedAnswers(answers) }

    init(_ texts: String...) { answers = ScriptedAnswers(texts) }

    func answer(_ instruction: String, picture: Data, schema: String, maxTokens: Int, context: RequestContext) async throws -> String {
        questions.append(Question(instruction: instruction, picture: picture, schema: schema, maxTokens: maxTokens))
        return try await answers.next().given()
    }
}
