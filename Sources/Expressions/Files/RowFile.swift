import Foundation

/// Rows on disk as they come: records of one length, read back in any part. Feature files are written from it.
package struct RowFile: Sendable {
    package let url: URL
    package let withFlow: Bool

    package init(url: URL, withFlow: Bool) {
        self.url = url
        self.withFlow = withFlow
    }

    private static let motionValues = 2 * FaceRegion.allBlocks
    private static let boxValues = 4 * FaceRegion.allCases.count

    private var recordBytes: Int { 8 + 8 + 4 * Self.boxValues + 4 * Self.motionValues * (withFlow ? 2 : 1) + 4 }

    /// A row with the probability that a model gave it.
    package struct Record: Sendable, Equatable {
        package var row: ExpressionRow
        /// Not a number: no model.
        package var probability: Float

        package init(row: ExpressionRow, probability: Float) {
            self.row = row
            self.probability = probability
        }
    }

    package func encoded(_ records: [Record]) -> Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * recordBytes)
        func put<T>(_ value: T) { withUnsafeBytes(of: value) { bytes += $0 } }
        for record in records {
            let row = record.row
            put(Int32(row.frame))
            put(Int32(row.videoFrame))
            put(row.time)
            for box in row.boxes { for side in [box.left, box.top, box.right, box.bottom] { put(Int32(side)) } }
            for motion in row.motions + (withFlow ? row.flow ?? [] : []) {
                put(Float(motion.x))
                put(Float(motion.y))
            }
            put(record.probability)
        }
        return Data(bytes)
    }

    /// Rows in the file.
    package func count() throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
        return size / recordBytes
    }

    /// Hands on all records, some hundred at a time.
    package func forEach(from first: Int = 0, _ body: (Record) throws -> Bool) throws {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(first * recordBytes))
        while let data = try handle.read(upToCount: 256 * recordBytes), !data.isEmpty {
            for start in stride(from: 0, to: data.count - recordBytes + 1, by: recordBytes) {
                guard try body(decoded(data.subdata(in: start..<start + recordBytes))) else { return }
            }
        }
    }

    /// The first row at or after a time.
    package func index(at time: Double) throws -> Int {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        var (low, high) = (0, try count())
        while low < high {
            let middle = (low + high) / 2
            try handle.seek(toOffset: UInt64(middle * recordBytes))
            guard let data = try handle.read(upToCount: recordBytes), data.count == recordBytes else { return low }
            if decoded(data).row.time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func decoded(_ data: Data) -> Record {
        data.withUnsafeBytes { bytes in
            var at = 0
            func take<T>(_ type: T.Type) -> T {
                defer { at += MemoryLayout<T>.size }
                return bytes.loadUnaligned(fromByteOffset: at, as: type)
            }
            func motions() -> [BlockMotion] {
                (0..<FaceRegion.allBlocks).map { _ in
                    let (x, y) = (take(Float.self), take(Float.self))
                    // What was kept has four decimals.
                    return BlockMotion(x: (Double(x) * 10_000).rounded() / 10_000, y: (Double(y) * 10_000).rounded() / 10_000)
                }
            }
            let frame = Int(take(Int32.self)), videoFrame = Int(take(Int32.self))
            let time = take(Double.self)
            let boxes = FaceRegion.allCases.map { _ in
                PixelBox(left: Int(take(Int32.self)), top: Int(take(Int32.self)), right: Int(take(Int32.self)), bottom: Int(take(Int32.self)))
            }
            let row = ExpressionRow(
                frame: frame, videoFrame: videoFrame, time: time, boxes: boxes, motions: motions(), flow: withFlow ? motions() : nil)
            return Record(row: row, probability: take(Float.self))
        }
    }
}
