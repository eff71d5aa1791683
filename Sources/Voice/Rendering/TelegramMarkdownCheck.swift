/// Reads a message as Telegram reads its old Markdown (https://core.telegram.org/bots/api#markdown-style).
struct TelegramMarkdownCheck {
    private let bytes: [UInt8]
    private var index = 0
    private var visible: [UInt8] = []
    /// What is visible outside of code.
    private var text: [UInt8] = []
    private var findings = MarkupFindings()

    static func findings(in text: String) -> MarkupFindings {
        var check = TelegramMarkdownCheck(bytes: Array(text.utf8))
        check.read()
        return check.findings
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private func isMark(_ byte: UInt8?) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "`") || byte == UInt8(ascii: "[")
    }

    private mutating func read() {
        while let next = byte(index) {
            if next == UInt8(ascii: "\\"), isMark(byte(index + 1)) {
                show(bytes[(index + 1)...(index + 1)])
                index += 2
            } else if isMark(next) {
                readEntity(next)
            } else {
                show(bytes[index...index])
                index += 1
            }
        }
        findings.visible = String(decoding: visible, as: UTF8.self)
        findings.warnAboutLines(in: String(decoding: text, as: UTF8.self))
    }

    private mutating func show(_ shown: some Sequence<UInt8>, isCode: Bool = false) {
        visible.append(contentsOf: shown)
        if !isCode { text.append(contentsOf: shown) }
    }

    private mutating func readEntity(_ mark: UInt8) {
        let start = index
        let name = mark == UInt8(ascii: "`") && byte(index + 1) == mark && byte(index + 2) == mark ? "```" : String(UnicodeScalar(mark))
        index += name.utf8.count
        if name == "```" { skipLanguage() }
        let closing: [UInt8] = mark == UInt8(ascii: "[") ? [UInt8(ascii: "]")] : Array(name.utf8)
        let content = index
        while index < bytes.count, !bytes[index...].starts(with: closing) { index += 1 }
        guard index < bytes.count else {
            findings.fail("`\(name)` at byte \(start) is never closed.")
            show(bytes[content...])
            return
        }
        show(bytes[content..<index], isCode: mark == UInt8(ascii: "`"))
        if content == index { findings.warn("`\(name)` twice in a row marks nothing.") } else { findings.entities += 1 }
        index += closing.count
        if mark == UInt8(ascii: "["), byte(index) == UInt8(ascii: "(") {
            guard let end = bytes[index...].firstIndex(of: UInt8(ascii: ")")) else {
                findings.fail("The link at byte \(start) is never closed.")
                index = bytes.count
                return
            }
            index = end + 1
        }
    }

    /// The word behind a fence is a language, unless it's all there is; one line break behind it is no part of the code.
    private mutating func skipLanguage() {
        var end = index
        while let next = byte(end), next != 32, next != 10, next != 13, next != 9, next != UInt8(ascii: "`") { end += 1 }
        if end > index, let next = byte(end), next != UInt8(ascii: "`") { index = end }
        if byte(index) == 13, byte(index + 1) == 10 { index += 2 } else if byte(index) == 10 || byte(index) == 13 { index += 1 }
    }
}
