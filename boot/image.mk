# SPDX-License-Identifier: BSD-2-Clause
# What is booted:
#   build/boot.archive   boot.conf and the servers, for ACS
#   build/root.ext2      Debian's packages, boot/root, our native programs
#   build/masix.img      a disk: GRUB, root (with /boot), FAT16, swap
#   build/masix.iso      a CD of the same
build/boot.archive: boot/boot.conf $(archived) build/symbols \
		$(if $(blob),build/archive/libmasix) build/msgids tools/disk/archive.py \
		$(call when-changed,archive,$(archived) $(blob))
	$(call say,CPIO)
	$(Q)tools/disk/archive.py $@ $(filter-out %.py build/list/%,$^)

# What ACS names the addresses of a crash by: every function, by address.
build/symbols: $(servers:%=build/image/%)
	@for image in $^; do nm --defined-only $$image; done | \
		awk '$$2 ~ /[tTwW]/ { print $$1, $$3 }' | LC_ALL=C sort >$@

build/stamp/debian: boot/pin tools/disk/userland tools/disk/needed.py
	@mkdir -p build/stamp build/root
	tools/disk/userland boot/pin build/root/debian
	tools/disk/needed.py build/root/debian
	touch $@
build/root.ext2: build/stamp/debian tools/disk/root $(programs) build/msgids \
		$(shell find boot/root -type f) \
		$(call when-changed,root,$(programs) $(shell find boot/root -type f))
	$(call say,EXT2)
	$(Q)tools/disk/root $@ build/root/debian boot/root build/msgids $(programs)

boot-files := build/mach/gnumach build/archive/acs build/boot.archive
build/masix.img: build/root.ext2 $(boot-files) boot/grub.cfg tools/disk/image
	$(call say,IMAGE)
	$(Q)tools/disk/image $@ build/root.ext2 boot/grub.cfg $(boot-files)
build/masix.iso: build/root.ext2 $(boot-files) boot/grub.cfg tools/disk/iso
	$(call say,ISO)
	$(Q)tools/disk/iso $@ build/root.ext2 boot/grub.cfg $(boot-files)

.PHONY: image iso
image: build/masix.img ## the disk image build/masix.img
iso: build/masix.iso ## the CD image build/masix.iso
