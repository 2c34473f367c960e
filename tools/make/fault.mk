# SPDX-License-Identifier: BSD-2-Clause
# Faults in servers while work is done: a native program (tests/fault).
faults := build/test/fault/faults
faults-obj := $(call objects,$(wildcard tests/fault/*.c tests/native/*.c))
$(faults-obj): private CPPFLAGS = $(NEWLIB_CPPFLAGS)
$(faults-obj): private CFLAGS = $(NEWLIB_CFLAGS)
$(faults-obj): private includes = -Itests/native
$(faults-obj): | build/stamp/newlib
$(faults-obj): $(compiled-after)
$(faults): $(faults-obj) $(program-libs) tests/hostile/volumes
	@mkdir -p $(@D)
	@cp tests/hostile/volumes $(@D)
	$(call say,LD)
	$(Q)$(LD) --gc-sections -Ttext-segment=0x08048000 \
		-e program_start -o $@ $(faults-obj) \
		--whole-archive build/libnewlib.a --no-whole-archive \
		--start-group build/newlib/lib/libc.a build/newlib/lib/libm.a \
		build/libclient.a build/libbase.a --end-group

.PHONY: faults
faults: ## N=2000 SEED=1 VICTIMS='tty devices': faults in servers under load
	@$(MAKE) -s --no-print-directory image-run $(faults)
	@tools/run --add build/test/fault --log build/faults-$(SEED).log -c \
		"/mnt/volumes; /mnt/faults $(if $(filter file,$(origin \
		N)),2000,$(N)) $(SEED) $(VICTIMS)"; status=$$?; \
		echo "all runs:"; tests/fault/sum build/faults-*.log; exit $$status
