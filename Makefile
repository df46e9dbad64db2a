# Works with Python 3.11, make and git alone; everything else is installed into $(VENV) from requirements/dev.lock.
SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= python3.11
BIN := $(VENV)/bin
SAMAKI_DATA ?= var
PORT ?= 8000
INSTALLED := $(VENV)/.samaki-installed
# Tools that load the settings want a data folder; the site's own is none of their business.
SCRATCH := SAMAKI_DATA=$(CURDIR)/.mypy_cache/samaki-data DJANGO_SETTINGS_MODULE=samaki.project.settings
ONE_CORE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
SIDE_BY_SIDE := $(MAKE) --no-print-directory --jobs=2 --output-sync=target --keep-going
export SAMAKI_DATA

.DEFAULT_GOAL := help
.PHONY: help setup browser run test check format messages app docs bench wheel lock \
	check-style check-types check-imports check-templates check-migrations check-architecture \
	test-sqlite test-postgresql test-browser

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED)  ## make .venv and install everything, by hash

$(INSTALLED): requirements/dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not here. Samaki wants Python 3.11 (or: make PYTHON=python3.12 …)." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "make: $(PYTHON) could not make $(VENV). On Debian and Ubuntu: apt install python3.11-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --editable .
	@touch $@

browser:  # Chromium for the browser tests
	@scripts/chromium

run: setup  ## load the example programmes, print what they come to, serve on http://localhost:8000 (PORT=…)
	@$(BIN)/samaki demo
	@for figure in "perpetrators_counselled --by area" reported_success reported_stop_of_success \
		reported_stop_of_counselled "outreach_contacts --period 2008 --by area"; do \
		echo; $(BIN)/samaki figure mpp $$figure || exit 1; done
	@echo; exec $(BIN)/samaki serve --port $(PORT)

check: setup  ## style, types, import contracts, templates, architecture: under a minute
	@$(SIDE_BY_SIDE) check-types check-style check-imports check-templates check-migrations check-architecture

check-types:
	@$(SCRATCH) $(BIN)/mypy

check-style:
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check . && echo "style: clean"

check-imports:
	@$(SCRATCH) PYTHONPATH=src $(BIN)/lint-imports --no-logo | tail -n 25; exit $${PIPESTATUS[0]}

check-templates:
	@$(BIN)/djlint src --lint --quiet && $(BIN)/djlint src --check | grep -E "^src|updated"; exit $${PIPESTATUS[0]}

check-migrations:
	@$(SCRATCH) $(BIN)/python -m django makemigrations --check --dry-run

check-architecture:
	@$(ONE_CORE) $(BIN)/pytest -q tests/architecture

test: check browser  ## check, then every test on SQLite and PostgreSQL side by side, then in a browser
	@$(SIDE_BY_SIDE) test-sqlite test-postgresql
	@$(MAKE) --no-print-directory test-browser

test-sqlite:
	@$(ONE_CORE) $(BIN)/pytest -q --ignore=tests/architecture || { echo "samaki: tests failed on SQLite"; exit 1; }

test-postgresql:
	@$(ONE_CORE) SAMAKI_TEST_DATABASE=postgresql $(BIN)/pytest -q --ignore=tests/architecture -m "not once" || \
		{ echo "samaki: tests failed on PostgreSQL"; exit 1; }

test-browser:
	@scripts/browser-tests $(BIN)

format: setup  ## let the tools write the style
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format . ; $(BIN)/djlint src --reformat --quiet || true

messages: setup  ## find what people read, bring the Khmer and English catalogues up to date, compile them
	@$(SCRATCH) $(BIN)/python -m samaki.ui.catalogues

app: setup  ## join the modules of the field pages into the one script that phones fetch
	@$(BIN)/python -m samaki.interfaces.field.joined

docs: setup  ## write docs/reference from the code
	@$(SCRATCH) $(BIN)/python -m scripts.reference

bench: setup  ## measure small, in minutes, on SQLite; docs/build/performance.md names the sizes of what it tells
	@for file in tests/bench/*_bench.py; do module=$${file%.py}; \
		echo "== $$module"; $(BIN)/python -m $${module//\//.} || exit 1; done

wheel: setup  ## build what is installed on a server, into dist/
	@rm -rf dist && $(BIN)/hatchling build --target wheel

lock: setup  # after a change of dependencies; writes no registry into the locks
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra dev --extra bench --extra matching -o requirements/dev.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -c requirements/dev.lock -o requirements/run.lock pyproject.toml
