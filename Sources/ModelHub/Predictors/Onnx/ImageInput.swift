import Engines
import Media

/// What a `handler.yaml` says about pictures as input.
package struct ImageInput: Sendable, Equatable {
    package enum Layout: String, Sendable, CaseIterable {
        /// Plane after plane.
        case nchw
        /// Pixel after pixel.
        case nhwc
    }

    package enum Colour: String, Sendable, CaseIterable { case rgb, bgr }

    package enum Resize: String, Sendable, CaseIterable {
        /// To the target's size, whatever its shape.
        case stretch
        /// Until the target is covered; what stands over is cut away on both sides alike.
        case crop
        /// Until it fits into the target; the rest is filled on both sides alike.
        case pad
    }

    /// `nil`: the model's only input.
    package var name: String?
    /// `nil`: as the model declares it, like `height` and `layout`.
    package var width: Int?
    package var height: Int?
    package var layout: Layout?
    package var colour = Colour.rgb
    package var resize = Resize.stretch
    /// The level, 0 to 255, that fills what `resize: pad` leaves.
    package var pad = 114
    /// A level becomes `(level * scale - mean) / std`. Means and deviations are in the order of `colour`.
    package var scale = 1.0
    package var mean = [0.0, 0.0, 0.0]
    package var std = [1.0, 1.0, 1.0]

    package static let maxSide = 4096
    package static let channels = 3

    package init() {}

    init(_ section: PlanSection) throws {
        try section.check(
            known: ["kind", "name", "width", "height", "layout", "colour", "resize", "pad", "scale", "mean", "std"])
        name = try section.text("name")
        width = try section.whole("width", in: 1...Self.maxSide)
        height = try section.whole("height", in: 1...Self.maxSide)
        layout = try section.choice("layout", Layout.self)
        colour = try section.choice("colour", Colour.self) ?? colour
        resize = try section.choice("resize", Resize.self) ?? resize
        pad = try section.whole("pad", in: 0...255) ?? pad
        scale = try section.number("scale") ?? scale
        mean = try section.numbers("mean", for: Self.channels, "channels") ?? mean
        std = try section.divisors("std", for: Self.channels, "channels") ?? std
    }

    /// Settles what was left to the model.
    /// - Parameter shape: of the model's input; `nil` for dimensions that it leaves open.
    /// - Throws: `OnnxPlanFault` when the two don't fit.
    package func preparation(shape: [Int?], elementType: Tensor.ElementType?) throws -> ImagePreparation {
        guard elementType == .float32 || elementType == .uint8 else {
            throw OnnxPlanFault(key: "input", message: "isn't possible: the model takes neither 32-bit floats nor bytes")
        }
        guard shape.count == 4 else {
            throw OnnxPlanFault(
                key: "input", message: "isn't possible: the model's input has \(shape.count) dimensions, where pictures have 4")
        }
        let layout = try settledLayout(shape)
        let (channels, rows, columns) =
            layout == .nchw ? (shape[1], shape[2], shape[3]) : (shape[3], shape[1], shape[2])
        guard channels == nil || channels == Self.channels else {
            throw OnnxPlanFault(
                key: "input.layout", message: "doesn't fit: a picture has 3 channels, where the model's input has \(channels ?? 0)")
        }
        let size = PixelSize(
            width: try Self.settled("width", width, columns), height: try Self.settled("height", height, rows))
        return ImagePreparation(
            size: size, layout: layout, colour: colour, resize: resize, pad: UInt8(clamping: pad),
            levels: (0..<Self.channels).map { channel in
                (0...255).map { Float((Double($0) * scale - mean[channel]) / std[channel]) }
            },
            takesBytes: elementType == .uint8)
    }

    private func settledLayout(_ shape: [Int?]) throws -> Layout {
        if let layout { return layout }
        switch (shape[1] == Self.channels, shape[3] == Self.channels) {
        case (true, false): return .nchw
        case (false, true): return .nhwc
        default:
            throw OnnxPlanFault(key: "input.layout", message: "must be given, as the model's shape doesn't tell it")
        }
    }

    private static func settled(_ key: String, _ wanted: Int?, _ declared: Int?) throws -> Int {
        switch (wanted, declared) {
        case (let wanted?, let declared?) where wanted != declared:
            throw OnnxPlanFault(key: "input.\(key)", message: "is \(wanted), where the model takes \(declared)")
        case (let wanted?, _): return wanted
        case (nil, let declared?):
            guard (1...maxSide).contains(declared) else {
                throw OnnxPlanFault(key: "input.\(key)", message: "may be \(maxSide) at most, where the model takes \(declared)")
            }
            return declared
        case (nil, nil):
            throw OnnxPlanFault(key: "input.\(key)", message: "must be given, as the model leaves it open")
        }
    }
}
