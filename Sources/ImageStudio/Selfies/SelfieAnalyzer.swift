import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Reads a person's looks from a photo that they took of themselves.
///
///     let analyzer = SelfieAnalyzer(faces: { try await perception.faceDetector() }, vision: vision)
///     let analysis = try await analyzer.analyze(file, faceIndex: nil, context: context)
///     analysis.features[.hairColor]       // "dark-brown"
///
/// Pictures without a face are refused: nobody is invented. What leaves this process are the pixels around the one face that is
/// looked at. Nothing is kept.
public struct SelfieAnalyzer: Sendable {
    private let faces: @Sendable () async throws -> any Detector
    private let vision: any SelfieVision
    private let gate: FeatureGate
    private let limits: MediaLimits

    /// - Parameters:
    ///   - faces: finds faces, with their landmarks if it can.
    ///   - vision: describes them.
    ///   - gate: says how much of a face may stay unknown.
    ///   - limits: of the picture that is sent.
    public init(
        faces: @escaping @Sendable () async throws -> any Detector, vision: any SelfieVision, gate: FeatureGate = FeatureGate(),
        limits: MediaLimits = MediaLimits()
    ) {
        self.faces = faces
        self.vision = vision
        self.gate = gate
        self.limits = limits
    }

    /// What a picture shows.
    /// - Parameters:
    ///   - file: a picture file.
    ///   - faceIndex: which face, numbered from 0, the largest first; `nil`: the largest.
    /// - Throws: `SelfieError`; `MediaError.limitExceeded`, `.stalled`, `.engineFailed`; what the detector and the vision model throw;
    ///   `DeadlineExceeded`, `CancellationError`.
    public func analyze(
        _ file: Data, faceIndex: Int?, context: RequestContext
    ) async throws -> SelfieAnalysis {
        try await withDeadline(context.deadline, waitingFor: "the description of the selfie") {
            try await read(file, faceIndex, SelfieReader(vision: vision, context: context))
        }
    }

    private func read(_ file: Data, _ index: Int?, _ reader: SelfieReader) async throws -> SelfieAnalysis {
        let picture = try await SelfiePicture(decoding: file, limits: limits)
        try Task.checkCancellation()
        let found = try await self.faces().detect(in: picture.image)
        guard let faces = try SelfieFaces(found, index: index) else {
            let quality = try await picture.quality(of: nil)
            throw SelfieError.noFace(
                quality: quality.roundedScore(faces: 0), tips: (Self.tips(of: quality) + [.faceTheCamera]).map(SelfieTip.init))
        }
        let crop = FaceCrop(around: faces.chosen.box, in: picture.image.size)
        let quality = try await picture.quality(of: crop)
        let score = quality.roundedScore(faces: faces.all.count)
        let tips = Self.tips(of: quality) + faces.tips(in: picture.image.size)
        guard quality.score(faces: faces.all.count) >= SelfieQuality.least else {
            throw SelfieError.veryLowQuality(quality: score, faces: faces.all.count, tips: tips.map(SelfieTip.init))
        }
        var features = try await describe(picture, crop, score, faces.all.count, reader)
        features.meta = FaceFeatures.Meta(
            faceDetected: true, numFaces: faces.all.count, qualityScore: score, confidence: features.meta.confidence,
            faceBox: picture.sent(faces.chosen.box))
        return try judged(features, tips, faces.all.map { picture.sent($0.box) })
    }

    /// What the vision model sees in the part around the face.
    private func describe(
        _ picture: SelfiePicture, _ crop: FaceCrop, _ score: Double, _ faces: Int, _ reader: SelfieReader
    ) async throws -> FaceFeatures {
        var features: FaceFeatures
        do {
            features = try await reader.features(SelfieInstructions.face, .face, picture: try await picture.jpeg(of: crop))
        } catch FeatureSchema.Failure.underAge {
            throw SelfieError.underAge(quality: score, faces: faces)
        } catch is FeatureSchema.Failure {
            throw SelfieError.unreadable
        }
        features = FeatureVocabulary.normalised(features)
        if FeatureRules.asksAboutLowerFace(features) {
            do {
                let part = try await picture.jpeg(of: crop.lowerFace)
                features = FeatureVocabulary.normalised(
                    try await reader.features(SelfieInstructions.lowerFace, .lowerFace, picture: part, known: features))
            } catch {
                // The first look has seen the whole face: what it says of a beard stays.
                try Task.checkCancellation()
            }
        }
        return FeatureRules.applied(to: features)
    }

    private func judged(_ features: FaceFeatures, _ measured: [SelfieTip.Code], _ faces: [PixelRect]) throws -> SelfieAnalysis {
        var tips = measured
        if features.hasHat { tips.append(.hat) }
        if features.hasSunglasses { tips.append(.sunglasses) }
        if features.hasMask { tips.append(.mask) }
        let report = gate.report(on: features)
        guard report.passes else {
            if tips.isEmpty { tips = [.faceTheCamera] }
            throw SelfieError.insufficientFeatures(report, tips: tips.map(SelfieTip.init))
        }
        return SelfieAnalysis(features: features, tips: tips.map(SelfieTip.init), faces: faces)
    }

    private static func tips(of quality: SelfieQuality) -> [SelfieTip.Code] {
        var tips: [SelfieTip.Code] = []
        if quality.isTooDark { tips.append(.tooDark) }
        if quality.isTooBright { tips.append(.tooBright) }
        if quality.isBlurred { tips.append(.blurred) }
        return tips
    }
}
