import Foundation

/// Names of files as strangers give them.
public enum FileName {
    private static let maxBytes = 200

    /// The name without its folders and control characters, and of bounded length: fit to be shown, and to name a file. Its end is
    /// kept where it is too long, which says what kind of file it is.
    public static func plain(_ name: String, otherwise: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        var plain = String(String.UnicodeScalarView(last.unicodeScalars.filter { !CharacterSet.controlCharacters.contains($0) }))
        while plain.utf8.count > maxBytes { plain.removeFirst() }
        return plain.allSatisfy({ $0 == "." }) ? otherwise : plain
    }
}
