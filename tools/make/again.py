#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes which routines may be repeated: again.py FILE.defs... >message_again.h
A routine is, if its line ends in `/* again */` or `/* once */` (mig/README.md).
A removed one is a `skip;`, so that the order says the number."""
import re
import sys

ROUTINE = re.compile(r"^\s*(?:simple)?routine\s+(\w+)\s*\((.*)$|^\s*skip\s*;")

MARK = re.compile(r"/\* (again|once) \*/")


def numbers(path):
    text = open(path).read()
    base = int(re.search(r"^subsystem\s+\w+\s+(\d+)", text, re.M)[1])
    count = 0
    for line in text.splitlines():
        found = ROUTINE.match(line)
        if found:
            mark = found[2] and MARK.search(found[2])
            if mark and mark[1] == "once":
                arguments = text.split(found[0], 1)[1].split(";\n\n", 1)[0]
                if not re.search(r"^\s*(request|ticket)\s*:\s*int\b",
                                 arguments, re.M):
                    sys.exit(f"{path}: {found[1]}: once, but no request number")
            if mark:
                yield base + count, found[1]
            count += 1


print("/* Made from the .defs by tools/make/again.py. */")
print("static const int message_again[] = {")
for number, name in sorted(pair for path in sys.argv[1:]
                           for pair in numbers(path)):
    print(f"\t{number}, /* {name} */")
print("};")
