/// Everything an operator can set: one tree, one file, every key also from the environment and from flags.
public struct Configuration: Sendable, Equatable {
    public var server = ServerConfiguration()
    public var media = MediaLimits()
    public var fetch = FetchConfiguration()
    public var video = VideoConfiguration()
    public var generation = GenerationConfiguration()
    public var uploads = UploadsConfiguration()
    public var embeddings = EmbeddingsConfiguration()
    public var models = ModelsConfiguration()
    public var inference = InferenceConfiguration()
    public var lanes = LanesConfiguration()
    public var balancing = BalancingConfiguration()
    public var log = LogConfiguration()
    public var telemetry = TelemetryConfiguration()
    public var database = DatabaseConfiguration()
    public var jobs = JobsConfiguration()
    public var library = LibraryConfiguration()
    public var expressions = ExpressionsConfiguration()
    public var speech = SpeechConfiguration()
    public var images = ImagesConfiguration()
    public var voice = VoiceConfiguration()
    public var telegram = TelegramConfiguration()
    public var discord = DiscordConfiguration()
    /// Models that operators bring themselves.
    public var handlers: [HandlerConfiguration] = []
    /// Remote engines that serve models beside our own.
    public var endpoints: [EndpointConfiguration] = []
    /// Several endpoints behind one model id.
    public var pools: [PoolConfiguration] = []
    /// Uploads and results.
    public var dataDirectory = "./martlet-data"
    /// Where keys got their values that aren't at their defaults.
    var provenance = Provenance()

    public init() {}
}

extension Configuration {
    /// One key with its value, for people to see.
    public struct Setting: Sendable {
        public enum Source: String, Sendable { case `default`, file, environment, flag }

        public var key: String
        /// Secrets are masked.
        public var value: JSONValue
        public var source: Source
        public var about: String
    }

    /// Sources by key. Two configurations are the same wherever their values come from.
    struct Provenance: Sendable, Equatable {
        var sources: [String: Setting.Source] = [:]

        static func == (lhs: Provenance, rhs: Provenance) -> Bool { true }
    }

    /// Every key, in the order of the reference.
    public var settings: [Setting] {
        ConfigurationKey.all.map {
            Setting(key: $0.path, value: $0.render(self), source: provenance.sources[$0.path] ?? .default, about: $0.help)
        }
    }
}

public struct ServerConfiguration: Sendable, Equatable {
    public var host = "127.0.0.1"
    public var port = 8080
    /// The port of the gRPC surface; 0: none.
    public var grpcPort = 8081
    /// Bearer tokens by name. Without one the server listens on loopback only.
    public var tokens: [String: String] = [:]
    /// Names of the tokens that may change pools; empty: all.
    public var admins: [String] = []
    /// Origins that browsers may call from; empty: none.
    public var corsOrigins: [String] = []
    /// Names a `Host` header may carry besides loopback names and `host` (guards against DNS rebinding).
    public var allowedHosts: [String] = []
    /// Bytes of a request body that isn't an upload.
    public var maxBodyBytes = 32 << 20
    /// Bytes of one uploaded file.
    public var maxUploadBytes = 1000 << 20
    /// The longest a request may take as a whole.
    public var requestTimeout: Duration = .seconds(900)
    /// How long a client may take between two pieces of a body.
    public var bodyIdleTimeout: Duration = .seconds(30)
    /// How long a client may take to send a request's head, from the connection's start or the last answer on.
    public var headerTimeout: Duration = .seconds(30)
    /// How long running requests may go on after a stop signal.
    public var shutdownGrace: Duration = .seconds(20)
    /// Video questions answered at once; further ones wait.
    public var concurrentQuestions = 2
    /// Video questions that may wait; further ones get 429.
    public var waitingQuestions = 16

    public init() {}
}

public struct FetchConfiguration: Sendable, Equatable {
    public var maxBytes = 1000 << 20
    public var timeout: Duration = .seconds(300)
    public var maxRedirects = 5
    /// Files that one request may have fetched.
    public var maxFiles = 16
    /// Private, loopback and link-local addresses are refused unless an operator says otherwise.
    public var allowPrivateAddresses = false

    public init() {}
}

/// Defaults of frame sampling, as TRU's settings name them.
public struct VideoConfiguration: Sendable, Equatable {
    public var fps = 2.0
    public var maxFrames = 768
    public var minPixels = 4096
    public var maxPixels = 262_144
    public var totalPixels = 20_971_520
    /// Side of the image patch of models that don't tell theirs: 14 (Qwen2-VL, Qwen2.5-VL) or 16 (Qwen3-VL).
    public var patchSize = 16
    /// Disk that cached evidence may take.
    public var evidenceCacheBytes = 512 << 20

    public init() {}
}

public struct GenerationConfiguration: Sendable, Equatable {
    public var maxTokens = 2048
    public var temperature = 0.7
    public var topP = 0.8
    public var topK = 20
    /// Most tokens of an answer from evidence, for each part of a question. Small models ramble when they may.
    public var evidenceMaxTokens = 300
    /// Answers that one request may ask for (`n`).
    public var maxChoices = 8

    public init() {}
}

/// Bounds of one embeddings request.
public struct EmbeddingsConfiguration: Sendable, Equatable {
    public var maxInputs = 2048
    /// Tokens of one input; a model with a shorter context takes less.
    public var maxTokens = 8192
    /// Tokens of all inputs together.
    public var maxTotalTokens = 300_000

    public init() {}
}

public struct ModelsConfiguration: Sendable, Equatable {
    /// The model that answers when none is named; `nil`: the best one at hand.
    public var chat: String?
    /// The model that embeds when none is named; `nil`: the first one at hand.
    public var embedding: String?
    /// How long an idle model stays loaded.
    public var keepAlive: Duration = .seconds(600)
    /// The longest a model may take to load.
    public var loadTimeout: Duration = .seconds(300)
    /// Context tokens given to a local model.
    public var contextLength = 8192
    /// Requests a local model works on at once.
    public var parallel = 2
    /// Threads of a local engine; 0: as many as there are cores.
    public var threads = 0
    /// Bytes of memory for all local models together; `nil`: four fifths of the machine's.
    public var memoryBudget: Int?
    /// How long a load waits for models in use to leave memory.
    public var memoryTimeout: Duration = .seconds(30)
    /// Models that stay loaded once they are.
    public var pinned: [String] = []
    /// Whether each load ends with a short question to the model.
    public var warmUp = false
    /// How long the users of a model may go on when it is unloaded by request.
    public var drainTimeout: Duration = .seconds(30)
    /// Models of 30 billion parameters and more that may run partly on the processor.
    public var allowCPUOffload: [String] = []
    /// Bytes of a model file's header.
    public var maxHeaderBytes = 128 << 20
    /// A `llama-server` to use instead of the one set-up built.
    public var llamaServer: String?
    /// The model hub; also `HF_ENDPOINT`.
    public var hubEndpoint: String?
    /// Ranges of one large file fetched at once; 1: files are fetched as a whole.
    public var parallelRanges = 4
    /// Whether files may be fetched at run time.
    public var offline = false

    public init() {}
}

/// Tensors in, tensors out: the Open Inference Protocol and handlers.
public struct InferenceConfiguration: Sendable, Equatable {
    /// Bytes of one request, and of its answer.
    public var maxBytes = 64 << 20
    /// Requests that models work on at once; further ones wait.
    public var concurrent = 4
    /// Requests that may wait; further ones get 429.
    public var waiting = 64

    public init() {}
}

/// A model that an operator brings: `MODEL_REGISTRY=name:handler:dir,…`.
public struct HandlerConfiguration: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A program of the operator's that speaks the Open Inference Protocol.
        case process
        /// An ONNX file.
        case onnx
        /// A TabR model of expression features.
        case tabr
    }

    /// The model's name in requests: letters, digits, dot, hyphen, underscore.
    public var name: String
    public var kind: Kind
    public var directory: String

    public init(name: String, kind: Kind, directory: String) {
        self.name = name
        self.kind = kind
        self.directory = directory
    }
}

/// A remote engine.
public struct EndpointConfiguration: Sendable, Equatable {
    /// How video frames travel.
    public enum Dialect: String, Sendable, CaseIterable {
        /// Frames as image parts, each with its time: understood by every OpenAI-compatible vision endpoint.
        case openai
        /// One `video/jpeg` data part, as vLLM reads it.
        case vllm
        /// llama-server: image parts, prompt progress, cache reuse.
        case llama
        /// stable-diffusion.cpp's `sd-server`: pictures as jobs, with seeds. Its URL is the one before `/sdcpp`.
        case sdcpp
        /// Triton's own protocol: text through its generate extension, tensors through the Open Inference Protocol.
        case triton
    }

    /// How a conversation becomes the text that a model behind Triton's generate extension continues.
    public enum Template: String, Sendable, CaseIterable {
        /// Qwen and many others.
        case chatml
        case llama3
        /// The messages as they are, line by line.
        case plain
    }

    /// The model id callers use.
    public var id: String
    /// The base URL up to and including `/v1`; of a Triton server the URL before `/v2`.
    public var url: String
    public var dialect: Dialect
    /// The name the endpoint knows the model by; default `id`.
    public var model: String?
    /// Sent as a bearer token.
    public var apiKey: String?
    public var vision: Bool
    /// Tokens that one request may take; `nil`: not known here.
    public var contextLength: Int?
    /// Side of the model's image patch; `nil`: `video.patch_size`.
    public var patchSize: Int?
    /// Requests it works on at once.
    public var slots: Int
    public var chats = true
    /// Whether it takes sound; else speech is written down for it.
    public var hears = false
    public var embeds = false
    /// Whether it writes speech down (`/audio/transcriptions`).
    public var transcribes = false
    /// Whether it speaks (`/audio/speech`).
    public var speaks = false
    /// Whether it makes pictures (`/images/generations`).
    public var makesImages = false
    /// The voice it speaks with when none is named.
    public var voice: String?
    /// Whether it takes tensors.
    public var takesTensors = false
    public var template = Template.chatml

    public init(
        id: String, url: String, dialect: Dialect = .openai, model: String? = nil, apiKey: String? = nil,
        vision: Bool = false, contextLength: Int? = nil, patchSize: Int? = nil, slots: Int = 32
    ) {
        self.id = id
        self.url = url
        self.dialect = dialect
        self.model = model
        self.apiKey = apiKey
        self.vision = vision
        self.contextLength = contextLength
        self.patchSize = patchSize
        self.slots = slots
    }

    /// What an endpoint can do, in the words of the configuration and of `/v1/models`.
    public enum Capability: String, Sendable, CaseIterable { case chat, vision, hearing, embedding, tensors, transcription, speech, images }

    public var capabilities: [Capability] {
        get {
            Capability.allCases.filter { capability in
                switch capability {
                case .chat: chats
                case .vision: vision
                case .hearing: hears
                case .embedding: embeds
                case .tensors: takesTensors
                case .transcription: transcribes
                case .speech: speaks
                case .images: makesImages
                }
            }
        }
        set {
            // Whoever sees or hears also chats about it.
            chats = newValue.contains { [.chat, .vision, .hearing].contains($0) }
            vision = newValue.contains(.vision)
            hears = newValue.contains(.hearing)
            embeds = newValue.contains(.embedding)
            takesTensors = newValue.contains(.tensors)
            transcribes = newValue.contains(.transcription)
            speaks = newValue.contains(.speech)
            makesImages = newValue.contains(.images)
        }
    }
}

public struct LogConfiguration: Sendable, Equatable {
    public enum Format: String, Sendable, CaseIterable { case auto, text, json }
    public var level = "info"
    /// `auto`: text on a terminal, JSON lines otherwise.
    public var format = Format.auto

    public init() {}
}

/// Uploads that are kept, to be asked about more than once.
public struct UploadsConfiguration: Sendable, Equatable {
    /// How long one stays after its last use.
    public var keep: Duration = .seconds(86_400)
    /// Bytes that all of them may take together.
    public var maxTotalBytes = 20 << 30
    /// How long a background answer can be fetched after its end.
    public var keepAnswers: Duration = .seconds(900)

    public init() {}
}

/// Where traces go.
public struct TelemetryConfiguration: Sendable, Equatable {
    /// Base address of a collector that takes OTLP over HTTP, `/v1/traces` is added; `nil`: nothing is traced.
    public var otlpEndpoint: String?
    /// Headers that the collector wants, such as a key.
    public var otlpHeaders: [String: String] = [:]
    /// The name that Martlet has in traces.
    public var serviceName = "martlet"
    /// The share of the traces that begin here which are recorded. For others their caller decides.
    public var traceShare = 1.0

    public init() {}
}
