# make demo   one week of the baseline, with its table and pictures, in demo-run/
# make test   what must hold for every change: lint, types, fast tests (a few minutes at most)
# make help   the rest
#
# Needs Python 3.11 or newer and nothing else; everything goes into the folder .venv.
# Another interpreter: make test PYTHON=/path/to/python3.12

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint types format bench browser notebooks docs screenshots constraints clean

OLD_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(OLD_ENOUGH)' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
FAST = not slow and not statistical
# Two processes: tests that start processes of their own must not starve.
PYTEST = $(BIN)/python -m pytest -q -n 2 --dist loadfile

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

# The environment is made once, and again when a dependency or a pinned version changed.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "fulfillsim needs Python 3.11 or newer; say which: make PYTHON=/path/to/python3" >&2; exit 2; }
	@"$(PYTHON)" -c '$(OLD_ENOUGH)' || { echo "$(PYTHON) is older than Python 3.11" >&2; exit 2; }
	@echo "setting up $(VENV): a few minutes the first time"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY) ## one week of the baseline scenario, table and pictures in demo-run/
	@rm -rf demo-run
	$(BIN)/fulfillsim run baseline -n 4 -o demo-run
	@echo; echo "In demo-run/ (pictures, KPIs, frames in Parquet):"; ls demo-run

# Reports are opened in Debian's Chromium: installed where that is allowed, otherwise those tests skip and say so.
CHROMIUM = command -v chromium || command -v chromium-browser || command -v google-chrome
browser: ## Chromium, for the tests that open reports in it
	@{ $(CHROMIUM); } >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& echo "installing Chromium" && timeout 600 apt-get update -qq >/dev/null \
		&& DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq chromium >/dev/null 2>&1; } \
		|| echo "no Chromium: tests that open reports will skip - apt-get install chromium" >&2

test: lint types browser ## lint, types and all tests that are neither slow nor statistical
	$(PYTEST) -m "$(FAST)"

test-all: lint types browser ## every test
	$(PYTEST)

lint: $(READY) ## ruff
	$(BIN)/ruff check .

types: $(READY) ## mypy, strict on src
	$(BIN)/mypy

format: $(READY) ## let ruff lay out the code and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## the figures of docs/benchmarks.md, on this machine
	$(BIN)/fulfillsim bench speed
	$(BIN)/fulfillsim bench analytic ../shared/data/validation/analytic_cases.csv

notebooks: $(READY) ## JupyterLab on notebooks/
	$(BIN)/jupyter lab notebooks

docs: $(READY) ## the documentation site, notebooks run, in build/site
	$(BIN)/python -m sphinx -W --keep-going -q -b html -c docs -d build/trees . build/site
	@echo "open build/site/docs/index.html"

screenshots: $(READY) browser ## reports of shipped scenarios as a reader sees and prints them, in build/screenshots
	$(BIN)/fulfillsim run phone_and_store -n 5 -o build/reports/week -q >/dev/null
	$(BIN)/fulfillsim compare phone_and_store --vary staff.agents.shifts.day.headcount=3,4 -n 5 -o build/reports/agents -q >/dev/null
	$(BIN)/fulfillsim report build/reports/week -o build/reports/week.html
	$(BIN)/fulfillsim report build/reports/agents -o build/reports/agents.html
	$(BIN)/python -m fulfillsim.testing.browser build/reports/week.html build/reports/agents.html -o build/screenshots

constraints: $(READY) ## pin the versions now installed, those of the extras too
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@{ sed -n '/^#/p' constraints.txt; $(BIN)/python -m pip freeze --exclude-editable 2>/dev/null \
		| grep -E '^[A-Za-z0-9_.-]+==[^ ]+$$'; } > constraints.new && mv constraints.new constraints.txt

clean: ## remove the environment, caches and what runs left behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-run build dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
