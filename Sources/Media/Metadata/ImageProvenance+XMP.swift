import Foundation

/// The mark as an XMP packet: https://developer.adobe.com/xmp/docs/xmp-specifications/ (part 1, 7.3 packet, 7.4 RDF).
extension ImageProvenance {
    /// At most some kilobytes, whatever the values.
    var xmpPacket: String {
        let description = properties.map { "   <\($0.name.qualified)>\(Self.escaped($0.value))</\($0.name.qualified)>\n" }
        let namespaces = XMPNamespace.allCases.map { "\n    xmlns:\($0.prefix)=\"\($0.rawValue)\"" }
        // The byte order mark is part of the packet's header. No padding follows: nobody edits the packet in place.
        return """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
             <rdf:RDF xmlns:rdf="\(XMPProperties.rdf)">
              <rdf:Description rdf:about=""\(namespaces.joined())>
            \(description.joined())  </rdf:Description>
             </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="r"?>
            """
    }

    private var properties: [(name: XMPName, value: String)] {
        let values: [(XMPName, String?)] = [
            (.digitalSourceType, digitalSourceType.rawValue),
            (.creatorTool, software),
            (.createDate, created?.formatted(.iso8601)),
            (.systemUsed, model),
            (.model, model),
            (.seed, seed.map(String.init)),
            (.steps, steps.map(String.init)),
            (.guidance, guidance.map(Self.text)),
            (.width, size.map { String($0.width) }),
            (.height, size.map { String($0.height) }),
            (.promptHash, promptHash),
        ]
        return values.compactMap { name, value in value.map { (name, $0) } }
    }

    init?(_ properties: XMPProperties) {
        guard let source = properties[.digitalSourceType].flatMap(DigitalSourceType.init) else { return nil }
        let width = properties[.width].flatMap { Int($0) }
        let height = properties[.height].flatMap { Int($0) }
        self.init(
            software: properties[.creatorTool], model: properties[.model] ?? properties[.systemUsed],
            seed: properties[.seed].flatMap { Int($0) }, steps: properties[.steps].flatMap { Int($0) },
            guidance: properties[.guidance].flatMap { Double($0) },
            size: width.flatMap { width in height.map { PixelSize(width: width, height: $0) } },
            promptHash: properties[.promptHash], created: properties[.createDate].flatMap(Self.date), digitalSourceType: source)
    }

    /// Dates in other packets may have fractions of seconds, or no time zone: those count as UTC.
    private static func date(_ text: String) -> Date? {
        guard text.utf8.count <= 40 else { return nil }
        let styles: [Date.ISO8601FormatStyle] = [.iso8601, .iso8601.time(includingFractionalSeconds: true)]
        for candidate in [text, text + "Z"] {
            for style in styles {
                if let date = try? Date(candidate, strategy: style) { return date }
            }
        }
        return nil
    }

    private static func escaped(_ text: String) -> String {
        // Scalar by scalar: a mark with an accent over it is a character of its own.
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

/// The namespaces that the packet declares.
enum XMPNamespace: String, CaseIterable {
    case basic = "http://ns.adobe.com/xap/1.0/"
    /// IPTC Photo Metadata Standard 2025.1: https://www.iptc.org/std/photometadata/specification/IPTC-PhotoMetadata
    case iptcExtension = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    /// Our own, for the parameters of a generation. A name, not an address.
    case martlet = "urn:martlet:image:1#"

    var prefix: String {
        switch self {
        case .basic: "xmp"
        case .iptcExtension: "Iptc4xmpExt"
        case .martlet: "martlet"
        }
    }
}

/// The properties that the packet holds.
struct XMPName {
    let namespace: XMPNamespace
    let local: String

    static let creatorTool = XMPName(namespace: .basic, local: "CreatorTool")
    static let createDate = XMPName(namespace: .basic, local: "CreateDate")
    static let digitalSourceType = XMPName(namespace: .iptcExtension, local: "DigitalSourceType")
    static let systemUsed = XMPName(namespace: .iptcExtension, local: "AISystemUsed")
    static let model = XMPName(namespace: .martlet, local: "Model")
    static let seed = XMPName(namespace: .martlet, local: "Seed")
    static let steps = XMPName(namespace: .martlet, local: "Steps")
    static let guidance = XMPName(namespace: .martlet, local: "Guidance")
    static let width = XMPName(namespace: .martlet, local: "Width")
    static let height = XMPName(namespace: .martlet, local: "Height")
    static let promptHash = XMPName(namespace: .martlet, local: "PromptSHA256")

    var qualified: String { "\(namespace.prefix):\(local)" }
}
