import Foundation
import Logging

/// Writes log lines to standard error: `2026-01-02T03:04:05.678Z info     message key=value` or one JSON object a line.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let json: Bool

    public init(label: String, level: Logger.Level, json: Bool) {
        self.label = label
        self.logLevel = level
        self.json = json
    }

    /// A logger as the configuration asks for it; `auto` writes JSON unless standard error is a terminal.
    public static func logger(_ configuration: LogConfiguration, label: String = "martlet") -> Logger {
        let json =
            switch configuration.format {
            case .json: true
            case .text: false
            case .auto: isatty(STDERR_FILENO) == 0
            }
        let level = Logger.Level(rawValue: configuration.level.lowercased()) ?? .info
        return Logger(label: label) { LineLogHandler(label: $0, level: level, json: json) }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        var line: String
        if json {
            var object: [String: JSONValue] = [
                "time": .string(time), "level": .string(event.level.rawValue), "logger": .string(label),
                "message": .string("\(event.message)"),
            ]
            for (key, value) in fields { object[key] = .string("\(value)") }
            line = String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
        } else {
            line = "\(time) \(event.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)) \(event.message)"
            for (key, value) in fields { line += " \(key)=\(value)" }
            // A log line is one line, whatever a client put into a header.
            line = line.replacingOccurrences(of: "\n", with: "\\n").replacingOccurrences(of: "\r", with: "\\r")
        }
        line += "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
