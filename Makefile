# hamud: make build | test | golden | e2e | torture | fuzz | bench | bench-service | demo | install | uninstall | clean
#
# Packages that a target needs are installed when make runs as root, and named when it does not.
# `swift build` and `swift test` use different compiler flags and would rebuild everything in turn in one folder, so
# tests are built in a folder of their own, and so that durable calls can be made to fail.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
CHECKS = --explicit-target-dependency-import-check error
# The released programs carry the Swift runtime in them: a target machine needs Debian's libraries and nothing else.
RELEASE = -c release --static-swift-stdlib $(CHECKS)
TESTS = -c release --scratch-path .build-test $(CHECKS)
test golden study faults: export HAMUD_FAULTS = 1

export HAMUD_SHARED ?= $(abspath ../shared)
export HAMUD_GOLDEN ?= $(HAMUD_SHARED)/golden

.PHONY: build test golden study e2e torture torture-quick faults fuzz bench bench-service demo install uninstall clean packages lint

build: packages
	$(SWIFT) build $(RELEASE) --product hamud
	$(SWIFT) build $(RELEASE) --product hamuctl

test: packages
	$(SWIFT) test $(TESTS) --skip GoldenTests

golden: packages
	@.ci/golden $(SWIFT) test $(TESTS) --filter GoldenTests

study: faults
	@mkdir -p .build
	.build-test/release/study --continue --json .build/study.json

e2e: build
	@.ci/packages scenarios
	Tests/Scenarios/run

# Everything as the tests have it, the two programs too: to list the tests is to build it all.
faults: packages
	$(SWIFT) test list $(TESTS) > /dev/null

torture: build faults
	Tests/Torture/run

torture-quick: build faults
	Tests/Torture/run --quick

# libFuzzer at the six parsers, a minute each; FUZZ="--seconds 3600" for an hour each, FUZZ="--only csv,idx" for some.
fuzz: packages
	SWIFT=$(SWIFT) Tests/Fuzz/run $(FUZZ)

# Ours beside PyTorch; what each number means is in Tests/Bench/README.md. BENCH="--quick --baseline FILE" for less.
bench: packages
	$(SWIFT) build $(RELEASE) --product bench
	.build/release/bench $(BENCH)

# The service as a whole: its start, its memory when idle, a run.
bench-service: build
	Tests/Scenarios/bench

demo: build
	etc/demo/run

lint:
	.ci/format
	.ci/imports
	.ci/door
	.ci/size

packages:
	@.ci/packages build

install: build
	.ci/install install "$(DESTDIR)" "$(PREFIX)"

uninstall:
	.ci/install uninstall "$(DESTDIR)" "$(PREFIX)"

clean:
	rm -rf .build .build-test .build-fuzz
