import Foundation

/// One settable key: how to read it, how to show it, what it is for. The table of all keys is `ConfigurationKey.all`.
public struct ConfigurationKey: Sendable {
    /// A value as written: text from the environment, a flag or YAML, or YAML's nested forms.
    public indirect enum Written: Sendable, Equatable {
        case text(String)
        case list([Written])
        case map([String: Written])
    }

    /// Dotted path: `server.port`.
    public let path: String
    public let help: String
    let apply: @Sendable (inout Configuration, Written) throws(Unfit) -> Void
    let render: @Sendable (Configuration) -> JSONValue

    /// Why a written value doesn't fit.
    struct Unfit: Error { let message: String }

    /// The name of the environment variable that sets the key: `MARTLET_SERVER_PORT`.
    public var environmentName: String {
        "MARTLET_" + path.uppercased().replacingOccurrences(of: ".", with: "_")
    }

    typealias Path<T> = any WritableKeyPath<Configuration, T> & Sendable

    static func text(_ path: String, _ key: Path<String>, _ help: String, secret: Bool = false) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            configuration[keyPath: key] = try Self.string(written)
        } render: { .string(secret ? mask : $0[keyPath: key]) }
    }

    static func optionalSecret(_ path: String, _ key: Path<String?>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            configuration[keyPath: key] = try Self.optionalText(written)
        } render: { $0[keyPath: key] == nil ? .null : .string(mask) }
    }

    static func optionalText(_ path: String, _ key: Path<String?>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            configuration[keyPath: key] = try Self.optionalText(written)
        } render: { $0[keyPath: key].map(JSONValue.string) ?? .null }
    }

    static func integer(_ path: String, _ key: Path<Int>, _ range: ClosedRange<Int>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            let text = try Self.string(written)
            guard let value = Int(text.replacingOccurrences(of: "_", with: "")) else {
                throw Unfit(message: "expected a whole number, found \"\(text)\"")
            }
            guard range.contains(value) else {
                throw Unfit(message: "\(value) is outside \(range.lowerBound) to \(range.upperBound)")
            }
            configuration[keyPath: key] = value
        } render: { .integer($0[keyPath: key]) }
    }

    static func number(_ path: String, _ key: Path<Double>, _ range: ClosedRange<Double>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            let text = try Self.string(written)
            guard let value = Double(text), value.isFinite else {
                throw Unfit(message: "expected a number, found \"\(text)\"")
            }
            guard range.contains(value) else {
                throw Unfit(message: "\(text) is outside \(range.lowerBound) to \(range.upperBound)")
            }
            configuration[keyPath: key] = value
        } render: { .number($0[keyPath: key]) }
    }

    static func flag(_ path: String, _ key: Path<Bool>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            let text = try Self.string(written)
            switch text.lowercased() {
            case "true", "yes", "on", "1": configuration[keyPath: key] = true
            case "false", "no", "off", "0": configuration[keyPath: key] = false
            default: throw Unfit(message: "expected true or false, found \"\(text)\"")
            }
        } render: { .bool($0[keyPath: key]) }
    }

    static func bytes(_ path: String, _ key: Path<Int>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            let text = try Self.string(written)
            guard let value = ByteCount.parse(text), value > 0 else {
                throw Unfit(message: "expected a size such as 500MiB, found \"\(text)\"")
            }
            configuration[keyPath: key] = value
        } render: { .string(ByteCount.text($0[keyPath: key])) }
    }

    static func optionalBytes(_ path: String, _ key: Path<Int?>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            let text = try Self.string(written)
            if ["", "null", "~"].contains(text) {
                configuration[keyPath: key] = nil
                return
            }
            guard let value = ByteCount.parse(text), value > 0 else {
                throw Unfit(message: "expected a size such as 500MiB, found \"\(text)\"")
            }
            configuration[keyPath: key] = value
        } render: { $0[keyPath: key].map { .string(ByteCount.text($0)) } ?? .null }
    }

    static func duration(_ path: String, _ key: Path<Duration>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            let text = try Self.string(written)
            guard let value = DurationText.parse(text), value > .zero else {
                throw Unfit(message: "expected a duration such as 30s, 5m or 500ms, found \"\(text)\"")
            }
            configuration[keyPath: key] = value
        } render: { .string(DurationText.text($0[keyPath: key])) }
    }

    static func choice<T: RawRepresentable & CaseIterable & Sendable>(_ path: String, _ key: Path<T>, _ help: String)
        -> Self where T.RawValue == String
    {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            configuration[keyPath: key] = try Self.choice(written)
        } render: { .string($0[keyPath: key].rawValue) }
    }

    static func texts(_ path: String, _ key: Path<[String]>, _ help: String) -> Self {
        Self(path: path, help: help) { configuration, written throws(Unfit) in
            configuration[keyPath: key] = try Self.strings(written)
        } render: { .array($0[keyPath: key].map(JSONValue.string)) }
    }

    // MARK: Reading written values

    static let mask = "********"

    static func string(_ written: Written) throws(Unfit) -> String {
        guard case .text(let text) = written else { throw Unfit(message: "expected one value, found a list or a map") }
        return text
    }

    /// - Returns: `nil` for YAML's null.
    static func optionalText(_ written: Written) throws(Unfit) -> String? {
        let text = try string(written)
        return text.isEmpty || text == "null" || text == "~" ? nil : text
    }

    /// A whole number from 1 to `most`.
    static func positive(_ written: Written, upTo most: Int) throws(Unfit) -> Int {
        let text = try string(written)
        guard let value = Int(text), (1...most).contains(value) else {
            throw Unfit(message: "expected a whole number from 1 to \(most), found \"\(text)\"")
        }
        return value
    }

    /// A YAML list, a JSON list in one string, or words between commas.
    static func strings(_ written: Written) throws(Unfit) -> [String] {
        switch written {
        case .list(let items):
            var texts: [String] = []
            for item in items { texts.append(try string(item)) }
            return texts
        case .text(let text):
            if text.hasPrefix("["), let items = (try? JSONValue(parsing: Data(text.utf8)))?.arrayValue {
                let texts = items.compactMap(\.stringValue)
                guard texts.count == items.count else { throw Unfit(message: "expected a list of texts") }
                return texts
            }
            return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        case .map: throw Unfit(message: "expected a list, found a map")
        }
    }

    static func choice<T: RawRepresentable & CaseIterable>(_ written: Written) throws(Unfit) -> T
    where T.RawValue == String {
        let text = try string(written)
        guard let value = T(rawValue: text) else {
            let names = T.allCases.map(\.rawValue).joined(separator: ", ")
            throw Unfit(message: "expected one of \(names), found \"\(text)\"")
        }
        return value
    }

    init(
        path: String, help: String, apply: @escaping @Sendable (inout Configuration, Written) throws(Unfit) -> Void,
        render: @escaping @Sendable (Configuration) -> JSONValue
    ) {
        self.path = path
        self.help = help
        self.apply = apply
        self.render = render
    }
}
