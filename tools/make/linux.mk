# SPDX-License-Identifier: BSD-2-Clause
# The Linux that Masix is compared with, for tools/linux: Debian's kernel and
# an initial file system with our init and the modules for disk and ext2.
linux-modules := ata_piix ahci sd_mod crc32c_generic ext4 vfat sysv ufs isofs loop \
	nls_cp437 nls_ascii nls_utf8 nls_iso8859-1

build/stamp/linux: tools/vm/pin tools/packages
	@mkdir -p build/stamp
	tools/packages unpack tools/vm/pin build/linux/package
	cp build/linux/package/boot/vmlinuz-* build/linux/vmlinuz
	touch $@
build/linux/vmlinuz: build/stamp/linux ;
build/linux/init: tools/vm/linux_init.c
	@mkdir -p $(@D)
	gcc -m32 -static -O2 -Wall -Wextra -Werror -o $@ $<
build/linux/initrd.gz: build/stamp/linux build/linux/init tools/vm/initrd.py
	tools/vm/initrd.py $@ build/linux/init build/linux/package/lib/modules $(linux-modules)
