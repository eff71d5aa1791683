#!/usr/bin/env bash
# Checks the types of the page's modules, as their comments declare them. Nothing is built.
#
#   scripts/check-page.sh
set -euo pipefail

checkout=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
command -v tsc >/dev/null || { echo "check-page.sh: tsc is missing (Debian: node-typescript)" >&2; exit 1; }
tsc --project "$checkout/Tests/page/tsconfig.json"
echo "page: types checked"
