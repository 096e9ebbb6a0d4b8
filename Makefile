# make install | run | calibrate | test | lint | bench: each does its own set-up, in .venv, from nothing but
# make and a Python of 3.11 or later. Another Python: make PYTHON=/path/to/python3.12 test

PYTHON ?=
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
# How many test processes: make test TESTERS=0 runs them in this one, as a debugger needs.
TESTERS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help install run calibrate self-test test lint format bench constraints clean

# A tree that was moved or copied with its .venv has commands that point to the old place, and a
# Python that was removed leaves a .venv that does not start: both are set up anew.
ifneq ($(wildcard $(STAMP)),)
ifneq ($(shell $(PY) -c 'print("runs")' 2>/dev/null; cat $(STAMP)),runs $(CURDIR))
STALE := stale
.PHONY: stale
endif
endif

help:
	@echo "make install   set up .venv with fanpin and all it needs"
	@echo "make run       a first batch of eight scenarios and its report, in runs/first"
	@echo "make calibrate the default posterior anew, in runs/calibration (up to an hour)"
	@echo "make self-test whether the calibration finds what it should, in runs/self-test"
	@echo "make test      the tests"
	@echo "make lint      ruff, mypy and the import arrows"
	@echo "make bench     speed and memory, printed and written as JSON"
	@echo "make format    let ruff mend what it can"
	@echo "make clean     remove caches and .venv (runs/ stays)"

install: $(STAMP)

run: $(STAMP)
	$(VENV)/bin/fanpin run no-plan plan without-employment without-relocation without-medical \
	  without-collective harsh-shocks withdrawal \
	  --posterior default --draws 5 --seed 1 --sample 0.02 --jobs 2 --out runs/first
	$(VENV)/bin/fanpin compare runs/first

# The default posterior, from the published figures that may be fitted. Killed, it goes on where it
# stopped; a copy that differs from the one shipped shows in git.
calibrate: $(STAMP)
	$(VENV)/bin/fanpin calibrate --targets published --simulations 1200 --population-size 240 \
	  --generations 3 --jobs 2 --out runs/calibration
	cp runs/calibration/posterior/manifest.json runs/calibration/posterior/posterior.parquet \
	  scenarios/data/posterior/

# Data of known truth, calibrated blind: from the reference table of the default posterior (which it
# shares), and with the whole sequential fit on two counties with an invented export.
self-test: calibrate
	$(VENV)/bin/fanpin calibrate --targets published --simulations 1200 --population-size 240 \
	  --generations 3 --jobs 2 --out runs/calibration --self-test 200
	mkdir -p runs/self-test
	rm -rf runs/self-test/export runs/self-test/people
	$(VENV)/bin/fanpin registration synthesise runs/self-test/export --households 600 \
	  --counties 621223,622926 --years 2016-2018
	cd runs/self-test && ../../$(VENV)/bin/fanpin registration import export/households.csv \
	  export/members.csv export/county_years.csv export/villages.csv --out people --key own.key
	$(VENV)/bin/fanpin calibrate --targets runs/self-test/people --population runs/self-test/people \
	  --sample 1 --fit $(SEEN) --simulations 600 --population-size 60 --generations 2 --jobs 2 \
	  --max-simulations 400 --out runs/self-test/fit --self-test 200 --sequential 20

# what two counties' registers can see
SEEN := yearly_round.plan_share,screening.relapse_written,work.counted_share,work.pull_income,farming.crop_income

test: $(STAMP)
	$(PY) -m pytest -q -n $(TESTERS)

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(STAMP)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(STAMP)
	$(PY) -m benchmarks

# The newest versions that fit together, for every Python from 3.11 on, in one file.
constraints: $(STAMP)
	$(PY) -m pip install -q uv
	$(VENV)/bin/uv pip compile -q --universal --upgrade --no-header \
	  --no-annotate --all-extras pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt $(STALE)
	@set -e; \
	if [ -n "$(STALE)" ] || ! $(PY) -m pip --version >/dev/null 2>&1; then \
	  chosen=''; found=''; bare=''; \
	  for name in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3); do \
	    version=$$("$$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) \
	      || continue; \
	    if ! "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	      found="$$found $$name is $$version;"; continue; \
	    fi; \
	    if "$$name" -c 'import venv, ensurepip' 2>/dev/null; then chosen=$$name; break; fi; \
	    bare="$$name ($$version)"; bareversion=$$version; \
	  done; \
	  if [ -z "$$chosen" ] && [ -n "$$bare" ]; then \
	    echo "fanpin: $$bare has no venv module, which setting up needs." >&2; \
	    echo "  On Debian or Ubuntu: sudo apt install python$$bareversion-venv" >&2; \
	    echo "  Or name another Python: make PYTHON=/path/to/python3.12 install" >&2; exit 1; \
	  elif [ -z "$$chosen" ]; then \
	    echo "fanpin needs Python 3.11 or later; found:$${found:- none}" >&2; \
	    echo "  Install a newer Python, or name one: make PYTHON=/path/to/python3.12 install" >&2; \
	    exit 1; \
	  fi; \
	  echo "Setting up $(VENV) with $$("$$chosen" -V)"; \
	  "$$chosen" -m venv --clear $(VENV); \
	fi
	@echo "Installing fanpin and its packages into $(VENV): about 1 GB, one to three minutes"
	@$(PY) -m pip install -qq -e '.[dev,calibrate,cluster]' -c constraints.txt || { \
	  echo "fanpin: the packages could not be installed; pip's words are above." >&2; exit 1; }
	@echo "$(CURDIR)" > $@
	@echo "Ready: $(VENV)/bin/fanpin"
