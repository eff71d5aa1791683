import Foundations
import Synchronization
import Testing

@Suite struct MetricsRegistryTests {
    @Test func printsTheTextFormat() async {
        let metrics = MetricsRegistry()
        await metrics.increment("martlet_x_total", "Things.", [("route", "/a\"b")])
        await metrics.increment("martlet_x_total", "Things.", [("route", "/a\"b")], by: 2)
        await metrics.set("martlet_level", "Level.", to: 0.5)
        await metrics.observe("martlet_seconds", "Time.", [], 0.2, bounds: [0.1, 1])
        #expect(
            await metrics.text() == """
                # HELP martlet_level Level.
                # TYPE martlet_level gauge
                martlet_level 0.5
                # HELP martlet_seconds Time.
                # TYPE martlet_seconds histogram
                martlet_seconds_bucket{le="0.1"} 0
                martlet_seconds_bucket{le="1"} 1
                martlet_seconds_bucket{le="+Inf"} 1
                martlet_seconds_sum 0.2
                martlet_seconds_count 1
                # HELP martlet_x_total Things.
                # TYPE martlet_x_total counter
                martlet_x_total{route="/a\\"b"} 3

                """)
    }

    @Test func collectedGaugesAreReadWhenAskedForAndForgottenWhenGone() async {
        let metrics = MetricsRegistry()
        let level = Mutex([("a", 1.0), ("b", 2.0)])
        await metrics.collect { [.init("depth", "Depth.", level.withLock { $0 }.map { ([("lane", $0.0)], $0.1) })] }
        await metrics.collect { [.init("depth", "Depth.", [([("lane", "c")], 9)])] }
        #expect(await metrics.text().contains("depth{lane=\"a\"} 1\ndepth{lane=\"b\"} 2\ndepth{lane=\"c\"} 9\n"))
        level.withLock { $0 = [("b", 3)] }
        let text = await metrics.text()
        #expect(text.contains("depth{lane=\"b\"} 3\ndepth{lane=\"c\"} 9\n") && !text.contains("lane=\"a\""))
    }

    @Test func inventedLabelsCannotGrowMemory() async {
        let metrics = MetricsRegistry(maxSeries: 3)
        for index in 0..<100 { await metrics.increment("x", "X.", [("model", "m\(index)")]) }
        let lines = await metrics.text().split(separator: "\n").filter { $0.hasPrefix("x{") }
        #expect(lines.count == 4)
        #expect(lines.contains("x{model=\"other\"} 97"))
    }
}
