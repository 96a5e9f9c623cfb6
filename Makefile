# The commands of the project. Each is a short script in .ci/.
SHELL := /bin/bash
.PHONY: help demo test fmt check e2e guides bench release audit

help: ## List the commands
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: ## Start the demonstration on http://127.0.0.1:3000 (PORT=, DATA_DIR=)
	@.ci/demo

test: ## Run everything: formatting, lints, unit, integration and browser tests, accessibility
	@.ci/test

fmt: ## Format the source
	@cargo fmt

check: ## Formatting and lints only
	@.ci/test check

e2e: ## The browser tests only (FILES='end2end/smoke.test.mjs')
	@.ci/test e2e $(FILES)

guides: ## Make the pictures of the guides in docs/ again
	@.ci/tools test
	@.ci/build front
	@.ci/build server
	@. .ci/env && node end2end/guides.mjs

bench: ## Measure speed, size and memory
	@.ci/bench

release: ## Build target/release/portico and target/site
	@.ci/tools build
	@.ci/build release

audit: ## Check licences, bans and sources of the dependencies
	@.ci/tools audit
	@. .ci/env && cargo deny check licenses bans sources
