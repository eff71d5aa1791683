import Foundations

/// The surface as a whole.
public enum Gateway {
    /// The OpenAPI 3.1.0 document, made from the route declarations themselves.
    public static func openAPI(_ configuration: Configuration) -> JSONValue {
        OpenAPIDocument(table: RouteTable(configuration), configuration: configuration).json
    }
}

/// Writes the OpenAPI document of a route table.
package struct OpenAPIDocument {
    let table: RouteTable
    let configuration: Configuration

    package init(table: RouteTable, configuration: Configuration) {
        self.table = table
        self.configuration = configuration
    }

    package var json: JSONValue {
        var paths: [String: JSONValue] = [:]
        for route in table.routes {
            var item = paths[route.path]?.objectValue ?? [:]
            item[route.method.rawValue.lowercased()] = operation(route)
            paths[route.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Martlet", "version": .string(Version.text),
                "description": "Ask questions about videos and images; chat with models. Errors always come in one envelope.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "tags": [
                ["name": "Health"], ["name": "Inference"], ["name": "Library"], ["name": "Jobs"], ["name": "OpenAI"], ["name": "Open Inference Protocol"], ["name": "Model control"],
                ["name": "Pools"], ["name": "Handlers"], ["name": "Voice"], ["name": "Images"], ["name": "Documents"],
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(
                    Schemas.all(configuration).merging(InferenceSchemas.all) { first, _ in first }.merging(Schemas.voice) { first, _ in first }
                        .merging(Schemas.images(configuration)) { first, _ in first }),
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private func operation(_ route: Route) -> JSONValue {
        var operation: [String: JSONValue] = [
            "summary": .string(route.summary), "description": .string(route.about),
            "operationId": .string(route.operationID), "responses": responses(route),
            "security": route.isAnonymous ? [] : [["bearer": []]],
        ]
        if let tag = route.tag { operation["tags"] = [.string(tag)] }
        let inPath: [JSONValue] = route.path.split(separator: "/").filter { $0.first == "{" }.map {
            ["name": .string(String($0.dropFirst().dropLast())), "in": "path", "required": true, "schema": ["type": "string"]]
        }
        let inQuery: [JSONValue] = route.queries.map {
            ["name": .string($0.name), "in": "query", "required": false, "schema": $0.schema, "description": .string($0.about)]
        }
        if !(inPath + inQuery).isEmpty { operation["parameters"] = .array(inPath + inQuery) }
        if let body = route.body {
            operation["requestBody"] = ["required": .bool(!route.bodyIsOptional), "content": .object([body.type: ["schema": body.schema]])]
        }
        return .object(operation)
    }

    private func responses(_ route: Route) -> JSONValue {
        var responses: [String: JSONValue] = [:]
        for answer in route.answers {
            responses[String(answer.status)] = [
                "description": .string(answer.about),
                "content": .object(
                    Dictionary(answer.content.map { ($0.type, ["schema": $0.schema]) }, uniquingKeysWith: { first, _ in first })),
            ]
        }
        let errors = route.errors + [500] + (route.isAnonymous ? [] : [401])
        for status in Set(errors) {
            let about = ErrorKind.allCases.first { $0.status == status }.map { "\($0)" } ?? "Error"
            responses[String(status)] = [
                "description": .string(about),
                "content": [
                    "application/json": [
                        "schema": Schemas.reference(ErrorEnvelope.schema(path: route.path))
                    ]
                ],
            ]
        }
        return .object(responses)
    }
}
