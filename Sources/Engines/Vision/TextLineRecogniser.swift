import Foundation
import Media

/// Reads one line of text with PP-OCR's recognition network.
struct TextLineRecogniser: Sendable {
    /// Pixels of a line's height.
    static let height = 48
    /// Pixels of a line's width; longer ones are squeezed.
    static let longestLine = 1600
    /// Narrower lines are padded to this, as in training.
    private static let narrowestInput = 320

    private let session: OnnxSession
    private let inputName: String
    private let outputName: String
    /// The character of each class; class 0 is the blank.
    private let characters: [String]

    init(session: OnnxSession) throws {
        guard let input = session.inputs.first, let output = session.outputs.first,
            let list = session.metadata["character"]
        else {
            throw NativeEngineError.unexpectedModel(
                name: "PP-OCR recognition", reason: "metadata with a character list was expected")
        }
        self.session = session
        inputName = input.name
        outputName = output.name
        var lines = list.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        if lines.last == "" { lines.removeLast() }
        characters = [""] + lines + [" "]
    }

    /// - Parameter line: An upright picture of `height`.
    /// - Returns: the text and the mean probability of its characters.
    func read(_ line: RGBImage) throws -> (text: String, score: Double) {
        let canvas = PixelSize(width: max(Self.narrowestInput, (line.width + 31) / 32 * 32), height: Self.height)
        let plan = PicturePlan(
            scaled: line.size, canvas: canvas, padding: 127.5, mean: 127.5, factor: 1 / 127.5, blueFirst: true)
        let outputs = try session.compute([inputName: Tensor(line.planes(plan), shape: plan.shape)])
        guard let output = outputs[outputName], let probabilities = output.floats, output.shape.count == 3,
            output.shape[2] == characters.count
        else {
            throw NativeEngineError.unexpectedModel(
                name: "PP-OCR recognition", reason: "\(characters.count) classes were expected")
        }
        return decode(probabilities, steps: output.shape[1])
    }

    /// Greedy decoding of connectionist temporal classification: the best class of each step, repeats joined, blanks dropped.
    private func decode(_ probabilities: [Float], steps: Int) -> (text: String, score: Double) {
        var text = ""
        var total = 0.0
        var read = 0
        var previous = 0
        probabilities.withUnsafeBufferPointer { values in
            for step in 0..<steps {
                let row = step * characters.count
                var best = 0
                for column in 1..<characters.count where values[row + column] > values[row + best] { best = column }
                if best != 0, best != previous {
                    text += characters[best]
                    total += Double(values[row + best])
                    read += 1
                }
                previous = best
            }
        }
        return (text, read == 0 ? 0 : total / Double(read))
    }
}
