/// What is wrong with a `handler.yaml`, by itself or with the model beside it.
package struct OnnxPlanFault: Error, Equatable {
    /// `input.width`; empty for the file as a whole.
    package var key: String
    /// Counted from 1; `nil` where the model and not the text tells.
    package var line: Int?
    /// What follows the key in a sentence: "must be one of rgb, bgr".
    package var message: String

    package init(key: String, line: Int? = nil, message: String) {
        self.key = key
        self.line = line
        self.message = message
    }

    /// For people: "handler.yaml, line 4: input.width must be a whole number from 1 to 4096."
    package var sentence: String {
        "handler.yaml\(line.map { ", line \($0)" } ?? ""): \(key.isEmpty ? "" : key + " ")\(message)."
    }
}
