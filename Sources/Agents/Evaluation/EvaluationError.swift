import Foundations

/// Why an evaluation can't begin or go on.
public enum EvaluationError: ReportableError, Equatable {
    /// `place` is a line or an element, counted from 1; 0: the file as a whole.
    case badDataset(place: Int, reason: String)
    case datasetUnreadable
    case datasetNeeded(EvaluationDataset)
    case unknownTasks([String])
    case noTasks
    /// More samples are needed to say what the best of `k` would do.
    case tooFewSamples(k: Int, samples: Int)
    case alreadyRun
    case nothingToResume
    case otherRun(setting: String)
    case inUse
    case damagedLog(line: Int)
    case storageFailed
    case noReport
    case nothingInCommon

    public var report: ErrorReport {
        switch self {
        case .badDataset(let place, let reason):
            ErrorReport(.unprocessable, code: "bad_dataset", "The data set can't be used: \(place > 0 ? "entry \(place) " : "it ")\(reason).")
        case .datasetUnreadable:
            ErrorReport(.notFound, code: "dataset_unreadable", "The data set's file can't be read. Check the path and its permissions.")
        case .datasetNeeded(let dataset):
            ErrorReport(
                .notFound, code: "dataset_not_fetched",
                "\(dataset.title) isn't fetched for you: get it from \(dataset.origin) and name the file with --dataset-path.")
        case .unknownTasks(let names):
            ErrorReport(
                .notFound, code: "unknown_tasks",
                "The data set has no task \(names.prefix(5).joined(separator: ", ")). Tasks are named as in its file, for example HumanEval/0 or 11.")
        case .noTasks: ErrorReport(.invalidRequest, code: "no_tasks", "No task is left to evaluate. Choose more with --limit or --tasks.")
        case .tooFewSamples(let k, let samples):
            ErrorReport(
                .invalidRequest, code: "too_few_samples",
                "pass@\(k) needs at least \(k) samples of each task, and there are \(samples). Raise --samples or leave \(k) out of --k.")
        case .alreadyRun:
            ErrorReport(
                .conflict, code: "already_run",
                "The output folder holds a run already. Go on with it by --resume, or choose another folder with --output.")
        case .nothingToResume:
            ErrorReport(.notFound, code: "nothing_to_resume", "The output folder holds no run to go on with. Leave --resume out to begin one.")
        case .otherRun(let setting):
            ErrorReport(
                .conflict, code: "other_run",
                "The run in the output folder was made with another \(setting). Use the same settings, or another folder with --output.")
        case .inUse: ErrorReport(.conflict, code: "run_in_use", "Another process works on the run in this output folder. Wait for it or end it.")
        case .damagedLog(let line):
            ErrorReport(
                .unprocessable, code: "damaged_log",
                "Line \(line) of samples.jsonl is damaged. Delete that line, and the samples it held are asked for again.")
        case .storageFailed:
            ErrorReport(.insufficientStorage, code: "evaluation_not_stored", "The run can't be written. Make room, or check the output folder's permissions.")
        case .noReport: ErrorReport(.notFound, code: "no_report", "There is no evaluation_report.json there. Name the folder of a finished run.")
        case .nothingInCommon:
            ErrorReport(.unprocessable, code: "nothing_in_common", "The two runs share no task of one data set, so that they can't be compared.")
        }
    }
}
