#!/usr/bin/env bash
# Style, types and layers. The argument is the environment's bin folder.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-.venv/bin}

# mypy shares its work out from version 2 on; older ones take no notice.
export MYPY_NUM_WORKERS=${MYPY_NUM_WORKERS:-2}

"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/lint-imports"
