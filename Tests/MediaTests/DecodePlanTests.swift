import Media
import Testing

@Suite struct DecodePlanTests {
    /// Groups of ten: I P B B P B B P B B in decode order, the B frames shown before the P they follow.
    private func index(groups: Int, open: Bool = false) -> FrameIndex {
        var index = FrameIndex()
        let shown = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]
        let shownOpen = [2, 0, 1, 5, 3, 4, 8, 6, 7, 9]
        for group in 0..<groups {
            for (place, time) in (open && group > 0 ? shownOpen : shown).enumerated() {
                index.append(
                    time: Int64(group * 10 + time), decodeTime: Int64(group * 10 + place), isKey: place == 0,
                    isDiscarded: false, position: Int64((group * 10 + place) * 1000))
            }
        }
        index.finish()
        return index
    }

    @Test func oneRunWhenAllIsWanted() {
        let index = index(groups: 5)
        let plan = DecodePlan(frames: Array(0..<50), index: index)
        #expect(plan.runs.count == 1)
        #expect(plan.runs.first?.first == 0 && plan.runs.first?.last == 49)
    }

    @Test func jumpsOverGroupsNobodyWants() {
        let plan = DecodePlan(frames: [1, 35, 36], index: index(groups: 5))
        #expect(plan.runs.map(\.first) == [0, 30])
        // Frame 1 is stored third, frame 36 fifth in its group; 35 is a B frame stored after it.
        #expect(plan.runs.map(\.last) == [2, 36])
        #expect(plan.runs.map(\.frames) == [0..<1, 1..<3])
    }

    @Test func doesNotJumpOverLittle() {
        #expect(DecodePlan(frames: [6, 12], index: index(groups: 3)).runs.count == 1)
    }

    @Test func leadingFramesNeedTheGroupBefore() {
        let index = index(groups: 4, open: true)
        // Frame 20 is stored after the key frame of group 2, which is shown as frame 22.
        #expect(index.entry(for: index.presentation[20]) == 10)
        #expect(index.entry(for: index.presentation[22]) == 20)
    }

    @Test func everyPlanCoversItsFrames() {
        for open in [false, true] {
            let index = index(groups: 8, open: open)
            for step in 1...40 {
                for start in 0..<10 {
                    let frames = Array(stride(from: start, to: 80, by: step))
                    let plan = DecodePlan(frames: frames, index: index)
                    #expect(plan.runs.flatMap { $0.frames.map { frames[$0] } } == frames)
                    for run in plan.runs {
                        for position in run.frames {
                            let ordinal = index.presentation[frames[position]]
                            #expect(run.first <= index.entry(for: ordinal) && ordinal <= run.last)
                        }
                    }
                    #expect(zip(plan.runs, plan.runs.dropFirst()).allSatisfy { $0.last < $1.first })
                }
            }
        }
    }

    @Test func countsWhereTimesAreMissing() {
        var index = FrameIndex()
        for ordinal in 0..<10 {
            index.append(time: nil, decodeTime: Int64(ordinal), isKey: true, isDiscarded: false, position: -1)
        }
        index.finish()
        #expect(index.countsFrames)
        let plan = DecodePlan(frames: [7], index: index)
        #expect(plan.runs == [DecodePlan(frames: [7], from: 0, straightThrough: index).runs[0]])
    }

    @Test func framesCutByAnEditListAreNotNumbered() {
        var index = FrameIndex()
        for ordinal in 0..<10 {
            index.append(
                time: Int64(ordinal), decodeTime: Int64(ordinal), isKey: ordinal == 0, isDiscarded: ordinal < 4, position: 0)
        }
        index.finish()
        #expect(index.count == 6)
        #expect(index.time(ofFrame: 0) == 4)
        #expect(DecodePlan(frames: [0], index: index).runs.first?.first == 0)
    }
}
