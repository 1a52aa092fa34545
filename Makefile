# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
PORT ?= 8000
# Half as many again as there are processors: many tests wait for processes of their own.
TEST_PROCESSES ?= $(shell echo $$((($$(nproc 2>/dev/null || echo 2) * 3 + 1) / 2)))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test lint audit bench vendor lock clean

demo: $(VENV)/.installed-base static/vendor/.staged locale/.compiled $(VENV)/.table
	@exec $(BIN)/python manage.py demo --port "$(PORT)"

test: $(VENV)/.installed-dev static/vendor/.staged locale/.compiled $(VENV)/.table
	@exec $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadgroup $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	TRACEOBJECT_PROFILE=test $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/mypy traceobject objects tips

# Ask for known holes in the locked packages. It needs the network, so lint does without it.
audit: $(VENV)/.installed-dev
	@python=$$($(BIN)/python -c 'import tempfile; print(tempfile.mkdtemp())') && trap 'rm -rf "$$python"' EXIT && \
	$(BIN)/python -m venv "$$python" && "$$python/bin/pip" install --quiet pip-audit && \
	"$$python/bin/pip-audit" --requirement requirements/base.txt --require-hashes --disable-pip --strict
	npm audit --omit=dev

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench.derivatives
	$(BIN)/python -m bench.persongate
	$(BIN)/python -m bench.hash_lists
	$(BIN)/python -m bench.intake
	$(BIN)/python -m bench.serving
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.flood
	$(BIN)/python -m bench.matching_quality
	$(BIN)/python -m bench.meaning
	$(BIN)/python -m bench.reading --half unseen
	$(BIN)/python -m bench.proposals
	$(BIN)/python -m bench.importing
	$(BIN)/python -m bench.matching_speed

vendor: static/vendor/.staged locale/.compiled $(VENV)/.table

# Write the locked versions anew from pyproject.toml (hashes, no registry's name).
lock: $(VENV)/.installed-dev
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header --group node -o requirements/node.txt

clean:
	rm -rf $(VENV) var node_modules static/vendor

$(BIN)/python:
	@echo "Making a Python environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; PYTHON=/path/to/python3 make … chooses one." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); echo "This Python cannot make environments: on Debian, 'apt-get install python3-venv' adds that." >&2; exit 1; }

$(VENV)/.installed-base: requirements/base.txt | $(BIN)/python
	@echo "Installing locked packages (once; half a minute to two minutes)"
	@$(PIP) install --quiet --progress-bar on --require-hashes -r $<
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt | $(BIN)/python
	@echo "Installing locked packages for the tests (once; a minute or two)"
	@$(PIP) install --quiet --progress-bar on --require-hashes -r $<
	@touch $@ $(VENV)/.installed-base

# The two browser libraries, by npm from PATH or else from a wheel.
static/vendor/.staged: package-lock.json requirements/node.txt | $(BIN)/python
	@echo "Fetching the browser libraries"
	@command -v npm >/dev/null || $(PIP) install --quiet --require-hashes -r requirements/node.txt
	@$(BIN)/python -m traceobject.vendor

# The names that the reader of tips knows. A table that is still right is opened, not built.
$(VENV)/.table: $(wildcard tips/reading/*.py) requirements/base.txt | $(VENV)/.installed-base
	@echo "Building the table of names (once; about a minute)"
	@$(BIN)/python -c "from tips.reading.table import load; load()"
	@touch $@

# What the site reads of the catalogs; their texts are brought up to date by python -m traceobject.catalogs update.
locale/.compiled: $(wildcard locale/*/LC_MESSAGES/django.po) | $(VENV)/.installed-base
	@$(BIN)/python -m traceobject.catalogs compile
	@touch $@
