# SPDX-License-Identifier: BSD-2-Clause
# libmasix: what is inside a process.
#   build/libbase.a           Mach and nothing else, the kernel's client stubs
#   build/libunix.a           the Unix calls
#   build/libmasix.so.elf     both and the Linux face, at the fixed address that
#                             libmasix/linux/linux.ld gives; mapped by `process`
base.src  := $(sort $(wildcard libmasix/base/*.c libmasix/base/*.S))
unix.src  := $(sort $(wildcard libmasix/unix/*.c libmasix/unix/*.S libmasix/unix/*/*.c))
linux.src := $(sort $(wildcard libmasix/linux/*.c libmasix/linux/*.S))
base.obj  := $(call objects,$(base.src))
unix.obj  := $(call objects,$(unix.src))
linux.obj := $(call objects,$(linux.src))
$(base.obj) $(unix.obj) $(linux.obj): $(compiled-after)
# The ACS walks servers' stacks, nobody a process's: only the callers that an
# assertion in one shows are fewer.
$(unix.obj) $(linux.obj): CFLAGS += -fomit-frame-pointer

build/libbase.a: $(base.obj) $(kernel-stubs) $(call when-changed,libbase,$(base.obj))
	$(archive)
build/libunix.a: $(unix.obj) $(call when-changed,libunix,$(unix.obj))
	$(archive)

blob := $(if $(wildcard libmasix/linux/linux.ld),build/libmasix.so.elf)
build/libmasix.so.elf: libmasix/linux/linux.ld $(linux.obj) $(unix.obj) \
		build/libclient.a build/libbase.a $(call when-changed,linux,$(linux.obj))
	$(call say,LD)
	$(Q)$(LD) --gc-sections -T $< -o $@ $(linux.obj) $(unix.obj) \
		--start-group build/libclient.a build/libbase.a --end-group
build/archive/libmasix: build/libmasix.so.elf
	@mkdir -p $(@D)
	@strip -o $@ $<
