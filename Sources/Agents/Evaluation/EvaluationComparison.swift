import Foundation

/// Two runs on the same tasks: whether one does better, or it may be chance.
public struct EvaluationComparison: Sendable, Equatable, Codable {
    public var dataset: EvaluationDataset
    public var first: String
    public var second: String
    /// That both runs hold.
    public var commonTasks: Int
    public var firstPassAt1: Double
    public var secondPassAt1: Double
    /// The second's pass@1 minus the first's, over the common tasks.
    public var difference: Double
    /// By the paired bootstrap: tasks are drawn, with both runs' results for them.
    public var interval: Interval
    /// Tasks that only one of them solves; of runs with several samples: solves more often.
    public var onlyFirst: Int
    public var onlySecond: Int
    /// McNemar's exact test; absent where a run has several samples.
    public var pValue: Double?
    public var isSignificant: Bool

    enum CodingKeys: String, CodingKey {
        case dataset, first, second, difference, interval
        case commonTasks = "common_tasks"
        case firstPassAt1 = "first_pass_at_1"
        case secondPassAt1 = "second_pass_at_1"
        case onlyFirst = "only_first"
        case onlySecond = "only_second"
        case pValue = "p_value"
        case isSignificant = "is_significant"
    }

    /// - Throws: `EvaluationError.nothingInCommon`.
    public init(_ first: EvaluationReport, _ second: EvaluationReport) throws {
        let (left, right) = (Self.rates(first), Self.rates(second))
        let common = left.keys.filter { right[$0] != nil }.sorted()
        guard first.dataset == second.dataset, !common.isEmpty else { throw EvaluationError.nothingInCommon }
        let differences = common.map { (right[$0] ?? 0) - (left[$0] ?? 0) }
        dataset = first.dataset
        self.first = first.modelName
        self.second = second.modelName
        commonTasks = common.count
        firstPassAt1 = Statistics.mean(common.map { left[$0] ?? 0 }) ?? 0
        secondPassAt1 = Statistics.mean(common.map { right[$0] ?? 0 }) ?? 0
        difference = Statistics.mean(differences) ?? 0
        interval = .bootstrap(meanOf: differences, resamples: 10_000)
        onlyFirst = differences.count { $0 < 0 }
        onlySecond = differences.count { $0 > 0 }
        let isSingle = first.samplesPerTask == 1 && second.samplesPerTask == 1
        pValue = isSingle ? Statistics.mcNemar(first: onlyFirst, second: onlySecond) : nil
        isSignificant = pValue.map { $0 < 0.05 } ?? (interval.low > 0 || interval.high < 0)
    }

    private static func rates(_ report: EvaluationReport) -> [String: Double] {
        Dictionary(grouping: report.taskResults, by: \.taskID).mapValues { Double($0.count(where: \.passedTests)) / Double($0.count) }
    }

    /// Compares the runs in two folders, data set by data set.
    /// - Throws: `EvaluationError`.
    public static func ofRuns(_ first: URL, _ second: URL) async throws -> [EvaluationComparison] {
        let (left, right) = (try await EvaluationFiles.reports(at: first), try await EvaluationFiles.reports(at: second))
        let pairs = left.compactMap { report in right.first { $0.dataset == report.dataset }.map { (report, $0) } }
        guard !pairs.isEmpty else { throw EvaluationError.nothingInCommon }
        return try pairs.map { try EvaluationComparison($0, $1) }
    }

    /// For a terminal.
    public var summary: String {
        let points = { (share: Double) in String(format: "%+.1f", share * 100) }
        var text = "\(dataset.title), \(commonTasks) common tasks\n"
        text += "  A  \(first): pass@1 \(EvaluationPage.percent(firstPassAt1)), alone ahead on \(onlyFirst)\n"
        text += "  B  \(second): pass@1 \(EvaluationPage.percent(secondPassAt1)), alone ahead on \(onlySecond)\n"
        text += "  B − A: \(points(difference)) points (95 %: \(points(interval.low)) to \(points(interval.high)), paired bootstrap"
        if let pValue { text += String(format: "; McNemar p = %.3g", pValue) }
        return text + ")\n  " + (isSignificant ? "The difference is more than chance would make." : "The difference may be chance.")
    }
}
