import Engines
import Media

/// A part of a picture, in whole pixels.
package struct FaceCrop: Sendable, Equatable {
    package let left: Int
    package let top: Int
    package let width: Int
    package let height: Int

    package init(left: Int, top: Int, width: Int, height: Int) {
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// A face with a quarter of its size on each side, as far as the picture goes. Broken pixels belong to it.
    package init(around face: PixelRect, in size: PixelSize) {
        let margin = 0.25
        func range(_ start: Double, _ length: Double, _ end: Int) -> Range<Int> {
            let first = min(max(0, (start - margin * length).rounded(.down)), Double(end - 1))
            let last = min(max(first + 1, (start + (1 + margin) * length).rounded(.up)), Double(end))
            return Int(first)..<Int(last)
        }
        let columns = range(face.x, face.width, size.width)
        let rows = range(face.y, face.height, size.height)
        self.init(left: columns.lowerBound, top: rows.lowerBound, width: columns.count, height: rows.count)
    }

    /// Mouth, chin and jaws: the rows from 35 % on, the columns from 15 to 85 %.
    package var lowerFace: FaceCrop {
        let (firstRow, firstColumn) = (height * 35 / 100, width * 15 / 100)
        return FaceCrop(
            left: left + firstColumn, top: top + firstRow, width: max(1, width * 85 / 100 - firstColumn),
            height: max(1, height - firstRow))
    }
}

extension RGBImage {
    /// A part of the picture.
    /// - Precondition: it lies inside the picture.
    package func cropped(to crop: FaceCrop) -> RGBImage {
        precondition(crop.left >= 0 && crop.top >= 0 && crop.left + crop.width <= width && crop.top + crop.height <= height)
        var part: [UInt8] = []
        part.reserveCapacity(crop.width * crop.height * 3)
        for row in crop.top..<(crop.top + crop.height) {
            let start = (row * width + crop.left) * 3
            part += pixels[start..<(start + crop.width * 3)]
        }
        return RGBImage(width: crop.width, height: crop.height, pixels: part)
    }
}
