# SPDX-License-Identifier: BSD-2-Clause
# The kernel and its headers, unpacked from the pinned packages:
#   build/mach/gnumach    the kernel, as GRUB and QEMU load it
#   build/mach/include    its headers and .defs
build/stamp/mach: mach/pin tools/packages mach/fixups/apply mach/fixups/copy.S
	@mkdir -p build/mach build/stamp
	tools/packages unpack mach/pin build/mach/package
	ln -sfn package/usr/include/i386-linux-gnu build/mach/include
	gzip -dc build/mach/package/boot/gnumach-1.8-486-up.gz >build/mach/gnumach
	gcc -m32 -c -o build/mach/copy.o mach/fixups/copy.S
	objcopy -O binary -j .text build/mach/copy.o build/mach/copy.bin
	mach/fixups/apply build/mach/gnumach build/mach/copy.bin
	touch $@
build/mach/gnumach: build/stamp/mach ;
