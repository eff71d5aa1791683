"""Sends a server what its own OpenAPI document allows, and what it forbids, and checks the answers against the document.

    MARTLET_BINARY=.build/release/martlet python3 Tests/clients/test_schema.py [TEXT]

Starts a server of its own. For each operation (whose name holds TEXT), schemathesis makes some requests that fit the document
and some that don't, the same ones on every run: no answer may be a 5xx, and each must have a status, a type and a form that
the document declares. Prints "N passed, N failed" and exits with 1 when an operation failed.
"""

import re
import sys
import time
import warnings

import hypothesis
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from support.painter import Painter
from support.server import ServerProcess

MODEL = "smollm2-135m-instruct"
# How pieces of an upload travel (tus).
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
EXAMPLES = 25
SEED = 1
# Left out, as a request that fits would load or fetch models, speak at length, or never end.
LEFT_OUT = re.compile(r"/(load|unload|switch|pulls|warm)\b|^/v1/events$|^/api/jobs/events$|^/v1/voice/turn$|^/v1/audio/|^/api/agent/message$")
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance,
    checks.response_headers_conformance,
]


def bounded(case):
    """A chat that fits the document may be long: what is checked here shows after two tokens."""
    if isinstance(case.body, dict) and isinstance(case.body.get("messages"), list):
        case.body = {**case.body, "max_tokens": 2}
        case.body.pop("max_completion_tokens", None)
    return case


def try_out(operation, mode):
    """- Returns: how many requests were made."""
    made = 0

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, report_multiple_bugs=False,
        phases=[hypothesis.Phase.generate], suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def run(case):
        nonlocal made
        made += 1
        bounded(case)
        case.validate_response(case.call(timeout=60), checks=CHECKS)

    try:
        run()
    except hypothesis.errors.Unsatisfiable:
        pass  # nothing that doesn't fit can be made of an operation without parameters
    return made


def main():
    warnings.simplefilter("ignore")
    passed = failed = 0
    left_out = []
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    with Painter() as painter, ServerProcess(
        "server.request_timeout=30s", f"models.chat={MODEL}", "models.offline=true",
        configuration=f"endpoints: [{{id: painter, url: '{painter.url}', capabilities: [images]}}]\nimages: {{max_side: 256, writer: painter, eye: painter}}\n",
    ) as server:
        schema = schemathesis.openapi.from_url(server.url("/openapi.json"))
        for result in schema.get_all_operations():
            operation = result.ok()
            if wanted not in operation.label:
                continue
            if LEFT_OUT.search(operation.path):
                left_out.append(operation.label)
                continue
            started = time.monotonic()
            try:
                made = sum(try_out(operation, mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
                assert made > 0, "no request could be made"
                passed += 1
                print(f"ok   {operation.label}: {made} requests ({time.monotonic() - started:.1f} s)")
            except Exception as error:
                failed += 1
                shown = "\n".join(str(part) for part in getattr(error, "exceptions", [error]))
                print(f"FAIL {operation.label}: {type(error).__name__}\n{shown[:3000]}")
        if server.process.poll() is not None:
            failed += 1
            print("FAIL the server died:", *server.lines()[-20:], sep="\n")
    if left_out:
        print("left out, as they load models or wait:", ", ".join(left_out))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
