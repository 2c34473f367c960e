#!/bin/bash
# Loop devices by util-linux's own programs: bound, read, written, measured,
# mounted, busy, let go with the last user.
export LC_ALL=C
dir=$(mktemp -d /root/loop.XXXXXX) || exit 9
[ -e /dev/loop-control ] || exit 9
mount=/usr/libexec/debian/mount umount=/usr/libexec/debian/umount
trap 'cd /; $umount "$dir/on" 2>/dev/null; losetup -D; rm -rf "$dir"' EXIT
cd "$dir" && mkdir on
t() { echo "\$ $*"; "$@" 2>&1 | sed "s,$dir,DIR,g; s/\[[0-9]*\]:[0-9]*/[FILE]/"; echo "=> ${PIPESTATUS[0]}"; }
all() { losetup -a 2>&1 | sed "s,$dir,DIR,g; s/\[[0-9]*\]:[0-9]*/[FILE]/"; }

echo "== bound"
head -c 4M /dev/zero >file
t losetup -f; t losetup -f --show file; all
t losetup /dev/loop0; t losetup -j file; t losetup /dev/loop0 file
t blockdev --getsize64 --getss --getro /dev/loop0
grep -c ' loop0$' /proc/partitions
t losetup -f

echo "== data"
echo hello | dd of=/dev/loop0 bs=512 seek=3 conv=sync,notrunc,fsync 2>/dev/null
dd if=file bs=512 skip=3 count=1 2>/dev/null | tr -d '\0'
echo there | dd of=file bs=512 seek=4 conv=sync,notrunc 2>/dev/null
blockdev --flushbufs /dev/loop0
dd if=/dev/loop0 bs=512 skip=4 count=1 2>/dev/null | tr -d '\0'
printf abc | dd of=/dev/loop0 bs=1 seek=1539 conv=notrunc,fsync 2>/dev/null
dd if=file bs=512 skip=3 count=1 2>/dev/null | tr -d '\0'; echo
t dd if=/dev/loop0 of=/dev/null bs=1M status=noxfer
head -c 8M /dev/zero | dd of=/dev/loop0 bs=1M 2>&1 | head -n 1
t perl -e 'open F, "</dev/loop0"; print sysseek(F, 0, 2), "\n"'

echo "== file systems"
t mke2fs -q /dev/loop0; t e2fsck -fn /dev/loop0 >/dev/null
t $mount /dev/loop0 on; grep -c '^/dev/loop0 ' /proc/mounts
cp /bin/true on; echo text >on/text
t mke2fs -q /dev/loop0 >busy; grep -c 'is mounted' busy
t losetup -d /dev/loop0; all
t $umount on; all; losetup -f
t e2fsck -fn file >/dev/null
t $mount -o loop file on; all; t cat on/text
t cmp on/true /bin/true; t $umount on; all
t $mount -o loop,ro file on; t touch on/x; t losetup -n -O RO,AUTOCLEAR /dev/loop0; t $umount on; all

echo "== parts"
t losetup -r -o 1M --sizelimit 1M /dev/loop3 file; t losetup -n -O NAME,OFFSET,SIZELIMIT,RO /dev/loop3
t blockdev --getsize64 --getro /dev/loop3
echo x 2>&1 >/dev/loop3; t losetup -d /dev/loop3; all
head -c 1000 /dev/zero >odd; t losetup /dev/loop2 odd; t blockdev --getsize64 /dev/loop2
head -c 5000 /dev/zero >odd; t losetup -c /dev/loop2; t blockdev --getsize64 /dev/loop2
t losetup -d /dev/loop2
mke2fs -q -F -E offset=1048576 file 2048k 2>/dev/null
t $mount -o loop,offset=1048576 file on; t ls on; t $umount on

echo "== refused"
t losetup -d /dev/loop5; t losetup /dev/loop5 on; t losetup /dev/loop5 none
t $mount -t ext2 /dev/loop5 on >/dev/null

echo "== numbers"
perl -e 'open F, "+</dev/loop-control"; for (40, 40) { print ioctl(F, 0x4c80, $_) || "$!", "\n" }
	for (40, 40) { print ioctl(F, 0x4c81, $_) || "$!", "\n" } print ioctl(F, 0x4c90, 0) || "$!", "\n"; print read(F, $x, 1) // "$!", "\n"'
perl -e 'open F, "+</dev/loop0"; print ioctl(F, 0x4c01, 0) || "$!", "\n"; print ioctl(F, 0x4c05, $x = "\0" x 232) || "$!", "\n";
	print ioctl(F, 0x4c00, 77) || "$!", "\n"; print ioctl(F, 0x4c07, 0) || "$!", "\n"'
