SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO ?= go
NPM ?= npm
DEBIAN := chromium ffmpeg python3-venv

# Rooms that start goroutines; their tests run a second time with the race detector.
RACE := ./bot ./cache ./catalog ./node/... ./telegram/... ./cmd/...

FUZZTIME ?= 30s

# Benches of cmd/tpbench; their gates are in cmd/tpbench/gates.go.
BENCHES := fake cold sustained cpu trouble

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

toolchain:
	@.ci/toolchain.sh

deps: ## what a fresh Debian or Ubuntu lacks for the tests: a browser, ffmpeg, Telegram clients
	@.ci/deps.sh $(DEBIAN)
	@.ci/venvs.sh

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@cd web && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
	@cd web && $(NPM) run --silent build

build: toolchain web/dist/index.html ## the program with the web app inside, into bin/
	@$(GO) build -ldflags="-s -w" -o bin/ ./cmd/...

demo: build ## a library to play with: fake Telegram and one node; ctrl-c ends it
	@bin/teleplay demo

gen: web/node_modules/.package-lock.json ## everything that is generated
	@cd web && $(NPM) run --silent gen

test: toolchain deps check honesty e2e ## everything that a change must pass
	@echo "all tests ran, nothing was left out"

check: check-go check-web ## format, vet, staticcheck, unit tests of Go and web

check-go: toolchain web/dist/index.html # real processes too: cmd/teleplay starts, kills and counts
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "not formatted: run gofmt -w on these"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test -shuffle=on ./...
	$(GO) test -shuffle=on -race $(RACE)

check-web: toolchain web/node_modules/.package-lock.json
	cd web && $(NPM) run --silent lint
	cd web && $(NPM) run --silent types
	cd web && $(NPM) run --silent test

honesty: toolchain deps ## the fake Telegram, judged by clients of others; a judge that did not sit is a failure
	TELEPLAY_HONESTY=1 $(GO) test -count=1 -v -run '^TestHonesty$$' ./telegram/fake | awk '{print} /^--- PASS: TestHonesty /{ok=1} END{exit !ok}'

e2e: build web/node_modules/.package-lock.json ## the real program in the real browser
	cd web && $(NPM) run --silent e2e

fuzz: ## each parser of hostile input, FUZZTIME each (30s)
	@for p in $$($(GO) list ./bot ./node/... ./telegram/...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$p; done; done

soak: toolchain web/dist/index.html ## the long forms of the tests
	TELEPLAY_SOAK=1 $(GO) test -count=1 -timeout 60m -v -run 'Killed|Oracle|Ranges' ./cmd/teleplay ./telegram

bench: ## what must be fast: tpbench's tables and gates, Go benchmarks as text for benchstat
	@rm -rf bin/bench && mkdir -p bin/bench
	@$(GO) build -buildvcs=auto -o bin/tpbench ./cmd/tpbench
	@for b in $(BENCHES); do bin/tpbench $$b --json bin/bench/$$b.json || true; done # what fails leaves no file
	@$(GO) test -run '^$$' -bench . -benchmem $$(grep -rl --include='*_test.go' --exclude-dir=node_modules '^func Benchmark' . | xargs -n1 dirname | sort -u)
	@bin/tpbench gates $(BENCHES:%=bin/bench/%.json)

clean: ## remove what was built
	@rm -rf bin .venv web/node_modules && find web/dist -mindepth 1 ! -name .gitkeep -delete

.PHONY: help toolchain deps build demo gen test check check-go check-web honesty e2e fuzz soak bench clean
