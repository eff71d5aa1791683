import Agents
import Testing

@Suite struct AgentBudgetTests {
    @Test func nothingIsUsedUpAtFirst() {
        #expect(AgentSpending().exhausted(AgentBudget()) == nil)
    }

    @Test(arguments: [AgentLimit.iterations, .tokens, .toolCalls])
    func whatIsUsedUpIsNamed(limit: AgentLimit) {
        func spent(_ short: Int) -> AgentSpending {
            var spent = AgentSpending()
            switch limit {
            case .iterations: spent.iterations = 5 - short
            case .tokens: spent.tokens = 32_768 - short
            case .toolCalls: spent.toolCalls = 50 - short
            case .seconds: break
            }
            return spent
        }
        #expect(spent(1).exhausted(AgentBudget()) == nil)
        #expect(spent(0).exhausted(AgentBudget()) == limit)
    }

    @Test func timeRunsOut() {
        var spent = AgentSpending()
        spent.seconds = 300
        #expect(spent.exhausted(AgentBudget()) == .seconds)
    }
}
