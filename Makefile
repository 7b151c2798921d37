# make demo   set up and run the main job        make test   set up and run the suite
# make check  lint, types, layers                make bench  speed, on generated data
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CATALOG ?=
ARGS ?=
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false

.PHONY: install browser demo storefront test check docs bench clean
install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "InteraRec needs Python 3.11 or newer; pass one with PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --progress-bar on -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	touch $@

browser: install
	@sh scripts/ensure-browser $(BIN)

demo: install browser
	$(BIN)/interarec demo $(if $(CATALOG),--catalog $(CATALOG)) $(ARGS)

test: install browser
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

storefront: install browser
	$(BIN)/interarec storefront $(if $(CATALOG),--catalog $(CATALOG)) $(ARGS)

docs: install
	$(BIN)/python -m pip install --quiet "mkdocs-material>=9.5" "mkdocstrings[python]>=0.27"
	$(BIN)/mkdocs build --strict --quiet --site-dir site

check: install
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m benchmarks.gru4rec --generated
	$(BIN)/python -m benchmarks.long_conversation
	$(BIN)/python -m benchmarks.load --minutes 1

clean:
	rm -rf $(VENV) .interarec report.html site
