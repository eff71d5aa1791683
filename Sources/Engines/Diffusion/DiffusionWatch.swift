import Foundations
import Synchronization

/// Joins what a `sd-server` writes with the picture that it works on: it makes one at a time.
final class DiffusionWatch: Sendable {
    private struct Picture {
        let number: Int
        /// Steps it will take, where that is known: other bars than the sampler's are told apart by it.
        let steps: Int?
        let progress: ProgressHandler?
        let began = ContinuousClock.now
        var latest: SamplerProgress?
    }

    private struct State {
        var parser = SamplerProgressParser()
        var picture: Picture?
        var next = 0
    }

    private let state = Mutex(State())

    /// What the child wrote.
    func take(_ bytes: ArraySlice<UInt8>) {
        let news = state.withLock { state -> (ProgressHandler, SamplerProgress)? in
            let found = state.parser.take(bytes)
            guard let picture = state.picture, let latest = found.last(where: { picture.steps == nil || picture.steps == $0.total }) else { return nil }
            state.picture?.latest = latest
            return picture.progress.map { ($0, latest) }
        }
        guard let (progress, steps) = news else { return }
        progress(ProgressUpdate(stage: PictureStage.paint.rawValue, done: Double(steps.done), total: Double(steps.total), unit: .items))
    }

    /// A picture is begun.
    /// - Returns: its number, for `end`; `nil` while another one is being made, which the bars are of then.
    func begin(steps: Int?, progress: ProgressHandler?) -> Int? {
        state.withLock { state in
            guard state.picture == nil else { return nil }
            state.next += 1
            state.picture = Picture(number: state.next, steps: steps, progress: progress)
            return state.next
        }
    }

    func end(_ number: Int?) {
        state.withLock { if $0.picture?.number == number { $0.picture = nil } }
    }

    /// The time that the rest of the sampler's steps will take, judged by those so far; `nil` before the first one.
    func rest(of number: Int?) -> Duration? {
        state.withLock { state in
            guard let picture = state.picture, picture.number == number, let latest = picture.latest, latest.done > 0 else { return nil }
            return (ContinuousClock.now - picture.began) / latest.done * (latest.total - latest.done)
        }
    }
}
