import Foundation
import Foundations
import ModelHub
import Testing

@Suite struct ClassOutputTests {
    private func output(_ activation: ClassOutput.Activation, top: Int = 5, threshold: Double? = nil) -> ClassOutput {
        var output = ClassOutput()
        output.activation = activation
        output.top = top
        output.threshold = threshold
        return output
    }

    @Test func softmaxSumsToOne() {
        let scores = output(.softmax).scores([0, log(2), log(5)])
        for (score, wanted) in zip(scores, [0.125, 0.25, 0.625]) { #expect(abs(score - wanted) < 1e-12) }
        // Large numbers neither overflow nor change the answer.
        #expect(output(.softmax).scores([1000, 1000]) == [0.5, 0.5])
        #expect(output(.softmax).scores([]) == [])
    }

    @Test func sigmoidIsForEachAlone() {
        #expect(output(.sigmoid).scores([0, 1000, -1000]) == [0.5, 1, 0])
        #expect(output(.none).scores([3, -4]) == [3, -4])
    }

    @Test func theBestComeFirst() {
        let values: [Double] = [0.1, 0.7, .nan, 0.7, 0.2]
        #expect(output(.none, top: 3).best(values) == [
            .init(index: 1, value: 0.7), .init(index: 3, value: 0.7), .init(index: 4, value: 0.2),
        ])
        #expect(output(.none, top: 9).best(values).map(\.index) == [1, 3, 4, 0, 2])
        #expect(output(.none, threshold: 0.2).best(values).map(\.index) == [1, 3, 4])
        #expect(output(.sigmoid, threshold: 0.5).best([-1, 0, 1]).map(\.index) == [2, 1])
    }

    @Test func answersBearLabels() {
        var output = output(.none, top: 1)
        #expect(output.answer([1, 2]) == [["index": 1, "score": .number(2)]])
        output.labels = ["no", "yes"]
        #expect(output.answer([1, 2]) == [["index": 1, "label": "yes", "score": .number(2)]])
        #expect(FileOutput.classes(output).answer([1, 2]) == ["classes": output.answer([1, 2])])
        #expect(FileOutput.values(ValueOutput()).answer([1, 2.5]) == ["values": [.number(1), .number(2.5)]])
        #expect(FileOutput.classes(output).size(of: 2) == 1 && FileOutput.values(ValueOutput()).size(of: 2) == 2)
    }

    @Test func labelsAreLines() {
        #expect(ClassOutput.lines(of: "a\nb c\n") == ["a", "b c"])
        #expect(ClassOutput.lines(of: "a\r\n\r\nb") == ["a", "", "b"])
        #expect(ClassOutput.lines(of: "") == [])
    }
}
