import Foundation
import Media
import Testing

@Suite struct OrientationTests {
    private static func png(_ exif: Data) -> Data {
        var parts = TinyPicture.chunks(TinyPicture.png)
        parts.insert(("eXIf", exif), at: 1)
        return TinyPicture.png(parts)
    }

    private static func jpeg(_ exif: Data) -> Data {
        TinyPicture.jpeg.prefix(20) + TinyPicture.segment(0xE1, TinyPicture.text("Exif", 0, 0) + exif) + TinyPicture.jpeg.dropFirst(20)
    }

    private static func webp(_ exif: Data) -> Data {
        TinyPicture.riff(TinyPicture.chunks(TinyPicture.alphaWebP) + [("EXIF", exif)])
    }

    private static let writers: [@Sendable (Data) -> Data] = [png, jpeg, webp]

    @Test(arguments: 1...8, [false, true]) func everyValueInEveryFormat(_ value: Int, _ isLittleEndian: Bool) throws {
        for write in Self.writers {
            for type in [3, 4] {
                let picture = write(TinyPicture.exif(orientation: value, isLittleEndian: isLittleEndian, type: type))
                #expect(PictureMetadata.orientation(of: picture) == value)
                #expect(PictureMetadata.orientation(of: try PictureMetadata.withoutMetadata(picture)) == 1)
                let kept = try PictureMetadata.withoutMetadata(picture, keepingOrientation: true)
                #expect(PictureMetadata.orientation(of: kept) == value)
            }
        }
    }

    @Test func prefixOfJPEGIsReadElsewhereToo() {
        let exif = TinyPicture.text("Exif", 0, 0) + TinyPicture.exif(orientation: 8)
        #expect(PictureMetadata.orientation(of: Self.webp(exif)) == 8)
        #expect(PictureMetadata.orientation(of: Self.png(exif)) == 8)
    }

    @Test func invalidValuesAreUpright() {
        let good = TinyPicture.exif(orientation: 6)
        var wrongMagic = good
        wrongMagic[3] = 43
        var farDirectory = good
        farDirectory.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0xFF])
        var directoryInHeader = good
        directoryInHeader[7] = 0
        let blocks = [
            TinyPicture.exif(orientation: 0), TinyPicture.exif(orientation: 9), TinyPicture.exif(orientation: 6, count: 2),
            TinyPicture.exif(orientation: 6, type: 5), TinyPicture.exif(orientation: 0x1_0006, type: 4), wrongMagic, farDirectory,
            directoryInHeader, Data(), Data("MM".utf8), TinyPicture.text("Exif", 0, 0),
        ]
        for block in blocks {
            for write in Self.writers { #expect(PictureMetadata.orientation(of: write(block)) == 1) }
        }
    }

    @Test func directoriesThatCountTooManyEntriesAreReadAsFarAsTheyGo() {
        var exif = TinyPicture.exif(orientation: 3)
        exif.replaceSubrange(8..<10, with: [0xFF, 0xFF])
        #expect(PictureMetadata.orientation(of: Self.jpeg(exif)) == 3)
        exif.removeSubrange(22...)
        #expect(PictureMetadata.orientation(of: Self.jpeg(exif)) == 1)
    }

    @Test func picturesWithoutItAreUpright() {
        for picture in [TinyPicture.png, TinyPicture.jpeg, TinyPicture.webp, Data(), Data("GIF89a".utf8)] {
            #expect(PictureMetadata.orientation(of: picture) == 1)
        }
        #expect(PictureMetadata.orientation(of: TinyPicture.metadataWebP) == 6)
    }

    @Test func damageBehindTheBlockDoesNotHideIt() {
        let exif = TinyPicture.exif(orientation: 5)
        #expect(PictureMetadata.orientation(of: Self.jpeg(exif).dropLast(100)) == 5)
        #expect(PictureMetadata.orientation(of: Self.png(exif).dropLast(20)) == 5)
    }

    @Test func minimalBlocksGoWhereReadersLook() throws {
        let exif = TinyPicture.exif(orientation: 6)
        let jpeg = try PictureMetadata.withoutMetadata(Self.jpeg(exif), keepingOrientation: true)
        #expect(TinyPicture.segments(jpeg).map(\.marker).prefix(3) == [0xE0, 0xE1, 0xDB])
        let png = try PictureMetadata.withoutMetadata(Self.png(exif), keepingOrientation: true)
        #expect(TinyPicture.chunks(png).map(\.type) == ["IHDR", "eXIf", "IDAT", "IEND"])
        // The file was simple once its old metadata is gone: it becomes an extended one again.
        let parts = TinyPicture.chunks(TinyPicture.metadataWebP).filter { $0.type != "ICCP" }
        let webp = try PictureMetadata.withoutMetadata(TinyPicture.riff(parts), keepingOrientation: true)
        let kept = TinyPicture.chunks(webp)
        #expect(kept.map(\.type) == ["VP8X", "VP8 ", "EXIF"])
        #expect(kept[0].payload == Data([0x08, 0, 0, 0, 2, 0, 0, 1, 0, 0]))
    }
}
