import Media

/// What is kept of a frame to tell cuts, colours and small moving things: a few kilobytes.
public struct FrameSignature: Sendable {
    public static let thumbnailWidth = 96

    public let time: Double
    /// The picture at a width of `thumbnailWidth`.
    public let thumbnail: RGBImage
    /// Pixels per colour name.
    public let colours: [Int]
    private let histogram: [Float]
    private let grid: [Float]
    private let edges: [Float]

    private static let columns = 16
    private static let rows = 9

    /// - Parameter thumbnail: a small version of the frame, all of one video the same size.
    public init(time: Double, thumbnail: RGBImage) {
        self.time = time
        self.thumbnail = thumbnail
        colours = ColourPalette.histogram(of: thumbnail)
        var histogram = [Float](repeating: 0, count: 6 * 6 * 6)
        let cells = Self.columns * Self.rows
        var grid = [Float](repeating: 0, count: cells * 3)
        var edges = [Float](repeating: 0, count: cells)
        var members = edges
        let (width, height) = (thumbnail.width, thumbnail.height)
        thumbnail.pixels.withUnsafeBufferPointer { pixels in
            func luma(_ x: Int, _ y: Int) -> Float {
                let at = (y * width + x) * 3
                return 0.299 * Float(pixels[at]) + 0.587 * Float(pixels[at + 1]) + 0.114 * Float(pixels[at + 2])
            }
            for y in 0..<height {
                for x in 0..<width {
                    let at = (y * width + x) * 3
                    histogram[Int(pixels[at]) * 6 / 256 * 36 + Int(pixels[at + 1]) * 6 / 256 * 6 + Int(pixels[at + 2]) * 6 / 256] += 1
                    let cell = y * Self.rows / height * Self.columns + x * Self.columns / width
                    let here = luma(x, y)
                    for channel in 0..<3 { grid[cell * 3 + channel] += Float(pixels[at + channel]) }
                    members[cell] += 1
                    if x + 1 < width { edges[cell] += abs(luma(x + 1, y) - here) }
                    if y + 1 < height { edges[cell] += abs(luma(x, y + 1) - here) }
                }
            }
        }
        let total = Float(max(1, width * height))
        self.histogram = histogram.map { $0 / total }
        self.grid = grid.indices.map { grid[$0] / max(1, members[$0 / 3]) / 255 }
        self.edges = zip(edges, members).map { $0 / max(1, $1) / 255 }
    }

    /// How different two frames are, 0 (equal) to about 1: colours, colours in place, and amount of structure in place.
    public func difference(to other: FrameSignature) -> Double {
        func distance(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } }
        let cells = Float(Self.columns * Self.rows)
        let colour = distance(histogram, other.histogram) / 2
        let light = distance(grid, other.grid) / (3 * cells)
        let structure = distance(edges, other.edges) / cells
        // In a slow fade many pixels step from one bin of the histogram to the next at once, with little change in place.
        return Double(min(1, min(0.5 * colour, 3 * light) + min(0.3, 1.2 * light) + min(0.2, 2 * structure)))
    }
}
