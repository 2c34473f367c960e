# SPDX-License-Identifier: BSD-2-Clause
# How everything that runs in the guest is compiled, and the rules that do it.
# No instruction newer than the i386, no host header, no libgcc: Debian's is
# compiled for a newer processor; libmasix/base has the helpers instead.
# (= not := : this is expanded by recipes, when the compiler is surely there.)
gcc-include = $(shell gcc -m32 -print-file-name=include)

# `make V=1` shows whole commands, `make -s` nothing, else there is a short
# line for each.
silent := $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
Q := $(if $(V),,@)
say = $(if $(V)$(silent),,@printf '  %-5s %s\n' $(1) $@)

CC       := gcc -m32
LD       := ld -m elf_i386 -static -z noexecstack --build-id=none \
	--no-warn-rwx-segments
AR       := ar
MACHINE  := -march=i386 -mtune=generic -mno-mmx -mno-sse -mno-sse2 \
	-mpreferred-stack-boundary=2 \
	-fcf-protection=none -fno-pie -fno-pic -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-ffunction-sections -fdata-sections
CFLAGS   := -std=gnu11 -O2 -g $(MACHINE) -ffreestanding \
	-fno-omit-frame-pointer -fno-strict-aliasing -Wall -Wextra -Werror
CPPFLAGS  = -U_FORTIFY_SOURCE -Uunix -Ulinux -Ui386 -nostdinc \
	-Ilibmasix -Ilibmasix/base -Iservers/lib -Ibuild/mig $(includes) \
	-isystem build/mach/include -isystem mach/include -isystem $(gcc-include)

# MIG declares an inline array by its greatest length; less is passed.
CFLAGS   += -Wno-stringop-overread

# Generated headers must be there before anything is compiled. The compiler
# finds out which of them a source really reads, so this is only about order.
compiled-after = | build/stamp/mach $(mig-headers)

build/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
build/obj/%.o: %.S
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<
build/mig/%.o: build/mig/%.c
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -w -MMD -MP -c -o $@ $<

# An archive is made afresh when its list of members changes, too.
define archive
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcsD $@ $(filter %.o,$^)
endef

# objects SOURCES: where they are compiled to
objects = $(patsubst %,build/obj/%.o,$(basename $(1)))

# $(call when-changed,NAME,WORDS): a file that is touched when WORDS change,
# so that a target can depend on a list and not only on its members.
when-changed = $(shell mkdir -p build/list; \
	echo '$(2)' | cmp -s - build/list/$(1) || echo '$(2)' >build/list/$(1))build/list/$(1)
