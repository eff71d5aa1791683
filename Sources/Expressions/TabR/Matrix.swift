/// Rows of single precision numbers. Measures that don't fit each other are the program's fault, never the input's: files are checked before.
package struct Matrix: Sendable, Equatable {
    package let rows: Int
    package let columns: Int
    package var values: [Float]

    package init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns)
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    package init(rows: Int, columns: Int) { self.init(rows: rows, columns: columns, values: [Float](repeating: 0, count: rows * columns)) }

    package func row(_ index: Int) -> ArraySlice<Float> { values[index * columns..<(index + 1) * columns] }

    private typealias Lanes = SIMD16<Float>

    /// This matrix times the transposed other one, plus a row: what a fully connected layer computes, weights a row for each output.
    ///
    /// Four rows by four outputs at a time: each number that is read is used four times.
    package func times(transposed weights: Matrix, plus bias: [Float]? = nil) -> Matrix {
        precondition(columns == weights.columns)
        let (outputs, depth) = (weights.rows, columns)
        let result = [Float](unsafeUninitializedCapacity: rows * outputs) { out, count in
            values.withUnsafeBufferPointer { left in
                weights.values.withUnsafeBufferPointer { right in
                    for row in stride(from: 0, to: rows, by: 4) {
                        let rowCount = min(4, rows - row)
                        for output in stride(from: 0, to: outputs, by: 4) {
                            let outputCount = min(4, outputs - output)
                            if rowCount == 4, outputCount == 4 {
                                Self.block(left, right, row, output, depth, outputs, out)
                            } else {
                                for r in row..<row + rowCount {
                                    for o in output..<output + outputCount { out[r * outputs + o] = Self.dot(left, r * depth, right, o * depth, depth) }
                                }
                            }
                        }
                    }
                }
            }
            if let bias {
                for row in 0..<rows { for output in 0..<outputs { out[row * outputs + output] += bias[output] } }
            }
            count = rows * outputs
        }
        return Matrix(rows: rows, columns: outputs, values: result)
    }

    private typealias Numbers = UnsafeBufferPointer<Float>

    @inline(__always)
    private static func lanes(_ numbers: Numbers, _ at: Int) -> Lanes {
        UnsafeRawBufferPointer(numbers).loadUnaligned(fromByteOffset: at * 4, as: Lanes.self)
    }

    private static func block(
        _ left: Numbers, _ right: Numbers, _ row: Int, _ output: Int, _ depth: Int, _ outputs: Int, _ out: UnsafeMutableBufferPointer<Float>
    ) {
        var s00 = Lanes.zero, s01 = Lanes.zero, s02 = Lanes.zero, s03 = Lanes.zero
        var s10 = Lanes.zero, s11 = Lanes.zero, s12 = Lanes.zero, s13 = Lanes.zero
        var s20 = Lanes.zero, s21 = Lanes.zero, s22 = Lanes.zero, s23 = Lanes.zero
        var s30 = Lanes.zero, s31 = Lanes.zero, s32 = Lanes.zero, s33 = Lanes.zero
        let (l0, l1, l2, l3) = (row * depth, (row + 1) * depth, (row + 2) * depth, (row + 3) * depth)
        let (r0, r1, r2, r3) = (output * depth, (output + 1) * depth, (output + 2) * depth, (output + 3) * depth)
        var k = 0
        while k + Lanes.scalarCount <= depth {
            let a0 = lanes(left, l0 + k), a1 = lanes(left, l1 + k), a2 = lanes(left, l2 + k), a3 = lanes(left, l3 + k)
            let b0 = lanes(right, r0 + k)
            s00.addProduct(a0, b0)
            s10.addProduct(a1, b0)
            s20.addProduct(a2, b0)
            s30.addProduct(a3, b0)
            let b1 = lanes(right, r1 + k)
            s01.addProduct(a0, b1)
            s11.addProduct(a1, b1)
            s21.addProduct(a2, b1)
            s31.addProduct(a3, b1)
            let b2 = lanes(right, r2 + k)
            s02.addProduct(a0, b2)
            s12.addProduct(a1, b2)
            s22.addProduct(a2, b2)
            s32.addProduct(a3, b2)
            let b3 = lanes(right, r3 + k)
            s03.addProduct(a0, b3)
            s13.addProduct(a1, b3)
            s23.addProduct(a2, b3)
            s33.addProduct(a3, b3)
            k += Lanes.scalarCount
        }
        @inline(__always)
        func put(_ r: Int, _ o: Int, _ sum: Lanes, _ l: Int, _ w: Int) {
            var total = sum.sum()
            for rest in k..<depth { total += left[l + rest] * right[w + rest] }
            out[(row + r) * outputs + output + o] = total
        }
        put(0, 0, s00, l0, r0)
        put(0, 1, s01, l0, r1)
        put(0, 2, s02, l0, r2)
        put(0, 3, s03, l0, r3)
        put(1, 0, s10, l1, r0)
        put(1, 1, s11, l1, r1)
        put(1, 2, s12, l1, r2)
        put(1, 3, s13, l1, r3)
        put(2, 0, s20, l2, r0)
        put(2, 1, s21, l2, r1)
        put(2, 2, s22, l2, r2)
        put(2, 3, s23, l2, r3)
        put(3, 0, s30, l3, r0)
        put(3, 1, s31, l3, r1)
        put(3, 2, s32, l3, r2)
        put(3, 3, s33, l3, r3)
    }

    private static func dot(_ left: Numbers, _ l: Int, _ right: Numbers, _ r: Int, _ depth: Int) -> Float {
        var sum = Lanes.zero
        var k = 0
        while k + Lanes.scalarCount <= depth {
            sum.addProduct(lanes(left, l + k), lanes(right, r + k))
            k += Lanes.scalarCount
        }
        var total = sum.sum()
        for rest in k..<depth { total += left[l + rest] * right[r + rest] }
        return total
    }

    /// Row by row: the mean taken away, divided by the standard deviation (biased, epsilon 1e-5), times gains, plus shifts.
    package func normalised(_ gains: [Float], _ shifts: [Float]) -> Matrix {
        var result = self
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let mean = values[range].reduce(0, +) / Float(columns)
            let variance = values[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(columns)
            let scale = 1 / (variance + 1e-5).squareRoot()
            for column in 0..<columns {
                result.values[row * columns + column] = (values[row * columns + column] - mean) * scale * gains[column] + shifts[column]
            }
        }
        return result
    }

    package var rectified: Matrix {
        var result = self
        for index in result.values.indices where result.values[index] < 0 { result.values[index] = 0 }
        return result
    }

    package static func + (a: Matrix, b: Matrix) -> Matrix {
        precondition(a.rows == b.rows && a.columns == b.columns)
        var result = a
        for index in result.values.indices { result.values[index] += b.values[index] }
        return result
    }
}
