import Foundation
import Media
import Testing

@Suite struct ImageProvenanceTests {
    private static let full = ImageProvenance(
        software: "Martlet 1.2", model: "sd-turbo", seed: 1, steps: 8, guidance: 0, size: PixelSize(width: 512, height: 384),
        promptHash: String(repeating: "ab", count: 32), created: Date(timeIntervalSince1970: 1_780_000_000))

    @Test(arguments: TinyPicture.plain + TinyPicture.laden) func readsBackWhatItWrote(_ picture: Data) throws {
        let marked = try Self.full.written(into: picture)
        #expect(ImageProvenance(readFrom: marked) == Self.full)
        #expect(try Self.full.written(into: marked) == marked, "writing twice replaces")
    }

    @Test func onlyPicturesAreMarked() {
        // A slice with an index of its own.
        #expect(throws: Never.self) { try Self.full.written(into: (Data([1, 2]) + TinyPicture.webp).dropFirst(2)) }
        for other in ["", "GIF89a", "RIFF0000WAVE", "RIFF", "\u{89}PNG"] {
            #expect(throws: PictureMetadataError.self) { try Self.full.written(into: Data(other.utf8)) }
        }
    }

    @Test func packetIsStandardXMP() throws {
        let trained = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
        let parts = TinyPicture.chunks(try Self.full.written(into: TinyPicture.webp))
        #expect(
            String(decoding: parts[2].payload, as: UTF8.self) == """
                <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
                <x:xmpmeta xmlns:x="adobe:ns:meta/">
                 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
                  <rdf:Description rdf:about=""
                    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
                    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
                    xmlns:martlet="urn:martlet:image:1#">
                   <Iptc4xmpExt:DigitalSourceType>\(trained)</Iptc4xmpExt:DigitalSourceType>
                   <xmp:CreatorTool>Martlet 1.2</xmp:CreatorTool>
                   <xmp:CreateDate>2026-05-28T20:26:40Z</xmp:CreateDate>
                   <Iptc4xmpExt:AISystemUsed>sd-turbo</Iptc4xmpExt:AISystemUsed>
                   <martlet:Model>sd-turbo</martlet:Model>
                   <martlet:Seed>1</martlet:Seed>
                   <martlet:Steps>8</martlet:Steps>
                   <martlet:Guidance>0</martlet:Guidance>
                   <martlet:Width>512</martlet:Width>
                   <martlet:Height>384</martlet:Height>
                   <martlet:PromptSHA256>\(String(repeating: "ab", count: 32))</martlet:PromptSHA256>
                  </rdf:Description>
                 </rdf:RDF>
                </x:xmpmeta>
                <?xpacket end="r"?>
                """)
    }

    @Test func pngHoldsPacketAndParameters() throws {
        let marked = try Self.full.written(into: TinyPicture.ladenPNG)
        let parts = TinyPicture.chunks(marked)
        #expect(marked == TinyPicture.png(parts) + Data("Secret".utf8), "every checksum fits, the end stays")
        #expect(parts[0...2].map(\.type) == ["IHDR", "iTXt", "tEXt"])
        #expect(parts[1].payload.starts(with: TinyPicture.text("XML:com.adobe.xmp", 0, 0, 0, 0, 0)))
        #expect(parts[2].payload == Data("parameters\0Steps: 8, Seed: 1, CFG scale: 0, Size: 512x384, Model: sd-turbo".utf8))
        // The old packet and the old parameters, which may hold the prompt, are replaced; the rest stays.
        #expect(parts.filter { $0.type == "iTXt" }.count == 1)
        #expect(parts.filter { $0.payload.starts(with: "parameters".utf8) }.count == 1)
        #expect(parts.count == TinyPicture.chunks(TinyPicture.ladenPNG).count)
    }

    @Test func jpegHoldsPacketBehindJFIFAndExif() throws {
        let marked = try Self.full.written(into: TinyPicture.ladenJPEG(TinyPicture.jpeg))
        let parts = TinyPicture.segments(marked)
        #expect(parts.map(\.marker).prefix(6) == [0xE0, 0xE0, 0xE1, 0xE1, 0xE2, 0xE2])
        #expect(parts[2].payload.starts(with: "Exif".utf8))
        #expect(parts[3].payload.starts(with: "http://ns.adobe.com/xap/1.0/\0<?xpacket".utf8))
        #expect(parts.filter { $0.marker == 0xE1 }.count == 2)
        let bare = TinyPicture.segments(try Self.full.written(into: TinyPicture.cmykJPEG))
        #expect(bare.map(\.marker).prefix(2) == [0xE1, 0xEE])
    }

    @Test(arguments: [
        (TinyPicture.webp, ["VP8X", "VP8 ", "XMP "], 0x04), (TinyPicture.losslessWebP, ["VP8X", "VP8L", "XMP "], 0x04),
        (TinyPicture.losslessAlphaWebP, ["VP8X", "VP8L", "XMP "], 0x14),
        (TinyPicture.alphaWebP, ["VP8X", "ALPH", "VP8 ", "XMP "], 0x14),
        (TinyPicture.animatedWebP, ["VP8X", "ANIM", "ANMF", "ANMF", "XMP "], 0x16),
        (TinyPicture.metadataWebP, ["VP8X", "ICCP", "VP8 ", "EXIF", "XMP "], 0x2C),
    ] as [(Data, [String], UInt8)]) func webpBecomesExtended(_ picture: Data, _ types: [String], _ flags: UInt8) throws {
        let marked = try Self.full.written(into: picture)
        let parts = TinyPicture.chunks(marked)
        #expect(parts.map(\.type) == types)
        let width: UInt8 = picture == TinyPicture.metadataWebP ? 2 : 1
        #expect(parts[0].payload == Data([flags, 0, 0, 0, width, 0, 0, 1, 0, 0]))
        #expect(marked == TinyPicture.riff(parts), "sizes and padding fit")
    }

    @Test func unknownChunksStayByteForByte() throws {
        // Codes need not be text.
        let odd = TinyPicture.text("", 0xFF, 0xC3, 0x28, 0x80, 2, 0, 0, 0, 1, 2)
        var picture = TinyPicture.alphaWebP + odd
        picture[4] += UInt8(odd.count)
        let marked = try Self.full.written(into: picture)
        #expect(marked.range(of: odd) != nil)
        #expect(ImageProvenance(readFrom: marked) == Self.full)
    }

    @Test func valuesAreCleanedAndEscaped() throws {
        let accented = "<\u{301}b> & \"c\" 'd' ]]> \u{4E2D}\u{1F426}"
        let cases: [(String, String?)] = [
            (accented, accented), (" \u{0}a\nb\u{7F}\u{FFFE} ", "a b"), ("\n\u{1}", nil), ("", nil),
            (String(repeating: "&", count: 10_000), String(repeating: "&", count: ImageProvenance.maxTextLength)),
            ("</martlet:Model><x>", "</martlet:Model><x>"), ("&amp;#60;", "&amp;#60;"),
        ]
        for (given, kept) in cases {
            let provenance = ImageProvenance(software: given, model: given, steps: 1, created: nil)
            #expect(provenance.model == kept && provenance.software == kept)
            for picture in [TinyPicture.png, TinyPicture.jpeg, TinyPicture.webp] {
                #expect(ImageProvenance(readFrom: try provenance.written(into: picture)) == provenance)
            }
        }
        let odd = ImageProvenance(
            software: "Martlet", guidance: .nan, size: PixelSize(width: 0, height: 5), promptHash: "a bird in the snow",
            created: Date(timeIntervalSince1970: 1e30))
        #expect(odd == ImageProvenance(software: "Martlet", created: nil))
        let upper = ImageProvenance(software: nil, promptHash: String(repeating: "AB", count: 32), created: nil)
        #expect(upper.promptHash == Self.full.promptHash)
    }

    @Test func extremesSurvive() throws {
        let provenance = ImageProvenance(
            software: "Martlet", model: "m", seed: .min, steps: .max, guidance: 1e300, size: PixelSize(width: .max, height: 1),
            created: Date(timeIntervalSince1970: 253_402_300_799.5), digitalSourceType: .compositeWithTrainedAlgorithmicMedia)
        #expect(ImageProvenance(readFrom: try provenance.written(into: TinyPicture.jpeg)) == provenance)
        let earliest = ImageProvenance(software: nil, guidance: -0.25, created: Date(timeIntervalSince1970: 0.9))
        #expect(ImageProvenance(readFrom: try earliest.written(into: TinyPicture.webp)) == earliest)
    }

    @Test func parametersAreQuotedAsReadersExpect() {
        #expect(ImageProvenance(software: nil, model: "m", seed: 1, created: nil).parametersLine == nil)
        let provenance = ImageProvenance(software: nil, model: #"a, b: "c" \d"#, steps: 2, guidance: 7.5, created: nil)
        #expect(provenance.parametersLine == #"Steps: 2, CFG scale: 7.5, Model: "a, b: \"c\" \\d""#)
    }

    @Test func parametersAreLatin() throws {
        let provenance = ImageProvenance(software: nil, model: "\u{E9}\u{4E2D}", steps: 2, created: nil)
        let parts = TinyPicture.chunks(try provenance.written(into: TinyPicture.png))
        #expect(parts[2].payload == TinyPicture.text("parameters\0Steps: 2, Model: ", 0xE9, UInt8(ascii: "?")))
        let without = ImageProvenance(software: nil, model: "m", created: nil)
        #expect(TinyPicture.chunks(try without.written(into: TinyPicture.png)).map(\.type) == ["IHDR", "iTXt", "IDAT", "IEND"])
    }
}
