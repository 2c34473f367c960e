#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes a cpio archive (newc) of files under their base names, always the
same bytes for the same contents: tools/disk/archive.py OUT FILE..."""
import os
import sys


def member(name, mode, data, number):
    name = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
    text = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    text += bytes(-len(text) % 4)
    return text + data + bytes(-len(data) % 4)


def main(out, *files):
    text = b""
    for number, file in enumerate(files, 1):
        with open(file, "rb") as source:
            text += member(os.path.basename(file), 0o100755, source.read(),
                           number)
    text += member("TRAILER!!!", 0, b"", 0)
    text += bytes(-len(text) % 4096)
    with open(out, "wb") as target:
        target.write(text)


main(*sys.argv[1:])
