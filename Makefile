# Everything here makes .venv by itself. Start with: make demo

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-to-run
DEV := $(VENV)/.installed-to-develop
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Arguments for the program behind a target: make demo ARGS="--port 9000", make test ARGS="-k boot -x"
ARGS ?=
# Each worker starts servers of its own and waits for them much of the time: there are more workers than cores.
# The tests of a module stay together as long as nobody idles, so that most servers are started once.
PARALLEL ?= -n 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick lint types layers bench pictures ci clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## Open a demo shop with two visitors, an agent and a forger (temporary data)
	$(BIN)/whosthere demo $(ARGS)

test: $(DEV) ## Run every test, with real servers and a real browser
	tests/prepare
	$(BIN)/pytest $(PARALLEL) $(ARGS)

test-quick: $(DEV) ## Run the tests that take seconds: no browser, no races, no packaging
	$(BIN)/pytest -m 'not slow and not browser and not packaging' $(PARALLEL) $(ARGS)

lint: $(DEV) ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## Check the types
	$(BIN)/mypy

layers: $(DEV) ## Check that imports point down, and the sizes of files and functions
	$(BIN)/pytest -q tests/test_layers.py $(ARGS)

bench: $(DEV) ## Measure the hot path
	$(BIN)/python -m benchmarks $(ARGS)

pictures: $(DEV) ## Photograph every state of launcher, panel, inbox and desk again (docs/pictures/)
	$(BIN)/python -m tests.browser.contact_sheet

ci: lint types test ## Exactly what CI runs: style, types, every test

clean: ## Remove everything that can be made again
	rm -rf $(VENV) node_modules build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* test-results
	find app tests benchmarks examples -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(RUN): pyproject.toml | $(BIN)/python
	@echo "Installing Whosthere into $(VENV), once; this takes about a minute."
	@$(PIP) install --editable '.[server]'
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing the developers' tools into $(VENV), once; this takes about a minute."
	@$(PIP) install --editable '.[dev]'
	@touch $(RUN) $@
