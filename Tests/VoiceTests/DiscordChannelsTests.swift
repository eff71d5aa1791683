import Foundation
import Testing
import Voice

@Suite struct DiscordChannelsTests {
    /// An id of a message written at that second of 2024.
    static func id(_ second: Double) -> String { String(UInt64((1_704_067_200 + second - 1_420_070_400) * 1000) << 22) }

    static let now = Date(timeIntervalSince1970: 1_704_067_200 + 1000)

    @Test func knowsChannelsWhereTheBotWasTalkedTo() {
        var channels = DiscordChannels()
        channels.note(Self.id(1), in: "1", isDirect: false, isForBot: false)
        #expect(channels.gaps(now: Self.now).isEmpty)
        channels.note(Self.id(2), in: "1", isDirect: false, isForBot: true)
        channels.note(Self.id(5), in: "1", isDirect: false, isForBot: false)
        channels.note(Self.id(3), in: "2", isDirect: true, isForBot: true)
        // Late ones don't lead back.
        channels.note(Self.id(4), in: "1", isDirect: false, isForBot: true)
        #expect(
            channels.gaps(now: Self.now) == [
                .init(channel: "1", after: Self.id(5), isDirect: false), .init(channel: "2", after: Self.id(3), isDirect: true),
            ])
        channels.forget("1")
        #expect(channels.gaps(now: Self.now).map(\.channel) == ["2"])
    }

    @Test func whatAnEarlierRunKnewIsKnown() {
        let channels = DiscordChannels(seen: ["1": Self.id(3), "2": "none"])
        #expect(channels.gaps(now: Self.now) == [.init(channel: "1", after: Self.id(3), isDirect: nil)])
    }

    @Test func nothingOlderThanADayIsAskedFor() {
        let channels = DiscordChannels(seen: ["1": Self.id(3)])
        #expect(channels.gaps(now: Self.now + 86_400).first?.after == Self.id(1000))
    }

    @Test func gapsHoldUpTheirOwnChannelOnly() {
        func message(_ id: String, in channel: String) -> BotMessage {
            BotMessage(platform: .discord, update: "discord:\(id)", chat: channel, user: "5", message: id, text: "Hello")
        }
        func gap(_ channel: String, after: String = "1") -> DiscordChannels.Gap { .init(channel: channel, after: after, isDirect: true) }
        var deliveries = DiscordDeliveries()
        for channel in ["1", "2", "3"] { deliveries.add(gap(channel), bot: "42") }
        deliveries.add(gap("2", after: "9"), bot: "42")
        let (behind, free, later) = (message("10", in: "3"), message("11", in: "4"), message("12", in: "3"))
        for message in [behind, free, later] { deliveries.add(message) }
        #expect(deliveries.count == 3)
        let order = (0..<7).map { _ in deliveries.next() }
        #expect(order == [
            .message(free), .missed(gap("3"), bot: "42"), .message(behind), .message(later), .missed(gap("1"), bot: "42"),
            .missed(gap("2"), bot: "42"), nil,
        ])
    }

    @Test func remembersAThousandChannels() {
        var channels = DiscordChannels()
        for number in 0..<1200 { channels.note(Self.id(Double(number)), in: "\(number)", isDirect: true, isForBot: true) }
        #expect(channels.gaps(now: Self.now).count == 1000 && channels.gaps(now: Self.now).last?.channel == "200")
    }
}
