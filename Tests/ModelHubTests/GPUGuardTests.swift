import Foundations
import ModelHub
import Testing

@Suite struct GPUGuardTests {
    private static let gibibyte = 1 << 30

    @Test func countsTheLargerOfDeclaredAndMeasured() {
        #expect(GPUGuard.parameters(declared: nil, measured: nil) == nil)
        #expect(GPUGuard.parameters(declared: 5, measured: nil) == 5)
        #expect(GPUGuard.parameters(declared: 5, measured: 7) == 7)
        #expect(GPUGuard.parameters(declared: 9, measured: 7) == 9)
        #expect(!GPUGuard.watches(nil) && !GPUGuard.watches(29_999_999_999) && GPUGuard.watches(30_000_000_000))
    }

    private func verdict(_ free: [Int], support: Bool = true, offload: Bool = false) throws -> GPUGuard.Placement {
        try GPUGuard(freeMemory: free, engineHasSupport: support, allowsOffload: offload)
            .place("giant", parameters: 30_500_000_000, needed: 20 * Self.gibibyte)
    }

    private func lack(_ free: [Int], support: Bool = true, offload: Bool = false) -> String? {
        do {
            _ = try verdict(free, support: support, offload: offload)
            return nil
        } catch {
            let report = ErrorReport(error)
            #expect(report.code == "gpu_required" && report.kind.status == 503)
            #expect(report.details["parameters"] == 30_500_000_000 && report.message.contains("30.5 billion"))
            return report.details["missing"]?.stringValue
        }
    }

    @Test func nothingRunsLargeModelsOnTheProcessor() {
        #expect(lack([]) == "gpu")
        // Not even by the operator's word: a part may go to the processor, not the whole.
        #expect(lack([], offload: true) == "gpu")
        #expect(lack([80 * Self.gibibyte], support: false) == "engine_gpu_support")
        #expect(lack([80 * Self.gibibyte], support: false, offload: true) == "engine_gpu_support")
        #expect(lack([10 * Self.gibibyte]) == "gpu_memory")
    }

    @Test func enoughGraphicsMemoryTakesTheWhole() throws {
        #expect(try verdict([20 * Self.gibibyte]) == .graphics)
        #expect(try verdict([12 * Self.gibibyte, 12 * Self.gibibyte]) == .graphics)
        #expect(try verdict([24 * Self.gibibyte], offload: true) == .graphics)
        #expect(try verdict([.max, .max]) == .graphics)
    }

    @Test func aPartOnTheProcessorOnlyWhereItIsWrittenDown() throws {
        #expect(try verdict([10 * Self.gibibyte], offload: true) == .shared)
    }

    @Test func estimatesAreBounded() {
        #expect(MemoryEstimate(facts: nil, fileBytes: 100, contextTokens: 1000).total == 100 + MemoryEstimate.overhead)
        #expect(MemoryEstimate(facts: nil, fileBytes: .max, contextTokens: .max).total == .max)
    }
}
