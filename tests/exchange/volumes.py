# SPDX-License-Identifier: BSD-2-Clause
"""The file system types of the exchange test. One entry each:

    size       of the image, KB
    mkfs       command of the host, run by a shell in the project's folder;
               {image} is the image, {tree} a folder for those that are made
               of one (then neither system writes)
    fsck       command of the host: 0 if the image is consistent
    make       what of ours the commands need, for `make`
    masix, linux    what `mount -t` gets there: type and options
    holds      what tree (see its head) may put into it, and what the two
               systems rightly say differently (without=)
    linux_writes    False: Linux only looks
"""
E2FSCK = "e2fsck -fn {image}"
MKE2FS = "mke2fs -q -F -t ext2 -m 0 {more} {image}"


def ext2(size, more, holds=""):
    return dict(size=size, mkfs=MKE2FS.replace("{more}", more), fsck=E2FSCK,
                masix="ext2", linux="ext2", holds=holds)


def fat(size, more, holds=""):
    return dict(size=size, mkfs=f"mkfs.fat {more} {{image}}",
                fsck="fsck.fat -n {image}", masix="vfat",
                linux="vfat -o utf8,errors=continue",
                holds="names=utf8 links=0 symlinks=0 modes=0 owners=0 "
                "devices=0 times=315532800:2147483647 " + holds)


def sysv(size, more, linux="sysv"):
    # Linux says of st_blocks what it computes from the size.
    return dict(size=size, mkfs="build/host/mkfs.sysv -q %s {image}" % more,
                fsck="build/host/fsck.sysv -n {image}",
                make="build/host/mkfs.sysv build/host/fsck.sysv",
                masix=linux, linux=linux, holds="name=14 without=blocks")


# What Linux 6.1 does to some of them: on Coherent it finds the super block in
# block 1, then takes block 0 for it (a copy there lets it look at least). Of
# Xenix it counts free blocks 512 bytes before their place, that is in the list
# of free blocks; of System V with 512-byte blocks it writes the list of free
# inodes where Xenix has it. So it only looks at those.
LINUX_LOOKS = dict(linux="sysv -o ro", linux_writes=False)
COHERENT = LINUX_LOOKS | dict(
    mkfs="build/host/mkfs.sysv -q -t coherent {image} && dd if={image} "
         "of={image} bs=512 skip=1 count=1 conv=notrunc status=none")


def ufs(size, order, more, holds=""):
    # makefs wants a folder for what it makes
    return dict(size=size, mkfs="mkdir -p {image}.d && makefs -t ffs "
                f"-B {order} -o version=1,{more} -f 4000 -s {size}k "
                "{image} {image}.d", fsck="build/host/fsck.ffs -n {image}",
                make="build/host/fsck.ffs", masix="ufs",
                linux="ufs -o ro,ufstype=44bsd", linux_writes=False,
                holds=holds)


OWN_UFS = dict(mkfs="build/host/mkfs.ffs -m 0 -b 8192 -f 1024 {image}",
               make="build/host/mkfs.ffs build/host/fsck.ffs")


# e2fsprogs 1.47.2 has another name for the oldest revision.
OLDEST = ext2(24576, "-b 1024 -O none -r 0")
OLDEST["mkfs"] += " 2>/dev/null || " + OLDEST["mkfs"].replace(
    "-O none -r 0", "-E revision=0")


TYPES = {
    "ext2": ext2(32768, "-b 4096 -I 128 -O none,filetype,sparse_super,"
                 "large_file"),
    "ext2-1k": ext2(24576, "-b 1024 -I 128 -O none,filetype,sparse_super"),
    "ext2-rev0": OLDEST,
    # As mke2fs makes it today: 256-byte inodes, attributes, indexed folders.
    "ext2-new": ext2(32768, "-b 2048"),
    "fat12": fat(12288, "-F 12 -s 8"),
    "fat16": fat(32768, "-F 16 -s 2 -S 1024"),
    "fat32": fat(40960, "-F 32 -s 1"),
    "iso": dict(size=64, mkfs="xorriso -as mkisofs -quiet -R -J -o {image} "
                "{tree}", fsck="true", masix="iso9660 -o ro",
                linux="iso9660 -o ro", holds="name=250"),
    "iso-joliet": dict(size=64, mkfs="xorriso -as mkisofs -quiet -R -J "
                       "-o {image} {tree}", fsck="true",
                       masix="iso9660 -o ro,norock,check=strict",
                       linux="iso9660 -o ro,norock,utf8,check=strict",
                       holds="symlinks=0 devices=0 names=utf8 name=60"),
    "sysv4": sysv(24576, "-t sysv4"),
    "sysv4-big-2k": sysv(24576, "-t sysv4 -e big -b 2048"),
    "sysv2": sysv(24576, "-t sysv2 -e big"),
    "sysv2-512": sysv(24576, "-t sysv2 -b 512") | LINUX_LOOKS,
    "xenix": sysv(24576, "-t xenix") | LINUX_LOOKS,
    "coherent": sysv(24576, "-t coherent") | COHERENT,
    "v7": sysv(24576, "-t v7", "v7"),
    # Debian's Linux does not write UFS.
    "ufs": ufs(32768, "le", "bsize=16384,fsize=2048"),
    "ufs-be": ufs(32768, "be", "bsize=8192,fsize=1024"),
    "ufs-512": ufs(24576, "le", "bsize=4096,fsize=512"),
    "ufs-own": ufs(40960, "le", "") | OWN_UFS,
}

# Those of copying.py: larger, for thousands of small files.
COPIES = {
    "ext2-copy": ext2(65536, "-b 4096 -N 16384"),
    "ffs-copy": ufs(65536, "le", "bsize=8192,fsize=1024"),
    "sysv-copy": sysv(65536, "-t sysv4"),
    "fat-copy": fat(81920, "-F 32 -s 2"),
}

# Those of damage.py: as small as they can be.
SMALL = {
    "ext2-hurt": ext2(2048, "-b 1024"),
    "fat-hurt": fat(2048, "-F 12 -s 1"),
    "sysv-hurt": sysv(2048, "-t sysv4"),
    "ffs-hurt": ufs(4096, "le", "bsize=8192,fsize=1024"),
    "iso-hurt": dict(size=64, mkfs="mkdir -p {image}.d/many && cp "
                     "tests/exchange/* {image}.d/many && xorriso -as mkisofs "
                     "-quiet -R -J -o {image} {image}.d", fsck="true",
                     masix="iso9660", holds=""),
}
