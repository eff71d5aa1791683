/// What can be told of Python text without running it.
enum PythonText {
    /// Where a function or class of the name is defined at the outermost level, if it is; decorators belong to it.
    static func definition(of name: String, in text: String) -> String.Index? {
        var decorator: String.Index?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.first == "@" {
                decorator = decorator ?? line.startIndex
                continue
            }
            if defined(by: line) == name { return decorator ?? line.startIndex }
            decorator = nil
        }
        return nil
    }

    /// The name that a line at the outermost level defines.
    private static func defined(by line: Substring) -> String? {
        for keyword in ["def ", "async def ", "class "] where line.hasPrefix(keyword) {
            return String(line.dropFirst(keyword.count).drop { $0 == " " }.prefix { isWordPart($0) })
        }
        let word = line.prefix { isWordPart($0) }
        let rest = line[word.endIndex...].drop { $0 == " " }
        return !word.isEmpty && rest.first == "=" && !rest.hasPrefix("==") ? String(word) : nil
    }

    static func isWordPart(_ character: Character) -> Bool { character == "_" || character.isLetter || character.isNumber }

    static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && text.allSatisfy(isWordPart) && text.first?.isNumber == false
    }

    /// Names of the functions and classes at the outermost level.
    static func definitions(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { defined(by: $0) }.filter(isIdentifier)
    }

    /// The words that text calls: names with an opening bracket behind them.
    static func calls(in text: String) -> [String] {
        text.matches(of: #/([A-Za-z_][A-Za-z0-9_]*)\s*\(/#).map { String($0.output.1) }
    }
}
