#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks what of STYLE.md a script can see: licence line, widths, lengths,
tabs, trailing blanks, unfinished work."""
import re
import sys

import tree

WIDTH, FUNCTION, FILE = 80, 60, 600
LICENCE = "SPDX-License-Identifier: BSD-2-Clause"
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def length_wrongs(path, lines):
    """Functions: from the brace at the start of a line to its partner."""
    start = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start:
            if number - start - 1 > FUNCTION:
                yield (f"{path}:{start}",
                       f"a function of {number - start - 1} lines")
            start = 0


def wrongs(path):
    lines = tree.read(path).split("\n")
    if not any(LICENCE in line for line in lines[:2]):
        yield path, "the licence line is not the first"
    if len(lines) - 1 > FILE:
        yield path, f"{len(lines) - 1} lines"
    code = path.suffix in (".c", ".h")
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        if code and len(line.expandtabs(8)) > WIDTH:
            yield where, f"{len(line.expandtabs(8))} columns"
        if line != line.rstrip():
            yield where, "blanks at the end"
        if code and re.match(r" {8}", line):
            yield where, "blanks where a tab should be"
        if UNFINISHED.search(line) and path.name != "style.py":
            yield where, "left open"
    if code:
        yield from length_wrongs(path, lines)
    if path.suffix == ".h" and not any(
            line.startswith("#pragma once") for line in lines):
        yield path, "no #pragma once"


def main():
    report = tree.Report("style")
    for path in tree.files(".c", ".h", ".S", ".defs", ".py", ".mk"):
        report.judge(wrongs(path))
    return report.end()


sys.exit(main())
