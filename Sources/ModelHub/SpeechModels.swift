import AsyncHTTPClient
import Engines
import Foundation
import Foundations

/// The models that hear and speak: remote endpoints, and local ones inside this process, which are loaded on first use and kept.
public actor SpeechModels: SpeechDirectory {
    private let configuration: Configuration
    private let store: ModelStore
    private var hearing: [String: SharedLoad<any Transcriber>] = [:]
    private var speaking: [String: SharedLoad<any SpeechSynthesizer>] = [:]
    private let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: OpenAIClient.configuration)

    public init(configuration: Configuration, store: ModelStore) {
        self.configuration = configuration
        self.store = store
    }

    public func transcriber(id: String?, context: RequestContext) async throws -> any Transcriber {
        guard let id = id ?? configuration.speech.transcriber else { return try await defaultTranscriber() }
        if let endpoint = configuration.endpoints.first(where: { $0.id == id }) {
            guard endpoint.transcribes else { throw ModelFailure.cannot(id, capability: "transcribe") }
            return try RemoteTranscriber(endpoint: endpoint, client: client)
        }
        return try await transcriber(manifest(id, with: .transcription, to: "transcribe"))
    }

    public func synthesizer(id: String?, context: RequestContext) async throws -> any SpeechSynthesizer {
        guard let id = id ?? configuration.speech.synthesizer else { return try await defaultSynthesizer() }
        if let endpoint = configuration.endpoints.first(where: { $0.id == id }) {
            guard endpoint.speaks else { throw ModelFailure.cannot(id, capability: "speak") }
            return try RemoteSynthesizer(endpoint: endpoint, client: client)
        }
        return try await synthesizer(manifest(id, with: .speech, to: "speak"))
    }

    public func speechModels() async -> SpeechModelList {
        var list = SpeechModelList()
        for endpoint in configuration.endpoints where endpoint.transcribes {
            list.transcribers.append(.init(id: endpoint.id, languages: [], voices: []))
        }
        for endpoint in configuration.endpoints where endpoint.speaks {
            list.synthesizers.append(.init(id: endpoint.id, languages: [], voices: endpoint.voice.map { [$0] } ?? []))
        }
        for manifest in store.catalog.manifests {
            guard let speech = manifest.speech, (try? await store.state(of: manifest.id)) == .onDisk else { continue }
            let entry = SpeechModelList.Entry(id: manifest.id, languages: speech.languages, voices: speech.voices)
            if manifest.capabilities.contains(.transcription) { list.transcribers.append(entry) }
            if manifest.capabilities.contains(.speech) { list.synthesizers.append(entry) }
        }
        list.transcribers.moveToFront(configuration.speech.transcriber)
        list.synthesizers.moveToFront(configuration.speech.synthesizer)
        return list
    }

    /// Ends running calls to remote endpoints.
    public func shutdown() async {
        // Throws only when it is shut down already.
        try? await client.shutdown()
    }

    private func manifest(_ id: String, with capability: ModelManifest.Capability, to verb: String) throws -> ModelManifest {
        guard let manifest = store.catalog[id] else { throw ModelHubError.modelNotFound(id) }
        guard manifest.capabilities.contains(capability), manifest.speech != nil else { throw ModelFailure.cannot(id, capability: verb) }
        return manifest
    }

    private func defaultTranscriber() async throws -> any Transcriber {
        if let endpoint = configuration.endpoints.first(where: \.transcribes) { return try RemoteTranscriber(endpoint: endpoint, client: client) }
        return try await transcriber(try await present(.defaultTranscriber))
    }

    private func defaultSynthesizer() async throws -> any SpeechSynthesizer {
        if let endpoint = configuration.endpoints.first(where: \.speaks) { return try RemoteSynthesizer(endpoint: endpoint, client: client) }
        return try await synthesizer(try await present(.defaultSynthesizer))
    }

    private func present(_ role: ModelManifest.Role) async throws -> ModelManifest { try await store.present(role).manifest }

    private func transcriber(_ manifest: ModelManifest) async throws -> any Transcriber {
        let load =
            hearing[manifest.id]
            ?? SharedLoad { [store, threads] in
                let folder = try await store.path(of: manifest.id)
                // Without it, long sound is cut at fixed lengths instead of at pauses.
                let voice = try? await store.present(.defaultVoiceActivity).folder.appending(path: "silero_vad.onnx")
                guard let model = manifest.transcriber(in: folder, voiceDetector: voice) else {
                    throw ModelFailure.cannot(manifest.id, capability: "transcribe")
                }
                guard model.family != .streamingTransducer else {
                    return try await StreamingTranscriber(model: model, id: manifest.id, threads: threads, home: store.home)
                }
                var options = SpeechTranscriber.Options()
                options.threads = threads
                return try await SpeechTranscriber(model: model, id: manifest.id, options: options, home: store.home)
            }
        hearing[manifest.id] = load
        return try await load.value()
    }

    private func synthesizer(_ manifest: ModelManifest) async throws -> any SpeechSynthesizer {
        let load =
            speaking[manifest.id]
            ?? SharedLoad { [store, threads] in
                guard let model = manifest.voice(in: try await store.path(of: manifest.id)) else {
                    throw ModelFailure.cannot(manifest.id, capability: "speak")
                }
                return try await SpeechVoice(model: model, id: manifest.id, threads: threads, home: store.home)
            }
        speaking[manifest.id] = load
        return try await load.value()
    }

    private nonisolated var threads: Int {
        configuration.speech.threads > 0 ? configuration.speech.threads : min(4, ProcessInfo.processInfo.activeProcessorCount)
    }
}

extension [SpeechModelList.Entry] {
    fileprivate mutating func moveToFront(_ id: String?) {
        guard let place = firstIndex(where: { $0.id == id }) else { return }
        insert(remove(at: place), at: 0)
    }
}

extension ModelManifest {
    fileprivate func transcriber(in folder: URL, voiceDetector: URL?) -> SpeechModel? {
        guard let speech, let family = SpeechModel.Family(rawValue: speech.family) else { return nil }
        return SpeechModel(
            name: id, family: family, encoder: folder.appending(path: speech.model), decoder: speech.decoder.map { folder.appending(path: $0) },
            joiner: speech.joiner.map { folder.appending(path: $0) }, tokens: folder.appending(path: speech.tokens), voiceDetector: voiceDetector,
            languages: speech.languages)
    }

    fileprivate func voice(in folder: URL) -> SpeechVoiceModel? {
        guard let speech, let family = SpeechVoiceModel.Family(rawValue: speech.family) else { return nil }
        return SpeechVoiceModel(
            name: id, family: family, model: folder.appending(path: speech.model), tokens: folder.appending(path: speech.tokens),
            styles: speech.styles.map { folder.appending(path: $0) }, voices: speech.voices, languages: speech.languages,
            espeakVoice: speech.espeakVoice ?? "en-us")
    }
}
