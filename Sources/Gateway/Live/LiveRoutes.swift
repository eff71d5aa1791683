import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ServiceLifecycle

/// What a server does at the moment, and how it is set up: for the page and for whoever watches.
package enum LiveRoutes {
    package static func routes() -> [Route] {
        [
            Route(
                .get, "/v1/events", operationID: "watch", summary: "Live events",
                about: "What happens, as it happens: `models`, `pull`, `pools`, `memory` and `health` whenever they change, `request` for each "
                    + "finished request, `figures` every two seconds. `topics` chooses some of them. The newest 200 requests and 150 figures "
                    + "come first; after a break, with `Last-Event-ID`, only what was missed.",
                tag: "Health", answers: [.init(200, "Events", .init(type: "text/event-stream", schema: ["type": "string"]))],
                errors: [400], handler: events),
            Route(
                .get, "/v1/system", operationID: "system", summary: "System",
                about: "Version, machine, health, findings and the effective configuration with secrets masked.", tag: "Health",
                answers: [.init(200, "Successful Response", .json(["type": "object"]))], handler: system),
        ]
    }

    @Sendable private static func events(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        var topics = Set(LiveFeed.Topic.allCases)
        if let wanted = request.uri.queryParameters["topics"] {
            topics = []
            for name in wanted.split(separator: ",") {
                guard let topic = LiveFeed.Topic(rawValue: String(name)) else {
                    throw GatewayError.invalidFields(
                        [
                            FieldFault(
                                param: "topics", code: "unknown_value",
                                message: "'topics' takes \(LiveFeed.Topic.allCases.map(\.rawValue).joined(separator: ", ")).")
                        ], kind: .invalidRequest)
                }
                topics.insert(topic)
            }
        }
        let seen = request.headers[.lastEventID].flatMap { Int($0) }
        await ServerWatch(services: services).refresh(topics)
        return services.watchStream(context, await services.live.follow(topics, after: seen))
    }

    @Sendable private static func system(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let server = services.configuration.server
        let gpus = await services.dependencies.gpus()
        let findings = await services.dependencies.findings?() ?? []
        return .json([
            "version": .string(Version.text), "started": .string(services.started.formatted(.iso8601)),
            "uptime_seconds": .integer(Int(Date().timeIntervalSince(services.started))),
            "address": .string("http://\(server.host):\(server.port)"),
            "machine": [
                "cores": .integer(ProcessInfo.processInfo.activeProcessorCount),
                "memory_bytes": .integer(Int(ProcessInfo.processInfo.physicalMemory)),
                "gpus": .array(gpus.map { .string($0.name) }),
            ],
            "health": await ServerWatch(services: services).health(),
            "findings": .array(findings.map(\.json)),
            "configuration": .array(services.configuration.settings.map(setting)),
        ])
    }

    private static func setting(_ setting: Configuration.Setting) -> JSONValue {
        [
            "key": .string(setting.key), "value": setting.value, "source": .string(setting.source.rawValue), "about": .string(setting.about),
        ]
    }
}
