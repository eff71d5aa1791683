import Foundation
import ImageStudio
import Testing

/// One line of the case list: what a request's texts should come to.
struct PolicyCase {
    var line: Int
    var expected: String
    var profile: PolicyProfile
    var subjects: [PolicySubject]
    var kind: String
    var texts: [PolicyText]

    init?(_ row: Substring, line: Int) {
        let columns = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard columns.count == 6, let profile = PolicyProfile(rawValue: columns[1]) else { return nil }
        switch columns[2] {
        case "none": subjects = []
        case "real": subjects = [PolicySubject(age: .adult, isRealPerson: true)]
        default:
            guard let age = PolicySubject.Age(rawValue: columns[2]) else { return nil }
            subjects = [PolicySubject(age: age)]
        }
        self.line = line
        expected = columns[0]
        self.profile = profile
        kind = columns[4]
        let origins: [PolicyText.Origin] = [.message, .history, .prompt, .style]
        texts = columns[5].components(separatedBy: " || ").enumerated().map { PolicyText($1, origin: origins[$0 % origins.count]) }
    }

    static func all() throws -> [PolicyCase] {
        let url = try #require(Bundle.module.url(forResource: "policy-cases", withExtension: "tsv"))
        let rows = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        return try rows.enumerated().dropFirst().map { try #require(PolicyCase($1, line: $0 + 1), "line \($0 + 1) isn't a case") }
    }

    var verdict: PolicyVerdict {
        ImagePolicy().review(texts, subjects: subjects, profile: profile, softens: profile == .moderated)
    }
}

extension PolicyVerdict {
    /// The word of the case list for it.
    var outcome: String { isHard ? "hard" : decision.rawValue }
}

@Suite("The policy over its case list")
struct PolicyCaseTests {
    @Test("Every case comes out as expected, within the bounds")
    func cases() throws {
        let outcomes = ["allowed", "softened", "blocked", "hard"]
        var counts: [String: [String: Int]] = [:]
        var wrong: [(PolicyCase, String)] = []
        let cases = try PolicyCase.all()
        for item in cases {
            let got = item.verdict.outcome
            counts["\(item.kind) \(item.expected)", default: [:]][got, default: 0] += 1
            if got != item.expected { wrong.append((item, got)) }
        }
        print("kind expected".padding(toLength: 24, withPad: " ", startingAt: 0), outcomes.joined(separator: "  "))
        for (row, columns) in counts.sorted(by: { $0.key < $1.key }) {
            let values = outcomes.map { String(columns[$0] ?? 0).padding(toLength: $0.count + 1, withPad: " ", startingAt: 0) }
            print(row.padding(toLength: 24, withPad: " ", startingAt: 0), values.joined(separator: " "))
        }
        let list = wrong.map { "line \($0.line): expected \($0.expected), got \($1)" }.joined(separator: "\n")
        #expect(cases.count >= 650)
        let missed = wrong.filter { $0.0.expected == "hard" }
        #expect(missed.isEmpty, "missed what is hard:\n\(list)")
        let harmless = cases.filter { $0.expected == "allowed" }
        let refused = wrong.filter { $0.0.expected == "allowed" && ["blocked", "hard"].contains($0.1) }
        #expect(refused.count * 100 < harmless.count, "refused what is harmless:\n\(list)")
        #expect(wrong.count * 100 <= cases.count, "wrong:\n\(list)")
    }
}
