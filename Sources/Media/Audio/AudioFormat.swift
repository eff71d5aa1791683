import CFFmpeg

/// The forms that sound is written in.
public enum AudioFormat: String, Sendable, Codable, CaseIterable {
    /// Waves of 16 bits with a head.
    case wav
    case mp3
    /// Opus in Ogg (RFC 7845).
    case opus
    case flac
    /// AAC in ADTS.
    case aac
    /// 16 bits a sample, lowest byte first, without a head.
    case pcm

    public var contentType: String {
        switch self {
        case .wav: "audio/wav"
        case .mp3: "audio/mpeg"
        case .opus: "audio/ogg"
        case .flac: "audio/flac"
        case .aac: "audio/aac"
        case .pcm: "audio/pcm"
        }
    }

    /// The usual end of a file's name.
    public var fileExtension: String {
        switch self {
        case .opus: "ogg"
        case .pcm: "raw"
        default: rawValue
        }
    }

    /// The form that a file's name asks for.
    public init?(fileExtension: String) {
        switch fileExtension.lowercased() {
        case "ogg", "oga", "opus": self = .opus
        case "raw", "pcm": self = .pcm
        case "wav", "wave": self = .wav
        case "mp3": self = .mp3
        case "flac": self = .flac
        case "aac": self = .aac
        default: return nil
        }
    }

    /// FFmpeg's names of the encoder and the container; `nil`: written without it.
    var engine: (encoder: String, container: String)? {
        switch self {
        case .wav, .pcm: nil
        case .mp3: ("libmp3lame", "mp3")
        case .opus: ("libopus", "ogg")
        case .flac: ("flac", "flac")
        case .aac: ("aac", "adts")
        }
    }

    /// Samples a second that the form takes, as near to `rate` as it can.
    func sampleRate(for rate: Int) -> Int {
        let allowed: [Int]
        switch self {
        case .wav, .pcm, .flac: return rate
        case .opus: return 48_000
        case .mp3: allowed = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
        case .aac: allowed = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000]
        }
        return allowed.first { $0 >= rate } ?? allowed[allowed.count - 1]
    }

    /// Bits a second, where the form loses something: enough for speech.
    var bitrate: Int {
        switch self {
        case .opus: 32_000
        case .mp3, .aac: 64_000
        case .wav, .flac, .pcm: 0
        }
    }
}
