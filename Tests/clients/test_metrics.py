"""Checks a running server's figures as Prometheus' own tool judges them, and that dashboard and alerts ask for figures that exist.

    MARTLET_BASE_URL=http://127.0.0.1:8080 python3 Tests/clients/test_metrics.py

Needs promtool: in $MARTLET_HOME/tools, else on PATH. Prints "N passed, N failed" and exits with 1 when a check failed.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

from support.checks import check, run_checks

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
BASE = os.environ.get("MARTLET_BASE_URL", "http://127.0.0.1:8080")
HOME = pathlib.Path(os.environ.get("MARTLET_HOME") or os.path.expanduser("~/.cache/martlet"))
CLIPS = pathlib.Path(os.environ.get("MARTLET_CLIPS") or HOME / "samples/clips")
PROMTOOL = str(HOME / "tools/promtool") if (HOME / "tools/promtool").exists() else shutil.which("promtool")
# These appear with what they count: failures, refusals, retries.
RARE = {"martlet_jobs_total", "martlet_lane_rejections_total", "martlet_endpoint_failures_total", "martlet_pool_retries_total"}


def post(path, body, content_type="application/json"):
    request = urllib.request.Request(BASE + path, data=body, headers={"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request, timeout=180) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def metrics():
    with urllib.request.urlopen(BASE + "/metrics", timeout=30) as answer:
        return answer.read().decode()


def families(text):
    return set(re.findall(r"^# TYPE (\S+)", text, re.M))


def asked_for(text):
    """The families that expressions name, without the suffixes of histograms."""
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bmartlet_[a-z_]+", text)}


def make_traffic():
    chat = {"model": "smollm2-135m-instruct", "max_tokens": 4, "messages": [{"role": "user", "content": "Hello"}]}
    assert post("/v1/chat/completions", json.dumps(chat).encode()) == 200
    assert post("/v1/chat/completions", b"{") == 400
    form = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nWhich colours?\r\n--x\r\n'
    form += b'Content-Disposition: form-data; name="max_tokens"\r\n\r\n8\r\n--x\r\n'
    form += b'Content-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\n'
    form += (CLIPS / "red-green-blue.mp4").read_bytes() + b"\r\n--x--\r\n"
    assert post("/v1/inference/upload", form, "multipart/form-data; boundary=x") == 200


@check
def promtool_accepts_the_figures():
    make_traffic()
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=metrics(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr.strip(), done.stderr


@check
def promtool_accepts_the_rules():
    done = subprocess.run([PROMTOOL, "check", "rules", str(CHECKOUT / "deploy/prometheus/alerts.yaml")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@check
def dashboard_and_alerts_ask_for_figures_that_exist():
    have = families(metrics()) | RARE
    dashboard = json.loads((CHECKOUT / "deploy/grafana/martlet.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(expressions) > 15
    for name, text in [("dashboard", "\n".join(expressions)), ("alerts", (CHECKOUT / "deploy/prometheus/alerts.yaml").read_text())]:
        unknown = asked_for(text) - have
        assert not unknown, f"{name}: {sorted(unknown)}"


if __name__ == "__main__":
    if PROMTOOL is None:
        sys.exit("test_metrics.py: promtool isn't installed")
    sys.exit(run_checks())
