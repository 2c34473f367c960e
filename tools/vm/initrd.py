#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the first file system of the Linux that Masix is compared with: an
init, modules and all modules they need, in the order of loading.

    tools/vm/initrd.py OUT INIT MODULE-FOLDER MODULE...
"""
import gzip
import os
import re
import sys


class Archive:
    def __init__(self):
        self.text, self.number = b"", 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        self.number += 1
        name = name.encode() + b"\0"
        fields = (self.number, mode, 0, 0, 1, 0, len(data), 0, 0, *device,
                  len(name), 0)
        self.text += b"070701" + b"".join(b"%08x" % f for f in fields) + name
        self.text += bytes(-len(self.text) % 4) + data
        self.text += bytes(-len(self.text) % 4)


def needed(folder, wanted):
    """Paths of the modules in the order in which they can be loaded."""
    paths = {file[:-3].replace("-", "_"): os.path.join(at, file)
             for at, _, files in os.walk(folder) for file in files
             if file.endswith(".ko")}
    order = []

    def need(name):
        name = name.replace("-", "_")
        if name not in paths or paths[name] in order:
            return  # compiled into the kernel, or there already
        with open(paths[name], "rb") as file:
            text = file.read()
        for pattern in (rb"\0depends=([^\0]*)\0", rb"\0softdep=pre: ([^\0]*)\0"):
            found = re.search(pattern, text)
            for other in re.split(r"[, ]", found[1].decode() if found else ""):
                need(other)
        order.append(paths[name])

    for name in wanted:
        need(name)
    return order


def main(out, init, folder, *wanted):
    archive = Archive()
    for name in ("dev", "root", "modules", "sys"):
        archive.add(name, 0o40755)
    archive.add("dev/console", 0o20600, device=(5, 1))
    names = []
    for path in needed(folder, wanted):
        names.append(f"/modules/{os.path.basename(path)}")
        with open(path, "rb") as file:
            archive.add(names[-1][1:], 0o100644, file.read())
    archive.add("modules/order", 0o100644, "".join(
        name + "\n" for name in names).encode())
    with open(init, "rb") as file:
        archive.add("init", 0o100755, file.read())
    archive.add("TRAILER!!!", 0)
    with open(out, "wb") as file:
        file.write(gzip.compress(archive.text, 6, mtime=0))


main(*sys.argv[1:])
