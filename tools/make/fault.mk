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

# A CD with a file that says of each of its words what it is.
fault-cd := build/fault.iso
$(fault-cd): tools/make/fault.mk
	$(call say,ISO)
	$(Q)mkdir -p build/fault.cd
	$(Q)python3 -c "import array; \
		array.array('I', (i * 2654435761 & 0xffffffff \
		for i in range(8 << 20))).tofile(open('build/fault.cd/noise', 'wb'))"
	$(Q)xorriso -report_about SORRY -as mkisofs -R -o $@ build/fault.cd
	$(Q)rm -r build/fault.cd

.PHONY: faults
faults: ## N=2000 SEED=1 VICTIMS='tty devices': faults in servers under load
	@$(MAKE) -s --no-print-directory image-run $(faults) $(fault-cd)
	@tools/run --add build/test/fault --disk $(fault-cd) --log build/faults-$(SEED).log -c \
		"/mnt/volumes; /mnt/faults $(if $(filter file,$(origin \
		N)),2000,$(N)) $(SEED) $(VICTIMS)"; status=$$?; \
		echo "all runs:"; tests/fault/sum build/faults-*.log; exit $$status
