import Gateway
import Testing

@Suite struct MultipartParserTests {
    private struct Part: Equatable {
        var header: MultipartHeader
        var content: String
    }

    /// Feeds the pieces and puts the events together.
    private func parse(_ pieces: [[UInt8]], boundary: String = "b") throws -> [Part] {
        var parser = try MultipartParser(boundary: boundary)
        var parts: [Part] = []
        var open: Part?
        var content: [UInt8] = []
        for piece in pieces {
            for event in try parser.feed(piece) {
                switch event {
                case .part(let header):
                    #expect(open == nil)
                    open = Part(header: header, content: "")
                    content = []
                case .content(let bytes): content += bytes
                case .partEnd:
                    var part = try #require(open)
                    part.content = String(decoding: content, as: UTF8.self)
                    parts.append(part)
                    open = nil
                case .end: #expect(open == nil)
                }
            }
        }
        try parser.finish()
        return parts
    }

    private func parse(_ text: String, boundary: String = "b") throws -> [Part] {
        try parse([Array(text.utf8)], boundary: boundary)
    }

    private static let form =
        "ignored preamble\r\n--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nwhat\r\n--bb is this?\r\n\r\n"
        + "--b \t\r\ncontent-disposition:form-data;name=\"video\"; filename=\"a \\\"b\\\".mp4\"\r\nContent-Type: video/mp4\r\n\r\n"
        + "\r\n\r--\n\r\n-\r\n--b-\r\n--B\r\n\r\n--b--\r\nepilogue --b"

    private static let expected = [
        Part(header: MultipartHeader(name: "prompt"), content: "what\r\n--bb is this?\r\n"),
        Part(
            header: MultipartHeader(name: "video", fileName: "a \"b\".mp4", contentType: "video/mp4"),
            content: "\r\n\r--\n\r\n-\r\n--b-\r\n--B\r\n"),
    ]

    @Test func everySplitInTwoGivesTheSame() throws {
        let bytes = Array(Self.form.utf8)
        for cut in 0...bytes.count {
            let parts = try parse([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(parts == Self.expected, "cut at \(cut)")
        }
    }

    @Test func everySplitInThreeGivesTheSame() throws {
        let bytes = Array(Self.form.utf8)
        for first in stride(from: 0, through: bytes.count, by: 1) {
            for second in first...min(bytes.count, first + 12) {
                let parts = try parse([Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])])
                #expect(parts == Self.expected, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func anyPieceSizeGivesTheSame() throws {
        let bytes = Array(Self.form.utf8)
        for size in 1...64 {
            let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
            #expect(try parse(pieces) == Self.expected, "pieces of \(size)")
        }
    }

    /// Whatever is cut off, the parser says that something is missing.
    @Test func everyTruncationIsNoticed() throws {
        let whole = Array(Self.form.utf8)
        let end = whole.count - "\r\nepilogue --b".utf8.count
        for cut in 0..<end {
            #expect(throws: MultipartFault.self, "cut at \(cut)") { try parse([Array(whole[..<cut])]) }
        }
        #expect(try parse([Array(whole[..<end])]) == Self.expected)
    }

    @Test func emptyPartsAndEmptyForms() throws {
        let parts = try parse("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--")
        #expect(parts == [Part(header: MultipartHeader(name: "a"), content: "")])
        #expect(try parse("--b--\r\n").isEmpty)
    }

    @Test func bareLineFeedsAreNoLines() {
        #expect(throws: MultipartFault.boundaryNotFound) {
            try parse("--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b--\n")
        }
        #expect(throws: MultipartFault.self) {
            try parse("--b\r\nContent-Disposition: form-data; name=\"a\"\n\nx\r\n--b--\r\n")
        }
    }

    @Test func headersAreBoundedAndChecked() throws {
        let long = String(repeating: "x", count: 20_000)
        for pieces in [1, 100] {
            let bytes = Array("--b\r\nX: \(long)".utf8)
            let size = bytes.count / pieces
            #expect(throws: MultipartFault.headersTooLong) {
                try parse(stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) })
            }
        }
        for header in [
            "", "Content-Type: a", "Content-Disposition: attachment; name=\"a\"", "Content-Disposition: form-data",
            "Content-Disposition: form-data; name=\"\"", "Content-Disposition: form-data; name=\"a",
            "Content-Disposition: form-data; name=\"a\"; name=\"b\"", "Content-Disposition: form-data; name=\"a\"x",
            "Content-Disposition: form-data;\r\n name=\"a\"", "no colon", "Content-Disposition: form-data; name=\"\u{1}\"",
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
        ] {
            #expect(throws: MultipartFault.badHeader, "\(header)") { try parse("--b\r\n\(header)\r\n\r\nx\r\n--b--") }
        }
    }

    @Test func partsAndPreambleAreBounded() throws {
        let part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
        #expect(try parse(String(repeating: part, count: 64) + "--b--").count == 64)
        #expect(throws: MultipartFault.tooManyParts(limit: 64)) { try parse(String(repeating: part, count: 65) + "--b--") }
        #expect(throws: MultipartFault.preambleTooLong) { try parse(String(repeating: "x", count: 20_000)) }
        #expect(throws: MultipartFault.preambleTooLong) { try parse(String(repeating: "\r\n--bx", count: 4_000)) }
    }

    @Test func boundariesAreChecked() {
        for boundary in ["", "a ", "ä", "a\"b", String(repeating: "x", count: 71)] {
            #expect(throws: MultipartFault.badBoundary, "\(boundary)") { try MultipartParser(boundary: boundary) }
        }
        #expect(throws: Never.self) { try MultipartParser(boundary: String(repeating: "x", count: 70)) }
    }

    @Test func nothingButADelimiterIsHeldBack() throws {
        var parser = try MultipartParser(boundary: "b")
        _ = try parser.feed(Array("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n".utf8))
        let events = try parser.feed(Array(repeating: 120, count: 100_000))
        #expect(events == [.content(Array(repeating: 120, count: 100_000))])
        #expect(try parser.feed(Array("\r\n--b".utf8)).isEmpty)
        #expect(try parser.feed(Array("--".utf8)) == [.partEnd, .end])
        #expect(parser.isFinished)
    }

    @Test func fileNamesAreReadAndShownSafely() throws {
        func header(_ parameters: String) throws -> MultipartHeader {
            try MultipartHeader(parsing: Array("Content-Disposition: form-data; name=v; \(parameters)".utf8)[...])
        }
        #expect(try header("filename=plain.mp4").fileName == "plain.mp4")
        #expect(try header("filename=\"x\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.mp4").fileName == "naïve €.mp4")
        #expect(try header("filename=\"a;b.mp4\"").fileName == "a;b.mp4")
        #expect(try header("filename=\"C:\\dir\\clip.mp4\"").shownFileName == "clip.mp4")
        #expect(try header("filename=\"../../etc/passwd\"").shownFileName == "passwd")
        #expect(try header("filename=\"..\"").shownFileName == "..")
        #expect(try header("filename=\"/\"").shownFileName == "upload")
        #expect(try header("filename=\"\"").shownFileName == "upload")
        #expect(try header("filename*=UTF-8''a%0D%0Ab%E2%80%AEc.mp4").shownFileName == "abc.mp4")
        #expect(try header("filename=\"\(String(repeating: "é", count: 400))\"").shownFileName.count == 255)
    }
}
