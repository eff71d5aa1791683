import Foundation
import Foundations
import HTTPTypes
import Hummingbird

/// The API's own description: for programs as JSON, for people as a page.
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
            Route(
                .get, "/docs", operationID: "docs", summary: "Documentation",
                about: "The routes as a page to read.", tag: "Documents",
                answers: [.init(200, "A page", .init(type: "text/html", schema: ["type": "string"]))]
            ) { _, _, services in
                let nonce = Foundations.RequestContext.newID()
                let page = DocumentPage(document: Gateway.openAPI(services.configuration), nonce: nonce)
                return .html(page.html, styleNonce: nonce)
            },
        ]
    }
}

extension Response {
    /// A page that may load nothing but its own style element.
    package static func html(_ html: String, styleNonce: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy:
                    "default-src 'none'; style-src 'nonce-\(styleNonce)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                .referrerPolicy: "no-referrer",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
