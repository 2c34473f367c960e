# SPDX-License-Identifier: BSD-2-Clause
# A "file system type" that tries the kernel's disks, for tests/boot/shared.conf.
server  := pfs-shared
address := 0x2f800000
serves  := pfs file memory_object
calls   :=
$(eval $(call server-rules,pfs-shared,tests/shared))
servers  := $(filter-out pfs-shared,$(servers))
archived := $(filter-out build/archive/pfs-shared,$(archived))

build/test/shared: build/archive/pfs-shared
	@mkdir -p $@
	cp $< $@
