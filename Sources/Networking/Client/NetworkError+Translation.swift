import AsyncHTTPClient
import Foundation
import Foundations
import NIOCore
import NIOPosix

extension NetworkError {
    /// Puts the client library's errors into our terms. Its texts can name addresses, so none is handed on.
    static func translated(_ error: any Error) -> any Error {
        switch error {
        case is NetworkError, is CancellationError, is DeadlineExceeded: return error
        case let error as HTTPClientError:
            switch error {
            case .cancelled: return Task.isCancelled ? CancellationError() : NetworkError.clientClosed
            case .alreadyShutdown: return NetworkError.clientClosed
            case .deadlineExceeded, .readTimeout, .connectTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
                .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
                return NetworkError.timeout
            case .remoteConnectionClosed, .bodyLengthMismatch:
                return NetworkError.truncated(received: 0, announced: nil)
            case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath:
                return NetworkError.invalidURL(reason: "can't be read")
            default: return NetworkError.connectionFailed
            }
        // The connection stood, and broke in the middle: what was asked may have been done.
        case is ChannelError: return NetworkError.truncated(received: 0, announced: nil)
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            return NetworkError.truncated(received: 0, announced: nil)
        default:
            return NetworkError.connectionFailed
        }
    }
}
