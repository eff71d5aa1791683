/// Checks how an ensemble's steps hang together: each tensor comes from somewhere, each step's model and ports exist.
struct EnsembleLint {
    private let file: String
    private(set) var findings: [RepositoryFinding] = []

    /// - Parameters:
    ///   - ensemble: its configuration.
    ///   - models: the configurations of the repository by name; `nil` for those that can't be read.
    init(_ ensemble: TextProto, file: String, models: [String: TextProto?]) {
        self.file = file
        let steps = ensemble.messages("ensemble_scheduling").flatMap { $0["step"] }
        guard !steps.isEmpty else { return }
        let inputs = ensemble.messages("input").compactMap { $0.text("name") }
        // What is there to be used: the ensemble's inputs and what steps give.
        var sources = Dictionary(inputs.map { ($0, "an input") }, uniquingKeysWith: { first, _ in first })
        for step in steps {
            for (_, tensor, line) in Self.map(step, "output_map") {
                if let other = sources[tensor] {
                    add("produced_twice", line, "The tensor '\(tensor)' is \(other) already. Give it another name.")
                }
                sources[tensor] = "given by the step of '\(Self.model(of: step))'"
            }
        }
        for step in steps {
            let model = Self.model(of: step)
            guard let known = models[model] else {
                add("no_such_model", step.line, "The step's model '\(model)' isn't in the repository.")
                continue
            }
            for (port, tensor, line) in Self.map(step, "input_map") {
                if sources[tensor] == nil {
                    add("nothing_produces", line, "Nothing gives the tensor '\(tensor)' that '\(model)' takes as '\(port)'.")
                }
                checkPort(port, of: model, known, "input", line)
            }
            for (port, _, line) in Self.map(step, "output_map") { checkPort(port, of: model, known, "output", line) }
            for input in known?.messages("input") ?? [] where input.text("optional") != "true" {
                let name = input.text("name") ?? ""
                if !Self.map(step, "input_map").contains(where: { $0.port == name }) {
                    add("input_not_mapped", step.line, "'\(model)' needs its input '\(name)', which the step doesn't map.")
                }
            }
        }
        for output in ensemble["output"] {
            guard let name = output.message?.text("name"), sources[name] == nil else { continue }
            add("nothing_produces", output.line, "No step gives the ensemble's output '\(name)'.")
        }
        checkOrder(steps, inputs)
    }

    private mutating func checkPort(_ port: String, of model: String, _ config: TextProto?, _ word: String, _ line: Int) {
        // Models without declared ports have theirs completed by their backend.
        guard let ports = config?.messages(word), !ports.isEmpty, !ports.contains(where: { $0.text("name") == port }) else { return }
        add("no_such_port", line, "'\(model)' has no \(word) '\(port)'.")
    }

    /// Steps that wait for each other never run.
    private mutating func checkOrder(_ steps: [TextProto.Field], _ inputs: [String]) {
        var there = Set(inputs)
        var waiting = steps
        while true {
            guard let ready = waiting.firstIndex(where: { Self.map($0, "input_map").allSatisfy { there.contains($0.tensor) } })
            else { break }
            there.formUnion(Self.map(waiting.remove(at: ready), "output_map").map(\.tensor))
        }
        let produced = Set(steps.flatMap { Self.map($0, "output_map").map(\.tensor) }).union(inputs)
        for step in waiting where Self.map(step, "input_map").allSatisfy({ produced.contains($0.tensor) }) {
            add("cycle", step.line, "The step of '\(Self.model(of: step))' waits for what it itself makes possible.")
        }
    }

    private static func model(of step: TextProto.Field) -> String { step.message?.text("model_name") ?? "" }

    private static func map(_ step: TextProto.Field, _ name: String) -> [(port: String, tensor: String, line: Int)] {
        (step.message?[name] ?? []).compactMap { entry in
            guard let pair = entry.message, let port = pair.text("key"), let tensor = pair.text("value") else { return nil }
            return (port, tensor, entry.line)
        }
    }

    private mutating func add(_ code: String, _ line: Int, _ message: String) {
        findings.append(RepositoryFinding(severity: .error, code: code, file: file, line: line, message: message))
    }
}
