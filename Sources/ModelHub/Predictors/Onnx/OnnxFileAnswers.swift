import Engines
import Foundation
import Foundations
import Media

/// Files in, the model's answers out, as a `handler.yaml` says.
struct OnnxFileAnswers: Sendable {
    private enum Input: Sendable {
        case image(ImagePreparation)
        /// The flag tells 64-bit floats.
        case table(TableInput, isDouble: Bool)
    }

    private let name: String
    private let session: OnnxSession
    private let input: Input
    private let inputName: String
    private let output: FileOutput
    private let outputName: String
    /// Whether one run takes any number of files or rows, not just one.
    private let isBatched: Bool
    private let limits: MediaLimits
    private let threads: WorkerThreads

    /// Most files, elements of them, and rows of one run; most values of an answer.
    private static let maxPictures = 8
    private static let maxElements = 16 << 20
    private static let maxRows = 1024
    private static let maxValues = 1_000_000

    private static let gone = InferenceError.malformed(reason: "a file is gone")

    /// - Parameters:
    ///   - name: the handler's.
    ///   - threads: for preparing files and sorting answers.
    /// - Throws: `OnnxPlanFault` when the plan and the model don't fit.
    init(
        name: String, plan: OnnxHandlerPlan, session: OnnxSession, limits: MediaLimits, threads: WorkerThreads
    ) throws {
        guard session.inputs.count == 1, let port = session.inputs.first else {
            throw OnnxPlanFault(
                key: "input", message: "isn't possible: the model has \(session.inputs.count) inputs, where files fill one")
        }
        let wanted: String?
        switch plan.input {
        case .image(let image):
            wanted = image.name
            input = .image(try image.preparation(shape: port.shape, elementType: port.elementType))
        case .table(let table):
            wanted = table.name
            try table.check(shape: port.shape, elementType: port.elementType)
            input = .table(table, isDouble: port.elementType == .float64)
        }
        if let wanted, wanted != port.name {
            throw OnnxPlanFault(key: "input.name", message: "is '\(wanted)', where the model's input is '\(port.name)'")
        }
        let batch: Int? = port.shape.first ?? nil
        guard batch == nil || batch == 1 else {
            throw OnnxPlanFault(
                key: "input",
                message: "isn't possible: the model takes \(batch ?? 0) at once, where it must take any number, or one")
        }
        let answering = try Self.outputPort(plan.output.name, of: session)
        try plan.output.check(shape: answering.shape, elementType: answering.elementType)
        self.name = name
        self.session = session
        self.limits = limits
        self.threads = threads
        inputName = port.name
        output = plan.output
        outputName = answering.name
        isBatched = batch == nil
    }

    private static func outputPort(_ name: String?, of session: OnnxSession) throws -> OnnxSession.Port {
        if let name {
            guard let port = session.outputs.first(where: { $0.name == name }) else {
                throw OnnxPlanFault(
                    key: "output.name",
                    message: "is '\(name)', where the model gives \(session.outputs.map(\.name).joined(separator: ", "))")
            }
            return port
        }
        guard session.outputs.count == 1, let port = session.outputs.first else {
            throw OnnxPlanFault(
                key: "output.name",
                message: "must be one of \(session.outputs.map(\.name).joined(separator: ", "))")
        }
        return port
    }

    /// `{"results": […]}`, a result for each file in their order.
    /// - Throws: `HandlerFileError`, `InferenceError`, `DeadlineExceeded`, `CancellationError`.
    func answer(_ files: [HandlerFile], context: RequestContext) async throws -> JSONValue {
        let results =
            switch input {
            case .image(let preparation): try await answer(files, prepared: preparation, context: context)
            case .table(let table, let isDouble): try await answer(files, of: table, isDouble: isDouble, context: context)
            }
        return .object(["results": .array(results)])
    }

    // MARK: Pictures

    private func answer(
        _ files: [HandlerFile], prepared preparation: ImagePreparation, context: RequestContext
    ) async throws -> [JSONValue] {
        let batch = isBatched ? max(1, min(Self.maxPictures, Self.maxElements / preparation.count)) : 1
        var results: [JSONValue] = []
        var room = Self.maxValues
        for start in stride(from: 0, to: files.count, by: batch) {
            let some = Array(files[start..<min(start + batch, files.count)])
            var values: [Float] = []
            values.reserveCapacity(some.count * preparation.count)
            for file in some { values += try await prepare(file, preparation) }
            let answers = try await run(
                preparation.storage(values), shape: preparation.shape(some.count), count: some.count, room: &room, context: context)
            for (file, answer) in zip(some, answers) {
                results.append(.object(answer.merging(["file": .string(file.name)]) { first, _ in first }))
            }
        }
        return results
    }

    private func prepare(_ file: HandlerFile, _ preparation: ImagePreparation) async throws -> [Float] {
        let url = file.url
        let limits = limits
        do {
            // Mapped: the decoder reads what it needs.
            let data = try await threads.run { try? Data(contentsOf: url, options: .mappedIfSafe) }
            guard let data else { throw Self.gone }
            let image = try await ImageCodec.decode(data, limits: limits)
            return try await threads.run { try preparation.values(of: image, limits: limits) }
        } catch let error as MediaError {
            throw HandlerFileError(error, file: file.name)
        }
    }

    // MARK: Tables

    private func answer(
        _ files: [HandlerFile], of table: TableInput, isDouble: Bool, context: RequestContext
    ) async throws -> [JSONValue] {
        guard files.reduce(0, { $0 + $1.bytes }) <= TableReader.maxBytes else {
            throw InferenceError.filesTooLarge(limit: TableReader.maxBytes)
        }
        let columns = table.columns.count
        let batch = isBatched ? max(1, min(Self.maxRows, Self.maxElements / columns)) : 1
        var results: [JSONValue] = []
        var room = Self.maxValues
        var allRows = 0
        for file in files {
            let before = allRows
            let cells = try await threads.run {
                guard let data = try? Data(contentsOf: file.url) else { throw Self.gone }
                return try TableReader(table, file: file.name).cells(in: Array(data), after: before)
            }
            let rows = cells.count / columns
            allRows += rows
            var answers: [JSONValue] = []
            answers.reserveCapacity(rows)
            for start in stride(from: 0, to: rows, by: batch) {
                let end = min(start + batch, rows)
                let some = cells[start * columns..<end * columns]
                answers += try await run(
                    isDouble ? .float64(Array(some)) : .float32(some.map { Float($0) }), shape: [end - start, columns],
                    count: end - start, room: &room, context: context
                ).map(JSONValue.object)
            }
            results.append(.object(["file": .string(file.name), "rows": .array(answers)]))
        }
        return results
    }

    // MARK: Both

    /// Runs the model once.
    /// - Parameter room: the values that the answer may still have.
    /// - Returns: `count` answers.
    private func run(
        _ storage: Tensor.Storage, shape: [Int], count: Int, room: inout Int, context: RequestContext
    ) async throws -> [[String: JSONValue]] {
        let inputs = try [inputName: Tensor(shape: shape, storage: storage)]
        let session = session
        let outputs: [String: Tensor]
        do {
            outputs = try await withDeadline(context.deadline, waitingFor: "the model") { try await session.run(inputs) }
        } catch NativeEngineError.computationFailed {
            throw InferenceError.notComputable(model: name)
        }
        guard let tensor = outputs[outputName], tensor.count.isMultiple(of: count),
            count == 1 || tensor.shape.first == count
        else {
            throw InferenceError.handlerUnusable(
                name: name, reason: "Its output '\(outputName)' doesn't have a part for each file or row.")
        }
        let size = tensor.count / count
        room -= count * output.size(of: size)
        guard room >= 0 else { throw HandlerFileError.answerTooLarge(limit: Self.maxValues) }
        let output = output
        return try await threads.run {
            let numbers = tensor.numbers ?? []
            guard numbers.count == size * count else { return [] }
            return (0..<count).map { output.answer(Array(numbers[$0 * size..<($0 + 1) * size])) }
        }
    }
}
