# Guomen. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PORT ?= 8000

.PHONY: help demo run test lint bench docs lock
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

demo: ## play the whole story and serve it on http://127.0.0.1:$(PORT); DEMO_ONCE=1 stops after it
	@tools/environment.sh runtime
	@$(BIN)/guomen demo

run: ## start an empty installation in $GUOMEN_HOME (default ./var)
	@tools/environment.sh runtime
	@$(BIN)/guomen up

lint: ## format, lint, types, import contracts, Chinese, generated words
	@tools/environment.sh dev
	@tools/lint.sh

test: lint ## everything that must hold: linters, then unit, database, HTTP and browser tests
	@tools/chromium.sh
	@tools/softhsm.sh
	@$(BIN)/python -m pytest -n 2 --dist worksteal

bench: ## the figures that the README claims
	@tools/environment.sh dev
	@for script in $$(ls bench/*.py | grep -v -e /machine -e /hello -e /load); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs: ## write the generated parts of docs/
	@tools/environment.sh dev
	@$(BIN)/python tools/words.py

lock: ## resolve the dependencies of pyproject.toml anew into the lock files
	@tools/environment.sh dev
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	@UV_CUSTOM_COMPILE_COMMAND="make lock" .venv/lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 pyproject.toml -o requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" .venv/lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group dev pyproject.toml -o requirements-dev.lock
