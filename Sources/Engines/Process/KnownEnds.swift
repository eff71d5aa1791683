/// Reads from an engine's last lines why it ended.
struct KnownEnds: Sendable {
    typealias Entry = (words: [String], reason: String, isPermanent: Bool)

    /// Words in small letters, looked for in this order: put the general ones last.
    let entries: [Entry]

    func diagnose(_ lines: [String], _ status: ExitStatus) -> EngineProgram.Diagnosis? {
        let text = lines.joined(separator: "\n").lowercased()
        for (words, reason, isPermanent) in entries where words.contains(where: text.contains) {
            return EngineProgram.Diagnosis(reason: reason, isPermanent: isPermanent)
        }
        guard status == .signal(9) else { return nil }
        return EngineProgram.Diagnosis(reason: "It was killed; the machine may be short of memory.", isPermanent: false)
    }
}
