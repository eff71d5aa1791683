extension ConfigurationKey {
    static let handlers = ConfigurationKey(
        path: "handlers", help: "Models of your own: a list of {name, handler, dir}, or name:handler:dir,…"
    ) { configuration, written throws(Unfit) in
        var handlers: [HandlerConfiguration] = []
        switch written {
        case .list(let items):
            for item in items { handlers.append(try handler(item)) }
        // MODEL_REGISTRY's form.
        case .text(let text):
            let entries = text.split(separator: ",").map { $0.trimming(while: \.isWhitespace) }.filter { !$0.isEmpty }
            for entry in entries { handlers.append(try handler(String(entry))) }
        case .map: throw Unfit(message: "expected a list of handlers, found a map")
        }
        for (index, handler) in handlers.enumerated() where handlers[..<index].contains(where: { $0.name == handler.name }) {
            throw Unfit(message: "two handlers are named \"\(handler.name)\"")
        }
        configuration.handlers = handlers
    } render: { configuration in
        .array(
            configuration.handlers.map {
                .object([
                    "name": .string($0.name), "handler": .string($0.kind.rawValue), "dir": .string($0.directory),
                ])
            })
    }

    private static func handler(_ entry: String) throws(Unfit) -> HandlerConfiguration {
        let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else {
            throw Unfit(message: "invalid registry entry \"\(entry)\", expected name:handler:dir")
        }
        return try handler(name: parts[0], kind: parts[1], directory: parts[2])
    }

    private static func handler(_ item: Written) throws(Unfit) -> HandlerConfiguration {
        guard case .map(let fields) = item else { return try handler(try string(item)) }
        guard let name = fields["name"], let kind = fields["handler"], let directory = fields["dir"] else {
            throw Unfit(message: "each handler needs a name, a handler and a dir")
        }
        if let unknown = fields.keys.sorted().first(where: { !["name", "handler", "dir"].contains($0) }) {
            throw Unfit(message: "a handler has an unknown key \"\(unknown)\"")
        }
        return try handler(name: try string(name), kind: try string(kind), directory: try string(directory))
    }

    private static func handler(name: String, kind: String, directory: String) throws(Unfit) -> HandlerConfiguration {
        guard ModelName.isPlain(name) else {
            throw Unfit(message: "the handler name \"\(name)\" isn't made of letters, digits, '.', '-' and '_'")
        }
        guard let known = HandlerConfiguration.Kind(rawValue: kind) else {
            let names = HandlerConfiguration.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Unfit(message: "unknown handler \"\(kind)\" of \"\(name)\"; there are \(names)")
        }
        guard !directory.isEmpty else { throw Unfit(message: "the handler \"\(name)\" has no dir") }
        return HandlerConfiguration(name: name, kind: known, directory: directory)
    }
}

extension Substring {
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = drop(while: isTrimmed)
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
