# Everything that a developer does daily. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# Half as many again as there are cores: a third of the time tests wait for cameras, devices and the network.
WORKERS = $(shell echo $$(($$(nproc) * 3 / 2)))
VIDEO ?=
ONCE ?=
TRAIN ?=
URL ?= http://127.0.0.1:8080
export VIDEO
# The tests and the demo start hundreds of programs: each would compile the whole tree again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## install what the demo needs (.venv, system packages, front-end libraries)
	@$(PYTHON) tools/setup.py --for demo

.PHONY: setup-dev
setup-dev: ## install what developing and testing needs
	@$(PYTHON) tools/setup.py --for dev

.PHONY: demo
demo: setup ## run the whole product here; VIDEO=file|rtsp://… watches yours, ONCE=1 proves the walk and ends
	@exec $(BIN)/fallwatch demo $(if $(ONCE),--once)

.PHONY: demo-down
demo-down: ## end what a demo left behind
	@$(BIN)/python -m fallwatch.demo.down

.PHONY: test
test: check ## lint, types, import rules and every test
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder

.PHONY: check
check: setup-dev ## everything but the tests
	@$(MAKE) --no-print-directory -j -O lint types imports

.PHONY: lint
lint: ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: types
types: ## mypy, strict
	@$(BIN)/mypy

.PHONY: imports
imports: ## import-linter: who may import whom
	@$(BIN)/lint-imports

.PHONY: fuzz
fuzz: setup-dev ## send the HTTP interface what its description allows and forbids, for some minutes
	@FALLWATCH_FUZZ_EXAMPLES=$(or $(EXAMPLES),50) $(BIN)/pytest -q -n0 --timeout=3600 tests/integration/test_openapi.py

.PHONY: bench
bench: setup-dev ## measure; each benchmark prints a table and one JSON line
	@$(BIN)/fallwatch bench

.PHONY: train
train: ## train the verifier from nothing (needs pip install '.[train]'); TRAIN='--clips 10 --epochs 2' is a try
	@$(BIN)/python -m models train $(TRAIN)

.PHONY: faults
faults: setup-dev ## kill, cut, fill and damage real parts at length; prints the table and one JSON line
	@$(BIN)/fallwatch bench faults

.PHONY: screenshots
screenshots: setup-dev ## make the documentation's screenshots anew; a demo must run, at URL
	@$(BIN)/python tools/screenshots.py --base-url $(URL)

.PHONY: wheel
wheel: setup-dev ## build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation

.PHONY: lock
lock: ## pin every package with hashes; needs uv
	@for extra in edge cloud verify; do $(LOCK) --extra $$extra -o requirements/$$extra.txt; done
	@$(LOCK) --extra local --group setup -o requirements/local.txt
	@$(LOCK) --extra dev --group setup --group node -o requirements/dev.txt
	@$(PIN) --group node -o requirements/node.txt
	@$(PIN) --group camera --no-deps -o requirements/camera.txt

PIN := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q
LOCK := $(PIN) pyproject.toml
