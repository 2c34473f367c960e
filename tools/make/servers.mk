# SPDX-License-Identifier: BSD-2-Clause
# One rule set for every server. A server.mk is data: it sets these, then says
# $(add-server).
#   server   name of the task          address  where it is linked (unique)
#   rank     it waits for lower only   serves   interfaces it answers
#   calls    interfaces it uses        libs     of servers/lib, if not as found
# Sources are all *.c and *.S of the folder and of its core/. A server is linked
# with libbase, servers/lib/server, those parts of servers/lib whose headers it
# includes, and the stubs it names. The kernel's interfaces (memory_object,
# memory_object_default, notify, exc, task_notify, device_reply) are named in
# `serves` like our own.
servers  :=
archived :=
here     = $(patsubst %/,%,$(dir $(lastword $(filter %/server.mk,$(MAKEFILE_LIST)))))
add-server = $(eval $(call server-rules,$(server),$(here)))$(eval libs :=)

# The parts of servers/lib, their objects, and what each part needs.
lib-parts := $(patsubst servers/lib/%/,%,$(wildcard servers/lib/*/))
lib-needs = $(sort server $(1) $(if $(filter fs,$(1)),pager block))
define lib-rules
lib.$(1).src := $(sort $(wildcard servers/lib/$(1)/*.c servers/lib/$(1)/*.S \
	servers/lib/$(1)/core/*.c))
lib.$(1).obj := $$(call objects,$$(lib.$(1).src))
$$(lib.$(1).obj): includes = -Iservers/lib/$(1)
$$(lib.$(1).obj): $$(compiled-after)
endef
$(foreach part,$(lib-parts),$(eval $(call lib-rules,$(part))))

# The parts of servers/lib that the sources of folder $(1) include.
lib-found = $(shell grep -rhoE '^.include <($(subst $() ,|,$(strip $(lib-parts))))/' \
	$(1) --include=*.[ch] 2>/dev/null | sed 's/.*<//;s,/,,' | sort -u)
stub-of = $(filter %/$(1).server.o,$(server-stubs))

define server-rules
servers  += $(1)
archived += build/archive/$(1)
$(1).dir  := $(2)
$(1).src  := $(sort $(wildcard $(2)/*.c $(2)/*.S $(2)/core/*.c))
$(1).libs := $$(call lib-needs,$(or $(libs),$(call lib-found,$(2))))
$(1).obj  := $$(call objects,$$($(1).src))
$(1).all  := $$($(1).obj) $$(foreach part,$$($(1).libs),$$(lib.$$(part).obj)) \
	$(foreach i,$(sort $(serves) server notify),$(call stub-of,$(i)))
$$($(1).obj): includes = -I$(2)
$$($(1).obj): $$(compiled-after)
build/image/$(1): $$($(1).all) build/libclient.a build/libbase.a \
		$(wildcard $(2)/server.mk) $$(call when-changed,$(1),$$($(1).all))
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(LD) --gc-sections -e _start -Ttext-segment=$(address) -o $$@ $$($(1).all) \
		--start-group build/libclient.a build/libbase.a --end-group
build/archive/$(1): build/image/$(1)
	@mkdir -p $$(@D)
	@strip -o $$@ $$<
endef
