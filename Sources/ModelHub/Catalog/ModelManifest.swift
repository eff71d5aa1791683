import Foundations

/// A model's declaration: what it is, what it can do and where its files come from.
///
/// Operators write the same in YAML:
///
///     id: my-model
///     engine: llama
///     capabilities: [chat]
///     licence: Apache-2.0
///     files:
///       - name: my-model.gguf
///         sha256: 0123…
///         size: 123456
///         sources: ["hf:owner/repository/my-model.gguf@main"]
public struct ModelManifest: Sendable, Equatable, Codable, Identifiable {
    public enum Engine: String, Sendable, Codable, CaseIterable { case llama, diffusion, speech, onnx, opencv }

    public enum Capability: String, Sendable, Codable, CaseIterable {
        case chat, vision, transcription, voiceActivity, objectDetection, faceDetection, textReading, embedding, speech,
            nudityDetection, imageGeneration
    }

    /// What Martlet chooses a model for when nobody names one.
    public enum Role: String, Sendable, Codable, CaseIterable {
        case defaultChat, defaultVision, defaultTranscriber, defaultVoiceActivity, defaultObjectDetector,
            defaultFaceDetector, defaultTextReader, defaultEmbedder, defaultSynthesizer, defaultNudityDetector, defaultImage, tests
    }

    /// Small letters, digits, dot, hyphen, underscore. Also the name of the model's folder.
    public var id: String
    public var engine: Engine
    public var capabilities: [Capability]
    public var files: [ModelFile]
    /// SPDX identifier.
    public var licence: String
    public var licenceNote: String?
    public var parameters: Int64?
    public var contextLength: Int?
    /// Side of a vision model's image patch in pixels: 14 or 16.
    public var patchSize: Int?
    public var notes: String?
    public var roles: [Role]
    /// Of models that hear or speak.
    public var speech: SpeechManifest?
    /// Of models that make pictures.
    public var diffusion: DiffusionManifest?

    public init(
        id: String, engine: Engine, capabilities: [Capability], files: [ModelFile], licence: String,
        licenceNote: String? = nil, parameters: Int64? = nil, contextLength: Int? = nil, patchSize: Int? = nil,
        notes: String? = nil, roles: [Role] = [], speech: SpeechManifest? = nil,
        diffusion: DiffusionManifest? = nil
    ) {
        self.id = id
        self.engine = engine
        self.capabilities = capabilities
        self.files = files
        self.licence = licence
        self.licenceNote = licenceNote
        self.parameters = parameters
        self.contextLength = contextLength
        self.patchSize = patchSize
        self.notes = notes
        self.roles = roles
        self.speech = speech
        self.diffusion = diffusion
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        engine = try container.decode(Engine.self, forKey: .engine)
        capabilities = try container.decode([Capability].self, forKey: .capabilities)
        files = try container.decode([ModelFile].self, forKey: .files)
        licence = try container.decode(String.self, forKey: .licence)
        licenceNote = try container.decodeIfPresent(String.self, forKey: .licenceNote)
        parameters = try container.decodeIfPresent(Int64.self, forKey: .parameters)
        contextLength = try container.decodeIfPresent(Int.self, forKey: .contextLength)
        patchSize = try container.decodeIfPresent(Int.self, forKey: .patchSize)
        notes = try container.decodeIfPresent(String.self, forKey: .notes)
        roles = try container.decodeIfPresent([Role].self, forKey: .roles) ?? []
        speech = try container.decodeIfPresent(SpeechManifest.self, forKey: .speech)
        diffusion = try container.decodeIfPresent(DiffusionManifest.self, forKey: .diffusion)
    }

    /// Bytes of all files, as far as they are declared.
    public var size: Int64 { files.reduce(0) { $0 + ($1.size ?? 0) } }

    /// Checks what must hold before names become paths and sources are contacted.
    /// - Throws: `ModelHubError.invalidManifest`.
    public func validate() throws {
        func refuse(_ reason: String) -> ModelHubError { .invalidManifest(id: id, reason: reason) }
        guard Self.isPlainName(id) else { throw refuse("its id isn't made of small letters, digits, '.', '-' and '_'") }
        guard !files.isEmpty else { throw refuse("it lists no files") }
        if let patchSize, !(1...64).contains(patchSize) { throw refuse("its patchSize isn't between 1 and 64") }
        guard Set(files.map(\.name)).count == files.count else { throw refuse("it lists a file twice") }
        guard Set(files.map { $0.name.lowercased() }).count == files.count else {
            throw refuse("two file names differ by case only")
        }
        if let speech {
            guard engine == .speech else { throw refuse("it has a part speech, which belongs to the engine speech") }
            for name in speech.files where !files.contains(where: { $0.name == name }) {
                throw refuse("its part speech names the file \(name.prefix(64)), which isn't listed")
            }
        } else if engine == .speech, !capabilities.contains(.voiceActivity) {
            throw refuse("it lacks the part speech, which says how the model is built")
        }
        guard (engine == .diffusion) == (diffusion != nil) else {
            throw refuse("the engine diffusion and the part diffusion, which says which file is which, belong together")
        }
        guard (engine == .diffusion) == capabilities.contains(.imageGeneration) else {
            throw refuse("the engine diffusion and the capability imageGeneration belong together")
        }
        if let fault = diffusion?.fault { throw refuse("its part diffusion \(fault)") }
        for name in diffusion?.files.values.sorted() ?? [] where !files.contains(where: { $0.name == name }) {
            throw refuse("its part diffusion names the file \(name.prefix(64)), which isn't listed")
        }
        for file in files {
            guard Self.isPlainName(file.name.lowercased()) else {
                throw refuse("a file's name isn't made of letters, digits, '.', '-' and '_'")
            }
            guard !file.sources.isEmpty else { throw refuse("the file \(file.name) has no source") }
            if let sha256 = file.sha256, !SHA256Text.isValid(sha256) {
                throw refuse("the SHA-256 of \(file.name) isn't 64 hexadecimal digits")
            }
            if let size = file.size, size < 0 { throw refuse("the size of \(file.name) is negative") }
            for source in file.sources {
                guard !source.parts.isEmpty else { throw refuse("a source of \(file.name) is empty") }
                for case .imported(_, let origin) in source.parts {
                    guard source.parts.count == 1, files.contains(where: { $0.name == origin && $0.name != file.name })
                    else { throw refuse("\(file.name) is made from a file that isn't listed") }
                }
                // Without a declared hash only the hub vouches for content.
                if file.sha256 == nil {
                    guard source.parts.count == 1, case .hub = source.parts[0] else {
                        throw refuse("\(file.name) needs a SHA-256, since not all its sources declare one themselves")
                    }
                }
            }
        }
    }

    static func isPlainName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isAlphanumeric(first)
            && text.utf8.allSatisfy { isAlphanumeric($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0) }
    }
}

/// One file of a model.
public struct ModelFile: Sendable, Equatable, Codable {
    public var name: String
    /// 64 hexadecimal digits. `nil` only for hub files, whose hub states the hash itself.
    public var sha256: String?
    public var size: Int64?
    /// Where it can be had, the same bytes everywhere, in order of preference.
    public var sources: [ModelSource]

    public init(_ name: String, sha256: String?, size: Int64?, sources: [ModelSource]) {
        self.name = name
        self.sha256 = sha256
        self.size = size
        self.sources = sources
    }
}
