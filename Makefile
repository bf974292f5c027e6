# Every target does its own set-up from a fresh clone, in a virtual environment of the project's own (.venv).
# All paths are relative, so that a clone in a folder with spaces in its name works.

PYTHON ?= python3
PORT ?= 3000
COCKPIT_PORT ?= 8420
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq

export DAGSTER_HOME := $(CURDIR)/dagster_home
export DAGSTER_DISABLE_TELEMETRY := 1
export PIP_ROOT_USER_ACTION := ignore
# dg warns when it is called from an environment that has not been activated.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help data run ui test bench check clean

help: ## Show this list
	@echo "Usage: make TARGET [PYTHON=python3.12] [PORT=3000] [COCKPIT_PORT=8420] [ARGS='...']"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile

data: $(VENV)/.runtime ## Bring the generated past of the metrics and the KPI events up to now
	@$(BIN)/python data/make_services.py
	@$(BIN)/python data/make_marketplace.py --until now --out data/services/marketplace
	@$(BIN)/python data/make_kpi_events.py
	@# Made-up events go into the project's own ledger, never by themselves into one that somebody named.
	@if [ -z "$$HEARTBEAT_LEDGER_URL" ]; then $(BIN)/heartbeat kpi import data/kpi_events/past.ndjson --table; \
	  else echo "HEARTBEAT_LEDGER_URL is set: 'make run', or 'heartbeat kpi import', brings these events into its ledger."; fi

run: data ## Give the first lane and the metrics their past, run the lanes, show the metrics, look at the tripwires
	@if [ -n "$$HEARTBEAT_LEDGER_URL" ]; then $(BIN)/heartbeat kpi import data/kpi_events/past.ndjson --table; fi
	@$(BIN)/heartbeat replay citizen_product data/citizen_product/series --table
	@echo
	@$(BIN)/heartbeat run --table $(ARGS)
	@echo
	@$(BIN)/heartbeat metrics backfill --days 30 --table
	@echo
	@$(BIN)/heartbeat metrics --table
	@echo
	@$(BIN)/heartbeat tripwires look --table
	@echo
	@$(BIN)/heartbeat slo measure --table
	@echo
	@$(BIN)/heartbeat status --record --table
	@echo
	@$(BIN)/heartbeat documents write --table

ui: data ## Open Dagster with its daemon on http://127.0.0.1:PORT and the cockpit on http://127.0.0.1:COCKPIT_PORT
	@# `dagster dev` recommends `dg dev`, which is not among the runtime requirements; the advice is kept from the reader.
	@# Ctrl-C ends `dagster dev`, and whichever way it ends the cockpit ends with it.
	@HEARTBEAT_DAGSTER_URL=http://127.0.0.1:$(PORT) $(BIN)/heartbeat cockpit --port $(COCKPIT_PORT) & cockpit=$$!; \
	  trap 'kill $$cockpit 2>/dev/null; wait $$cockpit' EXIT; trap : INT; trap 'exit 143' TERM; \
	  HEARTBEAT_COCKPIT_URL=http://127.0.0.1:$(COCKPIT_PORT) PYTHONWARNINGS='ignore:Function `dev_command`' $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p $(PORT) $(ARGS)

test: $(VENV)/.development ## Run the tests; ARGS='-k window' chooses some
	@# worksteal: tests of a module stay together as long as they can, so what they share is made once.
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

bench: $(VENV)/.runtime ## Measure the speed claims and print them in one table
	@$(BIN)/python -m benchmarks $(ARGS)

check: $(VENV)/.development ## Check style, types, architecture and the Dagster definitions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/dg check yaml
	$(BIN)/dg check defs

clean: ## Remove the virtual environment and the caches; keeps the ledger and the run history
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info

# --- Set-up -----------------------------------------------------------------------------------------------
# A stamp is written after its step has succeeded, so an interrupted set-up is taken up again where it stopped.

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not that. Name another: make PYTHON=python3.12 ..." >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; }
	@echo "Creating the virtual environment $(VENV)."
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "The virtual environment could not be made. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.created requirements.txt pyproject.toml
	@echo "Installing what the pipeline needs into $(VENV); the first time takes about a minute."
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing the tools for tests and checks into $(VENV)."
	@$(PIP) install -r requirements-dev.txt
	@touch $@
