/// Turns the probability of speech in one window after the other into stretches of speech.
///
/// It does what sherpa-onnx does, so that recordings are cut at the same samples. Speech begins once it lasted for a while, and then
/// counts from before it was noticed; it ends after a while of silence. What lasts too long is cut at the next place that is a
/// little quieter.
package struct SpeechActivityState: Sendable {
    package struct Options: Sendable, Equatable {
        /// The probability from which a window counts as speech.
        package var threshold: Float
        /// Samples of silence that end a stretch.
        package var minSilence: Int
        /// Samples of speech that begin a stretch.
        package var minSpeech: Int
        /// Samples after which a stretch is cut at the next likely place.
        package var longest: Int

        package init(threshold: Float, minSilence: Int, minSpeech: Int, longest: Int) {
            self.threshold = threshold
            self.minSilence = minSilence
            self.minSpeech = minSpeech
            self.longest = longest
        }
    }

    /// Samples of a window.
    package static let window = 512
    /// Samples before a window that its probability depends on too.
    package static let context = 64

    /// While a stretch is too long: a pause of 0.1 s will do, and less than this is a pause.
    private static let hastyThreshold: Float = 0.9
    private static let hastySilence = 1600
    /// How much less likely speech may become before it counts as silence.
    private static let hysteresis = 0.15
    /// Samples taken along before the place where speech was noticed.
    private static let lead = 2 * (window + context)

    private let options: Options
    /// The end of the last window.
    private var position = 0
    /// Samples before it belong to stretches that are given out, or are silence.
    private var settled = 0
    /// Where the open stretch begins.
    private var start: Int?

    private var isSpeech = false
    private var speechBegan: Int?
    private var silenceBegan: Int?

    package init(_ options: Options) { self.options = options }

    /// Whether somebody is speaking.
    package var hears: Bool { start != nil }

    /// Takes the next window's probability.
    /// - Returns: the stretch that it ends, in samples from the first window's start.
    package mutating func add(_ probability: Float) -> Range<Int>? {
        let isTooLong = position - settled > options.longest
        let threshold = isTooLong ? Self.hastyThreshold : options.threshold
        let minSilence = isTooLong ? Self.hastySilence : options.minSilence
        position += Self.window
        let lead = Self.lead + options.minSpeech
        if isSpeech(probability, threshold: threshold, minSilence: minSilence) {
            if start == nil { start = max(position - lead, settled) }
            return nil
        }
        guard let begun = start else {
            settled = max(settled, position - lead)
            return nil
        }
        start = nil
        settled = max(begun, position - minSilence)
        return begun..<settled
    }

    /// Ends the sound.
    /// - Returns: the stretch that was open.
    package mutating func finish() -> Range<Int>? {
        guard let begun = start, position > begun else { return nil }
        start = nil
        settled = position
        return begun..<position
    }

    private mutating func isSpeech(_ probability: Float, threshold: Float, minSilence: Int) -> Bool {
        let isLoud = probability > threshold
        if isLoud {
            silenceBegan = nil
            guard let began = speechBegan else {
                speechBegan = position
                return false
            }
            if position - began >= options.minSpeech { isSpeech = true }
            return isSpeech
        }
        guard isSpeech else {
            if probability < threshold { (speechBegan, silenceBegan) = (nil, nil) }
            return false
        }
        if Double(probability) > Double(threshold) - Self.hysteresis { return true }
        let began = silenceBegan ?? position
        silenceBegan = began
        if position - began < minSilence { return true }
        (speechBegan, silenceBegan, isSpeech) = (nil, nil, false)
        return false
    }
}
