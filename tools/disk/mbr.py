#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes what lies outside the file systems of a disk: the master boot record
with GRUB's first stage, its core after it, and the headers of swap areas.

    tools/disk/mbr.py DISK CORE (START LENGTH TYPE)...     in sectors; TYPE hex
"""
import struct
import sys

BOOT = "/usr/lib/grub/i386-pc/boot.img"
HEADS, SECTORS, PAGE = 16, 63, 4096


def chs(sector):
    """Cylinder, head, sector as the partition table packs them."""
    cylinder, rest = divmod(sector, HEADS * SECTORS)
    head, sector = divmod(rest, SECTORS)
    if cylinder > 1023:
        return bytes([254, 255, 255])
    return bytes([head, (sector + 1) | ((cylinder >> 2) & 0xc0),
                  cylinder & 255])


def main(disk, core, *numbers):
    parts = [(int(numbers[i]), int(numbers[i + 1]), int(numbers[i + 2], 16))
             for i in range(0, len(numbers), 3)]
    core = open(core, "rb").read()
    if len(core) > (parts[0][0] - 1) * 512:
        sys.exit("GRUB's core does not fit before the first partition")
    table = b""
    for number, (start, length, kind) in enumerate(parts):
        table += (bytes([0 if number else 0x80]) + chs(start) + bytes([kind])
                  + chs(start + length - 1) + struct.pack("<II", start, length))
    boot = bytearray(open(BOOT, "rb").read()[:440])
    # A jump that only floppies need: grub-bios-setup blanks it on disks, too.
    boot[0x66:0x68] = b"\x90\x90"
    record = (bytes(boot) + struct.pack("<IH", 0x4d415358, 0)
              + table.ljust(64, b"\0") + b"\x55\xaa")
    with open(disk, "r+b") as file:
        file.write(record + core)
        for start, length, kind in parts:
            if kind == 0x82:
                header = bytearray(PAGE)
                struct.pack_into("<III", header, 1024, 1,
                                 length * 512 // PAGE - 1, 0)
                header[-10:] = b"SWAPSPACE2"
                file.seek(start * 512)
                file.write(header)


main(*sys.argv[1:])
