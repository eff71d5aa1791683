import Agents
import Testing

@Suite("Code in answers")
struct AnswerCodeTests {
    private func extract(_ answer: String) -> String { AnswerCode.extract(from: answer, for: EvaluationSamples.add) }
    private let function = "def add(a, b):\n    return a + b\n"

    @Test("comes out of whatever stands around it")
    func wrapped() {
        #expect(extract("Sure!\n```python\n\(function)```\nIt adds.") == function)
        #expect(extract("```\nadd(1, 2)\n```\nand\n```py\n\(function)```") == function)
        #expect(extract("<think>\n```python\ndef add(a, b):\n    return 0\n```\n</think>\n```python\n\(function)```") == function)
        #expect(extract("They want a sum.</think>```python\n\(function)```".replacing("</think>```", with: "</think>\n```")) == function)
        #expect(extract("Here it is:\n\n\(function)") == function)
        #expect(extract("```python\r\n\(function.replacing("\n", with: "\r\n"))```") == function)
    }

    @Test("an open fence ends with the answer, an open thought leaves none")
    func cut() {
        #expect(extract("```python\ndef add(a, b):\n    return a").hasPrefix("def add(a, b):\n    return a"))
        #expect(extract("<think>\n\(function)") == "")
        #expect(extract("") == "")
    }

    @Test("a continued function ends where it ends")
    func continued() {
        #expect(extract("    return a + b\n\nprint(add(1, 2))\n") == "    return a + b\n\n")
        #expect(extract("return a + b") == "    return a + b\n")
        #expect(extract("c = a + b\n    return c\n") == "    c = a + b\n    return c\n\n")
    }
}
