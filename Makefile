# `make app` and `make test` are all you need. Both install into .venv the first time.

PYTHON ?= python3
PORT ?= 7860
HOST ?= 127.0.0.1
CORPUS ?= corpus
CASES ?= 10000
STEPS ?= 3000
# A file's tests run in one process, one after the other, files of the browser last.
WORKERS ?= --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEPENDENCIES := sed -n '/^dependencies = \[/,/^\]/s/^ *"\(.*\)",$$/\1/p' pyproject.toml

# A PyTorch that is there stays, so that a CPU build need not be replaced by the one of torch.lock.
INSTALL_LOCKED = $(PIP) install --require-hashes -r requirements.lock \
	   $$($(BIN)/python -c 'import torch' 2>/dev/null || echo -r torch.lock) && \
	   $(PIP) install --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help app test lint types tests coverage help-texts quality screenshots fuzz crash cluster flood bench growth weights measure data format lock requirements venv clean

help: ## Show this help
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{ printf "%-20s %s\n", $$1, $$2 }'
	@echo
	@echo "  PYTHON=python3.12 another Python (3.10 or newer)   PORT=8000 another port   CORPUS=folder other articles"
	@echo "  LOCKED=1 the exact versions in requirements.lock, each file checked by its hash"
	@echo "  PyTorch's small CPU build: make venv, then pip install it into .venv as pytorch.org says, then make app"

app: .venv/.app ## Install, index the articles and serve the chat on http://127.0.0.1:7860
	@echo "==> Starting the chat about $(CORPUS) on http://$(HOST):$(PORT)"
	@$(BIN)/python -m qa serve --corpus "$(CORPUS)" --host "$(HOST)" --port "$(PORT)"

test: lint types tests ## Install, then run lint, types and tests

lint: .venv/.dev ## Check style only
	@echo "==> Style"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/.dev ## Check types only
	@echo "==> Types"
	@$(BIN)/mypy

tests: .venv/.dev ## Run the tests only
	@echo "==> Tests"
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(WORKERS)

coverage: .venv/.dev ## Run the tests and measure coverage, subprocesses included (TESTS=folder for a part)
	@echo "==> Coverage"
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

help-texts: .venv/.dev ## Write the help texts of all commands into docs/cli.md
	@$(BIN)/python -m docs.help_texts

quality: .venv/.dev ## Answer the hand-written questions; fail if it is worse than before (minutes)
	@echo "==> Quality"
	@$(BIN)/python -m pytest -s tests/quality.py

screenshots: .venv/.dev ## Take the pictures of the page in docs/images/ (needs a Chromium; a minute)
	@echo "==> Pictures"
	@$(BIN)/python -m tests.browser.screenshots

fuzz: .venv/.dev ## Read 10,000 damaged files of every format (CASES=100 for fewer; an hour)
	@echo "==> Fuzz"
	@$(BIN)/python -m tests.fuzz --cases $(CASES)

crash: .venv/.dev ## End writers at 1,000 moments, fail their calls, take their power; check the disk (half an hour)
	@echo "==> Crashes"
	@$(BIN)/python -m tests.crashes 1000

cluster: .venv/.dev ## Harm a Ray cluster of three nodes on this machine while 20 clients ask (minutes; installs Ray)
	@$(PIP) install --quiet --editable '.[cluster]'
	@$(BIN)/python -m tests.cluster_faults

flood: .venv/.app ## Ask one server from 50 clients for five minutes
	@$(BIN)/python -m benchmarks.flood

bench: data .venv/.dev ## Time the package beside others with DATA=folder, into docs/benchmarks.md (hours; Python 3.11)
	@echo "==> Benchmark"
	@$(BIN)/python -m benchmarks.peers $(DATA) $(BENCH)

growth: data .venv/.dev ## Measure how time and memory grow with DATA=folder, into docs/benchmarks.md (an hour)
	@echo "==> Growth"
	@$(BIN)/python -m benchmarks.growth $(DATA)/eval/squad11_dev.jsonl.gz $(GROWTH)

weights: data .venv/.dev ## Make the reader's weights from DATA=folder (hours; goes on where it was)
	@test -e runs/base/tokenizer.json || $(BIN)/python -m training.base runs/base
	@OMP_NUM_THREADS=1 $(BIN)/torchrun --nproc_per_node 2 -m training.train $(DATA) runs/base runs/1 --steps $(STEPS)
	@$(BIN)/python -m training.export qa/reader/weights runs/1/checkpoint.pt
	@$(BIN)/python -m training.threshold $(DATA)
	@$(BIN)/python -m training.calibrate $(DATA) qa/reader/weights/confidence.json

measure: data .venv/.dev ## Measure the figures of docs/evaluation.md with DATA=folder (an hour)
	@$(BIN)/python -m qa eval $(DATA)/eval/squad11_dev.jsonl.gz --reader-only
	@$(BIN)/python -m qa eval $(DATA)/eval/squad20_dev.jsonl.gz --reader-only
	@$(BIN)/python -m benchmarks.retrieval $(DATA)/eval/squad11_dev.jsonl.gz --questions 10570
	@$(BIN)/python -m benchmarks.retrieval $(DATA)/eval/squad11_dev.jsonl.gz --questions 2000 --read
	@$(BIN)/python -m benchmarks.confidence $(DATA)/eval/squad11_dev.jsonl.gz --picture docs/images/confidence.png
	@$(BIN)/python -m benchmarks.confidence $(DATA)/train/fairytaleqa.jsonl.gz --questions 1000

data:
	@test -n "$(DATA)" || { echo "Say where the questions are: DATA=folder" >&2; exit 1; }

format: .venv/.dev ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

lock: .venv/.pip ## Write requirements.lock and torch.lock from pyproject.toml, with the newest versions (needs the network)
	@$(PIP) install --quiet 'uv>=0.9'
	@{ $(DEPENDENCIES); echo 'hatchling>=1.27'; echo editables; } | $(BIN)/uv pip compile --quiet --universal \
	   --python-version 3.10 --generate-hashes --no-annotate --no-header - | \
	   $(BIN)/python -m docs.split_lock

requirements: ## Write requirements.txt from pyproject.toml
	@{ echo '# Made from pyproject.toml by `make requirements`: a Space installs from here.'; \
	   $(DEPENDENCIES); } > requirements.txt

venv: .venv/.pip ## Create an empty .venv

clean: ## Remove .venv and the caches of the tools
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*

# Stamp files record what is installed. A change of pyproject.toml installs it again.

.venv/.pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	   echo "Python 3.10 or newer is needed; \`$(PYTHON)\` is not. Try: make app PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	   echo "\`$(PYTHON)\` cannot make environments. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "==> Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --quiet --upgrade 'pip>=25.1' # the first with --group
	@touch $@

.venv/.app: .venv/.pip pyproject.toml
	@echo "==> Installing into .venv (the first time takes minutes: PyTorch is large)"
	@$(if $(LOCKED),$(INSTALL_LOCKED),$(PIP) install --editable .)
	@touch $@

.venv/.dev: .venv/.app
	@echo "==> Installing what the tests need"
	@$(PIP) install --quiet --group dev
	@touch $@
