import Foundations
import Media
import ModelHub
import Testing

@Suite struct TableReaderTests {
    private func records(_ text: String) throws -> [[String]] {
        var reader = CSVReader(Array(text.utf8))
        var records: [[String]] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    private func cells(_ text: String, _ input: TableInput, file: String = "a.csv", maxRows: Int = 100) throws -> [Double] {
        try TableReader(input, file: file, maxRows: maxRows).cells(in: Array(text.utf8))
    }

    private static let two = TableInput(columns: ["age", "income"], missing: ["age": 40])

    // MARK: CSV

    @Test func recordsAsTheStandardSays() throws {
        #expect(try records("a,b\r\n1,2\r\n") == [["a", "b"], ["1", "2"]])
        #expect(try records("a,b\n1,2") == [["a", "b"], ["1", "2"]])
        #expect(try records("\u{FEFF}a,\"b\"\r\n") == [["a", "b"]])
        #expect(try records("\"a,\"\"b\"\"\r\nc\",,\r\n") == [["a,\"b\"\r\nc", "", ""]])
        #expect(try records("").isEmpty)
        #expect(try records("\n") == [[""]])
        #expect(try records("größer,\"🐦\"\n") == [["größer", "🐦"]])
    }

    @Test(arguments: [
        ("a\n1\"2\n", 2), ("a\n\"1\"2\n", 2), ("a\n\n\"1", 3), ("a\rb\n", 1), ("\"a\nb\"x", 2),
    ])
    func whatIsNoCSVIsRefused(text: String, line: Int) {
        do {
            _ = try records(text)
            Issue.record("\(text) was read")
        } catch {
            #expect((error as? CSVReader.Fault)?.line == line)
        }
    }

    @Test func bytesThatAreNotTextAreRefused() {
        var reader = CSVReader([0x61, 0xFF, 0x0A])
        #expect(throws: CSVReader.Fault.self) { _ = try reader.next() }
    }

    @Test func tooManyFieldsAreRefused() {
        #expect(throws: CSVReader.Fault.self) { _ = try records(String(repeating: ",", count: CSVReader.maxFields)) }
    }

    // MARK: Tables

    @Test func columnsAreFoundByName() throws {
        #expect(try cells("income,name,age\n100,x,20\n200,\"y,z\", 3e1 \n", Self.two) == [20, 100, 30, 200])
        #expect(try cells("age,income\n", Self.two) == [])
    }

    @Test func emptyCellsAreFilled() throws {
        #expect(try cells("age,income\n,1\n 5,-2.5\n", Self.two) == [40, 1, 5, -2.5])
        #expect(try cells("income\n1\n", Self.two) == [40, 1])
    }

    @Test func cellsAreStandardised() throws {
        let input = TableInput(columns: ["a", "b"], missing: ["b": 3], mean: [1, 2], std: [2, 0.5])
        #expect(try cells("a,b\n5,\n", input) == [2, 2])
    }

    @Test func jsonRowsAreObjects() throws {
        let text = "\u{FEFF} [{\"income\": 1, \"age\": null, \"other\": []}, {\"income\": true, \"age\": 2.5}]"
        #expect(try cells(text, Self.two, file: "rows.json") == [40, 1, 2.5, 1])
        #expect(try cells("{\"income\": 3}", Self.two, file: "rows") == [40, 3])
        #expect(try cells("[]", Self.two, file: "rows.json") == [])
    }

    @Test func faultsNameTheFileAndTheRow() {
        func expect(_ fault: HandlerFileError, _ text: String, file: String = "a.csv", maxRows: Int = 100) {
            #expect(throws: fault) { _ = try cells(text, Self.two, file: file, maxRows: maxRows) }
        }
        expect(.missingColumn(file: "a.csv", row: nil, column: "income"), "age\n1\n")
        expect(.missingColumn(file: "a.csv", row: 2, column: "income"), "age,income\n1,2\n3,\n")
        expect(.missingColumn(file: "b", row: 2, column: "income"), "[{\"income\": 1}, {\"age\": 1}]", file: "b")
        for text in ["x", "nan", "inf", "0x10", "1e999", "1,5"] {
            expect(.notANumber(file: "a.csv", row: 1, column: "income"), "age,income\n1,\"\(text)\"\n")
        }
        expect(.notANumber(file: "b", row: 1, column: "income"), "[{\"income\": \"1\"}]", file: "b")
        expect(.tooManyRows(limit: 2), "age,income\n1,2\n1,2\n1,2\n", maxRows: 2)
        expect(.tooManyRows(limit: 1), "[{}, {}]", file: "b", maxRows: 1)
        expect(.malformedTable(file: "a.csv", reason: "it is empty"), "")
        expect(.malformedTable(file: "a.csv", reason: "the column 'age' is there twice"), "age,age,income\n")
        expect(.malformedTable(file: "a.csv", reason: "row 1 has 1 fields, where there are 2 columns"), "age,income\n1\n")
        expect(.malformedTable(file: "b", reason: "row 1 isn't an object"), "[[1, 2]]", file: "b")
        expect(.malformedTable(file: "b", reason: "it isn't valid JSON at byte 2"), "[{", file: "b")
    }

    @Test func rowsOfSeveralTablesCountTogether() throws {
        let reader = TableReader(Self.two, file: "a", maxRows: 3)
        let table = Array("age,income\n1,2\n3,4\n".utf8)
        #expect(try reader.cells(in: table, after: 1) == [1, 2, 3, 4])
        #expect(throws: HandlerFileError.tooManyRows(limit: 3)) { _ = try reader.cells(in: table, after: 2) }
        // Wide tables have fewer rows.
        let columns = (0..<CSVReader.maxFields).map(String.init)
        let wide = TableInput(columns: columns, missing: Dictionary(uniqueKeysWithValues: columns.map { ($0, 0) }))
        let rows = Array(("[" + String(repeating: "{},", count: 1000) + "{}]").utf8)
        #expect(throws: HandlerFileError.tooManyRows(limit: 1000)) { _ = try TableReader(wide, file: "a").cells(in: rows) }
    }

    @Test func faultsAreTheCallers() {
        let faults: [HandlerFileError] = [
            .notAPicture(file: "a"), .unusablePicture(file: "a", .damaged), .malformedTable(file: "a", reason: "it is empty"),
            .missingColumn(file: "a", row: nil, column: "c"), .missingColumn(file: "a", row: 1, column: "c"),
            .notANumber(file: "a", row: 1, column: "c"), .tooManyRows(limit: 1), .answerTooLarge(limit: 1),
            HandlerFileError(.unsupportedFormat, file: "a"),
        ]
        for fault in faults {
            #expect((400..<500).contains(fault.report.kind.status) && fault.report.param == "files", "\(fault)")
        }
        #expect(HandlerFileError(.unsupportedFormat, file: "a") == .notAPicture(file: "a"))
        let report = HandlerFileError.missingColumn(file: "a", row: 3, column: "c").report
        #expect(report.code == "missing_column" && report.details == ["file": "a", "row": 3, "column": "c"])
    }
}
