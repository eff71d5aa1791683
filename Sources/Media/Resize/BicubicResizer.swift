/// Resizes 8-bit pictures as torchvision's `resize` does with bicubic interpolation and antialiasing: separable, in single
/// precision, rounded half to even once at the end. The weights are computed once and serve every frame of a video.
///
/// Against torchvision at most one sample in a thousand differs, by one level: the order of summation is another.
public struct BicubicResizer: Sendable {
    public let source: PixelSize
    public let target: PixelSize
    private let rows: ResampleWeights<Float>
    private let columns: ResampleWeights<Float>

    /// Output rows that go through the horizontal pass together, so that each weight is loaded once for all of them.
    private static let batch = 4

    /// - Precondition: all sides are above 0.
    public init(from source: PixelSize, to target: PixelSize) {
        precondition(source.width > 0 && source.height > 0 && target.width > 0 && target.height > 0)
        self.source = source
        self.target = target
        rows = ResampleWeights(from: source.height, to: target.height)
        columns = ResampleWeights(from: source.width, to: target.width)
    }

    /// - Precondition: the picture has the source size.
    public func resize(_ image: RGBImage) -> RGBImage {
        precondition(image.size == source)
        if source == target { return image }
        let pixels = [UInt8](unsafeUninitializedCapacity: target.pixels * 3) { output, count in
            image.pixels.withUnsafeBufferPointer { input in
                if let input = input.baseAddress, let output = output.baseAddress { resample(input, into: output) }
            }
            count = target.pixels * 3
        }
        return RGBImage(width: target.width, height: target.height, pixels: pixels)
    }

    /// Rows first: each output row blends whole source rows, which are contiguous. Source rows are converted to floats once
    /// and kept in a ring as long as an output row needs them.
    private func resample(_ input: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>) {
        let length = source.width * 3
        // Whole blocks of 32, and one pixel's fourth lane, may be touched beyond the end of a row.
        let stride = (length + 1 + 31) / 32 * 32
        let finished = (target.width * 3 + 1 + 15) / 16 * 16
        let ringRows = rows.taps
        let total = stride * (ringRows + Self.batch) + finished * Self.batch
        withUnsafeTemporaryAllocation(byteCount: total * MemoryLayout<Float>.stride, alignment: 64) { memory in
            let floats = memory.bindMemory(to: Float.self)
            floats.initialize(repeating: 0)
            guard let ring = floats.baseAddress else { return }
            let blended = ring + stride * ringRows
            let resized = blended + stride * Self.batch
            var converted = 0
            var row = 0
            while row < target.height {
                let batch = min(Self.batch, target.height - row)
                for offset in 0..<batch {
                    let start = rows.starts[row + offset]
                    let end = start + rows.counts[row + offset]
                    converted = max(converted, start)
                    while converted < end {
                        convert(input + converted * length, count: length, into: ring + converted % ringRows * stride)
                        converted += 1
                    }
                    blend(ring, stride: stride, row: row + offset, into: blended + offset * stride)
                }
                shrink(blended, stride: stride, into: resized, finished: finished)
                for offset in 0..<batch {
                    quantise(
                        resized + offset * finished, count: target.width * 3,
                        into: output + (row + offset) * target.width * 3)
                }
                row += batch
            }
        }
    }

    @inline(__always)
    private func convert(_ bytes: UnsafePointer<UInt8>, count: Int, into floats: UnsafeMutablePointer<Float>) {
        for index in 0..<count { floats[index] = Float(bytes[index]) }
    }

    private func blend(
        _ ring: UnsafeMutablePointer<Float>, stride: Int, row: Int, into blended: UnsafeMutablePointer<Float>
    ) {
        let start = rows.starts[row]
        let count = rows.counts[row]
        let base = row * rows.taps
        rows.weights.withUnsafeBufferPointer { weights in
            for index in Swift.stride(from: 0, to: stride, by: 32) {
                var low = SIMD16<Float>.zero
                var high = SIMD16<Float>.zero
                var slot = start % rows.taps
                for tap in 0..<count {
                    let line = UnsafeRawPointer(ring + slot * stride + index)
                    let weight = weights[base + tap]
                    low += line.load(as: SIMD16<Float>.self) * weight
                    high += line.load(fromByteOffset: 64, as: SIMD16<Float>.self) * weight
                    slot += 1
                    if slot == rows.taps { slot = 0 }
                }
                let target = UnsafeMutableRawPointer(blended + index)
                target.storeBytes(of: low, as: SIMD16<Float>.self)
                target.storeBytes(of: high, toByteOffset: 64, as: SIMD16<Float>.self)
            }
        }
    }

    /// One batch of rows; a pixel is three lanes of four, and the next pixel overwrites the fourth.
    private func shrink(
        _ blended: UnsafeMutablePointer<Float>, stride: Int, into resized: UnsafeMutablePointer<Float>, finished: Int
    ) {
        let row = stride * MemoryLayout<Float>.stride
        let resizedRow = finished * MemoryLayout<Float>.stride
        let resized = UnsafeMutableRawPointer(resized)
        columns.weights.withUnsafeBufferPointer { weights in
            for column in 0..<target.width {
                var pixels = UnsafeRawPointer(blended + columns.starts[column] * 3)
                let base = column * columns.taps
                var first = SIMD4<Float>.zero
                var second = SIMD4<Float>.zero
                var third = SIMD4<Float>.zero
                var fourth = SIMD4<Float>.zero
                for tap in base..<(base + columns.counts[column]) {
                    let weight = SIMD4(repeating: weights[tap])
                    first += pixels.loadUnaligned(as: SIMD4<Float>.self) * weight
                    second += pixels.loadUnaligned(fromByteOffset: row, as: SIMD4<Float>.self) * weight
                    third += pixels.loadUnaligned(fromByteOffset: row * 2, as: SIMD4<Float>.self) * weight
                    fourth += pixels.loadUnaligned(fromByteOffset: row * 3, as: SIMD4<Float>.self) * weight
                    pixels += 12
                }
                let place = resized + column * 12
                place.storeBytes(of: first, as: SIMD4<Float>.self)
                place.storeBytes(of: second, toByteOffset: resizedRow, as: SIMD4<Float>.self)
                place.storeBytes(of: third, toByteOffset: resizedRow * 2, as: SIMD4<Float>.self)
                place.storeBytes(of: fourth, toByteOffset: resizedRow * 3, as: SIMD4<Float>.self)
            }
        }
    }

    @inline(__always)
    private func quantise(_ floats: UnsafeMutablePointer<Float>, count: Int, into bytes: UnsafeMutablePointer<UInt8>) {
        for index in 0..<count {
            let value = floats[index]
            let above = value > 0 ? value : 0
            let clamped = above < 255 ? above : 255
            // Adding 2^23 leaves the value, rounded half to even, in the low bits of the mantissa.
            bytes[index] = UInt8(truncatingIfNeeded: (clamped + 8_388_608).bitPattern)
        }
    }
}
