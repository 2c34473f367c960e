# SPDX-License-Identifier: BSD-2-Clause
# The kernel and its headers, unpacked from the pinned packages:
#   build/mach/gnumach    the kernel, as GRUB and QEMU load it
#   build/mach/include    its headers and .defs
build/stamp/mach: mach/pin tools/packages
	@mkdir -p build/mach build/stamp
	tools/packages unpack mach/pin build/mach/package
	ln -sfn package/usr/include/i386-linux-gnu build/mach/include
	gzip -dc build/mach/package/boot/gnumach-1.8-486-up.gz >build/mach/gnumach
	touch $@
build/mach/gnumach: build/stamp/mach ;
