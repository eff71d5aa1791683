import ArgumentParser
import Foundations
import ModelHub

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check machine, engines, models, GPU, ports and disk, with a remedy for each fault.",
        discussion: "Exit codes: 0 nothing failed, 1 something failed.\n\nExample:\n  martlet doctor --json")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let configuration = try global.configuration()
        let findings = try await cancellingOnInterrupt {
            try await Assembly.running(configuration, forServing: false) { try await $0.doctor.examine() }
        }
        let failed = findings.contains { $0.status == .failed }
        if global.json {
            printJSON(["healthy": .bool(!failed), "findings": .array(findings.map(\.json))])
        } else {
            for finding in findings {
                let mark = switch finding.status {
                case .ok: "ok     "
                case .warning: "warning"
                case .failed: "FAILED "
                }
                print("\(mark)  \(finding.subject): \(finding.detail)")
                if let remedy = finding.remedy { print("           → \(remedy)") }
            }
            print(failed ? "Something needs mending." : "Ready.")
        }
        if failed { throw ExitCode(1) }
    }
}
