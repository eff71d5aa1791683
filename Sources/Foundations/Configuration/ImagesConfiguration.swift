/// Pictures from words, of people and of chats.
public struct ImagesConfiguration: Sendable, Equatable {
    /// What may be made beyond the floor that nothing lifts.
    public enum Policy: String, Sendable, Codable, CaseIterable {
        /// Soft sexual content isn't produced: it is softened where that can be done, and refused otherwise.
        case moderated
        /// Soft sexual content is allowed, when everyone in the picture is known to be adult and nobody is a real person.
        case adult
    }

    /// The pictures of one route.
    public struct Kind: Sendable, Equatable {
        /// `nil`: the model of all routes.
        public var model: String?
        /// Pixels.
        public var width: Int
        public var height: Int
        /// Of the sampler; `nil`: the engine's own.
        public var steps: Int?
        public var policy = Policy.moderated

        public init(side: Int) {
            width = side
            height = side
        }
    }

    /// The model that makes pictures when none is named; `nil`: the first pool or endpoint that does.
    public var model: String?
    /// Path of `sd-server`; `nil`: ours, else the one on `PATH`.
    public var sdServer: String?
    /// The chat model that writes prompts and captions; `nil`: the one that answers when none is named.
    public var writer: String?
    /// The chat model that looks at selfies; `nil`: as for `writer`.
    public var eye: String?
    /// Pictures of one request.
    public var maxCount = 4
    /// Pixels of the longer side.
    public var maxSide = 2048
    /// Steps of the sampler.
    public var maxSteps = 100
    /// Characters of a prompt.
    public var maxCharacters = 4000
    /// Bytes of a selfie.
    public var maxSelfieBytes = 20 << 20
    /// Pictures made in the background at once.
    public var jobs = 16
    /// How long a picture can be fetched by its URL.
    public var keep: Duration = .seconds(3600)
    /// Disk that such pictures may take together.
    public var maxKeptBytes = 1 << 30
    /// How long a stored profile lasts after its last use.
    public var profileRetention: Duration = .seconds(720 * 3600)
    public var profile = Kind(side: 512)
    public var oneToOne = Kind(side: 512)
    public var shorts = Kind(side: 512)
    public var scenes = Kind(side: 512)
    public var privateChat = Kind(side: 1024)
    public var general = Kind(side: 1024)

    public init() {}
}

extension ConfigurationKey {
    static let imagesKeys: [ConfigurationKey] =
        [
            .optionalText("images.model", \.images.model, "Model that makes pictures when none is named."),
            .optionalText("images.sd_server", \.images.sdServer, "An sd-server to use instead of ours."),
            .optionalText("images.writer", \.images.writer, "Chat model that writes prompts and captions; null: the default one."),
            .optionalText("images.eye", \.images.eye, "Vision model that looks at selfies; null: the default chat model."),
            .integer("images.max_count", \.images.maxCount, 1...16, "Pictures that one request may ask for."),
            .integer("images.max_side", \.images.maxSide, 64...4096, "Pixels that the longer side of a picture may have."),
            .integer("images.max_steps", \.images.maxSteps, 1...1000, "Steps that one picture may take."),
            .integer("images.max_characters", \.images.maxCharacters, 1...100_000, "Characters that a prompt may have."),
            .bytes("images.max_selfie", \.images.maxSelfieBytes, "Largest selfie."),
            .integer("images.jobs", \.images.jobs, 0...256, "Pictures made in the background at once; 0: none."),
            .duration("images.keep", \.images.keep, "How long a picture can be fetched by its URL."),
            .bytes("images.max_kept", \.images.maxKeptBytes, "Disk that pictures behind URLs may take together."),
            .duration("images.profile_retention", \.images.profileRetention, "How long a stored profile lasts after its last use."),
        ] + kind("profile", \.images.profile, "of profiles") + kind("one_to_one", \.images.oneToOne, "of chats of two", mayBeAdult: true)
        + kind("shorts", \.images.shorts, "of shorts") + kind("scenes", \.images.scenes, "of scenes")
        + kind("private", \.images.privateChat, "of private messages", mayBeAdult: true) + kind("general", \.images.general, "for everybody")

    /// The keys of one route's pictures.
    private static func kind(
        _ name: String, _ key: Path<ImagesConfiguration.Kind>, _ whose: String, mayBeAdult: Bool = false
    ) -> [ConfigurationKey] {
        func side(_ path: String, _ side: any WritableKeyPath<ImagesConfiguration.Kind, Int> & Sendable) -> ConfigurationKey {
            let sides = 64...4096
            return ConfigurationKey(path: path, help: "Pixels of pictures \(whose), a multiple of 16.") { configuration, written throws(Unfit) in
                let value = try positive(written, upTo: sides.upperBound)
                guard value >= sides.lowerBound, value.isMultiple(of: 16) else {
                    throw Unfit(message: "expected a multiple of 16 from \(sides.lowerBound) to \(sides.upperBound), found \(value)")
                }
                configuration[keyPath: key][keyPath: side] = value
            } render: { .integer($0[keyPath: key][keyPath: side]) }
        }
        let path = "images.\(name)"
        var keys = [
            ConfigurationKey(path: "\(path).model", help: "Model that makes pictures \(whose); null: images.model.") { configuration, written throws(Unfit) in
                configuration[keyPath: key].model = try optionalText(written)
            } render: { $0[keyPath: key].model.map(JSONValue.string) ?? .null },
            side("\(path).width", \.width),
            side("\(path).height", \.height),
            ConfigurationKey(path: "\(path).steps", help: "Steps of pictures \(whose); null: the engine's own.") { configuration, written throws(Unfit) in
                configuration[keyPath: key].steps = try optionalText(written) == nil ? nil : positive(written, upTo: 1000)
            } render: { $0[keyPath: key].steps.map(JSONValue.integer) ?? .null },
        ]
        guard mayBeAdult else { return keys }
        keys.append(
            ConfigurationKey(path: "\(path).policy", help: "moderated, or adult: see docs/images.md.") { configuration, written throws(Unfit) in
                configuration[keyPath: key].policy = try choice(written)
            } render: { .string($0[keyPath: key].policy.rawValue) })
        return keys
    }
}
