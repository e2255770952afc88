# Two commands: `make demo` runs the cross-border journey, `make test` passes the tests.
# Each sets up all that it needs in .venv.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= auto

.PHONY: help demo test lint bench soak clean

help:
	@echo "make demo    run the journey and keep serving (ARGS=--headless walks it by itself)"
	@echo "make test    formatter, linter, types, import contracts, tests"
	@echo "make bench   ratios against peers and the floor"
	@echo "make soak    the long crash test"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "sdg-connector needs Python 3.11 or newer on the PATH"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --upgrade pip

$(VENV)/.installed-%: setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing sdg-connector[$*] into $(VENV)"
	@$(BIN)/python -m pip install -qq --editable ".[$*]"
	@touch $@

demo: $(VENV)/.installed-demo
	@$(BIN)/sdg-connector demo $(ARGS)

lint: $(VENV)/.installed-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: lint
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

bench: $(VENV)/.installed-bench
	@$(BIN)/python -m benchmarks $(ARGS)

soak: $(VENV)/.installed-test
	@$(BIN)/pytest tests/journeys -m soak $(ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info .demo .pytest_cache .mypy_cache .ruff_cache
