# SPDX-License-Identifier: BSD-2-Clause
# Unit tests run on the host. tests/unit mirrors the tree: every folder there
# that has *.c becomes one program, from those files, the harness, the fakes,
# and the core/*.c of the same folder of the tree. What all may use is linked
# to all: the pure part of libmasix/base and the cores of servers/lib. A file
# `sources` in the test's folder names further files. 64 and 32 bits, with the
# address and undefined-behaviour sanitizers.
unit-folders := $(sort $(patsubst tests/unit/%/,%,$(dir $(shell find tests/unit \
	-mindepth 2 -name '*.c' -not -path 'tests/unit/fakes/*' 2>/dev/null))))
unit-pure := $(wildcard $(patsubst %,libmasix/base/%.c,error list map text bytes trace_name))
unit-common := $(wildcard tests/unit/*.c tests/unit/fakes/*.c) $(unit-pure) \
	$(sort $(wildcard servers/lib/*/core/*.c))
unit-flags := -std=gnu11 -O1 -g -Wall -Wextra -Werror -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-Uunix -Ulinux -Ui386 -DMASIX_UNIT -Ilibmasix -Iservers/lib -Itests/unit

define unit-object # BITS
build/unit$(1)/obj/%.o: %.c
	@mkdir -p $$(@D)
	$$(call say,CC$(1))
	$$(Q)gcc -m$(1) $$(unit-flags) $$(includes) -MMD -MP -c -o $$@ $$<
endef
$(foreach bits,64 32,$(eval $(call unit-object,$(bits))))

# A core is compiled with its own folder on the path, as in the guest; the
# objects of folder X lie below X's name so that two folders never share one.
unit-sources = $(sort $(wildcard tests/unit/$(1)/*.c $(1)/core/*.c)) \
	$(shell cat tests/unit/$(1)/sources 2>/dev/null)
define unit-program # BITS FOLDER
unit$(1).$(2) := $$(patsubst %.c,build/unit$(1)/obj/%.o,$$(sort $(unit-common) \
	$$(call unit-sources,$(2))))
$$(patsubst %.c,build/unit$(1)/obj/%.o,$$(call unit-sources,$(2))): includes = -I$(2)
build/unit$(1)/$(2)/test: $$(unit$(1).$(2))
	@mkdir -p $$(@D)
	$$(call say,CC$(1))
	$$(Q)gcc -m$(1) -fsanitize=address,undefined $$(link-flags) -o $$@ $$^
endef
$(foreach bits,64 32,$(foreach folder,$(unit-folders),$(eval $(call unit-program,$(bits),$(folder)))))
$(foreach part,$(lib-parts),$(foreach bits,64 32,$(eval \
	build/unit$(bits)/obj/servers/lib/$(part)/%.o: includes = -Iservers/lib/$(part))))
unit-programs := $(foreach bits,64 32,$(unit-folders:%=build/unit$(bits)/%/test))

-include $(shell find build/unit64 build/unit32 -name '*.d' 2>/dev/null)
