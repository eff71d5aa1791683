import ModelHub
import Testing

@Suite struct TransferRateTests {
    @Test func knowsNothingAtFirst() {
        var rate = TransferRate()
        #expect(rate.bytesPerSecond == nil)
        rate.record(bytes: 100, at: .seconds(1))
        #expect(rate.bytesPerSecond == nil)
        #expect(rate.secondsLeft(total: 200) == nil)
    }

    @Test func steadySpeed() {
        var rate = TransferRate()
        for second in 0...60 { rate.record(bytes: Int64(second) * 1000, at: .seconds(second)) }
        #expect(rate.bytesPerSecond == 1000)
        #expect(rate.secondsLeft(total: 90_000) == 30)
        #expect(rate.secondsLeft(total: 10) == 0)
    }

    @Test func followsAChangeWithinItsWindow() {
        var rate = TransferRate()
        for second in 0...30 { rate.record(bytes: Int64(second) * 1000, at: .seconds(second)) }
        for second in 1...10 { rate.record(bytes: 30_000 + Int64(second) * 5000, at: .seconds(30 + second)) }
        #expect(rate.bytesPerSecond == 5000)
    }

    @Test func aStandstillHasNoEnd() {
        var rate = TransferRate()
        for second in 0...20 { rate.record(bytes: 500, at: .seconds(second)) }
        #expect(rate.bytesPerSecond == 0)
        #expect(rate.secondsLeft(total: 1000) == nil)
    }

    @Test func manySamplesInOneMomentCountTogether() {
        var rate = TransferRate()
        for step in 0...10_000 { rate.record(bytes: Int64(step), at: .milliseconds(step)) }
        let speed = rate.bytesPerSecond ?? 0
        #expect(abs(speed - 1000) < 1)
    }

    @Test func beginsAnewWhenBytesGoBack() {
        var rate = TransferRate()
        rate.record(bytes: 0, at: .zero)
        rate.record(bytes: 10_000, at: .seconds(1))
        rate.record(bytes: 100, at: .seconds(2))
        #expect(rate.bytesPerSecond == nil)
        rate.record(bytes: 200, at: .seconds(3))
        #expect(rate.bytesPerSecond == 100)
    }
}
