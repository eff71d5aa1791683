import Engines
import Foundations
import Synchronization

/// How far the pictures of one request are: a single one tells its steps, several tell how many of them are done.
final class PictureTally: Sendable {
    private struct Piece {
        /// The place in line; `nil`: it is being painted.
        var place: Int?
        var share = 0.0
    }

    private let progress: ProgressHandler?
    private let pieces: Mutex<[Piece]>

    init(_ count: Int, _ progress: ProgressHandler?) {
        self.progress = progress
        pieces = Mutex(Array(repeating: Piece(), count: count))
    }

    func handler(of number: Int) -> ProgressHandler? {
        guard progress != nil else { return nil }
        return { update in
            self.note(number) { piece in
                let isWaiting = update.stage == PictureStage.queue.rawValue
                piece.place = isWaiting ? update.total.map { Int($0) } : nil
                if !isWaiting { piece.share = max(piece.share, update.fraction ?? 0) }
            } alone: { update }
        }
    }

    func finished(_ number: Int) {
        note(number) { $0 = Piece(place: nil, share: 1) } alone: { ProgressUpdate(stage: PictureStage.paint.rawValue, done: 1, total: 1) }
    }

    private func note(_ number: Int, _ change: (inout Piece) -> Void, alone: () -> ProgressUpdate) {
        guard let progress else { return }
        let (pieces, places) = pieces.withLock { pieces in
            change(&pieces[number])
            return (pieces, pieces.compactMap(\.place))
        }
        if pieces.count == 1 {
            progress(alone())
        } else if places.count == pieces.count, let next = places.min() {
            progress(ProgressUpdate(stage: PictureStage.queue.rawValue, done: 0, total: Double(next)))
        } else {
            progress(ProgressUpdate(stage: PictureStage.paint.rawValue, done: pieces.reduce(0) { $0 + $1.share }, total: Double(pieces.count)))
        }
    }
}
