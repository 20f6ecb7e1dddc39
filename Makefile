# The commands of the course. `make help` lists them.

# Any of these will do; `make lab PYTHON=/path/to/python3.12` chooses another.
PYTHONS = python3 python3.13 python3.12 python3.11 python
VENV = .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
PYTEST_ARGS =
NOTEBOOK = notebooks/00_start_here.ipynb

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test everywhere notebooks slides lint repository clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

lab: $(READY) ## open the course in JupyterLab
	$(BIN)/jupyter lab $(NOTEBOOK)

test: $(READY) ## run the tests, the docstring examples and every notebook
	$(BIN)/python -m pytest $(PYTEST_ARGS)

everywhere: $(READY) ## the tests as other machines would run them, for an hour or two
	$(BIN)/python .ci/everywhere.py $(if $(RECORD),--record) $(ONLY)

notebooks: $(READY) ## execute all notebooks anew, in place (ONLY=10 for some)
	$(BIN)/python .ci/execute_notebooks.py $(ONLY)

slides: $(READY) ## write each notebook as a slide deck into slides/
	$(BIN)/python .ci/write_slides.py

lint: $(READY) ## check the style of the package, the tests and the notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

repository: export ADDRESS = $(URL)
repository: $(READY) ## set the course's address everywhere: URL=https://...
	$(if $(filter undefined,$(origin URL)),$(error Say URL=https://..., or URL= to clear it))
	$(BIN)/python .ci/set_repository.py "$$ADDRESS"

clean: ## remove the environment and what was built
	rm -rf $(VENV) slides dist build

# The environment: made when it is missing or when requirements.txt is newer.
$(READY): requirements.txt
	@python=$(PYTHON); \
	for candidate in $(if $(PYTHON),,$(PYTHONS)); do \
	    if $$candidate -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	        2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if ! "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    2>/dev/null; then \
	    echo "This course needs Python 3.11, 3.12 or 3.13, and found $$( \
	        $${python:-python3} --version 2>&1 || true). Install one of them, or name it:" \
	        "make PYTHON=/path/to/python3.13 lab" >&2; exit 1; fi; \
	if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
	    echo "$$python has no venv module. On Debian and Ubuntu install it with:" \
	        "apt install python3-venv" >&2; exit 1; fi; \
	echo "Making the environment in $(VENV) with $$("$$python" --version)," \
	    "which takes a few minutes the first time."; \
	"$$python" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
