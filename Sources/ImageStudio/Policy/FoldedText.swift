import Foundation

/// One scalar as the policy compares it: lower case, without marks.
struct FoldedScalar: Sendable {
    var value: UInt32
    /// The Latin letter it can be mistaken for; 0: none.
    var latin: UInt32 = 0
}

/// A text with its disguises off: markup decoded, compatibility forms, case, diacritics and invisible scalars folded away.
///
/// Linear in the length of the text, whatever it holds.
enum FoldedText {
    static func fold(_ text: String) -> [FoldedScalar] {
        var text = MarkupDecoding.decoded(text)
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return text.utf8.map { FoldedScalar(value: UInt32($0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0)) }
        }
        if let reversed = reversedRuns(text) { text += "\n" + reversed }
        var folded: [FoldedScalar] = []
        folded.reserveCapacity(text.utf8.count)
        // In pieces, and without marks: Foundation takes time in the square of the length to normalise Hangul, and to sort many marks.
        var piece = String.UnicodeScalarView()
        var count = 0
        for scalar in scalars(of: text.unicodeScalars) {
            if count >= 512 || (count >= 256 && !isJoined(scalar)) {
                appendNormalized(String(piece), to: &folded)
                piece = String.UnicodeScalarView()
                count = 0
            }
            piece.append(scalar)
            count += 1
        }
        appendNormalized(String(piece), to: &folded)
        return folded
    }

    private static func appendNormalized(_ piece: String, to folded: inout [FoldedScalar]) {
        let decomposed = piece.decomposedStringWithCompatibilityMapping
        let composed = String(scalars(of: decomposed.unicodeScalars)).precomposedStringWithCanonicalMapping
        for scalar in composed.unicodeScalars { append(scalar, to: &folded) }
    }

    /// Whether a scalar may compose with the one before it.
    private static func isJoined(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: (0x1160...0x11FF).contains(scalar.value)
        }
    }

    /// Every scalar except invisible ones, diacritics, and marks beyond the eighth in a row. The tilde of an ñ stays:
    /// it tells words apart.
    private static func scalars(of text: String.UnicodeScalarView) -> String.UnicodeScalarView {
        var kept = String.UnicodeScalarView()
        var marks = 0
        var last: Unicode.Scalar = " "
        for scalar in text {
            if scalar.value < 0x80 {
                marks = 0
            } else {
                if scalar.properties.isDefaultIgnorableCodePoint { continue }
                if isDiacritic(scalar.value) {
                    guard scalar.value == 0x303, last == "n" || last == "N" else { continue }
                }
                switch scalar.properties.generalCategory {
                case .nonspacingMark, .spacingMark, .enclosingMark:
                    marks += 1
                    if marks > 8 { continue }
                default: marks = 0
                }
            }
            kept.append(scalar)
            last = scalar
        }
        return kept
    }

    private static func isDiacritic(_ value: UInt32) -> Bool {
        switch value {
        case 0x300...0x36F, 0x483...0x489, 0x591...0x5BD, 0x5BF...0x5C7, 0x610...0x61A, 0x640, 0x64B...0x65F, 0x670, 0x6D6...0x6DC,
            0x6DF...0x6E8, 0x93C, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F, 0x1F3FB...0x1F3FF:
            true
        default: false
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to folded: inout [FoldedScalar]) {
        let value = scalar.value
        if value < 0x80 {
            folded.append(FoldedScalar(value: value >= 0x41 && value <= 0x5A ? value + 0x20 : value))
            return
        }
        if let letters = Homoglyphs.spellings[scalar] {
            for letter in letters.unicodeScalars { folded.append(FoldedScalar(value: letter.value)) }
            return
        }
        // A flag's letters can spell a word.
        if (0x1F1E6...0x1F1FF).contains(value) {
            folded.append(FoldedScalar(value: value - 0x1F1E6 + 0x61))
            return
        }
        if scalar.properties.numericType == .decimal, let number = scalar.properties.numericValue {
            folded.append(FoldedScalar(value: 0x30 + UInt32(number)))
            return
        }
        let latin = Homoglyphs.latin[scalar]?.value ?? 0
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        for (index, letter) in lower.enumerated() where !isDiacritic(letter.value) {
            let letters = Homoglyphs.spellings[letter]?.unicodeScalars.map(\.value) ?? [letter.value]
            for letter in letters {
                folded.append(FoldedScalar(value: letter, latin: index == 0 ? latin : 0))
            }
        }
    }

    /// What stands between right-to-left overrides, as it is shown; `nil`: the text has none.
    private static func reversedRuns(_ text: String) -> String? {
        var isInside = false
        var runs: [[Unicode.Scalar]] = []
        for scalar in text.unicodeScalars {
            if scalar.value == 0x202E {
                isInside = true
                runs.append([])
            } else if scalar.value == 0x202C || scalar.value == 0x202D || scalar.value == 0x2069 {
                isInside = false
            } else if isInside {
                runs[runs.count - 1].append(scalar)
            }
        }
        guard !runs.isEmpty else { return nil }
        var reversed = String.UnicodeScalarView()
        for run in runs {
            reversed.append(contentsOf: run.reversed())
            reversed.append(" ")
        }
        return String(reversed)
    }
}
