# Two commands set everything up on a fresh machine: `make serve` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# Attacks are timed from outside: they run after the rest, three at a time, for they mostly wait.
PARALLEL := --numprocesses 2 --dist worksteal
ATTACKS := --numprocesses 3 --dist worksteal -m attacks

.DEFAULT_GOAL := quick
.PHONY: quick serve test test-engines attacks chaos whatif screenshots pack assets build check golden fix bench docs \
	lock help clean

quick: $(VENV)/.dev  ## lint, types, unit tests: the quick loop
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	$(BIN)/pytest -q $(PARALLEL) -m "not hermit and not faults and not attacks"

serve: $(VENV)/.run  ## build a generation if none is current, and serve it on HOST:PORT
	HOST=$(HOST) PORT=$(PORT) $(BIN)/coopkg serve --build-if-missing

test: $(VENV)/.dev $(VENV)/.tools  ## everything CI runs
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	$(BIN)/pytest -q $(PARALLEL) -m "not attacks" --durations=15
	$(BIN)/pytest -q $(ATTACKS) $$(grep -rl --include='*.py' mark.attacks tests)

test-engines: $(VENV)/.dev $(VENV)/.tools  ## the catalogue on engines elsewhere
	$(BIN)/pytest -q tests/test_remote.py

attacks: $(VENV)/.dev  ## every attack by upload, on an otherwise idle machine
	$(BIN)/pytest -q tests/test_attacks.py -k attack_by_upload

chaos: $(VENV)/.dev  ## kill every step of a contribution, then two hundred at random
	CHAOS_STEP=1 $(BIN)/pytest -q tests/test_contributions_faults.py tests/test_power_loss.py
	$(BIN)/python -m tests.chaos 200

whatif: $(VENV)/.dev  ## foresee twenty contributions, publish each, and compare
	COOPKG_WHATIF=publish $(BIN)/pytest -q tests/test_whatif.py

screenshots: $(VENV)/.dev $(VENV)/.tools  ## draw the main pages anew into docs/screenshots, to be looked at
	test -e "$${COOPKG_HOME:-var}/current" || $(BIN)/coopkg publish
	$(BIN)/python -m tests.screenshots

pack: $(VENV)/.dev $(VENV)/.tools  ## make the whole offline pack, and follow every link in it
	COOPKG_WHOLE_PACK=1 $(BIN)/pytest -q tests/test_pack.py

assets: $(VENV)/.run  ## build the scripts of the editor and the map anew
	$(BIN)/python frontend/build.py --force

build: $(VENV)/.run  ## publish a generation from the sources
	$(BIN)/coopkg publish

check: $(VENV)/.run  ## parse, validate and lint the sources
	$(BIN)/coopkg check

golden: $(VENV)/.dev  ## accept the answers as they are now; then read the diff
	$(BIN)/python -m tests.golden

fix: $(VENV)/.dev  ## what tools can mend
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.dev  ## speed as ratios to named peers, in one run
	$(BIN)/python -m tests.bench.http
	$(BIN)/python -m tests.bench.contributions
	$(BIN)/python -m tests.bench.closure_speed

docs: $(VENV)/.dev  ## write the generated pages of docs/ anew
	$(BIN)/python -m coopkg.cli docs

lock:  ## pin every dependency anew (needs uv)
	uv pip compile --universal --generate-hashes --quiet --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --quiet --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

clean:  ## remove what make has built, but no generation
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

# Hash-checked: what was tested is what is installed.
$(VENV)/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

# Beside Python: a browser, other clients and engines. Once per machine and change of the list.
$(VENV)/.tools: tests/tools/install $(wildcard tests/clients/package-lock.json) | $(VENV)/.dev
	tests/tools/install
	touch $@
