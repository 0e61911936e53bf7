.PHONY: test
PYTHON ?= $(firstword $(wildcard .venv/bin/python) python3)
test:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest
