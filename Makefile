# Two commands: `make app` and `make test`. Each makes .venv if need be; the second time is instant.

PYTHON ?= python3
PORT ?= 7860
HOST ?= 127.0.0.1
CORPUS ?= corpus
CASES ?= 10000

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help app test lint types tests quality screenshots fuzz crash flood format requirements venv clean

help: ## Show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{ printf "%-20s %s\n", $$1, $$2 }'
	@echo
	@echo "  PYTHON=python3.12 another Python (3.10 or newer)   PORT=8000 another port   CORPUS=folder other articles"
	@echo "  PyTorch's small CPU build: make venv, then pip install it into .venv as pytorch.org says, then make app"

app: .venv/.app ## Install, index the articles and open the chat on http://127.0.0.1:7860
	@echo "==> Starting the chat about $(CORPUS) on http://$(HOST):$(PORT)"
	@$(BIN)/python -m qa serve --corpus "$(CORPUS)" --host "$(HOST)" --port "$(PORT)"

test: lint types tests ## Install, then run lint, types and tests

lint: .venv/.dev ## Style alone
	@echo "==> Style"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/.dev ## Types alone
	@echo "==> Types"
	@$(BIN)/mypy

tests: .venv/.dev ## Tests alone
	@echo "==> Tests"
	@$(BIN)/python -m pytest

quality: .venv/.dev ## Answers to hand-written questions against the bar they must reach (minutes)
	@echo "==> Quality"
	@$(BIN)/python -m pytest -s tests/quality.py

screenshots: .venv/.dev ## Take the pictures of the page in docs/ (needs a Chromium; a minute)
	@echo "==> Pictures"
	@$(BIN)/python -m tests.browser.screenshots

fuzz: .venv/.dev ## Read 10,000 damaged files of every format (CASES=100 for fewer; an hour)
	@echo "==> Fuzz"
	@$(BIN)/python -m tests.fuzz --cases $(CASES)

crash: .venv/.dev ## Writers killed 200 times each: the articles are those of before or of after (minutes)
	@echo "==> Crashes"
	@$(BIN)/python -m tests.crashes 200

flood: .venv/.app ## 50 clients ask one server for five minutes
	@$(BIN)/python -m benchmarks.flood

format: .venv/.dev ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

requirements: ## Write requirements.txt from pyproject.toml
	@{ echo '# Made from pyproject.toml by `make requirements`: a Space installs from here.'; \
	   sed -n '/^dependencies = \[/,/^\]/s/^ *"\(.*\)",$$/\1/p' pyproject.toml; } > requirements.txt

venv: .venv/.pip ## Make .venv, with nothing in it yet

clean: ## Remove .venv and what tools left behind
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The stamps say what was installed; one older than pyproject.toml is made again.

.venv/.pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	   echo "Python 3.10 or newer is needed; \`$(PYTHON)\` is not. Try: make app PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	   echo "\`$(PYTHON)\` cannot make environments. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "==> Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --quiet --upgrade 'pip>=25.1' # the first that knows --group
	@touch $@

.venv/.app: .venv/.pip pyproject.toml
	@echo "==> Installing into .venv (the first time takes minutes: PyTorch is large)"
	@$(PIP) install --editable .
	@touch $@

.venv/.dev: .venv/.app
	@echo "==> Installing what the tests need"
	@$(PIP) install --quiet --group dev
	@touch $@
