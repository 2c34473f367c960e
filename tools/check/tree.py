# SPDX-License-Identifier: BSD-2-Clause
"""What the checks know of the tree: our files, and the facts of server.mk."""
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes):
    """Our files with these suffixes, in git or new, as paths from the top."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=TOP, capture_output=True, text=True, check=True).stdout.split("\n")
    return [pathlib.Path(name) for name in sorted(set(names))
            if name and name.endswith(suffixes) and (TOP / name).exists()]


def read(path):
    return (TOP / path).read_text()


class Server:
    def __init__(self, path):
        self.folder = path.parent
        facts = dict(re.findall(r"^(\w+)\s*:=[ \t]*(.*)$", read(path), re.M))
        self.name = facts.get("server", "").strip()
        self.address = int(facts.get("address", "0"), 0)
        self.rank = int(facts.get("rank", "-1"))
        self.serves = facts.get("serves", "").split()
        self.calls = facts.get("calls", "").split()


def servers():
    return [Server(path) for path in files("server.mk")
            if path.name == "server.mk"]


class Report:
    """Counts what was looked at and prints what is wrong."""

    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, 0

    def wrong(self, where, what):
        print(f"{where}: {what}")

    def judge(self, wrongs):
        """wrongs: pairs (where, what) of one thing that was looked at."""
        wrongs = list(wrongs)
        for where, what in wrongs:
            self.wrong(where, what)
        if wrongs:
            self.failed += 1
        else:
            self.passed += 1

    def end(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed")
        return self.failed != 0
