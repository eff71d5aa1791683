import Foundations

/// What would make a better selfie: a word for programs and a sentence for people. Nothing in it speaks of how somebody looks.
public struct SelfieTip: Sendable, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        case tooDark = "too_dark"
        case tooBright = "too_bright"
        case blurred
        case faceTooSmall = "face_too_small"
        case severalFaces = "several_faces"
        case faceCutOff = "face_cut_off"
        case tilted
        case faceTheCamera = "face_the_camera"
        case hat
        case sunglasses
        case mask
    }

    public let code: Code
    /// One plain sentence.
    public let message: String

    public init(_ code: Code) {
        self.code = code
        message =
            switch code {
            case .tooDark: "The picture is too dark: turn towards a window or a lamp."
            case .tooBright: "The picture is too bright: keep out of direct sunlight, and do without the flash."
            case .blurred: "The picture is blurred: wipe the lens, and hold the camera still."
            case .faceTooSmall: "Your face is small in the picture: come closer to the camera."
            case .severalFaces: "There are several faces in the picture: be alone in it, or say which face is yours."
            case .faceCutOff: "A part of your face is outside the picture: hold the camera a little further away."
            case .tilted: "Your face is tilted in the picture: hold the camera and your head straight."
            case .faceTheCamera: "Look straight into the camera, with your whole face in the picture."
            case .hat: "The hat hides your hair: take it off for the picture if you can."
            case .sunglasses: "The sunglasses hide your eyes: take them off for the picture if you can."
            case .mask: "The mask hides your face: take it off for the picture if you can."
            }
    }

    public var json: JSONValue { .object(["code": .string(code.rawValue), "message": .string(message)]) }
}
