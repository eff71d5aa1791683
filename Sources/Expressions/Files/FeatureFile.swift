import Foundation
import Foundations

/// The forms in which features are written.
public enum FeatureFormat: String, Sendable, CaseIterable {
    case csv, json, parquet

    public var contentType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .json: "application/json"
        case .parquet: "application/vnd.apache.parquet"
        }
    }
}

/// Writes feature files, a few hundred rows at a time: how many there are doesn't matter to memory.
package struct FeatureFile {
    let rows: RowFile
    /// The report's document, and what each row names.
    let report: JSONValue
    let estimator: String
    let detection: String

    private static let chunk = 1 << 18

    /// - Parameter report: an `ExpressionReport`'s JSON.
    package init(rows: RowFile, report: JSONValue) {
        self.rows = rows
        self.report = report
        estimator = report["estimator"]?.stringValue ?? ""
        detection = report["detection"]?.stringValue ?? ""
    }

    package func write(_ format: FeatureFormat, to url: URL) throws {
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        switch format {
        case .csv: try writeCSV(to: handle)
        case .json: try writeJSON(to: handle)
        case .parquet: try writeParquet(to: handle)
        }
    }

    private func text(of record: RowFile.Record, separator: String, quote: String) -> String {
        let row = record.row
        var fields = [
            "\(row.frame)", "\(row.videoFrame)", Self.plain(row.time, 6), quote + estimator + quote, quote + detection + quote,
        ]
        fields.reserveCapacity(FeatureColumns.all(withFlow: rows.withFlow).count)
        for motion in row.motions {
            fields += [Self.plain(motion.x, 4), Self.plain(motion.y, 4), Self.plain(motion.angle, 3), Self.plain(motion.magnitude, 3)]
        }
        for motion in row.flow ?? [] { fields += [Self.plain(motion.x, 4), Self.plain(motion.y, 4)] }
        return fields.joined(separator: separator)
    }

    /// A number with at most so many decimals, as short as it goes.
    private static func plain(_ value: Double, _ decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : String(rounded)
    }

    private func writeCSV(to handle: FileHandle) throws {
        var text = FeatureColumns.all(withFlow: rows.withFlow).joined(separator: ",") + "\n"
        try rows.forEach { record in
            text += self.text(of: record, separator: ",", quote: "") + "\n"
            if text.utf8.count > Self.chunk {
                try handle.write(contentsOf: Data(text.utf8))
                text = ""
            }
            return true
        }
        try handle.write(contentsOf: Data(text.utf8))
    }

    private func writeJSON(to handle: FileHandle) throws {
        let columns = JSONValue.array(FeatureColumns.all(withFlow: rows.withFlow).map(JSONValue.string))
        var text = "{\"report\":\(String(decoding: report.encoded(), as: UTF8.self)),\"columns\":\(String(decoding: columns.encoded(), as: UTF8.self)),\"rows\":["
        var isFirst = true
        try rows.forEach { record in
            text += (isFirst ? "\n[" : ",\n[") + self.text(of: record, separator: ",", quote: "\"") + "]"
            isFirst = false
            if text.utf8.count > Self.chunk {
                try handle.write(contentsOf: Data(text.utf8))
                text = ""
            }
            return true
        }
        try handle.write(contentsOf: Data((text + "\n]}\n").utf8))
    }

    private func writeParquet(to handle: FileHandle) throws {
        let columns = FeatureColumns.all(withFlow: rows.withFlow)
        var writer = ParquetWriter(
            columns: columns.map { name in
                switch name {
                case "frame", "video_frame": .init(name: name, type: .int32)
                case "estimator", "detection": .init(name: name, type: .string)
                default: .init(name: name, type: .double)
                }
            })
        try handle.write(contentsOf: writer.start())
        try rows.forEach { record in
            let row = record.row
            var values: [ParquetWriter.Value] = [
                .int32(Int32(row.frame)), .int32(Int32(row.videoFrame)), .double(row.time), .string(estimator), .string(detection),
            ]
            values += row.features.map { .double($0) }
            for motion in row.flow ?? [] { values += [.double(motion.x), .double(motion.y)] }
            if let group = writer.add(values) { try handle.write(contentsOf: group) }
            return true
        }
        let metadata = String(decoding: report.encoded(), as: UTF8.self)
        try handle.write(contentsOf: writer.finish(metadata: ["martlet.report": metadata], createdBy: "martlet \(Version.text)"))
    }
}
