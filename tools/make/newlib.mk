# SPDX-License-Identifier: BSD-2-Clause
# Native programs: tools/guest/NAME.c or tools/guest/NAME/*.c become
# build/guest/NAME, a static program linked with newlib over libmasix. A file
# `sources` in its folder names further files of the tree: the core of a server
# that it shares. Such a program is built for the host, too: build/host/NAME.
# `guest-sources` names what it shares with another program, in the guest only.
# newlib itself is built once from the pinned source and kept in the cache.
build/stamp/newlib: libmasix/newlib/pin tools/newlib tools/packages
	@mkdir -p build/stamp
	tools/newlib build/newlib
	touch $@

# With newlib's headers in place of none. stdint and friends stay gcc's.
NEWLIB_CPPFLAGS = -U_FORTIFY_SOURCE -Uunix -Ulinux -Ui386 -U__linux__ \
	-U__linux -U__gnu_linux__ -U__unix__ -U__unix -D__masix__ -nostdinc \
	-Ilibmasix -Ibuild/mig $(includes) -isystem build/newlib/include \
	-isystem build/mach/include -isystem libmasix/base -isystem $(gcc-include)
NEWLIB_CFLAGS := $(filter-out -ffreestanding,$(CFLAGS))

newlib.src := $(sort $(wildcard libmasix/newlib/*.c libmasix/newlib/*.S))
newlib.obj := $(call objects,$(newlib.src))
program-files   := $(patsubst tools/guest/%.c,%,$(sort $(wildcard tools/guest/*.c)))
program-folders := $(patsubst tools/guest/%/,%,$(sort $(wildcard tools/guest/*/)))
programs := $(if $(newlib.src),$(patsubst %,build/guest/%,$(program-files) $(program-folders)))
program-shared = $(wildcard $(shell cat tools/guest/$(1)/sources 2>/dev/null))
program-guest = $(wildcard $(shell cat tools/guest/$(1)/guest-sources 2>/dev/null))
program-obj := $(call objects,$(wildcard tools/guest/*.c tools/guest/*/*.c tools/guest/*/core/*.c tools/disk/*.c))

$(newlib.obj) $(program-obj): private CPPFLAGS = $(NEWLIB_CPPFLAGS)
$(newlib.obj) $(program-obj): private CFLAGS = $(NEWLIB_CFLAGS)
$(newlib.obj) $(program-obj): | build/stamp/newlib
$(newlib.obj) $(program-obj): $(compiled-after)

build/libnewlib.a: $(newlib.obj) $(call when-changed,libnewlib,$(newlib.obj))
	$(archive)

define link-program
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(LD) --gc-sections -Ttext-segment=0x08048000 -e program_start -o $@ $(filter build/obj/tools/%.o build/obj/servers/%.o,$^) \
		--whole-archive build/libnewlib.a --no-whole-archive \
		--start-group build/newlib/lib/libc.a \
		build/newlib/lib/libm.a build/libclient.a \
		build/libbase.a --end-group
endef
program-libs := build/libnewlib.a build/libclient.a build/libbase.a build/stamp/newlib

$(program-files:%=build/guest/%): build/guest/%: build/obj/tools/guest/%.o $(program-libs)
	$(link-program)
# As <disk/file_device.h>, <pfs/sysv/core/make.h>.
shared-includes := -Ilibmasix -Iservers/lib -Itools -Iservers
program-pure := $(wildcard $(patsubst %,libmasix/base/%.c,error list map text))
host-programs :=
$(call objects,$(wildcard tools/disk/*.c)): private includes = $(shared-includes)
define program-folder
$(1).sources := $(wildcard tools/guest/$(1)/*.c tools/guest/$(1)/core/*.c)
$$(call objects,$$($(1).sources)): private includes = -Itools/guest/$(1) $$(if $$(call program-shared,$(1))$$(call program-guest,$(1)),$$(shared-includes))
$(1).shared := $$(call program-shared,$(1))
build/guest/$(1): $$(call objects,$$($(1).sources) $$($(1).shared) $$(call program-guest,$(1))) $$(program-libs)
	$$(link-program)
ifneq ($$($(1).shared),)
host-programs += build/host/$(1)
build/host/$(1): $$($(1).sources) $$($(1).shared) $(program-pure) \
		$$(wildcard $$(addsuffix *.h,$$(sort $$(dir $$($(1).shared)))))
	@mkdir -p $$(@D)
	$$(call say,HOST)
	$$(Q)gcc -std=gnu11 -O1 -g -Wall -Wextra -Werror -Uunix -Ulinux -DMASIX_UNIT \
		$$(shared-includes) -o $$@ $$(filter %.c,$$^)
endif
endef
$(foreach p,$(program-folders),$(eval $(call program-folder,$(p))))
