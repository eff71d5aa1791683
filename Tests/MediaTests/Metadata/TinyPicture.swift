import Foundation

/// Pictures of 2x2 pixels, made by Pillow 13 (with libjpeg-turbo and libwebp), and tools to build and take apart files that
/// know nothing of the code under test.
enum TinyPicture {
    static let png = decoded(
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAF0lEQVR4nGPgNgitmn+E6d69e/fu3QMAKUMHpC2OtgAAAAAASUVORK5CYII=")
    /// One component, JFIF.
    static let jpeg = decoded(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/
        wAALCAACAAIBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABP/EABwQAAIABwAAAAAAAAAAAAAAAAEDAAIEEyMyQv/aAAgBAQAAPwAqqZFqTCvUciP/2Q==
        """)
    /// Many scans with tables between them.
    static let progressiveJPEG = decoded(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/
        2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wgARCAACAAIDAREAAhEBAxEB/8QA
        FAABAAAAAAAAAAAAAAAAAAAAAv/EABUBAQEAAAAAAAAAAAAAAAAAAAID/9oADAMBAAIQAxAAAAEVP//EABUQAQEAAAAAAAAAAAAAAAAAAAEx/9oACAEBAAEF
        Aif/xAAXEQADAQAAAAAAAAAAAAAAAAAAAQMy/9oACAEDAQE/AabZ/8QAFhEAAwAAAAAAAAAAAAAAAAAAAAEx/9oACAECAQE/AVD/xAAUEAEAAAAAAAAAAAAA
        AAAAAAAA/9oACAEBAAY/An//xAAXEAEAAwAAAAAAAAAAAAAAAAABACFB/9oACAEBAAE/IWhvJ//aAAwDAQACAAMAAAAQH//EABcRAQADAAAAAAAAAAAAAAAA
        AAEAUbH/2gAIAQMBAT8QICW7P//EABURAQEAAAAAAAAAAAAAAAAAAAAx/9oACAECAQE/EJP/xAAVEAEBAAAAAAAAAAAAAAAAAAABAP/aAAgBAQABPxAREAAB
        v//Z
        """)
    /// Four components, with Adobe's segment.
    static let cmykJPEG = decoded(
        """
        /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAoHB4jHhkoIyEjLSsoMDxkQTw3Nzx7WF1JZJGAmZaPgIyKoLTmw6Cq2q2KjMj/y9ru9f///5vB////+v/m/f/4/8AA
        FAgAAgACBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAQF/8QAHhAAAgEEAwEAAAAAAAAAAAAAAQMCACEyQQQUYRP/2gAOBEMATQBZAEsAAD8A
        K+R7DLnI79qc+R7DLnI79p6+MiS4yklZJAJJiL01Uj8YXOI3X//Z
        """)
    static let webp = decoded(
        "UklGRjAAAABXRUJQVlA4ICQAAACQAQCdASoCAAIABUB8JQBOgB4+iwAA++Daf0NlIb9ux7a1tAA=")
    static let losslessWebP = decoded(
        "UklGRjgAAABXRUJQVlA4TCsAAAAvAUAAAB8gECBjLwqMaCEUQGMAWeQTS0ICMvbFH9EO8x/SEuKHHyBE9D8CAA==")
    static let losslessAlphaWebP = decoded(
        "UklGRkIAAABXRUJQVlA4TDYAAAAvAUAAEB8gECB2xAkWIUggQOyI82lBjkCAaHAhTrAcgQCxo0CVYDlx2K8FAgVpG7CouxH9jwc=")
    /// Lossy with a chunk of alpha.
    static let alphaWebP = decoded(
        """
        UklGRlAAAABXRUJQVlA4WAoAAAAQAAAAAQAAAQAAQUxQSAUAAAAAeg6iNgBWUDggJAAAALABAJ0BKgIAAgAFQHwlAE6AId7Yr8AA/goGEGxOGXzSIb0AAA==
        """)
    /// 3x2; ICC profile, EXIF with orientation 6, XMP.
    static let metadataWebP = decoded(
        """
        UklGRqwAAABXRUJQVlA4WAoAAAAsAAAAAgAAAQAASUNDUA0AAABub3QgYSBwcm9maWxlAFZQOCAqAAAAkAEAnQEqAwACAAVAfCWoAALnWbhUAPvFb+9qrBa/
        uaK+vWsgv9yoAAAARVhJRjAAAABNTQAqAAAACAACAQ8AAgAAAAoAAAAmARIAAwAAAAEABgAAAAAAAFNlY3JldENhbQBYTVAgDQAAADx4PlNlY3JldDwveD4A
        """)
    static let animatedWebP = decoded(
        """
        UklGRswAAABXRUJQVlA4WAoAAAASAAAAAQAAAQAAQU5JTQYAAAAAAAAAAABBTk1GTAAAAAAAAAAAAAEAAAEAADIAAAJWUDhMMwAAAC8BQAAQHyAQSHQCGX1I
        gUCiE8ieqwoEEp1A9vfYQiCQhgzmCOT4g2qAgrQNWLS/iP6HDgBBTk1GTAAAAAAAAAAAAAEAAAEAADIAAAJWUDhMNAAAAC8BQAAQHyAQSHQCGX1IgUCiE8ie
        qwoEEp1A9vfYQiCQhgzmCOT4g2qAmrYNWPwmHRH9Dw4=
        """)

    /// One of each kind, with secrets in every place that can hold some.
    static var laden: [Data] {
        [
            ladenPNG, ladenJPEG(jpeg), ladenJPEG(progressiveJPEG), ladenJPEG(cmykJPEG), metadataWebP + Data("Secret".utf8),
            riff(chunks(animatedWebP) + [("SECR", Data("Secret".utf8)), ("XMP ", Data("Secret".utf8))]),
        ]
    }

    static let plain = [
        png, jpeg, progressiveJPEG, cmykJPEG, webp, losslessWebP, losslessAlphaWebP, alphaWebP, metadataWebP, animatedWebP,
    ]

    static var ladenPNG: Data {
        let secret = Data("Secret".utf8)
        var parts = chunks(png)
        parts.insert(
            contentsOf: [
                ("gAMA", Data([0, 0, 0xB1, 0x8F])), ("iCCP", text("p", 0, 0, 1, 2, 3)), ("cICP", Data([1, 13, 0, 1])),
                ("tEXt", text("Comment", 0) + secret), ("zTXt", text("Title", 0, 0) + secret),
                ("iTXt", text("XML:com.adobe.xmp", 0, 0, 0, 0, 0) + secret), ("tIME", Data([7, 0xE8, 1, 2, 3, 4, 5])),
                ("tEXt", text("parameters", 0) + secret), ("eXIf", exif(orientation: 6)), ("caBX", secret),
                ("prVt", secret), ("fcTL", secret),
            ], at: 1)
        parts.insert(("tEXt", text("Late", 0) + secret), at: parts.count - 1)
        return png(parts) + secret
    }

    static func ladenJPEG(_ picture: Data) -> Data {
        let secret = Data("Secret".utf8)
        let parts: [(UInt8, Data)] = [
            (0xE0, text("JFIF", 0, 1, 2, 1, 0, 72, 0, 72, 1, 1, 83, 101, 99)), (0xE0, text("JFXX", 0, 16) + secret),
            (0xE1, text("Exif", 0, 0) + exif(orientation: 6)),
            (0xE1, text("http://ns.adobe.com/xap/1.0/", 0) + secret),
            (0xE1, text("http://ns.adobe.com/xmp/extension/", 0) + secret),
            (0xE2, text("ICC_PROFILE", 0, 1, 1, 9, 9)), (0xE2, text("MPF", 0) + secret), (0xEB, secret),
            (0xED, text("Photoshop 3.0", 0) + secret), (0xEE, text("Adobe", 0, 100, 0, 0, 0, 0, 0) + secret),
            (0xFE, secret),
        ]
        let inserted = parts.reduce(Data()) { $0 + segment($1.0, $1.1) }
        // After the start, and once more before the end: between scan and end.
        let late = segment(0xFE, secret) + text("", 0xFF, 0xD9)
        return picture.prefix(2) + inserted + picture.dropFirst(2).dropLast(2) + late + secret
    }

    /// A TIFF block as a camera would write it: maker, orientation, a pointer to more.
    static func exif(orientation: Int) -> Data {
        func integer(_ value: Int, _ bytes: Int) -> Data {
            Data((0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
        }
        func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: Data) -> Data {
            integer(tag, 2) + integer(type, 2) + integer(count, 4) + value
        }
        let value = integer(orientation, 2) + integer(0, 2)
        let entries = [
            entry(0x010F, 2, 7, integer(50, 4)), entry(0x0112, 3, 1, value), entry(0x8769, 4, 1, integer(0xFFFF_FFFF, 4)),
        ]
        let head: [Data] = [text("MM"), integer(42, 2), integer(8, 4), integer(entries.count, 2)]
        return (head + entries + [integer(0, 4), text("Secret", 0)]).reduce(Data(), +)
    }

    private static func decoded(_ base64: String) -> Data {
        Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data()
    }
}

/// Files from parts, and parts from files. Only for files that are whole.
extension TinyPicture {
    typealias Part = (type: String, payload: Data)

    /// The parts of a PNG or WebP file.
    static func chunks(_ file: Data) -> [Part] {
        let bytes = [UInt8](file)
        let isPNG = bytes[0] == 0x89
        var parts: [Part] = []
        var offset = isPNG ? 8 : 12
        let end = isPNG ? bytes.count : 8 + Int(little(bytes[4..<8]))
        while offset + 8 <= end, parts.last?.type != "IEND" {
            let length = Int(isPNG ? big(bytes[offset..<offset + 4]) : little(bytes[offset + 4..<offset + 8]))
            let type = bytes[(offset + (isPNG ? 4 : 0))...].prefix(4)
            parts.append((String(decoding: type, as: UTF8.self), Data(bytes[offset + 8..<offset + 8 + length])))
            offset += isPNG ? 12 + length : 8 + length + length % 2
        }
        return parts
    }

    static func png(_ parts: [Part]) -> Data {
        parts.reduce(into: Data(png.prefix(8))) { file, part in
            let typed = text(part.type) + part.payload
            file += bytes(UInt32(part.payload.count))
            file += typed
            file += bytes(checksum(typed))
        }
    }

    static func riff(_ parts: [Part]) -> Data {
        let body = parts.reduce(into: text("WEBP")) { body, part in
            body += text(part.type)
            body += bytes(UInt32(part.payload.count)).reversed()
            body += part.payload
            body += Data(repeating: 0, count: part.payload.count % 2)
        }
        return text("RIFF") + Data(bytes(UInt32(body.count)).reversed()) + body
    }

    /// A text, then single bytes.
    static func text(_ text: String, _ rest: UInt8...) -> Data { Data(text.utf8) + Data(rest) }

    static func segment(_ marker: UInt8, _ payload: Data) -> Data {
        text("", 0xFF, marker) + bytes(UInt32(payload.count + 2)).suffix(2) + payload
    }

    /// Markers up to the first scan, with the application segments' payloads.
    static func segments(_ file: Data) -> [(marker: UInt8, payload: Data)] {
        let bytes = [UInt8](file)
        var parts: [(UInt8, Data)] = []
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF, bytes[offset + 1] != 0xDA {
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            parts.append((bytes[offset + 1], Data(bytes[offset + 4..<offset + 2 + length])))
            offset += 2 + length
        }
        return parts
    }

    /// The checksum bit by bit, from the definition.
    static func checksum(_ bytes: Data) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~sum
    }

    static func bytes(_ value: UInt32) -> Data { Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }) }
    private static func big(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
    private static func little(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}
