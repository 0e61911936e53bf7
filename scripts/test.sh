#!/usr/bin/env bash
# Every check there is. The argument is the environment's bin folder.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-.venv/bin}

scripts/lint.sh "$bin"

mkdir -p build
"$bin/python" -m pytest --cov --cov-report= 2>&1 | tee build/pytest.log
"$bin/python" scripts/check_coverage.py
# pytest's closing line once more, so that the last line says how the tests went.
tail -n 1 build/pytest.log
