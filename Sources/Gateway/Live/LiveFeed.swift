import Foundation
import Foundations

/// What happens in a server, for those who watch: the newest requests and figures, which are kept for a while, and how models,
/// pools and parts are, which is told whenever it changes.
package actor LiveFeed {
    package enum Topic: String, Sendable, CaseIterable { case models, pulls, pools, memory, requests, figures, health }

    /// One finished request.
    package struct RequestEntry: Sendable {
        package var time = Date()
        package var id: String
        package var method: String
        package var route: String
        package var status: Int
        package var seconds: Double
        package var facts: RequestRecord.Facts
    }

    private struct Subscriber {
        var topics: Set<Topic>
        var continuation: AsyncStream<[ServerSentEvent]>.Continuation
    }

    /// Written down only for those who follow: every request comes by here.
    private struct Kept {
        enum Content {
            case request(RequestEntry)
            case figures(JSONValue)
        }

        var number: Int
        var content: Content

        var topic: Topic { if case .request = content { .requests } else { .figures } }

        var event: ServerSentEvent {
            switch content {
            case .request(let entry): ServerSentEvent("request", LiveFeed.json(entry), number: .its(number))
            case .figures(let figures): ServerSentEvent("figures", figures, number: .its(number))
            }
        }
    }

    /// Requests and figures since the last sample.
    package struct Tally: Sendable {
        package var requests = 0
        package var errors = 0
        package var tokens = 0
    }

    private static let keptRequests = 200
    private static let keptFigures = 150
    /// A watcher that reads slower than this many events behind loses the oldest.
    private static let backlog = 1000

    private var kept: [Kept] = []
    private var lastNumber = 0
    /// How things are, by their event's name and what it is about.
    private var states: [String: (topic: Topic, event: ServerSentEvent)] = [:]
    private var subscribers: [Int: Subscriber] = [:]
    private var lastSubscriber = 0
    private var tally = Tally()

    package init() {}

    /// The topics that somebody watches.
    package var watched: Set<Topic> { subscribers.values.reduce(into: []) { $0.formUnion($1.topics) } }

    package func add(_ entry: RequestEntry) {
        tally.requests += 1
        if entry.status >= 500 { tally.errors += 1 }
        tally.tokens += entry.facts.completionTokens ?? 0
        keep(.request(entry))
    }

    package func add(figures: JSONValue) { keep(.figures(figures)) }

    /// What was counted since the last call.
    package func takeTally() -> Tally {
        defer { tally = Tally() }
        return tally
    }

    /// How something is now; told only when it has changed.
    /// - Parameter item: which one of those that the event's name stands for.
    package func set(_ topic: Topic, _ name: String, of item: String = "", _ state: JSONValue) {
        let event = ServerSentEvent(name, state, number: .none)
        let key = "\(name) \(item)"
        guard states[key]?.event != event else { return }
        states[key] = (topic, event)
        tell(topic, event)
    }

    /// The present states of the topics, what is kept of them after the number `seen`, and whatever comes.
    /// - Parameter seen: `nil`: everything that is kept.
    package func follow(_ topics: Set<Topic>, after seen: Int?) -> AsyncStream<[ServerSentEvent]> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [ServerSentEvent].self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let now = states.filter { topics.contains($0.value.topic) }.sorted { $0.key < $1.key }.map(\.value.event)
        // Numbers of an earlier run of the server mean nothing here.
        let seen = seen.flatMap { $0 <= lastNumber ? $0 : nil } ?? 0
        thin()
        let missed = kept.filter { topics.contains($0.topic) && $0.number > seen }.map(\.event)
        if !now.isEmpty || !missed.isEmpty { continuation.yield(now + missed) }
        lastSubscriber += 1
        let number = lastSubscriber
        subscribers[number] = Subscriber(topics: topics, continuation: continuation)
        continuation.onTermination = { [weak self] _ in Task { await self?.leave(number) } }
        return stream
    }

    private func leave(_ subscriber: Int) { subscribers[subscriber] = nil }

    private func keep(_ content: Kept.Content) {
        lastNumber += 1
        let new = Kept(number: lastNumber, content: content)
        kept.append(new)
        // Thinned out now and then, so that a busy server doesn't move the whole list for every request.
        if kept.count >= 2 * (Self.keptRequests + Self.keptFigures) { thin() }
        tell(new.topic, new.event)
    }

    private func thin() {
        let requests = kept.filter { $0.topic == .requests }.suffix(Self.keptRequests)
        let figures = kept.filter { $0.topic == .figures }.suffix(Self.keptFigures)
        kept = (requests + figures).sorted { $0.number < $1.number }
    }

    private func tell(_ topic: Topic, _ event: @autoclosure () -> ServerSentEvent) {
        let listeners = subscribers.values.filter { $0.topics.contains(topic) }
        guard !listeners.isEmpty else { return }
        let event = event()
        for listener in listeners { listener.continuation.yield([event]) }
    }

    private static func json(_ entry: RequestEntry) -> JSONValue {
        let facts = entry.facts
        return [
            "time": .string(entry.time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))), "request_id": .string(entry.id),
            "method": .string(entry.method), "route": .string(entry.route), "status": .integer(entry.status),
            "duration_ms": .number((entry.seconds * 10_000).rounded() / 10), "key": .string(facts.keyName),
            "model": facts.model.map(JSONValue.string) ?? .null,
            "prompt_tokens": facts.promptTokens.map(JSONValue.integer) ?? .null,
            "completion_tokens": facts.completionTokens.map(JSONValue.integer) ?? .null,
            "code": facts.error.map { .string($0.code) } ?? .null,
        ]
    }
}
