import Foundation
import Foundations
import HTTPTypes
import Hummingbird

/// The API's own description, for programs; `/docs` shows it to people.
package enum DocumentRoutes {
    package static func routes() -> [Route] {
        [
            Route(
                .get, "/openapi.json", operationID: "openapi", summary: "OpenAPI document",
                about: "This document.", tag: "Documents",
                answers: [.init(200, "OpenAPI 3.1.0", .json(["type": "object"]))]
            ) { _, _, services in
                .json(Gateway.openAPI(services.configuration))
            },
        ]
    }
}
