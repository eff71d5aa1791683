import Foundation
import Foundations

/// How BERT cleans a text and cuts it into words, before the vocabulary is asked.
struct BertTextRules: Sendable {
    private let cleans: Bool
    private let splitsIdeographs: Bool
    private let stripsAccents: Bool
    private let lowercases: Bool

    /// - Parameter normalizer: the `BertNormalizer` of a `tokenizer.json`.
    init(normalizer: JSONValue?) {
        cleans = normalizer?["clean_text"]?.boolValue ?? true
        splitsIdeographs = normalizer?["handle_chinese_chars"]?.boolValue ?? true
        lowercases = normalizer?["lowercase"]?.boolValue ?? true
        stripsAccents = normalizer?["strip_accents"]?.boolValue ?? lowercases
    }

    /// Gives the words of a text one by one, until `take` says false.
    func words(_ text: [Unicode.Scalar], _ take: ([Unicode.Scalar]) -> Bool) {
        var word: [Unicode.Scalar] = []
        func finish() -> Bool {
            guard !word.isEmpty else { return true }
            defer { word.removeAll(keepingCapacity: true) }
            return take(word)
        }
        for scalar in normalised(text) {
            if Self.isBlank(scalar) {
                guard finish() else { return }
            } else if Self.isPunctuation(scalar) {
                guard finish(), take([scalar]) else { return }
            } else {
                word.append(scalar)
            }
        }
        _ = finish()
    }

    private func normalised(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.count)
        for scalar in text {
            if cleans {
                if scalar.value == 0 || scalar.value == 0xFFFD || Self.isControl(scalar) { continue }
                if Self.isBlank(scalar) {
                    scalars.append(" ")
                    continue
                }
            }
            if splitsIdeographs, Self.isIdeograph(scalar) {
                scalars += [" ", scalar, " "]
            } else {
                scalars.append(scalar)
            }
        }
        if stripsAccents {
            var joined = String.UnicodeScalarView()
            joined.append(contentsOf: scalars)
            scalars = String(joined).decomposedStringWithCanonicalMapping.unicodeScalars.filter {
                $0.properties.generalCategory != .nonspacingMark
            }
        }
        return lowercases ? scalars.flatMap { $0.properties.lowercaseMapping.unicodeScalars } : scalars
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar.properties.isWhitespace
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\t" || scalar == "\n" || scalar == "\r" { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate: true
        default: false
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 33...47, 58...64, 91...96, 123...126: return true
        default: break
        }
        return switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation: true
        default: false
        }
    }

    /// CJK Unified Ideographs and their extensions, as BERT's tokenizer lists them.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
            0xF900...0xFAFF, 0x2F800...0x2FA1F: true
        default: false
        }
    }
}
