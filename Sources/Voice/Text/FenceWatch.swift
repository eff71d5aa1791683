/// Whether a place in a text is inside a Markdown code fence, one scalar at a time.
struct FenceWatch: Sendable {
    private(set) var isInside = false
    /// The mark of the fence that is open, and how many of them opened it.
    private var mark: Unicode.Scalar = "`"
    private var length = 0
    /// Marks at the beginning of the line so far.
    private var run = 0
    private var isOpening = false
    private var isAtStart = true

    mutating func take(_ scalar: Unicode.Scalar) {
        if scalar == "\n" {
            isAtStart = true
            isOpening = false
            run = 0
            return
        }
        guard isAtStart else { return }
        switch scalar {
        case "`", "~":
            if !isInside, run == 0 { mark = scalar }
            guard scalar == mark else {
                isAtStart = false
                return
            }
            run += 1
            if !isInside, run == 3 {
                isInside = true
                isOpening = true
            }
            if isOpening {
                length = run
            } else if isInside, run == length {
                isInside = false
                isAtStart = false
            }
        case " ", "\t", ">":
            if run > 0 { isAtStart = false }
        default: isAtStart = false
        }
    }
}
