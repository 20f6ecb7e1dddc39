# The commands of the course. `make help` lists them.

# Any of these will do; `make lab PYTHON=/path/to/python3.12` chooses another.
PYTHONS = python3 python3.13 python3.12 python3.11 python
VENV = .venv
PLACES = $(VENV)s
BIN = $(VENV)/bin
READY = $(VENV)/.ready
PYTEST_ARGS =
LAB_ARGS =
NOTEBOOK = 00_start_here.ipynb

# It would strip every check of the notebooks.
unexport PYTHONOPTIMIZE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test everywhere notebooks slides lint repository clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

# The first page is notebook 00 in the address, too, which a person may have to copy.
lab: $(READY) ## open the course in JupyterLab (LAB_ARGS="--ip 0.0.0.0")
	@set -- --ServerApp.root_dir=notebooks --LabApp.default_url=/lab/tree/$(NOTEBOOK); \
	if [ "$$(id -u)" = 0 ]; then \
	    echo "You are root: JupyterLab is told --allow-root."; \
	    set -- "$$@" --allow-root; fi; \
	if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY$$BROWSER" ]; then \
	    echo "There is no display: open the address below in a browser."; \
	    set -- "$$@" --no-browser; fi; \
	exec $(BIN)/jupyter lab "$$@" $(LAB_ARGS)

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
	rm -rf $(VENV) $(PLACES) slides dist build

# The environment: made when it is missing or when requirements.txt has changed. $(VENV)
# is a link to one of two places. A new environment is made in the other one, and the
# link is turned when it is complete: until then the old one lives.
$(READY): requirements.txt
	@if cmp -s requirements.txt $@; then exit 0; fi; \
	python=$(PYTHON); \
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
	place=$(PLACES)/a; if [ $(VENV) -ef $$place ]; then place=$(PLACES)/b; fi; \
	echo "Making the environment with $$("$$python" --version)," \
	    "which takes a few minutes the first time."; \
	if ! "$$python" -m venv --clear $$place || ! $$place/bin/python -m pip install \
	    --quiet --disable-pip-version-check -r requirements.txt; then \
	    rm -rf $$place; \
	    echo "The environment could not be made, for the reason above;" \
	        "making it needs a network." >&2; \
	    if [ -e $@ ]; then echo "The old one is as it was. To start with it:" \
	        "make -o $@ $(MAKECMDGOALS)" >&2; fi; exit 1; fi; \
	cp requirements.txt $$place/.ready; \
	if [ -d $(VENV) ] && [ ! -L $(VENV) ]; then mv $(VENV) $(PLACES)/old; fi; \
	ln -sfn $(notdir $(PLACES))/$${place##*/} $(VENV); \
	for old in $(PLACES)/*; do [ $(VENV) -ef $$old ] || rm -rf $$old; done
