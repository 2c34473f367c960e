# SPDX-License-Identifier: BSD-2-Clause
# The hostile client: a native program whose stubs' messages are spoilt on
# their way to the kernel (tests/hostile).
hostile := build/test/hostile/hostile
hostile-obj := $(call objects,$(wildcard tests/hostile/*.c tests/native/*.c)) \
	build/obj/build/hostile/calls.o

build/hostile/calls.c: tests/hostile/generate $(interfaces:%=mig/%.defs)
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)tests/hostile/generate $(interfaces:%=mig/%.defs) >$@

$(hostile-obj): private CPPFLAGS = $(NEWLIB_CPPFLAGS)
$(hostile-obj): private CFLAGS = $(NEWLIB_CFLAGS)
$(hostile-obj): private includes = -Itests/hostile -Itests/native
$(hostile-obj): | build/stamp/newlib
$(hostile-obj): $(compiled-after)

$(hostile): $(hostile-obj) $(program-libs) tests/hostile/volumes
	@mkdir -p $(@D)
	@cp tests/hostile/volumes $(@D)
	$(call say,LD)
	$(Q)$(LD) --gc-sections --wrap=mach_msg -Ttext-segment=0x08048000 \
		-e program_start -o $@ $(hostile-obj) \
		--whole-archive build/libnewlib.a --no-whole-archive \
		--start-group build/newlib/lib/libc.a build/newlib/lib/libm.a \
		build/libclient.a build/libbase.a --end-group

# Small ones, a file each; mach_msg is the usual one.
small-hostile := $(patsubst tests/%.c,build/test/%,\
	$(wildcard tests/hostile/small/*.c))
small-hostile-obj := $(small-hostile:build/test/%=build/obj/tests/%.o)
$(small-hostile-obj): private CPPFLAGS = $(NEWLIB_CPPFLAGS)
$(small-hostile-obj): private CFLAGS = $(NEWLIB_CFLAGS)
$(small-hostile-obj): | build/stamp/newlib
$(small-hostile-obj): $(compiled-after)
$(small-hostile): build/test/%: build/obj/tests/%.o $(program-libs)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(LD) --gc-sections -Ttext-segment=0x08048000 \
		-e program_start -o $@ $< \
		--whole-archive build/libnewlib.a --no-whole-archive \
		--start-group build/newlib/lib/libc.a build/newlib/lib/libm.a \
		build/libclient.a build/libbase.a --end-group

.PHONY: hostile
N ?= 1000000
SEED ?= 1
SERVERS ?= acs vfs process tty devices codepager datapager pfs-ext2 pfs-fat \
	pfs-sysv pfs-ffs pfs-tmp pfs-proc pfs-iso
hostile: ## N=1000000 SEED=1 SERVERS='vfs tty': spoilt messages to each server
	@$(MAKE) -s --no-print-directory image-run $(hostile) build/masix.iso
	@for server in $(SERVERS); do tools/run --add build/test/hostile \
		--disk build/masix.iso \
		-c "/mnt/volumes && /mnt/hostile $$server $(N) $(SEED)" || \
		exit 1; done
