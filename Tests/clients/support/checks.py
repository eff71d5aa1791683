"""Collects a suite's checks, runs them and says how they went."""

import sys
import time
import traceback

checks = []


class LeftOut(Exception):
    """What a check needs isn't here; the text says what."""


def check(function):
    checks.append(function)
    return function


def run_checks(*arguments):
    """Runs the checks that the command line names, or all. Returns the exit code: 1 when one failed or none was run."""
    passed = failed = left_out = 0
    wanted = sys.argv[1:]
    for function in checks:
        if wanted and function.__name__ not in wanted:
            continue
        started = time.monotonic()
        try:
            function(*arguments)
            passed += 1
            print(f"ok   {function.__name__} ({time.monotonic() - started:.1f} s)")
        except LeftOut as reason:
            left_out += 1
            print(f"left out: {function.__name__}, as {reason}")
        except Exception:
            failed += 1
            print(f"FAIL {function.__name__}")
            traceback.print_exc(file=sys.stdout)
        sys.stdout.flush()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed + left_out else 0
