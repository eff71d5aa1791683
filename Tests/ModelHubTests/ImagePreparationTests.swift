import Engines
import Foundations
import Media
import ModelHub
import Testing

@Suite struct ImagePreparationTests {
    private static let limits = MediaLimits()

    /// Two pixels side by side.
    private static let pair = RGBImage(width: 2, height: 1, pixels: [0, 100, 200, 10, 110, 210])

    private func solid(_ width: Int, _ height: Int, _ level: UInt8) -> RGBImage {
        RGBImage(width: width, height: height, pixels: [UInt8](repeating: level, count: width * height * 3))
    }

    private func values(_ input: ImageInput, shape: [Int?], of image: RGBImage) throws -> [Float] {
        try input.preparation(shape: shape, elementType: .float32).values(of: image, limits: Self.limits)
    }

    @Test func layoutsAndColours() throws {
        var input = ImageInput()
        #expect(try values(input, shape: [nil, 3, 1, 2], of: Self.pair) == [0, 10, 100, 110, 200, 210])
        #expect(try values(input, shape: [nil, 1, 2, 3], of: Self.pair) == [0, 100, 200, 10, 110, 210])
        input.colour = .bgr
        #expect(try values(input, shape: [nil, 3, 1, 2], of: Self.pair) == [200, 210, 100, 110, 0, 10])
        #expect(try values(input, shape: [nil, 1, 2, 3], of: Self.pair) == [200, 100, 0, 210, 110, 10])
    }

    @Test func levelsAreScaledForEachChannel() throws {
        var input = ImageInput()
        input.scale = 0.5
        input.mean = [0, 10, 100]
        input.std = [1, 2, 4]
        #expect(try values(input, shape: [1, 3, 1, 2], of: Self.pair) == [0, 5, 20, 22.5, 0, 1.25])
        // Means and deviations go with the channels as the model sees them.
        input.colour = .bgr
        #expect(try values(input, shape: [1, 3, 1, 2], of: Self.pair) == [100, 105, 20, 22.5, -25, -23.75])
    }

    @Test func paddingIsPutOnBothSides() throws {
        var input = ImageInput()
        input.resize = .pad
        input.pad = 50
        input.scale = 2
        let plane: [Float] = [100, 100, 100, 100, 18, 18, 18, 18, 18, 18, 18, 18, 100, 100, 100, 100]
        #expect(try values(input, shape: [nil, 3, 4, 4], of: solid(8, 4, 9)) == plane + plane + plane)
    }

    @Test func croppingTakesTheMiddle() throws {
        var input = ImageInput()
        input.resize = .crop
        let columns: [UInt8] = [1, 2, 3, 4]
        let image = RGBImage(width: 4, height: 2, pixels: (columns + columns).flatMap { [$0, $0, $0] })
        #expect(try values(input, shape: [nil, 3, 2, 2], of: image) == [2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3])
    }

    @Test func stretchingFillsTheTarget() throws {
        let stretched = try values(ImageInput(), shape: [nil, 3, 5, 7], of: solid(31, 3, 77))
        #expect(stretched == [Float](repeating: 77, count: 105))
    }

    @Test func fits() {
        func fit(_ width: Int, _ height: Int, _ rule: ImageInput.Resize) -> [Int] {
            let fit = PictureFit(
                PixelSize(width: width, height: height), into: PixelSize(width: 224, height: 224), by: rule)
            return [fit.scaled.width, fit.scaled.height, fit.left, fit.top]
        }
        #expect(fit(640, 480, .stretch) == [224, 224, 0, 0])
        #expect(fit(640, 480, .crop) == [298, 224, -37, 0])
        #expect(fit(480, 640, .crop) == [224, 298, 0, -37])
        #expect(fit(640, 480, .pad) == [224, 168, 0, 28])
        #expect(fit(10_000, 1, .pad) == [224, 1, 0, 111])
        #expect(fit(224, 224, .crop) == [224, 224, 0, 0])
    }

    @Test func narrowPicturesDoNotGrowBeyondTheLimit() throws {
        var input = ImageInput()
        input.resize = .crop
        let preparation = try input.preparation(shape: [nil, 3, 224, 224], elementType: .float32)
        do {
            _ = try preparation.values(of: solid(1, 10_000, 0), limits: Self.limits)
            Issue.record("it was scaled")
        } catch MediaError.limitExceeded(let limit, _, _) {
            #expect(limit == "media.max_pixels")
        }
    }

    @Test func theModelTellsWhatIsLeftOut() throws {
        let preparation = try ImageInput().preparation(shape: [nil, 3, 480, 640], elementType: .uint8)
        #expect(preparation.size == PixelSize(width: 640, height: 480) && preparation.layout == .nchw)
        #expect(preparation.shape(2) == [2, 3, 480, 640] && preparation.takesBytes)
        var input = ImageInput()
        input.width = 32
        input.height = 16
        input.layout = .nhwc
        #expect(try input.preparation(shape: [nil, nil, nil, nil], elementType: .float32).shape(1) == [1, 16, 32, 3])
    }

    @Test(arguments: [
        ([nil, 3, nil, 224], "input.height"), ([nil, 3, 8, 4097], "input.width"), ([nil, 1, 28, 28], "input.layout"),
        ([nil, 3, 32, 3], "input.layout"), ([3, 224, 224], "input"), ([], "input"),
    ] as [([Int?], String)])
    func modelsThatDoNotFit(shape: [Int?], key: String) {
        do {
            _ = try ImageInput().preparation(shape: shape, elementType: .float32)
            Issue.record("\(shape) was taken")
        } catch {
            #expect((error as? OnnxPlanFault)?.key == key)
        }
    }

    @Test func whatContradictsTheModelIsRefused() {
        var input = ImageInput()
        input.width = 100
        #expect(throws: OnnxPlanFault(key: "input.width", message: "is 100, where the model takes 224")) {
            _ = try input.preparation(shape: [nil, 3, 224, 224], elementType: .float32)
        }
        input = ImageInput()
        input.layout = .nhwc
        #expect(throws: OnnxPlanFault.self) {
            _ = try input.preparation(shape: [nil, 3, 224, 224], elementType: .float32)
        }
        #expect(throws: OnnxPlanFault.self) {
            _ = try ImageInput().preparation(shape: [nil, 3, 224, 224], elementType: .int64)
        }
    }
}
