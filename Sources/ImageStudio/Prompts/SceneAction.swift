/// Something that people do in a text, and how it looks.
struct SceneAction: Sendable {
    let cues: Cues
    /// Behind "two people": "raising glasses to each other".
    let look: String

    static func found(in text: CueText) -> SceneAction? { text.first(of: all, \.cues) }

    /// What people do when the text doesn't say: together, and alone.
    static let together = "talking with each other in the middle of a lively moment"
    static let alone = "caught in the middle of a lively moment"

    static let all: [SceneAction] = [
        SceneAction(cues: ["hug", "hugging", "cuddle", "🤗", "🫂"], look: "in a warm friendly hug"),
        SceneAction(cues: ["dance", "dancing", "💃", "🕺"], look: "dancing with raised arms and flying steps"),
        SceneAction(cues: ["cake", "candle", "🎂", "🍰"], look: "around a big cake with one slice already missing"),
        SceneAction(cues: ["coffee", "tea", "chai", "latte", "☕", "🍵"], look: "holding steaming cups and leaning in over the table"),
        SceneAction(cues: ["cheer", "toast", "wine", "beer", "🍻", "🥂", "🍷"], look: "raising their glasses in a toast"),
        SceneAction(
            cues: ["cook", "cooking", "bake", "baking", "recipe", "🍳"], look: "cooking, one stirring a pot with flour on the sleeves"),
        SceneAction(
            cues: ["eat", "eating", "ate", "food", "dinner", "lunch", "pizza", "hungry", "🍕", "🍔", "🍜"],
            look: "sharing food with full plates between them"),
        SceneAction(cues: ["run", "running", "race", "late", "hurry", "🏃"], look: "running side by side, hair and clothes in motion"),
        SceneAction(cues: ["walk", "walking", "stroll", "🚶"], look: "walking side by side with easy steps"),
        SceneAction(cues: ["hike", "hiking", "trek", "climb", "climbing"], look: "climbing up a path with backpacks"),
        SceneAction(cues: ["swim", "swimming", "surf", "surfing", "🏄", "🏊"], look: "splashing at the edge of the water"),
        SceneAction(cues: ["sing", "singing", "karaoke", "🎤"], look: "singing into a microphone with closed eyes"),
        SceneAction(cues: ["guitar", "piano", "drum", "🎸", "🎹", "🥁"], look: "playing music with busy hands"),
        SceneAction(
            cues: ["game", "gaming", "play", "playing", "🎮", "🕹"], look: "playing a game, leaning forward with controllers in their hands"),
        SceneAction(
            cues: ["cricket", "football", "soccer", "basketball", "tennis", "goal", "⚽", "🏏", "🏀"],
            look: "in the middle of a match, chasing the ball"),
        SceneAction(cues: ["study", "studying", "exam", "homework", "📚"], look: "bent over open books and scribbled notes"),
        SceneAction(
            cues: ["work", "working", "code", "coding", "meeting", "laptop", "💻"], look: "working at a laptop and pointing at the screen"),
        SceneAction(cues: ["selfie", "photo", "picture", "🤳", "📸"], look: "posing close together for a photo, one arm stretched out"),
        SceneAction(cues: ["drive", "driving", "road trip", "🚗"], look: "sitting in a car with the windows down"),
        SceneAction(cues: ["travel", "flight", "trip", "suitcase", "✈", "🧳"], look: "pulling suitcases and looking ahead with excitement"),
        SceneAction(cues: ["sleep", "sleepy", "nap", "😴", "💤"], look: "half asleep under a soft blanket"),
        SceneAction(cues: ["workout", "gym", "lift", "push up", "💪", "🏋"], look: "exercising with full effort"),
        SceneAction(cues: ["yoga", "meditate", "meditation", "🧘"], look: "sitting in a calm yoga pose"),
        SceneAction(cues: ["gift", "present", "surprise", "🎁"], look: "handing over a wrapped present with a big bow"),
        SceneAction(cues: ["phone", "call", "text me", "reply", "📱", "📞"], look: "looking at a glowing phone"),
        SceneAction(cues: ["dog", "puppy", "🐶", "🐕"], look: "playing with a happy fluffy dog"),
        SceneAction(cues: ["cat", "kitten", "🐱", "🐈", "😺"], look: "petting a sleepy cat"),
        SceneAction(cues: ["movie", "film", "netflix", "popcorn", "🍿"], look: "watching a screen with a shared bucket of popcorn"),
        SceneAction(cues: ["shopping", "buy", "bought", "🛍"], look: "carrying colourful shopping bags"),
        SceneAction(cues: ["wave", "hi", "hello", "hey", "bye", "👋"], look: "waving with an open hand"),
        SceneAction(cues: ["win", "won", "champion", "🏆", "🥇"], look: "lifting a trophy with both arms"),
        SceneAction(cues: ["wait", "waiting", "miss you", "missed you"], look: "looking out into the distance, waiting"),
    ]
}

/// What a text says of the light.
enum SceneLight {
    static func found(in text: CueText) -> String? { text.first(of: all, \.cues)?.look }

    private static let all: [(cues: Cues, look: String)] = [
        (["sunrise", "dawn", "good morning", "🌅"], "fresh pink and gold sunrise light"),
        (["morning", "breakfast"], "soft clear morning light"),
        (["sunset", "dusk", "golden hour", "🌇", "🌆"], "golden sunset light with long shadows"),
        (["evening", "tonight"], "warm evening light with glowing lamps"),
        (["night", "midnight", "moon", "star", "🌙", "🌃", "⭐"], "deep blue night with moonlight and small warm lamps"),
        (["sun", "sunny", "summer", "noon", "☀", "🌞"], "bright sunlight from a clear sky"),
        (["rain", "storm", "cloudy", "🌧", "⛈"], "grey overcast light with wet reflections"),
        (["candle", "romantic", "🕯"], "gentle flickering candlelight"),
        (["neon", "club", "disco", "party"], "colourful neon light with soft haze"),
        (["firework", "🎆", "🎇"], "bursts of firework light over a dark sky"),
        (["fog", "mist", "🌫"], "soft diffuse light in drifting mist"),
    ]
}
