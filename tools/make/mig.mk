# SPDX-License-Identifier: BSD-2-Clause
# Turns every mig/*.defs into stubs and a table of message names:
#   build/mig/X.client.[ch]  what callers of interface X link with
#   build/mig/X.server.[ch]  what servers of interface X link with
#   build/mig/X.msgids       name and number of each message, for traces
# and the kernel's own interfaces into build/mig/kernel/X.{client,server}.[ch].
# mig/types.defs is only included by others.
MIG := tools/mig
mach-defs := build/mach/include

interfaces := $(patsubst mig/%.defs,%,$(filter-out mig/types.defs,$(wildcard mig/*.defs)))

# What the kernel answers: client stubs. What it calls: server stubs.
kernel-clients := mach/mach mach/mach4 mach/gnumach mach/mach_host \
	mach/mach_port mach/i386/mach_i386 mach_debug/mach_debug \
	device/device device/device_request mach/exc
kernel-servers := mach/memory_object mach/memory_object_default mach/notify \
	mach/exc mach/task_notify device/device_reply

mig-headers := $(interfaces:%=build/mig/%.client.h) \
	$(interfaces:%=build/mig/%.server.h) \
	$(patsubst %,build/mig/kernel/%.client.h,$(notdir $(kernel-clients))) \
	$(patsubst %,build/mig/kernel/%.server.h,$(notdir $(kernel-servers)))
client-stubs := $(interfaces:%=build/mig/%.client.o)
server-stubs := $(interfaces:%=build/mig/%.server.o) \
	$(patsubst %,build/mig/kernel/%.server.o,$(notdir $(kernel-servers)))
kernel-stubs := $(patsubst %,build/mig/kernel/%.client.o,$(notdir $(kernel-clients)))

# A routine that a server leaves out answers "operation not supported":
# EOPNOTSUPP in Mach error system 0x10, see libmasix/base/error.h.
$(server-stubs): private CFLAGS += -DMIG_EOPNOTSUPP='((0x10 << 26) | 95)'
$(server-stubs) $(client-stubs) $(kernel-stubs): $(compiled-after)

build/stamp/mig: mig/pin tools/packages
	@mkdir -p build/stamp
	tools/packages unpack mig/pin build/mig-tool
	touch $@
mig-ready := build/stamp/mig build/stamp/mach tools/mig

build/mig/%.client.c build/mig/%.client.h &: mig/%.defs $(mig-ready)
	@mkdir -p $(@D)
	$(call say,MIG)
	$(Q)$(MIG) $< build/mig/$*.client -I$(mach-defs) -Imig -- \
		-user build/mig/$*.client.c -header build/mig/$*.client.h \
		-server /dev/null -sheader /dev/null
build/mig/%.server.c build/mig/%.server.h build/mig/%.msgids &: mig/%.defs $(mig-ready)
	@mkdir -p $(@D)
	$(call say,MIG)
	$(Q)$(MIG) $< build/mig/$*.server -I$(mach-defs) -Imig -DSERVER_SIDE -- \
		-server build/mig/$*.server.c -sheader build/mig/$*.server.h \
		-user /dev/null -header /dev/null -list build/mig/$*.msgids

define kernel-client
build/mig/kernel/$(notdir $(1)).client.c build/mig/kernel/$(notdir $(1)).client.h &: $(mig-ready)
	@mkdir -p build/mig/kernel
	$$(call say,MIG)
	$$(Q)$$(MIG) $(mach-defs)/$(1).defs build/mig/kernel/$(notdir $(1)).client \
		-I$(mach-defs) -- -user build/mig/kernel/$(notdir $(1)).client.c \
		-header build/mig/kernel/$(notdir $(1)).client.h \
		-server /dev/null -sheader /dev/null
endef
$(foreach i,$(kernel-clients),$(eval $(call kernel-client,$(i))))

# Requests of the kernel arrive at objects like all others, and the handlers
# are called serve_*: the .defs have a macro for each object, but exc.defs.
kernel-translate := -DSERVERPREFIX=serve_ \
	'-DMEMORY_OBJECT_INTRAN=object_t object_of_port(mach_port_t)' \
	'-DMEMORY_OBJECT_INTRAN_PAYLOAD=object_t object_of_payload' \
	'-DMEMORY_OBJECT_IMPORTS=simport <server/object.h>;' \
	'-DNOTIFY_INTRAN=object_t object_of_port(mach_port_t)' \
	'-DNOTIFY_INTRAN_PAYLOAD=object_t object_of_payload' \
	'-DNOTIFY_IMPORTS=simport <server/object.h>;' \
	'-DTASK_NOTIFY_INTRAN=object_t object_of_port(mach_port_t)' \
	'-DTASK_NOTIFY_INTRAN_PAYLOAD=object_t object_of_payload' \
	'-DTASK_NOTIFY_IMPORTS=simport <server/object.h>;'
kernel-rename := -e 's/serverprefix do_;/serverprefix serve_;/' \
	-e 's/ServerPrefix catch_;/serverprefix serve_; simport <server\/object.h>; \
	type object_port_t = mach_port_copy_send_t \
	intran: object_t object_of_port(mach_port_t) \
	intranpayload: object_t object_of_payload;/' \
	-e 's/exception_port\([ \t]*\): mach_port_t/exception_port\1: object_port_t/' \
	-e 's/^type reply_port_t = .*/type reply_port_t = polymorphic|MACH_MSG_TYPE_PORT_SEND_ONCE\
	intran: object_t object_of_port(mach_port_t)\
	intranpayload: object_t object_of_payload/' \
	-e 's/^userprefix.*ds_;/serverprefix serve_; simport <server\/object.h>;/'

define kernel-server
build/mig/kernel/$(notdir $(1)).server.c build/mig/kernel/$(notdir $(1)).server.h &: $(mig-ready) tools/make/mig.mk
	@mkdir -p build/mig/kernel/defs
	@sed $$(kernel-rename) $(mach-defs)/$(1).defs >build/mig/kernel/defs/$(notdir $(1)).defs
	$$(call say,MIG)
	$$(Q)$$(MIG) build/mig/kernel/defs/$(notdir $(1)).defs \
		build/mig/kernel/$(notdir $(1)).server -I$(mach-defs) \
		$$(kernel-translate) -- -user /dev/null -header /dev/null \
		-server build/mig/kernel/$(notdir $(1)).server.c \
		-sheader build/mig/kernel/$(notdir $(1)).server.h
endef
$(foreach i,$(kernel-servers),$(eval $(call kernel-server,$(i))))

build/libclient.a: $(client-stubs)
	$(archive)

# Which of our routines may be repeated when a server dies.
build/mig/message_again.h: $(interfaces:%=mig/%.defs) tools/make/again.py
	@mkdir -p $(@D)
	$(Q)tools/make/again.py $(interfaces:%=mig/%.defs) >$@
mig-headers += build/mig/message_again.h

build/msgids: $(interfaces:%=build/mig/%.msgids) | build/stamp/mach
	@cat build/mach/package/usr/share/msgids/gnumach.msgids $^ >$@
