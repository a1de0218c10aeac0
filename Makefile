# The Director's Mailbox: everything there is to do here. Needs GNU make and Python 3.11 to 3.13.
#
#   make run                     the whole mailbox on this machine
#   make PYTHON=python3.12 run   with another Python
#   make run ENGINES=kafka       on Apache Kafka, after `make engines`; BROKERS=3 for three brokers

PYTHON ?= python3

# More words for pytest, such as PYTEST_FLAGS="-k router -x".
PYTEST_FLAGS ?=

# More words for the demo, such as DEMO_FLAGS="--letters 20".
DEMO_FLAGS ?=

# More words for the audit, such as AUDIT_FLAGS="--json".
AUDIT_FLAGS ?=

# On what the stack runs: embedded or kafka; empty: as it did last. BROKERS: 1 or 3, for kafka.
ENGINES ?=
BROKERS ?= 1

# What to do about parked records: list, show ID, replay ID or --all, drop ID --yes, dropped.
DO ?= list

# How images are built: by which program, under which tag, on which base (empty: as the Dockerfile says).
DOCKER ?= docker
TAG ?= dev
PYTHON_IMAGE ?=
IMAGES := intake router notifier publisher operator stand-ins

VENV := .venv
STACK := .stack
REAL := .engines
RENDERER := .renderer
PY := $(VENV)/bin/python
CODE := services shared clients deploy tools tests
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url

OPS := prometheus promtool prometheus-alertmanager amtool

ON_ENGINES := tests/journeys tests/shared tests/clients tests/intake tests/router tests/notifier \
	tests/publisher tests/chaos tests/secrecy

# Workers wait for servers a third of their time, and each collects all tests (10 s of processor
# time). A file stays with one worker, because its tests share servers.
IN_PARALLEL := --numprocesses 3 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
unexport PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE
ifneq ($(ENGINES),)
export MAILBOX_ENGINES := $(ENGINES)
export MAILBOX_BROKERS := $(BROKERS)
endif

.PHONY: help run demo doctor audit trace parked resend due-date verify-receipt try-rules calendar-changed widget-snippet rotate erase erasures erasures-apply stack check fmt-check lint spell imports contracts-check metrics-check retention-check k8s-check house types \
	fmt test test-all test-browser screenshots tour browser-deps ops-deps engines engines-broker test-engines bench clean lock images pin-images renderer python-ok local dev

##@ start

help: ## What there is to do
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

run: local stack ## The whole mailbox in the foreground, until Ctrl-C
	@$(PY) -m deploy.local up

demo: local stack ## Play 240 letters to their ends, months in minutes, and audit (DEMO_FLAGS=--resume)
	@$(PY) -m deploy.local demo $(DEMO_FLAGS)

doctor: local stack ## Look for what is wrong here, and say what to do
	@$(PY) -m deploy.local doctor

audit: local stack ## Is every letter as promised, in all services? (AUDIT_FLAGS="--wait 120")
	@$(PY) -m deploy.local audit $(AUDIT_FLAGS)

trace: local stack ## One letter's life, without its words (LETTER=GD-…)
	@$(PY) -m deploy.local trace $(LETTER)

resend: local stack ## Send again what was said (LETTER= SINCE= TOPIC= BUREAU= SNAPSHOT=yes RUN=)
	@$(PY) -m deploy.local resend $(if $(LETTER),"--letter=$(LETTER)") \
		$(if $(SINCE),"--since=$(SINCE)") $(if $(TOPIC),"--topic=$(TOPIC)") \
		$(if $(BUREAU),"--bureau=$(BUREAU)") $(if $(SNAPSHOT),--snapshot) \
		$(if $(RUN),"--run=$(RUN)")

parked: local stack ## Records that a service could not use (SERVICE=router DO="list")
	@$(PY) -m deploy.local parked $(SERVICE) $(DO)

calendar-changed: local stack ## Count open letters anew, once the calendar has changed and the router was restarted
	@$(PY) -m deploy.local calendar-changed

due-date: local ## Explain due dates, day by day (IN=cases.jsonl OUT=dates.jsonl)
	@$(PY) -m shared.duedates "$(IN)" "$(OUT)"

verify-receipt: local ## Is a writer's receipt genuine? (RECEIPT=file [TEXT=file] [KEYS=file] [COUNTS=file COUNT_KEYS=file])
	@$(PY) -m shared.receipts "$(RECEIPT)" $(if $(TEXT),--text "$(TEXT)") $(if $(KEYS),--keys "$(KEYS)") \
		$(if $(COUNTS),--counts "$(COUNTS)") $(if $(COUNT_KEYS),--count-keys "$(COUNT_KEYS)")

try-rules: local ## What would the rules do with these letters? (IN=letters.jsonl OUT=result.jsonl)
	@$(PY) -m shared.tryrules "$(IN)" "$(OUT)"

widget-snippet: local ## The line with which another site includes the mailbox (BASE=https://… MODE=popup CITY=guangzhou SAYS=zh)
	@$(PY) -m tools.widget --base "$(BASE)" $(if $(MODE),--mode "$(MODE)") $(if $(CITY),--city "$(CITY)") $(if $(SAYS),--lang "$(SAYS)")

rotate: local stack ## Seal what a service keeps under its ring's current key (SERVICE=router)
	@$(PY) -m deploy.local rotate $(SERVICE)

erase: local stack ## What is due for erasure; or erase parts of a letter (LETTER= WHAT= RULE= REASON= YES=yes)
	@$(PY) -m deploy.local erase $(if $(LETTER),"--letter=$(LETTER)") $(if $(WHAT),"--what=$(WHAT)") \
		$(if $(RULE),"--rule=$(RULE)") $(if $(REASON),"--reason=$(REASON)") $(if $(filter yes,$(YES)),--yes)

erasures: local stack ## Write the ledger of erasures, signed, to keep apart from backups (OUT=erasures.jsonl)
	@$(PY) -m deploy.local erasures export "$(abspath $(OUT))"

erasures-apply: local stack ## Erase again what a ledger records, in all services, after a restore (IN= KEYS=)
	@$(PY) -m deploy.local erasures apply "$(abspath $(IN))" $(if $(KEYS),"--keys=$(abspath $(KEYS))")

##@ check

check: fmt-check lint spell imports contracts-check metrics-check retention-check catalogues-check k8s-check house types ## Everything below but the tests

fmt-check: dev ## Is everything formatted?
	@$(PY) -m ruff format --check --quiet . \
		|| { echo "make: not formatted; make fmt does it" >&2; exit 1; }

lint: dev ## Ruff's rules
	@$(PY) -m ruff check --quiet .

spell: dev ## Spelling
	@$(PY) -m codespell_lib

imports: dev ## Do imports look the right way?
	@$(PY) $(VENV)/bin/lint-imports

contracts-check: dev ## Do the contracts keep what was released?
	@$(PY) -m tools.contracts check

k8s-check: dev renderer ## Would a cluster take the manifests, and are they right? (OVERLAY=own CRDS=dir)
	@$(if $(CRDS),CRDS="$(CRDS)") $(PY) -m tools.k8s check $(OVERLAY)

metrics-check: dev ## Is the table of metrics what services and rules say?
	@$(PY) -m tools.metrics check

retention-check: dev ## Is the page of retention periods what the table says?
	@$(PY) -m tools.retention check

catalogues-check: dev ## Does every message of the pages have its Chinese?
	@$(PY) -m tools.catalogues check

house: dev ## The house's own rules
	@$(PY) -m pytest --quiet tests/test_house.py

types: dev ## mypy, strict
	@$(PY) -m mypy

fmt: dev ## Format everything
	@$(PY) -m ruff format --quiet .
	@$(PY) -m ruff check --quiet --fix-only .

test: dev stack renderer ## The tests, without slow ones and house rules (PYTEST_FLAGS="-n 0": one after another)
	@$(PY) -m pytest $(IN_PARALLEL) -m "not slow and not engines and not browser" --ignore tests/test_house.py $(PYTEST_FLAGS)

test-all: dev stack renderer ## All tests but those on Apache Kafka, with more examples
	@$(PY) -m pytest $(IN_PARALLEL) --hypothesis-profile=thorough -m "not engines" $(PYTEST_FLAGS)

test-browser: dev stack ## Pages in Chromium: each role's day, axe, policy of content, keyboard (SHORT=yes: one look a page, nothing slow)
	@if command -v chromium >/dev/null; then \
		$(if $(SHORT),BROWSER_SHORT=yes) $(PY) -m pytest --numprocesses 3 --dist loadfile -m "browser$(if $(SHORT), and not slow)" tests/browser $(PYTEST_FLAGS); \
	else echo "skipped: Chromium is not installed; make browser-deps"; fi

screenshots: dev ## Each page in both languages, schemes and widths, and in elder mode (.screenshots)
	@$(PY) -m tests.browser.screenshots .screenshots

tour: dev stack ## The pictures of docs/tour.md, taken while a letter goes from triage to signature
	@$(PY) -m tests.browser.tour docs/pictures

##@ real

stack: python-ok ## Install the local broker and database (.stack)
	@"$(PYTHON)" -m deploy.local.install $(STACK) requirements-stack.lock

ops-deps: ## Install Debian's Prometheus and Alertmanager with apt (as root), or say what is missing
	@missing=""; for program in $(OPS); do \
		command -v $$program >/dev/null 2>&1 || missing="$$missing $$program"; done; \
	if [ -z "$$missing" ]; then echo "make: Prometheus and its tools are there"; exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends prometheus prometheus-alertmanager; \
	else \
		echo "make: missing:$$missing. On Debian, as root:" \
			"apt-get install prometheus prometheus-alertmanager" >&2; exit 1; \
	fi

browser-deps: ## Install Debian's Chromium and Chinese letters with apt (as root), or say what is missing
	@if command -v chromium >/dev/null; then echo "make: Chromium is there"; exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium fonts-noto-cjk; \
	else \
		echo "make: missing: chromium. On Debian, as root: apt-get install chromium fonts-noto-cjk" >&2; \
		exit 1; \
	fi

engines: local stack ## Install Apache Kafka (Java 17, Maven) and the fast database (Cargo), and try them
	@"$(PYTHON)" -m deploy.local.kafka.install $(REAL)
	@MAILBOX_ENGINES=kafka MAILBOX_BROKERS=$(BROKERS) $(PY) -m deploy.local try

engines-broker: python-ok ## Install Apache Kafka alone
	@"$(PYTHON)" -m deploy.local.kafka.install $(REAL) --broker-only

test-engines: dev stack engines-broker ## Journey, shell, crash matrix and access on Apache Kafka (SHORT=yes)
	@$(PY) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m engines tests/engines $(PYTEST_FLAGS)
	@MAILBOX_ENGINES=kafka MAILBOX_BROKERS=$(BROKERS) $(PY) -m pytest \
		$(if $(SHORT),-m "real and not slow" tests/journeys,-m real $(ON_ENGINES)) $(PYTEST_FLAGS)

bench: dev stack ## How fast is it? Prints a table
	@$(PY) -m tests.bench

##@ ship

images: ## Build an image of each service (TAG=dev PYTHON_IMAGE=python@sha256:… DOCKER=podman)
	@case "$(TAG) $(PYTHON_IMAGE)" in "dev "*|*@sha256:*) ;; *) \
		echo "make: images other than TAG=dev need a base that can't change:" \
			"PYTHON_IMAGE=python@sha256:…" >&2; exit 1;; esac
	@command -v $(DOCKER) >/dev/null || { echo "make: there is no $(DOCKER) to build images with" >&2; exit 1; }
	@set -e; for target in $(IMAGES); do \
		$(DOCKER) build --file deploy/images/Dockerfile --target $$target --tag mailbox-$$target:$(TAG) \
			$(if $(PYTHON_IMAGE),--build-arg PYTHON_IMAGE=$(PYTHON_IMAGE)) .; \
	done

pin-images: dev ## Name the images of an overlay by digest (OVERLAY=own DIGESTS=digests.txt)
	@$(PY) -m tools.k8s pin "$(OVERLAY)" "$(DIGESTS)"

lock: python-ok ## Compile the lock files anew from pyproject.toml
	@set -e; export UV_PYTHON_DOWNLOADS=never; \
	made=$$(mktemp -d); trap 'rm -rf "$$made"' EXIT; \
	"$(PYTHON)" -m venv "$$made"; \
	"$$made/bin/python" -m pip install --quiet --disable-pip-version-check uv; \
	PATH="$$made/bin:$$PATH"; \
	$(COMPILE) pyproject.toml -o requirements.lock; \
	$(COMPILE) pyproject.toml --group local -o requirements-local.lock; \
	$(COMPILE) pyproject.toml --group local --group dev -o requirements-dev.lock; \
	$(COMPILE) --group stack -o requirements-stack.lock; \
	$(COMPILE) --no-deps --group render -o requirements-render.lock

clean: python-ok ## Remove what make made: environments, caches, and the mailbox's data and keys
	@"$(PYTHON)" -m deploy.local.stack.lock .local
	@"$(PYTHON)" -m deploy.local.stack.lock .local/demo
	@rm -rf $(VENV) $(VENV).lock $(STACK) $(STACK).lock $(REAL) $(RENDERER) .local
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- environments ---------------------------------------------------------------------------

local: python-ok
	@"$(PYTHON)" -m deploy.local.install $(VENV) requirements-local.lock

dev: python-ok
	@"$(PYTHON)" -m deploy.local.install $(VENV) requirements-dev.lock

renderer: dev
	@$(PY) -m tools.k8s.renderer

python-ok:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "make: there is no $(PYTHON): install Python 3.11 to 3.13, or name one with" \
			"make PYTHON=…" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) \
		else "make: Python 3.11, 3.12 or 3.13 is needed and $(PYTHON) is %d.%d: name another with make PYTHON=python3.12" % v)'
