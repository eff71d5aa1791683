import AsyncHTTPClient
import Foundation
import NIOCore

/// A response whose head has arrived.
public struct NetworkResponse: Sendable {
    public let status: Int
    public let body: NetworkBody
    private let headers: [(name: String, value: String)]

    init(_ response: HTTPClientResponse) {
        status = Int(response.status.code)
        headers = response.headers.map { ($0.name, $0.value) }
        body = NetworkBody(base: response.body)
    }

    /// The first header of that name, in any case of letters.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The announced bytes of the body.
    public var contentLength: Int64? { header("Content-Length").flatMap { Int64($0) } }
}

/// The bytes of a response as they come. Reading honours cancellation and holds the peer back when the reader is slow;
/// a body that isn't read to its end closes its connection.
public struct NetworkBody: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    let base: HTTPClientResponse.Body

    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: HTTPClientResponse.Body.AsyncIterator

        public mutating func next() async throws -> [UInt8]? {
            do {
                guard let buffer = try await base.next() else {
                    // An iteration that ends because of cancellation isn't a complete body.
                    try Task.checkCancellation()
                    return nil
                }
                return Array(buffer.readableBytesView)
            } catch {
                throw NetworkError.translated(error)
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator()) }

    /// The whole body.
    /// - Throws: `NetworkError.tooLarge` above `limit` bytes.
    public func collect(upTo limit: Int) async throws -> Data {
        var data = Data()
        for try await chunk in self {
            guard data.count + chunk.count <= limit else {
                throw NetworkError.tooLarge(limit: Int64(limit), announced: nil)
            }
            data.append(contentsOf: chunk)
        }
        return data
    }
}
