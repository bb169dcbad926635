# Two commands do everything on a machine that has Python 3.11: make run, make test.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
MIZAN_HOME ?= var
export MIZAN_HOME
# Our matrices are small: threads of algebra would only wait for each other (decisions/0101).
export OPENBLAS_NUM_THREADS ?= 1
# Each plan is solved by a process of its own; what one has compiled the next need not (decisions/0105).
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(BIN)/python -m compileall -q -j 0 -x /tests/

.PHONY: help setup run test check lint types contracts bench lock clean

help:
	@echo "make run    set up, load the Basra demo once, serve on http://127.0.0.1:8000"
	@echo "make test   set up everything and run every gate: lint, types, contracts, tests"
	@echo "make check  the gates without the tests"
	@echo "make bench  the measurements of docs/benchmarks.md"

# uv resolves from the hash lock; pip brings uv itself, by hash as well.
$(BIN)/uv: requirements/uv.txt
	@$(PYTHON) --version 2>/dev/null | grep -q '^Python 3\.11' || \
	  { echo "Mizan needs Python 3.11; set PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml $(BIN)/uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/run.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --editable .
	$(COMPILE) $(VENV)/lib
	@touch $@

# The bench lock holds what the tests compare with (spopt): with it nothing is skipped.
$(VENV)/.test: requirements/test.txt requirements/bench.txt $(VENV)/.run
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/test.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/bench.txt
	@touch $@

# Front-end assets: npm from PATH, else from the wheel that carries Node.
$(VENV)/.assets: package.json package-lock.json tools/assets.py $(VENV)/.run
	$(BIN)/python tools/assets.py --uv $(BIN)/uv
	@touch $@

setup: $(VENV)/.run $(VENV)/.assets
	@$(COMPILE) geo optimizer service

run: setup
	$(BIN)/mizan demo load --once
	$(BIN)/mizan serve

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

contracts: $(VENV)/.test
	$(BIN)/lint-imports

check: lint types contracts

# Browser and database server come from Debian where we may install; else their tests say why not.
test: setup $(VENV)/.test
	$(MAKE) --no-print-directory --output-sync -j 2 check
	$(BIN)/python tools/debian.py --install
	$(BIN)/pytest -n auto

# The order: what needs least first. Layers are held against ways that take gigabytes of memory.
# Siting reads OR-Library's files under MIZAN_SHARED; spopt (requirements/bench.txt) is compared with
# where somebody installed it. The report takes a plan of the data in MIZAN_HOME.
SHARED := $(or $(MIZAN_SHARED),../shared)

bench: $(VENV)/.test
	$(BIN)/python -m bench.optimizer
	$(BIN)/python -m bench.demo
	$(BIN)/python -m bench.sizes --plot docs/benchmarks-sizes.svg
	@if [ -f $(MIZAN_HOME)/mizan.db ]; then \
	  $(BIN)/mizan solve today -o $(MIZAN_HOME)/bench && $(BIN)/python -m bench.report $(MIZAN_HOME)/bench; \
	else echo "report: skipped, no data in $(MIZAN_HOME); run: $(BIN)/mizan demo load"; fi
	@if [ -f $(SHARED)/data/siting/pmed1.txt ]; then $(BIN)/python -m bench.siting $(SHARED)/data/siting; \
	else echo "siting: skipped, no pmed1.txt in $(SHARED)/data/siting; set MIZAN_SHARED"; fi
	$(BIN)/python -m bench.serve
	$(BIN)/python -m bench.pages
	$(BIN)/python bench/geo_layers.py

lock:
	uv pip compile pyproject.toml -o requirements/run.txt --generate-hashes --python-version 3.11 --no-header --no-annotate
	uv pip compile pyproject.toml --group test --group build -c requirements/run.txt -o requirements/test.txt --generate-hashes --python-version 3.11 --no-header --no-annotate

clean:
	rm -rf $(VENV) node_modules service/pages/static/vendor
