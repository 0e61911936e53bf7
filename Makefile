# From a bare machine with git, make and Python 3.11 to 3.14:
#   make run     sets everything up and opens the studio
#   make test    sets everything up and runs every check
#
# PYTHON names the Python to make .venv with; .venv keeps it until it is removed.
PYTHON ?=
VENV ?= .venv
# The release that the weights in models/ are made with. Any torch that pyproject.toml allows
# will do; name another for a build that suits your machine (CUDA, for instance).
TORCH ?= torch==2.13.0
# The release of Debian that "make fresh" tries, and what it makes there.
SUITE ?= trixie
TARGET ?= run

SHELL := /bin/bash
BIN := $(VENV)/bin
# A check of the stamp in $(VENV) where the set-up has been done before: a fraction of a second.
SET_UP = python="$$(PYTHON='$(PYTHON)' VENV='$(VENV)' scripts/find_python.sh)" && \
	"$$python" scripts/set_up.py --venv '$(VENV)' --torch '$(TORCH)'
READY = @$(SET_UP) test

.PHONY: help run test setup lint format coverage screenshots examples benchmark wheel upgrade fresh clean

help: ## Say what can be made (this)
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Set up what is missing, then open the studio
	@$(SET_UP) run
	@scripts/run.sh '$(BIN)'

test: ## Set up, then lint, types, layers, tests and coverage
	$(READY)
	@scripts/test.sh '$(BIN)'

setup: ## Set up for development, even if it has been done
	@$(SET_UP) test --again

lint: ## Check style, types and layers only
	$(READY)
	@scripts/lint.sh '$(BIN)'

format: ## Put the sources into shape
	$(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: ## Show in build/coverage what the last make test did not reach
	$(READY)
	$(BIN)/coverage html --directory build/coverage
	$(BIN)/python scripts/check_coverage.py

screenshots: ## Draw the pictures in docs/images anew
	$(READY)
	$(BIN)/python docs/make_screenshots.py

examples: ## Let every band play: pictures in docs/images, sound in build/examples
	$(READY)
	$(BIN)/python docs/make_style_examples.py

benchmark: ## Measure what the documentation claims
	$(READY)
	$(BIN)/python -m benchmarks

wheel: ## Build the source archive and the wheel into dist/
	$(READY)
	$(BIN)/python -m build --no-isolation

upgrade: ## Move constraints.txt to the newest versions
	@python="$$(PYTHON='$(PYTHON)' scripts/find_python.sh)" && \
		"$$python" scripts/upgrade.py --torch '$(TORCH)'

fresh: ## Try TARGET (run or test) on a bare Debian SUITE; needs root and debootstrap
	@python="$$(scripts/find_python.sh)" && \
		"$$python" scripts/fresh.py --suite '$(SUITE)' --target '$(TARGET)' \
		$(if $(filter command line environment,$(origin TORCH)),--torch '$(TORCH)')

clean: ## Remove what the other commands made, .venv excepted
	rm -rf build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
