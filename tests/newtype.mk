# SPDX-License-Identifier: BSD-2-Clause
# A file system type outside the tree, for tests/boot/newtype.conf: neither the
# boot archive nor the root file system knows of it.
server  := pfs-romfs
address := 0x2f000000
serves  := pfs file memory_object
calls   :=
$(eval $(call server-rules,pfs-romfs,tests/newtype))
servers  := $(filter-out pfs-romfs,$(servers))
archived := $(filter-out build/archive/pfs-romfs,$(archived))

build/test/newtype/romfs.img: build/archive/pfs-romfs tests/newtype/mkromfs
	@rm -rf $(@D)
	@mkdir -p $(@D)
	tests/newtype/mkromfs $@ servers/pfs
	cp $< $(@D)
