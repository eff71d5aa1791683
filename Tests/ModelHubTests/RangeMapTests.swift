import Foundation
import ModelHub
import Testing

@Suite struct RangeMapTests {
    @Test func coversTheFileOnce() {
        for (total, size, count) in [(0, 10, 0), (1, 10, 1), (10, 10, 1), (11, 10, 2), (100, 7, 15)] as [(Int64, Int64, Int)] {
            let map = RangeMap(total: total, rangeBytes: size)
            #expect(map.ranges.count == count && map.isSound && map.received == 0)
            #expect(map.isComplete == (total == 0))
        }
        let huge = RangeMap(total: 1 << 40, rangeBytes: 1)
        #expect(huge.isSound && huge.ranges.count <= 4096)
    }

    @Test func givesEachRangeToOneAtATime() {
        var map = RangeMap(total: 25, rangeBytes: 10)
        let taken = [map.take(), map.take(), map.take(), map.take()].map { $0?.index }
        #expect(taken == [0, 1, 2, nil])
        map.reached(14, in: 1)
        map.giveBack(1)
        let again = map.take()?.range
        #expect(again?.start == 10 && again?.next == 14 && again?.end == 20)
        map.reached(10, in: 0)
        map.giveBack(0)
        let none = map.take()
        #expect(none == nil)
        #expect(map.received == 14)
    }

    @Test func neverGoesBackNorBeyond() {
        var map = RangeMap(total: 25, rangeBytes: 10)
        map.reached(8, in: 0)
        map.reached(3, in: 0)
        #expect(map.received == 8)
        map.reached(.max, in: 0)
        map.reached(5, in: 7)
        #expect(map.received == 10)
        for index in 0..<3 { map.reached(.max, in: index) }
        #expect(map.isComplete && map.received == 25)
    }

    @Test func aMemoIsOnlyBelievedWhenItIsSound() throws {
        var map = RangeMap(total: 25, rangeBytes: 10)
        map.reached(4, in: 0)
        _ = map.take()
        let data = try JSONEncoder().encode(map)
        var read = try JSONDecoder().decode(RangeMap.self, from: data)
        // Who fetched a range isn't remembered: that was another process.
        let first = read.take()?.index
        #expect(read.isSound && read.received == 4 && first == 0)
        for ranges in [
            "[]", #"[{"start":0,"next":0,"end":10}]"#, #"[{"start":0,"next":30,"end":25}]"#, #"[{"start":0,"next":-1,"end":25}]"#,
            #"[{"start":0,"next":0,"end":10},{"start":9,"next":9,"end":25}]"#, #"[{"start":5,"next":5,"end":25}]"#,
            #"[{"start":0,"next":0,"end":26}]"#, #"[{"start":0,"next":0,"end":0},{"start":0,"next":0,"end":25}]"#,
        ] {
            let text = #"{"total":25,"ranges":\#(ranges)}"#
            #expect(try !JSONDecoder().decode(RangeMap.self, from: Data(text.utf8)).isSound, "\(ranges)")
        }
    }
}
