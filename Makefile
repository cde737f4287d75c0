# Everything a contributor runs. `make serve` and `make test` are the whole set-up.
.DELETE_ON_ERROR:
.PHONY: serve venv test proof check format fuzz bench lock clean

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

serve: .venv/run.stamp
	$(BIN)/scopegate serve --demo

venv: .venv/run.stamp

test: .venv/test.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not proof' $(PYTEST)

# What takes minutes: a server killed over and over while it gives tokens, and the like.
proof: .venv/test.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal -m proof $(PYTEST)

check: .venv/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/test.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/test.stamp
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --universal --python-version 3.11 requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --universal --python-version 3.11 -c requirements/run.txt requirements/test.in -o requirements/test.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --universal --python-version 3.11 -c requirements/run.txt requirements/bench.in -o requirements/bench.txt

clean:
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info

.venv/run.stamp: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements/run.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

.venv/test.stamp: .venv/run.stamp requirements/test.txt
	$(BIN)/pip install -q --require-hashes -r requirements/test.txt
	touch $@

# At least so many requests in process and over HTTP, each answer judged by the oracle; a seed for others.
fuzz: FUZZ_REQUESTS ?= 20000
fuzz: FUZZ_SEED ?= 0
fuzz: .venv/test.stamp
	FUZZ_REQUESTS=$(FUZZ_REQUESTS) FUZZ_SEED=$(FUZZ_SEED) $(BIN)/python -m pytest -qq -rN -n 2 -p no:randomly tests/fuzz

# The product and its peers under load, and the product on large documents. BENCH_PEERS (all, or a,b),
# BENCH_ROWS, BENCH_ROUNDS (3), BENCH_SECONDS (2) and BENCH_SIZES choose; docs/how-to/measure.md.
bench: .venv/test.stamp .venv-bench/stamp
	$(BIN)/python -m benchmarks.bench

.venv-bench/stamp: requirements/bench.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install -q --require-hashes -r requirements/bench.txt
	touch $@
