import Foundation
import Media
import Testing

@Suite struct PictureMetadataTests {
    @Test func recognisesByContent() {
        #expect(PictureFileType(recognising: TinyPicture.png) == .png)
        #expect(PictureFileType(recognising: TinyPicture.jpeg) == .jpeg)
        #expect(PictureFileType(recognising: TinyPicture.webp) == .webp)
        // A slice with an index of its own.
        #expect(PictureFileType(recognising: (Data([1, 2]) + TinyPicture.webp).dropFirst(2)) == .webp)
        for other in ["", "GIF89a", "RIFF0000WAVE", "RIFF", "\u{89}PNG"] {
            #expect(PictureFileType(recognising: Data(other.utf8)) == nil)
        }
    }

    @Test(arguments: TinyPicture.laden) func secretsGo(_ picture: Data) throws {
        #expect(picture.range(of: Data("Sec".utf8)) != nil)
        let clean = try PictureMetadata.withoutMetadata(picture)
        #expect(clean.range(of: Data("Sec".utf8)) == nil)
        let turned = try PictureMetadata.withoutMetadata(picture, keepingOrientation: true)
        #expect(turned.range(of: Data("Sec".utf8)) == nil)
    }

    @Test(arguments: TinyPicture.plain + TinyPicture.laden) func twiceIsOnce(_ picture: Data) throws {
        for keepingOrientation in [false, true] {
            let once = try PictureMetadata.withoutMetadata(picture, keepingOrientation: keepingOrientation)
            #expect(try PictureMetadata.withoutMetadata(once, keepingOrientation: keepingOrientation) == once)
        }
    }

    @Test(arguments: [
        TinyPicture.png, TinyPicture.jpeg, TinyPicture.progressiveJPEG, TinyPicture.cmykJPEG, TinyPicture.webp,
        TinyPicture.losslessWebP, TinyPicture.losslessAlphaWebP, TinyPicture.alphaWebP, TinyPicture.animatedWebP,
    ]) func plainPicturesStayByteForByte(_ picture: Data) throws {
        #expect(try PictureMetadata.withoutMetadata(picture) == picture)
    }

    @Test func pngKeepsWhatDecodingNeeds() throws {
        let clean = try PictureMetadata.withoutMetadata(TinyPicture.ladenPNG)
        let parts = TinyPicture.chunks(clean)
        #expect(parts.map(\.type) == ["IHDR", "gAMA", "iCCP", "cICP", "IDAT", "IEND"])
        #expect(clean == TinyPicture.png(parts), "every checksum fits")
        let pixels = TinyPicture.chunks(TinyPicture.png)
        #expect(parts[4].payload == pixels[1].payload)
    }

    @Test func pngKeepsFramesOfAnimationsOnly() throws {
        var parts = TinyPicture.chunks(TinyPicture.png)
        let control = Data([0, 0, 0, 0] + [0, 0, 0, 2, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 14))
        parts.insert(("fcTL", control), at: 1)
        let still = try PictureMetadata.withoutMetadata(TinyPicture.png(parts))
        #expect(still == TinyPicture.png)
        parts.insert(("acTL", Data([0, 0, 0, 1, 0, 0, 0, 0])), at: 1)
        let animation = TinyPicture.png(parts)
        #expect(try PictureMetadata.withoutMetadata(animation) == animation)
    }

    @Test func jpegKeepsWhatDecodingNeeds() throws {
        let clean = try PictureMetadata.withoutMetadata(TinyPicture.ladenJPEG(TinyPicture.jpeg))
        let parts = TinyPicture.segments(clean)
        #expect(parts.map(\.marker) == [0xE0, 0xE2, 0xEE, 0xDB, 0xC0, 0xC4, 0xC4])
        // The density stays, the thumbnail goes.
        #expect(parts[0].payload == TinyPicture.text("JFIF", 0, 1, 2, 1, 0, 72, 0, 72, 0, 0))
        #expect(parts[1].payload == TinyPicture.text("ICC_PROFILE", 0, 1, 1, 9, 9))
        #expect(parts[2].payload == TinyPicture.text("Adobe", 0, 100, 0, 0, 0, 0, 0))
        // From the first table to the end of the file.
        #expect(clean.suffix(TinyPicture.jpeg.count - 20) == TinyPicture.jpeg.dropFirst(20))
    }

    @Test func jpegKeepsStuffedBytesAndRestarts() throws {
        let scan = Data([1, 0xFF, 0, 2, 0xFF, 0xD3, 3, 0xFF, 0xFF, 0, 4])
        let end = Data([0xFF, 0xD9])
        let body = TinyPicture.jpeg.dropLast(2) + scan
        #expect(try PictureMetadata.withoutMetadata(body + end) == body + end)
        // Filling before a marker, and bytes that belong nowhere.
        #expect(try PictureMetadata.withoutMetadata(body + [0xFF, 0xFF] + end) == body + end)
        let stray = TinyPicture.jpeg.prefix(20) + TinyPicture.text("Secret", 0xFF, 0xFF) + TinyPicture.jpeg.dropFirst(20)
        #expect(try PictureMetadata.withoutMetadata(stray) == TinyPicture.jpeg)
    }

    @Test func webpLosesFlagsWithTheChunks() throws {
        let parts = TinyPicture.chunks(try PictureMetadata.withoutMetadata(TinyPicture.metadataWebP))
        #expect(parts.map(\.type) == ["VP8X", "ICCP", "VP8 "])
        #expect(parts[0].payload == Data([0x20, 0, 0, 0, 2, 0, 0, 1, 0, 0]))
        let withoutProfile = TinyPicture.chunks(TinyPicture.metadataWebP).filter { $0.type != "ICCP" }
        let simple = try PictureMetadata.withoutMetadata(TinyPicture.riff(withoutProfile))
        #expect(simple == TinyPicture.riff([parts[2]]))
    }

    @Test func webpFramesHideNothing() throws {
        var parts = TinyPicture.chunks(TinyPicture.animatedWebP)
        let plain = parts[2].payload
        parts[2].payload = plain + TinyPicture.text("SECR", 6, 0, 0, 0) + Data("Secret".utf8)
        #expect(try PictureMetadata.withoutMetadata(TinyPicture.riff(parts)) == TinyPicture.animatedWebP)
    }

    @Test func webpToleratesMissingLastPadding() throws {
        var parts = TinyPicture.chunks(TinyPicture.webp)
        parts[0].payload.append(7)
        var file = TinyPicture.riff(parts)
        file.removeLast()
        file[4] -= 1
        #expect(try PictureMetadata.withoutMetadata(file) == TinyPicture.riff(parts))
    }

    @Test func errorsSayWhy() {
        let png = TinyPicture.chunks(TinyPicture.png)
        var wrongSum = TinyPicture.png
        wrongSum[wrongSum.count - 20] ^= 1
        let losslessJPEG = Data([0xFF, 0xD8, 0xFF, 0xF7, 0, 2, 0xFF, 0xD9])
        let cases: [(Data, PictureMetadataError)] = [
            (Data(), .unsupportedFormat), (Data("GIF89a".utf8), .unsupportedFormat),
            (wrongSum, .checksumMismatch), (TinyPicture.png.dropLast(), .truncated),
            (TinyPicture.png([png[0], ("XXXX", Data()), png[1], png[2]]), .unsupportedVariant),
            (TinyPicture.png([png[0], png[2]]), .damaged), (TinyPicture.png([png[1], png[0], png[2]]), .damaged),
            (TinyPicture.png([png[0], png[0], png[1], png[2]]), .damaged),
            (TinyPicture.png([png[0], png[1], ("IEND", Data([1]))]), .damaged),
            (TinyPicture.png([("IHDR", Data(repeating: 0, count: 13)), png[1], png[2]]), .damaged),
            (losslessJPEG, .unsupportedVariant), (Data([0xFF, 0xD8, 0xFF, 0xD9]), .damaged),
            (TinyPicture.jpeg.dropLast(), .truncated), (TinyPicture.jpeg.prefix(30), .truncated),
            (Data([0xFF, 0xD8, 0xFF, 0xFE, 0, 1, 0xFF, 0xD9]), .damaged),
            (TinyPicture.webp.dropLast(), .truncated), (TinyPicture.riff([("EXIF", Data())]), .damaged),
            (TinyPicture.riff([("VP8X", Data(repeating: 0, count: 10))]), .damaged),
        ]
        for (picture, error) in cases {
            #expect(throws: error) { try PictureMetadata.withoutMetadata(picture) }
        }
        for error in PictureMetadataError.allCases { #expect(error.message.hasSuffix(".")) }
    }
}
