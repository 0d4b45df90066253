# Everything that people and CI run. A target says what it is for with ##.

GO ?= go
# How long each target of make fuzz is fuzzed: inputs, or a duration.
FUZZTIME ?= 5000x

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | column -t -s '	'

.PHONY: demo
demo: ## run a task with a secret, a failing and a succeeding run, and tell its story
	@$(GO) run ./examples/demo

.PHONY: test
test: ## run all tests, with real containers
	$(GO) test -race -timeout 20m ./...

.PHONY: test-quick
test-quick: ## run the tests that need no Docker engine
	$(GO) test -race -short ./ecsfixture/internal/awsjson/... ./ecsfixture/server/... ./ecsfixture/secrets/... ./ecsfixture/logs/... ./ecsfixture/runtime/simulated/... ./ecsfixture/targetgroup/... ./ecsfixture/events/... ./examples/service/...

.PHONY: lint
lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt these files"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: fuzz
fuzz: ## fuzz each target for FUZZTIME
	@set -e; for pkg in $$($(GO) list ./ecsfixture/...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "fuzz $$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg; \
	  done; done

.PHONY: terraform
terraform: ## apply, change and destroy examples/terraform with the real provider: from its registry, or MIRROR=directory
	ECSFIXTURE_TERRAFORM="$(or $(MIRROR),registry)" $(GO) test -race -count=1 -v -run "^TestApply" ./examples/terraform

.PHONY: clients
clients: ## drive the endpoint with the aws command line and boto3
	$(GO) test -race -count=1 -v ./examples/clients/...

.PHONY: bench
bench: ## measure, with ratios to the engine's own API
	$(GO) test -run '^$$' -bench 'Task(Bridge|Awsvpc)|StartCloseDocker' -benchtime 20x ./bench
	$(GO) test -run '^$$' -bench 'TasksAtOnce|ManySimulated' -benchtime 1x -timeout 30m ./bench
	$(GO) test -run '^$$' -bench '^Benchmark(Call|StartCloseSimulated|TaskSimulated)$$' -benchtime 2000x ./bench
	$(GO) test -run '^$$' -bench . -benchtime 1x ./bench/idle

.PHONY: soak
soak: ## random calls for 2 minutes on both runtimes, then the invariants
	ECSFIXTURE_SOAK=2m $(GO) test -race -count=1 -v -timeout 20m -run '^TestSoak' ./ecsfixture ./ecsfixture/server

.PHONY: kill
kill: ## kill -9 a process with tasks at 50 random moments; the next one cleans up
	ECSFIXTURE_KILL_ROUNDS=50 $(GO) test -race -count=1 -v -timeout 30m -run '^TestKilledProcessLeavesNothingForLong$$' ./ecsfixture

.PHONY: slow
slow: ## the tests that take minutes, at full size: 100 awsvpc tasks at once
	ECSFIXTURE_SLOW=1 $(GO) test -race -count=1 -v -timeout 30m -run '^TestManyAwsvpcTasks$$' ./ecsfixture

.PHONY: tidy
tidy: ## check that go.mod is as go mod tidy leaves it
	$(GO) mod tidy -diff

.PHONY: install
install: ## install what the tests need, on Debian and Ubuntu
	@.ci/install

.PHONY: ci
ci: tidy lint test fuzz ## what CI runs
