# The two commands a newcomer needs are `make run` and `make test`; each sets up what it needs first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test setup setup-dev format lint types web-check units bench soak pictures lock clean

run: setup ## open the demo market on this machine, until Ctrl-C
	@exec $(BIN)/jishi demo

test: setup-dev lint types web-check units ## everything that must hold before a change lands

setup:
	@$(PYTHON) scripts/setup.py run

setup-dev:
	@$(PYTHON) scripts/setup.py test

format: setup-dev ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup-dev ## format, style and layering, checked
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: setup-dev
	$(BIN)/mypy

web-check: setup-dev ## the browser code: types by tsc, tests by node's runner
	PATH="$(CURDIR)/$(BIN)/../node:$$PATH" npm run --silent types
	PATH="$(CURDIR)/$(BIN)/../node:$$PATH" npm test --silent

units: setup-dev
	$(BIN)/pytest -n 2 --no-loadscope-reorder

bench: setup-dev ## figures, each beside its floor or peer; a few minutes on two idle cores
	$(BIN)/python scripts/bench.py

soak: setup-dev ## the long runs: minutes to hours
	$(BIN)/pytest -m soak

pictures: setup-dev ## screenshots of every page into docs/pictures
	$(BIN)/python scripts/pictures.py

lock: setup-dev ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --extra setup pyproject.toml --output-file requirements/run.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --extra setup --extra dev pyproject.toml --output-file requirements/dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet requirements/node.in --output-file requirements/node.lock
	for extra in qr screen speech; do uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --extra setup --extra $$extra pyproject.toml --output-file requirements/$$extra.lock || exit 1; done

clean: ## remove what set-up and running made, the demo's data included
	rm -rf .venv .jishi node_modules server/web/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
