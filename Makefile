# Every target sets up what it needs: `make up` and `make test` work on a fresh clone.
# Needed beforehand: Linux, Python 3.11 or later, git, make.

BIN := .venv/bin
# Our own modules are compiled at their first import, and not again at each.
unexport PYTHONDONTWRITEBYTECODE
# Tests wait for engines two fifths of their time: three keep two cores busy.
WORKERS := 3
.DEFAULT_GOAL := help
.PHONY: help setup up down status reset demo bench test chaos dst lint format

help: ## say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | \
		while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

setup: ## make the environment what uv.lock says
	@sh deploy/setup.sh

up: setup ## start everything; Ctrl-C stops it
	@exec $(BIN)/carionexiq up

down: setup ## stop a running `make up`
	@exec $(BIN)/carionexiq down

status: setup ## show what runs
	@exec $(BIN)/carionexiq status

reset: setup ## forget all data, after a confirmation
	@exec $(BIN)/carionexiq reset

demo: setup ## years of the platform's life on a virtual clock, with a report
	@exec $(BIN)/carionexiq demo

bench: setup ## measure beside the bare libraries; ARGS="--only append", "--full", "--quick"
	@MALLOC_ARENA_MAX=2 exec $(BIN)/python -m bench $(ARGS)

lint: setup ## style, types, layers, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .

test: lint ## lint, then unit, property, integration and browser tests
	@chromium="$$(sh deploy/browser.sh)" || exit $$?; \
	if [ -n "$$chromium" ]; then export CHROMIUM_PATH="$$chromium"; else set -- --ignore=tests/e2e; fi; \
	set -x; exec $(BIN)/pytest -q --durations=10 --numprocesses=$(WORKERS) --no-loadscope-reorder "$$@"

chaos: setup ## 1,000 faults on the real engines under load; CARIONEXIQ_CHAOS_SEED repeats a run
	@exec $(BIN)/python -m tests.chaos --faults 1000

dst: setup ## 100,000 faults on simulated engines and time, each seed to be had again
	@exec $(BIN)/python -m tests.simulation --faults 100000

format: setup ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
