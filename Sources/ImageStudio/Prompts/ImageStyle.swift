/// The look of a picture.
public enum ImageStyle: String, Sendable, CaseIterable, Codable {
    case anime
    case realistic
    case cartoon3D = "3d_cartoon"
    case oilPainting = "oil_painting"
    case watercolor
    case comicBook = "comic_book"
    case pixelArt = "pixel_art"

    public enum Failure: Error, Sendable, Equatable {
        /// The style as it was given, shortened, and those there are.
        case unknown(String, valid: [String])
    }

    /// One style, as `GET /v1/styles` gives it.
    public struct Listing: Sendable, Equatable, Codable {
        public let id: String
        public let name: String
        public let description: String
        public let isDefault: Bool

        enum CodingKeys: String, CodingKey {
            case id, name, description
            case isDefault = "default"
        }
    }

    public static let standard = ImageStyle.cartoon3D

    public static let all: [Listing] = allCases.map {
        Listing(id: $0.rawValue, name: $0.name, description: $0.summary, isDefault: $0 == standard)
    }

    /// The style of a name: case, spaces and dashes don't matter, and the names that older clients send are known.
    /// - Parameter id: `nil` or blank: the standard style.
    /// - Throws: `ImageStyle.Failure`.
    public init(id: String?) throws {
        let plain = (id ?? "").prefix(64).lowercased().split { $0.isWhitespace || $0 == "-" || $0 == "_" }.joined(separator: "_")
        if plain.isEmpty {
            self = Self.standard
        } else if let style = ImageStyle(rawValue: plain) ?? Self.legacy[plain] {
            self = style
        } else {
            throw Failure.unknown(String((id ?? "").prefix(40)), valid: Self.allCases.map(\.rawValue))
        }
    }

    private static let legacy: [String: ImageStyle] = [
        "suko_3d": .cartoon3D, "3d": .cartoon3D, "cartoon": .cartoon3D, "3dcartoon": .cartoon3D, "cartoon_3d": .cartoon3D,
        "photo": .realistic, "photorealistic": .realistic, "oil": .oilPainting, "watercolour": .watercolor, "comic": .comicBook,
        "pixel": .pixelArt,
    ]

    public var name: String {
        switch self {
        case .anime: "Anime"
        case .realistic: "Realistic"
        case .cartoon3D: "3D cartoon"
        case .oilPainting: "Oil painting"
        case .watercolor: "Watercolor"
        case .comicBook: "Comic book"
        case .pixelArt: "Pixel art"
        }
    }

    public var summary: String {
        switch self {
        case .anime: "Clean lines, flat colours and big expressive eyes, like a frame of an animated series."
        case .realistic: "Like a photograph taken with a good camera."
        case .cartoon3D: "Soft, rounded figures like those of an animated film."
        case .oilPainting: "Rich colours and visible brush strokes on canvas."
        case .watercolor: "Light washes of colour on paper with soft edges."
        case .comicBook: "Bold ink lines, strong shadows and printed dots."
        case .pixelArt: "Big square pixels and few colours, like a game of the nineties."
        }
    }

    /// The style's part of a prompt.
    public var template: String {
        switch self {
        case .anime:
            "Anime illustration, crisp ink outlines, cel shading in two tones, vivid clean colours, large eyes, fine hair strands"
        case .realistic:
            "Realistic photograph, 50 mm lens, natural skin texture, true colours, fine detail in hair and fabric, shallow focus"
        case .cartoon3D:
            "Polished 3D cartoon render, soft rounded shapes, smooth stylised skin, big friendly eyes, detailed hair, warm colours"
        case .oilPainting:
            "Oil painting on canvas, visible confident brush strokes, layered rich pigments, deep shadows, glowing highlights"
        case .watercolor:
            "Watercolor painting on textured paper, transparent washes, soft bleeding edges, light pencil lines, airy pale colours"
        case .comicBook:
            "Comic book panel, bold black ink contours, dramatic spot shadows, halftone dots, strong flat colours, dynamic faces"
        case .pixelArt:
            "Pixel art, crisp square pixels, limited colour palette, clear readable silhouettes, dithered shading, 16-bit game look"
        }
    }

    /// The template's beginning, for prompts with little room.
    var shortTemplate: String { template.split(separator: ",").prefix(2).joined(separator: ",") + "." }
}
