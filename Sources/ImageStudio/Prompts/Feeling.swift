/// What a text feels like, and how that shows on faces.
enum Feeling: String, Sendable, CaseIterable {
    case amused, joyful, loving, playful, excited, proud, surprised, calm, sad, angry, worried, tired, awkward, thankful

    /// Emoji tell the tone better than words do; of several the first counts.
    /// - Returns: `nil`: the text doesn't say.
    static func found(in text: CueText) -> Feeling? {
        for table in [pictures, words] {
            let places = allCases.compactMap { feeling in table[feeling].flatMap(text.place).map { (feeling, $0) } }
            if let first = places.min(by: { $0.1 < $1.1 }) { return first.0 }
        }
        return nil
    }

    /// The feeling of a mood that somebody has judged. Flirting is drawn as banter: nothing more is ever made of it.
    init?(_ mood: PromptMood) {
        guard mood.confidence >= 0.3 else { return nil }
        switch mood.mood {
        case .neutral: return nil
        case .playful, .flirty: self = .playful
        case .warm: self = .loving
        case .tense: self = mood.intensity > 1 ? .angry : .worried
        case .sad: self = .sad
        case .awkward: self = .awkward
        }
    }

    /// On a face.
    var expression: String {
        switch self {
        case .amused: "laughing out loud with narrowed eyes"
        case .joyful: "a wide bright smile"
        case .loving: "a tender warm smile and soft eyes"
        case .playful: "a cheeky grin and one raised eyebrow"
        case .excited: "shining wide eyes and an open delighted mouth"
        case .proud: "a confident smile and a lifted chin"
        case .surprised: "raised eyebrows and an open mouth"
        case .calm: "a relaxed gentle smile"
        case .sad: "lowered eyes and a trembling lip"
        case .angry: "frowning brows and tight lips"
        case .worried: "a tense look and bitten lip"
        case .tired: "heavy eyelids and a yawn"
        case .awkward: "a lopsided smile and blushing cheeks"
        case .thankful: "a grateful smile and warm eyes"
        }
    }

    /// On the faces of the others.
    var reaction: String {
        switch self {
        case .sad, .worried, .tired: "a caring concerned look"
        case .angry: "a startled look and raised hands"
        case .awkward: "a held-back laugh"
        default: expression
        }
    }

    /// The posture of whoever the picture is of.
    var gesture: String {
        switch self {
        case .amused: "bent forward, one hand on the belly"
        case .joyful: "arms wide open"
        case .loving: "one hand on the heart"
        case .playful: "pointing with a finger, winking"
        case .excited: "both fists raised"
        case .proud: "hands on the hips, standing tall"
        case .surprised: "hands raised to the cheeks"
        case .calm: "shoulders loose, hands resting"
        case .sad: "shoulders hanging, arms wrapped around the body"
        case .angry: "arms crossed, leaning forward"
        case .worried: "hands clasped in front of the chest"
        case .tired: "head propped on one hand"
        case .awkward: "scratching the back of the head"
        case .thankful: "palms pressed together"
        }
    }

    var adjective: String { self == .thankful ? "grateful" : rawValue }

    private static let words: [Feeling: Cues] = [
        .amused: ["haha", "hahaha", "hahahaha", "lol", "lmao", "rofl", "funny", "hilarious", "laugh", "laughing", "jaja"],
        .joyful: ["happy", "glad", "yay", "great", "wonderful", "best day", "smile", "feliz"],
        .loving: ["love", "miss you", "missed you", "hug", "dear", "sweet", "amor"],
        .playful: ["tease", "teasing", "joke", "joking", "kidding", "prank", "silly", "dare"],
        .excited: ["excited", "cant wait", "finally", "omg", "wow", "amazing", "awesome", "lets go", "hype"],
        .proud: ["proud", "won", "win", "passed", "promotion", "graduated", "congrat", "congratulation", "champion"],
        .surprised: ["surprise", "surprised", "unbelievable", "cant believe", "shocked", "no way"],
        .calm: ["calm", "relax", "relaxed", "relaxing", "peace", "peaceful", "quiet", "chill"],
        .sad: ["sad", "cry", "crying", "lonely", "alone", "heartbroken", "lost", "triste"],
        .angry: ["angry", "mad", "furious", "annoyed", "annoying", "hate", "fight", "argue", "unfair"],
        .worried: ["worried", "worry", "nervous", "scared", "afraid", "anxious", "stress", "stressed", "exam", "help"],
        .tired: ["tired", "exhausted", "sleepy", "sleep", "bored", "boring", "long day", "good night", "goodnight"],
        .awkward: ["awkward", "embarrassing", "embarrassed", "oops", "ups", "my bad", "cringe"],
        .thankful: ["thank", "thanks", "thank you", "grateful", "sorry", "forgive", "gracias", "shukriya"],
    ]

    private static let pictures: [Feeling: Cues] = [
        .amused: ["😂", "🤣", "😹", "😆"],
        .joyful: ["😀", "😃", "😄", "😁", "😊", "🙂", "☺"],
        .loving: ["❤", "🥰", "😍", "😘", "💕", "💖", "🤗", "♥", "💛"],
        .playful: ["😜", "😝", "😛", "😏", "🤪", "😉", "😈"],
        .excited: ["🤩", "🎉", "🥳", "🔥", "🚀", "✨"],
        .proud: ["🏆", "🥇", "💪", "👏", "😎"],
        .surprised: ["😮", "😲", "😱", "🤯", "😳"],
        .calm: ["😌", "🧘", "☕", "🌿"],
        .sad: ["😢", "😭", "😔", "😞", "💔", "🥺", "☹"],
        .angry: ["😠", "😡", "🤬", "😤"],
        .worried: ["😟", "😰", "😨", "😥", "😬"],
        .tired: ["😴", "🥱", "😪", "💤", "😩"],
        .awkward: ["🙈", "😅", "🫣", "🫠"],
        .thankful: ["🙏", "🤝"],
    ]
}
