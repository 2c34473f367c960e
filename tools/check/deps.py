#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks who includes whom. RULES is the architecture: files that match the
first pattern may include what matches one of the second. The first line that
matches a file decides. {local}: a header of the server's own folder or core;
{serves} and {calls}: the stubs that its server.mk names."""
import fnmatch
import re
import sys

import tree

C = ["stddef.h", "stdint.h", "stdbool.h", "stdarg.h", "limits.h", "string.h"]
PURE = C + ["base/assert.h", "base/bytes.h", "base/copy.h", "base/error.h",
            "base/file_types.h", "base/heap.h", "base/ipc_types.h", "base/list.h", "base/map.h", "base/text.h",
            "block/cache.h", "block/device.h", "block/notes.h", "block/part.h", "block/store.h",
            "fs/blocks.h", "fs/name_index.h", "fs/node.h"]
MACH = C + ["mach/*", "mach_debug/*", "device/*", "kernel/*"]
RULES = [
    ("servers/lib/*/core/*", PURE + ["core/*", "{local}"]),
    ("servers/*/core/*", PURE + ["core/*", "{local}"]),
    ("servers/lib/server/*", MACH + ["base/*", "server/*", "{local}",
                                     "core/*", "server.server.h",
                                     "acs.client.h"]),
    ("servers/lib/pager/*", MACH + ["base/*", "server/*", "pager/*",
                                    "core/*", "{local}",
                                    "memory_object.server.h"]),
    ("servers/lib/block/*", MACH + ["base/*", "block/*", "{local}",
                                    "file.client.h"]),
    ("servers/lib/fs/*", MACH + ["base/*", "server/*", "pager/*", "block/*",
                                 "fs/*", "core/*", "{local}", "pfs.server.h",
                                 "file.server.h", "file.client.h",
                                 "file_notice.client.h",
                                 "acs.client.h"]),
    ("servers/*", MACH + ["base/*", "server/*", "pager/*", "block/*", "fs/*",
                          "core/*", "{local}", "{serves}", "{calls}"]),
    ("libmasix/base/*", MACH + ["base/*", "stdlib.h", "acs.client.h",
                                "message_again.h"]),
    ("libmasix/unix/core/*", PURE + ["unix/core/*"]),
    ("libmasix/unix/*", MACH + ["base/*", "unix/*", "*.client.h"]),
    ("libmasix/linux/*", MACH + ["base/*", "unix/*", "linux/*",
                                 "*.client.h"]),
    ("libmasix/newlib/*", ["*"]),
    ("mach/*", C),
    ("tests/*", ["*"]),
    ("tools/*", ["*"]),
]


def facts(path, servers):
    for server in servers:
        if server.folder in path.parents:
            return server
    return None


def allowed_for(path, patterns, server):
    folder = server.folder if server else path.parent
    for pattern in patterns:
        if pattern == "{local}":
            for header in (tree.TOP / folder).rglob("*.h"):
                yield header.name
                yield str(header.relative_to(tree.TOP / folder))
        elif pattern == "{serves}":
            for interface in server.serves if server else []:
                yield f"{interface}.server.h"
        elif pattern == "{calls}":
            for interface in server.calls if server else []:
                yield f"{interface}.client.h"
        else:
            yield pattern


def wrongs(path, servers):
    for pattern, patterns in RULES:
        if fnmatch.fnmatch(str(path), pattern):
            break
    else:
        yield path, "no rule covers this file"
        return
    allowed = list(allowed_for(path, patterns, facts(path, servers)))
    for number, line in enumerate(tree.read(path).split("\n"), 1):
        found = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
        if found and (".." in found[1] or not any(
                fnmatch.fnmatch(found[1], one) for one in allowed)):
            yield f"{path}:{number}", f"may not include {found[1]}"


def main():
    report = tree.Report("dependencies")
    servers = tree.servers()
    for path in tree.files(".c", ".h", ".S"):
        report.judge(wrongs(path, servers))
    return report.end()


sys.exit(main())
