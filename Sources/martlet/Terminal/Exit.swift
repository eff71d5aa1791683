import ArgumentParser
import Foundation
import Foundations

/// How a command ends when it didn't work: one message on standard error and a code that scripts can tell apart.
enum Exit {
    static func end(with error: any Error) -> Never {
        if error is ExitCode || error is CleanExit || error is ValidationError || isParsing(error) {
            Martlet.exit(withError: error)
        }
        if error is CancellationError {
            write("Interrupted.")
            Foundation.exit(130)
        }
        let report = ErrorReport(error)
        if report.kind == .cancelled {
            write("Interrupted.")
            Foundation.exit(130)
        }
        write("martlet: \(report.message)")
        if let wait = report.retryAfter { write("Try again in \(DurationText.text(wait)).") }
        Foundation.exit(code(for: report))
    }

    static func code(for report: ErrorReport) -> Int32 {
        switch report.kind {
        case .invalidRequest, .notFound, .tooLarge, .unsupportedMedia, .unprocessable, .forbidden, .unauthorized,
            .methodNotAllowed, .conflict:
            report.code.hasSuffix("_not_fetched") || report.code.hasSuffix("_not_installed") ? 3 : 2
        case .unavailable, .insufficientStorage: 3
        case .busy, .timeout: 4
        case .cancelled: 130
        case .internal, .upstream: 1
        }
    }

    private static func isParsing(_ error: any Error) -> Bool {
        // ArgumentParser's own errors (usage, help, version) carry an exit code of their own.
        Martlet.exitCode(for: error) != .failure
    }

    private static func write(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
