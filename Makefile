# make demo | test | lint | types | check | oldest | simulators | browser | docs | bench | clean: each sets up what it needs, in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := gpu_morph_demo.mp4

.PHONY: env system demo test lint types check oldest simulators browser docs bench clean
.NOTPARALLEL:

# Tests start hundreds of processes: where bytecode is not kept, each spends half a second on compiling gpu_morph.
unexport PYTHONDONTWRITEBYTECODE

env: $(VENV)/.dev

system: ## EGL and a driver: installed where that is missing and we are root, asked for otherwise
	@.ci/need_egl.sh

demo: system $(VENV)/.user
	$(BIN)/gpu-morph demo -o $(DEMO)

# Tests that start dask workers or end processes run after the others, two at once on any machine: half of their time they
# wait for processes. Tests of pixels (marked in tests/gl/conftest.py) run once more on the path that a GPU takes. pytest
# ends with 5 where it selects no test: a part that ARGS names may have tests of one kind only.
define run_tests
@$(BIN)/python -m pytest -n auto --dist loadfile -m "not cluster and not browser" $(ARGS); first=$$?; \
[ $$first -eq 2 ] && exit 2; \
$(BIN)/python -m pytest -m cluster $(ARGS) -n 2 --dist loadfile; second=$$?; \
GPU_MORPH_PATH=gpu $(BIN)/python -m pytest -n auto --dist loadfile -m pixels $(or $(ARGS),tests/gl); third=$$?; \
case "$$first $$second $$third" in *[!05\ ]*) exit 1 ;; *0*) ;; *) exit 1 ;; esac
endef

test: system $(VENV)/.dev
	$(run_tests)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types test

oldest: BIN = $(VENV)-oldest/bin
oldest: system ## the tests with the oldest numpy that pyproject.toml allows; Python 3.11 or 3.12
	$(MAKE) VENV=$(VENV)-oldest env
	$(BIN)/pip install --quiet --disable-pip-version-check 'numpy==1.26.*'
	$(run_tests)

# The packages of the simulators pin versions of others and are large: they get an environment of their own. Where they
# cannot be installed, the tests are skipped.
simulators: BIN = $(VENV)-simulators/bin
simulators: system ## the tests that need the simulators' own packages
	@$(MAKE) --no-print-directory VENV=$(VENV)-simulators $(VENV)-simulators/.simulators \
	  || { echo "skipped: the packages of the extra 'simulators' cannot be installed here"; exit 0; } \
	  && $(BIN)/python -m pytest -m simulators -n auto --dist loadfile $(ARGS)

browser: system ## the web page and the viewer in Chromium
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	  || { echo "skipped: there is no Chromium (Debian's package chromium)"; exit 0; } \
	  && { $(MAKE) --no-print-directory $(VENV)/.browser \
	  || { echo "skipped: the extra 'browser-tests' cannot be installed here"; exit 0; }; } \
	  && $(BIN)/python -m pytest tests/browser -n 0 $(ARGS)

# Warnings are errors. Notebooks run once, until they or what they show are to be made anew: rm -r build/notebooks.
SITE := build/docs
docs: system ## the site, in build/docs: open build/docs/index.html
	@$(MAKE) --no-print-directory $(VENV)/.docs \
	  || { echo "skipped: the packages of the extra 'docs' cannot be installed here"; exit 0; } \
	  && rm -rf $(SITE) && $(BIN)/python -m sphinx -c docs -W --keep-going -q -d build/doctrees . $(SITE) \
	  && $(BIN)/python docs/_site/check_site.py $(SITE) && echo "$(SITE)/index.html"

bench: system $(VENV)/.dev
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-simulators build dist docs/gallery .mypy_cache .pytest_cache .ruff_cache .hypothesis $(DEMO)
	find gpu_morph tests benchmarks examples -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, $(PYTHON) is older: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "no virtual environment: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.user: pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.user

$(VENV)/.browser: pyproject.toml | $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev,browser-tests]'
	@touch $@

$(VENV)/.docs: pyproject.toml | $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev,docs]'
	@touch $@

$(VENV)/.simulators: pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev,simulators]'
	@touch $@
