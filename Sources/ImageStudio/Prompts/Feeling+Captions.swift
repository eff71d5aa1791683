extension Feeling {
    /// Ten to fifteen words, "{place}" counted as two to four.
    /// - Parameter isPersonal: said by one of the two people of a chat to the other; else what the picture feels like.
    func captions(isPersonal: Bool) -> [String] { isPersonal ? personal : general }

    private var personal: [String] {
        switch self {
        case .amused:
            ["I can't stop laughing with you {place}, my cheeks really hurt", "You and I laughed so hard that I forgot what we said"]
        case .joyful: ["You make days like this one shine, and I love it", "I wish you and I could stay {place} all day long"]
        case .loving: ["I just want you to know how much you mean to me", "Every moment with you {place} makes my whole heart warm"]
        case .playful: ["You started this, so don't blame me for what comes next", "I dare you to try that again {place}, my friend"]
        case .excited: ["I can't wait any longer, you and I are doing this", "We are finally {place}, and I could jump for joy with you"]
        case .proud: ["Look at us now, I always knew you and I could", "I am so proud of you, standing tall {place} today"]
        case .surprised:
            ["Did you see that coming, because I really did not at all", "I still can't believe what you just told me {place}"]
        case .calm: ["Nothing to do but breathe, with you and me {place}", "I like it best when you and I just take it slow"]
        case .sad: ["I miss how we were, please stay with me {place} tonight", "Some days are heavy, and I am glad that you listen"]
        case .angry: ["I am still mad, and you know very well what it was", "We really need to talk about this, you and I, {place}"]
        case .worried: ["I can't get this off my mind, will you stay with me", "My heart is racing {place}, please tell me we'll be fine"]
        case .tired: ["I am done for today, wake me when you bring some coffee", "You and I need a very long nap {place}, starting now"]
        case .awkward: ["Well, that went wrong, can we pretend you never saw me there", "I wish you had not seen what I did {place}, oops"]
        case .thankful:
            ["I don't say it often enough, but thank you for being you", "Thank you for being {place} with me when I needed you"]
        }
    }

    private var general: [String] {
        switch self {
        case .amused:
            [
                "The kind of laughter that takes your breath and stays all day",
                "Tears of laughter {place}, and nobody remembers how it all began",
            ]
        case .joyful:
            ["Pure happiness, the simple kind that makes a whole day glow", "Sunshine in every heart {place}, and no reason to ever leave"]
        case .loving:
            ["Warm hearts, quiet smiles, and a moment that could last forever", "So much love {place} that the whole world turns soft"]
        case .playful:
            [
                "Mischief in the air and a grin that promises more trouble",
                "Nothing serious {place}, only teasing, giggles and a little chaos",
            ]
        case .excited:
            [
                "That electric feeling right before something wonderful is about to begin",
                "Hearts beating fast {place}, and the best is yet to come",
            ]
        case .proud: ["Every hard day was worth it for this one bright moment", "Standing tall {place}, with a heart full of quiet pride"]
        case .surprised:
            ["One heartbeat of silence, and then nothing is what it was", "Nobody saw this coming {place}, least of all today, wow"]
        case .calm:
            ["A slow breath, a soft light, and nothing left to chase", "Peace feels just like this {place}, quiet, warm and unhurried"]
        case .sad:
            [
                "Some feelings are too heavy for words, so silence carries them",
                "A heavy heart {place}, and hope waiting somewhere behind the clouds",
            ]
        case .angry:
            [
                "The storm inside is louder than anything that could be said",
                "Sparks in the air {place}, and patience running very thin now",
            ]
        case .worried:
            [
                "That knot in the stomach when everything hangs by a thread",
                "Holding breath {place}, hoping that it all turns out fine tonight",
            ]
        case .tired:
            ["The sweet weight of a long day finally coming to rest", "Too tired for anything {place} except one more lazy, long yawn"]
        case .awkward:
            ["One of those moments that only get funny many years later", "Red cheeks {place}, and a strong wish to become invisible now"]
        case .thankful:
            [
                "Gratitude that needs no big words, only an honest warm smile",
                "Small kindness, big feeling, and thanks straight from the heart {place}",
            ]
        }
    }
}
