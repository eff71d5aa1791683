import Foundation

/// A length of time that a tag's rules name: seconds, or a share of the video.
///
/// Written as `"12s"`, `"12"` or `12` (seconds) or as `"5%"` (percent of the video's duration).
public enum TagDuration: Sendable, Equatable {
    case seconds(Double)
    /// 0…100.
    case percent(Double)

    public struct InvalidText: Error, Equatable, CustomStringConvertible {
        public var text: String
        public var description: String {
            "\"\(text)\" is no duration. Write seconds as \"12s\" or 12, or a share of the video as \"5%\"."
        }
    }

    /// - Throws: ``InvalidText`` for anything else than seconds of 0 or more, or 0 to 100 percent.
    public init(parsing text: String) throws {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        let unit = trimmed.last.flatMap { $0 == "s" || $0 == "%" ? $0 : nil }
        let number = (unit == nil ? trimmed[...] : trimmed.dropLast()).trimmingCharacters(in: .whitespaces)
        // Double(_:) also reads "nan", "infinity" and hexadecimal, none of which anybody means here.
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }), let value = Double(number),
            value.isFinite, value >= 0, unit != "%" || value <= 100
        else { throw InvalidText(text: text) }
        self = unit == "%" ? .percent(value) : .seconds(value)
    }

    /// - Parameter duration: the video's, in seconds.
    /// - Returns: seconds, never negative.
    public func seconds(of duration: Double) -> Double {
        switch self {
        case .seconds(let seconds): max(0, seconds)
        case .percent(let percent): max(0, duration * percent / 100)
        }
    }
}

extension TagDuration: CustomStringConvertible {
    /// As ``init(parsing:)`` reads it.
    public var description: String {
        switch self {
        case .seconds(let value): Self.number(value) + "s"
        case .percent(let value): Self.number(value) + "%"
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}

extension TagDuration: Codable {
    /// Reads a string or a number of seconds.
    ///
    /// - Throws: `DecodingError.dataCorrupted` for invalid text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = if let number = try? container.decode(Double.self) { String(number) } else { try container.decode(String.self) }
        do {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
