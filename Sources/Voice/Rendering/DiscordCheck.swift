/// Reads a message as Discord does. Discord takes any markup; what is broken is shown as it is written, or takes the rest with it.
enum DiscordCheck {
    static func findings(in text: String) -> MarkupFindings {
        var findings = MarkupFindings()
        // Code is taken out, so that what is left is markup or text.
        var outside: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard isFence(bytes, index) else {
                outside.append(bytes[index])
                index += 1
                continue
            }
            guard let end = (index + 3..<bytes.count).first(where: { isFence(bytes, $0) }) else {
                findings.fail("The fence at byte \(index) is never closed.")
                break
            }
            outside.append(UInt8(ascii: " "))
            index = end + 3
        }
        let outsideText = String(decoding: outside, as: UTF8.self)
        for mark in MarkdownInlineParser.unpaired(in: outsideText) { findings.fail("“\(mark)” has no partner.") }
        findings.warnAboutLines(in: outsideText, headings: 4...6)
        findings.visible = text
        return findings
    }

    private static func isFence(_ bytes: [UInt8], _ index: Int) -> Bool {
        index + 2 < bytes.count && bytes[index...(index + 2)].allSatisfy { $0 == UInt8(ascii: "`") }
    }
}
