import Foundation

/// One package's page of a Python package index: its archives by name.
package struct PackageIndexPage: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var name: String
        /// As the page writes it: often relative to the page.
        package var url: String
        package var sha256: String?
    }

    package var entries: [Entry]

    /// Reads the HTML form (PEP 503) or the JSON form (PEP 691).
    /// - Returns: `nil` when it is neither.
    package init?(_ data: Data, contentType: String?) {
        let isJSON = contentType.map { $0.lowercased().contains("json") } ?? (data.first == UInt8(ascii: "{"))
        if isJSON {
            guard let page = try? JSONDecoder().decode(JSONPage.self, from: data) else { return nil }
            entries = page.files.map { Entry(name: $0.filename, url: $0.url, sha256: $0.hashes["sha256"]) }
        } else {
            entries = Self.anchors(in: String(decoding: data, as: UTF8.self))
        }
    }

    package func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

    private struct JSONPage: Decodable {
        struct File: Decodable {
            var filename: String
            var url: String
            var hashes: [String: String]
        }
        var files: [File]
    }

    /// Every `<a href="…">name</a>`; the hash stands in the address's fragment.
    private static func anchors(in html: String) -> [Entry] {
        var entries: [Entry] = []
        let anchor = #/<a\s(?<attributes>[^>]*)>(?<text>[^<]*)</a\s*>/#.ignoresCase()
        let reference = #/(?:^|\s)href\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/#.ignoresCase()
        for match in html.matches(of: anchor) {
            guard let found = match.output.attributes.firstMatch(of: reference),
                let address = found.output.double ?? found.output.single
            else { continue }
            let pieces = unescaped(address).split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let fragment = pieces.count == 2 ? pieces[1] : ""
            entries.append(
                Entry(
                    name: unescaped(match.output.text).trimmingCharacters(in: .whitespacesAndNewlines),
                    url: String(pieces[0]),
                    sha256: fragment.hasPrefix("sha256=") ? String(fragment.dropFirst("sha256=".count)) : nil))
        }
        return entries
    }

    private static func unescaped(_ text: Substring) -> String {
        text.replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&#39;", with: "'")
            .replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
            .replacingOccurrences(of: "&amp;", with: "&")
    }
}
