/// A collection of programming tasks with tests.
public enum EvaluationDataset: String, Sendable, Codable, CaseIterable {
    case humaneval
    case mbpp

    public var title: String {
        switch self {
        case .humaneval: "HumanEval"
        case .mbpp: "MBPP"
        }
    }

    /// Where people get it.
    var origin: String {
        switch self {
        case .humaneval: "github.com/openai/human-eval (data/HumanEval.jsonl.gz)"
        case .mbpp: "github.com/google-research/google-research, folder mbpp (mbpp.jsonl or sanitized-mbpp.json)"
        }
    }
}

/// One programming task.
public struct EvaluationTask: Sendable, Equatable {
    public var dataset: EvaluationDataset
    /// As the data set names it: `HumanEval/0`, `11`.
    public var name: String
    /// HumanEval: the beginning of the program. MBPP: what to do, in words.
    public var prompt: String
    public var canonicalSolution: String
    /// What runs before the tests.
    public var setup: String
    /// HumanEval: defines `check(candidate)`. MBPP: asserts.
    public var tests: String
    /// MBPP: the first assert, which prompts show: it is what tells the function's name and form.
    public var shownTest: String?
    /// The function that is asked for. MBPP: the one that the first assert calls.
    public var entryPoint: String

    public init(
        dataset: EvaluationDataset, name: String, prompt: String, canonicalSolution: String, setup: String = "", tests: String,
        shownTest: String? = nil, entryPoint: String
    ) {
        self.dataset = dataset
        self.name = name
        self.prompt = prompt
        self.canonicalSolution = canonicalSolution
        self.setup = setup
        self.tests = tests
        self.shownTest = shownTest
        self.entryPoint = entryPoint
    }

    /// As reports name it: `humaneval_HumanEval/0`, `mbpp_11`.
    public var id: String { "\(dataset.rawValue)_\(name)" }

    /// The id as the beginning of a file's name.
    public var fileName: String { Self.fileName(of: id) }

    static func fileName(of id: String) -> String {
        String(id.unicodeScalars.map { scalar in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-.".unicodeScalars.contains(scalar))
            return isPlain ? Character(scalar) : "_"
        })
    }

    /// HumanEval: what the prompt has before the function that is asked for: imports and helpers.
    var preamble: String {
        guard dataset == .humaneval, let start = PythonText.definition(of: entryPoint, in: prompt) else { return "" }
        return String(prompt[..<start])
    }

    /// The whole program that a completion makes.
    public func program(completing completion: String) -> String {
        guard dataset == .humaneval else { return completion }
        if PythonText.definition(of: entryPoint, in: completion) != nil { return preamble + "\n" + completion }
        return prompt + completion
    }
}
