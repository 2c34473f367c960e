#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks the ledger of message numbers, the servers' ranks and addresses."""
import re
import sys

import tree

EACH = 200  # numbers of an interface
APART = 0x01000000  # bytes between link addresses
# Answered by a pool of its own that waits for nobody, so anybody may ask.
NEVER_WAITS = {"process_info"}
# Two of a kind watch each other: the ACS registers with its twin.
TWINS = {"acs"}
# Served by whoever watches: a client that asked for it.
WATCHED = {"acs_notice"}
KERNEL = {"memory_object", "memory_object_default", "notify", "exc",
          "task_notify", "device_reply"}


def ledger():
    """Base numbers by interface; a line that begins with - is retired."""
    lines = [line.split() for line in tree.read("mig/ids").splitlines()
             if line.strip() and not line.startswith("#")]
    return [(int(line[0].lstrip("-")), line[1], line[0][0] == "-")
            for line in lines]


def ledger_wrongs(lines):
    seen = {}
    for base, name, _ in lines:
        if base % EACH or base < 50000:
            yield "mig/ids", f"{name}: {base} is no base number"
        if base in seen:
            yield "mig/ids", f"{base} is {seen[base]}'s and {name}'s"
        seen[base] = name


def definition_wrongs(path, lines):
    text = re.sub(r"/\*.*?\*/", "", tree.read(path), flags=re.S)
    name = path.stem
    found = re.search(r"^subsystem\s+(\w+)\s+(\d+)\s*;", text, re.M)
    if not found or found[1] != name:
        yield path, "subsystem is not called as the file"
        return
    if (int(found[2]), name, False) not in lines:
        yield path, f"{found[2]} is not its number in mig/ids"
    routines = re.findall(r"^\s*(?:simple)?routine\s+(\w+)", text, re.M)
    for routine in routines:
        if not routine.startswith(name.removesuffix("_notice") + "_"):
            yield path, f"{routine} does not begin with {name}_"
    count = len(routines) + len(re.findall(r"^\s*skip\s*;", text, re.M))
    if count > EACH // 2:
        yield path, f"{count} routines are too many"


def one_way(interface):
    """True if nobody ever waits for an answer of this interface."""
    path = tree.TOP / f"mig/{interface}.defs"
    if interface.endswith("_notice") or not path.exists():
        return True
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return not re.search(r"^\s*routine\s", text, re.M)


def server_wrongs(server, servers, known):
    where = f"{server.folder}/server.mk"
    if not server.name or server.rank < 0 or not server.address:
        yield where, "server, address and rank must be there"
    for other in servers:
        if other is not server and (other.name == server.name or
                                    abs(other.address - server.address) < APART):
            yield where, f"name or address is too near to {other.name}'s"
    for interface in server.serves + server.calls:
        if interface not in known:
            yield where, f"{interface} is not in mig/"
    for interface in server.calls:
        below = [other for other in servers if interface in other.serves
                 and other.rank < server.rank]
        if (not below and not one_way(interface)
                and interface not in NEVER_WAITS | TWINS | {"server"}):
            yield where, f"no server of a lower rank serves {interface}"


def main():
    report = tree.Report("ids")
    lines, servers = ledger(), tree.servers()
    report.judge(ledger_wrongs(lines))
    definitions = [path for path in tree.files(".defs")
                   if path.stem != "types"]
    for path in definitions:
        report.judge(definition_wrongs(path, lines))
    known = {path.stem for path in definitions} | KERNEL
    for server in servers:
        report.judge(server_wrongs(server, servers, known))
    served = WATCHED | {interface for server in servers for interface in server.serves}
    report.judge(("mig/ids", f"nobody serves {name}") for _, name, retired
                 in lines if not retired and name not in served | {"server"})
    return report.end()


sys.exit(main())
