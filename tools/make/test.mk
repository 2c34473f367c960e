# SPDX-License-Identifier: BSD-2-Clause
# Tests in the guest and of whole boots; unit tests are in unit.mk.
# T=NAME limits them: make test-guest T=fork, make test-boot T=boots,
# make test-exchange T=ext2, make test-power T=20.
guest-tests := $(patsubst tests/guest/%.c,build/test/guest/%,$(wildcard tests/guest/*.c)) \
	$(patsubst tests/guest/scripts/%,build/test/guest/%,$(wildcard tests/guest/scripts/*.sh))
build/test/guest/%: tests/guest/%.c tests/guest/check.h
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)gcc -m32 -static -O1 -g -w -pthread -o $@ $< # they do what warnings warn of
build/test/guest/%.sh: tests/guest/scripts/%.sh
	@mkdir -p $(@D)
	@install -m 755 $< $@

build/test/stress/%: build/test/guest/%
	@mkdir -p $(@D)
	@install $< $@


.PHONY: test test-unit test-guest test-boot test-power test-exchange test-tutorial check test-guest-files
test-unit: $(unit-programs) ## run the host tests, 64 and 32 bits, sanitized
	@tests/unit/run $(unit-programs)
test-guest-files: image-run build/linux/initrd.gz $(guest-tests)
test-guest: ## programs and scripts on Masix and Linux, compared
	@$(MAKE) -s --no-print-directory test-guest-files
	@tests/guest/run build/test/guest $(T)
test-boot: ## whole boots: what is typed, what must appear
	@$(MAKE) -s --no-print-directory image-run $(hostile) $(small-hostile) \
		$(host-programs) build/test/stress/stress
	@tests/boot/run $(T)
test-power: ## kills a guest that works, looks at its disk; T=ROUNDS
	@$(MAKE) -s --no-print-directory image-run build/linux/initrd.gz
	@tests/boot/power $(T)
	@$(if $(T),,tests/boot/power 2 1 plain)
test-exchange: ## files that Masix writes and Linux reads, and back
	@$(MAKE) -s --no-print-directory image-run build/linux/initrd.gz
	@tests/exchange/run $(T) $(S)
test-tutorial: ## a new server, as servers/README.md says, in a scratch copy
	@tests/tutorial
check: ## seconds: dependencies, ranks, ids, style, READMEs
	@tools/check/all
test: ## check, unit, guest, boot, exchange, tutorial
	@tools/test
