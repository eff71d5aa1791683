extension ConfigurationKey {
    static let otlpEndpoint = ConfigurationKey(
        path: "telemetry.otlp_endpoint", help: "Collector that takes traces by OTLP over HTTP: http://collector:4318. Null: none."
    ) { configuration, written throws(Unfit) in
        let text = try string(written)
        guard !["", "null", "~"].contains(text) else {
            configuration.telemetry.otlpEndpoint = nil
            return
        }
        guard EndpointConfiguration.isAddress(text) else {
            throw Unfit(message: "expected an address such as http://collector:4318, found \"\(text)\"")
        }
        configuration.telemetry.otlpEndpoint = text
    } render: { $0.telemetry.otlpEndpoint.map(JSONValue.string) ?? .null }

    /// As a map, or as `name=value,name=value` (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
    static let otlpHeaders = ConfigurationKey(
        path: "telemetry.otlp_headers", help: "Headers that the collector wants, by name."
    ) { configuration, written throws(Unfit) in
        var headers: [String: String] = [:]
        switch written {
        case .map(let entries):
            for (name, value) in entries { headers[name] = try string(value) }
        case .text, .list:
            for pair in try strings(written) {
                let pieces = pair.split(separator: "=", maxSplits: 1)
                guard pieces.count == 2, let value = pieces[1].removingPercentEncoding else {
                    throw Unfit(message: "expected name=value pairs between commas")
                }
                headers[String(pieces[0])] = value
            }
        }
        for (name, value) in headers {
            let isName = !name.isEmpty && name.utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: ":") }
            guard isName, value.utf8.allSatisfy({ (32...126).contains($0) }) else {
                throw Unfit(message: "a header's name or value has characters that headers can't carry")
            }
        }
        configuration.telemetry.otlpHeaders = headers
    } render: { .object($0.telemetry.otlpHeaders.mapValues { _ in .string(mask) }) }
}
