#!/usr/bin/env bash
# Style, types and layers. The argument is the environment's bin folder.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-.venv/bin}

"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/lint-imports"
