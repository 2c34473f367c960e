#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks that every server has a README with the fixed headings in their
order, and that it says the rank that server.mk says."""
import re
import sys

import tree

HEADINGS = ["What it does", "Serves", "Calls", "Objects", "Threads",
            "Lock order", "Invariants", "If it dies", "Limits", "Read first"]


def wrongs(server):
    path = server.folder / "README.md"
    if not (tree.TOP / path).exists():
        yield path, "is missing"
        return
    text = tree.read(path)
    found = re.findall(r"^#+\s*(.*?)\s*$", text, re.M)
    at = 0
    for heading in HEADINGS:
        match = [i for i in range(at, len(found))
                 if found[i].startswith(heading)]
        if not match:
            yield path, f"no heading `{heading}` in its place"
        else:
            at = match[0] + 1
    said = re.search(r"^#+\s*Calls.*?rank (\d+)", text, re.M)
    if said and int(said[1]) != server.rank:
        yield path, f"says rank {said[1]}, server.mk says {server.rank}"


def main():
    report = tree.Report("readme")
    for server in tree.servers():
        report.judge(wrongs(server))
    return report.end()


sys.exit(main())
