/// The simple properties of an XMP packet, whether written as elements or as attributes of `rdf:Description`.
///
/// A reader for this alone rather than a full XML parser: no document types, no entities of the packet's own and no external
/// ones, so that nothing expands and nothing is fetched. Time grows with the length of the packet only.
struct XMPProperties {
    static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

    static let maxPacketLength = 256 << 10
    private static let maxDepth = 32
    private static let maxNamespaces = 64
    private static let maxValueLength = 4096

    private struct Element {
        let qualifiedName: String
        let name: String
        /// How many namespaces were in force outside of it.
        let outerNamespaces: Int
        var text: [UInt8] = []
        var hasChildren = false
    }

    private var values: [String: String] = [:]
    private var elements: [Element] = []
    private var namespaces: [(prefix: String, uri: String)] = []

    /// - Returns: `nil` when the packet is longer than `maxPacketLength` or isn't XML as described above. A packet that ends
    ///   early counts as far as it goes.
    init?(_ packet: ArraySlice<UInt8>) {
        guard packet.count <= Self.maxPacketLength else { return nil }
        var scanner = XMPScanner(packet)
        while let token = scanner.next() {
            let isFine =
                switch token {
                case .text(let text): append(text)
                case .begin(let name, let attributes, let isEmpty): begin(name, attributes) && (!isEmpty || end(name))
                case .end(let name): end(name)
                }
            guard isFine else { return nil }
        }
        guard !scanner.hasFailed else { return nil }
    }

    subscript(name: XMPName) -> String? { values[name.namespace.rawValue + name.local] }

    private mutating func append(_ text: [UInt8]) -> Bool {
        guard let last = elements.indices.last else { return true }
        elements[last].text += text.prefix(Self.maxValueLength - elements[last].text.count)
        return true
    }

    private mutating func begin(_ qualifiedName: String, _ attributes: [(name: String, value: String)]) -> Bool {
        let outerNamespaces = namespaces.count
        for (name, value) in attributes where name.hasPrefix("xmlns:") {
            namespaces.append((String(name.dropFirst(6)), value))
        }
        guard elements.count < Self.maxDepth, namespaces.count <= Self.maxNamespaces else { return false }
        if let last = elements.indices.last { elements[last].hasChildren = true }
        let element = Element(
            qualifiedName: qualifiedName, name: expanded(qualifiedName), outerNamespaces: outerNamespaces)
        if isDescription(element, inside: elements.last) {
            for (name, value) in attributes { keep(value, as: expanded(name)) }
        }
        elements.append(element)
        return true
    }

    private mutating func end(_ qualifiedName: String) -> Bool {
        guard let element = elements.popLast(), element.qualifiedName == qualifiedName else { return false }
        namespaces.removeLast(namespaces.count - element.outerNamespaces)
        if !element.hasChildren, let parent = elements.last, isDescription(parent, inside: elements.dropLast().last) {
            keep(String(decoding: element.text, as: UTF8.self), as: element.name)
        }
        return true
    }

    /// Descriptions deeper inside belong to structures.
    private func isDescription(_ element: Element, inside parent: Element?) -> Bool {
        element.name == Self.rdf + "Description" && parent?.name == Self.rdf + "RDF"
    }

    private mutating func keep(_ value: String, as name: String) {
        guard XMPNamespace.allCases.contains(where: { name.hasPrefix($0.rawValue) }), values[name] == nil else { return }
        let bytes = value.utf8.drop(while: XMPScanner.isSpace)
        let length = bytes.reversed().drop(while: XMPScanner.isSpace).count
        values[name] = String(decoding: bytes.prefix(length), as: UTF8.self)
    }

    /// The namespace's name followed by the local name; prefixes are the writer's choice.
    private func expanded(_ qualifiedName: String) -> String {
        let parts = qualifiedName.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let namespace = namespaces.last(where: { $0.prefix == parts[0] }) else { return qualifiedName }
        return namespace.uri + parts[1]
    }
}
