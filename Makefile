# Two commands for a newcomer: make demo, make test. The others are for whoever changes the code.

.PHONY: help demo test lint bench reliability clean
.DEFAULT_GOAL := help

VENV := .venv
BENCHMARKS := startup roofline speed_text speed_neighbors speed_analogy speed_training slices end_to_end growth loss_curve
RUN := $(VENV)/bin/python
# The python3 of this machine if it will do, else the newest that is found; or make demo PYTHON=...
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$p; break; }; done)

help:
	@echo "make demo         install into $(VENV) and run the whole story on two centuries of speeches"
	@echo "make test         install into $(VENV) and run all tests, the type checker and the linter"
	@echo "make lint         the type checker and the linter only"
	@echo "make bench        speed, memory and start-up beside other tools, the short set (ten minutes)"
	@echo "make reliability  planted changes, reading order, quality beside gensim's; all benchmarks in full (hours)"
	@echo "make clean        remove $(VENV), the demo and everything that can be made again"

demo: $(VENV)/installed
	$(VENV)/bin/wordvec demo

test: $(VENV)/installed-test
	$(RUN) -m pytest
	NUMBA_DISABLE_JIT=1 $(RUN) -m pytest tests/kernels
	@$(MAKE) --no-print-directory lint

lint: $(VENV)/installed-test
	$(RUN) -m mypy
	$(RUN) -m ruff check --no-cache .   # its cache does not notice that a module came or went
	$(RUN) -m ruff format --check .

bench: $(VENV)/installed-peers
	@for script in $(BENCHMARKS); do \
		echo "== $$script"; $(RUN) benchmarks/$$script.py --short || exit 1; done
	$(RUN) benchmarks/harness.py table

reliability: $(VENV)/installed-peers
	$(RUN) benchmarks/swap_test.py
	$(RUN) benchmarks/compass_order.py
	$(RUN) benchmarks/calibration.py
	$(RUN) benchmarks/sense_change.py
	$(RUN) benchmarks/pseudo_words.py
	$(RUN) benchmarks/sense_induction.py
	$(RUN) benchmarks/speed_senses.py
	$(RUN) benchmarks/sense_story.py
	$(RUN) benchmarks/worked_example.py
	$(RUN) benchmarks/quality_gensim.py
	@for script in $(BENCHMARKS); do \
		echo "== $$script"; $(RUN) benchmarks/$$script.py || exit 1; done
	$(RUN) benchmarks/harness.py table

clean:
	rm -rf $(VENV) demo build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: setup.cfg pyproject.toml | $(RUN)
	@echo "Installing wordvec into $(VENV); the first time this takes a minute or two."
	$(RUN) -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-test: setup.cfg pyproject.toml | $(RUN)
	@echo "Installing wordvec and its test tools into $(VENV); the first time this takes a minute or two."
	$(RUN) -m pip install --quiet --editable ".[test]"
	@touch $(VENV)/installed $@

# Other tools to measure beside: each that does not install here is left out, and its rows with it.
$(VENV)/installed-peers: benchmarks/requirements.txt $(VENV)/installed-test
	@grep -v '^#' benchmarks/requirements.txt | while read -r tool; do \
		$(RUN) -m pip install --quiet "$$tool" || echo "$$tool does not install here; benchmarks go on without it."; done
	@touch $@

$(RUN):
	@test -n "$(PYTHON)" || { \
		echo "wordvec needs Python 3.11 or newer with its venv module; none was found." >&2; \
		echo "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name one: make demo PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "wordvec needs Python 3.11 or newer; $(PYTHON) is older or does not run. Try: make demo PYTHON=python3.12" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module (Debian, Ubuntu: apt install python3-venv)." >&2; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)
