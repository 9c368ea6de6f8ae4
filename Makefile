# The commands of the project; the work is done by the scripts and the binary.
.DEFAULT_GOAL := help
.PHONY: help run test check bench eval fixtures

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## set up what is missing, then serve on http://127.0.0.1:8080
	@scripts/run

test: ## set up what is missing, then run every test
	@scripts/test

check: ## format, lints, licences, documentation
	@scripts/check

bench: ## ratios of speed, measured in one run
	@scripts/prepare test && cargo bench --locked --bench ratios --bench first_sound --bench load

eval: ## the figures of the README (needs the owner's data in ../shared)
	@scripts/eval

fixtures: ## make audio-fixtures/ again (needs espeak-ng, sox, ffmpeg)
	@scripts/make-fixtures
