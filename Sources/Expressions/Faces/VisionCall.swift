import CVision

/// Calls one of the shim's functions, whose text about a failure is for nobody but a log.
/// - Throws: `failure`.
func callVision(_ failure: ExpressionError = .engineFailed, _ call: (UnsafeMutablePointer<CChar>, Int) -> Int32) throws {
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
        guard let base = message.baseAddress, call(base, message.count) == Int32(CV_OK) else { throw failure }
    }
}
