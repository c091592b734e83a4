# Everything one does with jukiflow.  `make` alone lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.complete

.PHONY: help setup up down demo test test-fast trials bench survive histories pictures docs docs-check lint types imports format migrate lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## install everything into .venv, each file checked against its hash

up: $(STAMP) ## start the whole office and stay; Ctrl-C stops it, .local keeps what was entered
	@$(BIN)/python -m cli up

down: $(STAMP) ## stop an office started elsewhere in this checkout
	@$(BIN)/python -m cli down

demo: $(STAMP) ## play births, moves and a day of the town hall, three minutes at most
	@$(BIN)/python -m cli demo

test: $(STAMP) ## run every check there is: lint, types, imports, documents, tests
	@$(BIN)/python -m local.checks

test-fast: $(STAMP) ## the tests that need neither database nor engine
	@$(BIN)/python -m pytest -q tests/domain tests/runtime

TRIALS := tests/workflows/test_every_step.py tests/workflows/test_gates.py tests/workflows/test_move_out.py

trials: $(STAMP) ## every step of every kind of case, and the crowds, that `make test` leaves out too
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal $(TRIALS) --all-kinds

bench: $(STAMP) ## births and moves per second against the floor; the desk with 10,000 incidents
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.desk

survive: trials ## the trials, then kill everything at random while births and moves run
	@$(BIN)/python -m bench.survive

histories: $(STAMP) ## record the case histories that the replay tests hold and are missing
	@$(BIN)/python -m tests.record_histories

pictures: $(STAMP) ## take the pictures of the documents anew, of the desk the demo leaves
	@$(BIN)/python -m pytest -q tests/scenario/test_desk_to_try.py --pictures

docs: $(STAMP) ## write the step tables of docs/procedures from the code
	@$(BIN)/python -m local.documents

docs-check: $(STAMP) ## say whether those tables are still as the code has them
	@$(BIN)/python -m local.documents --check

lint: $(STAMP) ## ruff alone
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

types: $(STAMP) ## basedpyright alone
	@$(BIN)/python -m basedpyright

imports: $(STAMP) ## the import contracts alone
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command as run; run()'

format: $(STAMP) ## let ruff put the files in order
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

migrate: $(STAMP) ## bring the database named by JUKI_MIGRATION_DATABASE_URL up to date
	@$(BIN)/python -m cli migrate

lock: $(STAMP) ## resolve requirements.in anew (needs uv)
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
	  --no-annotate --no-emit-index-url --no-emit-find-links \
	  --output-file requirements.lock requirements.in

clean: ## remove the environment and all local data
	rm -rf .venv .local .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "jukiflow needs Python 3.11 or newer; name one with  make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make environments; on Debian:  apt-get install python3-venv" >&2; exit 1; }
	@! test -L .venv || { \
	  echo ".venv is a link: set up where it points to, other checkouts work with it" >&2; exit 1; }
	@echo "Installing into .venv (about half a minute) …"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps \
	  --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --no-index --editable .
	@touch $(STAMP)
