#!/usr/bin/env bash
# Every check there is. The argument is the environment's bin folder.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-.venv/bin}

# The tests start hundreds of processes: none of them is to compile Composer anew.
unset PYTHONDONTWRITEBYTECODE

scripts/lint.sh "$bin"

mkdir -p build
# As many processes of tests as tests/conftest.py says, and a module in one of them; tests that play
# in time have the machine to themselves (tests/turns.py). The order is that of tests/conftest.py.
side_by_side=(-n auto --dist loadfile --no-loadscope-reorder)
"$bin/python" -m pytest "${side_by_side[@]}" --cov --cov-report= 2>&1 | tee build/pytest.log
"$bin/python" scripts/check_coverage.py
# pytest's closing line once more, so that the last line says how the tests went.
tail -n 1 build/pytest.log
