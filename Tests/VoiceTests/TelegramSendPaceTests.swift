import Testing
import Voice

@Suite struct TelegramSendPaceTests {
    private let start = ContinuousClock.now

    /// When each of some messages may leave, in seconds; `nil` for those that would come too late.
    private func turns(_ pace: inout SendPace, _ count: Int, in chat: String = "1", after: Double = 0, within: Double = 100) -> [Double?] {
        let now = start + .seconds(after)
        return (0..<count).map { _ in
            switch pace.book(.message, in: chat, at: now, before: now + .seconds(within)) {
            case .at(let turn): (turn - start) / .seconds(1)
            case .tooLate: nil
            }
        }
    }

    @Test func aChatHasAShortBurstAndThenOneASecond() {
        var pace = SendPace()
        #expect(turns(&pace, 6) == [0, 0, 0, 1, 2, 3])
        // After a rest the burst is there again.
        #expect(turns(&pace, 4, after: 60) == [60, 60, 60, 61])
    }

    @Test func aGroupHasTwentyAMinute() {
        var pace = SendPace()
        let booked = turns(&pace, 24, in: "-100").compactMap(\.self)
        #expect(booked.prefix(6) == [0, 0, 0, 0, 4, 8])
        #expect(booked.count { $0 < 60 } <= 20)
    }

    @Test func allChatsTogetherStayBelowTheLimit() {
        var pace = SendPace()
        let booked = (0..<100).compactMap { _ -> Double? in
            guard case .at(let turn) = pace.bookOverall(at: start, before: start + .seconds(100)) else { return nil }
            return (turn - start) / .seconds(1)
        }
        #expect(booked.count == 100 && booked.count { $0 == 0 } == 5)
        for start in booked { #expect(booked.count { $0 >= start && $0 < start + 1 } <= 30) }
        #expect(booked.last == 3.8)
        #expect(pace.bookOverall(at: start, before: start + .seconds(1)) == .tooLate(after: .milliseconds(3840)))
    }

    @Test func chatsDontWaitForEachOther() {
        var pace = SendPace()
        #expect(turns(&pace, 10, in: "1").last == 7)
        #expect(turns(&pace, 3, in: "2") == [0, 0, 0])
    }

    @Test func aTurnThatComesTooLateIsNotBooked() {
        var pace = SendPace()
        #expect(turns(&pace, 5, within: 1.5) == [0, 0, 0, 1, nil])
        #expect(turns(&pace, 1) == [2])
        #expect(pace.book(.message, in: "1", at: start, before: start + .seconds(1)) == .tooLate(after: .seconds(3)))
    }

    @Test func aRestIsKeptAndMessagesGoOnOneByOne() {
        var pace = SendPace()
        #expect(turns(&pace, 1) == [0])
        pace.hold("1", until: start + .seconds(10))
        #expect(turns(&pace, 3) == [10, 11, 12])
        #expect(pace.isResting("1", at: start + .seconds(9)) && !pace.isResting("1", at: start + .seconds(10)) && !pace.isResting("2", at: start))
        #expect(turns(&pace, 1, in: "2") == [0])
        // A shorter rest takes nothing back.
        pace.hold("1", until: start + .seconds(5))
        #expect(turns(&pace, 1) == [13])
    }

    @Test func callsWaitForTheChatWithoutTakingItsTurn() {
        var pace = SendPace()
        #expect(turns(&pace, 3) == [0, 0, 0])
        for _ in 0..<5 { #expect(pace.book(.call, in: "1", at: start, before: start + .seconds(5)) == .at(start + .seconds(1))) }
        #expect(turns(&pace, 1) == [1])
    }

    @Test func whateverComesNoWindowHoldsMoreThanTheLimit() {
        var dice = SystemRandomNumberGenerator()
        var pace = SendPace()
        var sent: [String: [Double]] = [:]
        var now = 0.0
        for _ in 0..<2000 {
            now += Double.random(in: 0...0.4, using: &dice)
            let chat = "\(Int.random(in: 0..<4, using: &dice))"
            if case .at(let turn) = pace.book(.message, in: chat, at: start + .seconds(now), before: start + .seconds(now + 20)) {
                sent[chat, default: []].append((turn - start) / .seconds(1))
            }
        }
        for turns in sent.values {
            #expect(turns == turns.sorted())
            for (index, turn) in turns.enumerated() {
                let inTenSeconds = turns[index...].prefix { $0 < turn + 10 - 1e-6 }.count
                #expect(inTenSeconds <= 13, "\(inTenSeconds) messages within ten seconds")
            }
        }
    }

    @Test func chatsAtRestAreForgotten() {
        var pace = SendPace(overall: .init(interval: .zero, burst: 1))
        for chat in 0..<10_000 {
            _ = pace.book(.message, in: "\(chat)", at: start + .seconds(chat), before: start + .seconds(chat + 10))
        }
        #expect(pace.knownChats <= 256)
    }
}
