# SPDX-License-Identifier: BSD-2-Clause
# A native program that asks the ACS what acs.defs says, for tests/boot/acs.conf.
acstest := build/test/acs/acstest
acstest-obj := $(call objects,$(wildcard tests/acs/*.c))
$(acstest-obj): private CPPFLAGS = $(NEWLIB_CPPFLAGS)
$(acstest-obj): private CFLAGS = $(NEWLIB_CFLAGS)
$(acstest-obj): private includes = -Itests/acs
$(acstest-obj): | build/stamp/newlib
$(acstest-obj): $(compiled-after)
$(acstest): $(acstest-obj) $(program-libs)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(LD) --gc-sections -Ttext-segment=0x08048000 -e program_start \
		-o $@ $(acstest-obj) \
		--whole-archive build/libnewlib.a --no-whole-archive \
		--start-group build/newlib/lib/libc.a build/newlib/lib/libm.a \
		build/libclient.a build/libbase.a --end-group
