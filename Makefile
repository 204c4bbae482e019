# `make` alone lists what there is. Everything is installed into .venv; nothing outside this folder is changed.

.DEFAULT_GOAL := help
.PHONY: help setup run test check static bench fixture lock
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
INSTALL := sh requirements/install.sh
COMPILE := $(BIN)/uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## list these
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16
	@echo
	@echo '  make run ROUNDS=5                            the demo ends by itself after five events'
	@echo '  make run SITE=lbc CONTACT=https://you.example/bot   archive a real site, politely, in archive/'

setup: ## install everything for running and testing into .venv, pinned by hash
	@$(INSTALL) test

run: ## watch a small news site change its articles, and see each edit caught (needs no internet once set up)
	@$(INSTALL) run
	@exec $(BIN)/python -m cli.demo $(if $(SITE),--site "$$SITE") $(if $(CONTACT),--contact "$$CONTACT") $(if $(ROUNDS),--rounds "$$ROUNDS")

test: ## everything that CI runs: style, types, import contracts, all tests
	@$(INSTALL) test
	@static=0; $(MAKE) static || static=$$?; \
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder || exit $$?; \
	if [ $$static -ne 0 ]; then echo 'all tests passed, but the checks before them found something: see above' >&2; fi; \
	exit $$static

check: ## the quick part: style, types, import contracts, unit tests
	@$(INSTALL) test
	@$(MAKE) static
	@$(BIN)/python -m pytest -q -m 'not e2e and not slow'

static:
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports --no-logo || failed=1; \
	exit $$failed

bench: ## measure: each script of benchmarks/ (each has its own --help)
	@$(INSTALL) test
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script" </dev/null || exit $$?; done

fixture: ## save a page as a test's case: SITE=lbc URL=https://…, or FILE=page.html (or a WARC); docs/add-a-site.md
	@$(INSTALL) test
	@$(BIN)/python -m cli.fixture $(if $(SITE),--site "$$SITE") $(if $(URL),--url "$$URL") $(if $(FILE),--file "$$FILE") $(if $(CASE),--case "$$CASE") $(if $(INTO),--into "$$INTO") $(if $(CONFIG),--config "$$CONFIG")

lock: ## write the lock files of requirements/ anew from pyproject.toml (UPGRADE=1: with the newest versions)
	@$(INSTALL) test
	$(COMPILE) requirements/setup.in -o requirements/setup.txt >/dev/null
	$(COMPILE) pyproject.toml -o requirements/run.txt >/dev/null
	$(COMPILE) pyproject.toml --extra test -c requirements/run.txt -o requirements/test.txt >/dev/null
