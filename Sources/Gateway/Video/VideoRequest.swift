import Foundation
import Foundations
import Media
import VideoAnalysis

/// A video question as a caller asks it, checked.
package struct VideoRequest: Sendable {
    package var prompt = ""
    package var sampling = VideoSamplingOptions()
    package var generation = GenerationOptions()
    package var evidence = VideoQuestion.EvidenceMode.auto
    package var model: String?
    package var history: [VideoQuestion.Exchange] = []
    package var stream = false

    private static let maxHistory = 64

    /// Where a question's video is, when it doesn't come with the question.
    package enum Place: Sendable, Equatable {
        case url(String)
        case upload(id: String)
    }

    /// The body of `/v1/inference/url`, with the video's place.
    /// - Throws: `invalidFields` (422) naming every fault.
    package static func json(_ object: [String: JSONValue], _ configuration: Configuration) throws -> (VideoRequest, Place) {
        let fields = FieldReader(object)
        let place: Place
        if let upload = fields.string("upload_id") {
            place = .upload(id: upload)
            if fields.value("video_url") != nil {
                fields.fault("upload_id", "conflict", "Give 'video_url' or 'upload_id', not both.")
            }
        } else {
            let url = fields.requiredString("video_url")
            place = .url(url)
            if !url.isEmpty, !isWebAddress(url) {
                fields.fault("video_url", "invalid_url", "'video_url' must be a URL that starts with http:// or https://.")
            }
        }
        let request = VideoRequest(
            fields, video: fields.nested("video_params"), generation: fields.nested("generation_params"), configuration)
        try fields.finish(.unprocessable)
        return (request, place)
    }

    /// The body of an upload's plan: sampling alone.
    /// - Throws: `invalidFields` (422) naming every fault.
    package static func preview(
        _ object: [String: JSONValue], _ configuration: Configuration
    ) throws -> (VideoRequest, ThumbnailOptions?) {
        let fields = FieldReader(object.merging(["prompt": "preview"]) { $1 })
        let request = VideoRequest(
            fields, video: fields.nested("video_params"), generation: FieldReader([:]), configuration)
        let thumbnails = fields.nested("thumbnails")
        let count = thumbnails.integer(.integer("count", 1...48, "Most pictures"))
        let height = thumbnails.integer(.integer("height", 16...480, fallback: 90, "Pixels"))
        try fields.finish(.unprocessable)
        return (request, count.map { ThumbnailOptions(count: $0, height: height ?? 90) })
    }

    /// The flat fields of a form.
    /// - Throws: `invalidFields` (422) naming every fault.
    package static func form(_ form: [String: String], hasFile: Bool, _ configuration: Configuration) throws -> VideoRequest {
        var object = form.mapValues(JSONValue.string)
        // An empty form field is how browsers say "nothing".
        if form["prompt"]?.isEmpty == true { object["prompt"] = nil }
        if let history = form["history"], !history.isEmpty {
            object["history"] = try JSONText.parse(history.utf8)
        } else {
            object["history"] = nil
        }
        let fields = FieldReader(object)
        if !hasFile { fields.fault("video", "missing", "The file field 'video' is required.") }
        let request = VideoRequest(fields, video: fields, generation: fields, configuration)
        try fields.finish(.unprocessable)
        return request
    }

    package static func isWebAddress(_ text: String) -> Bool {
        guard text.utf8.count <= 8192, let url = URL(string: text), let scheme = url.scheme?.lowercased(),
            let host = url.host(), !host.isEmpty
        else { return false }
        return scheme == "http" || scheme == "https"
    }

    private init(_ fields: FieldReader, video: FieldReader, generation: FieldReader, _ configuration: Configuration) {
        let known = VideoFields(configuration)
        prompt = fields.requiredString("prompt")
        evidence = fields.choice("evidence", of: VideoQuestion.EvidenceMode.self) ?? .auto
        model = fields.string("model").flatMap { $0.isEmpty ? nil : $0 }
        stream = fields.bool("stream") ?? false
        history = Self.history(fields)
        sampling = Self.sampling(video, known, configuration.video)
        self.generation = Self.generation(generation, known, configuration.generation)
    }

    private static func sampling(
        _ fields: FieldReader, _ known: VideoFields, _ defaults: VideoConfiguration
    ) -> VideoSamplingOptions {
        var options = VideoSamplingOptions()
        options.frameCount = fields.integer(known.nframes)
        let fps = fields.number(known.fps)
        if options.frameCount != nil, fps != nil {
            fields.fault("nframes", "conflict", "Give 'fps' or 'nframes', not both.")
        }
        options.fps = options.frameCount == nil ? fps ?? defaults.fps : nil
        options.minFrames = fields.integer(known.minFrames)
        options.maxFrames = fields.integer(known.maxFrames) ?? max(defaults.maxFrames, options.minFrames ?? 0)
        if let least = options.minFrames, let most = options.maxFrames, least > most {
            fields.fault("min_frames", "out_of_range", "'min_frames' must not be above 'max_frames'.")
        }
        let minPixels = fields.integer(known.minPixels) ?? defaults.minPixels
        let maxPixels = fields.integer(known.maxPixels) ?? defaults.maxPixels
        if minPixels > maxPixels {
            fields.fault(
                "min_pixels", "out_of_range", "'min_pixels' (\(minPixels)) must not be above 'max_pixels' (\(maxPixels)).")
        }
        options.minPixels = minPixels
        options.maxPixels = maxPixels
        options.totalPixels = fields.integer(known.totalPixels) ?? defaults.totalPixels
        options.patchSize = defaults.patchSize
        options.start = fields.number(known.start)
        options.end = fields.number(known.end)
        if let start = options.start, let end = options.end, start >= end {
            fields.fault("video_end", "out_of_range", "'video_end' must be after 'video_start'.")
        }
        return options
    }

    private static func generation(
        _ fields: FieldReader, _ known: VideoFields, _ defaults: GenerationConfiguration
    ) -> GenerationOptions {
        var options = GenerationOptions()
        options.maxTokens = fields.integer(known.maxTokens) ?? defaults.maxTokens
        options.temperature = fields.number(known.temperature)
        options.topP = fields.number(known.topP) ?? defaults.topP
        options.topK = fields.integer(known.topK) ?? defaults.topK
        options.seed = fields.integer(known.seed)
        return options
    }

    private static func history(_ fields: FieldReader) -> [VideoQuestion.Exchange] {
        guard let value = fields.value("history") else { return [] }
        guard let list = value.arrayValue, list.count <= maxHistory else {
            fields.fault("history", "wrong_type", "'history' must be a list of \(maxHistory) exchanges at most.")
            return []
        }
        return list.enumerated().compactMap { index, item in
            guard let question = item["question"]?.stringValue, let answer = item["answer"]?.stringValue else {
                fields.fault("history[\(index)]", "wrong_type", "An exchange has the strings 'question' and 'answer'.")
                return nil
            }
            return VideoQuestion.Exchange(question: question, answer: answer)
        }
    }
}

extension VideoRequest {
    /// A request with the operator's defaults and no prompt yet.
    package static func defaults(_ configuration: Configuration) -> VideoRequest {
        let none = FieldReader([:])
        return VideoRequest(none, video: none, generation: none, configuration)
    }
}
