/// Letters that stand for others: by spelling, and by looks.
enum Homoglyphs {
    /// Letters without a decomposition, as they are written without the letter.
    static let spellings: [Unicode.Scalar: String] = {
        var spellings: [Unicode.Scalar: String] = [
            "ß": "ss", "ẞ": "ss", "ı": "i", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "æ": "ae",
            "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ǝ": "e", "ɛ": "e", "ɐ": "a",
            "ɑ": "a", "ɔ": "o", "ɪ": "i", "ɡ": "g", "ʀ": "r", "ɴ": "n", "ʙ": "b", "ʜ": "h", "ʟ": "l", "ʏ": "y", "ɢ": "g", "ɯ": "m",
            "ɹ": "r", "ʇ": "t", "ʌ": "v", "ʍ": "w", "ꜱ": "s", "ꜰ": "f", "ǫ": "q", "ɩ": "i", "ʊ": "u", "ᴀ": "a", "ᴄ": "c", "ᴅ": "d",
            "ᴇ": "e", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴏ": "o", "ᴘ": "p", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z",
            // Letters of Arabic script that keyboards of other languages write otherwise.
            "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا", "ہ": "ه", "ھ": "ه",
            "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
        ]
        // Letters in circles and squares, white on black: the compatibility mapping leaves them.
        for offset in UInt32(0)..<26 {
            for base: UInt32 in [0x1F150, 0x1F170, 0x24B6, 0x24D0] {
                if let letter = Unicode.Scalar(base + offset), let latin = Unicode.Scalar(0x61 + offset) {
                    spellings[letter] = String(Character(latin))
                }
            }
        }
        return spellings
    }()

    /// The Latin letters that Cyrillic, Greek, Armenian, Hebrew, Cherokee and other letters look like.
    static let latin: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs = """
            аa АA бb вb ВB гr дd ДA еe ЕE зz ЗE иu ИN кk КK лn мm МM нh НH оo ОO пn ПN рp РP сc СC тt ТT уy УY хx ХX чy шw ШW ьb ЬB яr ЯR \
            ѕs ЅS іi ІI јj ЈJ ԁd ԛq ԝw ԜW һh ҺH ӏl ӀI ғf үy ұy қk ңh єe ЄE ѵv \
            αa ΑA βb ΒB γy δd εe ΕE ζz ΖZ ηn ΗH θo ιi ΙI κk ΚK λl ΛA μu ΜM νv ΝN ξe οo ΟO πn ρp ΡP σo ΣE ςs τt ΤT υu ΥY φo χx ΧX ψy ωw \
            աw ոn սu օo ցg հh եt զq տs ѡw ñn ÑN ᎠD ᎡR ᎢT ᎪA ᎫJ ᎬE ᎳW ᎷM ᎻH ᏀG ᏃZ ᏎS ᏔW ᏙV ᏚS ᏞL ᏟC ᏢP ᏦK ՕO ՍU ∂d ∑e √v ∆a ∪u ⊂c
            """
        var latin: [Unicode.Scalar: Unicode.Scalar] = [:]
        for pair in pairs.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let scalars = Array(pair.unicodeScalars)
            if scalars.count == 2 { latin[scalars[0]] = scalars[1].properties.lowercaseMapping.unicodeScalars.first }
        }
        return latin
    }()

    /// Letters that no reader tells from Latin ones: words made of nothing else are read as Latin too.
    static let perfect: Set<UInt32> = Set("аеорсухѕіјԁԛԝһӏοανι".unicodeScalars.map(\.value))

    /// What digits and signs stand for inside a word.
    static func letter(for value: UInt32) -> UInt32? {
        switch value {
        case 0x30: 0x6F // 0 o
        case 0x31, 0x21, 0x7C: 0x69 // 1 ! | i
        case 0x33, 0x20AC: 0x65 // 3 € e
        case 0x34, 0x40: 0x61 // 4 @ a
        case 0x35, 0x24: 0x73 // 5 $ s
        case 0x37, 0x2B: 0x74 // 7 + t
        case 0x38: 0x62 // 8 b
        case 0x39: 0x67 // 9 g
        case 0xA3: 0x6C // £ l
        case 0xA2, 0x28: 0x63 // ¢ ( c
        default: nil
        }
    }
}
