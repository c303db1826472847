# Koubo on one machine: python3.11 and make are enough, everything else comes from here.
# `make help` lists the targets.

PYTHON  ?= python3.11
VENV    := .venv
BIN     := $(VENV)/bin
LOCK    := requirements/laptop.txt

# What the demo reads and how it ends; see `make help`.
CATALOG ?= examples/catalog
IMAGES  ?= examples/images
OUT     ?= out/demo
WRITER  ?=
KEEP    ?=

# Where pip is told to find wheels (a mirror without the registry), uv looks too; elsewhere uv knows torch's CPU index.
FIND_LINKS = $$(echo "$${UV_FIND_LINKS:-$${PIP_FIND_LINKS:-$$($(BIN)/pip config get global.find-links 2>/dev/null)}}" | tr -s ' \n' ',' | sed 's/,$$//')
UV = torch=; links="$(FIND_LINKS)"; if [ -n "$$links" ]; then export UV_FIND_LINKS="$$links"; else torch="--torch-backend cpu"; fi; \
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv

.DEFAULT_GOAL := help
.PHONY: help setup demo test trouble lint format lock clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo CATALOG=DIR IMAGES=DIR      on your own catalogue and pictures"
	@echo "  make demo WRITER=openai:URL#MODEL     with your own model (key in KOUBO_ENDPOINT_KEY)"
	@echo "  make demo KEEP=1                      leave cluster and routes up afterwards"

setup: $(VENV)/.ready  ## Make .venv with everything that the laptop profile needs

$(BIN)/uv:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Koubo needs Python 3.11 and there is no $(PYTHON) here." >&2; \
		echo "Install it (apt-get install python3.11 python3.11-venv, pyenv install 3.11, brew install python@3.11)" >&2; \
		echo "or name it: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "Koubo needs Python 3.11, $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet uv

$(VENV)/.ready: $(LOCK) pyproject.toml | $(BIN)/uv
	@echo "Installing $(LOCK) into $(VENV) ..."
	@# Compiled now, not at every start: a cluster starts dozens of processes, and each imports torch, vLLM or Paddle.
	@$(UV) pip install --compile-bytecode --no-deps $$torch -r $(LOCK)
	@$(UV) pip install --no-deps --quiet -e .
	@$(BIN)/python -c 'import cv2' 2>/dev/null || $(MAKE) --no-print-directory libgl
	@touch $@

.PHONY: libgl
libgl:  # OpenCV, which PaddleOCR needs, is linked against the system's libGL
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends libgl1 libglib2.0-0 >/dev/null; \
	else \
		echo "OpenCV needs the system's libGL. Run this once, then make again:" >&2; \
		echo "  sudo apt-get install -y libgl1 libglib2.0-0" >&2; exit 1; \
	fi
	@$(BIN)/python -c 'import cv2'

demo: setup  ## Pictures to scripts on a local cluster, with a report in out/demo
	@$(BIN)/python -m cluster.demo --catalog $(CATALOG) --images $(IMAGES) --out $(OUT) \
		$(if $(WRITER),--writer '$(WRITER)') $(if $(KEEP),--keep)

test: lint  ## Check style, types and the import contract, then run the tests
	@$(BIN)/pytest -m "not trouble"

trouble: setup  ## Run the long and the destructive tests
	@$(BIN)/pytest -m trouble

lint: setup  ## Check style, types and the import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup  ## Put the code into the house's format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

lock: $(BIN)/uv  ## Compile requirements/laptop.txt again from pyproject.toml
	@$(UV) pip compile --quiet --python 3.11 $$torch pyproject.toml --extra laptop --extra dev \
		--no-emit-index-url --no-emit-find-links --no-header -o $(LOCK)

clean:  ## Remove outputs and caches; the environment and the models stay
	rm -rf out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
