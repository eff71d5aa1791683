import Foundations

/// The models that answering a video question needs when nobody names any.
public struct DefaultModels: Sendable {
    private let store: ModelStore
    private let configuration: Configuration

    /// For each of these, one model of the role is enough: the first that can be had.
    private static let evidenceRoles: [ModelManifest.Role] = [
        .defaultObjectDetector, .defaultFaceDetector, .defaultTextReader, .defaultTranscriber, .defaultVoiceActivity,
    ]

    public init(store: ModelStore, configuration: Configuration) {
        self.store = store
        self.configuration = configuration
    }

    /// Fetches what is missing; does nothing, at once, when all is here.
    /// - Parameter chat: a model the caller named; it is then the only chat model fetched.
    /// - Throws: `ModelHubError` of a model that nothing can stand in for.
    public func fetch(chat: String?, progress: ProgressHandler?) async throws {
        try await fetchChat(chat ?? configuration.models.chat, progress)
        for role in Self.evidenceRoles { try await fetchOne(of: role, progress) }
    }

    /// Fetches what hearing needs and isn't here: nothing where an endpoint transcribes.
    public func fetchHearing(_ named: String?, progress: ProgressHandler?) async throws {
        if let named = named ?? configuration.speech.transcriber {
            if store.catalog[named] != nil { try await store.fetch(named, progress: progress) }
        } else if !configuration.endpoints.contains(where: \.transcribes) {
            try await fetchOne(of: .defaultTranscriber, progress)
        }
        try await fetchOne(of: .defaultVoiceActivity, progress)
    }

    /// Fetches what speaking needs and isn't here: nothing where an endpoint speaks.
    public func fetchSpeaking(_ named: String?, progress: ProgressHandler?) async throws {
        if let named = named ?? configuration.speech.synthesizer {
            if store.catalog[named] != nil { try await store.fetch(named, progress: progress) }
        } else if !configuration.endpoints.contains(where: \.speaks) {
            try await fetchOne(of: .defaultSynthesizer, progress)
        }
    }

    /// Fetches the chat model that answers when none is named, unless it is here.
    public func fetchChatModel(_ named: String?, progress: ProgressHandler?) async throws {
        try await fetchChat(named ?? configuration.models.chat, progress)
    }

    private func fetchChat(_ named: String?, _ progress: ProgressHandler?) async throws {
        if let named {
            // An endpoint's model, or one that doesn't exist: whoever asks for it will say so.
            guard store.catalog[named] != nil else { return }
            return try await store.fetch(named, progress: progress)
        }
        guard !configuration.endpoints.contains(where: \.chats) else { return }
        let text = store.catalog.models(for: .defaultChat)
        // Once the text model is here, a hub that can't be reached isn't asked again on every start.
        for model in text where try await store.state(of: model.id) == .onDisk { return }
        do {
            try await fetchOne(of: .defaultVision, progress)
        } catch let error as ModelHubError {
            guard error.isUnreachable else { throw error }
            try await fetchOne(of: .defaultChat, progress)
        }
    }

    private func fetchOne(of role: ModelManifest.Role, _ progress: ProgressHandler?) async throws {
        let candidates = store.catalog.models(for: role)
        for candidate in candidates where try await store.state(of: candidate.id) == .onDisk { return }
        for (position, candidate) in candidates.enumerated() {
            do {
                return try await store.fetch(candidate.id, progress: progress)
            } catch let error as ModelHubError where error.isUnreachable && position < candidates.count - 1 {
                continue
            }
        }
    }
}

extension ModelHubError {
    /// Whether another source or model may do instead: this one can't be reached, rather than being wrong.
    fileprivate var isUnreachable: Bool {
        switch self {
        case .hubUnreachable, .sourceUnreachable, .sourceStatus, .indexUnavailable, .archiveNotOnIndex, .pipMissing: true
        case .noSource(_, let last):
            ["hub_unreachable", "source_unreachable", "source_status", "index_unavailable", "archive_not_on_index",
             "pip_missing"].contains(last.code)
        default: false
        }
    }
}
