extension ConfigurationKey {
    /// Every key there is. The file, the environment, `--set`, `config print` and the reference in the docs all read this.
    public static let all: [ConfigurationKey] = serverKeys + jobsKeys + expressionsKeys + voiceKeys + imagesKeys + [.handlers, .endpoints, .pools]

    private static let serverKeys: [ConfigurationKey] = [
        .text("server.host", \.server.host, "Address to listen on. Beyond loopback a token is required."),
        .integer("server.port", \.server.port, 0...65535, "Port to listen on; 0 takes a free one."),
        .integer("server.grpc_port", \.server.grpcPort, 0...65535, "Port of the gRPC surface; 0: none."),
        .tokens,
        .texts("server.admins", \.server.admins, "Names of the tokens that may change pools, and load, unload and switch models; empty: all."),
        .texts("server.cors_origins", \.server.corsOrigins, "Origins that browsers may call from."),
        .texts("server.allowed_hosts", \.server.allowedHosts, "Further names that a Host header may carry."),
        .bytes("server.max_body", \.server.maxBodyBytes, "Largest request body that isn't an upload."),
        .bytes("server.max_upload", \.server.maxUploadBytes, "Largest uploaded file."),
        .duration("server.request_timeout", \.server.requestTimeout, "Longest time for one request."),
        .duration("server.body_idle_timeout", \.server.bodyIdleTimeout, "Longest pause while a body arrives."),
        .duration("server.header_timeout", \.server.headerTimeout, "Longest wait for a request's head."),
        .duration("server.shutdown_grace", \.server.shutdownGrace, "Time for running requests at shutdown."),
        .integer("server.concurrent_questions", \.server.concurrentQuestions, 1...64, "Video questions answered at once."),
        .integer("server.waiting_questions", \.server.waitingQuestions, 0...10_000, "Video questions that may wait."),

        .integer("media.max_pixels", \.media.maxPixels, 1...(1 << 30), "Width times height of a picture or frame."),
        .integer("media.max_side", \.media.maxSide, 1...65_536, "Longer side of a picture or frame."),
        .number("media.max_duration", \.media.maxDuration, 1...(7 * 86_400), "Seconds of video or audio."),
        .integer("media.max_streams", \.media.maxStreams, 1...1024, "Streams in one container."),
        .integer("media.max_sampled_frames", \.media.maxSampledFrames, 2...100_000, "Frames that one request may select."),
        .number("media.max_audio_seconds", \.media.maxAudioSeconds, 1...(7 * 86_400), "Seconds of sound unpacked at once."),
        .duration("media.stall_timeout", \.media.stallTimeout, "How long decoding may go without a new frame."),

        .bytes("fetch.max_bytes", \.fetch.maxBytes, "Largest file fetched from a URL in a request."),
        .duration("fetch.timeout", \.fetch.timeout, "Longest time for one fetch."),
        .integer("fetch.max_redirects", \.fetch.maxRedirects, 0...20, "Redirects followed, each checked anew."),
        .integer("fetch.max_files", \.fetch.maxFiles, 1...1024, "Files that one chat may have fetched from URLs."),
        .flag("fetch.allow_private_addresses", \.fetch.allowPrivateAddresses, "Let requests fetch from private networks."),

        .number("video.fps", \.video.fps, 0.001...240, "Frames sampled per second of video."),
        .integer("video.max_frames", \.video.maxFrames, 2...100_000, "Most frames sampled."),
        .integer("video.min_pixels", \.video.minPixels, 1...(1 << 30), "Fewest pixels per frame."),
        .integer("video.max_pixels", \.video.maxPixels, 1...(1 << 30), "Most pixels per frame."),
        .integer("video.total_pixels", \.video.totalPixels, 1...(1 << 40), "Pixels over all frames."),
        .integer("video.patch_size", \.video.patchSize, 1...64, "Image patch of models that don't tell theirs: 14 or 16."),
        .bytes("video.evidence_cache", \.video.evidenceCacheBytes, "Disk that cached evidence may take."),

        .integer("generation.max_tokens", \.generation.maxTokens, 1...32_768, "Most tokens in an answer."),
        .number("generation.temperature", \.generation.temperature, 0...2, "0 always takes the likeliest token."),
        .number("generation.top_p", \.generation.topP, 0...1, "Nucleus sampling."),
        .integer("generation.top_k", \.generation.topK, 0...1000, "0: off."),
        .integer(
            "generation.evidence_max_tokens", \.generation.evidenceMaxTokens, 1...32_768,
            "Most tokens of an answer from evidence, for each part of a question."),
        .integer("generation.max_choices", \.generation.maxChoices, 1...128, "Most answers of one chat (n)."),

        .duration("uploads.keep", \.uploads.keep, "How long an upload in pieces stays after its last use."),
        .bytes("uploads.max_total", \.uploads.maxTotalBytes, "Disk that such uploads may take together."),
        .duration("uploads.keep_answers", \.uploads.keepAnswers, "How long a background answer can be fetched after its end."),

        .integer("embeddings.max_inputs", \.embeddings.maxInputs, 1...65_536, "Most texts in one embeddings request."),
        .integer("embeddings.max_tokens", \.embeddings.maxTokens, 1...1_048_576, "Most tokens of one text to embed."),
        .integer(
            "embeddings.max_total_tokens", \.embeddings.maxTotalTokens, 1...(1 << 30), "Most tokens in one embeddings request."),

        .optionalText("models.chat", \.models.chat, "Model that answers when none is named."),
        .optionalText("models.embedding", \.models.embedding, "Model that embeds when none is named."),
        .duration("models.keep_alive", \.models.keepAlive, "How long an idle model stays loaded."),
        .duration("models.load_timeout", \.models.loadTimeout, "Longest time for a model to load."),
        .integer("models.context_length", \.models.contextLength, 512...1_048_576, "Context tokens of a local model, per request."),
        .integer("models.parallel", \.models.parallel, 1...64, "Requests that a local model works on at once."),
        .integer("models.threads", \.models.threads, 0...1024, "Threads of a local engine; 0: one per core."),
        .optionalBytes("models.memory_budget", \.models.memoryBudget, "Memory for all local models; null: four fifths of the machine's."),
        .duration("models.memory_timeout", \.models.memoryTimeout, "How long a load waits for models in use to leave memory."),
        .texts("models.pinned", \.models.pinned, "Models that stay loaded once they are."),
        .flag("models.warm_up", \.models.warmUp, "End each load with a short question to the model."),
        .duration("models.drain_timeout", \.models.drainTimeout, "Time for a model's users when it is unloaded by request."),
        .texts("models.allow_cpu_offload", \.models.allowCPUOffload, "Models of 30 billion parameters and more that may run partly on the processor."),
        .bytes("models.max_header", \.models.maxHeaderBytes, "Largest header of a model file."),
        .optionalText("models.llama_server", \.models.llamaServer, "A llama-server to use instead of ours."),
        .optionalText("models.hub_endpoint", \.models.hubEndpoint, "Model hub to fetch from."),
        .integer("models.parallel_ranges", \.models.parallelRanges, 1...16, "Ranges of one large file fetched at once; 1: none."),
        .flag("models.offline", \.models.offline, "Never fetch anything."),

        .bytes("inference.max_bytes", \.inference.maxBytes, "Largest inference request, and largest answer."),
        .integer("inference.concurrent", \.inference.concurrent, 1...256, "Inference requests worked on at once."),
        .integer("inference.waiting", \.inference.waiting, 0...10_000, "Inference requests that may wait."),

        .integer("lanes.capacity", \.lanes.capacity, 0...10_000, "Requests that may wait for one model."),
        .duration("lanes.max_wait", \.lanes.maxWait, "Longest wait for a turn."),
        .duration("lanes.retry_after_cap", \.lanes.retryAfterCap, "Longest time a refused caller is told to stay away."),
        .duration("lanes.batch_aging", \.lanes.batchAging, "Wait after which a batch request counts as interactive."),
        .duration("lanes.first_guess", \.lanes.firstGuess, "Assumed service time before one was measured."),

        .integer("balancing.failure_limit", \.balancing.failureLimit, 1...1000, "Failures in a row that take an endpoint out."),
        .integer("balancing.success_limit", \.balancing.successLimit, 1...1000, "Successes in a row that bring it back."),
        .duration("balancing.ejection", \.balancing.ejection, "How long an endpoint is out the first time; it doubles."),
        .duration("balancing.max_ejection", \.balancing.maxEjection, "Longest time an endpoint is out."),
        .duration("balancing.probe_interval", \.balancing.probeInterval, "How often a remote endpoint is asked whether it lives."),
        .duration("balancing.probe_timeout", \.balancing.probeTimeout, "Longest time for that."),
        .number("balancing.retry_share", \.balancing.retryShare, 0...1, "Retries earned by each request."),
        .integer("balancing.retry_reserve", \.balancing.retryReserve, 0...1000, "Retries that can be saved up."),

        .text("log.level", \.log.level, "trace, debug, info, notice, warning, error or critical."),
        .choice("log.format", \.log.format, "auto, text or json."),
        .otlpEndpoint, .otlpHeaders,
        .text("telemetry.service_name", \.telemetry.serviceName, "Name of this server in traces."),
        .number("telemetry.trace_share", \.telemetry.traceShare, 0...1, "Share of the traces that begin here to record."),

        .text("data_dir", \.dataDirectory, "Where uploads and results are kept."),
    ]

    /// Names that the systems Martlet replaces and OpenTelemetry's software read from the environment, and the keys they set.
    static let legacyNames: [String: String] = [
        "AI_API_TOKEN": "server.tokens",
        "MODEL_REGISTRY": "handlers",
        "CORS_ORIGINS": "server.cors_origins",
        "DEFAULT_VIDEO_FPS": "video.fps",
        "DEFAULT_MAX_FRAMES": "video.max_frames",
        "DEFAULT_MIN_PIXELS": "video.min_pixels",
        "DEFAULT_MAX_PIXELS": "video.max_pixels",
        "DEFAULT_TOTAL_PIXELS": "video.total_pixels",
        "IMAGE_PATCH_SIZE": "video.patch_size",
        "MAX_NEW_TOKENS": "generation.max_tokens",
        "DATABASE_URL": "database.url",
        "HF_ENDPOINT": "models.hub_endpoint",
        "MARTLET_OFFLINE": "models.offline",
        "MARTLET_LLAMA_SERVER": "models.llama_server",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "telemetry.otlp_endpoint",
        "OTEL_EXPORTER_OTLP_HEADERS": "telemetry.otlp_headers",
        "OTEL_SERVICE_NAME": "telemetry.service_name",
        "TELEGRAM_BOT_TOKEN": "telegram.token",
        "TELEGRAM_WEBHOOK_URL": "telegram.webhook_url",
        "TELEGRAM_WEBHOOK_SECRET": "telegram.webhook_secret",
        "TELEGRAM_AUTHORIZED_USERS": "telegram.users",
        "TELEGRAM_WHITELISTED_USERS": "telegram.users",
        "TELEGRAM_OWNER_USERS": "telegram.admins",
        "TELEGRAM_RATE_LIMIT_PER_MINUTE": "telegram.per_minute",
        "TELEGRAM_RATE_LIMIT_PER_HOUR": "telegram.per_hour",
        "TELEGRAM_RATE_LIMIT_PER_DAY": "telegram.per_day",
        "DISCORD_BOT_TOKEN": "discord.token",
        "DISCORD_AUTHORIZED_USERS": "discord.users",
        "DISCORD_WHITELISTED_USERS": "discord.users",
        "DISCORD_OWNER_USERS": "discord.admins",
        "INTERFACE_HOST": "server.host",
        "INTERFACE_PORT": "server.port",
        "INTERFACE_CHAT1TO1_HEIGHT": "images.one_to_one.height",
        "INTERFACE_CHAT1TO1_WIDTH": "images.one_to_one.width",
        "INTERFACE_CHAT1TO1_NUM_INFERENCE_STEPS": "images.one_to_one.steps",
        "INTERFACE_SHORTS_HEIGHT": "images.shorts.height",
        "INTERFACE_SHORTS_WIDTH": "images.shorts.width",
        "INTERFACE_SHORTS_NUM_INFERENCE_STEPS": "images.shorts.steps",
        "INTERFACE_SCENES_HEIGHT": "images.scenes.height",
        "INTERFACE_SCENES_WIDTH": "images.scenes.width",
        "INTERFACE_SCENES_NUM_INFERENCE_STEPS": "images.scenes.steps",
    ]

    private static let tokens = ConfigurationKey(
        path: "server.tokens", help: "Bearer tokens by name; one text alone is named \"default\"."
    ) { configuration, written throws(Unfit) in
        switch written {
        case .text(let token): configuration.server.tokens = token.isEmpty ? [:] : ["default": token]
        case .list: throw Unfit(message: "expected names with tokens, found a list")
        case .map(let entries):
            var tokens: [String: String] = [:]
            for (name, value) in entries { tokens[name] = try string(value) }
            configuration.server.tokens = tokens
        }
        for (name, token) in configuration.server.tokens where token.utf8.count < 8 {
            throw Unfit(message: "token \"\(name)\" is shorter than 8 characters")
        }
    } render: { .object($0.server.tokens.mapValues { _ in .string(mask) }) }

    private static let endpoints = ConfigurationKey(
        path: "endpoints", help: "Remote engines: a list of {id, url, dialect, model, api_key, vision, capabilities, context_length, patch_size, slots, template, voice}."
    ) { configuration, written throws(Unfit) in
        guard case .list(let items) = written else { throw Unfit(message: "expected a list of endpoints") }
        var endpoints: [EndpointConfiguration] = []
        for item in items {
            guard case .map(let fields) = item else { throw Unfit(message: "expected id and url for each endpoint") }
            guard let id = fields["id"], let url = fields["url"] else {
                throw Unfit(message: "each endpoint needs an id and a url")
            }
            var endpoint = EndpointConfiguration(id: try string(id), url: try string(url))
            if let fault = endpoint.urlFault { throw Unfit(message: "endpoint \"\(endpoint.id)\": \(fault)") }
            for (name, value) in fields {
                switch name {
                case "id", "url": break
                case "dialect": endpoint.dialect = try choice(value)
                case "model": endpoint.model = try string(value)
                case "api_key": endpoint.apiKey = try string(value)
                case "context_length": endpoint.contextLength = try positive(value, upTo: 1 << 24)
                case "template": endpoint.template = try choice(value)
                case "patch_size": endpoint.patchSize = try positive(value, upTo: 64)
                case "voice": endpoint.voice = try string(value)
                case "slots": endpoint.slots = try EndpointConfiguration.slots(try string(value), of: endpoint.id)
                case "capabilities":
                    endpoint.capabilities = try strings(value).map { name throws(Unfit) in try choice(.text(name)) }
                    guard !endpoint.capabilities.isEmpty else {
                        throw Unfit(message: "endpoint \"\(endpoint.id)\" has no capabilities")
                    }
                case "vision" where fields["capabilities"] != nil:
                    throw Unfit(message: "endpoint \"\(endpoint.id)\": write vision into its capabilities")
                case "vision": endpoint.vision = ["true", "yes", "on"].contains(try string(value).lowercased())
                default: throw Unfit(message: "endpoint \"\(endpoint.id)\" has an unknown key \"\(name)\"")
                }
            }
            if endpoint.dialect == .triton, fields["capabilities"] == nil { endpoint.capabilities = [.tensors] }
            if endpoint.dialect == .sdcpp, fields["capabilities"] == nil { endpoint.capabilities = [.images] }
            if let fault = endpoint.capabilityFault { throw Unfit(message: "endpoint \"\(endpoint.id)\": \(fault)") }
            guard !endpoints.contains(where: { $0.id == endpoint.id }) else {
                throw Unfit(message: "two endpoints are named \"\(endpoint.id)\"")
            }
            endpoints.append(endpoint)
        }
        configuration.endpoints = endpoints
    } render: { configuration in
        .array(
            configuration.endpoints.map { endpoint in
                .object([
                    "id": .string(endpoint.id), "url": .string(endpoint.url), "dialect": .string(endpoint.dialect.rawValue),
                    "model": endpoint.model.map(JSONValue.string) ?? .null,
                    "api_key": endpoint.apiKey == nil ? .null : .string(mask), "capabilities": .array(endpoint.capabilities.map { .string($0.rawValue) }),
                    "context_length": endpoint.contextLength.map(JSONValue.integer) ?? .null,
                    "patch_size": endpoint.patchSize.map(JSONValue.integer) ?? .null,
                    "slots": .integer(endpoint.slots), "template": .string(endpoint.template.rawValue),
                    "voice": endpoint.voice.map(JSONValue.string) ?? .null,
                ])
            })
    }
}
