import Foundation
import Media

/// Names for colours, found in a perceptual space (OKLab, Björn Ottosson 2020).
public enum ColourPalette {
    public static let names = [
        "black", "dark grey", "grey", "light grey", "white", "red", "dark red", "orange", "brown", "dark brown", "beige",
        "yellow", "olive", "green", "dark green", "light green", "turquoise", "light blue", "blue", "dark blue", "purple",
        "pink",
    ]

    private static let samples: [[(UInt8, UInt8, UInt8)]] = [
        [(0, 0, 0), (18, 18, 18)], [(60, 60, 60)], [(128, 128, 128), (105, 105, 105)], [(190, 190, 190)], [(255, 255, 255), (238, 238, 238)],
        [(225, 20, 20), (255, 0, 0), (200, 40, 40)], [(125, 10, 15)], [(255, 140, 0), (235, 110, 30)],
        [(130, 80, 45), (150, 105, 70)], [(65, 42, 28)], [(222, 200, 165)],
        [(255, 235, 0), (235, 205, 40)], [(125, 120, 30)], [(0, 160, 0), (0, 255, 0), (70, 140, 60), (0, 128, 0)], [(20, 70, 30)], [(150, 220, 140)],
        [(50, 190, 185), (0, 255, 255)], [(140, 190, 235)], [(0, 0, 255), (30, 70, 220), (50, 110, 190)], [(15, 25, 80)],
        [(125, 40, 160), (170, 80, 210)], [(255, 130, 185), (255, 0, 255)],
    ]

    private static let references: [(index: Int, lab: SIMD3<Float>)] = samples.enumerated().flatMap { index, colours in
        colours.map { (index, lab($0.0, $0.1, $0.2)) }
    }

    /// The nearest name for every colour of a grid of 16 levels a channel: looking up is faster than comparing.
    private static let table: [UInt8] = (0..<4096).map { cell in
        func level(_ shift: Int) -> UInt8 { UInt8((cell >> shift & 15) * 17) }
        return UInt8(nearest(level(8), level(4), level(0)))
    }

    /// An index into `names`.
    public static func index(red: UInt8, green: UInt8, blue: UInt8) -> Int {
        func level(_ value: UInt8) -> Int { (Int(value) + 8) / 17 }
        return Int(table[level(red) << 8 | level(green) << 4 | level(blue)])
    }

    public static func name(red: UInt8, green: UInt8, blue: UInt8) -> String {
        names[index(red: red, green: green, blue: blue)]
    }

    /// Pixels per name, in the order of `names`.
    public static func histogram(of image: RGBImage) -> [Int] {
        var counts = [Int](repeating: 0, count: names.count)
        image.pixels.withUnsafeBufferPointer { pixels in
            for pixel in stride(from: 0, to: pixels.count - 2, by: 3) {
                counts[index(red: pixels[pixel], green: pixels[pixel + 1], blue: pixels[pixel + 2])] += 1
            }
        }
        return counts
    }

    /// The strongest names, strongest first: at most three, none below an eighth of the picture (the strongest always).
    public static func strongest(in histogram: [Int]) -> [String] {
        let total = histogram.reduce(0, +)
        guard total > 0 else { return [] }
        let ranked = histogram.enumerated().filter { $0.element > 0 }
            .sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }
        return ranked.prefix(3).enumerated()
            .filter { $0.offset == 0 || $0.element.element * 8 >= total }
            .map { names[$0.element.offset] }
    }

    private static func nearest(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
        let colour = lab(red, green, blue)
        var best = (distance: Float.infinity, index: 0)
        for reference in references {
            // Hue decides more than lightness, as it does for people who name colours.
            let difference = (colour - reference.lab) * SIMD3(0.7, 1.4, 1.4)
            let distance = (difference * difference).sum()
            if distance < best.distance { best = (distance, reference.index) }
        }
        return best.index
    }

    private static func lab(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> SIMD3<Float> {
        func linear(_ value: UInt8) -> Float {
            let share = Float(value) / 255
            return share <= 0.04045 ? share / 12.92 : powf((share + 0.055) / 1.055, 2.4)
        }
        let (r, g, b) = (linear(red), linear(green), linear(blue))
        let l = cbrtf(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = cbrtf(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = cbrtf(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        return SIMD3(
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
    }
}
