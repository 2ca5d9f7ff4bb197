# Everything people and CI do here; `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := .venv/bin/python
PACKAGES := shared $(shell sed -n 's/^package = "\(.*\)"/\1/p' standalone/services.toml)
# Two processes, each with servers of its own; the tests of a file stay together and in order.
SIDE_BY_SIDE := --numprocesses 2 --dist loadfile --no-loadscope-reorder

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What runs and what develops: the second has the first in it.
.venv/run: requirements/run.txt
	@./install.sh run
	@touch $@

.venv/dev: requirements/dev.txt | .venv/run
	@./install.sh dev
	@touch $@

# A program with an environment of its own.
.venv/tools/%: requirements/tools/%.txt | .venv/run
	@$(PYTHON) -m venv --clear $@
	@$@/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@touch $@

.PHONY: run
run: .venv/run ## Run the whole system here, without Docker
	@exec $(PYTHON) -m standalone

.PHONY: demo
demo: .venv/run ## Fill the system that runs here with people, orders, mailings and articles, for a first look
	@$(PYTHON) -m standalone.demo

.PHONY: addresses
addresses: .venv/run ## Show which system runs here, and where
	@$(PYTHON) -m standalone.addresses

.PHONY: test
test: .venv/dev ## Run every test that needs no container engine
	@$(PYTHON) -m coverage erase
	@$(PYTHON) -m pytest -m "not containers and not soak and not node and not installing and not monitoring and not browser" $(SIDE_BY_SIDE) --cov --cov-report=
	@$(MAKE) --no-print-directory coverage

.PHONY: coverage
coverage: .venv/dev ## Show what the last `make test` covered, which must be 90 % of each package
	@for package in $(PACKAGES); do \
		$(PYTHON) -m coverage report --include="$$package/*" --fail-under=90 --skip-covered || exit 1; done

.PHONY: test-again
test-again: .venv/dev ## Run the tests that failed in the last run once more, one after the other
	@$(PYTHON) -m testing.again

# The swarm comes last, alone: when one begins or ends, networks that are there lose their way.
.PHONY: test-containers
test-containers: .venv/dev ## Run the tests that need a container engine
	@TESTCONTAINERS_RYUK_DISABLED=true $(PYTHON) -m pytest -m "containers and not soak" \
		--ignore tests/containers/test_swarm.py

.PHONY: test-swarm
test-swarm: .venv/dev ## Deploy to a swarm of this machine, which must be in none, and change it under load
	@TESTCONTAINERS_RYUK_DISABLED=true $(PYTHON) -m pytest tests/containers/test_swarm.py

.PHONY: faults
faults: .venv/dev ## Break every container in every way under load, and count what was acknowledged
	@FAULT_SECONDS=10 FAULT_TABLE=faults.md TESTCONTAINERS_RYUK_DISABLED=true \
		$(PYTHON) -m pytest tests/containers/test_faults.py

.PHONY: test-node
test-node: .venv/dev .venv/tools/kubernetes .venv/tools/generators ## Run the tests that need Node.js and npm
	@for folder in tests/client_generators tests/client_libraries tests/kubernetes; do \
		npm ci --prefix $$folder --silent --no-audit --no-fund || exit 1; done
	@$(PYTHON) -m pytest -m node

.PHONY: test-install
test-install: .venv/dev .venv/tools/uv ## Install what is committed with every pip and uv, for every Python
	@$(PYTHON) -m pytest -m installing

.PHONY: test-monitoring
test-monitoring: .venv/dev ## Run the tests that need Prometheus, of Debian's package of that name
	@command -v promtool >/dev/null || { \
		echo "There is no promtool: apt-get install --no-install-recommends prometheus" >&2; exit 1; }
	@$(PYTHON) -m pytest -m monitoring

# Two processes take the pages in turn, each with a system and a browser of its own.
CHROMIUM := $(or $(shell command -v chromium),$(shell command -v chromium-browser))
IN_A_BROWSER = @test -n "$(CHROMIUM)" || { \
		echo "There is no Chromium: apt-get install --no-install-recommends chromium fonts-dejavu-core" >&2; exit 1; }; \
	npm ci --prefix tests/browser --silent --no-audit --no-fund && \
	$(PYTHON) -m pytest -m browser $$(grep -rl --include='test_*.py' 'mark\.browser' tests $(PACKAGES)) --numprocesses 2 --dist load

.PHONY: test-browser
test-browser: .venv/dev ## Run the tests that need Chromium, of Debian's package of that name, and npm
	$(IN_A_BROWSER)

.PHONY: test-browser-all
test-browser-all: export EVERY_LOOK := 1
test-browser-all: .venv/dev ## Run them for every role, language, width and theme, with scripts and without
	$(IN_A_BROWSER)

.PHONY: pictures
pictures: .venv/dev ## Take the pictures of docs/pictures, or those of NAMES
	@$(PYTHON) -m tools.pictures $(NAMES)

.PHONY: test-timing
test-timing: .venv/dev ## Run the tests with a clock in them TIMES=10 times beside four busy processes
	@for n in 1 2 3 4; do sh -c 'while :; do :; done' & busy="$$busy $$!"; done; \
	trap 'kill $$busy' EXIT; \
	for n in $$(seq $(or $(TIMES),10)); do \
		$(PYTHON) -m pytest -q -m "timing and not soak and not containers" $(SIDE_BY_SIDE) || exit 1; done

.PHONY: soak
soak: .venv/dev .venv/tools/fuzz ## Run the long and the large tests
	@$(PYTHON) -m pytest -m "soak and not containers"

.PHONY: fuzz
fuzz: .venv/dev .venv/tools/fuzz ## Hold what the services do against their OpenAPI documents
	@$(PYTHON) -m pytest -m soak tests/test_fuzzing.py

.PHONY: check
check: .venv/dev ## Check format, lint, types, imports and generated documents
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m tools.openapi --check
	@$(PYTHON) -m tools.env_sample --check
	@$(PYTHON) -m tools.locks --check
	@$(PYTHON) -m tools.job_names --check
	@$(PYTHON) -m tools.messages --check
	@$(PYTHON) -m tools.vocabulary --check
	@$(PYTHON) -m tools.vendor --check

.PHONY: format
format: .venv/dev ## Format the code and mend what can be mended
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

.PHONY: openapi
openapi: .venv/dev ## Write the OpenAPI documents below docs/openapi
	@$(PYTHON) -m tools.openapi

.PHONY: env-sample
env-sample: .venv/dev ## Write .env.sample from the settings
	@$(PYTHON) -m tools.env_sample

.PHONY: job-names
job-names: .venv/dev ## Write the names of the services into alerts and dashboard
	@$(PYTHON) -m tools.job_names

.PHONY: email-template
email-template: .venv/dev ## Compile the layout of all emails from its MJML
	@$(PYTHON) -m shared.smtp.template.compiling

.PHONY: messages
messages: .venv/dev ## Find the messages of the code, and bring the catalogues up to date
	@$(PYTHON) -m tools.messages

.PHONY: vendor
vendor: .venv/dev ## Fetch the scripts and styles of others that vendor.toml names, from npm
	@$(PYTHON) -m tools.vendor

.PHONY: keep-version
keep-version: .venv/dev ## Keep the code of COMMIT=HEAD as that before MIGRATION=4 of SERVICE=catalog
	@$(PYTHON) -m testing.old_code $(SERVICE) $(MIGRATION) $(or $(COMMIT),HEAD)

.PHONY: bench
bench: .venv/dev ## Run the benchmarks that the README quotes; ARGS=--quick takes a look
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
FOLDER := .
BACKUP = $(if $(filter compose,$(SYSTEM)),deploy/backup,$(PYTHON) -m standalone.backup.here)
NAMED = $(if $(FILE),,@printf '%s\n' "Name the backup: make $@ FILE=shop.backup" >&2; exit 2)

.PHONY: backup
backup: $(if $(filter compose,$(SYSTEM)),,.venv/run) ## Back up `make run`, or SYSTEM=compose, encrypted; FILE=… or FOLDER=…, KEEP=14
	@$(BACKUP) take "$(or $(FILE),$(FOLDER))" $(if $(KEEP),--keep $(KEEP))

.PHONY: rotate-secrets
rotate-secrets: $(if $(filter compose,$(SYSTEM)),,.venv/run) ## New secrets and passwords; STEP=forget ends the old ones, days later
	@$(if $(filter compose,$(SYSTEM)),deploy/rotate-secrets,$(PYTHON) -m standalone.rotation) $(or $(STEP),all)

.PHONY: verify-backup
verify-backup: $(if $(filter compose,$(SYSTEM)),,.venv/run) ## Read the backup FILE=… to its end, without restoring it
	$(NAMED)
	@$(BACKUP) verify "$(FILE)"

.PHONY: restore
restore: $(if $(filter compose,$(SYSTEM)),,.venv/run) ## Put the backup FILE=… in the place of what is there
	$(NAMED)
	@$(BACKUP) restore "$(FILE)"

.PHONY: lock
lock: .venv/run .venv/tools/uv ## Lock the requirements; ARGS=--upgrade takes newer versions of what pyproject.toml leaves open
	@$(PYTHON) -m tools.locks $(ARGS)
