# SPDX-License-Identifier: BSD-2-Clause
# Masix. `make help` lists what can be made; tools/make/README.md says how a
# source, a server or a test is added. Everything that is made lies in build/.
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
# mke2fs and its like lie where users do not search.
export PATH := $(PATH):/usr/sbin:/sbin

.DELETE_ON_ERROR:
.SECONDARY:

.DEFAULT_GOAL := all

# Goals that run for long or need no build are recipes of their own, which
# call make again for what they need. All others wait for a lock, so that two
# makes in one tree do not write the same files at the same time.
unlocked := help clean run debug trace test test-guest test-boot test-exchange \
	test-tutorial \
	bench check fuzz faults
goals := $(or $(MAKECMDGOALS),all)
ifeq ($(MASIX_BUILD_LOCK)$(filter $(unlocked),$(goals)),)
.PHONY: $(goals) locked
$(goals): locked ;
locked:
	@mkdir -p build
	@MASIX_BUILD_LOCK=1 flock build/.lock $(MAKE) --no-print-directory $(goals)
else

# A machine that lacks a tool gets it first; costs a few milliseconds else.
ifeq ($(filter help clean,$(MAKECMDGOALS)),)
host := $(shell tools/host >&2 || echo missing)
$(if $(host),$(error the host lacks what tools/host names))
endif

include tools/make/flags.mk
include tools/make/packages.mk
include mach/mach.mk
include tools/make/mig.mk
include tools/make/libmasix.mk
include tools/make/servers.mk
include $(sort $(shell find servers -name server.mk 2>/dev/null))
include tools/make/newlib.mk
include tools/make/unit.mk
include tools/make/fuzz.mk
include tools/make/run.mk
include tools/make/linux.mk
include tools/make/bench.mk
include tools/make/hostile.mk
include tools/make/fault.mk
include tools/make/test.mk
include boot/image.mk
include $(wildcard tests/*.mk)

.PHONY: all help clean
all: $(servers:%=build/image/%) $(blob) $(programs) build/msgids image-run ## build it all

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

clean: ## remove build/ (packages stay in the cache)
	rm -rf build

-include $(shell find build/obj build/mig -name '*.d' 2>/dev/null)

endif
