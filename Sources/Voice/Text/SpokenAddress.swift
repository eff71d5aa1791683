/// An address of the web inside a word.
struct SpokenAddress {
    var range: Range<Int>
    /// The host, without `www.`, port and user.
    var host: String

    private static let beginnings = ["http://", "https://", "ftp://", "www."].map { Array($0.unicodeScalars) }
    private static let trailing: Set<Unicode.Scalar> = [
        ".", ",", ";", ":", "!", "?", ")", "]", "}", ">", "\"", "'", "*", "_", "~", "”", "’", "»", "。", "，", "、", "！", "？", "）",
    ]

    static func find(in word: [Unicode.Scalar]) -> SpokenAddress? {
        guard word.count > 6 else { return nil }
        var start = 0
        while start < word.count {
            // It begins where a word does.
            if start == 0 || !word[start - 1].isWordPart, let length = beginning(of: word[start...]) {
                return SpokenAddress(word, start: start, hostStart: start + length)
            }
            start += 1
        }
        return nil
    }

    private static func beginning(of text: ArraySlice<Unicode.Scalar>) -> Int? {
        for beginning in beginnings where text.count > beginning.count {
            if zip(text, beginning).allSatisfy({ $0.lowercasedASCII == $1 }) { return beginning.last == "." ? 0 : beginning.count }
        }
        return nil
    }

    private init?(_ word: [Unicode.Scalar], start: Int, hostStart: Int) {
        var end = hostStart
        while end < word.count, word[end] != "<", word[end] != ">" { end += 1 }
        while end > hostStart, Self.trailing.contains(word[end - 1]) { end -= 1 }
        var host = word[hostStart..<end].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let user = host.lastIndex(of: "@") { host = host[(user + 1)...] }
        if let port = host.firstIndex(of: ":") { host = host[..<port] }
        if host.starts(with: "www.".unicodeScalars, by: { $0.lowercasedASCII == $1 }) { host = host.dropFirst(4) }
        if host.isEmpty { return nil }
        range = start..<end
        self.host = String(String.UnicodeScalarView(host))
    }
}
