#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks that every program and library below a root folder finds what it
needs there: tools/disk/needed.py ROOT. Prints what is missing."""
import os
import re
import subprocess
import sys

FOLDERS = ["usr/lib/i386-linux-gnu", "usr/lib"]


def elf_files(root):
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def main(root):
    files = list(elf_files(root))
    text = subprocess.run(["readelf", "-d", "-W", *files], text=True,
                          capture_output=True).stdout
    have = {name for folder in FOLDERS
            for name in os.listdir(os.path.join(root, folder))}
    missing, file = 0, None
    for line in text.splitlines():
        if line.startswith("File: "):
            file = line[6:]
        needed = re.search(r"\(NEEDED\).*\[(.*)\]", line)
        beside = needed and os.path.join(os.path.dirname(file), needed[1])
        if needed and needed[1] not in have and not os.path.exists(beside):
            print(f"{file}: needs {needed[1]}")
            missing += 1
    return missing != 0


sys.exit(main(sys.argv[1]))
