import Expressions
import Foundation
import Foundations
import Testing

@Suite struct FeatureFileTests {
    private func row(_ number: Int, flow: Bool = false) -> ExpressionRow {
        let motions = (0..<98).map { BlockMotion(x: Double(($0 + number) % 7 - 3), y: Double($0 % 5) / 4) }
        return ExpressionRow(
            frame: number + 2, videoFrame: number + 1, time: Double(number + 1) / 30,
            boxes: (0..<3).map { PixelBox(left: $0, top: 2, right: 30 + $0, bottom: 40) }, motions: motions, flow: flow ? motions : nil)
    }

    private func rows(_ count: Int, in folder: URL, flow: Bool = false) throws -> RowFile {
        let file = RowFile(url: folder.appending(path: "rows"), withFlow: flow)
        try file.encoded((0..<count).map { .init(row: row($0, flow: flow), probability: Float($0) / 10) }).write(to: file.url)
        return file
    }

    @Test(arguments: [false, true]) func rowsComeBackAsTheyWere(flow: Bool) throws {
        try inTemporaryFolder { folder in
            let file = try rows(600, in: folder, flow: flow)
            var read: [RowFile.Record] = []
            try file.forEach {
                read.append($0)
                return true
            }
            #expect(read.map(\.row) == (0..<600).map { row($0, flow: flow) })
            #expect(read[7].probability == 0.7)
            #expect(try file.count() == 600)
        }
    }

    @Test func rowsAreFoundByTime() throws {
        try inTemporaryFolder { folder in
            let file = try rows(100, in: folder)
            #expect(try file.index(at: 0) == 0)
            #expect(try file.index(at: 1) == 29)
            #expect(try file.index(at: 50) == 100)
        }
    }

    @Test func csvAndJSONHoldTheSame() throws {
        try inTemporaryFolder { folder in
            let report = ExpressionReport(ExpressionOptions(estimator: .improved, detection: .tracked)).json
            let file = FeatureFile(rows: try rows(3, in: folder), report: report)
            let (csv, json) = (folder.appending(path: "f.csv"), folder.appending(path: "f.json"))
            try file.write(.csv, to: csv)
            try file.write(.json, to: json)
            let lines = try String(contentsOf: csv, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 4)
            let header = lines[0].split(separator: ",")
            #expect(header.count == 397)
            #expect(lines[1].hasPrefix("2,1,0.033333,improved,tracked,-3,0,180,3,"))
            let value = try JSONValue(parsing: try Data(contentsOf: json))
            #expect(value["report"]?.encoded() == report.encoded())
            #expect(value["columns"]?.arrayValue?.count == 397)
            let first = try #require(value["rows"]?.arrayValue?.first?.arrayValue)
            #expect(first.prefix(5) == [2, 1, 0.033333, "improved", "tracked"])
        }
    }

    @Test func parquetBeginsAndEndsAsItShould() throws {
        try inTemporaryFolder { folder in
            let file = FeatureFile(rows: try rows(2500, in: folder), report: ExpressionReport(ExpressionOptions()).json)
            let target = folder.appending(path: "f.parquet")
            try file.write(.parquet, to: target)
            let data = try Data(contentsOf: target)
            #expect(data.prefix(4) == Data("PAR1".utf8) && data.suffix(4) == Data("PAR1".utf8))
            let length = data.suffix(8).prefix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
            #expect((1000..<200_000).contains(length))
        }
    }
}

@Suite struct ExpressionReportTests {
    @Test func warningsSayWhatIsDoubtful() {
        var report = ExpressionReport(ExpressionOptions())
        report.framesTotal = 100
        report.framesUsed = 60
        report.framesWithSeveralFaces = 3
        report.baselineFrame = 4
        report.narrowestFace = 90
        report.frameRate = 25
        report.isVariableFrameRate = true
        report.segments = 2
        #expect(
            report.warnings.map(\.code) == [
                "few_usable_frames", "several_faces", "late_baseline", "small_face", "low_frame_rate", "variable_frame_rate", "several_segments",
            ])
        #expect(report.rows == 59 && report.framesSkipped == 40)
    }

    @Test func aGoodClipHasNone() {
        var report = ExpressionReport(ExpressionOptions())
        report.framesTotal = 400
        report.framesUsed = 400
        report.narrowestFace = 200
        report.frameRate = 200
        report.segments = 1
        #expect(report.warnings.isEmpty)
    }
}
