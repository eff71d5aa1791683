import Foundation
import VideoAnalysis

// Martlet's side of the comparison: reads videos with the truth about them, searches each with an answerer that knows it, and writes
// what was found. Answers are flipped with a probability, the same for the same frame and tag however often it is asked.

struct Video: Codable {
    struct Span: Codable {
        var tag: Int
        var start: Double
        var end: Double
    }

    var id: Int
    var duration: Double
    var fps: Double
    var tags: Int
    var spans: [Span]
}

struct Task: Codable {
    var videos: [Video]
    var interval: Double
    var tolerance: Double
    var noise: Double
}

struct Found: Codable {
    var id: Int
    var calls: Int
    var spans: [Video.Span]
}

/// Whether the answer about a tag in a frame is flipped: a hash, not a sequence, so that every method gets the same answers.
func isFlipped(_ video: Int, _ frame: Int, _ tag: Int, _ noise: Double) -> Bool {
    var state = UInt64(bitPattern: Int64(video &* 1_000_003 &+ frame)) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(tag) &* 0xBF58_476D_1CE4_E5B9
    state ^= state >> 30
    state = state &* 0xBF58_476D_1CE4_E5B9
    state ^= state >> 27
    state = state &* 0x94D0_49BB_1331_11EB
    state ^= state >> 31
    return Double(state >> 11) / 9_007_199_254_740_992 < noise
}

let task = try JSONDecoder().decode(Task.self, from: FileHandle.standardInput.readDataToEndOfFile())
let settings = TagSearchSettings(frameInterval: task.interval, tolerance: task.tolerance)
var results: [Found] = []
for video in task.videos {
    let rules = (0..<video.tags).map { TagRule(name: String($0)) }
    var whole = SegmentedSearch(rules: rules, settings: settings, duration: video.duration)
    for number in 0..<whole.count {
        var search = whole.search(number)
        while !search.isFinished {
            for time in search.next(limit: 64) {
                let frame = min(Int(video.duration * video.fps) - 1, Int(time * video.fps + 1e-6))
                let seconds = Double(frame) / video.fps
                let scores = (0..<video.tags).map { tag -> Double? in
                    let isThere = video.spans.contains { $0.tag == tag && $0.start <= seconds && seconds < $0.end }
                    return isThere != isFlipped(video.id, frame, tag, task.noise) ? 1 : 0
                }
                search.record(TagObservation(time: seconds, scores: scores), for: time)
            }
        }
        whole.take(SegmentRecord(observations: search.observations, asked: search.asked, failed: search.failed), number)
    }
    let spans = whole.timeline().spans.map { Video.Span(tag: Int($0.tag) ?? 0, start: $0.start, end: $0.end) }
    results.append(Found(id: video.id, calls: whole.asked, spans: spans))
}
print(String(decoding: try JSONEncoder().encode(results), as: UTF8.self))
