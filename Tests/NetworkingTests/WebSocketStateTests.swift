import Networking
import Testing

@Suite struct WebSocketStateTests {
    typealias Frame = WebSocketState.Frame
    typealias Action = WebSocketState.Action

    static let protocolFault: [Action] = [.sendClose([3, 234]), .fail(.protocolViolation), .end]

    @Test func givesWholeMessages() {
        var state = WebSocketState(maxMessageBytes: 100)
        #expect(state.receive(Frame(1, Array("Grüße".utf8))) == [.deliver(.text("Grüße"))])
        #expect(state.receive(Frame(2, [0, 255])) == [.deliver(.binary([0, 255]))])
        #expect(state.receive(Frame(1)) == [.deliver(.text(""))])
    }

    @Test func putsFragmentsTogether() {
        var state = WebSocketState(maxMessageBytes: 100)
        // A character cut in two.
        #expect(state.receive(Frame(1, isFinal: false, [0x47, 0xC3])) == [])
        #expect(state.receive(Frame(0, isFinal: false)) == [])
        #expect(state.receive(Frame(0, [0xBC])) == [.deliver(.text("Gü"))])
        #expect(state.receive(Frame(2, [7])) == [.deliver(.binary([7]))])
    }

    @Test func answersPingsAmongFragments() {
        var state = WebSocketState(maxMessageBytes: 100)
        #expect(state.receive(Frame(9, [1, 2])) == [.pong([1, 2])])
        #expect(state.receive(Frame(1, isFinal: false, [0x61])) == [])
        #expect(state.receive(Frame(9)) == [.pong([])])
        #expect(state.receive(Frame(10, [9])) == [])
        #expect(state.receive(Frame(0, [0x62])) == [.deliver(.text("ab"))])
    }

    @Test(arguments: [
        [Frame(0, [1])],
        [Frame(1, isFinal: false), Frame(1)],
        [Frame(1, isFinal: false), Frame(2)],
        [Frame(3)], [Frame(7)], [Frame(11)], [Frame(15)],
        [Frame(1, isMasked: true, [0x61])],
        [Frame(1, hasReservedBits: true, [0x61])],
        [Frame(9, isFinal: false)],
        [Frame(9, [UInt8](repeating: 0, count: 126))],
        [Frame(8, [3])],
        [Frame(8, [0, 5])], [Frame(8, [3, 236])], [Frame(8, [3, 238])], [Frame(8, [3, 247])], [Frame(8, [8, 0])], [Frame(8, [20, 0])],
        [Frame(8, [3, 232, 0xFF])],
    ]) func refusesWhatBreaksTheRules(_ frames: [Frame]) {
        var state = WebSocketState(maxMessageBytes: 1000)
        for frame in frames.dropLast() { #expect(state.receive(frame) == []) }
        #expect(frames.last.map { state.receive($0) } == Self.protocolFault)
        #expect(state.receive(Frame(1, [0x61])) == [] && state.close(code: 1000) == [] && !state.isOpen && state.closing == nil)
    }

    @Test func refusesTextThatIsNotUTF8() {
        var state = WebSocketState(maxMessageBytes: 100)
        #expect(state.receive(Frame(1, [0xC3, 0x28])) == [.sendClose([3, 239]), .fail(.protocolViolation), .end])
    }

    @Test func boundsMessagesHoweverTheyAreCut() {
        let tooLarge: [Action] = [.sendClose([3, 241]), .fail(.messageTooLarge(limit: 10)), .end]
        var whole = WebSocketState(maxMessageBytes: 10)
        #expect(whole.receive(Frame(2, [UInt8](repeating: 0, count: 10))) == [.deliver(.binary([UInt8](repeating: 0, count: 10)))])
        #expect(whole.receive(Frame(2, [UInt8](repeating: 0, count: 11))) == tooLarge)
        var cut = WebSocketState(maxMessageBytes: 10)
        #expect(cut.receive(Frame(2, isFinal: false, [UInt8](repeating: 0, count: 6))) == [])
        #expect(cut.receive(Frame(0, isFinal: false, [UInt8](repeating: 0, count: 4))) == [])
        #expect(cut.receive(Frame(0, isFinal: false, [0])) == tooLarge)
    }

    @Test func answersThePeersGoodbye() {
        var state = WebSocketState(maxMessageBytes: 100)
        #expect(state.receive(Frame(8, [15, 164] + Array("no".utf8))) == [.sendClose([15, 164]), .expectEnd])
        #expect(state.closing == WebSocketClosing(code: 4004, reason: "no") && !state.isOpen)
        #expect(state.receive(Frame(9)) == [] && state.close(code: 1000) == [])
        var silent = WebSocketState(maxMessageBytes: 100)
        #expect(silent.receive(Frame(8)) == [.sendClose([]), .expectEnd])
        #expect(silent.closing == WebSocketClosing(code: nil))
    }

    @Test func saysGoodbyeAndWaitsForTheAnswer() {
        var state = WebSocketState(maxMessageBytes: 100)
        #expect(state.receive(Frame(1, isFinal: false, [0x61])) == [])
        #expect(state.close(code: 4000, reason: "zombie") == [.sendClose([15, 160] + Array("zombie".utf8)), .expectEnd])
        #expect(!state.isOpen && state.close(code: 1000) == [])
        // What was under way is passed over, a message larger than any bound too.
        #expect(state.receive(Frame(0, [UInt8](repeating: 0, count: 500))) == [])
        #expect(state.receive(Frame(9)) == [] && state.receive(Frame(2, [1])) == [])
        #expect(state.receive(Frame(8, [15, 160])) == [.end])
        #expect(state.closing == WebSocketClosing(code: 4000))
        #expect(state.receive(Frame(8)) == [])
    }

    @Test func leavesOutAReasonThatDoesNotFit() {
        var state = WebSocketState(maxMessageBytes: 100)
        #expect(state.close(code: 1000, reason: String(repeating: "x", count: 124)) == [.sendClose([3, 232]), .expectEnd])
    }
}
