# Everything that is done with this clone; `make` lists it. Nothing needs to be set up before.

MAKEFLAGS += --no-print-directory
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := $(shell tools/make-venv --where)
export PATH := $(VENV)/bin:$(PATH)
export COVERAGE_CORE := ctrace
unexport PYTHONDONTWRITEBYTECODE # pytest keeps what it makes of the tests: each of its processes would make it again
# Our own, and those that users copy: by name, since zizmor passes over a folder that is called workflows.
WORKFLOWS = $(wildcard .github/workflows/* workflows/*)
TESTS ?= tests
# The same again and again: whole runs killed at each step, stage by stage, of hostile templates, beside the peers; whatever
# hypothesis thinks of. They cover nothing that others do not.
REPEATED = $(wildcard tests/*/test_killed.py) $(addprefix tests/,clients/github/test_conformance.py create/test_dry_run.py \
	create/test_hostile.py create/test_secrets.py create/test_together.py create/test_workflow_files.py examples \
	merging/test_properties.py oracles/test_cookiecutter_cruft.py oracles/test_cookiecutter_templates.py \
	oracles/test_copier_templates.py oracles/test_copier_update.py propose/test_branches.py propose/test_complaints.py \
	propose/test_partial.py propose/test_summary.py render/test_copier.py render/test_create.py render/test_hostile.py \
	render/test_trust.py test_workflows.py update/test_complaints.py update/test_moves.py update/test_peers.py \
	update/test_spared.py)
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --strip-extras --custom-compile-command 'make lock'

.PHONY: help setup test check lint lint-types lint-code lint-workflows collect format demo bench lock clean

help: ## list what can be done
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | while IFS=$$'\t' read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

setup: ## make the environment from the lock files: Python packages, and the test bed's Node packages
	@tools/make-venv
	@python tests/testbed/install.py

test: setup ## lint, then run all tests: first those that coverage is measured by, then whole runs and those in containers
	@rm -f .coverage .coverage.*
	@$(MAKE) --jobs=2 --output-sync lint-types collect lint-code lint-workflows
ifeq ($(TESTS),tests)
	@pytest -n 4 --dist worksteal --cov --cov-report=term $(addprefix --ignore=,$(REPEATED) tests/container) tests
	@pytest -n 4 --dist worksteal $(REPEATED) tests/container
else
	@pytest -n 4 --dist worksteal --cov --cov-report=term $(TESTS)
endif

check: setup ## run some tests without coverage: make check TESTS=tests/parsing
	@pytest -n 4 --dist worksteal $(TESTS)

lint: setup ## style, types, rooms and walls, workflows, schemas, news
	@$(MAKE) --jobs=2 --output-sync lint-types lint-code lint-workflows

lint-types:
	@mypy

collect: # reads all tests once, which the processes that run them need not do then
	@pytest --collect-only -qq tests >/dev/null || pytest --collect-only -qq tests

lint-code:
	@ruff check --quiet .
	@ruff format --check --quiet . || { echo 'Not formatted as `make format` does it:'; ruff format --check . ; }
	@python tools/tables.py --check
	@lint-imports --no-cache
	@news=$$(towncrier build --draft --version next 2>&1) || { echo "$$news"; exit 1; }

lint-workflows: # what runs on GitHub: workflows, the action, its image
	@zizmor --offline --quiet --no-progress --persona=pedantic --config .github/zizmor.yml .github/dependabot.yml action.yml $(WORKFLOWS)
	@actionlint $(WORKFLOWS)
	@check-jsonschema --quiet --builtin-schema vendor.github-workflows $(WORKFLOWS)
	@check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml
	@check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@hadolint Dockerfile

format: setup ## format the code, mend what can be mended by itself, write the README's tables
	@ruff check --fix-only --quiet . && ruff format --quiet . && python tools/tables.py

demo: ## from a manifest to a pushed and published project, in ./out
	@tools/make-venv --demo
	@robot-action create demo.yml --trust-source ./examples/templates

bench: setup ## measure the speed of what matters
	@python benchmarks/render.py
	@python benchmarks/create.py
	@python benchmarks/update.py
	@python benchmarks/check.py
	@python benchmarks/container.py

lock: setup ## bring the lock files up to date
	@$(LOCK) pyproject.toml --upgrade --output-file requirements/runtime.txt
	@$(LOCK) pyproject.toml --upgrade --extra extensions --group dev --constraint requirements/runtime.txt --output-file requirements/development.txt
	@$(LOCK) pyproject.toml --extra extensions --group container --constraint requirements/development.txt --output-file requirements/container.txt
	@$(LOCK) --group build --constraint requirements/development.txt --output-file requirements/build.txt
	@$(LOCK) --group demo --constraint requirements/development.txt --output-file requirements/demo.txt

clean: ## remove everything that was made here
	@rm -rf out build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		.testbed .venv
	@[ "$(VENV)" = "$(CURDIR)/.venv" ] || rm -rf "$(dir $(VENV))"
