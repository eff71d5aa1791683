import Foundation
import ImageStudio
import Testing

@Suite struct ImageStyleTests {
    @Test(
        arguments: [
            ("anime", ImageStyle.anime), ("3d_cartoon", .cartoon3D), ("3D Cartoon", .cartoon3D), ("suko_3d", .cartoon3D),
            ("Oil-Painting", .oilPainting),
            ("watercolour", .watercolor), (" pixel art ", .pixelArt), ("comic book", .comicBook), ("photorealistic", .realistic),
            ("", .cartoon3D),
            (nil, .cartoon3D),
        ] as [(String?, ImageStyle)])
    func namesAreFound(id: String?, style: ImageStyle) throws { #expect(try ImageStyle(id: id) == style) }

    @Test(arguments: ["vaporwave", "anime; and something else", String(repeating: "x", count: 10_000)])
    func othersAreErrorsThatListTheValidOnes(id: String) {
        let valid = ["anime", "realistic", "3d_cartoon", "oil_painting", "watercolor", "comic_book", "pixel_art"]
        #expect(throws: ImageStyle.Failure.unknown(String(id.prefix(40)), valid: valid)) { try ImageStyle(id: id) }
    }

    @Test func everyStyleHasATemplateOfItsOwn() throws {
        #expect(Set(ImageStyle.allCases.map(\.template)).count == 7)
        for style in ImageStyle.allCases { #expect((12...25).contains(PromptText.wordCount(style.template))) }
        #expect(ImageStyle.all.map(\.id) == ImageStyle.allCases.map(\.rawValue))
        #expect(ImageStyle.all.filter(\.isDefault).map(\.id) == ["3d_cartoon"])
        let json = String(decoding: try JSONEncoder().encode(ImageStyle.all[2]), as: UTF8.self)
        #expect(json.contains(#""default":true"#))
    }
}
