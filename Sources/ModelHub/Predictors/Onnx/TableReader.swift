import Foundation
import Foundations

/// Reads one table, CSV or JSON, into rows of numbers in the order that a model takes them.
package struct TableReader {
    private let input: TableInput
    private let file: String
    private let maxRows: Int

    /// Most bytes and rows of one request's tables; most cells of one table.
    package static let maxBytes = 32 << 20
    package static let maxRows = 100_000
    package static let maxCells = 10_000_000

    /// - Parameters:
    ///   - file: its name, for faults.
    ///   - maxRows: of the request.
    package init(_ input: TableInput, file: String, maxRows: Int = TableReader.maxRows) {
        self.input = input
        self.file = file
        self.maxRows = min(maxRows, Self.maxCells / input.columns.count)
    }

    /// The rows one after the other. JSON is a list of objects, or one object; everything else is CSV with a line of names.
    /// - Parameter before: the rows of the request's other tables.
    /// - Throws: `HandlerFileError`, whose rows count from 1, without the line of names.
    package func cells(in bytes: [UInt8], after before: Int = 0) throws -> [Double] {
        let text = bytes.starts(with: CSVReader.byteOrderMark) ? bytes.dropFirst(CSVReader.byteOrderMark.count) : bytes[...]
        let first = text.first { ![9, 10, 13, 32].contains($0) }
        let isJSON = first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
        if isJSON, !file.lowercased().hasSuffix(".csv") { return try cells(inJSON: text, after: before) }
        return try cells(inCSV: bytes, after: before)
    }

    // MARK: CSV

    private func cells(inCSV bytes: [UInt8], after before: Int) throws -> [Double] {
        var reader = CSVReader(bytes)
        do {
            guard let header = try reader.next() else { throw malformed("it is empty") }
            var found: [String: [Int]] = [:]
            for (place, name) in header.enumerated() { found[name, default: []].append(place) }
            let places = try input.columns.map { column -> Int? in
                let indices = found[column] ?? []
                guard indices.count < 2 else { throw malformed("the column '\(column)' is there twice") }
                if indices.isEmpty, input.missing[column] == nil {
                    throw HandlerFileError.missingColumn(file: file, row: nil, column: column)
                }
                return indices.first
            }
            var cells: [Double] = []
            var row = 0
            while let fields = try reader.next() {
                row += 1
                guard before + row <= maxRows else { throw HandlerFileError.tooManyRows(limit: maxRows) }
                guard fields.count == header.count else {
                    throw malformed("row \(row) has \(fields.count) fields, where there are \(header.count) columns")
                }
                for (index, place) in places.enumerated() {
                    cells.append(try cell(place.flatMap { fields[$0] }, at: index, row: row))
                }
            }
            return cells
        } catch let fault as CSVReader.Fault {
            throw malformed("line \(fault.line): \(fault.reason)")
        }
    }

    private func cell(_ text: String?, at index: Int, row: Int) throws -> Double {
        let text = (text ?? "").trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else { return try standardised(nil, at: index, row: row) }
        // Words like "nan" and hexadecimal digits are no numbers here.
        guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }), let number = Double(text),
            number.isFinite
        else { throw HandlerFileError.notANumber(file: file, row: row, column: input.columns[index]) }
        return try standardised(number, at: index, row: row)
    }

    // MARK: JSON

    private func cells(inJSON text: ArraySlice<UInt8>, after before: Int) throws -> [Double] {
        let rows: [JSONValue]
        do throws(JSONParser.Fault) {
            let value = try JSONParser.parse(text, rules: .strict)
            rows = value.arrayValue ?? [value]
        } catch {
            switch error {
            case .malformed(let offset, _): throw malformed("it isn't valid JSON at byte \(offset)")
            case .nestedTooDeep: throw malformed("its JSON is nested too deep")
            }
        }
        guard before + rows.count <= maxRows else { throw HandlerFileError.tooManyRows(limit: maxRows) }
        var cells: [Double] = []
        cells.reserveCapacity(rows.count * input.columns.count)
        for (number, row) in zip(1..., rows) {
            guard let object = row.objectValue else { throw malformed("row \(number) isn't an object") }
            for (index, column) in input.columns.enumerated() {
                let value: Double? =
                    switch object[column] ?? .null {
                    case .null: nil
                    case .integer(let value): Double(value)
                    case .number(let value): value
                    case .bool(let value): value ? 1 : 0
                    default: throw HandlerFileError.notANumber(file: file, row: number, column: column)
                    }
                cells.append(try standardised(value, at: index, row: number))
            }
        }
        return cells
    }

    // MARK: Both

    private func standardised(_ cell: Double?, at index: Int, row: Int) throws -> Double {
        let column = input.columns[index]
        guard let value = cell ?? input.missing[column] else {
            throw HandlerFileError.missingColumn(file: file, row: row, column: column)
        }
        return (value - input.mean[index]) / input.std[index]
    }

    private func malformed(_ reason: String) -> HandlerFileError { .malformedTable(file: file, reason: reason) }
}
