#!/usr/bin/env bash
# Prepares the peer of the job benchmark: Redis from Debian, Celery from PyPI, in an environment of its own.
set -euo pipefail

environment=${MARTLET_HOME:-$HOME/.cache/martlet}/benchmarks-jobs
command -v redis-server >/dev/null || apt-get install -y --no-install-recommends redis-server
command -v psql >/dev/null || apt-get install -y --no-install-recommends postgresql
[[ -x $environment/bin/python ]] || python3 -m venv "$environment"
"$environment/bin/pip" install -q 'celery[redis]==5.5.3'
echo "$environment/bin/python Benchmarks/jobs/compare.py"
