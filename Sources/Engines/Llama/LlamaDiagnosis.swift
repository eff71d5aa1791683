/// Reads from llama-server's last lines why it ended.
enum LlamaDiagnosis {
    static func diagnose(_ lines: [String], _ status: ExitStatus) -> EngineProgram.Diagnosis? {
        known.diagnose(lines, status)
    }

    private static let known = KnownEnds(entries: [
        (["couldn't bind", "failed to bind", "address already in use"], "Its port was taken by another program.", false),
        (
            ["invalid argument:", "error while handling argument", "unknown argument"],
            "This llama-server doesn't know an option it was given; use a newer one.", true
        ),
        (
            ["unknown model architecture", "unknown projector type", "unknown pre-tokenizer"],
            "This llama-server is too old for the model; use a newer one.", true
        ),
        (
            ["unable to allocate", "failed to allocate", "out of memory", "cannot allocate memory", "bad_alloc"],
            "There isn't enough memory for the model; use a smaller one or a shorter context.", true
        ),
        (
            ["invalid magic", "tensor data is not within", "failed to read", "file bounds", "corrupt", "bad gguf"],
            "The model's file is damaged; remove the model and fetch it again.", true
        ),
        (
            ["no such file", "failed to open"], "The model's file is missing or can't be read; fetch the model again.", true
        ),
        (["failed to load mmproj", "failed to load multimodal", "clip_init"], "The vision projector doesn't fit the model.", true),
        (["failed to load model", "error loading model"], "The model's file can't be loaded; fetch the model again.", true),
    ])
}
