/// What a `handler.yaml` says about plain numbers as output.
package struct ValueOutput: Sendable, Equatable {
    /// `nil`: the model's only output.
    package var name: String?

    package init(name: String? = nil) { self.name = name }

    init(_ section: PlanSection) throws {
        try section.check(known: ["kind", "name"])
        name = try section.text("name")
    }
}
