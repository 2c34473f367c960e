# SPDX-License-Identifier: BSD-2-Clause
# The kernel and its headers, unpacked from the pinned packages:
#   build/mach/packaged   the kernel as it comes
#   build/mach/gnumach    the same with mach/fixups, as GRUB and QEMU load it
#   build/mach/include    its headers and .defs
build/stamp/mach: mach/pin tools/packages
	@mkdir -p build/mach build/stamp
	tools/packages unpack mach/pin build/mach/package
	ln -sfn package/usr/include/i386-linux-gnu build/mach/include
	gzip -dc build/mach/package/boot/gnumach-1.8-486-up.gz >build/mach/packaged
	touch $@
build/mach/copy.bin: mach/fixups/copy.S | build/stamp/mach
	gcc -m32 -c -o build/mach/copy.o $<
	objcopy -O binary -j .text build/mach/copy.o $@
build/mach/gnumach: build/stamp/mach build/mach/copy.bin mach/fixups/apply \
		$(wildcard mach/fixups/*.fix)
	mach/fixups/apply build/mach/packaged build/mach/copy.bin $@
