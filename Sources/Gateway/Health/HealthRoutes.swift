import Foundations
import HTTPTypes
import Hummingbird
import ModelHub
import NIOCore
import ServiceLifecycle

/// How the server is, for people, balancers and Prometheus.
package enum HealthRoutes {
    package static let service = "martlet"

    package static func routes() -> [Route] {
        [
            Route(
                .get, "/", operationID: "root__get", summary: "Root", about: "Says which service this is; a browser gets the web page.",
                answers: [.init(200, "Successful Response", .json(Schemas.reference("Banner")))], isAnonymous: true
            ) { request, _, services in
                if let page = try await PageRoutes.page(request, services) { return page }
                return .json(["service": "Martlet", "version": .string(Version.text), "status": "operational"])
            },
            Route(
                .get, "/v1/health", operationID: "health_check_v1_health_get", summary: "Health Check",
                about: "Basic health check endpoint", tag: "Health",
                answers: [.init(200, "Successful Response", .json(Schemas.reference("Health")))], isAnonymous: true
            ) { _, _, _ in
                .json(["status": "healthy", "service": .string(service)])
            },
            Route(
                .get, "/v1/health/detailed", operationID: "detailed_health_check_v1_health_detailed_get",
                summary: "Detailed Health Check", about: "Detailed health check with model and GPU status", tag: "Health",
                answers: [.init(200, "Successful Response", .json(Schemas.reference("DetailedHealth")))]
            ) { _, _, services in
                .json(await detailed(services))
            },
            Route(
                .get, "/healthz", operationID: "live", summary: "Live", about: "Whether the process runs.", tag: "Health",
                answers: [.init(200, "Alive", .json(Schemas.reference("Status")))], isAnonymous: true
            ) { _, _, _ in
                .json(["status": "ok"])
            },
            Route(
                .get, "/readyz", operationID: "ready", summary: "Ready",
                about: "Whether requests can be served now: 503 with the reason while they can't.", tag: "Health",
                answers: [.init(200, "Ready", .json(Schemas.reference("Status")))], errors: [503], isAnonymous: true
            ) { _, _, services in
                if Task.isShuttingDownGracefully { throw GatewayError.stopping }
                if case .notReady(let reason) = await readiness(services) { throw GatewayError.notReady(reason: reason) }
                return .json(["status": "ok"])
            },
            Route(
                .get, "/metrics", operationID: "metrics", summary: "Metrics", about: "Figures in Prometheus text format.",
                tag: "Health", answers: [.init(200, "Figures", .init(type: "text/plain", schema: ["type": "string"]))]
            ) { _, _, services in
                let load = await services.gate.load
                let metrics = services.dependencies.metrics
                await metrics.set(
                    "martlet_questions_running", "Video questions being answered.", to: Double(load.running))
                await metrics.set("martlet_questions_waiting", "Video questions that wait.", to: Double(load.waiting))
                await ModelFigures.set(await services.dependencies.models.models(), in: metrics)
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics.text())))
            },
        ]
    }

    static func readiness(_ services: GatewayServices) async -> Readiness {
        if let readiness = services.dependencies.readiness { return await readiness() }
        let chats = await services.dependencies.models.models().filter { $0.capabilities.contains("chat") }
        if chats.contains(where: { [.onDisk, .loading, .ready].contains($0.state) }) { return .ready }
        if chats.contains(where: { $0.state == .fetching }) { return .notReady("The model is being fetched.") }
        return .notReady("No model that answers is at hand. Fetch one with 'martlet models pull'.")
    }

    private static func detailed(_ services: GatewayServices) async -> JSONValue {
        let models = await services.dependencies.models.models()
        let loaded = models.first { $0.state == .ready && $0.capabilities.contains("chat") }
        let gpus = await services.dependencies.gpus()
        let load = await services.gate.load
        return [
            "status": loaded == nil ? "degraded" : "healthy",
            "model": [
                "loaded": .bool(loaded != nil), "backend": loaded.map { .string($0.engine) } ?? .null,
                "path": loaded.map { .string($0.id) } ?? .null,
            ],
            "gpu": [
                "available": .bool(!gpus.isEmpty), "count": .integer(gpus.count),
                "devices": .array(gpus.map(Self.device)),
            ],
            "models": .array(models.map { ["id": .string($0.id), "state": .string($0.state.rawValue)] }),
            "questions": ["running": .integer(load.running), "waiting": .integer(load.waiting)],
            "service": .string(service),
            "version": .string(Version.text),
        ]
    }

    private static func device(_ gpu: GPUStatus) -> JSONValue {
        func rounded(_ value: Double) -> JSONValue { .number((value * 100).rounded() / 100) }
        return [
            "id": .integer(gpu.id), "name": .string(gpu.name), "memory_allocated_gb": rounded(gpu.memoryAllocatedGB),
            "memory_reserved_gb": rounded(gpu.memoryReservedGB),
        ]
    }
}
