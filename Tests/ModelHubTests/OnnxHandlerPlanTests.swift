import Engines
import Foundations
import ModelHub
import Testing

@Suite struct OnnxHandlerPlanTests {
    private func plan(_ yaml: String, files: [String: String] = [:]) throws -> OnnxHandlerPlan {
        try OnnxHandlerPlan(yaml: yaml) { files[$0] }
    }

    /// The fault of a `handler.yaml`, as a sentence.
    private func fault(_ yaml: String) -> String? {
        do {
            _ = try plan(yaml)
            return nil
        } catch {
            return (error as? OnnxPlanFault)?.sentence
        }
    }

    @Test func everyFieldOfPicturesIsRead() throws {
        let read = try plan(
            """
            input:
              kind: image
              name: images
              width: 320
              height: 240
              layout: nhwc
              colour: bgr
              resize: pad
              pad: 7
              scale: 0.5
              mean: [1, 2, 3]
              std: 4
            output:
              kind: classes
              name: probabilities
              activation: sigmoid
              labels: labels.txt
              top: 2
              threshold: 0.25
            """, files: ["labels.txt": "red\r\ngreen\r\nblue\r\n"])
        var image = ImageInput()
        image.name = "images"
        image.width = 320
        image.height = 240
        image.layout = .nhwc
        image.colour = .bgr
        image.resize = .pad
        image.pad = 7
        image.scale = 0.5
        image.mean = [1, 2, 3]
        image.std = [4, 4, 4]
        #expect(read.input == .image(image))
        var classes = ClassOutput()
        classes.name = "probabilities"
        classes.activation = .sigmoid
        classes.labels = ["red", "green", "blue"]
        classes.top = 2
        classes.threshold = 0.25
        #expect(read.output == .classes(classes))
    }

    @Test func everyFieldOfTablesIsRead() throws {
        let read = try plan(
            """
            input: {kind: table, name: x, columns: [age, income], missing: {age: 38.5}, mean: [1, 2], std: [3, 4]}
            output: {kind: values, name: y}
            """)
        let table = TableInput(name: "x", columns: ["age", "income"], missing: ["age": 38.5], mean: [1, 2], std: [3, 4])
        #expect(read.input == .table(table))
        #expect(read.output == .values(ValueOutput(name: "y")))
    }

    @Test func whatIsLeftOutHasDefaults() throws {
        let read = try plan("input: {kind: image}\noutput: {kind: classes, labels: [no, yes], top: }")
        #expect(read.input == .image(ImageInput()))
        var classes = ClassOutput()
        // Words that YAML also reads as truth values stay words.
        classes.labels = ["no", "yes"]
        #expect(read.output == .classes(classes))
    }

    @Test(arguments: [
        ("", "handler.yaml: it is empty."),
        ("a: [", nil),
        ("input: {kind: image}", "output is missing."),
        ("input: {kind: sound}\noutput: {kind: values}", "line 1: input.kind must be one of image, table."),
        ("input: {}\noutput: {kind: values}", "input.kind is missing."),
        ("input: {kind: image}\noutput: {kind: values}\nextra: 1", "line 3: extra isn't known; there are input, output."),
        ("input:\n  kind: image\n  columns: [a]\noutput: {kind: values}", "line 3: input.columns isn't known"),
        ("input:\n  kind: image\n  width: 0\noutput: {kind: values}", "line 3: input.width must be a whole number from 1 to 4096."),
        ("input:\n  kind: image\n  layout: chw\noutput: {kind: values}", "line 3: input.layout must be one of nchw, nhwc."),
        ("input:\n  kind: image\n  mean: [1, 2]\noutput: {kind: values}", "line 3: input.mean must be a number, or a list of 3"),
        ("input:\n  kind: image\n  std: [1, 0, 1]\noutput: {kind: values}", "line 3: input.std must not be 0."),
        ("input:\n  kind: image\n  scale: .nan\noutput: {kind: values}", "line 3: input.scale must be a number."),
        ("input: {kind: table}\noutput: {kind: values}", "input.columns must name the columns"),
        ("input: {kind: table, columns: [a, a]}\noutput: {kind: values}", "input.columns has a name twice."),
        ("input: {kind: table, columns: [a], missing: {b: 1}}\noutput: {kind: values}", "input.missing names 'b'"),
        ("input: {kind: table, columns: [a], missing: {a: x}}\noutput: {kind: values}", "input.missing.a must be a number."),
        ("input: {kind: image}\noutput:\n  kind: classes\n  labels: none.txt", "line 4: output.labels must be a list, or the name"),
        ("input: {kind: image}\noutput:\n  kind: classes\n  top: 0", "line 4: output.top must be a whole number from 1 to 10000."),
        ("input: {kind: image}\noutput: {kind: values, top: 1}", "output.top isn't known; there are kind, name."),
        ("input: {kind: image}\ninput: {kind: image}", nil),
    ] as [(String, String?)])
    func whatDoesNotFitIsNamed(yaml: String, part: String?) throws {
        let sentence = try #require(fault(yaml))
        #expect(sentence.hasPrefix("handler.yaml") && sentence.hasSuffix("."))
        #expect(sentence.contains(part ?? "it isn't valid YAML"), "\(sentence)")
    }

    @Test func labelsComeFromNowhereElse() {
        for name in ["../labels.txt", "/labels.txt", ".labels"] {
            #expect(throws: OnnxPlanFault.self) {
                _ = try OnnxHandlerPlan(yaml: "input: {kind: image}\noutput: {kind: classes, labels: \(name)}") { _ in "a" }
            }
        }
    }

    @Test func tablesMustFitTheModel() throws {
        let table = TableInput(columns: ["a", "b"])
        try table.check(shape: [nil, 2], elementType: .float32)
        try table.check(shape: [1, nil], elementType: .float64)
        #expect(throws: OnnxPlanFault.self) { try table.check(shape: [nil, 3], elementType: .float32) }
        #expect(throws: OnnxPlanFault.self) { try table.check(shape: [2], elementType: .float32) }
        #expect(throws: OnnxPlanFault.self) { try table.check(shape: [nil, 2], elementType: .string) }
    }

    @Test func labelsMustFitTheModel() throws {
        var classes = ClassOutput()
        classes.labels = ["no", "yes"]
        let output = FileOutput.classes(classes)
        try output.check(shape: [nil, 2], elementType: .float32)
        try output.check(shape: [nil, 2, 1, 1], elementType: .float32)
        try output.check(shape: [nil, nil], elementType: .float32)
        #expect(throws: OnnxPlanFault.self) { try output.check(shape: [nil, 3], elementType: .float32) }
        #expect(throws: OnnxPlanFault.self) { try output.check(shape: [nil, 2], elementType: .float16) }
        #expect(throws: OnnxPlanFault.self) { try output.check(shape: [nil, 2], elementType: nil) }
    }
}
