import Agents
import Testing

@Suite struct AgentBudgetTests {
    @Test func nothingIsUsedUpAtFirst() {
        #expect(AgentSpending().exhausted(AgentBudget()) == nil)
    }

    @Test(arguments: [
        (AgentLimit.iterations, \AgentSpending.iterations, 5), (.tokens, \.tokens, 32_768), (.toolCalls, \.toolCalls, 50),
    ] as [(AgentLimit, WritableKeyPath<AgentSpending, Int> & Sendable, Int)])
    func whatIsUsedUpIsNamed(limit: AgentLimit, field: WritableKeyPath<AgentSpending, Int> & Sendable, amount: Int) {
        var spent = AgentSpending()
        spent[keyPath: field] = amount - 1
        #expect(spent.exhausted(AgentBudget()) == nil)
        spent[keyPath: field] = amount
        #expect(spent.exhausted(AgentBudget()) == limit)
    }

    @Test func timeRunsOut() {
        var spent = AgentSpending()
        spent.seconds = 300
        #expect(spent.exhausted(AgentBudget()) == .seconds)
    }
}
