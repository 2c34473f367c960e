# SPDX-License-Identifier: BSD-2-Clause
server  := process
address := 0x18000000
rank    := 8
serves  := process process_info process_control signal_notice exc
calls   := text vfs vfs_control tty_control file acs swap
$(add-server)

# gcc calls core/step.c before each store, and does nothing else: see there.
by-calls := --param asan-instrumentation-with-call-threshold=0
# Files that only handle executables change no soul.
not-souls := $(addprefix %/process/,core/step.o core/elf.o core/script.o \
	core/stack.o load.o libmasix.o)
$(filter-out $(not-souls),$(process.obj)): CFLAGS += $(by-calls) \
	-fsanitize=kernel-address --param asan-stack=0 --param asan-globals=0 \
	--param asan-instrument-reads=0 --param asan-instrument-allocas=0
# In unit tests the sanitizer's own functions are called, and step.c by them.
build/unit64/obj/servers/process/core/%.o: unit-flags += $(by-calls)
build/unit32/obj/servers/process/core/%.o: unit-flags += $(by-calls)
build/unit64/servers/process/test build/unit32/servers/process/test: \
	link-flags = $(foreach size,1 2 4 8 16 N,-Wl,--wrap=__asan_store$(size))
