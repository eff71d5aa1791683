import Agents
import Engines
import Foundation
import Testing

@Suite("Checks of code", .enabled(if: Sandbox.isAvailable()))
struct CodeCheckTests {
    private let check = CodeCheck()

    @Test("a solution passes as a continuation and as a whole function", arguments: [
        "    return a + b\n", "def add(a, b):\n    return a + b\n", "def helper(x):\n    return x\n\ndef add(a: List[int], b):\n    return helper(a) + b\n",
    ])
    func passes(solution: String) async throws {
        let result = try await check.check(solution, of: EvaluationSamples.add)
        #expect(result.outcome == .passed, "\(result)")
        #expect(result.wallTime ?? .zero > .zero)
    }

    @Test("each way to fail has its name", arguments: [
        ("    return a - b\n", SolutionOutcome.failed, "AssertionError"), ("    return a +\n", .syntaxError, "SyntaxError"),
        ("    return nothing\n", .error, "NameError"), ("    raise KeyError('x')\n", .error, "KeyError"),
        ("    return bytearray(1 << 33)\n", .memory, "MemoryError"), ("    return add(a, b)\n", .error, "RecursionError"), ("", .failed, "AssertionError"),
    ])
    func fails(solution: String, outcome: SolutionOutcome, type: String) async throws {
        let result = try await check.check(solution, of: EvaluationSamples.add)
        #expect(result.outcome == outcome, "\(result)")
        #expect(result.errorType == type)
    }

    @Test("what never ends is ended")
    func endless() async throws {
        let result = try await CodeCheck(timeLimit: .seconds(1)).check("    while True:\n        pass\n", of: EvaluationSamples.add)
        #expect(result.outcome == .timeout)
    }

    @Test("what a test prints or reads changes nothing")
    func printing() async throws {
        #expect(try await check.check("    print('x' * 10_000_000)\n    return a + b\n", of: EvaluationSamples.add).outcome == .passed)
        #expect(try await check.check("    input()\n    return a + b\n", of: EvaluationSamples.add).errorType == "EOFError")
    }

    /// Programs that don't add, and try to pass all the same.
    private static let cheats: [String: String] = [
        "leaves": "import sys\ndef add(a, b):\n    sys.exit(0)\n",
        "leaves at once": "import os\nos._exit(0)\n",
        "says a word": "import os\nfor fd in range(10):\n    try:\n        os.write(fd, b'passed passed\\n')\n    except OSError:\n        pass\ndef add(a, b):\n    os._exit(0)\n",
        "redefines check": "def check(candidate):\n    pass\ndef add(a, b):\n    return 0\n",
        "redefines AssertionError": "import builtins\nclass Never(Exception):\n    pass\nbuiltins.AssertionError = Never\ndef add(a, b):\n    builtins.abs = lambda x: 0\n    return 0\n",
        "hides built-ins": "def abs(x):\n    return 0\ndef add(a, b):\n    return 5 if a == 2 else 0 if a == 0 else 2 if a == 1 else 0\n",
        "patches built-ins": "import builtins\ndef add(a, b):\n    builtins.abs = lambda x: 0\n    return 5 if a == 2 else 0 if a == 0 else 2 if a == 1 else 0\n",
        "patches math": "import math\nmath.isclose = lambda *a: True\nimport sys\ndef add(a, b):\n    math.isclose = lambda *a: True\n    return 5 if a == 2 else 9 if a == 0 else a + b\n",
        "replaces exec": "import builtins\nbuiltins.exec = lambda *a: None\nbuiltins.compile = lambda *a, **k: None\ndef add(a, b):\n    return 0\n",
        "equals all": "class All:\n    __eq__ = lambda s, o: True\n    __sub__ = lambda s, o: 0\n    __float__ = lambda s: 0.0\n    __rsub__ = __sub__\ndef add(a, b):\n    return All()\n",
        "equals all by a subclass": "class All(int):\n    __eq__ = lambda s, o: True\n    __sub__ = lambda s, o: 0\ndef add(a, b):\n    return All(0)\n",
        "equals all by the library": "from unittest.mock import ANY\ndef add(a, b):\n    return ANY if a != 20 else 21\n",
        "looks at frames": "import sys, os\ndef add(a, b):\n    f = sys._getframe()\n    while f:\n        for v in list(f.f_locals.values()):\n            if isinstance(v, str) and len(v) == 64:\n                for d in range(3, 10):\n                    os.write(d, (v + ' passed\\n').encode())\n        f = f.f_back\n    return 0\n",
        "looks at tracebacks": "import os\ndef add(a, b):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        f = e.__traceback__.tb_frame\n    while f:\n        for v in list(f.f_locals.values()):\n            if isinstance(v, str) and len(v) == 64:\n                for d in range(3, 10):\n                    os.write(d, (v + ' passed\\n').encode())\n        f = f.f_back\n    return 0\n",
        "takes a signal": "import signal\nimport os\ndef see(n, f):\n    while f:\n        for v in list(f.f_locals.values()):\n            if isinstance(v, str) and len(v) == 64:\n                for d in range(3, 10):\n                    os.write(d, (v + ' passed\\n').encode())\n        f = f.f_back\nsignal.signal(signal.SIGALRM, see)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\ndef add(a, b):\n    while True:\n        pass\n",
        "traces": "import sys\nsys.settrace(lambda *a: None)\ndef add(a, b):\n    return 0\n",
        "collects": "import gc, os\ndef add(a, b):\n    for o in gc.get_objects():\n        pass\n    return 0\n",
        "reads memory": "import os\ndef add(a, b):\n    open('/proc/self/maps').read()\n    return 0\n",
        "reads the input": "import os\nword = os.read(0, 1000).decode()[:64]\nfor d in range(10):\n    try:\n        os.write(d, (word + ' passed\\n').encode())\n    except OSError:\n        pass\nos._exit(0)\n",
        "goes native": "import ctypes\ndef add(a, b):\n    return 0\n",
        "forks": "import os\nif os.fork() == 0:\n    os._exit(0)\ndef add(a, b):\n    return 0\n",
        "exits at the end": "import atexit, os\natexit.register(os._exit, 0)\ndef add(a, b):\n    raise SystemExit(0)\n",
    ]

    @Test("nobody passes without solving", arguments: cheats.keys.sorted())
    func cheating(name: String) async throws {
        let program = try #require(Self.cheats[name])
        let result = try await CodeCheck(timeLimit: .seconds(5)).check(program, of: EvaluationSamples.add)
        #expect(result.outcome != .passed, "\(result)")
        // It got as far as to be told apart from a program that can't be read.
        #expect(result.outcome != .syntaxError && result.outcome != .timeout, "\(result)")
    }

    @Test("tests call the task's helpers, not the solution's")
    func helpers() async throws {
        #expect(try await check.check("    return s[:-1][::-1]\n", of: EvaluationSamples.inverse).outcome == .passed)
        let cheat = "def encode(s):\n    return s\n\ndef decode(s):\n    return s\n"
        #expect(try await check.check(cheat, of: EvaluationSamples.inverse).outcome == .failed)
    }

    @Test("MBPP's asserts are checked the same way")
    func asserts() async throws {
        let task = EvaluationSamples.double
        #expect(try await check.check("def double(n):\n    return n + n\n", of: task).outcome == .passed)
        #expect(try await check.check("def double(n):\n    return n * n\n", of: task).outcome == .failed)
        #expect(try await check.check("def abs(n):\n    return 6\ndef double(n):\n    return 4\n", of: task).outcome == .failed)
        #expect(try await check.check("class E(int):\n    __eq__ = lambda s, o: True\ndef double(n):\n    return E(n)\n", of: task).outcome == .failed)
        #expect(try await check.check("", of: task).errorType == "NameError")
    }

    @Test("ordinary library use stays possible")
    func library() async throws {
        let program = """
            from collections import namedtuple, Counter
            from dataclasses import dataclass
            from enum import Enum
            import functools, random, re, typing
            Pair = namedtuple('Pair', 'a b')
            class Kind(Enum):
                SUM = 1
            @dataclass
            class Sum:
                a: int
                b: int
            @functools.lru_cache(None)
            def total(a, b):
                s = Sum(*Pair(a, b))
                return s.a + s.b if Kind.SUM else 0
            def add(a, b):
                Counter([a]); random.seed(1); re.match('a', 'a')
                return total(a, b)
            """
        let result = try await check.check(program, of: EvaluationSamples.add)
        #expect(result.outcome == .passed, "\(result)")
    }
}
