# SPDX-License-Identifier: BSD-2-Clause
# Fuzz entries: tests/fuzz/FORMAT.c gets bytes and gives them to a core. Two
# programs are made of each: by clang with libFuzzer, which runs as long as one
# likes (make fuzz), and a unit test, which runs the seeds that are kept and
# some mutants of them (tests/fuzz/driver.c).
fuzz-volumes := ext2 fat ffs iso sysv
fuzz-formats := $(fuzz-volumes) elf line
fuzz-folder = $(if $(filter $(1),$(fuzz-volumes)),servers/pfs/$(1),$(fuzz-folder.$(1)))
fuzz-folder.elf := servers/process
fuzz-folder.line := servers/tty
# The rest of the process server's core changes only what survives it.
fuzz-core = $(wildcard $(if $(filter elf,$(1)),$(addprefix \
	servers/process/core/,elf.c script.c),$(call fuzz-folder,$(1))/core/*.c))
# FORMAT: what a program consists of, beside main()
fuzz-sources = tests/fuzz/$(1).c $(if $(filter $(1),$(fuzz-volumes)),$(wildcard \
	tests/fuzz/volume.c tests/fuzz/use.c tests/fuzz/base.c \
	tests/unit/fakes/block_ram.c tests/unit/fakes/volume.c)) \
	$(call fuzz-core,$(1)) \
	$(filter libmasix/base/%,$(unit-pure)) \
	$(wildcard servers/lib/fs/core/*.c servers/lib/block/core/*.c)

define fuzz-unit # BITS FORMAT
build/unit$(1)/obj/tests/fuzz/$(2).o: includes = -I$(call fuzz-folder,$(2))
build/unit$(1)/fuzz/$(2)/test: $$(patsubst %.c,build/unit$(1)/obj/%.o,$$(call \
		fuzz-sources,$(2)) tests/fuzz/driver.c)
	@mkdir -p $$(@D)
	$$(call say,CC$(1))
	$$(Q)gcc -m$(1) -fsanitize=address,undefined -o $$@ $$^
endef
$(foreach bits,64 32,$(foreach format,$(fuzz-formats),$(eval \
	$(call fuzz-unit,$(bits),$(format)))))
unit-programs += $(foreach bits,64 32,$(fuzz-formats:%=build/unit$(bits)/fuzz/%/test))

# No trace of comparisons: it takes half of the time, as the checks of the
# sanitizers count as comparisons.
fuzz-flags := -std=gnu11 -O2 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	-fno-sanitize-coverage=trace-cmp -Uunix -Ulinux -Ui386 -DMASIX_UNIT \
	-Ilibmasix -Iservers/lib -Iservers/lib/fs -Itests/unit -Itests/fuzz

define fuzz-program # FORMAT
build/fuzz/$(1): $(call fuzz-sources,$(1)) $(wildcard tests/fuzz/*.h \
		tests/unit/fakes/*.h $(call fuzz-folder,$(1))/core/*.h \
		servers/lib/*/*.h libmasix/base/*.h)
	@tools/host fuzz
	@mkdir -p $$(@D)
	$$(call say,CLANG)
	$$(Q)clang $(fuzz-flags) -I$(call fuzz-folder,$(1)) -o $$@ \
		$(call fuzz-sources,$(1))
endef
$(foreach format,$(fuzz-formats),$(eval $(call fuzz-program,$(format))))

.PHONY: fuzz
FORMAT ?= $(fuzz-formats)
fuzz: ## FORMAT=ext2 N=1000000: inputs at random, what is found is kept
	@for format in $(FORMAT); do \
		$(MAKE) -s --no-print-directory build/fuzz/$$format && \
			tests/fuzz/run $$format $(N) || exit 1; done
