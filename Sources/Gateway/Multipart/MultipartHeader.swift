import Foundation

/// The headers of one part of a form, as far as a form needs them.
package struct MultipartHeader: Equatable, Sendable {
    package var name: String
    /// The caller's name for a file. Shown at most, never used as a path.
    package var fileName: String?
    package var contentType: String?

    package init(name: String, fileName: String? = nil, contentType: String? = nil) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
    }

    /// Parses header lines separated by CRLF.
    /// - Throws: `MultipartFault.badHeader`.
    package init(parsing block: ArraySlice<UInt8>) throws(MultipartFault) {
        guard let text = String(validating: block, as: UTF8.self) else { throw .badHeader }
        var disposition: String?
        var contentType: String?
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":"), line.first != " ", line.first != "\t" else { throw .badHeader }
            let value = line[line.index(after: colon)...]
            guard !value.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\t" || $0.value == 127 }) else {
                throw .badHeader
            }
            switch line[..<colon].lowercased() {
            case "content-disposition":
                if disposition != nil { throw .badHeader }
                disposition = value.trimmingCharacters(in: .whitespaces)
            case "content-type": contentType = value.trimmingCharacters(in: .whitespaces)
            default: break
            }
        }
        guard let disposition, let parsed = HeaderParameters(parsing: disposition), parsed.value == "form-data",
            let name = parsed["name"], !name.isEmpty
        else { throw .badHeader }
        self.name = name
        fileName = parsed.extended("filename") ?? parsed["filename"]
        self.contentType = contentType
    }

    /// The file name as it may be shown: the last path component, without control characters, 255 characters at most.
    package var shownFileName: String {
        let last = (fileName ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let clean = String(String.UnicodeScalarView(last.unicodeScalars.filter { $0.properties.generalCategory != .control && $0.properties.generalCategory != .format }))
            .trimmingCharacters(in: .whitespaces).prefix(255)
        return clean.isEmpty ? "upload" : String(clean)
    }
}

/// A header value with parameters: `form-data; name="a"; filename*=UTF-8''b`.
package struct HeaderParameters: Equatable, Sendable {
    /// The first word, lower-cased.
    package var value: String
    private var parameters: [String: String] = [:]

    /// A parameter by its lower-cased name.
    package subscript(name: String) -> String? { parameters[name] }

    /// `nil` when the text isn't well formed or names a parameter twice.
    package init?(parsing text: String) {
        var rest = Substring(text)
        value = rest.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            if rest.isEmpty { break }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            guard rest.first == "=" else { return nil }
            rest = rest.dropFirst()
            var content = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                guard let quoted = Self.readQuoted(&rest) else { return nil }
                content = quoted
            } else {
                let word = rest.prefix { $0 != ";" }
                rest = rest.dropFirst(word.count)
                content = word.trimmingCharacters(in: .whitespaces)
            }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard rest.isEmpty || rest.first == ";" else { return nil }
            let key = name.trimmingCharacters(in: .whitespaces).lowercased()
            guard !key.isEmpty, parameters.updateValue(content, forKey: key) == nil else { return nil }
        }
    }

    /// An RFC 5987 parameter (`name*=UTF-8''percent%20encoded`).
    package func extended(_ name: String) -> String? {
        guard let raw = parameters[name + "*"] else { return nil }
        let pieces = raw.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0].lowercased() == "utf-8" else { return nil }
        return String(pieces[2]).removingPercentEncoding
    }

    /// Up to the closing quote. Only `\"` and `\\` are escapes: old browsers send Windows paths unescaped.
    private static func readQuoted(_ rest: inout Substring) -> String? {
        var content = ""
        while let character = rest.popFirst() {
            if character == "\"" { return content }
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                content.append(next)
                rest.removeFirst()
            } else {
                content.append(character)
            }
        }
        return nil
    }
}
