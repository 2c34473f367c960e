# SPDX-License-Identifier: BSD-2-Clause
"""The same 2,000 files are copied by `cp -a` from one file system type to the
next in Masix: each copy must say the same as the first, and so must Linux.

What has links, modes and owners goes through the Unix types and back to a
tmpfs; a plainer tree goes to FAT, and from there on."""
import os
import pathlib
import subprocess
import uuid

TOP = pathlib.Path(__file__).resolve().parents[2]
COUNT = "count=1900 without=blocks,foldersize,folderlinks"
RICH = "name=14 " + COUNT
PLAIN = ("names=ascii name=100 links=0 symlinks=0 modes=0 owners=0 devices=0 "
         "times=315532800:2147483647 without=mode,owner,blocks,foldersize,"
         "folderlinks count=1900")
UNIX = ["ext2-copy", "ffs-copy", "sysv-copy"]  # in this order, and FAT
FAT = "fat-copy"
LIMIT = 900  # seconds of a boot; a busy host takes ten times the usual


def masix_script(disks, tree, mark):
    """The commands; they print each list behind a line `MARK NAME`."""
    lines = ["set -e; export LC_ALL=C", tree]

    def step(source, target, name, words):
        lines.extend([f"cp -a {source}/. {target}/", "sync",
                      f"echo {mark} {name}",
                      f"perl /tmp/tree list {target} {words}"])

    lines += ["mkdir -p /c/one /c/two /c/back /c/again",
              "mount -t tmpfs tmpfs /c/one", "mount -t tmpfs tmpfs /c/two",
              "mount -t tmpfs tmpfs /c/back", f"perl /tmp/tree make /c/one {RICH}",
              f"perl /tmp/tree make /c/two {PLAIN}",
              f"echo {mark} rich", f"perl /tmp/tree list /c/one {RICH}",
              f"echo {mark} plain", f"perl /tmp/tree list /c/two {PLAIN}"]
    for name, (disk, kind) in disks.items():
        lines += [f"mkdir -p /c/{name}", f"mount -t {kind} $DISK{disk} /c/{name}"]
    source = "/c/one"
    for name in disks:
        if name != FAT:
            lines.append(f"mkdir /c/{name}/rich")
            step(source, f"/c/{name}/rich", f"{name} rich", RICH)
            source = f"/c/{name}/rich"
    step(source, "/c/back", "back rich", RICH)
    lines.append(f"mkdir /c/{FAT}/plain")
    step("/c/two", f"/c/{FAT}/plain", f"{FAT} plain", PLAIN)
    lines.append(f"mkdir /c/{UNIX[0]}/plain")
    step(f"/c/{FAT}/plain", f"/c/{UNIX[0]}/plain", f"{UNIX[0]} plain", PLAIN)
    lines += [f"umount /c/{name}" for name in disks]
    return "\n".join(lines + [f"echo {mark} over"])


def linux_script(disks, tree, mark):
    lines = ["export LC_ALL=C", tree]
    for name, (disk, kind) in disks.items():
        lines += [f"mkdir -p /tmp/{name}; busybox mount -t {kind} -o ro "
                  f"$DISK{disk} /tmp/{name}"]
        for which, words in (("rich", RICH), ("plain", PLAIN)):
            if name == UNIX[0] or (which == "plain") == (name == FAT):
                lines += [f"echo {mark} {name} {which}",
                          f"perl /tmp/tree list /tmp/{name}/{which} {words}"]
        lines.append(f"busybox umount /tmp/{name}")
    return "\n".join(lines + [f"echo {mark} over"])


def parts(text, mark):
    found, name = {}, None
    for line in text.splitlines():
        if line.startswith(mark):
            name = line[len(mark) + 1:]
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def boot(system, volumes, script, work):
    done = subprocess.run(
        [TOP / "tools" / system, "--timeout", str(LIMIT), "--log",
         work / f"copy-{system}.log", "-c", script,
         *sum((["--disk", volume.image] for volume in volumes), [])],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode(errors="replace")
    (work / f"copy-{system}.out").write_text(text)
    return text


def wrong(found, wanted, who):
    """The first list that is not as the first tree of its kind."""
    for name, lines in found.items():
        kind = name.split(" ")[-1]
        if kind not in wanted or lines == wanted[kind]:
            continue
        other = sorted(set(lines) ^ set(wanted[kind]))
        return f"{who} sees {name} otherwise:\n" + "\n".join(other[:12])
    return None


def copy(volumes, work):
    """volumes: of the types above. What is wrong, or None."""
    mark = uuid.uuid4().hex
    source = (pathlib.Path(__file__).parent / "tree").read_text()
    tree = f"cat >/tmp/tree <<'{mark}'\n{source}{mark}"
    places = {volume.name: (number, volume) for number, volume
              in enumerate(volumes, 1)}

    def disks(which):
        return {name: (number, volume.type[which])
                for name, (number, volume) in places.items()}

    text = boot("run", volumes, masix_script(disks("masix"), tree, mark), work)
    found = parts(text, mark)
    if "over" not in found:
        return "Masix did not come to the end:\n" + text[-1500:]
    if len(found["rich"]) < 1900 or len(found["plain"]) < 1900:
        return "too few files were made"
    wanted = {kind: found[kind] for kind in ("rich", "plain")}
    failure = wrong(found, wanted, "Masix")
    for volume in volumes:
        volume.command("fsck")
        failure = failure or volume.failed
    if failure:
        return failure
    text = boot("linux", volumes, linux_script(disks("linux"), tree, mark), work)
    found = parts(text, mark)
    if "over" not in found:
        return "Linux did not come to the end:\n" + text[-1500:]
    if len(found) != len(volumes) + 2:
        return "Linux has not seen all of them"
    return wrong(found, wanted, "Linux")
