import Foundation
import Media
import Testing

/// XMP as other software writes it, and as nobody should.
@Suite struct ForeignPacketTests {
    private static let trained = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

    private static func read(_ packet: String) -> ImageProvenance? {
        let payload = TinyPicture.text("XML:com.adobe.xmp", 0, 0, 0, 0, 0) + Data(packet.utf8)
        var parts = TinyPicture.chunks(TinyPicture.png)
        parts.insert(("iTXt", payload), at: 1)
        return ImageProvenance(readFrom: TinyPicture.png(parts))
    }

    private static func packet(_ description: String) -> String {
        "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:i='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' "
            + "xmlns:x='http://ns.adobe.com/xap/1.0/'>\(description)</r:RDF>"
    }

    @Test func readsAttributesAndOtherPrefixes() {
        let found = Self.read(
            Self.packet("<r:Description i:DigitalSourceType = \"\(Self.trained)\" x:CreatorTool='A &#38; &#x42;' i:AISystemUsed='m'/>"))
        #expect(found == ImageProvenance(software: "A & B", model: "m", created: nil))
    }

    @Test func readsElementsOverSeveralDescriptions() {
        let found = Self.read(
            Self.packet(
                """
                <!-- a comment --><r:Description><x:CreatorTool><![CDATA[A < B]]></x:CreatorTool></r:Description>
                <r:Description><i:DigitalSourceType>
                 \(Self.trained) </i:DigitalSourceType></r:Description>
                """))
        #expect(found == ImageProvenance(software: "A < B", created: nil))
    }

    @Test(arguments: [
        ("2026-05-28T20:26:40Z", 1_780_000_000.0), ("2026-05-28T22:26:40+02:00", 1_780_000_000),
        ("2026-05-28T20:26:40.75Z", 1_780_000_000), ("2026-05-28T20:26:40", 1_780_000_000), ("yesterday", nil), ("2026", nil),
        ("99999999999-01-01T00:00:00Z", nil), ("-0001-01-01T00:00:00Z", nil),
    ] as [(String, Double?)]) func readsDates(_ text: String, _ seconds: Double?) {
        let found = Self.read(Self.packet("<r:Description i:DigitalSourceType='\(Self.trained)' x:CreateDate='\(text)'/>"))
        #expect(found != nil && found?.created?.timeIntervalSince1970 == seconds)
    }

    @Test func propertiesOfStructuresDoNotCount() {
        let inner = "<r:Description i:DigitalSourceType='\(Self.trained)'/>"
        #expect(Self.read(Self.packet("<r:Description><x:Thing>\(inner)</x:Thing></r:Description>")) == nil)
        #expect(Self.read(Self.packet("<r:Description><x:Thing>\(Self.trained)</x:Thing></r:Description>")) == nil)
        // The namespace counts, not the prefix.
        #expect(Self.read(Self.packet("<r:Description xmlns:i='urn:other#' i:DigitalSourceType='\(Self.trained)'/>")) == nil)
    }

    @Test func otherSourcesAreNotMarks() {
        for source in ["http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture", "", "trainedAlgorithmicMedia"] {
            #expect(Self.read(Self.packet("<r:Description i:DigitalSourceType='\(source)'/>")) == nil)
        }
        for picture in TinyPicture.plain + TinyPicture.laden { #expect(ImageProvenance(readFrom: picture) == nil) }
    }

    @Test func hostilePacketsAreRefused() {
        let mark = "<r:Description i:DigitalSourceType='\(Self.trained)'/>"
        #expect(Self.read(Self.packet(mark)) != nil)
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>"
        let packets = [
            bomb + Self.packet(mark), Self.packet(mark + "&b;"), Self.packet(mark + "&#xD800;"), Self.packet(mark + "</r:Other>"),
            Self.packet(mark + String(repeating: "<a>", count: 10_000)), Self.packet(mark) + String(repeating: " ", count: 256 << 10),
            Self.packet(mark + "<a " + (0..<10_000).map { "b\($0)=''" }.joined(separator: " ") + "/>"),
            Self.packet(mark + "<a " + (0..<100).map { "xmlns:b\($0)=''" }.joined(separator: " ") + "/>"),
            Self.packet(mark + "<a b='"), Self.packet(mark + "<a b"), Self.packet(mark + "<"), Self.packet(mark + "<!-- "),
        ]
        for packet in packets { #expect(Self.read(packet) == nil) }
    }

    @Test func valuesFromOutsideAreBounded() {
        let long = String(repeating: "a", count: 100_000)
        let found = Self.read(
            Self.packet(
                "<r:Description i:DigitalSourceType='\(Self.trained)' i:AISystemUsed='\(long)'><x:CreatorTool>\(long)</x:CreatorTool>"
                    + "</r:Description>"))
        #expect(found?.model?.count == ImageProvenance.maxTextLength)
        #expect(found?.software?.count == ImageProvenance.maxTextLength)
    }
}
