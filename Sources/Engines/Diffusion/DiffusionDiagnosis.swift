/// Reads from sd-server's last lines why it ended.
enum DiffusionDiagnosis {
    static func diagnose(_ lines: [String], _ status: ExitStatus) -> EngineProgram.Diagnosis? {
        let known = known.diagnose(lines, status)
        // A port that is taken is no fault to it: it ends well.
        guard known == nil, status == .code(0), lines.contains(where: { $0.contains("listening on:") }) else { return known }
        return EngineProgram.Diagnosis(reason: "Its port was taken by another program.", isPermanent: false)
    }

    private static let known = KnownEnds(entries: [
        (
            ["unknown argument", "invalid parameter for argument"],
            "This sd-server doesn't know an option it was given; use a newer one.", true
        ),
        (
            ["out of memory", "cannot allocate memory", "bad_alloc", "buffer failed", "failed to allocate"],
            "There isn't enough memory for the model; use a smaller one.", true
        ),
        (["not found"], "A file of the model is missing or can't be read; fetch the model again.", true),
        (
            ["read tensor data failed", "load tensors from file failed", "init model loader from file failed"],
            "A file of the model is damaged, or of a kind that this sd-server doesn't know; remove the model and fetch it again.", true
        ),
        (
            ["get sd version from file failed", "load tensors from model loader failed", "new_sd_ctx_t failed"],
            "The files don't make a model that this sd-server knows; use a newer one, or other files.", true
        ),
    ])
}
