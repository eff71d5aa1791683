import Engines
import Foundations

/// What an error of a request says about the endpoint that gave it.
enum EndpointFault {
    static func outcome(of error: any Error) -> PoolState.Outcome {
        switch error {
        case is CancellationError, is DeadlineExceeded: return .neutral
        // Said by this machine, before the endpoint was asked for anything.
        case ModelFailure.gpuRequired, ModelFailure.tooLarge, ModelFailure.noRoom: return .neutral
        case let error as EndpointError:
            switch error {
            case .busy, .stopped: return .neutral
            // The endpoint has read the request and is right to refuse it.
            case .contextTooLong, .requestRefused: return .success
            case .programMissing, .startFailed, .unavailable, .died, .silent, .keyRefused, .modelNotFound,
                .protocolViolation, .answerTooLarge, .failed, .invalidURL:
                return .failure
            }
        default:
            switch ErrorReport(error).kind {
            case .unavailable, .upstream, .internal, .timeout, .insufficientStorage: return .failure
            case .busy, .cancelled: return .neutral
            default: return .success
            }
        }
    }

    /// Whether another endpoint may be asked, as long as nothing of an answer has been seen: nobody answered, the connection
    /// broke, or the endpoint says that it can't serve now (502, 503, 504). One that was silent for long or failed by itself may have done
    /// the work.
    static func isRetryable(_ error: any Error) -> Bool {
        if let error = error as? EndpointError {
            switch error {
            case .programMissing, .startFailed, .stopped, .unavailable, .died: return true
            default: return false
            }
        }
        return ErrorReport(error).kind == .unavailable
    }
}
