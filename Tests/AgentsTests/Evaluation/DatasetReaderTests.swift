import Agents
import Foundation
import Testing

@Suite("Data sets of tasks")
struct DatasetReaderTests {
    private let line = #"{"task_id":"HumanEval/0","prompt":"def f():\n","canonical_solution":"    return 1\n","test":"def check(c):\n    assert c() == 1\n","entry_point":"f"}"#

    private func read(_ text: String, _ dataset: EvaluationDataset = .humaneval) throws -> [EvaluationTask] {
        try DatasetReader(dataset).read(Data(text.utf8)).tasks
    }

    @Test("HumanEval's lines become tasks")
    func humanEval() throws {
        let task = try #require(try read(line + "\r\n\n").first)
        #expect(task.id == "humaneval_HumanEval/0")
        #expect(task.fileName == "humaneval_HumanEval_0")
        #expect(task.program(completing: "    return 2\n") == "def f():\n    return 2\n")
    }

    @Test("MBPP comes in lines and as an array")
    func mbpp() throws {
        let lines = try read(#"{"task_id":2,"text":"Do.","code":"def h(): pass\r\ndef g(x):\n  return x","test_list":["assert set(g(1)) == 1","assert g(2) == 2"],"test_setup_code":"a = 1","challenge_test_list":[]}"#, .mbpp)
        #expect(lines[0].entryPoint == "g")
        #expect(lines[0].setup == "a = 1")
        #expect(lines[0].tests == "assert set(g(1)) == 1\nassert g(2) == 2")
        let array = try read(#" [{"task_id":3,"prompt":"Do.","code":"def g(x):\n  return x","test_list":["assert g(1) == 1"],"test_imports":["import math"]}]"#, .mbpp)
        #expect(array[0].prompt == "Do.")
        #expect(array[0].setup == "import math")
    }

    @Test("what doesn't fit is refused with its place")
    func faults() {
        #expect(throws: EvaluationError.badDataset(place: 2, reason: "isn't a JSON object")) { try read(line + "\n{\"task_id\"") }
        #expect(throws: EvaluationError.badDataset(place: 2, reason: "has the same task_id as entry 1")) { try read(line + "\n" + line) }
        #expect(throws: EvaluationError.badDataset(place: 1, reason: "lacks the key prompt")) { try read(#"{"task_id":"a"}"#) }
        #expect(throws: EvaluationError.badDataset(place: 1, reason: "has a wrong type at task_id")) { try read(line.replacing("\"HumanEval/0\"", with: "0")) }
        #expect(throws: EvaluationError.badDataset(place: 1, reason: "names no function to test")) { try read(line.replacing("\"f\"", with: "\"f()\"")) }
        #expect(throws: EvaluationError.badDataset(place: 1, reason: "holds a NUL character")) { try read(line.replacing("return 1", with: "\\u0000")) }
        #expect(throws: EvaluationError.badDataset(place: 0, reason: "holds no tasks")) { try read("\n") }
        #expect(throws: EvaluationError.self) { try DatasetReader(.humaneval).read(Data([0x1F, 0x8B, 8, 0])) }
        #expect(throws: EvaluationError.datasetUnreadable) { try DatasetReader(.humaneval).read(URL(fileURLWithPath: "/nowhere/at.all")) }
    }

    @Test("tasks are chosen by name and number")
    func choice() throws {
        let tasks = [EvaluationSamples.add, EvaluationSamples.inverse]
        #expect(try tasks.chosen(names: ["HumanEval/901"], limit: nil).map(\.name) == ["HumanEval/901"])
        #expect(try tasks.chosen(names: [], limit: 1).map(\.name) == ["HumanEval/900"])
        #expect(throws: EvaluationError.unknownTasks(["x"])) { try tasks.chosen(names: ["x"], limit: nil) }
    }
}
