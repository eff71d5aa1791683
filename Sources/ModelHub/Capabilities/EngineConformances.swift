import Engines

// Engines know nothing of the hub; here their types take the hub's names.
extension SSDDetector: Detector {}
extension YOLOXDetector: Detector {}
extension CenterFaceDetector: Detector {}
extension PaddleTextReader: TextReader {}
extension MoonshineTranscriber: Transcriber {}
