/// What shall not be in a picture. Models that run without guidance ignore it, so nothing may depend on it.
enum NegativePrompt {
    static func text(for mode: PromptRequest.Mode, style: ImageStyle, isWoman: Bool = false) -> String {
        var terms = [
            "blurry", "low quality", "distorted face", "deformed hands", "extra fingers", "extra limbs", "cropped head", "watermark",
            "lettering",
            "childlike proportions",
        ]
        switch mode {
        case .shorts, .scenes: terms += ["nudity", "revealing clothes"]
        case .profile: terms += ["other people", "second face", "busy background"]
        case .oneToOne, .privateChat, .general: terms += ["other people"]
        }
        if style != .realistic { terms.append("photorealism") }
        if isWoman { terms += ["beard", "mustache", "stubble"] }
        return terms.joined(separator: ", ")
    }
}
