import Foundation
import Foundations

/// Shows progress on standard error: one living line on a terminal; elsewhere a line for each stage, and one every ten
/// seconds of long work.
actor ProgressPrinter {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let quiet: Bool
    private let clock = ContinuousClock()
    private var stage: String?
    private var stagesSeen: Set<String> = []
    private var lastDraw: ContinuousClock.Instant?
    private var lineIsOpen = false

    init(quiet: Bool) { self.quiet = quiet }

    func show(_ update: ProgressUpdate) {
        guard !quiet else { return }
        let isNew = update.stage != stage
        stage = update.stage
        let isLast = update.total.map { update.done >= $0 } ?? false
        if isTerminal {
            if !isNew, !isLast, let lastDraw, clock.now - lastDraw < .milliseconds(100) { return }
            lastDraw = clock.now
            write("\r\u{1B}[K" + line(update))
            lineIsOpen = true
        } else {
            let isFirst = stagesSeen.insert(update.stage).inserted
            guard isFirst || lastDraw.map({ clock.now - $0 >= .seconds(10) }) ?? true else { return }
            lastDraw = clock.now
            write(line(update) + "\n")
        }
    }

    /// A sentence that stays on the screen.
    func note(_ text: String) {
        guard !quiet else { return }
        clear()
        write(text + "\n")
    }

    /// Removes the living line, so that other output starts on a clean one.
    func clear() {
        guard lineIsOpen else { return }
        write("\r\u{1B}[K")
        lineIsOpen = false
    }

    private func line(_ update: ProgressUpdate) -> String {
        var text = update.stage.replacingOccurrences(of: "_", with: " ")
        if let note = update.note { text += " \(note)" }
        guard isTerminal || update.unit == .bytes, let total = update.total, total > 0 else { return text }
        let percent = Int((update.fraction ?? 0) * 100)
        switch update.unit {
        case .bytes: text += "  \(ByteCount.text(Int(update.done))) of \(ByteCount.text(Int(total))), \(percent) %"
        case .seconds: text += String(format: "  %.1f of %.1f s", update.done, total)
        default: text += "  \(Int(update.done)) of \(Int(total))"
        }
        return text
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
