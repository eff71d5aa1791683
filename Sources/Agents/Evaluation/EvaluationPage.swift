import Foundation

/// A report for people: Markdown, and HTML that stands alone and holds no scripts.
enum EvaluationPage {
    static func markdown(_ report: EvaluationReport) -> String {
        var text = "# \(report.dataset.title): \(plain(report.modelName))\n\n"
        text += table(["", ""], facts(report))
        text += "\n## Beside published figures\n\nThe figures of others are published ones, made with other prompts and settings: for orientation only.\n\n"
        text += table(["model", "pass@1", "difference"], baselines(report))
        text += "\n## Samples\n\n" + table(["task", "sample", "outcome", "error", "seconds", "tokens"], samples(report))
        return text
    }

    static func html(_ report: EvaluationReport) -> String {
        let title = escaped("\(report.dataset.title): \(report.modelName)")
        var text = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title)</title>
            <style>
            body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
            table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}
            pre{background:#f5f5f5;padding:.8rem;overflow:auto}.passed{color:#116329}summary{cursor:pointer}
            @media(prefers-color-scheme:dark){body{color:#eee;background:#181818}pre{background:#262626}.passed{color:#7ee787}td,th{border-color:#444}}
            </style></head><body>
            <h1>\(title)</h1>

            """
        text += htmlTable(["", ""], facts(report))
        text += "<h2>Beside published figures</h2><p>The figures of others are published ones, made with other prompts and settings: for orientation only.</p>\n"
        text += htmlTable(["model", "pass@1", "difference"], baselines(report))
        text += "<h2>Samples</h2>\n"
        for result in report.taskResults {
            let name = escaped("\(result.taskID), sample \(result.attemptNumber)")
            let reason = escaped([result.errorType, result.errorMessage].compactMap { $0 }.joined(separator: ": "))
            text += "<details><summary>\(name): <b class=\"\(result.outcome.rawValue)\">\(words(result.outcome))</b> \(reason)</summary>"
            text += "<pre>\(escaped(result.solutionCode))</pre></details>\n"
        }
        return text + "</body></html>\n"
    }

    /// The figures in one line each, as the command prints them too.
    static func facts(_ report: EvaluationReport) -> [[String]] {
        var rows = [["model", report.modelName], ["tasks", "\(report.totalTasks), \(report.samplesPerTask) sample\(report.samplesPerTask == 1 ? "" : "s") each"]]
        for k in report.passAtK.keys.compactMap({ Int($0) }).sorted() {
            let interval = report.confidenceIntervals["\(k)"].map { " (95 %: \(percent($0.low)) to \(percent($0.high)), \($0.method.rawValue))" } ?? ""
            rows.append(["pass@\(k)", percent(report.passAtK["\(k)"] ?? 0) + interval])
        }
        if let error = report.standardError { rows.append(["standard error of pass@1", percent(error)]) }
        rows.append(["solved by some sample", "\(report.passedTests) of \(report.totalTasks)"])
        rows.append(["outcomes", SolutionOutcome.allCases.compactMap { outcome in report.outcomes[outcome.rawValue].map { "\($0) \(words(outcome))" } }.joined(separator: ", ")])
        rows.append(["mean time of a sample", String(format: "%.2f s", report.averageExecutionTime)])
        rows.append(["mean tokens of an answer", report.averageTokens.map { String(format: "%.1f", $0) } ?? "not counted"])
        rows.append(["efficiency score", String(format: "%.3f", report.efficiencyScore)])
        rows.append(["made at", report.timestamp])
        return rows
    }

    private static func baselines(_ report: EvaluationReport) -> [[String]] {
        report.baselineComparisons.map { [$0.baselineName, percent($0.baselinePassAt1), String(format: "%+.1f points", $0.passAt1Delta * 100)] }
    }

    private static func samples(_ report: EvaluationReport) -> [[String]] {
        report.taskResults.map {
            [
                $0.taskID, "\($0.attemptNumber)", words($0.outcome), $0.errorType ?? "", String(format: "%.2f", $0.executionTimeSeconds),
                $0.tokensGenerated.map(String.init) ?? "",
            ]
        }
    }

    static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

    private static func words(_ outcome: SolutionOutcome) -> String { outcome.rawValue.replacingOccurrences(of: "_", with: " ") }

    // MARK: Markup

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows.map { $0.map(plain) }
        return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    private static func htmlTable(_ head: [String], _ rows: [[String]]) -> String {
        func row(_ cells: [String], _ tag: String) -> String { "<tr>\(cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined())</tr>\n" }
        let top = head.allSatisfy(\.isEmpty) ? "" : row(head, "th")
        return "<table>\n\(top)\(rows.map { row($0, "td") }.joined())</table>\n"
    }

    /// Fit for a cell of a Markdown table: what comes from a model or a solution makes no markup.
    private static func plain(_ text: String) -> String {
        var plain = ""
        for character in text {
            switch character {
            case "<": plain += "&lt;"
            case ">": plain += "&gt;"
            case "&": plain += "&amp;"
            case "|", "*", "_", "[", "]", "`", "\\", "#", "!": plain += "\\\(character)"
            case _ where character.isNewline: plain += " "
            default: plain.append(character)
            }
        }
        return plain
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
            .replacingOccurrences(of: "\"", with: "&quot;").replacingOccurrences(of: "'", with: "&#39;")
    }
}

extension EvaluationReport {
    /// For a terminal.
    public var summary: String {
        let rows = EvaluationPage.facts(self)
        let width = rows.map { $0[0].count }.max() ?? 0
        return rows.map { $0[0].padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0[1] }.joined(separator: "\n")
    }
}
