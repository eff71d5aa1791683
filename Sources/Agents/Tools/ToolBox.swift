import Foundation
import Foundations

/// The tools that a run offers, and how calls of them go: checked, approved, done, told.
public struct ToolBox: Sendable {
    public let tools: [any AgentTool]
    private let approval: ApprovalPolicy

    public init(_ tools: [any AgentTool], approval: ApprovalPolicy) {
        self.tools = tools
        self.approval = approval
    }

    /// Does the calls of one answer. Those that only read go side by side; as soon as one changes something, all go one after the other,
    /// in the model's order.
    /// - Returns: a result for each call, in the same order. A call that fails gives an error for the model, not for the run.
    /// - Throws: `CancellationError`; `DeadlineExceeded` of the run itself.
    func perform(_ calls: [ToolCall], context: RequestContext) async throws -> [ToolResult] {
        let onlyRead = calls.allSatisfy { call in
            guard let (tool, arguments) = try? checked(call) else { return true }
            return tool.effect(of: arguments) == .reads
        }
        guard onlyRead, calls.count > 1 else {
            var results: [ToolResult] = []
            for call in calls { results.append(try await perform(call, context)) }
            return results
        }
        return try await withThrowingTaskGroup(of: (Int, ToolResult).self) { group in
            for (place, call) in calls.enumerated() { group.addTask { (place, try await perform(call, context)) } }
            var results: [(Int, ToolResult)] = []
            for try await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func perform(_ call: ToolCall, _ context: RequestContext) async throws -> ToolResult {
        do {
            let (tool, arguments) = try checked(call)
            if case .dangerous(let reason) = tool.effect(of: arguments), try await !approval.allows(call, reason: reason) {
                throw ErrorReport(
                    .forbidden, code: "not_approved", "This call wasn't approved, as it \(reason). Find another way, or finish and say what is left.")
            }
            try Task.checkCancellation()
            let outcome = try await tool.call(arguments, context: context)
            return ToolResult(call: call, content: outcome.content, diff: outcome.diff)
        } catch let error as CancellationError {
            throw error
        } catch let error as DeadlineExceeded where context.deadline.isPast {
            throw error
        } catch {
            return ToolResult(call: call, content: ["error": .string(ErrorReport(error).message)], isError: true)
        }
    }

    private func checked(_ call: ToolCall) throws -> (any AgentTool, JSONValue) {
        guard let tool = tools.first(where: { $0.definition.name == call.name }) else {
            let names = tools.map(\.definition.name).joined(separator: ", ")
            throw ErrorReport(.notFound, code: "unknown_tool", "There is no tool \(call.name.prefix(64)). There are: \(names).")
        }
        let text = call.arguments.isEmpty ? "{}" : call.arguments
        guard case .object(let fields)? = try? JSONValue(parsing: Data(text.utf8)) else {
            throw ErrorReport(.invalidRequest, code: "malformed_arguments", "The arguments of \(call.name) aren't a JSON object.")
        }
        for name in tool.definition.requiredNames where fields[name] == nil || fields[name] == .null {
            throw ErrorReport(.invalidRequest, code: "missing_argument", "\(call.name) needs the argument \(name).", param: name)
        }
        return (tool, .object(fields))
    }
}

/// What became of a call.
public struct ToolResult: Sendable, Equatable {
    public var call: ToolCall
    public var content: JSONValue
    public var isError = false
    public var diff: FileDiff?
}

/// Who decides about dangerous calls.
public struct ApprovalPolicy: Sendable {
    private let decide: @Sendable (ToolCall, String) async throws -> Bool

    /// All calls go; the sandbox bounds what they can do.
    public static let always = ApprovalPolicy { _, _ in true }
    /// Dangerous calls are refused.
    public static let never = ApprovalPolicy { _, _ in false }

    /// - Parameter decide: asks somebody; gets the call and what is dangerous about it.
    public init(_ decide: @escaping @Sendable (ToolCall, String) async throws -> Bool) { self.decide = decide }

    func allows(_ call: ToolCall, reason: String) async throws -> Bool { try await decide(call, reason) }
}
